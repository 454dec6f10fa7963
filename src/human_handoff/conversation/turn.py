"""What a Conversation keeps of one turn: rule ids, concerns, urgencies, slots, qualifiers and a time. No words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from human_handoff.policy import Policy
from human_handoff.rules.boundary import MOST_OPEN, Open
from human_handoff.screening import Screening
from human_handoff.signals import Match, Qualified, Signal
from human_handoff.vocabulary import Concern, Qualifier, Slot, Urgency

MOST_FACTS = 256
"""Facts kept of one turn, the most urgent first. A text of ordinary length has a handful."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that was heard in a turn, by a rule or a second opinion. A part has urgency NONE."""

    rule_id: str
    """The rule, or the source of an opinion."""
    concern: Concern
    urgency: Urgency
    slots: tuple[Slot, ...] = ()
    qualifiers: tuple[Qualified, ...] = ()
    """The cues without their words and places."""

    @property
    def other_person(self) -> bool:
        """Whether it was about someone else."""
        return any(q.qualifier is Qualifier.OTHER_PERSON for q in self.qualifiers)

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which a combination may ask for it."""
        concern = (self.concern.value,) if self.urgency else ()
        return (self.rule_id, *(slot.value for slot in self.slots), *concern)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What is kept of one turn."""

    at: datetime
    id: str | None = None
    facts: tuple[Fact, ...] = ()
    opens: tuple[Open, ...] = ()
    """Phrases that had begun when the message ended; kept for the last few turns only."""
    digest: str = ""
    """The rules it was read with: open phrases mean nothing to others."""
    retracts: bool = False
    is_unchecked: bool = False
    """Something went unchecked that holds a reply."""

    @property
    def urgency(self) -> Urgency:
        """The soonest of the turn itself."""
        return max((fact.urgency for fact in self.facts), default=Urgency.NONE)

    @property
    def concerns(self) -> frozenset[Concern]:
        """Every concern that was heard, parts not counted."""
        return frozenset(fact.concern for fact in self.facts if fact.urgency)

    def together(self, other: "Turn") -> "Turn":
        """The same message delivered twice: all that was ever seen in it.

        What it left open means nothing to other rules, and is kept from the rules read last.
        """
        before = other.opens if other.digest == self.digest else ()
        return replace(
            self,
            at=other.at,
            facts=kept([*other.facts, *self.facts]),
            opens=tuple(dict.fromkeys([*self.opens, *before]))[:MOST_OPEN],
            retracts=self.retracts or other.retracts,
            is_unchecked=self.is_unchecked or other.is_unchecked,
        )


def facts_of(screening: Screening, made: Iterable[Match]) -> tuple[Fact, ...]:
    """What a screening, and what was made of it with earlier turns, say without words."""
    matches: list[Match] = [*screening.signals, *screening.parts, *made]
    return kept([*map(_of_match, matches), *_of_opinions(screening)])


def kept(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Each fact once, the most urgent first, and not more than are kept."""
    return tuple(sorted(dict.fromkeys(facts), key=lambda fact: -fact.urgency)[:MOST_FACTS])


def _of_match(match: Match) -> Fact:
    return Fact(
        rule_id=match.rule_id,
        concern=match.concern,
        urgency=match.urgency if isinstance(match, Signal) else Urgency.NONE,
        slots=match.slots,
        qualifiers=tuple(
            dict.fromkeys(replace(q, start=0, end=0, words="") for q in match.qualifiers)
        ),
    )


def _of_opinions(screening: Screening) -> Iterator[Fact]:
    concerns = Policy.bundled().concerns
    for opinion in screening.opinions:
        cue = Qualified(
            qualifier=Qualifier.OTHER_PERSON, cue_id="opinion", start=0, end=0, words=""
        )
        yield Fact(
            rule_id=opinion.source,
            concern=opinion.concern,
            urgency=opinion.urgency,
            slots=concerns[opinion.concern].slots if opinion.urgency >= Urgency.TODAY else (),
            qualifiers=(cue,) if opinion.other_person else (),
        )
