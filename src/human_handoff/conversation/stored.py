"""A Conversation as JSON: the one form that is written and read. No field can hold words."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from human_handoff.conversation.turn import MOST_FACTS, Fact, Turn
from human_handoff.errors import ConversationError
from human_handoff.rules.boundary import MOST_OPEN, Open
from human_handoff.signals import Qualified
from human_handoff.vocabulary import Concern, Qualifier, Recency, Slot, Urgency

MOST_TURNS = 10_000
MOST_SHOWN = 64
"""Ids of lines remembered as shown."""
MOST_CLEARINGS = 10
MOST_PEAKS = 2 * len(Concern) * len(Urgency)
LONGEST = timedelta(days=3660)

_Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/-]{1,128}$")]
_Level = Annotated[int, Field(ge=0, le=4)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Cue(_Row):
    qualifier: Qualifier
    cue: _Id
    recency: Recency

    @classmethod
    def of(cls, cue: Qualified) -> "_Cue":
        return cls(qualifier=cue.qualifier, cue=cue.cue_id, recency=cue.recency)

    def made(self) -> Qualified:
        return Qualified(
            qualifier=self.qualifier,
            cue_id=self.cue,
            recency=self.recency,
            start=0,
            end=0,
            words="",
        )


class _Fact(_Row):
    rule: _Id
    concern: Concern
    urgency: _Level
    slots: tuple[Slot, ...] = ()
    cues: tuple[_Cue, ...] = ()

    @classmethod
    def of(cls, fact: Fact) -> "_Fact":
        return cls(
            rule=fact.rule_id,
            concern=fact.concern,
            urgency=int(fact.urgency),
            slots=fact.slots,
            cues=tuple(map(_Cue.of, fact.qualifiers)),
        )

    def made(self) -> Fact:
        return Fact(
            rule_id=self.rule,
            concern=self.concern,
            urgency=Urgency(self.urgency),
            slots=self.slots,
            qualifiers=tuple(cue.made() for cue in self.cues),
        )


class _Open(_Row):
    rule: _Id
    phrase: Annotated[int, Field(ge=0)]
    slot: Annotated[int, Field(ge=0)]
    begun: Annotated[int, Field(ge=0)] = 0
    gap: Annotated[int, Field(ge=0, le=3)] = 0
    cues: tuple[_Cue, ...] = ()

    @classmethod
    def of(cls, one: Open) -> "_Open":
        cues = tuple(map(_Cue.of, one.qualifiers))
        return cls(
            rule=one.rule_id,
            phrase=one.phrase,
            slot=one.slot,
            begun=one.begun,
            gap=one.gap,
            cues=cues,
        )

    def made(self) -> Open:
        cues = tuple(cue.made() for cue in self.cues)
        return Open(
            rule_id=self.rule,
            phrase=self.phrase,
            slot=self.slot,
            begun=self.begun,
            gap=self.gap,
            qualifiers=cues,
        )


class _Turn(_Row):
    at: AwareDatetime
    id: _Id | None = None
    facts: Annotated[tuple[_Fact, ...], Field(max_length=MOST_FACTS)] = ()
    opens: Annotated[tuple[_Open, ...], Field(max_length=MOST_OPEN)] = ()
    digest: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    retracts: bool = False
    is_unchecked: bool = False

    @classmethod
    def of(cls, turn: Turn) -> "_Turn":
        return cls(
            at=turn.at,
            id=turn.id,
            facts=tuple(map(_Fact.of, turn.facts)),
            opens=tuple(map(_Open.of, turn.opens)),
            digest=turn.digest,
            retracts=turn.retracts,
            is_unchecked=turn.is_unchecked,
        )

    def made(self) -> Turn:
        return Turn(
            at=self.at,
            id=self.id,
            facts=tuple(fact.made() for fact in self.facts),
            opens=tuple(one.made() for one in self.opens),
            digest=self.digest,
            retracts=self.retracts,
            is_unchecked=self.is_unchecked,
        )


class Peak(_Row):
    """When a concern was last heard at an urgency."""

    concern: Concern
    urgency: Annotated[int, Field(ge=1, le=4)]
    other_person: bool
    last_heard: AwareDatetime


class Clearing(_Row):
    """Which human cleared what had been said, and when."""

    by: Annotated[str, Field(min_length=1, max_length=200)]
    at: AwareDatetime


class Stored(_Row):
    """Everything a Conversation remembers."""

    version: Literal["conversation/1"]
    max_turns: Annotated[int, Field(ge=1, le=MOST_TURNS)]
    max_age: Annotated[timedelta, Field(gt=timedelta(0), le=LONGEST)]
    turns: Annotated[tuple[_Turn, ...], Field(max_length=MOST_TURNS)] = ()
    peaks: Annotated[tuple[Peak, ...], Field(max_length=MOST_PEAKS)] = ()
    shown: Annotated[dict[_Id, AwareDatetime], Field(max_length=MOST_SHOWN)] = {}
    cleared: Annotated[tuple[Clearing, ...], Field(max_length=MOST_CLEARINGS)] = ()

    @classmethod
    def limits(cls, max_turns: object, max_age: object) -> tuple[int, timedelta]:
        """Both limits, checked as they are when a stored conversation is read."""
        if (
            not isinstance(max_turns, int)
            or isinstance(max_turns, bool)
            or not 1 <= max_turns <= MOST_TURNS
        ):
            raise ConversationError(f"max_turns: write a whole number from 1 to {MOST_TURNS}")
        if not isinstance(max_age, timedelta) or not timedelta(0) < max_age <= LONGEST:
            raise ConversationError(
                f"max_age: write a timedelta of more than nothing, {LONGEST.days} days at most"
            )
        return max_turns, max_age

    @classmethod
    def of_turns(cls, turns: list[Turn], **rest: Any) -> "Stored":
        """What is remembered, ready to be written."""
        return cls(version="conversation/1", turns=tuple(map(_Turn.of, turns)), **rest)

    @classmethod
    def read(cls, written: str | bytes) -> "Stored":
        """What `model_dump_json` wrote. Anything else raises ConversationError with its place and remedy."""
        try:
            return cls.model_validate_json(written)
        except ValidationError as wrong:
            first = wrong.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(_step, first["loc"])) or "the whole"
            found = f"{first['msg'].lower()}; give what to_json wrote, or begin a new Conversation"
            if where == "version":
                found = "not 'conversation/1'; another version wrote it: keep it, and begin a new Conversation"
            raise ConversationError(f"stored conversation: {where}: {found}") from None

    def remembered(self) -> list[Turn]:
        """The turns in the order they arrived."""
        return [turn.made() for turn in self.turns]


_NAMES = frozenset(
    name for row in (Stored, _Turn, _Fact, _Open, _Cue, Peak, Clearing) for name in row.model_fields
)


def _step(step: int | str) -> str:
    """One step of a place in the JSON. A name nobody knows may hold anything, so it is not repeated."""
    return str(step) if isinstance(step, int) or step in _NAMES else "(a name that is not known)"
