"""Write docs/measurement.md from what was measured: `python benchmarks/measurement.py [--check]`.

From benchmarks/counts.json (labelled text, reviewed), tests/traps/first_run.json (what people who had not seen a
rule wrote, at first sight; never edited), the same sentences now, and the known misses and false alarms in the rule
files; the words around the figures are in measurement.template.md.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import Template
from typing import Any, TypeAlias

from detection import ROOT, per_10_000, share

from human_handoff import RuleSet
from traps import measured

Counts: TypeAlias = Mapping[str, Mapping[str, Any]]

PAGE = ROOT / "docs/measurement.md"
TEMPLATE = ROOT / "benchmarks/measurement.template.md"
COUNTS = ROOT / "benchmarks/counts.json"
TRAPS = ROOT / "tests/traps"
LABELLED = {
    "mhcrisis_llm2046": "chat-style messages; suicidal thoughts and self-harm against no crisis",
    "cssrs_posts": "long, noisy public posts with expert levels",
    "xstest": "idiom, homonym and definition questions, nearly all harmless",
}
ORDINARY = {
    "esconv_seeker": "distressed people, mostly not in crisis",
    "neg_banking77": "questions to a bank",
    "neg_dailydialog": "small talk",
    "neg_goemotions": "public comments",
    "neg_meld": "sitcom lines",
    "neg_nus_sms_en": "text messages",
    "neg_topicalchat": "talk about topics",
}


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A Markdown table."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(map(str, row))} |" for row in rows)


def labelled(sets: Counts) -> Iterator[str]:
    """Precision and recall of alarms."""
    rows = []
    for name, described in LABELLED.items():
        found = sets[name]
        true, false = found["alarms"]["1"], found["alarms"]["0"]
        positives, total = found["rows"]["1"], sum(found["rows"].values())
        rows.append((f"{described} ({total})", share(true, true + false), share(true, positives)))
    yield from table(("labelled text", "precision of alarms", "recall of alarms"), rows)


def ordinary(sets: Counts) -> Iterator[str]:
    """Alarms and signals per 10,000 messages."""
    together = [name for name in ORDINARY if name.startswith("neg_")]
    names = [([name], described) for name, described in ORDINARY.items()]
    rows = []
    for group, described in [(together, "**ordinary messages together**"), *names]:
        total, alarms, some = (
            sum(sum(sets[name][what].values()) for name in group)
            for what in ("rows", "alarms", "any")
        )
        rows.append(
            (f"{described} ({total:,})", per_10_000(alarms, total), per_10_000(some, total))
        )
    yield from table(("text taken for ordinary", "alarms", "any signal of any concern"), rows)
    yield ""
    yield (
        "Many alarms among ordinary messages read like real statements; the labels call all of them ordinary. "
        "Nobody has read them blind yet, so no figure is given for what remains without those."
    )


def traps(first: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """First run and now, by concern and by phenomenon."""
    groups, again = first["groups"], now["groups"]
    rows: list[Sequence[object]] = []
    for group, (n, heard, soon) in groups.items():
        name = {"all": "**all**"}.get(group, group.removeprefix("~ ").replace("_", " "))
        if group.startswith("~") and not any(row[0] == "*by phenomenon*" for row in rows):
            rows.append(("*by phenomenon*", "", "", "", ""))
        rows.append((name, n, share(heard, n), share(soon, n), f"{again[group][1] / n:.3f}"))
    yield from table(
        ("", "sentences", "first run: heard", "first run: soon enough", "heard now"), rows
    )
    yield ""
    others, told = first["someone_else"]
    benign, over, some = first["benign"]
    yield f"Someone else at risk, told apart from the writer at first sight: {share(told, others)} of {others}."
    yield ""
    yield (
        f"Of {benign} sentences that should hold no reply, over-alarmed at first sight: {share(over, benign)}; "
        f"any signal: {share(some, benign)}. Now over-alarmed: {now['benign'][1]}."
    )


def known(rules: RuleSet) -> Iterator[str]:
    """What the rule files themselves say is wrong."""
    for field, title in (
        ("known_misses", "Known misses"),
        ("known_false_alarms", "Known false alarms"),
    ):
        yield f"### {title}"
        yield ""
        lines = [f"- `{rule.id}`: {text}" for rule in rules for text in getattr(rule, field)]
        yield from lines or ["None is written down, which does not mean there are none."]
        yield ""


def page() -> str:
    """The whole page."""
    rules, counts = RuleSet.bundled(), json.loads(COUNTS.read_text(encoding="utf-8"))
    first = json.loads((TRAPS / "first_run.json").read_text(encoding="utf-8"))
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        rules=len(rules),
        digest=rules.digest[:12],
        labelled="\n".join(labelled(counts["sets"])),
        ordinary="\n".join(ordinary(counts["sets"])),
        first_run=f"{first['date']}, rules digest `{first['rule_digest'][:12]}`",
        traps="\n".join(traps(first, measured(TRAPS).figures())),
        known="\n".join(known(rules)).strip(),
    )


def main(given: Sequence[str] | None = None) -> int:
    """Write the page, or say whether it is true."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="only say whether the page is what it would be"
    )
    options = parser.parse_args(given)
    if not options.check:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    is_true = PAGE.read_text(encoding="utf-8") == page()
    print(
        "docs/measurement.md is what was measured"
        if is_true
        else "docs/measurement.md is old; write it anew"
    )
    return 0 if is_true else 1


if __name__ == "__main__":
    sys.exit(main())
