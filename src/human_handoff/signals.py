"""What was found in a text: signals, and matches that were set aside, each with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from human_handoff.vocabulary import Concern, Qualifier, Recency, Slot, Urgency


@dataclass(frozen=True, kw_only=True)
class Qualified:
    """How a match is meant, and the cue words that say so: `text[start:end]`."""

    qualifier: Qualifier
    cue_id: str
    start: int
    end: int
    words: str = field(repr=False)
    recency: Recency = Recency.UNSTATED

    def as_dict(self, *, words: bool = False) -> dict[str, Any]:
        """JSON-ready; the cue's words only when asked for."""
        found = {"qualifier": self.qualifier.value, "cue_id": self.cue_id}
        found |= {"recency": self.recency.value} if self.qualifier is Qualifier.PAST else {}
        return (
            found
            | {"start": self.start, "end": self.end}
            | ({"words": self.words} if words else {})
        )


@dataclass(frozen=True, kw_only=True)
class Signal:
    """A rule matched exactly `text[start:end]`, so qualified, so urgent.

    A reason to involve a human; never a diagnosis and never a likelihood. The person's words are in
    `words` and the cues; neither appears in `repr`.
    """

    rule_id: str
    title: str
    concern: Concern
    urgency: Urgency
    """Once qualified: what counts."""
    rule_urgency: Urgency
    """What the rule says before qualifiers."""
    qualifiers: tuple[Qualified, ...] = ()
    laughter: tuple[int, int] | None = None
    """Where laughter lowered an idiom by one step."""
    slots: tuple[Slot, ...] = ()
    """What of a plan these words fill in."""
    turns_ago: tuple[int, ...] = ()
    """The earlier turns of a `Conversation` it was made with; empty when this text alone says it."""
    start: int
    end: int
    words: str = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which a combination may ask for it: its rule, its slots, its concern."""
        return (self.rule_id, *(slot.value for slot in self.slots), self.concern.value)

    @property
    def other_person(self) -> bool:
        """Whether it is about someone else."""
        return self.is_qualified(Qualifier.OTHER_PERSON)

    def is_qualified(self, *qualifiers: Qualifier) -> bool:
        """Whether any of these qualifiers (or any at all, if none are named) applies."""
        wanted = qualifiers or tuple(Qualifier)
        return any(q.qualifier in wanted for q in self.qualifiers)

    def as_dict(self, *, words: bool = False) -> dict[str, Any]:
        """JSON-ready; the person's words only when asked for."""
        return {
            "rule_id": self.rule_id,
            "title": self.title,
            "concern": self.concern.value,
            "urgency": self.urgency.name.lower(),
            "rule_urgency": self.rule_urgency.name.lower(),
            "qualifiers": [q.as_dict(words=words) for q in self.qualifiers],
            "laughter": list(self.laughter) if self.laughter else None,
            "slots": [slot.value for slot in self.slots],
            "turns_ago": list(self.turns_ago),
            "start": self.start,
            "end": self.end,
        } | ({"words": self.words} if words else {})


@dataclass(frozen=True, kw_only=True)
class Part:
    """A match that says nothing alone and counts only together with others."""

    rule_id: str
    concern: Concern
    slots: tuple[Slot, ...] = ()
    qualifiers: tuple[Qualified, ...] = ()
    start: int
    end: int
    words: str = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which a combination may ask for it: its rule and its slots."""
        return (self.rule_id, *(slot.value for slot in self.slots))

    @classmethod
    def of(cls, signal: Signal) -> "Part":
        """What is left of a match of a rule marked `part`."""
        return cls(
            rule_id=signal.rule_id,
            concern=signal.concern,
            slots=signal.slots,
            qualifiers=signal.qualifiers,
            start=signal.start,
            end=signal.end,
            words=signal.words,
        )

    def as_dict(self, *, words: bool = False) -> dict[str, Any]:
        """JSON-ready; the person's words only when asked for."""
        return {
            "rule_id": self.rule_id,
            "slots": [slot.value for slot in self.slots],
            "qualifiers": [q.as_dict(words=words) for q in self.qualifiers],
            "start": self.start,
            "end": self.end,
        } | ({"words": self.words} if words else {})


Match = Signal | Part


def recencies(qualified: Iterable[Qualified]) -> dict[Qualifier, Recency]:
    """Each qualifier with the latest time its cues name: "recent" outweighs "long ago"."""
    order = [Recency.LONG_AGO, Recency.UNSTATED, Recency.RECENT]
    found: dict[Qualifier, Recency] = {}
    for q in qualified:
        found[q.qualifier] = max(found.get(q.qualifier, q.recency), q.recency, key=order.index)
    return found


@dataclass(frozen=True, kw_only=True)
class Retraction:
    """Words that take something back, or say all is well: `jk`, `forget it`, `i'm fine`. It lowers nothing."""

    cue_id: str
    start: int
    end: int
    words: str = field(repr=False)

    def as_dict(self, *, words: bool = False) -> dict[str, Any]:
        """JSON-ready; the person's words only when asked for."""
        return {"cue_id": self.cue_id, "start": self.start, "end": self.end} | (
            {"words": self.words} if words else {}
        )


@dataclass(frozen=True, kw_only=True)
class Suppressed:
    """A match of a rule that its own `unless` cancelled, and where the cancelling words stand."""

    rule_id: str
    start: int
    end: int
    words: str = field(repr=False)
    unless: str
    """The phrase that cancelled it, as the rule file writes it."""
    unless_start: int
    unless_end: int

    def as_dict(self, *, words: bool = False) -> dict[str, Any]:
        """JSON-ready; the person's words only when asked for."""
        return {
            "rule_id": self.rule_id,
            "start": self.start,
            "end": self.end,
            "unless": self.unless,
            "unless_start": self.unless_start,
            "unless_end": self.unless_end,
        } | ({"words": self.words} if words else {})
