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
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

    bits: list[int] = field(default_factory=list)
    mask: int = 0
    twigs: dict[str, "_Twig"] = field(default_factory=dict)


class Matcher:
    """Finds every phrase of a fixed list. Immutable once built, so it may be shared between threads."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        """Lay the slots of all phrases out as bits."""
        self.phrases = tuple(phrases)
        self._start = self._gap = self._optional = self._final = 0
        self._owner: dict[int, int] = {}
        self._slots: dict[frozenset[Words], list[int]] = defaultdict(list)
        bit = 0
        for number, phrase in enumerate(self.phrases):
            bit = self._lay_out(number, phrase, bit)
        self._words, self._tree, self._present = self._compiled()

    def _lay_out(self, number: int, phrase: Phrase, bit: int) -> int:
        self._start |= 1 << bit
        for slot in phrase.slots:
            here = 1 << bit
            self._gap |= here if slot.gap_after else 0
            self._optional |= here if slot.optional else 0
            self._slots[slot.members].append(bit)
            bit += 1
        self._final |= 1 << (bit - 1)
        self._owner[bit - 1] = number
        return bit

    def _compiled(self) -> tuple[dict[str, int], _Twig, dict[str, int]]:
        """Masks by word, the tree of longer members, and the slots whose rarest word a word is.

        The longest word of a member is taken for its rarest: the member cannot be there without it.
        """
        starts = {bit for bit in range(self._start.bit_length()) if self._start >> bit & 1}
        words, present, first = defaultdict(list), defaultdict(list), defaultdict(list)
        tree = _Twig()
        for members, bits in self._slots.items():
            for member in members:
                first[member[0]] += bits
                present[max(member, key=len)] += bits
                if len(member) == 1:
                    words[member[0]] += bits
                else:
                    _twig(tree, member).bits += bits
        _settle(tree)
        self._first = frozenset(w for w, bits in first.items() if starts.intersection(bits))
        return _masks(words), tree, _masks(present)

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
        """Yield (node, bits of the last slots that end there), sentence by sentence.

        A sentence in which no phrase has a word for each of its slots is left at once; most are.
        """
        ends = [*sorted(lattice.stops), len(lattice.words)]
        begin = 0
        for end in ends:
            if end > begin and self._may_match(lattice, begin, end):
                yield from self._walk(lattice, begin, end)
            begin = end

    def _may_match(self, lattice: Lattice, begin: int, end: int) -> bool:
        """Whether some phrase finds a word for every slot between two nodes, in whatever order."""
        present, found = self._present, self._optional
        for readings in lattice.words[begin:end]:
            for word in readings:
                if mask := present.get(word):
                    found |= mask
        if lattice.over:
            for node in range(begin + 1, end + 1):
                for _, word in lattice.over.get(node, ()):
                    found |= present.get(word, 0)
        # Adding one at the first slot of a phrase carries out of its last exactly when all are there.
        carried = (found + self._start) ^ found ^ self._start
        return bool(carried & (self._final << 1))

    def _walk(self, lattice: Lattice, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Move all phrases through the nodes of one sentence."""
        words, start, gap, final, tree = self._words, self._start, self._gap, self._final, self._tree.twigs
        emoji, over, first = lattice.emoji, lattice.over, self._first
        nodes = range(begin + 1, end + 1)
        reach = max((n - s for n in nodes for s, _ in over.get(n, ())), default=1) if over else 1
        # What is known at the last `reach` nodes: done0..done2, ready, and members begun but not finished.
        blank: _State = (0, 0, 0, 0, ())
        size = reach + 1
        ring: list[_State] = [blank] * size
        for node in nodes:
            if ring[(node - 1) % size] is blank and node not in over:
                if first.isdisjoint(lattice.words[node - 1]):  # nothing is open and nothing begins
                    ring[node % size] = blank
                    continue
            edges: Iterable[tuple[int, tuple[str, ...]]] = ((node - 1, lattice.words[node - 1]),)
            if node in over:
                edges = (*edges, *((s, (w,)) for s, w in over[node]))
            done0 = done1 = done2 = done3 = 0
            begun: list[tuple[_Twig, int]] = []
            for source, readings in edges:
                was0, was1, was2, ready, members = ring[source % size]
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
                was0, was1, was2, ready, members = ring[(node - 1) % size]
                done0, done1, done2, done3 = done0 | was0, done1 | was1, done2 | was2, done3 | ready
                begun.extend(members)
            done0 = self._skip_optionals(done0)
            ready = done0 | self._skip_optionals(done1 | done2 | done3)
            is_open = ready or begun
            ring[node % size] = (done0, done1, done2, ready, tuple(begun)) if is_open else blank

    def _skip_optionals(self, done: int) -> int:
        """Count an optional slot as done where the slot before it is."""
        optional = self._optional
        more = (done << 1) & optional
        while more:
            done |= more
            more = (more << 1) & optional
        return done

    def _shortest(self, lattice: Lattice, number: int, end: int) -> Hit | None:
        """The shortest way phrase *number* ends at node *end*: the one that starts last."""
        return _Backwards(lattice, self.phrases[number], number).best(end)


_State = tuple[int, int, int, int, tuple[tuple[_Twig, int], ...]]


def _twig(tree: _Twig, member: Words) -> _Twig:
    """The twig at the end of *member*, grown if need be."""
    for word in member:
        tree = tree.twigs.setdefault(word, _Twig())
    return tree


def _settle(twig: _Twig) -> None:
    """Turn the bits of every twig into one integer."""
    twig.mask = _mask(twig.bits)
    for smaller in twig.twigs.values():
        _settle(smaller)


def _masks(bits: Mapping[str, list[int]]) -> dict[str, int]:
    return {word: _mask(found) for word, found in bits.items()}


def _mask(bits: Iterable[int]) -> int:
    """One integer with these bits: set in bytes first, since every `|` copies a large integer."""
    found = set(bits)
    made = bytearray(max(found, default=-1) // 8 + 1)
    for bit in found:
        made[bit >> 3] |= 1 << (bit & 7)
    return int.from_bytes(made, "little")


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
