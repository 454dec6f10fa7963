"""What is kept of a turn: ids, concerns, urgencies, slots, cues and a moment, each once, and no words."""

from dataclasses import fields, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from human_handoff.conversation.turn import MOST_FACTS, Fact, Turn, facts_of, kept
from human_handoff.rules.boundary import MOST_OPEN, Open
from human_handoff.screening import Screening
from human_handoff.vocabulary import Concern, Qualifier, Slot, Urgency
from tests.conversation.talks import MINUTE, NOON, SCREENER

facts = st.builds(
    Fact,
    rule_id=st.sampled_from([f"t.r{n}" for n in range(9)]),
    concern=st.sampled_from(Concern),
    urgency=st.sampled_from(Urgency),
)
opens = st.builds(
    Open, rule_id=st.sampled_from(["t.a", "t.b"]), phrase=st.integers(0, 3), slot=st.integers(0, 3)
)
turns = st.builds(
    Turn,
    at=st.sampled_from([NOON, NOON + MINUTE]),
    id=st.just("m1"),
    facts=st.lists(facts, max_size=6).map(kept),
    opens=st.lists(opens, max_size=6, unique=True).map(tuple),
    digest=st.sampled_from(["a" * 64, "b" * 64]),
    retracts=st.booleans(),
    is_unchecked=st.booleans(),
)


def test_a_fact_has_what_was_heard_without_the_words() -> None:
    """Rule, concern, urgency once lowered, slots and cues; places and words are gone."""
    found = facts_of(SCREENER.screen("qwybblefax not kill me 💊 he suicide"), [])

    assert [(f.rule_id, f.urgency, f.slots, f.other_person) for f in found] == [
        ("t.plan", Urgency.TODAY, (Slot.PLAN,), True),
        ("t.kill", Urgency.OPEN_DOOR, (Slot.DESIRE,), False),
        ("t.alone", Urgency.OPEN_DOOR, (), False),
        ("t.much", Urgency.OPEN_DOOR, (), False),
        ("t.pills", Urgency.NONE, (Slot.MEANS,), False),
    ]
    cues = [cue for fact in found for cue in fact.qualifiers]
    assert {cue.qualifier for cue in cues} >= {Qualifier.DENIED, Qualifier.OTHER_PERSON}
    assert all((cue.words, cue.start, cue.end) == ("", 0, 0) for cue in cues)
    assert "qwybblefax" not in repr(found)
    assert {f.name for f in fields(Fact)} == {
        "rule_id",
        "concern",
        "urgency",
        "slots",
        "qualifiers",
    }


def test_the_same_said_often_is_one_fact() -> None:
    """However often it was said, and however many of the same cue stand near it."""
    once = facts_of(SCREENER.screen("not kill me"), [])

    assert facts_of(SCREENER.screen("not kill me. not kill me. not kill me"), []) == once
    twice = facts_of(SCREENER.screen("never kill me never"), [])
    assert [len(f.qualifiers) for f in twice if f.rule_id == "t.kill"] == [1]


def test_an_opinion_is_a_fact_with_its_source() -> None:
    """It fills the slots of its concern from TODAY on."""
    about: dict[str, Any] = {"source": "m", "concern": "suicide_plan"}
    today = Screening().with_opinion(**about, urgency="today", other_person=True)
    soon = Screening().with_opinion(**about, urgency="soon")

    (one,), (two,) = facts_of(today, []), facts_of(soon, [])
    assert (one.rule_id, one.urgency, one.slots, one.other_person) == (
        "m",
        Urgency.TODAY,
        (Slot.PLAN,),
        True,
    )
    assert (two.urgency, two.slots, two.other_person) == (Urgency.SOON, (), False)


def test_a_part_has_no_name_of_its_concern() -> None:
    """It says nothing alone, so its concern was not heard."""
    part = Fact(rule_id="t.a", concern=Concern.ISOLATION, urgency=Urgency.NONE, slots=(Slot.TIME,))

    assert part.names == ("t.a", "time")
    assert replace(part, urgency=Urgency.SOON).names == ("t.a", "time", "isolation")
    turn = Turn(at=NOON, facts=(part,))
    assert (turn.urgency, turn.concerns) == (Urgency.NONE, frozenset())


@given(st.lists(facts, max_size=40))
def test_facts_are_kept_once_and_the_most_urgent_first(found: list[Fact]) -> None:
    """Each that was there, none twice, in the order of urgency."""
    once = kept(found)

    assert set(once) == set(found)
    assert len(set(once)) == len(once)
    assert [f.urgency for f in once] == sorted((f.urgency for f in once), reverse=True)


def test_of_too_many_facts_the_most_urgent_are_kept() -> None:
    """Where a text says hundreds of things, the less urgent are left out."""
    slow = [
        Fact(rule_id=f"t.r{n}", concern=Concern.ISOLATION, urgency=Urgency.SOON)
        for n in range(MOST_FACTS)
    ]
    quick = Fact(rule_id="t.quick", concern=Concern.ISOLATION, urgency=Urgency.NOW)

    assert len(kept([*slow, quick])) == MOST_FACTS
    assert kept([*slow, quick])[0] == quick


@given(one=turns, two=turns)
def test_a_message_delivered_twice_is_all_that_was_seen_in_it(one: Turn, two: Turn) -> None:
    """At its first moment; what it left open is that of the rules it was read with last."""
    both = two.together(one)

    assert (both.at, both.id, both.digest) == (one.at, "m1", two.digest)
    assert set(both.facts) == {*one.facts, *two.facts}
    assert both.urgency is max(one.urgency, two.urgency)
    assert both.concerns == one.concerns | two.concerns
    assert both.retracts is (one.retracts or two.retracts)
    assert both.is_unchecked is (one.is_unchecked or two.is_unchecked)
    same = one.digest == two.digest
    assert set(both.opens) == {*two.opens, *(one.opens if same else ())}


def test_open_phrases_of_a_message_delivered_often_stay_bounded() -> None:
    """Those read last go first."""
    many = [
        tuple(Open(rule_id="t.a", phrase=n, slot=slot) for n in range(MOST_OPEN)) for slot in (0, 1)
    ]
    one, two = (Turn(at=NOON, opens=opens) for opens in many)

    assert two.together(one).opens == two.opens
