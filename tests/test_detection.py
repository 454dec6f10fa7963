"""The benchmark counts what it says it counts."""

import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from human_handoff import screen

HERE = Path(__file__).parent
SCRIPT = HERE.parent / "benchmarks" / "detection.py"


@pytest.fixture(scope="module")
def detection() -> ModuleType:
    """benchmarks/detection.py, which is a script and no part of the package."""
    spec = importlib.util.spec_from_file_location("detection", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_intervals_are_wilsons(
    detection: ModuleType, hits: int, of: int, low: float, high: float
) -> None:
    """Values worked out by hand from Wilson's formula at 95 %."""
    assert detection.wilson(hits, of) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("text", "alarm"),
    [
        ("I want to kill myself", True),
        ("my brother wants to kill himself", False),  # another person
        ("an essay about suicidal thoughts", False),  # reported
        ("I don't want to kill myself", False),  # denied: open door
        ("nobody ever talks to me, i have no friends", False),  # another concern
        ("lovely weather", False),
    ],
)
def test_an_alarm_is_the_writers_own_suicide_or_self_injury_today(
    detection: ModuleType, text: str, alarm: bool
) -> None:
    """Not about another person, not reported, at TODAY or sooner."""
    assert alarm is detection.is_alarm(screen(text))


def test_null_labels_count_as_neither(
    detection: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Precision and recall are over rows labelled 1 and 0 only; files may be gzipped or plain."""
    rows: list[dict[str, Any]] = [
        {"text": "I want to kill myself", "label": 1},
        {"text": "it is all too much today", "label": 1},
        {"text": "I want to die", "label": 0},
        {"text": "I want to die", "label": None},
    ]
    with gzip.open(tmp_path / "made_up.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "neg_plain.jsonl").write_text('{"text": "nice day", "label": 0}\n' * 2)

    assert detection.main([str(tmp_path)]) == 0

    out = capsys.readouterr().out
    assert "precision 0.500" in out
    assert "recall 0.500" in out
    assert "ordinary messages: 2  alarms    0.0 per 10,000" in out
    assert "not clinically reviewed" in out
