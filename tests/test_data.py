"""Every datum proves itself: nothing ships without its proof."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from human_handoff import Concern, RuleSet, Urgency
from human_handoff.phrases.phrase import Phrase
from human_handoff.policy import Duty, Floor, Order, Policy
from human_handoff.rules.check import Checker, Marked
from human_handoff.rules.rule import NEVER_IDIOM, Rule, Status

RULES = RuleSet.bundled("en")
CHECKER = Checker(RULES.finder, at_least=2)
DATA = Path(str(files("human_handoff").joinpath("data")))
RANGES = {
    # concern: the urgencies the design allows its rules
    Concern.HARM_UNDER_WAY: {Urgency.NOW},
    Concern.OVERDOSE_OR_POISONING: {Urgency.NOW},
    Concern.WISH_TO_BE_DEAD: {Urgency.SOON, Urgency.TODAY},
    Concern.SUICIDAL_THOUGHTS: {Urgency.SOON, Urgency.TODAY, Urgency.NOW},
    Concern.SELF_INJURY: {Urgency.SOON, Urgency.TODAY, Urgency.NOW},
    Concern.PARTNER_OR_FAMILY_VIOLENCE: {Urgency.SOON, Urgency.TODAY, Urgency.NOW},
    Concern.PAST_ATTEMPT: {Urgency.SOON, Urgency.TODAY},
    Concern.HOPELESSNESS: {Urgency.SOON, Urgency.TODAY},
    Concern.PERINATAL: {Urgency.SOON, Urgency.TODAY, Urgency.NOW},
    Concern.EATING_DISORDER: {Urgency.SOON, Urgency.TODAY, Urgency.NOW},
    Concern.SUBSTANCE_USE: {Urgency.SOON, Urgency.TODAY, Urgency.NOW},
    Concern.ASKS_FOR_A_PERSON: {Urgency.SOON},
    Concern.ISOLATION: {Urgency.OPEN_DOOR},
    Concern.BEREAVEMENT: {Urgency.OPEN_DOOR},
}


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_every_bundled_rule_proves_itself(rule: Rule) -> None:
    """Its examples match exactly their brackets at full urgency; its counter-examples do not."""
    assert [str(problem) for problem in CHECKER.rule(rule, RULES.places[rule.id])] == []


def test_every_bundled_cue_terminator_and_pseudo_cue_proves_itself() -> None:
    """Each qualifies its examples and makes a difference there."""
    assert [str(problem) for problem in RULES.check_cues()] == []


def test_there_are_at_least_two_hundred_rules_and_every_concern_has_some() -> None:
    """All nineteen concerns are heard, each by more than a rule or two."""
    counts = {concern: sum(r.concern is concern for r in RULES) for concern in Concern}

    assert len(RULES) >= 200
    assert min(counts.values()) >= 5, counts


def test_every_rule_stands_in_the_file_of_its_concern_and_is_named_for_it() -> None:
    """A clinician who looks for a concern finds all of it in one file."""
    for rule in RULES:
        assert rule.id.startswith(f"{rule.concern.value}."), rule.id
        assert f"rules/en/{rule.concern.value}.toml" == RULES.places[rule.id], rule.id


def test_every_urgency_lies_in_the_range_its_concern_allows() -> None:
    """A soft concern never shouts and a grave one never whispers."""
    for rule in RULES:
        if rule.part:
            continue  # says nothing alone, and so has no urgency
        allowed = RANGES.get(rule.concern, {Urgency.TODAY, Urgency.NOW})
        assert rule.urgency in allowed, rule.id


def test_nobody_has_reviewed_a_rule_and_none_says_otherwise() -> None:
    """`reviewed` stays empty until a real clinician signs; nothing is stable before."""
    assert not RULES.clinically_reviewed
    for rule in RULES:
        assert rule.reviewed is None, rule.id
        assert rule.status is not Status.STABLE, rule.id


def test_no_idiom_rule_speaks_of_means_or_a_time_close_by() -> None:
    """Laughter lowers nothing that names how or when."""
    for rule in RULES:
        if rule.idiom:
            assert rule.concern not in NEVER_IDIOM, rule.id
            assert rule.urgency is not Urgency.NOW, rule.id


def test_every_class_of_the_lexicon_is_used() -> None:
    """A class no rule or cue uses proves nothing and may be wrong for years."""
    sources = [s for r in RULES for s in (*r.phrases, *r.unless)]
    sources += [s for entry in RULES.cues.entries for s in entry.phrases]
    written = [tomllib.loads(f.read_text()) for f in (DATA / "lexicon" / "en").glob("*.toml")]
    sources += [m for table in written for ms in table.get("classes", {}).values() for m in ms]
    used = set(re.findall(r"\{([a-z0-9_]+)\}", " ".join(sources)))

    assert set() == set(RULES.lexicon.classes) - used


def test_every_misspelling_is_repaired_to_a_word_some_rule_uses() -> None:
    """A repair that leads to no rule is idle."""
    words = frozenset().union(
        *(
            Phrase.parse(source, classes=RULES.lexicon.classes).words()
            for rule in RULES
            for source in (*rule.phrases, *rule.unless)
        )
    )
    idle = {right for right in RULES.lexicon.misspellings.values() if right not in words}

    assert set() == idle


def test_no_example_is_written_twice() -> None:
    """The same sentence under two rules proves one of them only by accident of wording; a part is a word or two."""
    seen: dict[str, str] = {}
    for rule in (rule for rule in RULES if not rule.part):
        for example in rule.examples:
            assert seen.setdefault(example, rule.id) == rule.id, (example, rule.id, seen[example])


def test_every_policy_row_and_concern_has_a_source() -> None:
    """What a lawyer or clinician may question says where it comes from."""
    policy = Policy.bundled()
    rows: list[Duty | Floor | Order] = [*policy.duties.values(), *policy.floors.values()]
    rows += policy.orders.values()

    assert all(len(row.source) > 10 for row in rows)
    assert all(meaning.sources for meaning in policy.concerns.values())


BANNED = re.compile(
    r"attention[- ]seeking|manipulat|risk score|(low|medium|high)[ -]risk|commit(s|ted|ting)? suicide"
    r"|detects? emotions?|\b(is|are) safe\b",
    re.IGNORECASE,
)


def test_titles_and_rationales_are_plain_and_never_accuse() -> None:
    """Words about people follow safe-messaging practice; phrases may hold what people really say."""
    for rule in RULES:
        for text in (rule.title, rule.rationale):
            assert not BANNED.search(text), (rule.id, text)


def test_no_example_shows_a_dose() -> None:
    """Examples never instruct: no number of milligrams or grams. A count of pills that are not named says only "many"."""
    dose = re.compile(r"\b\d+\s?(mg|g|ml|mcg)\b", re.IGNORECASE)
    for rule in RULES:
        for text in (*rule.examples, *rule.keeps, *rule.counter_examples):
            assert not dose.search(Marked.read(text).text), (rule.id, text)
