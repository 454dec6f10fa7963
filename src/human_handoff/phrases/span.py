"""Walk one phrase from where it ends to its latest start: the shortest span, and which words fill its slots."""

from collections.abc import Iterator
from dataclasses import dataclass

from human_handoff.phrases.phrase import GAP, Phrase, Slot, Words
from human_handoff.text import Lattice

Used = tuple[tuple[int, int], ...]
_ANY = Phrase(source="", slots=())


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """Phrase number *phrase* matches the nodes from *start* to *end*."""

    phrase: int
    start: int
    end: int
    used: Used
    """The node pairs its slots consumed; what lies between them is gap."""


def shortest(lattice: Lattice, phrase: Phrase, number: int, end: int) -> Hit | None:
    """The shortest way *phrase* ends at node *end*: the one that starts last."""
    if phrase.ends_clause and not lattice.ends_clause(end):
        return None
    return _Backwards(lattice, phrase, number).best(end)


def filled(lattice: Lattice, phrase: Phrase, slot: int, end: int) -> Used | None:
    """The shortest way to have the slots of *phrase* up to *slot* done at node *end*; None if there is none."""
    return _Backwards(lattice, phrase, 0).filled(slot, end)


def reads_back(lattice: Lattice, words: Words, node: int) -> bool:
    """Whether *words* stand right before *node*."""
    return bool(_Backwards(lattice, _ANY, 0).read_back(words, node))


def begun(lattice: Lattice, phrase: Phrase, slot: int, words: Words, end: int) -> Used | None:
    """As `filled`, where of *slot* only the first *words* of a longer member are there."""
    back = _Backwards(lattice, phrase, 0)
    sources = back.read_back(words, end)
    ways = (way for source in sources for way in back.before(slot, source, end))
    return max(ways, key=_latest, default=None)


class _Backwards:
    """Walks one phrase from its end to its latest start. Bounded by the phrase, not by the text."""

    def __init__(self, lattice: Lattice, phrase: Phrase, number: int) -> None:
        self.lattice, self.slots, self.number = lattice, phrase.slots, number
        self.begins_clause = phrase.begins_clause
        self.memo: dict[tuple[int, int], Used | None] = {}

    def best(self, end: int) -> Hit | None:
        used = self.filled(len(self.slots) - 1, end)
        if used is None:
            return None
        return Hit(phrase=self.number, start=used[0][0], end=end, used=used)

    def filled(self, slot: int, node: int) -> Used | None:
        """The latest-starting way to have slots 0..slot done with the last one ending at *node*."""
        key = slot, node
        if key not in self.memo:
            self.memo[key] = None
            ways = (
                way
                for source in self.sources(self.slots[slot], node)
                for way in self.before(slot, source, node)
            )
            self.memo[key] = max(ways, key=_latest, default=None)
        return self.memo[key]

    def before(self, slot: int, source: int, node: int) -> Iterator[Used]:
        """Ways to have everything before *slot* done, given that *slot* covers source..node."""
        if slot == 0:
            if not self.begins_clause or self.lattice.begins_clause(source):
                yield ((source, node),)
            return
        before = slot - 1
        while True:
            allowed = GAP if self.slots[before].gap_after else 0
            for end in self.back(source, allowed):
                if way := self.filled(before, end):
                    yield (*way, (source, node))
            if not self.slots[before].optional or before == 0:
                return
            if self.slots[before].gap_after:
                yield from self.gap_over_optional(before, source, node)
                return
            before -= 1

    def gap_over_optional(self, optional: int, source: int, node: int) -> Iterator[Used]:
        """`a b? ... c` with b left out: the gap follows a."""
        before = optional - 1
        while True:
            for end in self.back(source, GAP):
                if way := self.filled(before, end):
                    yield (*way, (source, node))
            if not self.slots[before].optional or before == 0:
                return
            before -= 1

    def back(self, node: int, words: int) -> set[int]:
        """The nodes of the same sentence from which at most *words* words lead to *node*."""
        found = edge = self.over_emoji({node})
        for _ in range(words):
            sources = (self.lattice.edges_into(target) for target in edge)
            edge = self.over_emoji({source for edges in sources for source, _ in edges})
            found = found | edge
        return found

    def over_emoji(self, nodes: set[int]) -> set[int]:
        """Those of these nodes that end no sentence, and where a row of emoji before one begins."""
        inside = nodes - self.lattice.stops
        before = {node - 1 for node in inside if node - 1 in self.lattice.emoji}
        return inside | (before - self.lattice.stops)

    def sources(self, slot: Slot, node: int) -> set[int]:
        """The nodes from which some member of *slot* leads to *node*."""
        by_last, found = slot.by_last_word, set()
        for source, readings in self.lattice.edges_into(node):
            for word in readings:
                for member in by_last.get(word, ()):
                    found |= self.member_sources(member[:-1], source)
        return found

    def read_back(self, words: Words, node: int) -> set[int]:
        """Where *words*, read backwards from exactly *node*, begin."""
        last = (source for source, read in self.lattice.edges_into(node) if words[-1] in read)
        return set().union(*(self.member_sources(words[:-1], source) for source in last))

    def member_sources(self, rest: Words, node: int) -> set[int]:
        """Where the rest of a member, read backwards from *node*, begins."""
        ends = {node}
        for word in reversed(rest):
            ends = {
                source
                for target in self.over_emoji(ends)
                for source, readings in self.lattice.edges_into(target)
                if word in readings
            }
        return ends


def _latest(way: Used) -> tuple[int, Used]:
    return way[0][0], way
