"""A phrase begun in one message and finished in the next: `i want to` / `die`.

The end of a message is a boundary that only phrases left open cross, never a cue and never an `unless`. What is
kept of the first message is word-free: which rule, which of its phrases, and how far along it is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from human_handoff.context import Reading
from human_handoff.phrases.phrase import GAP, Phrase, Words
from human_handoff.phrases.span import Hit, Used, begun, filled
from human_handoff.rules.finder import Finder
from human_handoff.signals import Match, Part, Qualified, Signal, recencies
from human_handoff.text import Lattice

EDGE = 240
"""Characters at each end of a text that a phrase may cross by."""
MOST_OPEN = 2048
"""Open phrases kept of one message, the most urgent rules first. With the shipped rules `i` leaves about 700."""


@dataclass(frozen=True, kw_only=True)
class Open:
    """A phrase that had begun when the message ended. Holds no words."""

    rule_id: str
    phrase: int
    """Which of the rule's phrases."""
    slot: int
    """The last slot that is done, or half done."""
    begun: int = 0
    """Which beginning of a longer member is all there is of that slot; 0 when it is done."""
    gap: int = 0
    """Words that followed it."""
    qualifiers: tuple[Qualified, ...] = ()
    """The cues of that message that reach what had begun, without their words."""


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """Both ends of one text, for the messages before and after it. Lives as long as its Screening."""

    finder: Finder = field(repr=False)
    head: str = field(repr=False)
    tail: str = field(repr=False)
    is_whole: bool
    """Whether head and tail are the same, whole text."""

    @classmethod
    def of(cls, finder: Finder, text: str) -> "Boundary":
        """Keep both ends of *text*, cut between words."""
        if len(text) <= 2 * EDGE:
            return cls(finder=finder, head=text, tail=text, is_whole=True)
        head, tail = text[:EDGE].rpartition(" ")[0], text[-EDGE:].partition(" ")[2]
        return cls(finder=finder, head=head, tail=tail, is_whole=False)

    def opens(self, before: Iterable[Open] = ()) -> tuple[Open, ...]:
        """What this text leaves open, and what of *before* it carries on without finishing it.

        What differs only in how it is meant stays apart, so that a qualified beginning never hides a plain one.
        """
        found = dict.fromkeys((*self._begun(), *self._carried(before)))
        rules = self.finder.rules
        ordered = sorted(
            found,
            key=lambda o: (-rules[o.rule_id].urgency, o.rule_id, o.phrase, o.slot, o.begun, o.gap),
        )
        return tuple(ordered[:MOST_OPEN])

    def closes(self, opens: Iterable[Open]) -> Iterator[tuple[Match, Open]]:
        """Each match that one of *opens* makes with the beginning of this text, wherever it may end."""
        head = self._first_sentence
        for one in opens:
            if walk := self._walk(one, head):
                ends = [(node, used) for (slot, node), used in walk.states() if slot == walk.last]
                for end, used in sorted(ends):
                    if match := self._match(walk, one, end, used):
                        yield match, one

    @cached_property
    def _first_sentence(self) -> Lattice:
        """The head up to the end of its first sentence; what follows is not read."""
        return self.finder.fold(self.head)

    @cached_property
    def _settled(self) -> Callable[[str, Hit], Signal | None]:
        """Cues and `unless` of the head, found once however many phrases end there."""
        return self.finder.settling(self.head, self._first_sentence)

    def _walk(self, one: Open, lattice: Lattice) -> "_Forward | None":
        phrase = self.finder.phrase(one.rule_id, one.phrase)
        if phrase is None or one.slot >= len(phrase.slots) - (not one.begun):
            return None
        if one.begun > len(phrase.slots[one.slot].beginnings):
            return None
        return _Forward(lattice, phrase, one)

    def _match(self, walk: "_Forward", one: Open, end: int, used: Used) -> Match | None:
        """The signal or part of a finished phrase, qualified on both sides of the boundary."""
        if walk.phrase.ends_clause and not walk.lattice.ends_clause(end):
            return None
        hit = Hit(phrase=0, start=used[0][0], end=end, used=used)
        found = self._settled(one.rule_id, hit)
        if found is None:
            return None
        rule, qualifiers = self.finder.rules[one.rule_id], (*one.qualifiers, *found.qualifiers)
        urgency = self.finder.policy.lowered(
            rule.concern, rule.urgency, recencies(qualifiers), laughing=found.laughter is not None
        )
        signal = replace(found, qualifiers=qualifiers, urgency=urgency)
        return Part.of(signal) if rule.part else signal

    def _begun(self) -> Iterator[Open]:
        """The phrases that have begun where the text ends."""
        lattice = self.finder.fold(self.tail)
        reading = self.finder.reading(lattice)
        for gap, node in _from_the_end(lattice):
            for number, slot in self.finder.slots_ending(lattice, node):
                rule_id, at, phrase = self.finder.owner(number)
                if gap and not _may_wait(phrase, slot):
                    continue
                if used := filled(lattice, phrase, slot, node):
                    hit = Hit(phrase=number, start=used[0][0], end=node, used=used)
                    cues = self.finder.qualified(reading, hit)
                    yield Open(rule_id=rule_id, phrase=at, slot=slot, gap=gap, qualifiers=cues)
            if not gap:
                yield from self._half_said(lattice, reading, node)

    def _half_said(self, lattice: Lattice, reading: Reading, node: int) -> Iterator[Open]:
        """The phrases of which the text ends in the middle of a member: `i dont want` / `to be here`."""
        for number, slot, beginning, words in self.finder.members_begun(lattice, node):
            rule_id, at, phrase = self.finder.owner(number)
            if used := begun(lattice, phrase, slot, words, node):
                hit = Hit(phrase=number, start=used[0][0], end=node, used=used)
                cues = self.finder.qualified(reading, hit)
                yield Open(rule_id=rule_id, phrase=at, slot=slot, begun=beginning, qualifiers=cues)

    def _carried(self, before: Iterable[Open]) -> Iterator[Open]:
        """What was open before and still is, if the whole text is one short sentence."""
        lattice = self._first_sentence
        if not self.is_whole or lattice.stops - {len(lattice.words)}:
            return
        ends = {node: gap for gap, node in reversed(list(_from_the_end(lattice)))}
        for one in before:
            if walk := self._walk(one, lattice):
                if (
                    (words := ends.get(0)) is not None
                    and one.gap + words <= GAP
                    and not one.begun
                    and _may_wait(walk.phrase, one.slot)
                ):
                    yield replace(one, gap=one.gap + words)
                for slot, node in (state for state, _ in walk.states() if state[0] < walk.last):
                    if node in ends and (not ends[node] or _may_wait(walk.phrase, slot)):
                        yield replace(one, slot=slot, begun=0, gap=ends[node])
                for slot, beginning, node in walk.half_said():
                    if ends.get(node) == 0:
                        yield replace(one, slot=slot, begun=beginning, gap=0)


def _may_wait(phrase: Phrase, slot: int) -> bool:
    """Whether words may stand between this slot and a later one."""
    return phrase.slots[slot].gap_after or any(
        _gap_before(phrase, slot, k) for k in _next(phrase, slot)
    )


def _next(phrase: Phrase, slot: int) -> Iterator[int]:
    """The slots that may follow: the next one, and those behind optionals."""
    for following in range(slot + 1, len(phrase.slots)):
        yield following
        if not phrase.slots[following].optional:
            return


def _gap_before(phrase: Phrase, slot: int, following: int) -> bool:
    return any(phrase.slots[k].gap_after for k in range(slot, following))


def _from_the_end(lattice: Lattice) -> Iterator[tuple[int, int]]:
    """(words to the end, node) for the nodes a gap away from the end of the text, in its last sentence."""
    begin = max((stop for stop in lattice.stops if stop < len(lattice.words)), default=0)
    edge, seen = {len(lattice.words)}, set[int]()
    for gap in range(GAP + 1):
        edge = {n for node in edge for n in _before_emoji(lattice, node)} - seen
        seen |= edge
        yield from ((gap, node) for node in sorted(edge) if node > begin or not node)
        edge = {
            source for node in edge for source, _ in lattice.edges_into(node) if source >= begin
        }


def _before_emoji(lattice: Lattice, node: int) -> Iterator[int]:
    yield node
    while node - 1 in lattice.emoji:
        node -= 1
        yield node


class _Forward:
    """Walks one open phrase forward from the beginning of a text. Bounded by the phrase."""

    def __init__(self, lattice: Lattice, phrase: Phrase, one: Open) -> None:
        self.lattice, self.phrase, self.one = lattice, phrase, one
        self.last = len(phrase.slots) - 1
        self.end = min((stop for stop in lattice.stops if stop), default=len(lattice.words))

    def states(self) -> Iterator[tuple[tuple[int, int], Used]]:
        """Every (slot, node) that can be done, with the words used in this text."""
        found: dict[tuple[int, int], Used] = {}
        waiting = list(self.first())
        while waiting:
            (slot, node), used = waiting.pop(0)
            if (slot, node) not in found:
                found[slot, node] = used
                waiting += self.after(slot, node, 0, used) if slot < self.last else ()
        return iter(found.items())

    def first(self) -> Iterator[tuple[tuple[int, int], Used]]:
        """What this text does first: go on after the slot that is done, or finish the member that is not."""
        if not self.one.begun:
            yield from self.after(self.one.slot, 0, self.one.gap, ())
            return
        for words in self.unsaid():
            yield from (((self.one.slot, end), ((0, end),)) for end in self.rest(words, 0))

    def unsaid(self) -> Iterator[Words]:
        """What is still to be said of the members that were begun."""
        slot = self.phrase.slots[self.one.slot]
        said = slot.beginnings[self.one.begun - 1]
        yield from (m[len(said) :] for m in slot.members if m[: len(said)] == said != m)

    def half_said(self) -> Iterator[tuple[int, int, int]]:
        """(slot, which beginning, node) of every longer member that has begun and may go on in a later text."""
        if self.one.begun:
            yield from self.longer()
        else:
            yield from self.beginning(self.one.slot, 0, self.one.gap)
        for (slot, node), _ in self.states():
            if slot < self.last:
                yield from self.beginning(slot, node, 0)

    def longer(self) -> Iterator[tuple[int, int, int]]:
        """As `half_said`, for the member that had begun before."""
        slot = self.phrase.slots[self.one.slot]
        said = slot.beginnings[self.one.begun - 1]
        for at, words in enumerate(slot.beginnings, 1):
            if words[: len(said)] == said != words:
                yield from ((self.one.slot, at, n) for n in self.rest(words[len(said) :], 0))

    def beginning(self, slot: int, node: int, passed: int) -> Iterator[tuple[int, int, int]]:
        for following, begin in self.following(slot, node, passed):
            for at, words in enumerate(self.phrase.slots[following].beginnings, 1):
                yield from ((following, at, end) for end in self.rest(words, begin))

    def after(
        self, slot: int, node: int, passed: int, used: Used
    ) -> Iterator[tuple[tuple[int, int], Used]]:
        for following, begin in self.following(slot, node, passed):
            for end in self.filled(following, begin):
                yield (following, end), (*used, (begin, end))

    def following(self, slot: int, node: int, passed: int) -> Iterator[tuple[int, int]]:
        """(slot, node) where the next member may begin."""
        for following in _next(self.phrase, slot):
            may_wait = _gap_before(self.phrase, slot, following)
            if may_wait or not passed:
                for begin in self.ahead(node, GAP - passed if may_wait else 0):
                    yield following, begin

    def ahead(self, node: int, words: int) -> list[int]:
        """The nodes at most *words* words ahead, emoji stepped over, nearest first."""
        found, edge = [node], [node]
        for _ in range(words + 1):
            edge = [e for n in edge for e in self._over_emoji(n)]
            found += [n for n in edge if n not in found]
            if _ == words:
                break
            edge = [target for n in edge for target, _w in self.edges.get(n, ())]
            found += [n for n in edge if n not in found]
        return found

    def _over_emoji(self, node: int) -> Iterator[int]:
        yield node
        while node in self.lattice.emoji and node < self.end:
            node += 1
            yield node

    def filled(self, slot: int, begin: int) -> set[int]:
        """Where some member of *slot* that begins at *begin* ends."""
        by_first = self.phrase.slots[slot].by_first_word
        return {
            end
            for target, readings in self.edges.get(begin, ())
            for word in readings
            for member in by_first.get(word, ())
            for end in self.rest(member[1:], target)
        }

    def rest(self, words: Words, node: int) -> set[int]:
        nodes = {node}
        for word in words:
            nodes = {
                t
                for n in nodes
                for m in self._over_emoji(n)
                for t, r in self.edges.get(m, ())
                if word in r
            }
        return nodes

    @cached_property
    def edges(self) -> dict[int, list[tuple[int, tuple[str, ...]]]]:
        """Forward edges of the first sentence."""
        found: dict[int, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        for node in range(1, self.end + 1):
            for source, readings in self.lattice.edges_into(node):
                found[source].append((node, readings))
        return found
