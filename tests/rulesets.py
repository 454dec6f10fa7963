"""Small rule sets for tests: made-up words and cues, nothing from the bundled data."""

from collections.abc import Iterable
from typing import Any

from human_handoff.context import Cue, Cues, Stopper
from human_handoff.phrases.lexicon import Lexicon
from human_handoff.phrases.phrase import Classes
from human_handoff.rules.finder import Finder
from human_handoff.rules.rule import Rule
from human_handoff.rules.ruleset import RuleSet
from tests.strategies import CLASSES, SPELLING

CONTEXT_WORDS = (
    "not",
    "never",
    "if",
    "he",
    "said",
    "used",
    "to",
    "lol",
    "but",
    "then",
    "only",
    "😂",
)
LEXICON = Lexicon(
    classes=CLASSES,
    misspellings=SPELLING.misspellings,
    expansions=SPELLING.expansions,
    known=SPELLING.known | {"lol", "but", "if", "he", "never", "said", "used", "only"},
)


def cue(name: str, qualifier: str, direction: str, *phrases: str, **more: Any) -> Cue:
    """A cue whose examples are not tried."""
    fields = {"qualifier": qualifier, "direction": direction, "phrases": phrases, **more}
    return Cue.model_validate({"id": name, "examples": ["-"], "counter_examples": ["-"], **fields})


def stopper(name: str, *phrases: str, of: tuple[str, ...] = ()) -> Stopper:
    """A terminator or pseudo-cue whose examples are not tried."""
    return Stopper.model_validate({"id": name, "phrases": phrases, "examples": ["-"], "of": of})


CUES = Cues(
    cues=(
        cue("not", "denied", "forward", "not", scope=1),
        cue("never", "denied", "bidirectional", "never"),
        cue("used_to", "past", "forward", "used to", recency="long_ago"),
        cue("last_night", "past", "backward", "last night", recency="recent"),
        cue("if", "hypothetical", "forward", "if"),
        cue("he", "other_person", "forward", "he"),
        cue("said", "reported", "bidirectional", "said", "he said"),
        cue("lol", "laughter", "bidirectional", "(lol|😂)", scope=10),
    ),
    terminators=(stopper("but", "but"), stopper("then", "then", of=("denied",))),
    pseudo=(stopper("not_only", "not only"), stopper("if_only", "if only", of=("hypothetical",))),
    scope=3,
)


def rule(name: str = "t.rule", *phrases: str, **more: Any) -> Rule:
    """A rule whose examples are not tried."""
    fields: dict[str, Any] = {
        "id": name,
        "title": "A rule for tests",
        "concern": "hopelessness",
        "urgency": "today",
        "status": "test",
        "phrases": phrases,
        "examples": ["[-]"],
        "counter_examples": ["-"],
        "keeps": ["[-]"] if more.get("unless") else [],
        "rationale": "Only here to be tried.",
        "sources": ["tests"],
    }
    if more.get("part"):
        del fields["urgency"]
    return Rule.model_validate(fields | more)


def rule_set(*rules: Rule, lexicon: Lexicon = LEXICON, cues: Cues = CUES) -> RuleSet:
    """These rules as a set."""
    places = {r.id: "tests.toml" for r in rules}
    return RuleSet(language="en", rules=rules, lexicon=lexicon, cues=cues, places=places)


def finder(*rules: Rule, lexicon: Lexicon = LEXICON, cues: Cues = CUES) -> Finder:
    """These rules, compiled."""
    return rule_set(*rules, lexicon=lexicon, cues=cues).finder


def lexicon(known: Iterable[str] = (), classes: Classes | None = None, **more: Any) -> Lexicon:
    """A lexicon of a few words."""
    return Lexicon(known=frozenset(known), classes=classes or {}, **more)
