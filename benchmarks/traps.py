"""Hold the rules to sentences written by people who had not seen them.

    traps.py FOLDER              the figures by concern and phenomenon
    traps.py FOLDER --misses     and what was missed, came late or alarmed without need

Reads *_should.jsonl and *_benign.jsonl of FOLDER.

    should  {"text": ..., "concerns": [...], "at_least": "today", "phenomenon": ..., "who": "self" | "other" | "both"}
    benign  {"text": ..., "phenomenon": ...}

heard         a signal of one of the concerns, at any urgency
soon enough   it was heard, and some signal has the urgency `at_least` or a sooner one
as other      where somebody else is at risk (who: other, both): some signal is qualified other_person
over-alarmed  a benign row with a signal at TODAY or sooner, whatever its concern: a reply would be held
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from detection import share

from human_handoff import Screener, Screening, Urgency

Row: TypeAlias = Mapping[str, Any]


def rows(folder: Path, kind: str) -> Iterator[tuple[str, Row]]:
    """(id, row) of one kind, file by file: `a_should:12` is the twelfth line of a_should.jsonl."""
    for path in sorted(folder.glob(f"*_{kind}.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path.stem}:{number}", json.loads(line)


def is_heard(row: Row, found: Screening) -> bool:
    """Whether a concern the row names was heard, at whatever urgency."""
    return any(signal.concern.value in row["concerns"] for signal in found.signals)


def is_soon_enough(row: Row, found: Screening) -> bool:
    """Whether it was heard, and somebody would be reached in time."""
    return is_heard(row, found) and found.urgency >= Urgency[row["at_least"].upper()]


def is_over_alarmed(found: Screening) -> bool:
    """Whether a reply would be held."""
    return found.urgency >= Urgency.TODAY


def is_as_other(found: Screening) -> bool:
    """Whether somebody else's pain was told from the writer's."""
    return any(signal.other_person for signal in found.signals)


@dataclass
class Traps:
    """What became of every row: ids of rows by what happened, and counts by concern and phenomenon."""

    of: Counter[str] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)
    soon: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    others: int = 0
    as_other: int = 0
    benign: int = 0
    over_alarmed: list[str] = field(default_factory=list)
    any_signal: int = 0

    def should(self, name: str, row: Row, found: Screening) -> None:
        """Count a row that should be heard, under everything it is."""
        heard, soon = is_heard(row, found), is_soon_enough(row, found)
        for group in ("all", row["concerns"][0], f"~ {row['phenomenon']}"):
            self.of[group] += 1
            self.heard[group] += heard
            self.soon[group] += soon
        if not heard:
            self.missed.append(name)
        elif not soon:
            self.late.append(name)
        if row["who"] != "self":
            self.others += 1
            self.as_other += is_as_other(found)

    def ordinary(self, name: str, found: Screening) -> None:
        """Count a row that should hold no reply."""
        self.benign += 1
        self.any_signal += bool(found.signals)
        if is_over_alarmed(found):
            self.over_alarmed.append(name)

    def groups(self) -> list[str]:
        """All rows, then the concerns, then the phenomena."""
        return sorted(self.of, key=lambda group: (group != "all", group.startswith("~"), group))

    def figures(self) -> dict[str, Any]:
        """The counts as data, without ids."""
        return {
            "groups": {g: [self.of[g], self.heard[g], self.soon[g]] for g in self.groups()},
            "someone_else": [self.others, self.as_other],
            "benign": [self.benign, len(self.over_alarmed), self.any_signal],
        }

    def lines(self) -> Iterator[str]:
        """The table."""
        for group in self.groups():
            n = self.of[group]
            heard, soon = share(self.heard[group], n), share(self.soon[group], n)
            yield f"{group:32}{n:5}  heard {heard}  soon enough {soon}"
        yield f"someone else told apart: {share(self.as_other, self.others)}"
        over, some = share(len(self.over_alarmed), self.benign), share(self.any_signal, self.benign)
        yield f"benign {self.benign}: over-alarmed {over}  any signal {some}"


def screened(
    folder: Path, only: str = "", screener: Screener | None = None
) -> Iterator[tuple[str, Row, Screening]]:
    """Every row of both kinds with its screening; *only*: rows whose first concern begins so."""
    screener = screener or Screener()
    for kind in ("should", "benign"):
        for name, row in rows(folder, kind):
            if kind == "benign" or row["concerns"][0].startswith(only):
                yield name, row, screener.screen(row["text"])


def measured(folder: Path, only: str = "") -> Traps:
    """What became of every row."""
    traps = Traps()
    for name, row, found in screened(folder, only):
        if "concerns" in row:
            traps.should(name, row, found)
        else:
            traps.ordinary(name, found)
    return traps


def complaint(name: str, row: Row, found: Screening) -> str:
    """What went wrong with one row, with its text for reading; empty when nothing did."""
    seen = [f"{s.rule_id} {s.urgency.name} {s.words!r}" for s in found.signals]
    if "concerns" not in row:
        return (
            f"OVER {name} ~{row['phenomenon']}: {row['text']} {seen}"
            if is_over_alarmed(found)
            else ""
        )
    if is_soon_enough(row, found):
        return ""
    how = "late" if is_heard(row, found) else "MISS"
    label = f"{row['concerns'][0]} {row['at_least']} {row['who']} ~{row['phenomenon']}"
    return f"{how} {name} {label}: {row['text']} {seen}"


def main(given: Sequence[str] | None = None) -> int:
    """Screen every row and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", action="store_true", help="print the rows that went wrong")
    parser.add_argument("--only", default="", help="only rows whose first concern begins so")
    options = parser.parse_args(given)
    if options.misses:
        complaints = (complaint(*one) for one in screened(options.folder, options.only))
        print(*filter(None, complaints), sep="\n")
    print(*measured(options.folder, options.only).lines(), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
