"""Measure detection on labelled text.

    detection.py FOLDER                    the table
    detection.py FOLDER --misses SET       the positives of SET without an alarm; --alarms SET: the others
    detection.py FOLDER --diff OLD NEW     every outcome that moves between two git revisions
    detection.py FOLDER --check FILE       compare with the reviewed counts; --write FILE: write them anew

Reads every *.jsonl and *.jsonl.gz of FOLDER; each row has `id`, `text` and `label` (1, 0, or null for
neither). Sets without a positive row are ordinary text: their alarms are given per 10,000.

An alarm is a screening with a suicide or self-injury signal at TODAY or sooner that is neither about another
person nor reported. Beside it stands the figure for any signal of any concern at any urgency.
"""

import argparse
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

from human_handoff import Qualifier, RuleSet, Screener, Screening, Urgency
from human_handoff.policy import SUICIDE_OR_SELF_INJURY

Z = 1.959964  # 95 %
SALT = "human_handoff counts 1"
"""Keeps the digest of a set from being looked up; it names outcomes, never words."""
ROOT = Path(__file__).resolve().parent.parent

Row: TypeAlias = Mapping[str, Any]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a proportion."""
    if not of:
        return 0.0, 1.0
    p, z2 = hits / of, Z * Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z * ((p * (1 - p) + z2 / (4 * of)) / of) ** 0.5 / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def share(hits: int, of: int) -> str:
    """A proportion with its interval."""
    if not of:
        return "      -            "
    low, high = wilson(hits, of)
    return f"{hits / of:.3f} [{low:.3f}-{high:.3f}]"


def per_10_000(hits: int, of: int) -> str:
    """A rate per 10,000 with its interval."""
    low, high = wilson(hits, of)
    return f"{1e4 * hits / max(of, 1):6.1f} per 10,000 [{1e4 * low:.1f}-{1e4 * high:.1f}] ({hits})"


def is_alarm(screening: Screening) -> bool:
    """The figure the targets are stated in."""
    return any(
        s.concern in SUICIDE_OR_SELF_INJURY
        and s.urgency >= Urgency.TODAY
        and not s.is_qualified(Qualifier.OTHER_PERSON, Qualifier.REPORTED)
        for s in screening.signals
    )


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the rules made of one row, without its words."""

    row: str
    label: int | None
    alarm: bool
    urgency: str
    rules: tuple[str, ...]

    @classmethod
    def of(cls, number: int, row: Row, found: Screening) -> "Outcome":
        """The outcome of one row; a row without an id goes by its number."""
        return cls(
            row=str(row.get("id", number)),
            label=row.get("label"),
            alarm=is_alarm(found),
            urgency=found.urgency.name.lower(),
            rules=tuple(sorted({s.rule_id for s in found.signals})),
        )

    def __str__(self) -> str:
        """`today ALARM rule, rule`."""
        return f"{self.urgency}{' ALARM' if self.alarm else ''} {', '.join(self.rules)}".strip()


@dataclass
class Tally:
    """Counts over one set; rows themselves are kept only while asked to show them."""

    outcomes: list[Outcome] = field(default_factory=list)

    def count(self, label: int | None, what: str) -> int:
        """How many rows with this label are an alarm, or show any signal."""
        rows = [o for o in self.outcomes if o.label == label]
        return sum(o.alarm if what == "alarms" else bool(o.rules) for o in rows)

    def labelled(self, label: int | None) -> int:
        """How many rows have this label."""
        return sum(o.label == label for o in self.outcomes)

    @property
    def rules(self) -> Counter[str]:
        """In how many rows each rule matched."""
        return Counter(rule for o in self.outcomes for rule in o.rules)

    def counts(self) -> dict[str, Any]:
        """What the reviewed file holds of a set: counts and a salted digest, no rows."""
        by_rule: dict[str, dict[str, int]] = {}
        for o in self.outcomes:
            for rule in o.rules:
                of = by_rule.setdefault(rule, {})
                of[str(o.label)] = of.get(str(o.label), 0) + 1
        labels = {"1": 1, "0": 0, "None": None}
        return {
            "rows": {name: self.labelled(label) for name, label in labels.items()},
            "alarms": {name: self.count(label, "alarms") for name, label in labels.items()},
            "any": {name: self.count(label, "any") for name, label in labels.items()},
            "rules": dict(sorted(by_rule.items())),
            "digest": self.digest(),
        }

    def digest(self) -> str:
        """Changes when the outcome of any row does."""
        lines = sorted(f"{o.row}\t{o}" for o in self.outcomes)
        return hashlib.sha256("\n".join([SALT, *lines]).encode()).hexdigest()


def rows(path: Path) -> Iterator[Row]:
    """The rows of one file."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def sets(folder: Path, prefix: str = "") -> Iterator[tuple[str, Path]]:
    """The labelled sets of a folder by name."""
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")]):
        if path.name.startswith(prefix):
            yield path.name.split(".jsonl")[0], path


def report(name: str, tally: Tally) -> str:
    """One line for a set with positives, or alarms per 10,000 for ordinary text."""
    positives, negatives, rows = tally.labelled(1), tally.labelled(0), len(tally.outcomes)
    true, false, unlabelled = (tally.count(label, "alarms") for label in (1, 0, None))
    if positives:
        seen = f"{tally.count(1, 'any')}/{positives} and {tally.count(0, 'any')}/{negatives}"
        precision, recall = share(true, true + false), share(true, positives)
        return f"{name:24}{rows:7}  precision {precision}  recall {recall}  any signal: {seen}"
    matched = tally.count(0, "any") + tally.count(None, "any")
    rates = f"{per_10_000(false + unlabelled, rows)}  any: {per_10_000(matched, rows)}"
    return f"{name:24}{rows:7}  {rates}"


def shown(name: str, row: Row, found: Screening, options: argparse.Namespace) -> bool:
    """Whether to print this row for reading."""
    if name == options.misses:
        return row.get("label") == 1 and not is_alarm(found)
    if name == options.alarms:
        return row.get("label") != 1 and (bool(found.signals) if options.any else is_alarm(found))
    return False


def measured(options: argparse.Namespace) -> dict[str, Tally]:
    """Screen every row once."""
    screener, tallies = Screener(), dict[str, Tally]()
    for name, path in sets(options.folder, options.only):
        tally = tallies[name] = Tally()
        for number, row in enumerate(rows(path), 1):
            found = screener.screen(str(row["text"]))
            tally.outcomes.append(Outcome.of(number, row, found))
            if shown(name, row, found, options):
                print(f"--- {row.get('category')}: {row['text']}")
                for s in found.signals:
                    cues = [q.cue_id for q in s.qualifiers]
                    print(f"      {s.rule_id} {s.urgency.name} {s.words!r} {cues}")
    return tallies


def summary(tallies: Mapping[str, Tally], rules: RuleSet) -> str:
    """All ordinary sets together, and which rules were measured."""
    ordinary = [tally for name, tally in tallies.items() if name.startswith("neg_")]
    total = sum(len(tally.outcomes) for tally in ordinary)
    alarms, matched = (
        sum(tally.count(label, what) for tally in ordinary for label in (0, None))
        for what in ("alarms", "any")
    )
    return (
        f"ordinary messages: {total}  alarms {per_10_000(alarms, total)}  any urgency {per_10_000(matched, total)}\n"
        f"{len(rules)} rules, digest {rules.digest}, not clinically reviewed"
    )


# ---- what a change moves ------------------------------------------------------------------------


def saved(tallies: Mapping[str, Tally]) -> str:
    """Outcomes as JSON, without words."""
    return json.dumps({name: [vars(o) for o in tally.outcomes] for name, tally in tallies.items()})


def at_revision(revision: str, options: argparse.Namespace) -> dict[str, Tally]:
    """The outcomes of the package as a git revision has it; `.` is the working tree."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = ROOT / "src", Path(folder, "outcomes.json")
        if revision != ".":
            command = ["git", "-C", str(ROOT), "archive", revision, "src"]
            archive = subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603  a revision of ours
            with tarfile.open(fileobj=BytesIO(archive)) as tar:
                tar.extractall(folder, filter="data")
            source = Path(folder, "src")
        own = [
            sys.executable,
            __file__,
            str(options.folder),
            "--only",
            options.only,
            "--save",
            str(out),
        ]
        subprocess.run(  # noqa: S603  this script, with the source of that revision
            own,
            check=True,
            env={**os.environ, "PYTHONPATH": str(source)},
            stdout=subprocess.DEVNULL,
        )
        return {
            name: Tally([Outcome(**{**o, "rules": tuple(o["rules"])}) for o in outcomes])
            for name, outcomes in json.loads(out.read_text(encoding="utf-8")).items()
        }


def moved(old: Mapping[str, Tally], new: Mapping[str, Tally]) -> Iterator[str]:
    """One line for each row whose outcome changed, and how many did."""
    for name in sorted(old.keys() & new.keys()):
        before = {o.row: o for o in old[name].outcomes}
        pairs = [(before[o.row], o) for o in new[name].outcomes if o.row in before]
        changed = [(was, now) for was, now in pairs if was != now]
        for was, now in changed:
            yield f"{name} {now.row} label {now.label}: {was}  ->  {now}"
        gained = sum(now.alarm and not was.alarm for was, now in changed)
        lost = sum(was.alarm and not now.alarm for was, now in changed)
        yield f"{name}: {len(changed)} of {len(pairs)} rows moved, {gained} alarms gained, {lost} lost"


# ---- the reviewed counts ------------------------------------------------------------------------


def counts(tallies: Mapping[str, Tally], rules: RuleSet) -> str:
    """The file a reviewer reads when rules change: how often each rule matched, and digests."""
    sets = {name: tally.counts() for name, tally in tallies.items()}
    return json.dumps({"rule_digest": rules.digest, "sets": sets}, indent=1) + "\n"


def differences(reviewed: Mapping[str, Any], tallies: Mapping[str, Tally]) -> Iterator[str]:
    """What the reviewed counts say that is no longer so."""
    for name, tally in tallies.items():
        was, now = reviewed["sets"].get(name), tally.counts()
        if was is None:
            yield f"{name}: not among the reviewed counts"
        elif was["digest"] != now["digest"]:
            ids = sorted({*was["rules"], *now["rules"]})
            rules = [r for r in ids if was["rules"].get(r) != now["rules"].get(r)]
            yield f"{name}: outcomes moved; counts differ for {', '.join(rules) or 'no rule'}"


def check(options: argparse.Namespace) -> int:
    """Hold the outcomes to the reviewed counts; a folder that is not there is said to be not run."""
    if not any(sets(options.folder)):
        print(f"not run: no labelled text in {options.folder}")
        return 0
    reviewed = json.loads(options.check.read_text(encoding="utf-8"))
    found = list(differences(reviewed, measured(options)))
    print(*found, sep="\n")
    print(f"{len(found)} sets differ from {options.check}; read --diff, then --write it anew")
    return 1 if found else 0


def arguments() -> argparse.ArgumentParser:
    """What can be asked for."""
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
    parser.add_argument(
        "--save", metavar="FILE", type=Path, help="write the outcomes, without words"
    )
    parser.add_argument(
        "--diff", metavar=("OLD", "NEW"), nargs=2, help="git revisions; . is the working tree"
    )
    parser.add_argument(
        "--check", metavar="FILE", type=Path, help="compare with the reviewed counts"
    )
    parser.add_argument("--write", metavar="FILE", type=Path, help="write the counts for review")
    return parser


def main(given: Sequence[str] | None = None) -> int:
    """Screen every row once and print the figures, or what was asked for."""
    options = arguments().parse_args(given)
    if options.diff:
        old, new = (at_revision(revision, options) for revision in options.diff)
        print(*moved(old, new), sep="\n")
        return 0
    if options.check:
        return check(options)
    tallies, rules = measured(options), RuleSet.bundled()
    for path, written in ((options.save, saved(tallies)), (options.write, counts(tallies, rules))):
        if path:
            path.write_text(written, encoding="utf-8")
    print_table(tallies, options)
    print(summary(tallies, rules))
    return 0


def print_table(tallies: Mapping[str, Tally], options: argparse.Namespace) -> None:
    """The figures of each set; to stderr while rows are being read."""
    out = sys.stderr if options.misses or options.alarms else sys.stdout
    for name, tally in tallies.items():
        print(report(name, tally), file=out)
        if options.rules:
            print(*(f"    {n:6} {rule}" for rule, n in tally.rules.most_common()), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
