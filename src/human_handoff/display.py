"""Screenings, rules and tables as lines of plain text, for the person at the terminal."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from typing import TextIO

from human_handoff.lines.directory import Directory
from human_handoff.phrases.lexicon import Lexicon
from human_handoff.routing.route import Reason, Route, RouteItem, Way
from human_handoff.rules.rule import Rule
from human_handoff.screening import Screening, UncheckedReason
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
        yield _nothing(found)
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


def _nothing(found: Screening) -> str:
    """No signal means one of two things, and neither of them is that the person is well."""
    blind = {UncheckedReason.FAULT, UncheckedReason.LANGUAGE_UNKNOWN}
    if any(what.reason in blind for what in found.unchecked):
        return "nothing was checked"
    return "no rule matched; that says nothing about the person"


def _signal_lines(signal: Signal, style: Style) -> Iterator[str]:
    lowered = "" if signal.urgency is signal.rule_urgency else f", lowered from {signal.rule_urgency.name.lower()}"
    yield f"  “{printable(signal.words)}”  {style.bold(signal.rule_id)}  {signal.urgency.name.lower()}{lowered}"
    yield style.dim(f"      {signal.title}")
    for q in signal.qualifiers:
        when = f", {q.recency.value.replace('_', ' ')}" if q.qualifier is Qualifier.PAST else ""
        yield f"      {q.qualifier.value.replace('_', ' ')}{when}: “{printable(q.words)}” ({q.cue_id})"
    if signal.laughter:
        yield "      laughter in the same sentence"


def route_lines(way: Route, style: Style) -> Iterator[str]:
    """A route for reading: whom to reach, how, and why each stands where it does."""
    yield style.bold(f"route ({way.country or 'region unknown'})" + (", for the one who worries" if way.helper else ""))
    for item in way.first_three:
        yield from _item_lines(item, style)
    if way.also:
        yield "also:"
        yield from (f"  {i.name}: {', '.join(w.display for w in i.ways)}{_why(i.because)}" for i in way.also)
    listed = {item.id for item in way.first_three}
    rest = [item for item in way.emergency if item.id not in listed]
    if rest:
        yield f"emergency: {', '.join(_emergency(item) for item in rest)}"
    pages = [item.url or "" for item in way.directories if item.id not in listed]
    if pages:
        yield f"directories: {', '.join(pages)}"
    yield f"obligations: {', '.join(_owed(way)) or 'none'}"


def _item_lines(item: RouteItem, style: Style) -> Iterator[str]:
    name = _emergency(item) if item.kind == "emergency" else item.name
    yield f"  {style.bold(name)}{_why(item.because)}"
    if item.kind != "emergency":
        yield from (f"      {_reach(way)}" for way in item.ways)
    if item.age_days is not None:
        dispatch = f", may send help without consent: {item.may_dispatch}"
        yield style.dim(f"      newest source {item.newest_source}, {item.age_days} days old; not dialled{dispatch}")


def _reach(way: Way) -> str:
    extras = [way.post_dial, f"text {way.keyword}" if way.keyword else None, way.note]
    state = {True: "open now", False: "closed now", None: "hours unknown" if way.hours == "unknown" else None}
    shown = [way.display, *filter(None, extras), *filter(None, [state[way.open] if way.hours else None])]
    return f"{way.means}: {', '.join(shown)}"


def _emergency(item: RouteItem) -> str:
    return f"{item.name} ({', '.join(s.replace('_', ' ') for s in item.services)})"


def _why(because: Sequence[Reason]) -> str:
    """The reason codes in words: `because concern suicide plan, general`."""
    told = dict.fromkeys(
        " ".join(filter(None, (r.code.value, r.concern and r.concern.value, r.value))).replace("_", " ")
        for r in because
    )
    return f"  because: {'; '.join(told)}" if told else ""


def _owed(way: Route) -> Iterator[str]:
    owed = way.obligations.as_dict()
    yield from (name.replace("_", " ") for name, value in owed.items() if value is True)
    if owed["reach_within"] != "no_hurry":
        yield f"a person within {owed['reach_within']}"


def line_lines(directory: Directory, country: str, style: Style) -> Iterator[str]:
    """Every line and emergency number of a country, with source, age and confidence."""
    today = date.today()
    for number in directory.emergency(country):
        yield f"{style.bold(number.display)}  emergency: {', '.join(number.services).replace('_', ' ')}"
    for line in directory.lines(country):
        part = f" ({line.subdivision})" if line.subdivision else ""
        yield f"{style.bold(line.name)}{part}  {line.id}: {', '.join(line.topics)}"
        for channel in line.channels:
            yield f"    {_reach(Way.of(channel, None))} ({channel.hours})"
        age = f"{line.age_days(today)} days since the newest source ({line.newest_source})"
        yield style.dim(f"    confidence {line.confidence}, {age}, sources {', '.join(s.ref for s in line.sources)}")
        yield from (style.dim(f"    sources disagree: {d}") for d in line.disagreements)
    yield "compiled from stored sources; nothing was dialled, nobody has verified it"


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
