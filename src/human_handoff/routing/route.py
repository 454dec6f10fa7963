"""`Route`: which humans, in which order, why, and what the host is obliged to do.

Values only; `routing.route` makes them. A route carries no word of the person and writes none to
them: names, numbers, hours and links are facts, and the words around them are the host's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, get_args

from human_handoff.lines.channel import LineChannel, Means
from human_handoff.lines.line import (
    Confidence,
    CrisisLine,
    EmergencyNumber,
    InternationalDirectory,
    MayDispatch,
)
from human_handoff.vocabulary import Concern, Urgency

ReachWithin = Literal["minutes", "hours", "days", "no_hurry"]
SOONEST_FIRST: tuple[ReachWithin, ...] = get_args(ReachWithin)


class ReasonCode(StrEnum):
    """Why an item stands in a route. For hosts and their responders; never for the person."""

    STANDING = "standing"
    """No rule matched; these people are always there."""
    CONCERN = "concern"
    """The line answers for this concern."""
    GENERAL = "general"
    """The general line, which no specialised line replaces."""
    TEXT_OR_CHAT = "text_or_chat"
    """It can be written to, as the law or the person asks of one line at least."""
    AUDIENCE = "audience"
    """The host said that the person belongs to whom the line is for."""
    AGE = "age"
    """The line states an age limit, and the person's age lies within it."""
    LANGUAGE = "language"
    """The line lists the language asked for. Mostly inferred, see `Way.languages_sourced`."""
    SUBDIVISION = "subdivision"
    """The line is for the part of the country the person is in."""
    SUBDIVISION_UNKNOWN = "subdivision_unknown"
    """The line is for one part of the country, and nobody said which part the person is in."""
    PREFERRED = "preferred"
    """It has the means asked for: text or voice."""
    ALREADY_SHOWN = "already_shown"
    """It was shown before; equally good lines come first."""
    WHERE_THE_PERSON_IS = "where_the_person_is"
    """A line of the country the person is in, which is not the region asked for."""
    HELPER = "helper"
    """The words speak of someone else; the line is for the one who worries."""
    EMERGENCY_FIRST = "emergency_first"
    """The emergency number comes first for this concern at this urgency."""
    EMERGENCY_BESIDE = "emergency_beside"
    """A crisis line comes first, and the emergency number belongs beside it."""
    EMERGENCY = "emergency"
    """A fact of the country, always given."""
    DIRECTORY = "directory"
    """International directories, always given."""
    REGION_UNKNOWN = "region_unknown"
    """The region is not clearly one country, and no country is the default."""
    NO_LINES = "no_lines"
    """No line of that country is at hand, or none that works from where the person is."""
    FAULT = "fault"
    """Something broke while routing. What remains needs the country at most."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A reason code with its fields: which concern, how soon, which topic or audience."""

    code: ReasonCode
    concern: Concern | None = None
    urgency: Urgency | None = None
    value: str | None = None

    def as_dict(self) -> dict[str, str]:
        """JSON-ready, without the fields that do not apply."""
        told = {
            "code": self.code.value,
            "concern": self.concern and self.concern.value,
            "urgency": None if self.urgency is None else self.urgency.name.lower(),
            "value": self.value,
        }
        return {key: value for key, value in told.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to reach an item from where the person is, with the link ready."""

    kind: str
    means: Means
    display: str
    uri: str
    post_dial: str | None = None
    keyword: str | None = None
    note: str | None = None
    hours: str | None = None
    """As text, or "unknown"; None where a line has no hours of its own."""
    open: bool | None = None
    """At the moment of the route; None is unknown, which is not closed."""
    languages: tuple[str, ...] = ()
    languages_sourced: bool = False
    cost: str | None = None
    cost_sourced: bool = False

    @classmethod
    def of(cls, channel: LineChannel, at: datetime | None) -> "Way":
        """A channel of a line, at a moment; without one only lines that never close are open."""
        always = True if channel.hours.kind == "24/7" else None
        return cls(
            kind=channel.kind,
            means=channel.means,
            display=channel.display,
            uri=channel.uri,
            post_dial=getattr(channel, "post_dial", None),
            keyword=getattr(channel, "keyword", None),
            note=channel.note,
            hours=str(channel.hours),
            open=always if at is None else channel.hours.is_open(at),
            languages=channel.languages,
            languages_sourced=channel.languages_sourced,
            cost=channel.cost,
            cost_sourced=channel.cost_sourced,
        )

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return _plain(self)

    def for_person(self) -> dict[str, Any]:
        """Number, hours and link, and what it takes to use them."""
        told = ("kind", "display", "uri", "post_dial", "keyword", "note", "hours", "open")
        return {key: getattr(self, key) for key in told}


@dataclass(frozen=True, kw_only=True)
class RouteItem:
    """A line, an emergency number or a directory: how to reach it, and why it stands here."""

    kind: Literal["crisis_line", "emergency", "directory"]
    id: str
    name: str
    local_name: str | None = None
    country: str | None = None
    subdivision: str | None = None
    url: str | None = None
    services: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    """Only what works from where the person is, the preferred means first."""
    open: bool | None = None
    may_dispatch: MayDispatch = "unknown"
    """Whether calling may send help without consent. Say it before the tap."""
    dispatch_note: str | None = None
    confidence: Confidence | None = None
    newest_source: str | None = None
    newest_source_approximate: bool = False
    age_days: int | None = None
    """Days since the newest source's own date. Nobody has dialled the number since."""
    because: tuple[Reason, ...] = ()

    @classmethod
    def of_line(
        cls, line: CrisisLine, ways: tuple[Way, ...], at: datetime, because: Iterable[Reason]
    ) -> "RouteItem":
        """A crisis line, reduced to the ways that work."""
        return cls(
            kind="crisis_line",
            id=line.id,
            name=line.name,
            local_name=line.local_name,
            country=line.country,
            subdivision=line.subdivision,
            url=line.url,
            ways=ways,
            open=open_state(ways),
            may_dispatch=line.may_dispatch,
            dispatch_note=line.dispatch_note,
            confidence=line.confidence,
            newest_source=str(line.newest_source),
            newest_source_approximate=line.approximate,
            age_days=line.age_days(at),
            because=tuple(because),
        )

    @classmethod
    def of_emergency(cls, number: EmergencyNumber, because: Iterable[Reason]) -> "RouteItem":
        """An emergency number. It may send people: that is what it is for."""
        means: Means = "text" if number.uri.startswith("sms:") else "voice"
        way = Way(
            kind="sms" if means == "text" else "phone_short",
            means=means,
            display=number.display,
            uri=number.uri,
        )
        return cls(
            kind="emergency",
            id=f"{number.country.lower()}-emergency-{number.number}",
            name=number.number,
            country=number.country,
            services=number.services,
            ways=(way,),
            may_dispatch=number.may_dispatch,
            confidence=number.confidence,
            because=tuple(because),
        )

    @classmethod
    def of_directory(
        cls, directory: InternationalDirectory, because: Iterable[Reason]
    ) -> "RouteItem":
        """A directory of lines, kept by others."""
        way = Way(kind="web", means="web", display=directory.url, uri=directory.url)
        return cls(
            kind="directory",
            id=f"directory-{directory.url.split('/')[2].removeprefix('www.')}",
            name=directory.name,
            url=directory.url,
            ways=(way,),
            because=tuple(because),
        )

    @property
    def was_shown(self) -> bool:
        """Whether the host said that the person saw it before."""
        return any(reason.code is ReasonCode.ALREADY_SHOWN for reason in self.because)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, after `data/schemas/route.json`."""
        lists = {"services", "ways", "because"}
        return _plain(self, without=lists) | {
            "services": list(self.services),
            "ways": [way.as_dict() for way in self.ways],
            "because": [reason.as_dict() for reason in self.because],
        }

    def for_person(self) -> dict[str, Any]:
        """What a person may see: no concern, no rule, no reason."""
        return {
            "name": self.name,
            "local_name": self.local_name,
            "url": self.url,
            "services": list(self.services),
            "subdivision": self.subdivision,
            "may_dispatch": self.may_dispatch,
            "ways": [way.for_person() for way in self.ways],
        }


@dataclass(frozen=True, kw_only=True)
class Obligations:
    """What the host owes the person now: the strictest row of the policy over all signals."""

    show_lines: bool = False
    hold_replies: bool = False
    open_handoff: bool = False
    interrupt_advised: bool = False
    reach_within: ReachWithin = "no_hurry"
    ask_region: bool = False
    """Ask where the person is: the lines shown are not those of a known country."""

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return _plain(self)


class NextStep(StrEnum):
    """What to do with the route, given what the person was shown before. The same card again is no step."""

    SHOW_LINES = "show_lines"
    """The first line was not shown before, as far as the host said."""
    SHOW_ANOTHER = "show_another"
    """The first line was shown before and the person is back: lead with `Route.next_line`."""
    BRING_A_PERSON = "bring_a_person"
    """All lines of the first three were shown before: somebody of the host's own takes over."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """Whom to reach, in which order, and why. There is always a `primary`.

    The first three (`primary`, then at most two in `more`) are what fits on a small screen; `also`
    holds every further line a matched concern needs. `emergency` and `directories` are always
    given, whatever stands first.
    """

    primary: RouteItem
    more: tuple[RouteItem, ...] = ()
    also: tuple[RouteItem, ...] = ()
    emergency: tuple[RouteItem, ...] = ()
    directories: tuple[RouteItem, ...] = ()
    obligations: Obligations = Obligations()
    next_step: NextStep = NextStep.SHOW_LINES
    helper: bool = False
    """Every signal speaks of someone else: these are lines for the one who worries."""
    country: str | None = None
    """Whose lines these are; None when the region is not clearly one country."""
    located_in: str | None = None
    """Whose emergency numbers these are: where the person is."""
    directory_digest: str = ""

    @property
    def first_three(self) -> tuple[RouteItem, ...]:
        """`primary` and `more`."""
        return (self.primary, *self.more)

    @property
    def next_line(self) -> RouteItem:
        """The first of the three that was not shown before; `primary` when all were or none was."""
        fresh = (i for i in self.first_three if i.kind == "crisis_line" and not i.was_shown)
        return (
            next(fresh, self.primary) if self.next_step is NextStep.SHOW_ANOTHER else self.primary
        )

    @property
    def lines(self) -> tuple[RouteItem, ...]:
        """Every crisis line of the route, in its order."""
        return tuple(i for i in (*self.first_three, *self.also) if i.kind == "crisis_line")

    def as_dict(self, *, words: bool = False) -> dict[str, Any]:
        """JSON-ready, after `data/schemas/route.json`. There are no words of the person to add."""
        del words
        return {
            "schema": "route/2",
            "primary": self.primary.as_dict(),
            **{name: [item.as_dict() for item in getattr(self, name)] for name in _GROUPS},
            "obligations": self.obligations.as_dict(),
            "next_step": self.next_step.value,
            "helper": self.helper,
            "country": self.country,
            "located_in": self.located_in,
            "directory_digest": self.directory_digest,
        }

    def for_person(self) -> dict[str, Any]:
        """What the person may see: names, numbers, hours, links, and whether help may be sent."""
        return {
            "primary": self.primary.for_person(),
            **{name: [item.for_person() for item in getattr(self, name)] for name in _GROUPS},
        }


_GROUPS = ("more", "also", "emergency", "directories")


def open_state(ways: Iterable[Way]) -> bool | None:
    """Open if any way is; unknown if any is unknown; else closed."""
    states = [way.open for way in ways]
    if True in states:
        return True
    return None if None in states or not states else False


def _plain(value: Any, without: Iterable[str] = ()) -> dict[str, Any]:
    pairs = ((f.name, getattr(value, f.name)) for f in fields(value) if f.name not in without)
    return {name: list(item) if isinstance(item, tuple) else item for name, item in pairs}
