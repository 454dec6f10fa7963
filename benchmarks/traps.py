"""Hold the rules to sentences written by people who had not seen them: `python benchmarks/traps.py FOLDER [--misses]`.

Reads *_should.jsonl and *_benign.jsonl of FOLDER.

    should  {"text": ..., "concerns": [...], "at_least": "today", "phenomenon": ..., "who": "self" | "other" | "both"}
    benign  {"text": ..., "phenomenon": ...}

heard         a signal of one of the concerns, at any urgency
soon enough   such a signal at `at_least` or sooner, or any signal of that urgency
as other      who is other or both: some signal is qualified other_person
over-alarmed  benign, and some signal, whatever its concern, is TODAY or sooner: a reply would be held
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detection import share

from human_handoff import Qualifier, Screener, Screening, Urgency

Row = Mapping[str, Any]


def rows(folder: Path, kind: str) -> Iterator[Row]:
    """The rows of one kind, file by file."""
    for path in sorted(folder.glob(f"*_{kind}.jsonl")):
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def is_heard(row: Row, found: Screening) -> bool:
    """Whether a concern the row names was heard, at whatever urgency."""
    return any(s.concern.value in row["concerns"] for s in found.signals)


def is_soon_enough(row: Row, found: Screening) -> bool:
    """Whether it was heard, and somebody would be reached in time."""
    return is_heard(row, found) and found.urgency >= Urgency[row["at_least"].upper()]


def is_over_alarmed(found: Screening) -> bool:
    """Whether a reply would be held."""
    return found.urgency >= Urgency.TODAY


def is_as_other(found: Screening) -> bool:
    """Whether somebody else's pain was told from the writer's."""
    return any(s.is_qualified(Qualifier.OTHER_PERSON) for s in found.signals)


@dataclass
class Tally:
    """Counts over one folder, by concern and by phenomenon."""

    of: Counter[str] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)
    soon: Counter[str] = field(default_factory=Counter)

    def add(self, row: Row, found: Screening) -> None:
        """Count a row under everything it is."""
        for name in ("all", row["concerns"][0], f"~ {row['phenomenon']}"):
            self.of[name] += 1
            self.heard[name] += is_heard(row, found)
            self.soon[name] += is_soon_enough(row, found)

    def lines(self) -> Iterator[str]:
        """One line a concern and phenomenon."""
        for name in sorted(self.of, key=lambda n: (n != "all", n.startswith("~"), n)):
            n = self.of[name]
            heard, soon = share(self.heard[name], n), share(self.soon[name], n)
            yield f"{name:32}{n:5}  heard {heard}  soon enough {soon}"


def main(arguments: Iterable[str] | None = None) -> int:
    """Screen every row once and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", action="store_true", help="print what was missed")
    parser.add_argument("--only", default="", help="only rows whose first concern begins so")
    options = parser.parse_args(list(arguments) if arguments is not None else None)
    screener, tally, others = Screener(), Tally(), Counter[str]()
    for row in rows(options.folder, "should"):
        if not row["concerns"][0].startswith(options.only):
            continue
        found = screener.screen(row["text"])
        tally.add(row, found)
        if row["who"] != "self":
            others.update(["of", *(["as other"] if is_as_other(found) else [])])
        if options.misses and not is_soon_enough(row, found):
            how = "late" if is_heard(row, found) else "MISS"
            seen = [f"{s.rule_id} {s.urgency.name}" for s in found.signals]
            print(
                f"{how} {row['concerns'][0]} {row['at_least']} {row['who']} ~{row['phenomenon']}: {row['text']} {seen}"
            )
    print(*tally.lines(), sep="\n")
    print(f"someone else seen as such: {share(others['as other'], others['of'])}")
    benign = list(rows(options.folder, "benign"))
    over, any_signal = 0, 0
    for row in benign:
        found = screener.screen(row["text"])
        over += is_over_alarmed(found)
        any_signal += bool(found.signals)
        if options.misses and is_over_alarmed(found):
            seen = [f"{s.rule_id} {s.urgency.name} {s.words!r}" for s in found.signals]
            print(f"OVER ~{row['phenomenon']}: {row['text']} {seen}")
    print(
        f"benign {len(benign)}: over-alarmed {share(over, len(benign))}  any signal {share(any_signal, len(benign))}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
