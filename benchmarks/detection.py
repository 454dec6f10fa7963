"""Measure detection on labelled text: `python benchmarks/detection.py FOLDER [--alarms SET] [--misses SET] [--rules]`.

Reads every *.jsonl and *.jsonl.gz of FOLDER; each row has `text` and `label` (1, 0 or null: null counts as neither).
Sets without a positive row are ordinary text: their alarms are given per 10,000.

An alarm is a screening with a suicide or self-injury signal at TODAY or sooner that is neither about another
person nor reported. Beside it stands the figure for any signal of any concern at any urgency.
"""

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from human_handoff import Qualifier, RuleSet, Screener, Screening, Urgency
from human_handoff.policy import SUICIDE_OR_SELF_INJURY

Z = 1.959964  # 95 %


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a proportion."""
    if not of:
        return 0.0, 1.0
    p, z2 = hits / of, Z * Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z * ((p * (1 - p) + z2 / (4 * of)) / of) ** 0.5 / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def is_alarm(screening: Screening) -> bool:
    """The figure the targets are stated in."""
    return any(
        s.concern in SUICIDE_OR_SELF_INJURY
        and s.urgency >= Urgency.TODAY
        and not s.is_qualified(Qualifier.OTHER_PERSON, Qualifier.REPORTED)
        for s in screening.signals
    )


@dataclass
class Tally:
    """Counts over one set; rows themselves are kept only while asked to show them."""

    rows: int = 0
    alarms: Counter[object] = field(default_factory=Counter)
    any_signal: Counter[object] = field(default_factory=Counter)
    labels: Counter[object] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)

    def add(self, label: object, screening: Screening) -> None:
        """Count one row."""
        self.rows += 1
        self.labels[label] += 1
        self.alarms[label] += is_alarm(screening)
        self.any_signal[label] += bool(screening.signals)
        self.rules.update({s.rule_id for s in screening.signals})


def rows(path: Path) -> Iterator[dict[str, object]]:
    """The rows of one file."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def sets(folder: Path) -> Iterator[tuple[str, Path]]:
    """The labelled sets of a folder by name."""
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")]):
        yield path.name.split(".jsonl")[0], path


def share(hits: int, of: int) -> str:
    """A proportion with its interval."""
    if not of:
        return "      -            "
    low, high = wilson(hits, of)
    return f"{hits / of:.3f} [{low:.3f}-{high:.3f}]"


def report(name: str, tally: Tally) -> str:
    """One line for a set with positives, or alarms per 10,000 for ordinary text."""
    positives, negatives = tally.labels[1], tally.labels[0]
    if positives:
        true, false = tally.alarms[1], tally.alarms[0]
        return (
            f"{name:24}{tally.rows:7}  precision {share(true, true + false)}  recall {share(true, positives)}"
            f"  any signal: {tally.any_signal[1]}/{positives} and {tally.any_signal[0]}/{negatives}"
        )
    total = sum(tally.alarms.values())
    matched = sum(tally.any_signal.values())
    rates = f"{per_10_000(total, tally.rows)}  any: {per_10_000(matched, tally.rows)}"
    return f"{name:24}{tally.rows:7}  {rates}"


def per_10_000(hits: int, of: int) -> str:
    """A rate per 10,000 with its interval."""
    low, high = wilson(hits, of)
    return f"{1e4 * hits / max(of, 1):6.1f} per 10,000 [{1e4 * low:.1f}-{1e4 * high:.1f}] ({hits})"


def shown(name: str, row: dict[str, object], found: Screening, options: argparse.Namespace) -> bool:
    """Whether to print this row for reading."""
    if name == options.misses:
        return row.get("label") == 1 and not is_alarm(found)
    if name == options.alarms:
        return row.get("label") != 1 and (bool(found.signals) if options.any else is_alarm(found))
    return False


def main(arguments: Iterable[str] | None = None) -> int:
    """Screen every row once and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--misses", metavar="SET", help="print the positives of SET that raise no alarm"
    )
    parser.add_argument(
        "--alarms", metavar="SET", help="print the alarms of SET that are no positives"
    )
    parser.add_argument(
        "--any", action="store_true", help="with --alarms: any signal, not only alarms"
    )
    parser.add_argument(
        "--rules", action="store_true", help="print how often each rule matched in each set"
    )
    parser.add_argument(
        "--only", metavar="PREFIX", default="", help="only sets whose name begins so"
    )
    options = parser.parse_args(list(arguments) if arguments is not None else None)
    screener, tallies = Screener(), {}
    for name, path in sets(options.folder):
        if not name.startswith(options.only):
            continue
        tally = tallies[name] = Tally()
        for row in rows(path):
            found = screener.screen(str(row["text"]))
            tally.add(row.get("label"), found)
            if shown(name, row, found, options):
                print(f"--- {row.get('category')}: {row['text']}")
                for s in found.signals:
                    print(
                        f"      {s.rule_id} {s.urgency.name} {s.words!r} {[q.cue_id for q in s.qualifiers]}"
                    )
        print(
            report(name, tally), file=sys.stderr if options.misses or options.alarms else sys.stdout
        )
        if options.rules:
            print(*(f"    {n:6} {rule}" for rule, n in tally.rules.most_common()), sep="\n")
    print(summary(tallies, RuleSet.bundled()))
    return 0


def summary(tallies: dict[str, Tally], rules: RuleSet) -> str:
    """All ordinary sets together, and which rules were measured."""
    ordinary = [t for name, t in tallies.items() if name.startswith("neg_")]
    total = sum(t.rows for t in ordinary)
    alarms = sum(sum(t.alarms.values()) for t in ordinary)
    matched = sum(sum(t.any_signal.values()) for t in ordinary)
    return (
        f"ordinary messages: {total}  alarms {per_10_000(alarms, total)}  any urgency {per_10_000(matched, total)}\n"
        f"{len(rules)} rules, digest {rules.digest}, not clinically reviewed"
    )


if __name__ == "__main__":
    sys.exit(main())
