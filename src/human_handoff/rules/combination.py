"""Rules made of other matches: in one sentence, in one text, or over the turns of a conversation.

    all_of  = ["suicide_plan.asks_how", "means"]                   each of these
    some_of = ["desire", "plan", "means", "time"]  at_least = 3    so many of these

An item is a rule id, a concern or a slot, or any of several with `|` between them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from human_handoff.policy import Policy
from human_handoff.rules.rule import Rule
from human_handoff.signals import Match, Qualified, Signal, recencies
from human_handoff.vocabulary import Qualifier, Slot, Urgency


def slots_of(rule: Rule, policy: Policy) -> tuple[Slot, ...]:
    """What of a plan a match of *rule* fills in: what it says itself, else what its concern says."""
    if rule.slots is not None:
        return rule.slots
    return policy.concerns[rule.concern].slots if rule.urgency >= Urgency.TODAY else ()


class Item(Protocol):
    """What a combination may be made of: a match of this text, or a fact of an earlier turn."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which a combination may ask for it."""

    @property
    def qualifiers(self) -> tuple[Qualified, ...]:
        """How it is meant."""

    @property
    def start(self) -> int:
        """Of equally plain ones the lowest goes first."""


Some = TypeVar("Some", bound=Item)


@dataclass(frozen=True, kw_only=True)
class Combination:
    """One rule made of others, ready to be asked."""

    rule: Rule
    policy: Policy = field(repr=False)

    def choose(self, matches: Mapping[str, Sequence[Some]]) -> tuple[Some, ...]:
        """The match of each item that its cues lower least; empty when too few items have one."""
        found = []
        for item in self.rule.items:
            candidates = [match for name in item for match in matches.get(name, ())]
            if candidates:
                found.append(min(candidates, key=self._lowered))
        if len(found) < self.rule.needed:
            return ()
        return tuple(sorted(found, key=self._lowered)[: self.rule.needed])

    def reached(self, qualifiers: Iterable[Qualified]) -> Urgency:
        """The urgency of the combination if one of its parts is so qualified."""
        rule = self.rule
        return self.policy.lowered(rule.concern, rule.urgency, recencies(qualifiers))

    def _lowered(self, match: Item) -> tuple[int, bool, int]:
        other = any(q.qualifier is Qualifier.OTHER_PERSON for q in match.qualifiers)
        return -self.reached(match.qualifiers), other, match.start

    def signal(self, chosen: Sequence[Item], start: int, end: int, words: str) -> Signal:
        """What the chosen matches say together, qualified as any of them is."""
        rule = self.rule
        return Signal(
            rule_id=rule.id,
            title=rule.title,
            concern=rule.concern,
            urgency=min(self.reached(match.qualifiers) for match in chosen),
            rule_urgency=rule.urgency,
            qualifiers=tuple(dict.fromkeys(q for match in chosen for q in match.qualifiers)),
            slots=slots_of(rule, self.policy),
            start=start,
            end=end,
            words=words,
        )


def by_name(matches: Iterable[Some]) -> dict[str, list[Some]]:
    """The matches under every name a combination may ask for."""
    found: dict[str, list[Some]] = defaultdict(list)
    for match in matches:
        for name in match.names:
            found[name].append(match)
    return found


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """Where the sentences of one text begin, as characters."""

    starts: Sequence[int]

    def of(self, match: Match) -> int:
        """The number of the sentence a match stands in."""
        return bisect_right(self.starts, match.start)

    def apart(self, matches: Iterable[Match]) -> list[list[Match]]:
        """The matches of each sentence, in order."""
        found: dict[int, list[Match]] = defaultdict(list)
        for match in matches:
            found[self.of(match)].append(match)
        return [found[number] for number in sorted(found)]


def combined(
    combinations: Iterable[Combination],
    matches: Sequence[Match],
    sentences: Sentences,
    text: str,
    is_cancelled: Callable[[Rule, int, int], bool],
) -> list[Signal]:
    """Every combination the matches of one text make. Those of a sentence may be items of those of a text."""
    made: list[Signal] = []
    ordered = sorted(combinations, key=lambda c: c.rule.within != "sentence")
    in_sentence = [c for c in ordered if c.rule.within == "sentence"]
    for group in sentences.apart(matches) if in_sentence else ():
        named = by_name(group)
        for one in in_sentence:
            if chosen := one.choose(named):
                start, end = min(m.start for m in chosen), max(m.end for m in chosen)
                if not is_cancelled(one.rule, start, end):
                    made.append(one.signal(chosen, start, end, text[start:end]))
    named = by_name([*matches, *made])
    for one in ordered[len(in_sentence) :]:
        if chosen := one.choose(named):
            last = max(chosen, key=lambda m: (m.end, m.start))
            made.append(one.signal(chosen, last.start, last.end, last.words))
    return made
