"""Move many phrases through the words of a sentence together.

One integer holds a bit for every slot of every phrase:

    done0   slots whose last word ends exactly here
    done1-3 the same, 1 to 3 words ago, for slots followed by `...`
    ready   any of these: the next slot may begin here

so a word costs a handful of shifts and ands however many phrases there are, there is nothing to backtrack
into, and the time is linear in the text.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from human_handoff.phrases.phrase import Phrase, Words
from human_handoff.text import Lattice


@dataclass(slots=True, eq=False)
class _Twig:
    """A node of the tree of members that are several words long."""

    bits: list[int] = field(default_factory=list)
    mask: int = 0
    twigs: dict[str, "_Twig"] = field(default_factory=dict)


_State = tuple[int, int, int, int, tuple[tuple[_Twig, int], ...]]
"""done0, done1, done2, ready, and the members begun but not finished, each with the slots it may fill."""
_BLANK: _State = (0, 0, 0, 0, ())


class Layout:
    """The slots of some phrases as bits, phrase after phrase, first slot lowest."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        """Number the bits and note what each is."""
        self.start = self.gap = self.optional = self.final = 0
        self.slots: dict[frozenset[Words], list[int]] = defaultdict(list)
        self._owner: dict[int, int] = {}
        bit = 0
        for number, phrase in enumerate(phrases):
            bit = self._lay_out(number, phrase, bit)

    def _lay_out(self, number: int, phrase: Phrase, bit: int) -> int:
        self.start |= 1 << bit
        for slot in phrase.slots:
            self.gap |= slot.gap_after << bit
            self.optional |= slot.optional << bit
            self.slots[slot.members].append(bit)
            bit += 1
        self.final |= 1 << (bit - 1)
        self._owner[bit - 1] = number
        return bit

    def owners(self, ended: int) -> Iterator[int]:
        """The phrases whose last slot is among these bits."""
        while ended:
            low = ended & -ended
            yield self._owner[low.bit_length() - 1]
            ended ^= low

    def bits(self, of: int) -> frozenset[int]:
        """The positions of the bits set in *of*."""
        return frozenset(i for i, bit in enumerate(reversed(f"{of:b}")) if bit == "1")


class Automaton:
    """Some phrases, ready to be walked through sentences. Read-only once built."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        """Compile the masks of the words and the tree of longer members."""
        self._layout = layout = Layout(phrases)
        starts, tree = layout.bits(layout.start), _Twig()
        words: dict[str, list[int]] = defaultdict(list)
        first = set()
        for members, bits in layout.slots.items():
            for member in members:
                if not starts.isdisjoint(bits):
                    first.add(member[0])
                if len(member) == 1:
                    words[member[0]] += bits
                else:
                    _twig(tree, member).bits += bits
        _settle(tree)
        self._words, self._tree, self._first = masks(words), tree.twigs, frozenset(first)

    def walk(self, lattice: Lattice, begin: int, end: int) -> Iterator[tuple[int, Iterable[int]]]:
        """Yield (node, phrases that end there) for the nodes of one sentence."""
        words, tree, first, layout = self._words, self._tree, self._first, self._layout
        start, gap, final = layout.start, layout.gap, layout.final
        over, emoji = lattice.over, lattice.emoji
        size = 1 + (_reach(lattice, begin, end) if over else 1)
        ring = [_BLANK] * size
        for node in range(begin + 1, end + 1):
            before = ring[(node - 1) % size]
            if before is _BLANK and node not in over and first.isdisjoint(lattice.words[node - 1]):
                ring[node % size] = _BLANK  # nothing is open and nothing begins
                continue
            done0 = done1 = done2 = done3 = 0
            begun: list[tuple[_Twig, int]] = []
            for source, readings in lattice.edges_into(node):
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
                    for grown, filled in members:
                        if twig := grown.twigs.get(word):
                            begun.append((twig, filled))
            for twig, may_fill in begun:
                done0 |= may_fill & twig.mask
            if ended := done0 & final:
                yield node, layout.owners(ended)
            if node - 1 in emoji:  # step over it as if it were not there
                was0, was1, was2, ready, members = before
                done0, done1, done2, done3 = done0 | was0, done1 | was1, done2 | was2, done3 | ready
                begun.extend(members)
            done0 = self._skip_optionals(done0)
            ready = done0 | self._skip_optionals(done1 | done2 | done3)
            is_open = ready or begun
            ring[node % size] = (done0, done1, done2, ready, tuple(begun)) if is_open else _BLANK

    def _skip_optionals(self, done: int) -> int:
        """Count an optional slot as done where the slot before it is."""
        optional = self._layout.optional
        more = (done << 1) & optional
        while more:
            done |= more
            more = (more << 1) & optional
        return done


def _reach(lattice: Lattice, begin: int, end: int) -> int:
    """The longest edge of a sentence, in nodes."""
    edges = ((node, lattice.over.get(node, ())) for node in range(begin + 1, end + 1))
    return max((node - source for node, beside in edges for source, _ in beside), default=1)


def _twig(tree: _Twig, member: Words) -> _Twig:
    """The twig at the end of *member*, grown if need be."""
    for word in member:
        tree = tree.twigs.setdefault(word, _Twig())
    return tree


def _settle(twig: _Twig) -> None:
    """Turn the bits of every twig into one integer."""
    twig.mask = mask(twig.bits)
    for smaller in twig.twigs.values():
        _settle(smaller)


def masks(bits: Mapping[str, Iterable[int]]) -> dict[str, int]:
    """One integer for each word."""
    return {word: mask(found) for word, found in bits.items()}


def mask(bits: Iterable[int]) -> int:
    """One integer with these bits: set in bytes first, since every `|` copies a large integer."""
    found = set(bits)
    made = bytearray(max(found, default=-1) // 8 + 1)
    for bit in found:
        made[bit >> 3] |= 1 << (bit & 7)
    return int.from_bytes(made, "little")
