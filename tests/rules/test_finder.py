"""Which matches of a rule stand, which are set aside, and what a combination is made of."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_handoff.errors import RuleError
from human_handoff.rules.finder import MOST_ALIKE, Findings, apart
from human_handoff.rules.rule import Rule
from human_handoff.signals import Signal
from human_handoff.vocabulary import Concern, Qualifier, Recency, Urgency
from tests.rulesets import finder, rule


def find(text: str, *rules: Rule) -> Findings:
    return finder(*rules).find(text)


def spans(text: str, *phrases: str, **fields: Any) -> list[str]:
    """The words of each signal of one rule."""
    return [s.words for s in find(text, rule("t.rule", *phrases, **fields)).signals]


OVERLAPS = {
    "the shortest span that ends here": (("want ... die",), "want want to die", ["want to die"]),
    "of two that overlap the longest": (
        ("want to", "to die now"),
        "want to die now",
        ["to die now"],
    ),
    "of two as long the earliest": (("want to", "to die"), "want to die", ["want to"]),
    "one inside another": (("want ... die", "to"), "want to die", ["want to die"]),
    "the same twice": (("die", "die"), "die", ["die"]),
    "side by side": (("want", "die"), "want die", ["want", "die"]),
    "a chain of three": (("a b", "b c", "c d"), "a b c d", ["a b", "c d"]),
    "an abbreviation and its words": (("kill", "myself", "kms"), "kms", ["kms"]),
}


@pytest.mark.parametrize(("phrases", "text", "expected"), OVERLAPS.values(), ids=OVERLAPS)
def test_matches_of_one_rule_that_overlap_become_one(
    phrases: tuple[str, ...], text: str, expected: list[str]
) -> None:
    """Shortest for each end; then the longest, then the earliest."""
    assert spans(text, *phrases) == expected


def test_a_plain_match_is_never_hidden_by_a_longer_one_that_a_cue_lowers() -> None:
    """The more urgent of two overlapping matches stands, however short."""
    found = find("want if die", rule("t.rule", "want ... die", "die"))

    assert [(s.words, s.urgency) for s in found.signals] == [("want if die", Urgency.SOON)]
    found = find("want never so and so die", rule("t.rule", "never ... die", "want never"))
    assert [(s.words, s.urgency) for s in found.signals] == [("never so and so die", Urgency.TODAY)]


def test_a_plain_match_stands_before_a_qualified_one_as_urgent() -> None:
    """What is said of the writer counts before the same said of somebody else, however short."""
    (signal,) = find("he want die", rule("t.rule", "want die", "he want")).signals

    assert (signal.words, signal.qualifiers) == ("he want", ())


def test_two_rules_may_match_the_same_words() -> None:
    """Overlaps are settled within a rule; no rule hides another's match."""
    found = find(
        "i want to die", rule("t.b", "want to die"), rule("t.a", "want to"), rule("t.c", "die")
    )

    assert [(s.rule_id, s.words) for s in found.signals] == [
        ("t.a", "want to"),
        ("t.b", "want to die"),
        ("t.c", "die"),
    ]


UNLESS: dict[str, Any] = {"unless": ("die laughing", "so {self} not"), "keeps": ("[x]",)}


@pytest.mark.parametrize(
    ("text", "signals", "suppressed"),
    [
        ("want to die laughing", [], ["want to die"]),
        ("want to die. die laughing", ["want to die"], []),
        ("want to die and die laughing", ["want to die"], ["want to die and die"]),
        ("want to die laughing want to die", ["want to die"], ["want to die"]),
        ("want so my self not die", [], ["want so my self not die"]),
        ("die laughing", [], []),
    ],
)
def test_unless_cancels_only_the_match_it_shares_a_word_with(
    text: str, signals: list[str], suppressed: list[str]
) -> None:
    """A cancelled match is listed; every other one stands."""
    found = find(text, rule("t.rule", "want ... die", "want so ... die", **UNLESS))

    assert [s.words for s in found.signals] == signals
    assert [s.words for s in found.suppressed] == suppressed


def test_a_suppressed_match_says_what_cancelled_it() -> None:
    """The phrase as the file writes it, and where it stands in the text."""
    text = "Want to DIE  laughing!"
    (cancelled,) = find(text, rule("t.rule", "want to die", **UNLESS)).suppressed

    assert (cancelled.words, cancelled.unless) == ("Want to DIE", "die laughing")
    assert text[cancelled.start : cancelled.end] == "Want to DIE"
    assert text[cancelled.unless_start : cancelled.unless_end] == "DIE  laughing"


def test_unless_never_touches_another_rule() -> None:
    """The same words under another rule stay a signal, in whatever order the rules come."""
    one, other = rule("t.one", "want to die", **UNLESS), rule("t.other", "to die")
    for rules in ((one, other), (other, one)):
        found = find("want to die laughing", *rules)
        assert [s.rule_id for s in found.signals] == ["t.other"]
        assert [s.rule_id for s in found.suppressed] == ["t.one"]


def test_a_cancelled_match_hides_none_that_stands() -> None:
    """Cancelling comes before overlaps: what is left of a rule is what was not cancelled."""
    made = rule("t.rule", "want ... die", "die so", unless=("want to",), keeps=("[x]",))

    found = find("want to die so", made)
    assert [s.words for s in found.signals] == ["die so"]
    assert [s.words for s in found.suppressed] == ["want to die"]


def test_many_matches_alike_are_counted_not_listed() -> None:
    """The first few of each urgency and set of qualifiers are listed, the rest counted."""
    text = "die. " * 20 + "not die. " * 3 + "if die. die lol. " * 11
    found = find(text, rule("t.rule", "die", idiom=True))
    alike = [(s.urgency, tuple(q.qualifier for q in s.qualifiers)) for s in found.signals]

    assert {kind: alike.count(kind) for kind in alike} == {
        (Urgency.TODAY, ()): MOST_ALIKE,
        (Urgency.OPEN_DOOR, (Qualifier.DENIED,)): 3,
        (Urgency.SOON, (Qualifier.HYPOTHETICAL,)): MOST_ALIKE,
        (Urgency.SOON, ()): MOST_ALIKE,
    }
    assert found.unlisted == 20 - MOST_ALIKE + 2 * (11 - MOST_ALIKE)
    assert [s.start for s in found.signals] == sorted(s.start for s in found.signals)


def test_many_cancelled_matches_are_counted_not_listed() -> None:
    """The list of what was set aside is as short."""
    found = find("want to die laughing. " * 30, rule("t.rule", "want to die", **UNLESS))

    assert (len(found.suppressed), found.unlisted) == (MOST_ALIKE, 30 - MOST_ALIKE)


def test_the_most_urgent_match_is_listed_wherever_it_stands() -> None:
    """Thousands of lowered matches before it do not push a plain one off the list."""
    found = find("not die. " * 500 + "die.", rule("t.rule", "die"))

    assert found.signals[-1].urgency is Urgency.TODAY
    assert found.signals[-1].start == len("not die. " * 500)


def test_the_matches_of_a_rule_with_a_subject_are_qualified_by_it() -> None:
    """A rule about someone else: `other_person` by its own words, and as urgent as the rule says."""
    (signal,) = find("he may die", rule("t.rule", "may die", subject="other_person")).signals
    (plain,) = find("they may die", rule("t.rule", "may die", subject="other_person")).signals

    assert [q.cue_id for q in signal.qualifiers] == ["he"]
    assert [(q.cue_id, q.words) for q in plain.qualifiers] == [("t.rule", "may die")]
    assert {signal.urgency, plain.urgency} == {Urgency.TODAY}


def test_other_cues_count_beside_a_subject() -> None:
    """A denial lowers it as it would any other."""
    (signal,) = find("not may die", rule("t.rule", "may die", subject="other_person")).signals

    assert [q.qualifier for q in signal.qualifiers] == [Qualifier.OTHER_PERSON, Qualifier.DENIED]
    assert signal.urgency is Urgency.OPEN_DOOR


ONE = rule("t.one", "one", urgency="soon")
TWO = rule("t.two", "two", urgency="soon")
BOTH = rule("t.both", all_of=("t.one", "t.two"), urgency="now", concern="suicide_plan")


def combined(text: str) -> Signal | None:
    found = find(text, ONE, TWO, BOTH).signals
    return next((s for s in found if s.rule_id == "t.both"), None)


def test_a_combination_fires_where_the_last_part_ends_however_far_apart() -> None:
    """Sentences between do not matter, nor which part comes first."""
    for text, words in (("One. And so. Two", "Two"), ("two! " + "so " * 50 + "one", "one")):
        signal = combined(text)
        assert signal
        assert (signal.words, signal.urgency, signal.concern) == (
            words,
            Urgency.NOW,
            Concern.SUICIDE_PLAN,
        )
        assert text[signal.start : signal.end] == words


def test_one_part_of_a_combination_is_not_enough() -> None:
    """Nor the same part twice."""
    assert combined("one one") is None
    assert combined("two") is None


def test_a_combination_is_qualified_as_its_parts_are() -> None:
    """A denied part is a denied combination; the parts stay signals of their own."""
    signal = combined("one and. not two")
    assert signal
    assert [q.qualifier for q in signal.qualifiers] == [Qualifier.DENIED]
    assert (signal.urgency, signal.rule_urgency) == (Urgency.OPEN_DOOR, Urgency.NOW)
    assert len(find("one not two", ONE, TWO, BOTH).signals) == 3


def test_a_plain_match_of_a_part_counts_before_a_qualified_one() -> None:
    """Even where both are equally urgent by themselves, and whichever comes first."""
    for text in ("used to one. one. two", "one. used to one. two", "two. used to one. one"):
        signal = combined(text)
        assert signal
        assert (signal.urgency, signal.qualifiers) == (Urgency.NOW, ())


def test_a_plain_match_counts_even_when_it_is_not_listed() -> None:
    """Matches alike are not all listed; a combination looks at every one."""
    rules = rule("t.one", "one", urgency="open_door"), TWO, BOTH
    found = find("one lol. " * 50 + "used to one. " * 50 + "one. two", *rules)
    (signal,) = [s for s in found.signals if s.rule_id == "t.both"]

    assert (signal.urgency, signal.qualifiers) == (Urgency.NOW, ())
    found = find("used to one. " * 50 + "one last night. two", *rules)
    (signal,) = [s for s in found.signals if s.rule_id == "t.both"]
    assert (signal.urgency, signal.qualifiers[0].cue_id) == (Urgency.TODAY, "last_night")


def test_two_lowered_parts_do_not_add_up() -> None:
    """The part that lowers most counts; recency is judged part by part."""
    signal = combined("used to one. if two")
    assert signal
    assert signal.urgency is Urgency.SOON
    assert {q.recency for q in signal.qualifiers} == {Recency.LONG_AGO, Recency.UNSTATED}


def test_a_part_that_was_cancelled_does_not_count() -> None:
    """What `unless` set aside makes no combination."""
    one = rule("t.one", "one", unless=("one so",), keeps=("[x]",))
    found = find("one so. two", one, TWO, BOTH)

    assert [s.rule_id for s in found.signals] == ["t.two"]


def signal(start: int, end: int, urgency: int) -> Signal:
    return Signal(
        rule_id="t.rule",
        title="",
        concern=Concern.ISOLATION,
        urgency=Urgency(urgency),
        rule_urgency=Urgency.NOW,
        start=start,
        end=end,
        words="",
    )


signals = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 5), st.integers(1, 4)).map(
        lambda t: signal(t[0], t[0] + t[1], t[2])
    ),
    max_size=12,
)


@given(signals)
def test_what_stands_does_not_overlap_and_what_falls_is_outranked(found: list[Signal]) -> None:
    """Each match left out overlaps one that is more urgent, or as urgent and not shorter."""
    kept = apart(found)

    assert kept == sorted(kept, key=lambda s: s.start)
    assert all(a.end <= b.start for a, b in pairwise(kept))
    for s in found:
        rank = (s.urgency, s.end - s.start, -s.start)
        assert any(
            k.start < s.end and s.start < k.end and (k.urgency, k.end - k.start, -k.start) >= rank
            for k in kept
        )


def test_a_phrase_that_cannot_be_read_names_rule_and_field() -> None:
    """The compiled form fails before any text is read."""
    with pytest.raises(RuleError, match=r"rule 't\.one': phrases: phrase 'die \.\.\.': ends with"):
        finder(rule("t.one", "die ..."))
    with pytest.raises(RuleError, match=r"rule 't\.one': unless: phrase '\{zzz\}': class"):
        finder(rule("t.one", "die", unless=("{zzz}",)))


def test_nothing_found_is_nothing_at_all() -> None:
    """No rules, or no match, gives no signals and nothing set aside."""
    for found in (
        find("want to die"),
        find("", rule("t.one", "die")),
        find("live", rule("t.one", "die")),
    ):
        assert (found.signals, found.suppressed, found.unlisted) == ((), (), 0)
