"""Screenings, routes, rules and lines as plain lines of text, for the person at the terminal."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TextIO, TypeVar

from human_handoff.lines.directory import Directory
from human_handoff.lines.line import CrisisLine
from human_handoff.phrases.lexicon import Lexicon
from human_handoff.routing.route import NextStep, Reason, Route, RouteItem, Way
from human_handoff.rules.rule import Rule
from human_handoff.screening import Screening, UncheckedReason
from human_handoff.signals import Qualified, Signal
from human_handoff.vocabulary import Qualifier, Urgency

T = TypeVar("T")

NOT_REVIEWED = "not clinically reviewed"
LONG, KEPT = 600, 120
"""A stretch without a match that is longer than LONG shows KEPT characters at either end."""
HOW_SOON = {
    Urgency.NOW: "now (within minutes)",
    Urgency.TODAY: "today (within hours)",
    Urgency.SOON: "soon (within about three days)",
    Urgency.OPEN_DOOR: "open door (no hurry in the words; offer people)",
}
_WITHIN = {
    "sentence": "in one sentence",
    "text": "in one text",
    "window": "in one text or over the turns of a conversation",
}
_CLASS = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_JOINER = "\u200d"  # inside one emoji made of several


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


# ---- the text -----------------------------------------------------------------------------------


def printable(text: str) -> str:
    """The text with every character that could steer a terminal shown as a dot.

    >>> printable("a\\x1b[31mb")
    'a·[31mb'
    """
    kept = "\n" + _JOINER
    return "".join(c if c.isprintable() or c in kept else "·" for c in text)


def highlighted(text: str, spans: Iterable[tuple[int, int]], style: Style) -> str:
    """The text with every span marked; overlapping spans are joined, long stretches shortened.

    >>> highlighted("I want to end it all", [(2, 16), (10, 20)], Style())
    'I [want to end it all]'
    """
    out, at = [], 0
    for start, end in _joined(spans):
        out += [_shortened(text[at:start]), style.marked(printable(text[start:end]))]
        at = end
    return "".join(out) + _shortened(text[at:])


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _shortened(text: str) -> str:
    if len(text) <= LONG:
        return printable(text)
    left_out = f" … {len(text) - 2 * KEPT} characters … "
    return printable(text[:KEPT]) + left_out + printable(text[-KEPT:])


def _quoted(words: str) -> str:
    return f"“{printable(words)}”".replace("\n", " ")


# ---- a screening --------------------------------------------------------------------------------


def screening_lines(text: str, found: Screening, style: Style) -> Iterator[str]:
    """A screening for reading: the words, each signal and why, what was set aside or unchecked."""
    shown = highlighted(text.rstrip("\n"), [(s.start, s.end) for s in found.signals], style)
    yield from (f"> {line}" for line in shown.split("\n")) if shown else ("(an empty text)",)
    yield ""
    if found.heard:
        yield f"reach a person: {style.bold(HOW_SOON[found.urgency])}"
    else:
        yield _nothing(found)
    for signal in found.signals:
        yield from _signal_lines(signal, style)
    for back in found.retractions:
        yield f"  taken back {_quoted(back.words)}  {back.cue_id}, lowers nothing"
    yield from _across_lines(found)
    for match in found.suppressed:
        cancelled = f"cancelled by unless “{match.unless}”"
        yield f"  set aside  {_quoted(match.words)}  {match.rule_id}, {cancelled}"
    if found.unlisted:
        yield f"  and {found.unlisted} more of the same kind"
    for what in found.unchecked:
        yield f"  not checked: {_plain(what.reason)} ({what.detail})"
    if found.rule_digest:
        yield style.dim(f"rules {found.rule_digest[:12]}, {found.language}, {_reviewed(found)}")


def _across_lines(found: Screening) -> Iterator[str]:
    """What was added, and what still counts from the turns before."""
    for opinion in found.opinions:
        yield f"  added by {opinion.source}: {_plain(opinion.concern)}, {_soon(opinion.urgency)}"
    for heard in found.carried:
        yield f"  still counts: {_plain(heard.concern)}, {_soon(heard.urgency)}"


def _nothing(found: Screening) -> str:
    """No signal means one of two things, and neither of them is that the person is well."""
    blind = {UncheckedReason.FAULT, UncheckedReason.LANGUAGE_UNKNOWN}
    if any(what.reason in blind for what in found.unchecked):
        return "nothing was checked"
    return "no rule matched; that says nothing about the person"


def _reviewed(found: Screening) -> str:
    return "every rule clinically reviewed" if found.clinically_reviewed else NOT_REVIEWED


def _signal_lines(signal: Signal, style: Style) -> Iterator[str]:
    before = "" if signal.urgency is signal.rule_urgency else f", not {_soon(signal.rule_urgency)}"
    rule = style.bold(signal.rule_id)
    yield f"  {_quoted(signal.words)}  {rule}  {_soon(signal.urgency)}{before}"
    yield style.dim(f"      {signal.title}")
    if signal.turns_ago:
        yield f"      together with what was said {_ago(signal.turns_ago)}"
    yield from (f"      {_how(meant)}" for meant in signal.qualifiers)
    if signal.laughter:
        yield "      laughter in the same sentence"


def _ago(turns: Sequence[int]) -> str:
    """`1 turn before and 4 turns before`."""
    said = (f"{n} turn before" if n == 1 else f"{n} turns before" for n in turns)
    return " and ".join(said)


def _how(meant: Qualified) -> str:
    """`past, recent: “yesterday” (past.recent_words)`."""
    when = f", {_plain(meant.recency)}" if meant.qualifier is Qualifier.PAST else ""
    return f"{_plain(meant.qualifier)}{when}: {_quoted(meant.words)} ({meant.cue_id})"


def _soon(urgency: Urgency) -> str:
    return _plain(urgency.name.lower())


def _plain(name: str) -> str:
    return name.replace("_", " ")


# ---- a route ------------------------------------------------------------------------------------


def route_lines(way: Route, style: Style) -> Iterator[str]:
    """A route for reading: whom to reach, how, and why each stands where it does."""
    worry = ", for the one who worries" if way.helper else ""
    yield style.bold(f"route ({way.country or 'region unknown'}){worry}")
    for item in way.first_three:
        yield from _item_lines(item, style)
    if way.also:
        yield "also:"
        yield from (_short_item(item) for item in way.also)
    listed = {item.id for item in way.first_three}
    rest = [item for item in way.emergency if item.id not in listed]
    if rest:
        yield f"emergency: {', '.join(map(_emergency, rest))}"
    pages = [item for item in way.directories if item.id not in listed]
    if pages:
        yield "directories:"
        yield from (f"  {page.name}: {page.url}" for page in pages)
    if way.next_step is not NextStep.SHOW_LINES:
        yield f"next step: {_plain(way.next_step)}"
    yield f"obligations: {', '.join(_owed(way)) or 'none'}"


def _item_lines(item: RouteItem, style: Style) -> Iterator[str]:
    if item.kind == "emergency":
        yield f"  {style.bold(_emergency(item))}"
    else:
        yield f"  {style.bold(item.name)}{_part(item.subdivision)}"
        yield from (f"      {_contact(way)}{_open(way)}" for way in item.ways)
    yield from (f"      {why}" for why in _because(item.because))
    if item.age_days is not None:
        age = f"newest source {item.newest_source} ({item.age_days} days ago), not dialled"
        yield style.dim(f"      {age}; may send help without consent: {item.may_dispatch}")


def _short_item(item: RouteItem) -> str:
    ways = ", ".join(way.display for way in item.ways)
    why = "".join(f"  {because}" for because in _because(item.because))
    return f"  {item.name}{_part(item.subdivision)}: {ways}{why}"


def _contact(way: Way) -> str:
    """`voice: 988, press 2`: the number and what it takes to use it."""
    extras = (way.post_dial, way.keyword and f"text {way.keyword}", way.note)
    return f"{way.means}: {', '.join([way.display, *filter(None, extras)])}"


def _open(way: Way) -> str:
    if way.hours is None:
        return ""
    return {True: ", open now", False: ", closed now", None: ", hours unknown"}[way.open]


def _emergency(item: RouteItem) -> str:
    return f"{item.name} ({_plain(', '.join(item.services))})"


def _part(subdivision: str | None) -> str:
    return f" ({subdivision})" if subdivision else ""


def _because(because: Sequence[Reason]) -> Iterator[str]:
    """The reason codes in words: `because: concern suicide plan (suicide); general`."""
    told = dict.fromkeys(map(_reason, because))
    if told:
        yield f"because: {'; '.join(told)}"


def _reason(reason: Reason) -> str:
    value = f"({reason.value})" if reason.value else None
    return _plain(" ".join(filter(None, (reason.code, reason.concern, value))))


def _owed(way: Route) -> Iterator[str]:
    owed = way.obligations.as_dict()
    yield from (_plain(name) for name, value in owed.items() if value is True)
    if owed["reach_within"] != "no_hurry":
        yield f"a person within {owed['reach_within']}"


# ---- crisis lines -------------------------------------------------------------------------------


def line_lines(
    directory: Directory, country: str, style: Style, *, part: str | None = None
) -> Iterator[str]:
    """Every line and emergency number of a country, with source, age and confidence.

    With *part* (such as GB-SCT) the lines of its other parts are left out.
    """
    for number in directory.emergency(country):
        services = _plain(", ".join(number.services))
        yield f"{style.bold(number.display)}  emergency: {services}"
    for line in directory.lines(country):
        if part is None or line.subdivision in (None, part):
            yield from _line(line, style)
    yield "compiled from stored sources; nothing was dialled, nobody has verified it"


def _line(line: CrisisLine, style: Style) -> Iterator[str]:
    topics = _plain(", ".join(line.topics))
    status = "" if line.status == "active" else f" [{line.status}]"
    yield f"{style.bold(line.name)}{_part(line.subdivision)}{status}  {line.id}: {topics}"
    for channel in line.channels:
        hours = "hours unknown" if channel.hours.kind == "unknown" else channel.hours
        yield f"    {_contact(Way.of(channel, None))}, {hours}"
    age = f"{line.age_days(datetime.now(UTC))} days ago"
    dated = f"newest source {line.newest_source} ({age})"
    yield style.dim(f"    {dated}, confidence {line.confidence}; not dialled")
    yield style.dim(f"    sources: {', '.join(source.ref for source in line.sources)}")
    yield from (style.dim(f"    sources disagree: {what}") for what in line.disagreements)


# ---- rules --------------------------------------------------------------------------------------


def rule_lines(rule: Rule, place: str, lexicon: Lexicon, style: Style) -> Iterator[str]:
    """Everything a rule says, with every class spelled out, for a clinician to read."""
    yield f"{style.bold(rule.id)}  ({place})"
    yield rule.title
    reach = "says nothing alone" if rule.part else f"reach a person: {HOW_SOON[rule.urgency]}"
    yield f"concern {rule.concern}, {reach}, status {rule.status}"
    yield f"reviewed by {rule.reviewed[0]} on {rule.reviewed[1]}" if rule.reviewed else NOT_REVIEWED
    if rule.subject:
        yield "the words speak of someone else (qualified other person)"
    if rule.idiom:
        yield "also said as a joke: laughter in the same sentence lowers it one step"
    if rule.slots:
        yield f"fills in of a plan: {', '.join(rule.slots)}"
    yield from _sections(rule, "phrases")
    yield from _section(_combining(rule), [" or ".join(item) for item in rule.items])
    yield from _sections(rule, "unless")
    yield from _section("classes", [_members(name, lexicon) for name in _classes(rule)])
    yield from _sections(rule, "examples", "keeps", "counter_examples", "benign")
    yield from _sections(rule, "known_misses", "known_false_alarms")
    yield from _section("rationale", [rule.rationale])
    yield from _section("sources", rule.sources)


def _combining(rule: Rule) -> str:
    """`at least 2 of, in one sentence`."""
    many = "all of" if rule.all_of else f"at least {rule.needed} of"
    return f"{many}, {_WITHIN[rule.within]}"


def _sections(rule: Rule, *names: str) -> Iterator[str]:
    for name in names:
        yield from _section(_plain(name), getattr(rule, name))


def _section(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"{title}:"
        yield from (f"  {item}" for item in items)


def _classes(rule: Rule) -> list[str]:
    sources = (*rule.phrases, *rule.unless)
    return sorted({name for source in sources for name in _CLASS.findall(source)})


def _members(name: str, lexicon: Lexicon) -> str:
    """The members of a class as they are matched, in alphabetical order."""
    words = sorted(" ".join(member) for member in lexicon.classes[name])
    return f"{{{name}}} = {', '.join(words)}"


# ---- tables and progress ------------------------------------------------------------------------


def table_lines(headers: Sequence[str], rows: Sequence[Sequence[str]], style: Style) -> list[str]:
    """A table: drawn by rich where it is installed and the terminal has style, else columns."""
    if style.colour and _has_rich():
        return _rich_table(headers, rows)
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (headers, *rows)
    ]


def _rich_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, emoji=False, highlight=False)
    drawn = Table(box=None, header_style="bold")
    for header, *cells in zip(headers, *rows, strict=True):
        last = header == headers[-1]  # what is read wraps; what is copied, such as an id, does not
        room = None if last else max(map(len, (header, *cells)))
        drawn.add_column(header, min_width=room, no_wrap=not last, overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    with console.capture() as captured:
        console.print(drawn)
    return captured.get().splitlines()


def progress(items: Sequence[T], title: str) -> Iterable[T]:
    """Go through *items*, saying how far on stderr where a terminal watches; rich draws a bar."""
    if not sys.stderr.isatty():
        return items
    return _bar(items, title) if _has_rich() else _counted(items, title)


def _bar(items: Sequence[T], title: str) -> Iterable[T]:
    from rich.console import Console
    from rich.progress import track

    return track(items, description=title, console=Console(stderr=True), transient=True)


def _counted(items: Sequence[T], title: str) -> Iterator[T]:
    for count, item in enumerate(items, start=1):
        sys.stderr.write(f"\r{title}: {count} of {len(items)}")
        sys.stderr.flush()
        yield item
    sys.stderr.write("\n")


def _has_rich() -> bool:
    return find_spec("rich") is not None
