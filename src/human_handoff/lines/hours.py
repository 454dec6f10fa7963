"""When a line answers: always, at weekly times in its own time zone, or unknown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import field_validator, model_validator

from human_handoff.errors import NaiveTimeError
from human_handoff.lines.rows import Row

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = time(0)
_SPAN = re.compile(
    rf"({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))? "
    r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])"
)
_ZONE = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+){0,2}")


@dataclass(frozen=True, kw_only=True)
class Span:
    """On one weekday, from *opens* until *closes*; not later than *opens* means the next day."""

    day: int
    opens: time
    closes: time

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The two moments of this span that begins on *day*, in UTC."""
        last = day + timedelta(days=self.closes <= self.opens)
        start = datetime.combine(day, self.opens, tzinfo=zone)
        return start.astimezone(UTC), datetime.combine(last, self.closes, zone).astimezone(UTC)


class Hours(Row):
    """When a line answers. Unknown is not closed: a gap in the data shuts nobody's line.

    Times are the clock on the wall in *zone*, through every change of summer time.

    >>> night = Hours.weekly("Europe/London", "fri-sat 22:00-04:00")
    >>> night.is_open(datetime(2026, 11, 22, 3, 59, tzinfo=UTC))
    True
    >>> Hours.unknown().is_open(datetime(2026, 11, 22, tzinfo=UTC)) is None
    True
    """

    kind: Literal["24/7", "weekly", "unknown"]
    zone: str | None = None
    spans: tuple[str, ...] = ()
    as_published: str | None = None

    @classmethod
    def always(cls) -> Self:
        """Open at every hour of every day."""
        return cls(kind="24/7")

    @classmethod
    def weekly(cls, zone: str, *spans: str) -> Self:
        """Open in *spans* such as ``"mon-fri 10:00-18:00"``; an end of 00:00 is midnight."""
        return cls(kind="weekly", zone=zone, spans=spans)

    @classmethod
    def unknown(cls) -> Self:
        """Nobody has told us."""
        return cls(kind="unknown")

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: Any) -> Any:
        return {"kind": value} if isinstance(value, str) else value

    @field_validator("zone")
    @classmethod
    def _zone_reads(cls, zone: str | None) -> str | None:
        if zone is None or _ZONE.fullmatch(zone):
            return zone
        msg = "is not the name of a time zone such as Europe/London"
        raise ValueError(msg)

    @field_validator("spans")
    @classmethod
    def _spans_read(cls, spans: tuple[str, ...]) -> tuple[str, ...]:
        for text in spans:
            parse_spans(text)
        return spans

    @model_validator(mode="after")
    def _weekly_says_when(self) -> Self:
        if (self.kind == "weekly") == bool(self.zone and self.spans):
            return self
        msg = "weekly hours need a zone and spans; 24/7 and unknown hours have neither"
        raise ValueError(msg)

    @cached_property
    def _week(self) -> tuple[Span, ...]:
        return tuple(span for text in self.spans for span in parse_spans(text))

    def is_open(self, at: datetime) -> bool | None:
        """Whether a line answers at that moment; None when that is unknown.

        A time zone this computer does not have makes the hours unknown, never an error.
        """
        instant = aware(at)
        if self.kind == "24/7":
            return True
        zone = _zone(self.zone)
        if zone is None:
            return None
        return any(start <= instant < end for start, end in self._near(instant, zone, days=1))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first moment, from *at* on, at which a line is open; None when that is unknown."""
        state, zone = self.is_open(at), _zone(self.zone)
        if state is not False or zone is None:
            return at if state else None
        # two weeks: a clock change may swallow a short weekly span once
        near = self._near(aware(at), zone, days=15)
        starts = [start for start, end in near if aware(at) < start < end]
        return min(starts).astimezone(zone) if starts else None

    def _near(
        self, instant: datetime, zone: ZoneInfo, *, days: int
    ) -> Iterator[tuple[datetime, datetime]]:
        """The spans that begin on the local day before *instant* or in the *days* after it."""
        for step in range(-1, days + 1):
            try:
                day = instant.astimezone(zone).date() + timedelta(days=step)
                yield from (span.on(day, zone) for span in self._week if span.day == day.weekday())
            except OverflowError:  # the calendar ends in the years 1 and 9999
                continue

    def __str__(self) -> str:
        """Hours as plain text, for a screen or a printout."""
        return f"{', '.join(self.spans)} ({self.zone})" if self.kind == "weekly" else self.kind


def parse_spans(text: str) -> tuple[Span, ...]:
    """One line of the data, day by day.

    >>> [DAYS[span.day] for span in parse_spans("sat-mon 18:00-00:00")]
    ['sat', 'sun', 'mon']
    """
    found = _SPAN.fullmatch(text)
    if not found:
        msg = f"{text!r} is not a span such as 'mon-fri 10:00-18:00' or 'sat 22:00-00:00'"
        raise ValueError(msg)
    first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
    opens, closes = time(int(found[3]), int(found[4])), time(int(found[5]), int(found[6]))
    if opens == closes != MIDNIGHT:
        msg = f"{text!r} ends when it begins; write 00:00-00:00 for the whole day"
        raise ValueError(msg)
    days = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return tuple(Span(day=day, opens=opens, closes=closes) for day in days)


def aware(at: datetime) -> datetime:
    """*at* in UTC. A moment without a time zone raises `NaiveTimeError`."""
    if at.utcoffset() is None:
        msg = f"{at!r} has no time zone; give a moment such as datetime.now(UTC)"
        raise NaiveTimeError(msg)
    return at.astimezone(UTC)


def _zone(name: str | None) -> ZoneInfo | None:
    # Windows has no time zones of its own unless `tzdata` is installed. That is the host's
    # choice; without it weekly hours are unknown, which is true, and nothing breaks.
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
