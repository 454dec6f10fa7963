"""The phrase language: words, (a|b), optional?, {class} and `...`. The grammar is in docs/phrases.md."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from human_handoff.errors import RuleError
from human_handoff.text import EMOJI, clean

GAP = 3
"""`...` stands for at most this many words."""

_ELEMENT = re.compile(
    r"\s*(?:(?P<gap>\.\.\.)|(?P<edge>\.)(?!\S)|(?P<group>\([^()]*\))|(?P<cls>\{[^{}]*\})|(?P<word>[^\s(){}|?]+))(?P<opt>\?)?"
)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_WORDS = re.compile(rf"[^\W_]+|##?|[{EMOJI}]")
_PLAIN_WORD = re.compile(rf"[^\W_](?:[^\W_]|['&/-])*|##?|[{EMOJI}]")
_SIMPLE = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
LONGEST_MEMBER = 8

Words = tuple[str, ...]
Classes = Mapping[str, frozenset[Words]]


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One place in a phrase: the words, or runs of words, that may stand there."""

    members: frozenset[Words]
    optional: bool = False
    gap_after: bool = False

    @cached_property
    def by_first_word(self) -> Mapping[str, tuple[Words, ...]]:
        """The members by their first word, for reading on."""
        found: dict[str, tuple[Words, ...]] = {}
        for member in self.members:
            found[member[0]] = (*found.get(member[0], ()), member)
        return found

    @cached_property
    def by_last_word(self) -> Mapping[str, tuple[Words, ...]]:
        """The members by their last word, for reading backwards."""
        found: dict[str, tuple[Words, ...]] = {}
        for member in self.members:
            found[member[-1]] = (*found.get(member[-1], ()), member)
        return found

    @cached_property
    def beginnings(self) -> tuple[Words, ...]:
        """What longer members begin with, in an order that only their words decide."""
        begun = {member[:words] for member in self.members for words in range(1, len(member))}
        return tuple(sorted(begun))


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A phrase ready to be matched.

    >>> Phrase.parse("want ... die", classes={}).slots[0].gap_after
    True
    """

    source: str
    slots: tuple[Slot, ...] = field(repr=False)
    begins_clause: bool = False
    """Written `. word`: a clause begins where the match does."""
    ends_clause: bool = False
    """Written `word .`: nothing more of the clause follows the match."""

    @classmethod
    def parse(cls, source: str, *, classes: Classes) -> "Phrase":
        """Read *source*. A mistake raises RuleError saying what is wrong and what to write instead."""
        slots: list[Slot] = []
        after_gap = False
        elements, begins, ends = _without_edges(source, _elements(source))
        for match in elements:
            if match["gap"]:
                after_gap = _open_gap(source, slots, match["opt"])
                continue
            members = _members(source, match, classes)
            slots.append(Slot(members=members, optional=bool(match["opt"])))
            after_gap = False
        _check_shape(source, slots, after_gap=after_gap)
        return cls(source=source, slots=tuple(slots), begins_clause=begins, ends_clause=ends)

    def words(self) -> frozenset[str]:
        """Every word the phrase can use."""
        return frozenset(w for slot in self.slots for member in slot.members for w in member)


def words_of(text: str) -> Words:
    """The words of a phrase or class member, folded the way a text is.

    >>> words_of("Don't self-harm")
    ('dont', 'self', 'harm')
    """
    if _SIMPLE.fullmatch(text):  # nothing to fold: most of what rules hold, and much faster to load
        return tuple(text.split(" "))
    return tuple(_WORDS.findall(clean(text).text.replace("'", "")))


def is_plain(written: str) -> bool:
    """Whether these are words and nothing else.

    >>> is_plain("self-harm"), is_plain("want...die"), is_plain("")
    (True, False, False)
    """
    if _SIMPLE.fullmatch(written):
        return True
    words = clean(written).text.split()
    return bool(words) and all(map(_PLAIN_WORD.fullmatch, words))


PLAIN = "write letters, digits, ' - & /, # or ## and emoji, or a whole {class}"


def _elements(source: str) -> list[re.Match[str]]:
    """Cut a phrase into its elements; every character must belong to one, and spaces lie between them."""
    found, at = [], 0
    while at < len(source.rstrip()):
        match = _ELEMENT.match(source, at)
        if match is None:
            raise RuleError(
                f"phrase {source!r}: cannot read {source[at:].strip()!r}; see docs/phrases.md"
            )
        if at and not source[at].isspace():
            raise RuleError(f"phrase {source!r}: put a space before {source[at:]!r}")
        found.append(match)
        at = match.end()
    if not found:
        raise RuleError(f"phrase {source!r}: is empty; write at least one word")
    return found


def _without_edges(
    source: str, elements: list[re.Match[str]]
) -> tuple[list[re.Match[str]], bool, bool]:
    """The elements between a leading and a trailing `.`, and whether there was one."""
    begins, ends = bool(elements[0]["edge"]), bool(elements[-1]["edge"]) and len(elements) > 1
    inside = elements[begins : len(elements) - ends]
    if any(e["edge"] for e in inside) or not inside:
        raise RuleError(
            f"phrase {source!r}: '.' is the edge of a clause; write it only first or last, beside a word"
        )
    return inside, begins, ends


def _open_gap(source: str, slots: list[Slot], optional: str | None) -> bool:
    """Note a gap on the slot before it."""
    if optional:
        raise RuleError(f"phrase {source!r}: '...?' means nothing; a gap may be empty anyway")
    if not slots:
        raise RuleError(f"phrase {source!r}: begins with '...'; begin with a word")
    if slots[-1].gap_after:
        raise RuleError(f"phrase {source!r}: two gaps stand side by side; write one '...'")
    slots[-1] = replace(slots[-1], gap_after=True)
    return True


def _check_shape(source: str, slots: list[Slot], *, after_gap: bool) -> None:
    """Hold the phrase to the rules that keep it readable."""
    if after_gap:
        raise RuleError(f"phrase {source!r}: ends with '...'; end with a word")
    for end, slot in (("begins", slots[0]), ("ends", slots[-1])):
        if slot.optional:
            raise RuleError(
                f"phrase {source!r}: {end} with an optional; leave it out or write two phrases"
            )
    gap_open = False
    for slot in slots:
        if slot.optional and slot.gap_after and gap_open:
            raise RuleError(
                f"phrase {source!r}: only optionals between two gaps; write two phrases"
            )
        gap_open = slot.gap_after or (gap_open and slot.optional)


def _members(source: str, match: re.Match[str], classes: Classes) -> frozenset[Words]:
    """The words one element may stand for."""
    if match["word"]:
        return _word(source, match["word"])
    alternatives = match["group"][1:-1].split("|") if match["group"] else [match["cls"]]
    return frozenset().union(*(_alternative(source, a.strip(), classes) for a in alternatives))


def _word(source: str, word: str) -> frozenset[Words]:
    """A bare word; a hyphenated one is several words in a row."""
    return frozenset((_checked(source, word),))


def _alternative(source: str, written: str, classes: Classes) -> frozenset[Words]:
    """One alternative: a whole class or plain words."""
    if not written.startswith("{"):
        return frozenset((_checked(source, written),))
    name = written[1:-1]
    if not written.endswith("}") or not _NAME.fullmatch(name):
        raise RuleError(f"phrase {source!r}: {written!r} is neither one {{class}} nor plain words")
    if name not in classes:
        raise RuleError(
            f"phrase {source!r}: class {written} is not in the lexicon{_closest(name, classes)}"
        )
    return classes[name]


def _checked(source: str, written: str) -> Words:
    """Plain words, at least one and not too many."""
    words = words_of(written)
    if not is_plain(written):
        raise RuleError(f"phrase {source!r}: {written!r} is not plain words; {PLAIN}")
    if len(words) > LONGEST_MEMBER:
        raise RuleError(f"phrase {source!r}: an alternative of more than {LONGEST_MEMBER} words")
    return words


def _closest(name: str, names: Iterable[str]) -> str:
    """A hint at the name that was probably meant."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(names), n=3)
    return f"; did you mean {', '.join(f'{{{n}}}' for n in near)}?" if near else ""
