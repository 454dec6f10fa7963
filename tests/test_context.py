"""Cues qualify the matches they reach, and only those."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_handoff.context import FARTHEST, Cues
from human_handoff.errors import RuleError
from human_handoff.phrases.phrase import Words
from human_handoff.vocabulary import Qualifier, Recency
from tests.rulesets import cue, finder, lexicon, rule, stopper

CUES = Cues(
    cues=(
        cue("not", "denied", "forward", "not", "not going to", scope=1),
        cue("no_way", "denied", "backward", "no way"),
        cue("never", "denied", "bidirectional", "never (ever)? once"),
        cue("years", "past", "backward", "years ago", recency="long_ago"),
        cue("last_night", "past", "bidirectional", "last night", recency="recent"),
        cue("if", "hypothetical", "forward", "if", scope=0),
        cue("he", "other_person", "forward", "he"),
        cue("lol", "laughter", "bidirectional", "lol", scope=10),
        cue("pill", "reported", "forward", "💊"),
        cue("roleplay", "reported", "forward", "role play", "roleplay"),
    ),
    terminators=(stopper("but", "but"), stopper("then", "then", of=("denied",)), stopper("i", "i")),
    pseudo=(stopper("not_only", "not only"), stopper("he_he", "he he", of=("other_person",))),
    scope=3,
)
RULE = rule("t.rule", "want ... die", "die (not|now)", "kill", idiom=True)
LEXICON = lexicon({"i", "a", "want", "die", "kill"})
FINDER = finder(RULE, cues=CUES, lexicon=LEXICON)


def cues_of(text: str, cues: Cues = CUES) -> list[str]:
    """The cues of the first match of *text*, in text order, with laughter."""
    signal = finder(RULE, cues=cues, lexicon=LEXICON).find(text).signals[0]
    laughter = ["lol"] if signal.laughter else []
    return [q.cue_id for q in signal.qualifiers] + laughter


REACHES = {
    "forward": ("not kill", ["not"]),
    "forward over as many words as its scope": ("not really kill", ["not"]),
    "forward, not over one more": ("not so really kill", []),
    "scope nought is side by side": ("if kill", ["if"]),
    "scope nought, not over a word": ("if so kill", []),
    "the usual scope": ("he may yet also kill", ["he"]),
    "the usual scope, not over one more": ("he may yet also now kill", []),
    "forward does not reach back": ("kill not", []),
    "backward": ("kill me no way", ["no_way"]),
    "backward does not reach forward": ("no way kill", []),
    "both ways, before": ("never once kill", ["never"]),
    "both ways, behind": ("kill never ever once", ["never"]),
    "several cues": ("he not kill years ago", ["he", "not", "years"]),
    "the same cue twice": ("kill years ago years ago", ["years", "years"]),
    "the longest form of a cue": ("not going to kill", ["not"]),
    "a terminator ends the scope": ("he but kill", []),
    "a terminator behind the match": ("kill but years ago", []),
    "a terminator of other cues": ("he then kill", ["he"]),
    "a terminator of this cue": ("not then kill", []),
    "a terminator where the match begins": ("he i kill", []),
    "a terminator before the cue": ("but he kill", ["he"]),
    "a terminator behind all": ("he kill but", ["he"]),
    "a sentence end": ("he. kill", []),
    "a blank line": ("he\n\nkill", []),
    "a line break": ("he\nkill", []),
    "a colon": ("he: kill", []),
    "dots trailing off": ("he... kill", []),
    "a comma is no end": ("he, kill", ["he"]),
    "a sentence end behind the match": ("kill. years ago", []),
    "a sentence end before the cue": ("so. he kill", ["he"]),
    "a pseudo-cue": ("not only kill", []),
    "a pseudo-cue cancels only what it overlaps": ("he not only kill", ["he"]),
    "a pseudo-cue of one kind": ("he he kill", []),
    "a cue that fills a slot": ("die not", []),
    "a cue that fills a slot, and another": ("he die not", ["he"]),
    "a cue inside a gap": ("want not die", ["not"]),
    "a cue inside a gap, whatever its direction": ("want no way die", ["no_way"]),
    "a cue inside a gap, out of scope": ("want if not so die", ["if", "not"]),
    "a cue inside a gap, behind a terminator": ("want not but die", ["not"]),
    "a cue inside a gap, before a line break": ("want not\ndie", ["not"]),
    "a pseudo-cue inside a gap": ("want not only die", []),
    "an emoji": ("💊 kill", ["pill"]),
    "over an emoji": ("not 😀 kill", ["not"]),
    "laughter": ("kill lol", ["lol"]),
    "laughter before": ("lol kill", ["lol"]),
    "laughter over a line break": ("kill\nlol", ["lol"]),
    "laughter beyond a sentence end": ("kill. lol", []),
    "laughter beyond its scope": ("kill b c d e f g h j k m n lol", []),
    "in disguise": ("n0t kill", ["not"]),
    "spaced": ("n o t kill", ["not"]),
    "a word that could be cut and is one": ("roleplay kill", ["roleplay"]),
    "glued to the match": ("notkill", []),
    "glued to something else": ("sonot kill", []),
    "a terminator glued on": ("he butkill", []),
    "a glued match": ("not wantdie", ["not"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "cues"), REACHES.values(), ids=REACHES)
def test_a_cue_qualifies_what_it_reaches_and_nothing_else(text: str, cues: list[str]) -> None:
    """Scope, direction, terminators, pseudo-cues, slots and gaps, one case each."""
    assert cues_of(text) == cues


def test_a_qualification_says_which_words_and_how_long_ago() -> None:
    """The cue's own characters, exactly, and the recency its words name."""
    text = "want, NOT  die; years agO"
    (signal,) = FINDER.find("want, NOT  die years agO").signals

    assert [(q.qualifier, q.words, q.recency) for q in signal.qualifiers] == [
        (Qualifier.DENIED, "NOT", Recency.UNSTATED),
        (Qualifier.PAST, "years agO", Recency.LONG_AGO),
    ]
    assert [(q.start, q.end) for q in signal.qualifiers] == [(6, 9), (15, 24)]
    assert cues_of(text) == ["not"]


def test_a_match_that_says_my_is_never_about_another_person() -> None:
    """Own words inside the match take `other_person` away, and no other qualifier."""
    cues = replace(CUES, own_words=frozenset({"my", "myself"}))

    assert cues_of("he not want my die", cues) == ["not"]
    assert cues_of("he not want so die", cues) == ["he", "not"]
    assert cues_of("he kill my", cues) == ["he"]
    assert cues_of("want he mys3lf die", cues) == []


def test_each_match_has_cues_of_its_own() -> None:
    """A cue near one match says nothing of another one farther on."""
    signals = FINDER.find("not kill and so on and so on kill years ago").signals

    assert [[q.cue_id for q in s.qualifiers] for s in signals] == [["not"], ["years"]]


def test_laughter_counts_only_for_rules_marked_idiom() -> None:
    """Laughter beside any other rule is nothing."""
    plain = rule("t.plain", "kill")
    (signal,) = finder(plain, cues=CUES, lexicon=LEXICON).find("kill lol").signals

    assert signal.laughter is None


def test_no_cue_reaches_farther_than_the_most_any_may() -> None:
    """At the greatest scope a cue reaches exactly that many words."""
    cues = Cues(cues=(cue("far", "denied", "bidirectional", "far", scope=FARTHEST),))
    for between, expected in ((FARTHEST, ["far"]), (FARTHEST + 1, [])):
        words = "so " * between
        assert cues_of(f"far {words}kill", cues) == expected
        assert cues_of(f"kill {words}far", cues) == expected


def test_without_its_terminator_a_cue_reaches_on() -> None:
    """`without` takes out that entry and leaves the rest, which is how the checker proves each."""
    but, _, first_person = CUES.terminators

    assert cues_of("he but kill", CUES.without(but)) == ["he"]
    assert cues_of("he i kill", CUES.without(but)) == []
    assert cues_of("not only kill", CUES.without(CUES.pseudo[0])) == ["not"]
    assert first_person in CUES.without(but).terminators


words = st.sampled_from(["not", "he", "if", "lol", "but", "i", "only", "so", "x", "kill", "want", "die", ".", "\n", "😀"])  # fmt: skip


@given(st.lists(words, max_size=12), st.sampled_from(["but", "."]))
def test_a_terminator_more_never_adds_a_cue(tokens: list[str], end: str) -> None:
    """Whatever stands between cue and match, an end put there takes cues away or changes nothing."""
    before, after = " ".join([*tokens, "x kill"]), " ".join([*tokens, end, "kill"])
    (*_, plain), (*_, ended) = FINDER.find(before).signals, FINDER.find(after).signals
    reached = [q for q in ended.qualifiers if q.end <= len(" ".join(tokens))]

    assert {q.start for q in reached} <= {q.start for q in plain.qualifiers}


@given(st.lists(words, max_size=12))
def test_a_cue_never_shares_a_word_with_a_slot_of_its_match(tokens: list[str]) -> None:
    """Every qualifying cue stands outside the words that made the match."""
    text = " ".join(tokens)
    for signal in FINDER.find(text).signals:
        for q in signal.qualifiers:
            assert 0 <= q.start < q.end <= len(text)
            assert text[q.start : q.end] == q.words
            inside = signal.start <= q.start and q.end <= signal.end
            assert inside or q.end <= signal.start or signal.end <= q.start


BROKEN: dict[str, tuple[str, str]] = {
    "a gap": ('[[cue]]\nid="a"\nqualifier="denied"\ndirection="forward"\nphrases=["not ... ever"]\nexamples=["x"]\ncounter_examples=["x"]', "cue 'a': phrase 'not ... ever': a cue has no '...'"),
    "an unknown class": ('[[cue]]\nid="a"\nqualifier="denied"\ndirection="forward"\nphrases=["{nott}"]\nexamples=["x"]\ncounter_examples=["x"]', "cue 'a': phrases: phrase '{nott}': class {nott} is not in the lexicon; did you mean {not}?"),
    "no examples": ('[[cue]]\nid="a"\nqualifier="denied"\ndirection="forward"\nphrases=["not"]\nexamples=[]\ncounter_examples=["x"]', "cue 'a': cue.0.examples: []"),
    "a wrong qualifier": ('[[cue]]\nid="a"\nqualifier="deneid"\ndirection="forward"\nphrases=["not"]\nexamples=["x"]\ncounter_examples=["x"]', "cue 'a': cue.0.qualifier"),
    "a wrong direction": ('[[cue]]\nid="a"\nqualifier="denied"\ndirection="up"\nphrases=["not"]\nexamples=["x"]\ncounter_examples=["x"]', "cue 'a': cue.0.direction: 'up'"),
    "a scope too far": ('[[cue]]\nid="a"\nqualifier="denied"\ndirection="forward"\nscope=41\nphrases=["not"]\nexamples=["x"]\ncounter_examples=["x"]', "cue 'a': cue.0.scope: 41"),
    "an unknown field": ('[[pseudo]]\nid="a"\nphrase="not"\nphrases=["not"]\nexamples=["x"]', "pseudo 'a': pseudo.0.phrase: is not a field"),
    "an id twice": ('[[terminator]]\nid="a"\nphrases=["but"]\nexamples=["x"]\n[[pseudo]]\nid="a"\nphrases=["not"]\nexamples=["x"]', "cue 'a': id is used twice"),
    "not TOML": ("[[cue", "not TOML"),
    "a field of the file": ("cues = []", "cues: is not a field"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_context_file_names_the_cue_and_what_is_wrong(content: str, message: str) -> None:
    """RuleError with file, cue, field, what was found and what is allowed."""
    classes: dict[str, frozenset[Words]] = {"not": frozenset({("not",)})}
    with pytest.raises(RuleError) as wrong:
        Cues.parse("context/xx.toml", content.encode(), classes=classes)
    assert str(wrong.value).startswith("context/xx.toml: ")
    assert message in str(wrong.value)


def test_a_context_file_is_read_with_its_own_scope_and_classes() -> None:
    """What the file says is what the cues do."""
    content = b"""
        [defaults]
        scope = 2
        [[cue]]
        id = "a"
        qualifier = "past"
        recency = "recent"
        direction = "forward"
        phrases = ["{when}"]
        examples = ["x"]
        counter_examples = ["x"]
        [[terminator]]
        id = "b"
        of = ["past"]
        phrases = ["but"]
        examples = ["x"]
    """
    cues = Cues.parse("x.toml", content, classes={"when": frozenset({("last", "week")})})
    texts: dict[str, Any] = {
        "last week so x kill": ["a"],
        "last week so so x kill": [],
        "last week but kill": [],
        "last kill": [],
    }
    assert {text: cues_of(text, cues) for text in texts} == texts
