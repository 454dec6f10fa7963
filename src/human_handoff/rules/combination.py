"""Rules made of other matches: in one sentence, in one text, or over the turns of a conversation.

    all_of  = ["suicide_plan.asks_how", "means"]                   each of these
    some_of = ["desire", "plan", "means", "time"]  at_least = 3    so many of these

An item is a rule id, a concern or a slot, or any of several with `|` between them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
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
    items: tuple[frozenset[str], ...] = field(init=False, repr=False)
    needed: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Read what it is made of once."""
        object.__setattr__(self, "items", tuple(map(frozenset, self.rule.items)))
        object.__setattr__(self, "needed", self.rule.needed)

    def is_possible(self, names: AbstractSet[str]) -> bool:
        """Whether enough of its items are among *names*."""
        return sum(not item.isdisjoint(names) for item in self.items) >= self.needed

    def choose(self, matches: Mapping[str, Sequence[Some]]) -> tuple[Some, ...]:
        """The match of each item that its cues lower least; empty when too few items have one."""
        found = []
        for item in (
            self.rule.items
        ):  # in the order they are written, so that equals are always chosen alike
            candidates = [match for name in item for match in matches.get(name, ())]
            if candidates:
                found.append(min(candidates, key=self._lowered))
        if len(found) < self.needed:
            return ()
        return tuple(sorted(found, key=self._lowered)[: self.needed])

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


class Combinations:
    """All combinations of a rule set: which parts are worth looking for, and what matches make together."""

    def __init__(self, rules: Sequence[Rule], policy: Policy) -> None:
        """Note by which names every rule goes, and which combinations ask for a name."""
        every = [Combination(rule=rule, policy=policy) for rule in rules if rule.items]
        self.window = tuple(c for c in every if c.rule.within == "window")
        self._names = {rule.id: _names(rule, policy) for rule in rules}
        self._parts = frozenset(rule.id for rule in rules if rule.part)
        self._asks = {c.rule.id: self._asked(c) for c in every}
        self._always = frozenset().union(*(self._asks[c.rule.id] for c in self.window))
        self._sentence = _by_item(c for c in every if c.rule.within == "sentence")
        self._text = _by_item(c for c in every if c.rule.within != "sentence")

    def _asked(self, one: Combination) -> frozenset[str]:
        """The parts one combination asks for."""
        items = frozenset().union(*one.items)
        return frozenset(part for part in self._parts if not self._names[part].isdisjoint(items))

    def wanted(self, sentences: Sequence[AbstractSet[str]]) -> list[AbstractSet[str]]:
        """Of the rules that may match in each sentence those that matter; only parts are ever left out.

        A part matters where a combination may come of it, here or in a later turn.
        """
        if all(self._parts.isdisjoint(rules) for rules in sentences):
            return list(sentences)
        named = [self._named(rules) for rules in sentences]
        here = [_possible(self._sentence, names) for names in named]
        made = self._named({c.rule.id for some in here for c in some})
        later = self._of(_possible(self._text, made.union(*named))) | self._always
        return [
            (rules - self._parts) | (rules & (self._of(some) | later))
            for rules, some in zip(sentences, here, strict=True)
        ]

    def _named(self, rules: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self._names[rule] for rule in rules))

    def _of(self, combinations: Iterable[Combination]) -> frozenset[str]:
        return frozenset().union(*(self._asks[c.rule.id] for c in combinations))

    def made_of(
        self,
        matches: Sequence[Match],
        sentences: "Sentences",
        text: str,
        is_cancelled: Callable[[Rule, int, int], bool],
    ) -> list[Signal]:
        """What the matches of one text say together. What a sentence says may be an item of what the text says."""
        made: list[Signal] = []
        for group in sentences.apart(matches) if self._sentence else ():
            named = by_name(group)
            for one in _possible(self._sentence, named.keys()):
                chosen = one.choose(named)
                start, end = min(m.start for m in chosen), max(m.end for m in chosen)
                if not is_cancelled(one.rule, start, end):
                    made.append(one.signal(chosen, start, end, text[start:end]))
        together = by_name([*matches, *made])
        for one in _possible(self._text, together.keys()):
            chosen = one.choose(together)
            last = max(chosen, key=lambda m: (m.end, m.start))
            made.append(one.signal(chosen, last.start, last.end, last.words))
        return made


def _by_item(combinations: Iterable[Combination]) -> dict[str, list[Combination]]:
    """The combinations that ask for each name."""
    found: dict[str, list[Combination]] = defaultdict(list)
    for one in combinations:
        for name in frozenset().union(*one.items):
            found[name].append(one)
    return found


def _possible(
    asking: Mapping[str, list[Combination]], names: AbstractSet[str]
) -> list[Combination]:
    """The combinations that find enough of their items among *names*, each once, in a steady order."""
    asked = {one.rule.id: one for name in names if name in asking for one in asking[name]}
    return [asked[rule] for rule in sorted(asked) if asked[rule].is_possible(names)]


def _names(rule: Rule, policy: Policy) -> frozenset[str]:
    own = {rule.id, *(slot.value for slot in slots_of(rule, policy))}
    return frozenset(own if rule.part else own | {rule.concern.value})


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
