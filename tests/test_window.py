"""What a conversation adds to a screening is plain data without words."""

import json
from dataclasses import FrozenInstanceError

import pytest

from human_handoff.conversation.conversation import Conversation
from human_handoff.vocabulary import Concern, Urgency
from human_handoff.window import Carried, Window
from tests.conversation.talks import DAY, NOON, Said, talk_of, told

CARRIED = Carried(
    concern=Concern.ISOLATION, urgency=Urgency.SOON, other_person=True, last_heard=NOON
)


def test_what_is_carried_is_json() -> None:
    """Concern, urgency, whom it is about, and when it was heard last, with its zone."""
    assert json.loads(json.dumps(CARRIED.as_dict())) == {
        "concern": "isolation",
        "urgency": "soon",
        "other_person": True,
        "last_heard": "2026-11-01T12:00:00+00:00",
    }


def test_a_window_is_json() -> None:
    """Every field, by its own name."""
    window = Window(
        turns=5,
        repeats={Concern.ISOLATION: 2},
        rising=True,
        retracts=True,
        unchecked_turns=1,
        forgotten_turns=3,
        forgotten=(CARRIED,),
    )
    assert json.loads(json.dumps(window.as_dict())) == {
        "turns": 5,
        "repeats": {"isolation": 2},
        "rising": True,
        "retracts": True,
        "unchecked_turns": 1,
        "forgotten_turns": 3,
        "forgotten": [CARRIED.as_dict()],
    }


def test_a_window_says_nothing_by_default() -> None:
    """Nothing came back, rose, was taken back or forgotten, and the default cannot be changed for all."""
    window = Window(turns=1)

    assert not any(value for name, value in window.as_dict().items() if name != "turns")
    with pytest.raises(TypeError):
        window.repeats[Concern.ISOLATION] = 2  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        window.turns = 2  # type: ignore[misc]


def test_a_screening_of_a_conversation_shows_its_window_and_what_it_carries() -> None:
    """In its data, beside the signals; alone it has neither."""
    found = talk_of("suicide", "zz")[-1].as_dict()

    assert found["window"]["turns"] == 2
    assert [c["concern"] for c in found["carried"]] == ["suicide_plan"]
    alone = Said(text="zz", at=NOON).screened().as_dict()
    assert (alone["window"], alone["carried"]) == (None, [])


def test_what_became_too_old_stands_in_the_window_of_the_turn_that_forgot_it() -> None:
    """With the urgency it had and when it was heard last."""
    talk = Conversation()
    told(talk, [Said(text="suicide", at=NOON), Said(text="zz", at=NOON + 4 * DAY)])
    (found,) = told(talk, [Said(text="zz", at=NOON + 4 * DAY)])

    assert found.window
    assert (found.window.forgotten_turns, found.window.turns) == (1, 2)
    assert [(f.concern, f.urgency, f.last_heard) for f in found.window.forgotten] == [
        (Concern.SUICIDE_PLAN, Urgency.TODAY, NOON)
    ]
