"""A phrase begun in one message and finished in the next is heard as if nothing stood between, and nothing else is."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from human_handoff.context import Cues
from human_handoff.conversation.conversation import Conversation
from human_handoff.phrases.phrase import Phrase
from human_handoff.rules.boundary import EDGE, MOST_OPEN, Open
from human_handoff.rules.rule import Rule
from human_handoff.rules.ruleset import RuleSet
from human_handoff.screening import Screener, Screening
from human_handoff.text import fold
from human_handoff.vocabulary import Qualifier, Urgency
from tests import reference
from tests.rulesets import LEXICON, cue, rule, rule_set
from tests.strategies import CLASSES, phrase_sources

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLAIN = replace(
    LEXICON,
    known=LEXICON.known | {"zz", "40"},
    units=frozenset({"mg"}),
    edge_words=frozenset({"but", "lol"}),
)
"""Words that are read as they are written, and what ends a clause."""
TOKENS = (
    "i",
    "a",
    "want",
    "to",
    "not",
    "die",
    "kill",
    "myself",
    "my",
    "self",
    "me",
    "💊",
    "7",
    "40",
    "zz",
    "but",
    "😀",
)


def screener(*rules: Rule, cues: Cues | None = None) -> Screener:
    return Screener(rules=rule_set(*rules, lexicon=PLAIN, cues=cues or Cues()))


def heard(
    reader: Screener, *messages: str, apart: timedelta = MINUTE, talk: Conversation | None = None
) -> Screening:
    """What the last of these messages gives, sent one after the other."""
    talk = Conversation() if talk is None else talk
    found = [
        talk.add(reader.screen(text), at=NOON + at * apart) for at, text in enumerate(messages)
    ]
    return found[-1]


def rules_of(found: Screening) -> set[str]:
    return {signal.rule_id for signal in found.signals}


# ---- the law ----------------------------------------------------------------------------------------


@st.composite
def phrase_and_tokens(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A phrase, and the words of a text in which it likely stands."""
    source = draw(phrase_sources(4))
    few = st.lists(st.sampled_from(TOKENS), max_size=2)
    tokens = draw(few)
    for slot in Phrase.parse(source, classes=CLASSES).slots:
        if not slot.optional or draw(st.booleans()):
            member = draw(st.sampled_from(sorted(slot.members)))
            tokens += [{"#": "7", "##": "40"}.get(word, word) for word in member]
        tokens += (
            draw(few) + draw(few) if slot.gap_after else draw(st.sampled_from([[], [], [], ["😀"]]))
        )
    return source, [*tokens, *draw(few)]


def places(source: str, text: str) -> list[tuple[int, int]]:
    """The characters the slow matcher finds a phrase at, with every start there is."""
    spelling = screener(rule("t.one", source)).rules.finder._spelling
    lattice = fold(text, spelling)
    found = reference.spans([Phrase.parse(source, classes=CLASSES)], lattice)
    return [lattice.span(start, end) for (_, end), start in found.items()]


def makes_a_row(messages: Sequence[str]) -> bool:
    """Whether emoji of two messages would be one row if they were joined, and so read as one word."""
    return any(a[-1] in "💊😀" and b[0] in "💊😀" for a, b in pairwise(messages))


def crosses(source: str, messages: Sequence[str]) -> bool:
    """Whether the phrase stands in the messages joined, from an earlier one into the last."""
    last = len(" ".join(messages[:-1]))
    return any(start < last < end for start, end in places(source, " ".join(messages)))


@given(case=phrase_and_tokens(), data=st.data())
@example(case=("want ... die", ["want", "a", "to", "me", "die"]), data=None)
@example(case=("want ... die", ["want", "die", "me", "die"]), data=None)
@example(case=("want ... die .", ["want", "die", "me", "die"]), data=None)
@example(case=("i {end}", ["i", "kill", "me", "to"]), data=None)
@example(case=("kill ... (a|#) me", ["kill", "😀", "7", "me"]), data=None)
def test_a_phrase_is_heard_wherever_two_messages_part_it(
    case: tuple[str, list[str]], data: st.DataObject | None
) -> None:
    """Cut between any two words, it is heard in the second message if and only if it stands in both as one text."""
    source, tokens = case
    assume(len(tokens) > 1)
    cuts = range(1, len(tokens)) if data is None else [data.draw(st.integers(1, len(tokens) - 1))]
    for cut in cuts:
        first, second = " ".join(tokens[:cut]), " ".join(tokens[cut:])
        if places(source, second) or makes_a_row([first, second]):
            continue
        found = heard(screener(rule("t.one", source)), first, second)
        assert bool(found.signals) is crosses(source, [first, second]), (first, second)
        for signal in found.signals:
            assert signal.turns_ago == (1,)
            assert 0 <= signal.start < signal.end <= len(second)
            assert signal.words == second[signal.start : signal.end]


@given(case=phrase_and_tokens(), data=st.data())
@example(case=("want ... die", ["want", "a", "die"]), data=None)
@example(case=("want ... die", ["want", "a", "to", "me", "die"]), data=None)
@example(case=("want {end}", ["want", "kill", "me", "to"]), data=None)
@example(case=("i want to die", ["i", "want", "to", "die"]), data=None)
@example(case=("kill myself", ["kill", "😀", "myself"]), data=None)
def test_a_phrase_is_heard_over_three_messages(
    case: tuple[str, list[str]], data: st.DataObject | None
) -> None:
    """The same for a message that lies in between: it carries the phrase on, or says something else."""
    source, tokens = case
    assume(len(tokens) > 2)
    every = [(a, b) for b in range(2, len(tokens)) for a in range(1, b)]
    for one, two in every if data is None else [data.draw(st.sampled_from(every))]:
        cut = (tokens[:one], tokens[one:two], tokens[two:])
        messages = [" ".join(part) for part in cut]
        ways = (messages, messages[::2], messages[1:])  # where a message begins, a clause does
        if places(source, messages[-1]) or any(map(makes_a_row, ways)):
            continue
        found = heard(screener(rule("t.one", source)), *messages)
        assert bool(found.signals) is any(crosses(source, way) for way in ways), messages


WANT_DIE = screener(rule("t.one", "want ... die"))


@pytest.mark.parametrize(
    ("messages", "is_heard"),
    [
        (("i want", "die"), True),
        (("i want.", "die"), True),
        (("i want...", "...die"), True),
        (("i want to", "DIE!!"), True),
        (("i want\n", "die\nok"), True),
        (("i w@nt", "d1e"), True),
        (("i want. zz", "die"), False),
        (("i want. 😀", "die"), False),
        (("i want", "zz. die"), False),
        (("i want", "", "die"), True),
        (("i want", "😀", "die"), True),
        (("i want", "zz zz zz zz", "zz zz zz zz", "die"), False),
        (("i want", "zz", "zz", "zz", "die"), True),
        (("", "die"), False),
        (("die", "i want"), False),
    ],
)  # fmt: skip
def test_the_end_of_a_message_parts_nothing_and_the_end_of_a_sentence_does(
    messages: tuple[str, ...], is_heard: bool
) -> None:
    """What a message ends with is no end of the phrase; what stands inside one is, and so are four words between."""
    assert bool(heard(WANT_DIE, *messages).signals) is is_heard


def test_of_a_long_message_only_the_end_is_left_open_and_only_the_beginning_is_read() -> None:
    """Phrases cross at both ends of a text of any length, and what stands far from an end crosses nothing."""
    far = "zz " * EDGE
    assert heard(WANT_DIE, far + "want", "die " + far).signals
    assert not heard(WANT_DIE, "want " + far, "die").signals
    assert not heard(WANT_DIE, "want", far + "die").signals


@pytest.mark.parametrize(
    ("first", "apart", "is_heard"),
    [
        ("i want", timedelta(minutes=10), True),
        ("i want", timedelta(minutes=10, microseconds=1), False),
        ("i want", timedelta(0), True),
        ("i want", timedelta(days=-400), True),
    ],
)
def test_two_messages_are_near_for_ten_minutes(
    first: str, apart: timedelta, is_heard: bool
) -> None:
    """Later than that a message begins anew; a clock that runs backwards says nothing of how near they are."""
    assert bool(heard(WANT_DIE, first, "die", apart=apart).signals) is is_heard


def test_a_phrase_stays_open_for_two_messages_that_say_something_else() -> None:
    """Another sentence in between, and one more; then it is over."""
    assert heard(WANT_DIE, "want", "zz. zz", "die").signals[0].turns_ago == (2,)
    assert not heard(WANT_DIE, "want", "zz. zz", "zz. zz", "die").signals


def test_other_rules_finish_nothing_that_these_left_open() -> None:
    """Which slot of which phrase means nothing to a rule set with another digest."""
    other = screener(rule("t.one", "want ... die"), rule("t.two", "zebra"))
    talk = Conversation()
    heard(WANT_DIE, "want", talk=talk)

    assert not heard(other, "die", talk=talk).signals
    assert heard(WANT_DIE, "want", "die").signals


def test_a_text_that_says_it_alone_needs_no_turn_before_it() -> None:
    """What crosses is added only where it is more urgent than what the text says by itself."""
    plain = heard(WANT_DIE, "want", "die want die")
    cues = Cues(cues=(cue("not", "denied", "forward", "not", scope=1),))
    denied = heard(screener(rule("t.one", "want ... die"), cues=cues), "want", "die not want die")

    assert [signal.turns_ago for signal in plain.signals] == [()]
    assert [(s.turns_ago, s.urgency) for s in denied.signals] == [
        ((), Urgency.OPEN_DOOR),
        ((1,), Urgency.TODAY),
    ]


# ---- how it is meant --------------------------------------------------------------------------------

CUES = Cues(
    cues=(
        cue("not", "denied", "forward", "not", scope=1),
        cue("he", "other_person", "forward", "he"),
        cue("said", "reported", "bidirectional", "said"),
        cue("lol", "laughter", "bidirectional", "lol"),
    )
)


@pytest.mark.parametrize(
    ("messages", "qualifiers", "urgency"),
    [
        (("want to", "die"), set(), Urgency.TODAY),
        (("not want to", "die"), {Qualifier.DENIED}, Urgency.OPEN_DOOR),
        (("he want to", "die"), {Qualifier.OTHER_PERSON}, Urgency.TODAY),
        (("want to", "die he said"), {Qualifier.REPORTED}, Urgency.OPEN_DOOR),
        (("not want", "to", "die"), {Qualifier.DENIED}, Urgency.OPEN_DOOR),
        (("not. want", "die"), set(), Urgency.TODAY),
        (("not", "want to", "die"), set(), Urgency.TODAY),
        (("want", "not die"), {Qualifier.DENIED}, Urgency.OPEN_DOOR),
        (("want", "die lol"), set(), Urgency.SOON),
    ],
)
def test_cues_of_both_messages_say_how_it_is_meant(
    messages: tuple[str, ...], qualifiers: set[Qualifier], urgency: Urgency
) -> None:
    """A cue reaches what stands with it in its own message; no cue crosses the end of one."""
    found = heard(screener(rule("t.one", "want ... die", idiom=True), cues=CUES), *messages)

    assert [({q.qualifier for q in s.qualifiers}, s.urgency) for s in found.signals] == [
        (qualifiers, urgency)
    ]


@pytest.mark.parametrize("first", ["he i", "not i", "said i"])
def test_a_plain_beginning_is_never_hidden_by_a_qualified_one(first: str) -> None:
    """Begun with a cue two messages before and again plainly just before: the plain one counts."""
    reader = screener(rule("t.one", "i ... want ... die"), cues=CUES)
    found = heard(reader, first, "i want", "die")

    assert [(s.urgency, s.qualifiers) for s in found.signals] == [(Urgency.TODAY, ())]


def test_a_later_end_that_is_plain_counts_before_one_that_a_cue_lowers() -> None:
    """Of several ends of one phrase the most urgent stands."""
    found = heard(screener(rule("t.one", "want ... die"), cues=CUES), "want", "not die a die")

    assert [(s.urgency, s.words) for s in found.signals] == [(Urgency.TODAY, "die")]


def test_an_unless_of_the_second_message_cancels_and_one_of_the_first_does_not_reach() -> None:
    """`unless` shares a word with what stands in the message that finishes the phrase."""
    reader = screener(
        rule("t.one", "want ... die", unless=("die laughing", "want to"), keeps=("[x]",))
    )

    assert not heard(reader, "want", "die laughing").signals
    assert heard(reader, "want", "die laughing die").signals
    assert heard(reader, "want to", "die").signals


def test_a_part_may_cross_as_well() -> None:
    """What says nothing alone is found across the end of a message, and counts in a combination."""
    rules = (
        rule("t.part", "in ... hand", part=True),
        rule("t.kill", "kill me"),
        rule("t.both", all_of=("t.part", "t.kill"), urgency="now"),
    )
    found = heard(screener(*rules), "kill me with it in my", "hand")

    assert [(p.rule_id, p.words) for p in found.parts] == [("t.part", "hand")]
    assert [(s.rule_id, s.urgency, s.turns_ago) for s in found.signals] == [
        ("t.both", Urgency.NOW, (1,))
    ]


# ---- no words, and bounds ---------------------------------------------------------------------------


def test_what_is_left_open_holds_no_words() -> None:
    """Rule, phrase, slot, beginning, words passed and cues without words: numbers and ids."""
    text = "qwybblefax said not want kill zorbentine"
    boundary = screener(rule("t.one", "want ... (kill|die)"), cues=CUES).screen(text).boundary
    assert boundary
    opens = boundary.opens()

    assert opens
    assert {f.name for f in fields(Open)} == {
        "rule_id",
        "phrase",
        "slot",
        "begun",
        "gap",
        "qualifiers",
    }
    for one in opens:
        assert all((q.words, q.start, q.end) == ("", 0, 0) for q in one.qualifiers)
        assert "qwybblefax" not in repr(one)
    assert "qwybblefax" not in repr(boundary)


HOSTILE = {
    "every word begins": "want " * 2000,
    "many half said members": "kill me to kill me " * 500,
    "no spaces": "want" * 2000,
    "emoji": "want 😀 " * 1000,
    "signs": "want!die*" * 1000,
    "spaced letters": "w a n t " * 1000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_left_open_is_bounded_for_any_text(text: str) -> None:
    """Whatever a text and however many phrases: at most MOST_OPEN are kept, those of the most urgent rules first."""
    many = [
        rule(
            f"t.r{n}",
            "want ... die",
            "i want ... to ... me",
            "kill {self} ... {end} me",
            urgency="now" if n == 2999 else "soon",
        )
        for n in range(0, 3000, 1)
    ]
    del many[1:2999]
    boundary = screener(*many).screen(text).boundary
    assert boundary

    assert len(boundary.opens()) <= MOST_OPEN
    assert len(boundary.opens(boundary.opens())) <= MOST_OPEN


def test_of_too_many_open_phrases_the_most_urgent_stay() -> None:
    """A rule set of four thousand phrases keeps a bounded number, and none that is less urgent before one that is more."""
    slow = [
        f"want {a}{b}{c}"
        for a in "abcdefghijklmnop"
        for b in "abcdefghijklmnop"
        for c in "abcdefghijklmnop"
    ]
    rules = (rule("t.slow", *slow, urgency="soon"), rule("t.quick", "want ... die", urgency="now"))
    reader = screener(*rules)
    boundary = reader.screen("want").boundary
    assert boundary
    opens = boundary.opens()

    assert len(opens) == MOST_OPEN
    assert opens[0].rule_id == "t.quick"
    talk = Conversation()
    assert heard(reader, "want", "die", talk=talk).urgency is Urgency.NOW
    assert len(talk.to_json()) < 300 * MOST_OPEN


def test_odd_numbers_for_an_open_phrase_are_no_error() -> None:
    """What a damaged store says of phrases, slots and beginnings that do not exist finishes nothing."""
    boundary = WANT_DIE.screen("die").boundary
    assert boundary
    odd = [
        Open(rule_id=name, phrase=phrase, slot=slot, begun=begun, gap=gap)
        for name in ("t.one", "t.none")
        for phrase in (0, 1, 10**30)
        for slot in (0, 1, 2, 10**30)
        for begun in (0, 1, 10**30)
        for gap in (0, 3)
    ]
    right = [Open(rule_id="t.one", phrase=0, slot=0, gap=gap) for gap in (0, 3)]

    assert [one for _, one in boundary.closes(odd)] == right
    assert boundary.opens(odd) == (Open(rule_id="t.one", phrase=0, slot=0, gap=1),)


def test_many_open_phrases_are_settled_in_one_reading() -> None:
    """Cues and `unless` of a message are found once, however many phrases end in it."""
    rules = [rule(f"t.r{n}", "want ... die", unless=("die x",), keeps=("[x]",)) for n in range(300)]
    reader = screener(*rules, cues=CUES)
    talk = Conversation()
    heard(reader, "want", talk=talk)
    finder, asked = reader.rules.finder, 0
    reading = type(finder._cues).reading

    def counted(self: Cues, *args: Any) -> Any:
        nonlocal asked
        asked += 1
        return reading(self, *args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cues, "reading", counted)
        found = heard(reader, "die", talk=talk)
    assert len(found.signals) == 300
    assert asked <= 4


@pytest.mark.parametrize(
    ("messages", "rule_id"),
    [
        (("i dont want", "to be here anymore"), "wish_to_be_dead.dont_want_to_be_here"),
        (("i want to kill", "my self"), "suicidal_thoughts.want_to_kill_myself"),
        (("i", "want", "to", "kill", "my", "self"), "suicidal_thoughts.want_to_kill_myself"),
    ],
)
def test_the_shipped_rules_are_heard_over_messages(messages: tuple[str, ...], rule_id: str) -> None:
    """Also where a message ends in the middle of a member of several words."""
    assert rule_id in rules_of(heard(Screener(rules=RuleSet.bundled()), *messages))
