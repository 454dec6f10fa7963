"""Find many phrases at once, in one pass over the words.

For each sentence a gate asks which phrases find a word for every slot at all, in whatever order: usually
none or a few. Those are walked through the sentence (`automaton.py`), all of a group together; where one
ends, its span is looked up backwards (`span.py`). Linear in the text, exact, nothing remembered.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from human_handoff.phrases.automaton import Automaton, Layout, masks
from human_handoff.phrases.phrase import Phrase, Words
from human_handoff.phrases.span import Hit, shortest
from human_handoff.text import Lattice

Keep = Callable[[list[set[int]]], list[set[int]]]

GROUP = 64
"""Phrases walked together when few are possible."""
FEW = 2_000
"""Phrases times words up to which the ends of phrases are looked at one by one."""
MOST_GROUPS = 8
"""With more groups than this, one walk of all phrases is cheaper."""


class Matcher:
    """Finds every phrase of a fixed list. Built once and shared between threads; remembers no text."""

    def __init__(self, phrases: Sequence[Phrase], *, group: int = GROUP) -> None:
        """Lay out the gate; automata are built when a sentence first needs them."""
        self.phrases = tuple(phrases)
        self._group = group
        self._layout = Layout(self.phrases)
        self._present = self._rarest_words()
        self._last, self._ending = self._last_words()
        self._automata: dict[int | None, Automaton] = {}

    def _rarest_words(self) -> dict[str, int]:
        """For each word the slots it vouches for: those of the members it is the rarest word of.

        A member cannot be there without its rarest word: the one the fewest slots know, then the longest.
        """
        slots = self._layout.slots
        used: Counter[str] = Counter()
        for members, bits in slots.items():
            used.update({word: len(bits) for member in members for word in member})
        words: dict[str, list[int]] = defaultdict(list)
        for members, bits in slots.items():
            for word in {min(member, key=lambda w: (used[w], -len(w))) for member in members}:
                words[word] += bits
        return masks(words)

    def _last_words(self) -> tuple[list[int], dict[str, list[int]]]:
        """The number of each phrase's last slot (alike slots share one), and the slots each word may end."""
        numbers: dict[frozenset[Words], int] = {}
        last = [numbers.setdefault(p.slots[-1].members, len(numbers)) for p in self.phrases]
        ending: dict[str, list[int]] = defaultdict(list)
        for members, number in numbers.items():
            for word in {member[-1] for member in members}:
                ending[word].append(number)
        return last, dict(ending)

    def find(self, lattice: Lattice, keep: Keep | None = None) -> list[Hit]:
        """Every place where a phrase ends, with its shortest span there, in text order.

        *keep* is shown the phrases that may be in each sentence and says which of them matter: so that what would
        count for nothing is not looked for.
        """
        parts = list(sentences(lattice))
        possible = [set(self._possible(lattice, begin, end)) for begin, end in parts]
        if keep and any(possible):
            possible = keep(possible)
        hits = [
            shortest(lattice, self.phrases[number], number, node)
            for (begin, end), some in zip(parts, possible, strict=True)
            for node, number in self._ends(lattice, begin, end, some)
        ]
        return [hit for hit in hits if hit is not None]

    def _ends(
        self, lattice: Lattice, begin: int, end: int, possible: set[int]
    ) -> list[tuple[int, int]]:
        """Where some phrases end in one sentence, or may: (node, number), in order."""
        if len(possible) * (end - begin) <= FEW:
            return self._may_end(lattice, begin, end, possible)
        groups: set[int | None] = {number // self._group for number in possible}
        if len(groups) > MOST_GROUPS:
            groups = {None}
        return sorted(
            (node, (group or 0) * self._group + number)
            for group in groups
            for node, numbers in self._automaton(group).walk(lattice, begin, end)
            for number in numbers
            if number + (group or 0) * self._group in possible
        )

    def _may_end(
        self, lattice: Lattice, begin: int, end: int, possible: set[int]
    ) -> list[tuple[int, int]]:
        """Where the last word of a few phrases stands: cheaper than to walk them, the span decides."""
        found: list[tuple[int, int]] = []
        waiting: dict[int, list[int]] = defaultdict(list)
        for number in sorted(possible):
            waiting[self._last[number]].append(number)
        for node in range(begin + 1, end + 1):
            words = (word for _, readings in lattice.edges_into(node) for word in readings)
            ending = {slot for word in words for slot in self._ending.get(word, ())}
            found += [(node, n) for slot in ending & waiting.keys() for n in waiting[slot]]
        return sorted(found)

    def _automaton(self, group: int | None) -> Automaton:
        """The automaton of one group of phrases, or of all (None)."""
        if group not in self._automata:
            first = (group or 0) * self._group
            last = None if group is None else first + self._group
            self._automata[group] = Automaton(self.phrases[first:last])
        return self._automata[group]

    def _possible(self, lattice: Lattice, begin: int, end: int) -> Iterable[int]:
        """The phrases that find a word for every slot between two nodes, in whatever order."""
        present, layout = self._present, self._layout
        found = layout.optional
        for word in _words(lattice, begin, end):
            if vouched := present.get(word):
                found |= vouched
        # Adding one at the first slot of a phrase carries out of its last when all its slots are there.
        carried = (found + layout.start) ^ found ^ layout.start
        return layout.owners((carried >> 1) & layout.final)


def sentences(lattice: Lattice) -> Iterator[tuple[int, int]]:
    """The stretches of nodes that no phrase leaves."""
    begin = 0
    for end in (*sorted(lattice.stops), len(lattice.words)):
        if end > begin:
            yield begin, end
        begin = end


def _words(lattice: Lattice, begin: int, end: int) -> Iterator[str]:
    """Every word some edge of the sentence spells."""
    for readings in lattice.words[begin:end]:
        yield from readings
    if lattice.over:
        for node in range(begin + 1, end + 1):
            yield from (word for _, word in lattice.over.get(node, ()))
