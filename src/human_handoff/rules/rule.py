"""One rule: a table of a TOML file that says what it matches and proves it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from human_handoff.policy import WrittenUrgency
from human_handoff.vocabulary import Concern, Qualifier, Slot, Urgency

NEVER_IDIOM = frozenset(
    {Concern.HARM_UNDER_WAY, Concern.SUICIDE_PLAN, Concern.OVERDOSE_OR_POISONING}
)

_Some = Annotated[list[str], Field(min_length=1)]


class Status(StrEnum):
    """How far a rule has come. Only a named clinician makes it stable."""

    EXPERIMENTAL = "experimental"
    TEST = "test"
    STABLE = "stable"


Within = Literal["sentence", "text", "window"]


class Rule(BaseModel):
    """A rule as it stands in its file. Frozen; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$", max_length=128)]
    title: Annotated[str, Field(min_length=3)]
    concern: Concern
    urgency: WrittenUrgency = Urgency.NONE
    status: Status
    part: bool = False
    """Says nothing alone; only counts inside `all_of` and `some_of`, and so has no urgency."""
    slots: tuple[Slot, ...] | None = None
    phrases: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    some_of: tuple[str, ...] = ()
    at_least: int = 0
    within: Within = "window"
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
        if sum(map(bool, (self.phrases, self.all_of, self.some_of))) != 1:
            raise ValueError("write one of phrases, all_of and some_of")
        self._check_combination()
        if self.part == bool(self.urgency):
            raise ValueError("urgency: a rule has one; a part has none, for it says nothing alone")
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

    def _check_combination(self) -> None:
        if not self.items:
            if self.at_least or "within" in self.model_fields_set:
                raise ValueError("at_least and within belong to all_of and some_of; leave them out")
            return
        if len(self.items) < 2 or self.subject or self.idiom or self.part:
            raise ValueError(
                "all_of and some_of name two or more and take no idiom, subject or part"
            )
        if self.unless and self.within != "sentence":
            raise ValueError('unless: a combination takes it only with within = "sentence"')
        if bool(self.some_of) != bool(self.at_least) or self.at_least > len(self.some_of):
            raise ValueError("at_least: some_of says how many of its items, and all_of means all")

    @property
    def items(self) -> tuple[tuple[str, ...], ...]:
        """What a combination is made of: each item any of these rule ids, concerns or slots."""
        return tuple(
            tuple(name.strip() for name in item.split("|")) for item in self.all_of or self.some_of
        )

    @property
    def needed(self) -> int:
        """How many of the items a combination needs."""
        return self.at_least or len(self.items)
