"""Screenings, rules and tables as lines of plain text, for the person at the terminal."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TextIO

from human_handoff.phrases.lexicon import Lexicon
from human_handoff.rules.rule import Rule
from human_handoff.screening import Screening
from human_handoff.signals import Signal
from human_handoff.vocabulary import Qualifier

NOT_REVIEWED = "not clinically reviewed"
_CLASS = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, kw_only=True)
class Style:
    """Bold and dim where the terminal shows them and nobody said NO_COLOR; brackets elsewhere."""

    colour: bool = False

    @classmethod
    def of(cls, stream: TextIO, environment: dict[str, str]) -> "Style":
        """The style a stream deserves (no-color.org: any non-empty NO_COLOR turns colour off)."""
        plain = environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
        return cls(colour=stream.isatty() and not plain)

    def bold(self, text: str) -> str:
        """Stand out."""
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def dim(self, text: str) -> str:
        """Stand back."""
        return f"\x1b[2m{text}\x1b[0m" if self.colour else text

    def marked(self, text: str) -> str:
        """Matched words: underlined, or in brackets where nothing can be underlined."""
        return f"\x1b[1;4m{text}\x1b[0m" if self.colour else f"[{text}]"


def printable(text: str) -> str:
    """The text with every character that could steer a terminal shown as a dot.

    >>> printable("a\\x1b[31mb")
    'a·[31mb'
    """
    return "".join(c if c.isprintable() or c == "\n" else "·" for c in text)


def highlighted(text: str, spans: Iterable[tuple[int, int]], style: Style) -> str:
    """The text with every span marked; overlapping spans are joined."""
    out, at = [], 0
    for start, end in _joined(spans):
        out += [printable(text[at:start]), style.marked(printable(text[start:end]))]
        at = end
    return "".join(out) + printable(text[at:])


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def screening_lines(text: str, found: Screening, style: Style) -> Iterator[str]:
    """A screening for reading: the words, then each signal and why, then what was set aside or unchecked."""
    yield highlighted(text, [(s.start, s.end) for s in found.signals], style)
    yield ""
    yield f"reach a person: {style.bold(found.urgency.name.lower().replace('_', ' '))}"
    if not found.signals:
        yield "no rule matched; that says nothing about the person"
    for signal in found.signals:
        yield from _signal_lines(signal, style)
    for match in found.suppressed:
        words = printable(match.words)
        yield f"  set aside  “{words}”  {match.rule_id}, cancelled by unless “{match.unless}”"
    if found.unlisted:
        yield f"  and {found.unlisted} more of the same kind"
    for what in found.unchecked:
        yield f"  not checked: {what.reason.value.replace('_', ' ')} ({what.detail})"
    yield style.dim(f"rules {found.rule_digest[:12]}, {found.language}, {review(found.clinically_reviewed)}")


def _signal_lines(signal: Signal, style: Style) -> Iterator[str]:
    lowered = "" if signal.urgency is signal.rule_urgency else f", lowered from {signal.rule_urgency.name.lower()}"
    yield f"  “{printable(signal.words)}”  {style.bold(signal.rule_id)}  {signal.urgency.name.lower()}{lowered}"
    yield style.dim(f"      {signal.title}")
    for q in signal.qualifiers:
        when = f", {q.recency.value.replace('_', ' ')}" if q.qualifier is Qualifier.PAST else ""
        yield f"      {q.qualifier.value.replace('_', ' ')}{when}: “{printable(q.words)}” ({q.cue_id})"
    if signal.laughter:
        yield "      laughter in the same sentence"


def review(reviewed: bool) -> str:
    """Whether clinicians have reviewed the rules, in words."""
    return "every rule clinically reviewed" if reviewed else NOT_REVIEWED


def rule_lines(rule: Rule, place: str, lexicon: Lexicon, style: Style) -> Iterator[str]:
    """Everything a rule says, with every class spelled out, for a clinician to read."""
    yield f"{style.bold(rule.id)}  ({place})"
    yield rule.title
    yield f"concern {rule.concern.value}, reach a person: {rule.urgency.name.lower().replace('_', ' ')}, status {rule.status.value}"
    yield f"reviewed by {rule.reviewed[0]} on {rule.reviewed[1]}" if rule.reviewed else NOT_REVIEWED
    if rule.subject:
        yield "the words speak of someone else (qualified other person)"
    if rule.idiom:
        yield "also said as a joke: laughter in the same sentence lowers it one step"
    for name in ("phrases", "all_of", "unless"):
        yield from _section(name.replace("_", " "), getattr(rule, name))
    used = sorted({c for source in (*rule.phrases, *rule.unless) for c in _CLASS.findall(source)})
    yield from _section("classes", [f"{{{name}}} = {', '.join(members(name, lexicon))}" for name in used])
    for name in ("examples", "keeps", "counter_examples", "benign", "known_misses", "known_false_alarms"):
        yield from _section(name.replace("_", " "), getattr(rule, name))
    yield from _section("rationale", [rule.rationale])
    yield from _section("sources", rule.sources)


def _section(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"{title}:"
        yield from (f"  {item}" for item in items)


def members(name: str, lexicon: Lexicon) -> list[str]:
    """The members of a class as they are matched, in alphabetical order."""
    return sorted(" ".join(words) for words in lexicon.classes[name])


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: drawn by rich where it is installed and a terminal reads it, else plain columns."""
    if sys.stdout.isatty() and find_spec("rich") is not None:
        _rich_table(headers, rows)
        return
    widths = [max(len(cell) for cell in column) for column in zip(headers, *rows, strict=True)]
    for row in (headers, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _rich_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    drawn = Table(*headers, box=None, header_style="bold")
    for row in rows:
        drawn.add_row(*(cell.replace("[", r"\[") for cell in row))
    Console().print(drawn)


def progress(items: Sequence[Rule], title: str) -> Iterable[Rule]:
    """Go through *items*; rich shows how far on stderr where it is installed and a terminal watches."""
    if not sys.stderr.isatty() or find_spec("rich") is None:
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, description=title, console=Console(stderr=True), transient=True)
