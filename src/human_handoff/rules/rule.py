"""One rule: a table of a TOML file that says what it matches and proves it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from human_handoff.policy import WrittenUrgency
from human_handoff.vocabulary import Concern, Qualifier

NEVER_IDIOM = frozenset(
    {Concern.HARM_UNDER_WAY, Concern.SUICIDE_PLAN, Concern.OVERDOSE_OR_POISONING}
)

_Some = Annotated[list[str], Field(min_length=1)]


class Status(StrEnum):
    """How far a rule has come. Only a named clinician makes it stable."""

    EXPERIMENTAL = "experimental"
    TEST = "test"
    STABLE = "stable"


class Rule(BaseModel):
    """A rule as it stands in its file. Frozen; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")]
    title: Annotated[str, Field(min_length=3)]
    concern: Concern
    urgency: WrittenUrgency
    status: Status
    phrases: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    idiom: bool = False
    subject: Qualifier | None = None
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]
    benign: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    known_misses: tuple[str, ...] = ()
    known_false_alarms: tuple[str, ...] = ()
    rationale: Annotated[str, Field(min_length=10)]
    sources: _Some
    reviewed: tuple[str, date] | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if bool(self.phrases) == bool(self.all_of):
            raise ValueError("write either phrases or all_of (one of them, not both)")
        if self.all_of and (len(self.all_of) < 2 or self.unless or self.subject or self.idiom):
            raise ValueError("all_of names two rules or more and takes no unless, idiom or subject")
        if self.status is Status.STABLE and not self.reviewed:
            raise ValueError("status: stable needs reviewed = [who, date] by a named clinician")
        if self.idiom and self.concern in NEVER_IDIOM:
            raise ValueError(f"idiom: laughter never lowers {self.concern}; leave idiom out")
        if self.subject not in (None, Qualifier.OTHER_PERSON):
            raise ValueError("subject: only other_person is a subject; leave it out for the writer")
        if self.unless and not self.keeps:
            raise ValueError(
                "keeps: a rule with unless shows a real disclosure near it that must still match"
            )
        return self
