"""The benchmark counts what it says it counts."""

import gzip
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from human_handoff import screen
from tests.scripts import benchmark


@pytest.fixture(scope="module")
def detection() -> ModuleType:
    """benchmarks/detection.py, which is a script and no part of the package."""
    return benchmark("detection")


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


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A folder with one small labelled set."""
    folder = tmp_path / "labelled"
    folder.mkdir()
    rows: list[dict[str, Any]] = [
        {"id": "a-1", "text": "I want to kill myself", "label": 1},
        {"id": "a-2", "text": "lovely weather canarywort", "label": 0},
        {"id": "a-3", "text": "i have no friends", "label": None},
    ]
    (folder / "made_up.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_the_reviewed_counts_hold_counts_and_a_digest_and_no_row(
    detection: ModuleType, labelled: Path, tmp_path: Path
) -> None:
    """No text and no row id is in the file; each rule has its count by label."""
    written = tmp_path / "counts.json"
    detection.main([str(labelled), "--write", str(written)])

    found = json.loads(written.read_text())["sets"]["made_up"]
    assert found["rows"] == {"1": 1, "0": 1, "None": 1}
    assert found["alarms"] == {"1": 1, "0": 0, "None": 0}
    assert all(counts == {"1": 1} or counts == {"None": 1} for counts in found["rules"].values())
    for secret in ("kill myself", "canarywort", "a-1", "a-2"):
        assert secret not in written.read_text()


def test_an_outcome_that_moves_fails_the_check_and_names_the_rules(
    detection: ModuleType, labelled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The check passes on what was written, and fails when a row says something else."""
    written = tmp_path / "counts.json"
    detection.main([str(labelled), "--write", str(written)])
    assert detection.main([str(labelled), "--check", str(written)]) == 0
    text = (labelled / "made_up.jsonl").read_text()
    (labelled / "made_up.jsonl").write_text(text.replace("i have no friends", "i have a friend"))
    capsys.readouterr()

    assert detection.main([str(labelled), "--check", str(written)]) == 1

    assert "made_up: outcomes moved; counts differ for isolation." in capsys.readouterr().out


def test_where_the_folder_is_absent_the_check_says_not_run(
    detection: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It does not pass in silence, nor fail for whoever has no labelled text."""
    assert detection.main([str(tmp_path / "absent"), "--check", "counts.json"]) == 0
    assert capsys.readouterr().out.startswith("not run: no labelled text in ")


def test_a_diff_shows_each_row_that_moves_and_no_other(detection: ModuleType) -> None:
    """By row id, label, and both outcomes; no words are needed."""

    def tally(*alarms: bool) -> Any:
        rows = enumerate(alarms)
        return detection.Tally(
            [
                detection.Outcome(
                    row=f"r{n}",
                    label=1,
                    alarm=a,
                    urgency="today" if a else "none",
                    rules=("x.y",) * a,
                )
                for n, a in rows
            ]
        )

    found = list(
        detection.moved({"set": tally(True, False, True)}, {"set": tally(True, True, False)})
    )

    assert found == [
        "set r1 label 1: none  ->  today ALARM x.y",
        "set r2 label 1: today ALARM x.y  ->  none",
        "set: 2 of 3 rows moved, 1 alarms gained, 1 lost",
    ]


def test_a_diff_compares_the_rules_of_two_revisions(
    detection: ModuleType, labelled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each revision is read with its own source: the newest and the working tree are both found and run."""
    assert detection.main([str(labelled), "--diff", "HEAD", "."]) == 0
    assert "of 3 rows moved" in capsys.readouterr().out
