"""What follows from a signal: the rows of `data/policy.toml` and `data/concerns.toml`, read and checked."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from human_handoff.errors import PolicyError
from human_handoff.vocabulary import Concern, Qualifier, Recency, Slot, Urgency

SUICIDE_OR_SELF_INJURY = frozenset(
    {
        Concern.HARM_UNDER_WAY,
        Concern.SUICIDE_PLAN,
        Concern.SUICIDAL_THOUGHTS,
        Concern.WISH_TO_BE_DEAD,
        Concern.PAST_ATTEMPT,
        Concern.SELF_INJURY,
    }
)
"""The concerns of the law floor: each carries a crisis line at any urgency."""


def parse_urgency(written: object) -> object:
    """`"today"` -> Urgency.TODAY, with a message that lists what is allowed."""
    names = [u.name.lower() for u in Urgency if u]
    if isinstance(written, str) and written in names:
        return Urgency[written.upper()]
    raise ValueError(f"{written!r} is not one of {', '.join(names)}")


WrittenUrgency = Annotated[Urgency, BeforeValidator(parse_urgency)]


def _listed(written: object) -> object:
    return written if isinstance(written, list) else [written]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Concerns = Annotated[list[Concern | Literal["any"]], BeforeValidator(_listed)]


class ConcernMeaning(_Row):
    """One concern as `data/concerns.toml` defines it."""

    id: Concern
    title: str
    meaning: str
    includes: str
    excludes: str
    topics: tuple[str, ...]
    sources: tuple[str, ...]
    slots: tuple[Slot, ...] = ()
    """What a rule of this concern fills in at TODAY or sooner, unless the rule says otherwise."""


class Duty(_Row):
    """What a host owes a person at one concern and urgency."""

    concern: Concerns
    urgency: WrittenUrgency
    show_lines: bool
    open_handoff: bool
    hold_replies: bool
    interrupt_advised: bool
    reach_within: Literal["minutes", "hours", "days", "no_hurry"]
    source: str


class Floor(_Row):
    """How far one qualifier may lower one concern."""

    qualifier: Annotated[list[Qualifier], BeforeValidator(_listed)]
    concern: Concerns
    at_least: WrittenUrgency
    steps: int | None = None
    recency: tuple[Recency, ...] = ()
    source: str

    def lower(self, urgency: Urgency) -> Urgency:
        """*urgency* as this row lowers it: never below the floor, never raised."""
        target = self.at_least if self.steps is None else Urgency(max(1, urgency - self.steps))
        return min(urgency, max(target, self.at_least))


class Laughter(_Row):
    """How laughter in the same sentence lowers a rule marked `idiom`."""

    steps: int
    at_least: WrittenUrgency
    never_for: tuple[Concern, ...]
    source: str


class Order(_Row):
    """What stands first in a route at NOW."""

    concern: Concerns
    first: Literal["crisis_line", "emergency"]
    beside: Literal["crisis_line", "emergency"]
    services: tuple[Literal["all", "ambulance", "fire", "police", "sms_relay"], ...]
    """Which emergency service comes first where a country has a number for each."""
    source: str


class WindowLimits(_Row):
    """How much a Conversation remembers, and how near two messages are read as one."""

    turns: Annotated[int, Field(ge=1)]
    max_age_hours: Annotated[int, Field(ge=1)]
    journal_max_age_days: Annotated[int, Field(ge=1)]
    open_turns: Annotated[int, Field(ge=0)]
    open_minutes: Annotated[int, Field(ge=0)]
    source: str


class _PolicyFile(_Row):
    duty: list[Duty]
    floor: list[Floor]
    laughter: Laughter
    order: list[Order]
    window: WindowLimits


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Both tables, complete: every concern and urgency has a duty, every qualifier a floor."""

    concerns: Mapping[Concern, ConcernMeaning] = field(repr=False)
    duties: Mapping[tuple[Concern, Urgency], Duty] = field(repr=False)
    floors: Mapping[tuple[Qualifier, Concern, Recency], Floor] = field(repr=False)
    orders: Mapping[Concern, Order] = field(repr=False)
    laughter: Laughter = field(repr=False)
    window: WindowLimits = field(repr=False)
    digest: str = ""
    """SHA-256 of both tables as they were read."""

    @classmethod
    def bundled(cls) -> "Policy":
        """The shipped policy (read once)."""
        return _bundled()

    @classmethod
    def from_toml(cls, policy: str, concerns: str, *, place: str = "policy.toml") -> "Policy":
        """Read both tables; a wrong or missing cell raises PolicyError."""
        try:
            rows = _PolicyFile.model_validate(tomllib.loads(policy))
            meanings = [
                ConcernMeaning.model_validate(c) for c in tomllib.loads(concerns)["concern"]
            ]
        except (ValidationError, tomllib.TOMLDecodeError, KeyError) as wrong:
            raise PolicyError(f"{place}: {wrong}") from None
        made = cls(
            concerns={m.id: m for m in meanings},
            duties={(c, d.urgency): d for d, c in _spread(rows.duty)},
            floors={
                (q, c, r): f
                for f, c in _spread(rows.floor)
                for q in f.qualifier
                for r in f.recency or Recency
            },
            orders={c: o for o, c in _spread(rows.order)},
            laughter=rows.laughter,
            window=rows.window,
            digest=hashlib.sha256(f"{policy}\0{concerns}".encode()).hexdigest(),
        )
        made._check_complete(place)
        return made

    def _check_complete(self, place: str) -> None:
        for concern in Concern:
            if concern not in self.concerns:
                raise PolicyError(f"{place}: concern {concern} is not defined in concerns.toml")
            for urgency in Urgency:
                if urgency and (concern, urgency) not in self.duties:
                    raise PolicyError(f"{place}: no duty for {concern} at {urgency.name.lower()}")
            for qualifier in Qualifier:
                if any((qualifier, concern, r) not in self.floors for r in Recency):
                    raise PolicyError(f"{place}: no floor for {concern} qualified {qualifier}")

    def duty(self, concern: Concern, urgency: Urgency) -> Duty:
        """What is owed at this cell. `urgency` is never NONE: a signal has at least OPEN_DOOR."""
        return self.duties[concern, urgency]

    def lowered(
        self,
        concern: Concern,
        urgency: Urgency,
        qualifiers: Mapping[Qualifier, Recency],
        *,
        laughing: bool = False,
    ) -> Urgency:
        """The urgency once qualified. The qualifier that lowers most counts, once; NONE is never reached.

        >>> long_ago = {Qualifier.PAST: Recency.LONG_AGO}
        >>> Policy.bundled().lowered(Concern.SELF_INJURY, Urgency.NOW, long_ago)
        <Urgency.SOON: 2>
        """
        reached = [urgency]
        for qualifier, recency in qualifiers.items():
            reached.append(self.floors[qualifier, concern, recency].lower(urgency))
        if laughing and concern not in self.laughter.never_for:
            step = Urgency(max(1, urgency - self.laughter.steps))
            reached.append(min(urgency, max(step, self.laughter.at_least)))
        return min(reached)


def _spread(rows: Any) -> Iterator[tuple[Any, Concern]]:
    """Each row once per concern it speaks of; defaults first, so that later rows replace them."""
    for row in sorted(rows, key=lambda r: "any" not in r.concern):
        for concern in Concern if "any" in row.concern else row.concern:
            yield row, Concern(concern)


@cache
def _bundled() -> Policy:
    data = files("human_handoff").joinpath("data")
    policy, concerns = (
        data.joinpath(f"{n}.toml").read_text(encoding="utf-8") for n in ("policy", "concerns")
    )
    return Policy.from_toml(policy, concerns)
