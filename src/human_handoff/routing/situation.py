"""What a host says of a person when it asks for a route, read without ever raising.

What it does not say is unknown, and nothing unknown is filled in: no default country, no age.
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from human_handoff.events import emit
from human_handoff.lines.directory import parse_region
from human_handoff.lines.line import CrisisLine

WHO = frozenset({"youth", "lgbtq", "men", "women", "veterans", "indigenous"})
"""Audiences that are people; the other names in a line's audience are what it is about."""
ADULT = 18


@dataclass(frozen=True, kw_only=True)
class Place:
    """Whose lines are asked for (`home`), where the person is (`here`), and which parts of them."""

    home: str | None = None
    here: str | None = None
    parts: frozenset[str] = frozenset()

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries whose lines come into question, the region asked for first."""
        return tuple(dict.fromkeys(code for code in (self.home, self.here) if code))

    def covers(self, line: CrisisLine) -> bool:
        """Whether the line is for the whole country or for a part the person is known to be in."""
        return line.subdivision is None or line.subdivision in self.parts

    def might_cover(self, line: CrisisLine) -> bool:
        """Whether nobody said in which part of the line's country the person is."""
        known = any(part.startswith(f"{line.country}-") for part in self.parts)
        return not known and not self.covers(line)


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Where the person is, what the host said of them, and when."""

    place: Place
    age: int | None = None
    who: frozenset[str] = frozenset()
    language: str | None = None
    prefer: str = "any"
    at: datetime | None = None
    """None makes every hour unknown but those of a line that never closes."""
    shown: frozenset[str] = frozenset()

    @classmethod
    def read(
        cls,
        *,
        region: object,
        located_in: object = None,
        subdivision: object = None,
        age: object = None,
        audience: object = (),
        language: object = None,
        prefer: object = "any",
        at: object = None,
        shown: object = (),
    ) -> Self:
        """From whatever a host passed; what cannot be read counts as not said."""
        return cls(
            place=read_place(region, located_in, subdivision),
            age=(years := _years(age)),
            who=_who(audience, years),
            language=_base(language),
            prefer=prefer if isinstance(prefer, str) else "any",
            at=_moment(at),
            shown=frozenset(_strings(shown)),
        )

    @property
    def today(self) -> datetime:
        """The moment from which the age of evidence is counted."""
        return self.at or datetime.now(UTC)

    def is_among(self, line: CrisisLine) -> bool:
        """Whether the person is everyone the line's audience asks for. Unknown is no."""
        asked = WHO.intersection(line.audience)
        limited = line.min_age is not None or line.max_age is not None
        young = self.age is not None and (self.age < ADULT or limited)
        return asked <= self.who | ({"youth"} if young else set())


def read_place(region: object, located_in: object, subdivision: object) -> Place:
    """The place; an unreadable region is an unknown one, whatever broke while reading it."""
    try:
        home, here = parse_region(region), parse_region(located_in)
        home, here = home or here, here or home
        if not home or not here:
            return Place()
        told = _part(subdivision, home[0])
        parts = {told or home[1], here[1]} if told or home[1] or here[1] else set()
        return Place(home=home[0], here=here[0], parts=frozenset(p for p in parts if p))
    except Exception as wrong:  # noqa: BLE001  the person still gets the directories
        emit("routing.failed", level=logging.ERROR, error=type(wrong).__name__)
        return Place()


def _part(subdivision: object, country: str) -> str | None:
    """ "SCT" or "GB-SCT" within GB; None for anything that is not a part of that country."""
    if not isinstance(subdivision, str):
        return None
    whole = parse_region(subdivision.strip().upper())
    if whole and whole[1] and whole[0] == country:
        return whole[1]
    made = parse_region(f"{country}-{subdivision.strip().upper()}")
    return made[1] if made else None


def _years(age: object) -> int | None:
    return age if isinstance(age, int) and not isinstance(age, bool) and age >= 0 else None


def _who(audience: object, age: int | None) -> frozenset[str]:
    said = {word.strip().lower() for word in _strings(audience)}
    if "trans" in said:
        said.add("lgbtq")
    if age is not None and age < ADULT:
        said.add("youth")
    return frozenset(said)


def _base(language: object) -> str | None:
    """The language without its country: "en" of "en-GB"."""
    if not isinstance(language, str) or not language.strip():
        return None
    return re.split(r"[-_.@]", language.strip().lower())[0] or None


def _moment(at: object) -> datetime | None:
    """The moment of the route: now by default; None when it has no zone, and hours are unknown."""
    if at is None:
        return datetime.now(UTC)
    if isinstance(at, datetime) and at.utcoffset() is not None:
        return at
    emit("routing.time_unusable", level=logging.WARNING, reason="no time zone")
    return None


def _strings(words: object) -> tuple[str, ...]:
    if isinstance(words, str):
        return (words,)
    found = words if isinstance(words, Iterable) else ()
    return tuple(word for word in found if isinstance(word, str))
