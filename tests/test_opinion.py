"""A second opinion adds or raises; it never lowers, removes or carries a word."""

import json
import pickle
import tomllib
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_handoff.errors import OpinionError
from human_handoff.opinion import Opinion, answer
from human_handoff.routing.route import SOONEST_FIRST
from human_handoff.routing.routing import route
from human_handoff.screening import Screener, Screening
from human_handoff.vocabulary import Concern, Urgency
from tests.rulesets import rule, rule_set
from tests.strategies import texts

SCREENER = Screener(
    rules=rule_set(
        rule("t.one", "want ... die", concern="wish_to_be_dead"),
        rule("t.two", "kill", urgency="soon"),
        rule("t.three", "me", concern="isolation", urgency="open_door"),
    )
)
sources = st.from_regex(r"[a-z0-9][a-z0-9_.:/-]{0,63}", fullmatch=True)
usable = st.fixed_dictionaries(
    {
        "source": sources,
        "concern": st.sampled_from(Concern) | st.sampled_from([c.value for c in Concern]),
        "urgency": st.sampled_from([u for u in Urgency if u])
        | st.sampled_from([u.name.lower() for u in Urgency if u]),
        "other_person": st.booleans(),
    }
)


@given(text=texts(), given_=st.lists(usable, max_size=4))
def test_an_opinion_only_adds_or_raises(text: str, given_: list[dict[str, Any]]) -> None:
    """Urgency, concerns and every duty are at least what they were; nothing that was found goes away."""
    found = SCREENER.screen(text)
    for opinion in given_:
        more = found.with_opinion(**opinion)
        before, after = (route(f, region="GB").obligations for f in (found, more))

        assert more.urgency >= found.urgency
        assert all(more.concerns[c] >= urgency for c, urgency in found.concerns.items())
        said = Opinion.of(**opinion)
        assert more.concerns[said.concern] >= said.urgency
        assert (more.signals, more.parts, more.suppressed, more.unchecked) == (found.signals, found.parts, found.suppressed, found.unchecked)  # fmt: skip
        for duty in ("show_lines", "hold_replies", "open_handoff", "interrupt_advised"):
            assert getattr(after, duty) >= getattr(before, duty)
        assert SOONEST_FIRST.index(after.reach_within) <= SOONEST_FIRST.index(before.reach_within)
        found = more


def test_an_opinion_is_recorded_as_what_it_is() -> None:
    """It is no signal: it has a source, and stands under its own name in the data."""
    seen = SCREENER.screen("zz").with_opinion(source="m-1", concern="isolation", urgency="now")

    assert (seen.urgency, seen.signals) == (Urgency.NOW, ())
    assert seen.opinions == (Opinion(source="m-1", concern=Concern.ISOLATION, urgency=Urgency.NOW),)
    assert json.loads(json.dumps(seen.as_dict()))["opinions"] == [
        {"source": "m-1", "concern": "isolation", "urgency": "now", "other_person": False}
    ]
    assert pickle.loads(pickle.dumps(seen)) == seen  # noqa: S301


def test_the_same_opinion_twice_is_one() -> None:
    """Given again it changes nothing; another of the same source stands beside it."""
    seen = SCREENER.screen("zz").with_opinion(source="m", concern="isolation", urgency="now")

    assert seen.with_opinion(source="m", concern="isolation", urgency="now") is seen
    both = seen.with_opinion(source="m", concern="isolation", urgency="soon")
    assert len(both.opinions) == 2
    assert both.concerns == {Concern.ISOLATION: Urgency.NOW}


WORDS_OF_SOMEBODY = (
    "I want to die",
    "i want to die",
    "Qwybblefax",
    "i,want",
    "want?",
    "want!",
    "'want'",
    '"want"',
    "wänt",
    "want\n",
    "\nwant",
    "want\0",
    "want die",
    "want\tdie",
    "want\u200bdie",
    "want＿die",
    "хочу",
    "死にたい",
    "💊",
    "me@example.org",
    "+441234567890",
    "-want",
    ".want",
    "a" * 65,
    "",
    " ",
)
UNUSABLE: list[dict[str, Any]] = [
    *({"source": source} for source in (*WORDS_OF_SOMEBODY, None, 5, b"m", ["m"], object())),
    *({"concern": c} for c in ("sadness", "", None, 5, ["isolation"], "Isolation", "isolation ", b"isolation")),
    *({"urgency": u} for u in ("none", "soonest", "NOW", "", None, 0, 4, 3.0, Urgency.NONE, ["now"], b"now", True)),
    *({"other_person": o} for o in ("no", "", None, 0, 1, [True])),
]  # fmt: skip


@pytest.mark.parametrize("field", UNUSABLE, ids=lambda field: ascii(field)[:40])
def test_what_is_not_usable_is_an_opinion_error_and_changes_nothing(field: dict[str, Any]) -> None:
    """The message names the field and what to write, and never repeats what was given."""
    found = SCREENER.screen("want die")
    before = found.as_dict(words=True)
    with pytest.raises(OpinionError) as wrong:
        found.with_opinion(**{"source": "m", "concern": "isolation", "urgency": "soon"} | field)
    (name, value), message = *field.items(), str(wrong.value)

    assert message.startswith(f"{name}: ")
    assert wrong.value.__cause__ is None
    if isinstance(value, str) and len(value.strip()) > 4 and name == "source":
        assert value.strip() not in message
    assert found.as_dict(words=True) == before


@given(source=st.text())
def test_no_sentence_of_a_person_fits_into_a_source(source: str) -> None:
    """A source is one short token of small letters, digits and a few signs; anything else is refused."""
    try:
        made = Opinion.of(source=source, concern="isolation", urgency="soon")
    except OpinionError:
        return
    assert made.source.isascii()
    assert not set(made.source) - set("abcdefghijklmnopqrstuvwxyz0123456789_.:/-")
    assert 0 < len(made.source) <= 64


# ---- answers ----------------------------------------------------------------------------------------

ROWS = tomllib.loads(
    files("human_handoff").joinpath("data/answers.toml").read_text(encoding="utf-8")
)["answer"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_an_answer_counts_from_where_its_row_says(row: dict[str, Any]) -> None:
    """Below that it changes nothing; from there to the highest it gives the concern and urgency of the row."""
    found = SCREENER.screen("zz")
    for value in range(row["most"] + 1):
        seen = found.with_answer(row["id"], value)
        if value < row["at_least"]:
            assert seen is found
        else:
            assert seen.concerns == {Concern(row["concern"]): Urgency[row["urgency"].upper()]}
            assert [o.source for o in seen.opinions] == [row["id"]]
    urgent = SCREENER.screen("want die").with_opinion(
        source="m", concern="isolation", urgency="now"
    )
    for value in range(row["at_least"]):
        assert urgent.with_answer(row["id"], value) is urgent
    assert row["at_least"] > 0


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
@pytest.mark.parametrize("value", [-1, 4, 10**30, 0.5, 1.0, "1", None, b"1", [1], float("nan")])
def test_a_value_the_answer_does_not_have_is_refused(row: dict[str, Any], value: Any) -> None:
    """Nothing is rounded, read or guessed; the message names the answer and its range, not the value."""
    with pytest.raises(OpinionError) as wrong:
        SCREENER.screen("zz").with_answer(row["id"], value)
    assert (
        str(wrong.value)
        == f"answer {row['id']!r}: the value is no whole number from 0 to {row['most']}"
    )


def test_yes_counts_for_a_question_of_yes_and_no_only() -> None:
    """True is 1 where there are two answers, and nothing where there are four."""
    found = SCREENER.screen("zz")

    assert found.with_answer("asq.any", True).urgency is Urgency.TODAY
    assert found.with_answer("asq.any", False) is found
    with pytest.raises(OpinionError):
        found.with_answer("phq9.item9", True)


@pytest.mark.parametrize("name", ["phq9", "PHQ9.item9", "", None, 5, ["x"], {}, "i want to die"])
def test_an_unknown_answer_lists_those_there_are(name: Any) -> None:
    """It names them and points to with_opinion; what was asked for is not repeated."""
    with pytest.raises(OpinionError) as wrong:
        answer(name)
    assert str(wrong.value) == (
        f"answer: not one of {', '.join(row['id'] for row in ROWS)}; use with_opinion"
    )


def test_an_opinion_on_someone_else_is_for_the_one_who_worries() -> None:
    """The route is that of a helper where all that was heard is about another person."""
    about: dict[str, Any] = {"source": "m", "concern": "isolation", "urgency": "today"}
    other = Screening().with_opinion(**about, other_person=True)

    assert route(other, region="GB").helper
    assert not route(other.with_opinion(**about), region="GB").helper
