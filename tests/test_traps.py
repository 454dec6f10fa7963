"""Sentences by people who had not seen a rule: what was heard of them is heard for good."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from human_handoff import screen
from human_handoff.vocabulary import Concern, Urgency
from tests.scripts import benchmark

TRAPS = Path(__file__).parent / "traps"
FIRST_RUN = "be5535b1d71ea0a6f6977b2b158be3f44621381d8ceb1371b2d99bbd0a2f6d92"
"""SHA-256 of first_run.json. The first run is recorded once and never edited."""


@pytest.fixture(scope="module")
def traps() -> ModuleType:
    """benchmarks/traps.py."""
    return benchmark("traps")


@pytest.fixture(scope="module")
def rows(traps: ModuleType) -> dict[str, Any]:
    """Every row by its id."""
    return {name: row for kind in ("should", "benign") for name, row in traps.rows(TRAPS, kind)}


@pytest.fixture(scope="module")
def now(traps: ModuleType) -> Any:
    """What becomes of every row today."""
    return traps.measured(TRAPS)


def test_there_are_five_hundred_of_each_kind_over_all_concerns(rows: dict[str, Any]) -> None:
    """At least 500 that should be heard and 500 that should hold no reply, every concern among them."""
    should = [row for name, row in rows.items() if "_should:" in name]
    concerns = Counter(row["concerns"][0] for row in should)

    assert len(should) >= 500
    assert len(rows) - len(should) >= 500
    assert set(concerns) == set(Concern)
    assert min(concerns.values()) >= 15


def test_every_row_says_what_should_come_of_it(rows: dict[str, Any]) -> None:
    """Known concerns, a known urgency, a phenomenon, whom it is about; no text twice."""
    for name, row in rows.items():
        assert row["text"].strip()
        assert row["phenomenon"]
        if "_should:" in name:
            assert set(row["concerns"]) <= set(Concern)
            assert Urgency[row["at_least"].upper()]
            assert row["who"] in {"self", "other", "both"}
    assert len({row["text"] for row in rows.values()}) == len(rows)


def test_the_first_run_is_never_edited() -> None:
    """Its bytes are pinned: a better figure is written elsewhere."""
    assert hashlib.sha256((TRAPS / "first_run.json").read_bytes()).hexdigest() == FIRST_RUN


@pytest.mark.parametrize("what", ["missed", "late", "over_alarmed"])
def test_what_goes_wrong_is_exactly_what_is_written_down(now: Any, what: str) -> None:
    """A row that is lost fails, and so does one that was mended and is still called wrong."""
    written = json.loads((TRAPS / "known.json").read_text(encoding="utf-8"))

    assert getattr(now, what) == written[what]


@pytest.mark.parametrize(
    ("row", "text", "heard", "soon"),
    [
        (
            {"concerns": ["suicidal_thoughts"], "at_least": "today"},
            "I want to kill myself",
            True,
            True,
        ),
        (
            {"concerns": ["suicidal_thoughts"], "at_least": "now"},
            "I want to kill myself",
            True,
            False,
        ),
        ({"concerns": ["isolation"], "at_least": "soon"}, "I want to kill myself", False, False),
        ({"concerns": ["suicidal_thoughts"], "at_least": "today"}, "lovely weather", False, False),
    ],
)
def test_heard_is_the_concern_and_soon_enough_is_in_time(
    traps: ModuleType, row: dict[str, Any], text: str, heard: bool, soon: bool
) -> None:
    """A row is soon enough only when it is heard."""
    found = screen(text)

    assert traps.is_heard(row, found) is heard
    assert traps.is_soon_enough(row, found) is soon


def test_a_folder_is_counted_by_concern_phenomenon_and_kind(
    traps: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Missed, late and over-alarmed rows are named by file and line, and their text is shown only when asked for."""
    should = [
        {"text": "I want to kill myself", "concerns": ["suicidal_thoughts"], "at_least": "now", "phenomenon": "plain", "who": "self"},
        {"text": "my brother wants to kill himself", "concerns": ["suicidal_thoughts"], "at_least": "today", "phenomenon": "other_person", "who": "other"},
        {"text": "lovely weather", "concerns": ["psychosis"], "at_least": "today", "phenomenon": "plain", "who": "self"},
    ]  # fmt: skip
    benign = [
        {"text": "I want to die", "phenomenon": "idiom"},
        {"text": "my battery died", "phenomenon": "tech"},
    ]
    (tmp_path / "m_should.jsonl").write_text("\n".join(map(json.dumps, should)))
    (tmp_path / "m_benign.jsonl").write_text("\n".join(map(json.dumps, benign)))

    found = traps.measured(tmp_path)

    assert (found.missed, found.late) == (["m_should:3"], ["m_should:1"])
    assert found.over_alarmed == ["m_benign:1"]
    assert found.figures()["groups"]["all"] == [3, 2, 1]
    assert found.figures()["groups"]["~ plain"] == [2, 1, 0]
    assert found.figures()["someone_else"] == [1, 1]
    assert found.figures()["benign"] == [2, 1, 1]
    assert traps.main([str(tmp_path)]) == 0
    assert "weather" not in capsys.readouterr().out
    assert traps.main([str(tmp_path), "--misses"]) == 0
    assert (
        "MISS m_should:3 psychosis today self ~plain: lovely weather []" in capsys.readouterr().out
    )
