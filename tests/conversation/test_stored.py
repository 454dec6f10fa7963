"""A stored conversation is read exactly or refused; nothing in it holds words, and nothing of it is guessed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from human_handoff.conversation import stored as module
from human_handoff.conversation.conversation import Conversation
from human_handoff.conversation.stored import MOST_CLEARINGS, MOST_SHOWN, MOST_TURNS, Stored
from human_handoff.conversation.turn import MOST_FACTS
from human_handoff.errors import ConversationError, HandoffError
from human_handoff.rules.boundary import MOST_OPEN
from tests.conversation.talks import MINUTE, NOON, SCREENER, Said, talks, told, wild

AT = "2026-11-01T12:00:00Z"


def written() -> dict[str, Any]:
    """A stored conversation with something in every field."""
    talk = Conversation()
    texts = ("not kill me suicide", "me tonight", "he want to")
    told(talk, [Said(text=t, at=NOON + n * MINUTE, turn=f"m{n}") for n, t in enumerate(texts)])
    talk.note_shown(["a-line"], at=NOON)
    found: dict[str, Any] = json.loads(talk.to_json())
    return found | {"cleared": [{"by": "Dr Adeyemi", "at": AT}]}


def read(found: Any) -> Conversation:
    return Conversation.from_json(json.dumps(found))


def at(found: Any, *path: str | int) -> Any:
    for step in path:
        found = found[step]
    return found


@given(
    messages=talks(wild),
    turns=st.integers(1, MOST_TURNS),
    age=st.timedeltas(timedelta(microseconds=1), timedelta(days=3660)),
)
def test_what_was_written_is_what_is_read(messages: list[Said], turns: int, age: timedelta) -> None:
    """Limits, turns, peaks and moments to the microsecond, and written again it is the same."""
    talk = Conversation(max_turns=turns, max_age=age)
    told(talk, messages)
    other = Conversation.from_json(talk.to_json())

    assert (other.max_turns, other.max_age) == (turns, age)
    assert (other._turns, other._peaks) == (talk._turns, talk._peaks)
    assert other.to_json() == talk.to_json()
    assert Conversation.from_json(talk.to_json().encode()).to_json() == talk.to_json()


def test_everything_there_is_to_store_is_stored() -> None:
    """No field of the example is empty, and it comes back as it was."""
    found = written()

    assert all(found.values())
    assert json.loads(read(found).to_json()) == found


# ---- no field can hold words ------------------------------------------------------------------------

PHRASES = ("i want to die", "qwyb blefax", "Ünknown", "a\nb", "💊", "x" * 129, "want?")
TEXTS = [
    ("turns", 0, "facts", 0, "rule"),
    ("turns", 0, "facts", 0, "concern"),
    ("turns", 0, "facts", 0, "slots", 0),
    ("turns", 0, "facts", 1, "cues", 0, "cue"),
    ("turns", 0, "facts", 1, "cues", 0, "qualifier"),
    ("turns", 0, "facts", 1, "cues", 0, "recency"),
    ("turns", 2, "opens", 0, "rule"),
    ("turns", 0, "id"),
    ("turns", 0, "digest"),
    ("turns", 0, "at"),
    ("peaks", 0, "concern"),
    ("peaks", 0, "last_heard"),
    ("shown", "a-line"),
    ("cleared", 0, "at"),
    ("max_age",),
    ("version",),
]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize("words", PHRASES, ids=ascii)
def test_no_text_of_a_stored_conversation_takes_a_sentence(
    path: tuple[str | int, ...], words: str
) -> None:
    """Each is an id, a name that is listed, or a moment; the refusal names the place, not the words."""
    found = written()
    *above, name = path
    at(found, *above)[name] = words
    with pytest.raises(ConversationError) as wrong:
        read(found)
    assert str(wrong.value).startswith("stored conversation: ")
    assert words not in str(wrong.value)
    assert wrong.value.__cause__ is None


def test_every_text_field_was_tried() -> None:
    """A field more in a row is a path more in the list above; only who cleared is a name."""
    rows = [m for m in vars(module).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    fields = {name for row in rows for name in row.model_fields}
    tried = {str(step) for path in TEXTS for step in path}
    numbers = {
        "max_turns",
        "urgency",
        "phrase",
        "slot",
        "begun",
        "gap",
        "other_person",
        "retracts",
        "is_unchecked",
    }

    assert fields - tried == numbers | {"by"}


@pytest.mark.parametrize(
    "place", [(), ("turns", 0), ("turns", 0, "facts", 0), ("turns", 2, "opens", 0), ("peaks", 0), ("cleared", 0)]
)  # fmt: skip
def test_a_field_nobody_knows_is_refused_and_its_name_is_not_repeated(
    place: tuple[str | int, ...],
) -> None:
    """A host that stored words beside it hears of that without the words."""
    found = written()
    at(found, *place)["qwybblefax said"] = "zorbentine"
    with pytest.raises(ConversationError, match="a name that is not known") as wrong:
        read(found)
    assert "qwybblefax" not in str(wrong.value)
    assert "zorbentine" not in str(wrong.value)


def test_an_id_shown_that_is_no_id_is_not_repeated() -> None:
    """Keys are texts, too."""
    found = written()
    found["shown"] = {"qwybblefax said": AT}
    with pytest.raises(ConversationError) as wrong:
        read(found)
    assert "qwybblefax" not in str(wrong.value)


# ---- what cannot be read ----------------------------------------------------------------------------

HOSTILE: dict[str, Any] = {
    "nothing": "",
    "no text": None,
    "a number": 5,
    "a list of texts": ["{}"],
    "an object": {},
    "no JSON": "i want to die",
    "null": "null",
    "a list": "[]",
    "a text": '"conversation/1"',
    "nan": "NaN",
    "cut in the middle": '{"version":"conversation/1","max_tur',
    "something behind it": '{"version":"conversation/1","max_turns":40,"max_age":"P3D"} x',
    "no UTF-8": b"\xff\xfe",
    "a lone surrogate": '"\ud800"',
    "nested without end": "[" * 1_000_000,
    "nested objects": '{"turns":' * 100_000,
    "an endless number": '{"version":"conversation/1","max_turns":' + "9" * 10_000 + "}",
    "an endless text": '{"version":"' + "x" * 5_000_000 + '"}',
    "an endless duration": '{"version":"conversation/1","max_turns":1,"max_age":"P' + "9" * 400 + 'D"}',
    "a null byte": '{"version":"conversation/1\\u0000"}',
}  # fmt: skip


@pytest.mark.parametrize("found", HOSTILE.values(), ids=HOSTILE)
def test_whatever_is_no_stored_conversation_is_a_conversation_error(found: Any) -> None:
    """Place and remedy, in one short line, and never another error."""
    with pytest.raises(ConversationError) as wrong:
        Conversation.from_json(found)
    message = str(wrong.value)

    assert message.startswith("stored conversation: ")
    assert message.endswith("begin a new Conversation")
    assert len(message) < 300
    assert "want to die" not in message


@given(
    found=st.text()
    | st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda v: st.lists(v) | st.dictionaries(st.text(), v),
    ).map(json.dumps)
)
def test_any_text_or_bytes_are_refused_with_a_conversation_error(found: str | bytes) -> None:
    """Nothing random is a conversation, and nothing else happens."""
    with pytest.raises(ConversationError):
        Conversation.from_json(found)


@pytest.mark.parametrize("version", ["conversation/2", "conversation/0", "", None, 1, [], {}])
def test_another_version_is_named_with_what_to_do(version: Any) -> None:
    """It is not guessed at; a missing one is another, too."""
    missing = written()
    del missing["version"]
    for found in (written() | {"version": version}, missing):
        with pytest.raises(
            ConversationError,
            match="version: not 'conversation/1'; another version wrote it: keep it",
        ):
            read(found)


def changed(*path: str | int, to: Any) -> tuple[tuple[str | int, ...], Any]:
    return path, to


DAMAGED = [
    changed("max_turns", to=0),
    changed("max_turns", to=MOST_TURNS + 1),
    changed("max_turns", to="many"),
    changed("max_turns", to=1e300),
    changed("max_age", to="-P1D"),
    changed("max_age", to="PT0S"),
    changed("max_age", to="P20Y"),
    changed("turns", to={}),
    changed("turns", to=[{}]),
    changed("turns", to=[{"at": AT}] * (MOST_TURNS + 1)),
    changed("turns", 0, "at", to="2026-11-01T12:00:00"),
    changed("turns", 0, "at", to="2026-13-41T12:00:00Z"),
    changed("turns", 0, "at", to=None),
    changed(
        "turns",
        0,
        "facts",
        to=[{"rule": "t.a", "concern": "isolation", "urgency": 1}] * (MOST_FACTS + 1),
    ),
    changed("turns", 0, "facts", 0, "urgency", to=5),
    changed("turns", 0, "facts", 0, "urgency", to=-1),
    changed("turns", 0, "facts", 0, "urgency", to="now"),
    changed("turns", 0, "facts", 0, "slots", to=["desire", "love"]),
    changed("turns", 2, "opens", to=[{"rule": "t.a", "phrase": 0, "slot": 0}] * (MOST_OPEN + 1)),
    changed("turns", 2, "opens", 0, "phrase", to=-1),
    changed("turns", 2, "opens", 0, "slot", to=-1),
    changed("turns", 2, "opens", 0, "begun", to=-1),
    changed("turns", 2, "opens", 0, "gap", to=4),
    changed("turns", 0, "digest", to="abc"),
    changed("turns", 0, "retracts", to="perhaps"),
    changed("peaks", 0, "urgency", to=0),
    changed(
        "peaks",
        to=[{"concern": "isolation", "urgency": 1, "other_person": False, "last_heard": AT}] * 500,
    ),
    changed("shown", to={f"n{n}": AT for n in range(MOST_SHOWN + 1)}),
    changed("cleared", to=[{"by": "Dr", "at": AT}] * (MOST_CLEARINGS + 1)),
    changed("cleared", 0, "by", to=""),
    changed("cleared", 0, "by", to="x" * 201),
]


@pytest.mark.parametrize(("path", "value"), DAMAGED, ids=lambda v: str(v)[:50])
def test_a_value_that_cannot_be_is_refused_with_its_place(
    path: tuple[str | int, ...], value: Any
) -> None:
    """The message begins with where it stands."""
    found = written()
    *above, name = path
    at(found, *above)[name] = value
    with pytest.raises(ConversationError) as wrong:
        read(found)
    assert str(wrong.value).startswith(f"stored conversation: {'.'.join(map(str, path))}")
    assert isinstance(wrong.value, HandoffError)


@given(data=st.data())
def test_a_conversation_damaged_anywhere_is_read_or_refused_and_goes_on(
    data: st.DataObject,
) -> None:
    """Whatever stands in whichever place: it is refused, or a turn can be added and it can be stored again."""
    found = written()
    path: list[str | int] = []
    here: Any = found
    while isinstance(here, dict | list) and here and (not path or data.draw(st.booleans())):
        keys: list[Any] = sorted(here) if isinstance(here, dict) else list(range(len(here)))
        path.append(data.draw(st.sampled_from(keys)))
        here = at(found, *path)
    odd: st.SearchStrategy[Any] = st.sampled_from(
        [
            None,
            True,
            -1,
            0,
            1,
            3,
            10**30,
            1.5,
            "",
            "x",
            "P1D",
            AT,
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            [],
            {},
            [[]],
        ]
    )
    inside: Any = at(found, *path[:-1])
    inside[path[-1]] = data.draw(odd)
    try:
        talk = read(found)
    except ConversationError:
        return
    for text in ("to be", "die tonight"):
        got = talk.add(SCREENER.screen(text), at=NOON)
        assert not got.holds_reply
    assert read(json.loads(talk.to_json())).to_json() == talk.to_json()


def test_moments_of_any_zone_are_read_as_the_moments_they_are() -> None:
    """At the ends of the calendar, too."""
    for moment in (
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-11-01T17:00:00+05:00",
    ):
        found = written()
        at(found, "turns", 0)["at"] = moment
        talk = read(found)
        got = talk.add(SCREENER.screen("zz"), at=datetime(2026, 11, 1, 12, tzinfo=UTC))
        assert not got.holds_reply


def test_fewer_turns_than_were_stored_are_kept_as_the_limit_says() -> None:
    """The newest to arrive stay."""
    found = written() | {"max_turns": 2}

    assert [turn.id for turn in read(found)._turns] == ["m1", "m2"]


def test_what_a_row_may_hold_can_be_written() -> None:
    """The fullest conversation there may be is stored and read again."""
    found = written() | {
        "shown": {f"n{n}": AT for n in range(MOST_SHOWN)},
        "cleared": [{"by": "x" * 200, "at": AT}] * MOST_CLEARINGS,
    }

    assert Stored.read(read(found).to_json())
