"""Which words an unusual token may stand for.

A token found in the shipped word list is taken as it stands. Any other is tried against the words the
rules use: look-alike letters, leet, masks, elongation, listed misspellings, one slip of the finger, and
words glued together. Repairs only ever add readings; they never take the written one away, so a rule
more can never hide what another rule would have seen.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import groupby, islice, product

# Bounds that keep one odd token cheap. They limit how many spellings are tried; what LONGEST_GLUED leaves
# unread is reported as unchecked.
MOST_VARIANTS = 32
MOST_SLIPPED = 4
LONGEST_VARIED = 40
LONGEST_GLUED = 4096
SHORTEST_GLUED = 5
SHORTEST_SLIP = 6
SHORTEST_MASKED = 3


@dataclass(frozen=True, kw_only=True)
class Lookalikes:
    """Characters that stand for Latin letters, from `data/lookalikes.toml`."""

    letters: Mapping[int, str]
    leet: Mapping[str, str]
    mask: frozenset[str]


@cache
def lookalikes() -> Lookalikes:
    """Read the shipped table once."""
    source = files("human_handoff").joinpath("data/lookalikes.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)
    letters = {ord(c): latin for latin, alike in table["letters"].items() for c in alike}
    return Lookalikes(letters=letters, leet=table["leet"], mask=frozenset(table["mask"]))


NUMBER, LARGE_NUMBER = "#", "##"
"""How a number in digits also reads, and one of two digits or more."""
_AMOUNT = re.compile(r"(\d{1,6})([^\W\d_]{1,12})")
_RUN = re.compile(r"(.)\1\1")
_LONG_RUN = re.compile(r"(.)\1{3,}")


def slips(word: str) -> Iterator[str]:
    """Every string with one letter left out: two words that share one are a slip apart."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def is_one_slip(wrong: str, right: str) -> bool:
    """Whether one insertion, deletion, replacement or swap of neighbours lies between the two.

    >>> is_one_slip("sucide", "suicide"), is_one_slip("suiicd", "suicide")
    (True, False)
    """
    shorter, longer = sorted((wrong, right), key=len)
    same = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), None)
    if same is None:
        return len(longer) - len(shorter) == 1
    if len(shorter) < len(longer):
        return shorter[same:] == longer[same + 1 :]
    swapped = longer[same + 1 : same + 2] + longer[same]
    return shorter[same + 1 :] == longer[same + 1 :] or (
        shorter[same : same + 2] == swapped and shorter[same + 2 :] == longer[same + 2 :]
    )


def shortened(token: str) -> Iterator[str]:
    """The token with every run of three or more equal letters cut to one and to two.

    >>> list(shortened("diiie"))
    ['die', 'diie']
    """
    runs = [(c, len(list(run))) for c, run in groupby(token)]
    choices = [(c * n,) if n < 3 else (c, c * 2) for c, n in runs]
    return map("".join, islice(product(*choices), MOST_VARIANTS))


@dataclass(frozen=True, kw_only=True, eq=False)
class Spelling:
    """Reads unusual tokens as words of one rule set. Holds no text of anyone's."""

    known: frozenset[str]
    """Words taken as written: the shipped list and the chat words of the lexicon."""
    vocabulary: frozenset[str]
    """Every word some rule or cue uses."""
    misspellings: Mapping[str, str] = field(default_factory=dict)
    expansions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    foreign: frozenset[str] = frozenset()
    """Everyday words of other languages: they make the language doubtful."""
    units: frozenset[str] = frozenset()
    """What is written right behind a number: `30mg`."""
    edge_words: frozenset[str] = frozenset()
    """Words that open a clause or trail after it."""
    one_letter_words: frozenset[str] = frozenset()
    """Single letters that are words: only these are read among spaced letters."""
    one_letter_glued: frozenset[str] = frozenset()
    """Those of them that people glue to the next word."""
    short_forms: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Two words and how they are written in one: `do not`, `dont`."""
    plain: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)
    """Known words that stand for nothing but themselves, with that one reading."""
    _slips: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)
    _by_shape: Mapping[tuple[int, str], tuple[str, ...]] = field(init=False, repr=False)
    _longest: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the vocabulary for slips and masks."""
        slipped, shaped = defaultdict(list), defaultdict(list)
        for word in sorted(self.vocabulary):
            shaped[len(word), word[0]].append(word)
            for left in slips(word) if len(word) >= SHORTEST_SLIP else ():
                slipped[left].append(word)
        plain = {w: (w,) for w in self.known if len(w) > 1 and self.stands_for_itself(w)}
        object.__setattr__(self, "plain", plain)
        object.__setattr__(self, "_slips", {k: tuple(v) for k, v in slipped.items()})
        object.__setattr__(self, "_by_shape", {k: tuple(v) for k, v in shaped.items()})
        object.__setattr__(self, "_longest", max(map(len, self.vocabulary), default=0))

    def stands_for_itself(self, word: str) -> bool:
        """Whether a known word reads as nothing else; a number does, though a class of the lexicon names it."""
        return word not in self.expansions and not word.isdecimal()

    def readings(self, token: str) -> tuple[str, ...]:
        """Every word *token* may stand for, the token itself first.

        >>> Spelling(known=frozenset(), vocabulary=frozenset({"kill"})).readings("k1lll")
        ('k1lll', 'kill')
        """
        if token.isdecimal():
            return (token, NUMBER, LARGE_NUMBER) if len(token) > 1 else (token, NUMBER)
        if token in self.known:
            return (token,)
        seen = token if len(token) <= LONGEST_VARIED else _LONG_RUN.sub(r"\1\1\1", token)
        if len(seen) > LONGEST_VARIED:
            return (token,)
        found = {word for word in self._candidates(seen) if word in self.vocabulary}
        found |= set(self._masked(seen))
        return (token, *sorted(found - {token}))

    def amount(self, token: str) -> tuple[str, str] | None:
        """A number and the unit written right behind it; None for anything else.

        >>> Spelling(known=frozenset(), vocabulary=frozenset(), units=frozenset({"mg"})).amount("30mg")
        ('30', 'mg')
        """
        match = _AMOUNT.fullmatch(token)
        return (match[1], match[2]) if match and match[2] in self.units else None

    def expansion(self, token: str) -> tuple[str, ...] | None:
        """The words an abbreviation stands for, whichever key was held down; None for anything else."""
        if token in self.expansions or token in self.known or not _RUN.search(token):
            return self.expansions.get(token)
        return next((self.expansions[s] for s in shortened(token) if s in self.expansions), None)

    def is_known(self, readings: tuple[str, ...]) -> bool:
        """Whether a token with these readings counts as a word of the language."""
        return len(readings) > 1 or readings[0] in self.known or readings[0] in self.vocabulary

    def _candidates(self, token: str) -> Iterator[str]:
        """Spellings worth trying: look-alikes, leet, elongation, misspellings, one slip."""
        latin = token if token.isascii() else token.translate(lookalikes().letters)
        spellings = (short for plain in self._unleeted(latin) for short in shortened(plain))
        for tried, short in enumerate(islice(spellings, MOST_VARIANTS)):
            yield short
            if short in self.misspellings:
                yield self.misspellings[short]
            if tried < MOST_SLIPPED and len(short) >= SHORTEST_SLIP - 1 and short not in self.known:
                yield from self._one_slip(short)

    def _unleeted(self, token: str) -> Iterator[str]:
        """The token with digits and signs read as the letters they may stand for."""
        leet = lookalikes().leet
        if token.isalpha():
            return iter((token,))
        if not any(c.isalpha() for c in token):
            return iter(())
        return map("".join, islice(product(*(leet.get(c, c) for c in token)), MOST_VARIANTS))

    def _masked(self, token: str) -> Iterator[str]:
        """Words a token with hidden letters fits, when at least half of it is letters."""
        mask = lookalikes().mask
        hidden = sum(c in mask for c in token)
        if not hidden or len(token) < SHORTEST_MASKED or hidden * 2 > len(token):
            return
        for plain in self._unleeted(token):
            for word in self._by_shape.get((len(plain), plain[0]), ()):
                if all(c == w or c in mask for c, w in zip(plain, word, strict=True)):
                    yield word

    def _one_slip(self, token: str) -> Iterator[str]:
        """Longer words one slip of the finger away that begin with the same letter."""
        for left in slips(token):
            for word in self._slips.get(left, ()):
                if word[0] == token[0] and is_one_slip(token, word):
                    yield word

    def pieces(self, token: str) -> tuple[tuple[int, int, str], ...]:
        """Every way to cut a glued token wholly into words, as (start, end, word) pieces.

        >>> glued = Spelling(known=frozenset(), vocabulary=frozenset({"kill", "myself"}))
        >>> glued.pieces("killmyself")
        ((0, 4, 'kill'), (4, 10, 'myself'))
        """
        if not self._may_be_glued(token):
            return ()
        found = [piece for at in range(len(token)) for piece in self.words_at(token, at)]
        glued = self.one_letter_glued
        found = [p for p in found if p[1] - p[0] < len(token) and (len(p[2]) > 1 or p[2] in glued)]
        return complete(found, len(token))

    def is_endless(self, token: str) -> bool:
        """Whether a token is too long to be cut, and not just one letter held down."""
        return (
            len(token) > LONGEST_GLUED
            and token.isascii()
            and token.isalpha()
            and len(_LONG_RUN.sub(r"\1\1\1", token)) > LONGEST_GLUED
        )

    def _may_be_glued(self, token: str) -> bool:
        long_enough = SHORTEST_GLUED <= len(token) <= LONGEST_GLUED
        return long_enough and token not in self.known and token.isascii() and token.isalpha()

    def words_at(self, letters: str, at: int) -> Iterator[tuple[int, int, str]]:
        """Every vocabulary word that starts at *at*; of single letters only those that are words."""
        for end in range(at + 1, min(len(letters), at + self._longest) + 1):
            word = letters[at:end]
            if word in self.vocabulary and (len(word) > 1 or word in self.one_letter_words):
                yield at, end, word


def complete(
    pieces: Iterable[tuple[int, int, str]], length: int
) -> tuple[tuple[int, int, str], ...]:
    """The pieces that lie on an unbroken path from 0 to *length*."""
    ordered = sorted(pieces)
    ahead = {0}
    for start, end, _ in ordered:
        if start in ahead:
            ahead.add(end)
    behind = {length}
    for start, end, _ in sorted(ordered, reverse=True):
        if end in behind:
            behind.add(start)
    return tuple(p for p in ordered if p[0] in ahead and p[1] in behind)
