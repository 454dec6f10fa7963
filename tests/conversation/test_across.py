"""What turns say only together: combinations over a window, with how each was meant."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_handoff.conversation.conversation import Conversation
from human_handoff.rules.rule import Rule
from human_handoff.screening import Screener, Screening
from human_handoff.vocabulary import Concern, Qualifier, Slot, Urgency
from tests.conversation.talks import DAY, HOUR, MINUTE, NOON, Said, talk_of, told
from tests.rulesets import rule, rule_set

PARTS = {"t.a": "kill", "t.b": "die", "t.c": "suicide"}
ITEMS = tuple(rule(name, word, part=True) for name, word in PARTS.items())


def last(rules: tuple[Rule, ...], *texts: str, apart: timedelta = MINUTE) -> Screening:
    return talk_of(*texts, reader=Screener(rules=rule_set(*rules)), apart=apart)[-1]


def both(**more: Any) -> tuple[Rule, ...]:
    return (*ITEMS, rule("t.both", all_of=("t.a", "t.b"), **{"urgency": "now", **more}))


def shown(found: Screening) -> list[tuple[str, tuple[int, ...], str]]:
    return [(s.rule_id, s.turns_ago, s.words) for s in found.signals]


# ---- a plan ------------------------------------------------------------------------------------------


def test_a_plan_on_turn_two_and_tonight_on_turn_five_are_now() -> None:
    """What fills one slot and what fills another say it together, turns apart; the span is that of the later one."""
    found = talk_of("zz", "suicide", "zz", "zz", "it is tonight", "zz")

    assert [f.urgency for f in found] == [
        Urgency.NONE,
        *[Urgency.TODAY] * 3,
        Urgency.NOW,
        Urgency.NOW,
    ]
    assert shown(found[4]) == [("t.now", (3,), "tonight")]
    assert (found[4].signals[0].start, found[4].signals[0].end) == (6, 13)
    assert (found[4].signals[0].urgency, found[4].window and found[4].window.rising) == (
        Urgency.NOW,
        True,
    )
    assert found[5].signals == ()


@pytest.mark.parametrize(
    ("texts", "is_now"),
    [
        (("suicide", "tonight"), True),
        (("tonight", "suicide"), True),
        (("i want to die", "tonight"), True),
        (("suicide tonight",), True),
        (("tonight", "tonight"), False),
        (("suicide", "suicide"), False),
        (("me", "tonight"), False),
        (("💊", "tonight"), False),
        (("used to suicide", "tonight"), False),
    ],
)
def test_slots_of_two_turns_make_a_plan_in_either_order(
    texts: tuple[str, ...], is_now: bool
) -> None:
    """A plan or a wish, and a time; neither alone, nor what is long ago."""
    found = talk_of(*texts)[-1]

    assert (found.urgency is Urgency.NOW) is is_now
    assert {s.turns_ago for s in found.signals if s.rule_id == "t.now"} <= {(), (1,)}


def test_what_is_too_old_makes_nothing_with_what_is_new() -> None:
    """A plan that is forgotten fills no slot any more."""
    talk = Conversation(max_age=HOUR)
    told(
        talk,
        [
            Said(text="suicide", at=NOON),
            Said(text="zz", at=NOON + DAY),
            Said(text="zz", at=NOON + DAY),
        ],
    )

    assert told(talk, [Said(text="tonight", at=NOON + DAY)])[0].urgency is Urgency.NONE


def test_a_cleared_talk_makes_nothing_with_what_is_new() -> None:
    """Once a human has been there, an open phrase and a slot from before are gone."""
    talk = Conversation()
    told(talk, [Said(text="suicide want to", at=NOON)])
    talk.clear(by="Dr Adeyemi")

    assert told(talk, [Said(text="tonight die", at=NOON)])[0].urgency is Urgency.NONE


def test_what_an_opinion_said_counts_in_later_turns() -> None:
    """Its concern fills a slot at TODAY as a rule's would, and not below."""
    for urgency, is_now in ((Urgency.TODAY, True), (Urgency.SOON, False)):
        opinion = Concern.SUICIDE_PLAN, urgency
        talk = Conversation()
        messages = [Said(text="zz", at=NOON, opinion=opinion), Said(text="tonight", at=NOON)]
        assert (told(talk, messages)[-1].urgency is Urgency.NOW) is is_now


# ---- the window --------------------------------------------------------------------------------------


@given(
    texts=st.lists(
        st.lists(st.sampled_from([*PARTS.values(), "zz"]), max_size=3).map(" ".join),
        min_size=1,
        max_size=6,
    ),
    needed=st.integers(1, 3),
)
def test_a_combination_over_a_window_is_heard_in_the_turn_that_completes_it(
    texts: list[str], needed: int
) -> None:
    """As soon as enough items were said in any turns, and again in every later turn that says one of them anew."""
    rules = (*ITEMS, rule("t.some", some_of=tuple(PARTS), at_least=needed))
    found = talk_of(*texts, reader=Screener(rules=rule_set(*rules)))
    said = set[str]()
    for text, screening in zip(texts, found, strict=True):
        before = len(said)
        said |= set(text.split()) & set(PARTS.values())
        if len(said) >= needed:
            assert screening.urgency is Urgency.TODAY
            if before < needed:
                assert [s.rule_id for s in screening.signals] == ["t.some"]
        else:
            assert screening.urgency is Urgency.NONE


@pytest.mark.parametrize("order", list(permutations(PARTS.values())), ids=" ".join)
def test_three_turns_make_what_three_words_make(order: tuple[str, ...]) -> None:
    """In any order, and the turns it was made with are named from the nearest."""
    rules = (*ITEMS, rule("t.all", all_of=tuple(PARTS)))

    assert shown(last(rules, *order)) == [("t.all", (1, 2), order[-1])]
    assert shown(last(rules, f"{order[0]} {order[1]}", "zz", order[2])) == [
        ("t.all", (2,), order[-1])
    ]


@pytest.mark.parametrize(
    ("within", "is_heard"), [("sentence", False), ("text", False), ("window", True)]
)
def test_only_what_is_within_a_window_reaches_over_turns(within: str, is_heard: bool) -> None:
    """A sentence and a text end with the message."""
    assert bool(last(both(within=within), "kill", "die").signals) is is_heard
    assert last(both(within=within), "kill die").signals


def test_a_combination_of_a_sentence_counts_in_one_of_the_window() -> None:
    """What one turn's sentence made is an item for a later turn."""
    inner = rule("t.inner", all_of=("t.a", "t.b"), within="sentence", urgency="soon")
    rules = (*ITEMS, inner, rule("t.outer", all_of=("t.inner", "t.c"), urgency="now"))

    assert shown(last(rules, "kill die", "suicide")) == [("t.outer", (1,), "suicide")]
    assert not last(rules, "kill. die", "suicide").signals


def test_a_turn_that_adds_nothing_makes_nothing_anew() -> None:
    """Two earlier turns made it; the next one only carries it."""
    found = last(both(), "kill", "die", "zz")

    assert found.signals == ()
    assert [(c.urgency, c.last_heard) for c in found.carried] == [(Urgency.NOW, NOON + MINUTE)]


# ---- how it was meant --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "urgency", "qualifiers"),
    [
        (("kill", "die"), Urgency.NOW, set()),
        (("not kill", "die"), Urgency.OPEN_DOOR, {Qualifier.DENIED}),
        (("kill", "not die"), Urgency.OPEN_DOOR, {Qualifier.DENIED}),
        (("used to kill", "die"), Urgency.SOON, {Qualifier.PAST}),
        (("not kill", "kill", "die"), Urgency.NOW, set()),
        (("kill", "not kill", "die"), Urgency.NOW, set()),
        (("he kill", "die"), Urgency.NOW, {Qualifier.OTHER_PERSON}),
        (("he kill", "kill", "die"), Urgency.NOW, set()),
    ],
)
def test_the_cues_of_every_turn_qualify_what_they_make_together(
    texts: tuple[str, ...], urgency: Urgency, qualifiers: set[Qualifier]
) -> None:
    """The plainest match of each item counts, wherever it was said; its cues come without their words."""
    (signal,) = last(both(), *texts).signals

    assert (signal.urgency, {q.qualifier for q in signal.qualifiers}) == (urgency, qualifiers)
    earlier = [q for q in signal.qualifiers if q.start == q.end]
    assert all(q.words == "" for q in earlier)


def test_a_text_that_says_it_plainly_is_not_told_twice() -> None:
    """A combination is made with earlier turns only where that is more urgent than what this text makes alone."""
    assert shown(last(both(), "kill", "kill die")) == [("t.both", (), "die")]
    found = last(both(), "kill", "not kill but die")
    assert [(s.turns_ago, s.urgency) for s in found.signals] == [
        ((), Urgency.OPEN_DOOR),
        ((1,), Urgency.NOW),
    ]


def test_a_phrase_across_messages_completes_a_combination_across_turns() -> None:
    """What crosses the end of a message is an item like any other."""
    rules = (
        rule("t.part", "kill ... myself", part=True, slots=("plan",)),
        rule("t.when", "die", part=True, slots=("time",)),
        rule("t.now", all_of=("plan", "time"), urgency="now"),
    )
    found = last(rules, "die", "kill", "myself")

    assert shown(found) == [("t.now", (2,), "myself")]
    assert [(p.rule_id, p.slots) for p in found.parts] == [("t.part", (Slot.PLAN,))]


def test_another_person_s_plan_and_tonight_are_for_the_one_who_worries() -> None:
    """It is as urgent, and stays about someone else."""
    found = talk_of("he want to die", "tonight")[-1]

    assert found.urgency is Urgency.NOW
    assert [s.other_person for s in found.signals] == [True]
