"""A slow matcher that is obviously right, to hold the fast one to.

It follows every path through the lattice by plain recursion and remembers nothing. It shares only
`Phrase` and `Lattice` with the engine, and of the lattice neither what it says of clauses nor what it
makes of numbers.
"""

from collections.abc import Iterator, Sequence

from human_handoff.phrases.phrase import Phrase, Slot, Words
from human_handoff.text import Lattice

MOST_GAP = 3

Spans = dict[tuple[int, int], int]
"""(number of the phrase, node where it ends) -> the latest node where it may have started."""


def spans(phrases: Sequence[Phrase], lattice: Lattice) -> Spans:
    """Every place where a phrase ends, with the shortest way to end there."""
    latest: Spans = {}
    for number, phrase in enumerate(phrases):
        for start in range(len(lattice.words)):
            if phrase.begins_clause and not _clause_before(lattice, start):
                continue
            for end in _from_slot(lattice, phrase.slots, 0, start):
                if not phrase.ends_clause or _clause_after(lattice, end):
                    latest[number, end] = start  # later starts overwrite earlier ones
    return latest


def _clause_before(lattice: Lattice, node: int) -> bool:
    """Whether what stands left of *node* is the edge of a clause, emoji not counted."""
    if _is_sign(lattice, node):
        return True
    if node - 1 in lattice.emoji:
        return _clause_before(lattice, node - 1)
    left = [
        words for source in range(node) for end, words in _edges(lattice, source) if end == node
    ]
    return any(word in lattice.edge_words for words in left for word in words)


def _clause_after(lattice: Lattice, node: int) -> bool:
    """Whether what stands right of *node* is the edge of a clause, emoji not counted."""
    if _is_sign(lattice, node):
        return True
    if node in lattice.emoji:
        return _clause_after(lattice, node + 1)
    return any(word in lattice.edge_words for _, words in _edges(lattice, node) for word in words)


def _is_sign(lattice: Lattice, node: int) -> bool:
    """Whether the text begins or ends here, or a sign stands here that parts clauses."""
    signs = lattice.stops | lattice.pauses | lattice.commas
    return node in {0, len(lattice.words), *signs}


def _from_slot(lattice: Lattice, slots: Sequence[Slot], at: int, node: int) -> Iterator[int]:
    """Where the phrase may end when slot *at* begins at *node*."""
    for member in slots[at].members:
        for after in _spelled(lattice, member, node):
            yield from _after_slot(lattice, slots, at, after)


def _after_slot(lattice: Lattice, slots: Sequence[Slot], done: int, node: int) -> Iterator[int]:
    """Where the phrase may end when slot *done* has ended at *node*."""
    if done == len(slots) - 1:
        yield node
        return
    gap = slots[done].gap_after
    for following in range(done + 1, len(slots)):
        for begin in _passed(lattice, node, MOST_GAP if gap else 0):
            yield from _from_slot(lattice, slots, following, begin)
        if not slots[following].optional:
            return
        gap = gap or slots[following].gap_after


def _spelled(lattice: Lattice, member: Words, node: int) -> Iterator[int]:
    """Where *member* may end when its first word begins exactly at *node*."""
    for after in _read(lattice, node, member[0]):
        if len(member) == 1:
            yield after
            continue
        for begin in _passed(lattice, after, 0):
            yield from _spelled(lattice, member[1:], begin)


def _passed(lattice: Lattice, node: int, words: int) -> Iterator[int]:
    """Nodes inside a match that are reached over at most *words* words, and over any emoji."""
    if node in lattice.stops:
        return
    yield node
    if node in lattice.emoji:
        yield from _passed(lattice, node + 1, words)
    if words:
        for after, _ in _edges(lattice, node):
            yield from _passed(lattice, after, words - 1)


def _read(lattice: Lattice, node: int, word: str) -> Iterator[int]:
    """Where an edge that begins at *node* and reads as *word* ends."""
    return (after for after, readings in _edges(lattice, node) if word in readings)


def _edges(lattice: Lattice, node: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every edge that begins at *node*: the word of the chain and the words laid over it."""
    if node < len(lattice.words):
        yield node + 1, _with_numbers(lattice.words[node])
    for after, edges in lattice.over.items():
        for source, word in edges:
            if source == node:
                yield after, _with_numbers((word,))


def _with_numbers(readings: tuple[str, ...]) -> tuple[str, ...]:
    """The readings with what digits stand for, as they were written; what the engine says of it is left out."""
    words = tuple(word for word in readings if word not in ("#", "##"))
    digits = len(words[0]) if words and words[0].isdecimal() else 0
    return (*words, *("#", "##")[: min(digits, 2)])
