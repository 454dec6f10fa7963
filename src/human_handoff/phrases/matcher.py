"""Find many phrases at once, in one pass over the words.

One integer holds a bit for every slot of every phrase. Each word moves all phrases forward together:

    done0   slots whose last word ends exactly here
    done1-3 the same, 1 to 3 words ago, for slots followed by `...`
    ready   any of these: the next slot may begin here

so a word costs a handful of shifts and ands however many phrases there are, there is no backtracking, and
the time is linear in the text. Only where a phrase ends is its span looked up, walking backwards.
Evidence that this beats one expression per rule, and never meets a slow text: docs/architecture.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from human_handoff.phrases.phrase import GAP, Phrase, Words
from human_handoff.text import Lattice

Used = tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """Phrase number *phrase* matches the nodes from *start* to *end*."""

    phrase: int
    start: int
    end: int
    used: Used
    """The node pairs its slots consumed; what lies between them is gap."""


@dataclass(slots=True, eq=False)
class _Twig:
    """A node of the tree of members that are several words long."""

    mask: int = 0
    twigs: dict[str, "_Twig"] = field(default_factory=dict)


class Matcher:
    """Finds every phrase of a fixed list. Immutable once built, so it may be shared between threads."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        """Lay the slots of all phrases out as bits."""
        self.phrases = tuple(phrases)
        self._words: dict[str, int] = {}
        self._tree = _Twig()
        self._first: set[str] = set()
        self._start = self._gap = self._optional = self._final = 0
        self._owner: dict[int, int] = {}
        self._most_optionals = 0
        bit = 0
        for number, phrase in enumerate(self.phrases):
            bit = self._lay_out(number, phrase, bit)

    def _lay_out(self, number: int, phrase: Phrase, bit: int) -> int:
        self._start |= 1 << bit
        run = 0
        for slot in phrase.slots:
            here = 1 << bit
            self._gap |= here if slot.gap_after else 0
            self._optional |= here if slot.optional else 0
            run = run + 1 if slot.optional else 0
            self._most_optionals = max(run, self._most_optionals)
            for member in slot.members:
                self._add(member, here)
            bit += 1
        self._final |= 1 << (bit - 1)
        self._owner[bit - 1] = number
        return bit

    def _add(self, member: Words, mask: int) -> None:
        """Let *member* fill the slots of *mask*."""
        if mask & self._start:
            self._first.add(member[0])
        if len(member) == 1:
            self._words[member[0]] = self._words.get(member[0], 0) | mask
            return
        twig = self._tree
        for word in member:
            twig = twig.twigs.setdefault(word, _Twig())
        twig.mask |= mask

    def find(self, lattice: Lattice) -> list[Hit]:
        """Every place where a phrase ends, with its shortest span there, in text order."""
        hits = [
            self._shortest(lattice, number, node)
            for node, ended in self._pass(lattice)
            for number in self._numbers(ended)
        ]
        return [hit for hit in hits if hit is not None]

    def _numbers(self, ended: int) -> Iterator[int]:
        """The phrases whose last slot is among these bits."""
        while ended:
            low = ended & -ended
            yield self._owner[low.bit_length() - 1]
            ended ^= low

    def _pass(self, lattice: Lattice) -> Iterator[tuple[int, int]]:
        """Walk the lattice once; yield (node, bits of the last slots that end there)."""
        words, start, gap, final, tree = self._words, self._start, self._gap, self._final, self._tree.twigs
        emoji, stops, over, first = lattice.emoji, lattice.stops, lattice.over, self._first
        reach = max((t - s for t, edges in over.items() for s, _ in edges), default=1)
        # What is known at the last `reach` nodes: done0..done3, ready, and members begun but not finished.
        blank: _State = (0, 0, 0, 0, 0, ())
        ring: list[_State] = [blank] * (reach + 1)
        for node in range(1, len(lattice.words) + 1):
            if node - 1 in stops:
                ring = [blank] * (reach + 1)
            if ring[(node - 1) % (reach + 1)] is blank and node not in over:
                if first.isdisjoint(lattice.words[node - 1]):  # nothing is open and nothing begins
                    ring[node % (reach + 1)] = blank
                    continue
            edges: Iterable[tuple[int, tuple[str, ...]]] = ((node - 1, lattice.words[node - 1]),)
            if node in over:
                edges = (*edges, *((s, (w,)) for s, w in over[node]))
            done0 = done1 = done2 = done3 = 0
            begun: list[tuple[_Twig, int]] = []
            for source, readings in edges:
                was0, was1, was2, _, ready, members = ring[source % (reach + 1)]
                done1 |= was0 & gap
                done2 |= was1
                done3 |= was2
                may_fill = (ready << 1) | start
                for word in readings:
                    if mask := words.get(word):
                        done0 |= may_fill & mask
                    if twig := tree.get(word):
                        begun.append((twig, may_fill))
                    for before, filled in members:
                        if twig := before.twigs.get(word):
                            begun.append((twig, filled))
            for twig, may_fill in begun:
                done0 |= may_fill & twig.mask
            if ended := done0 & final:
                yield node, ended
            if node - 1 in emoji:
                was0, was1, was2, was3, _, members = ring[(node - 1) % (reach + 1)]
                done0, done1, done2, done3 = done0 | was0, done1 | was1, done2 | was2, done3 | was3
                begun.extend(members)
            done0 = self._skip_optionals(done0)
            ready = self._skip_optionals(done0 | done1 | done2 | done3)
            is_open = ready or begun
            ring[node % (reach + 1)] = (done0, done1, done2, done3, ready, tuple(begun)) if is_open else blank

    def _skip_optionals(self, done: int) -> int:
        """Count an optional slot as done where the slot before it is."""
        for _ in range(self._most_optionals):
            done |= (done << 1) & self._optional
        return done

    def _shortest(self, lattice: Lattice, number: int, end: int) -> Hit | None:
        """The shortest way phrase *number* ends at node *end*: the one that starts last."""
        return _Backwards(lattice, self.phrases[number], number).best(end)


_State = tuple[int, int, int, int, int, tuple[tuple[_Twig, int], ...]]


class _Backwards:
    """Walks one phrase from its end to its latest start. Bounded by the phrase, not by the text."""

    def __init__(self, lattice: Lattice, phrase: Phrase, number: int) -> None:
        self.lattice, self.slots, self.number = lattice, phrase.slots, number
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
                for source in self.sources(self.slots[slot].members, node)
                for way in self.before(slot, source, node)
            )
            self.memo[key] = max(ways, key=_latest, default=None)
        return self.memo[key]

    def before(self, slot: int, source: int, node: int) -> Iterator[Used]:
        """Ways to have everything before *slot* done, given that *slot* covers source..node."""
        if slot == 0:
            yield ((source, node),)
            return
        if source in self.lattice.stops:
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
        """The nodes from which at most *words* words lead to *node*."""
        found = edge = self.over_emoji({node})
        for _ in range(words):
            edge = {
                source
                for target in edge
                if target not in self.lattice.stops
                for source, _ in self.lattice.edges_into(target)
            }
            edge = self.over_emoji(edge)
            found = found | edge
        return found

    def over_emoji(self, nodes: set[int]) -> set[int]:
        """These nodes and those reached by stepping back over emoji."""
        found = set(nodes)
        for node in nodes:
            at = node
            while at - 1 in self.lattice.emoji and at not in self.lattice.stops:
                at -= 1
                found.add(at)
        return found

    def sources(self, members: frozenset[Words], node: int) -> set[int]:
        """The nodes from which some member leads to *node*."""
        by_last = defaultdict(set)
        for member in members:
            by_last[member[-1]].add(member)
        found = set()
        for source, readings in self.lattice.edges_into(node):
            for word in readings:
                for member in by_last.get(word, ()):
                    found |= self.member_sources(member[:-1], source)
        return found

    def member_sources(self, rest: Words, node: int) -> set[int]:
        """Where the rest of a member, read backwards from *node*, begins."""
        ends = {node}
        for word in reversed(rest):
            ends = {
                source
                for target in self.over_emoji(ends)
                if target not in self.lattice.stops
                for source, readings in self.lattice.edges_into(target)
                if word in readings
            }
        return ends


def _latest(way: Used) -> tuple[int, Used]:
    return way[0][0], way
