"""The words of a language as data: classes for phrases, spellings for folding."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources.abc import Traversable

from pydantic import BaseModel, ConfigDict, ValidationError

from human_handoff.errors import RuleError
from human_handoff.phrases.phrase import PLAIN, Words, is_plain, words_of
from human_handoff.tables import explain, read_table

MOST_MEMBERS = 2000
DEEPEST_CLASS = 20
_PLAIN = re.compile(r"[a-z0-9]+")
_WHOLE_CLASS = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class LexiconFile(BaseModel):
    """One file of `data/lexicon/<language>/`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    classes: dict[str, list[str]] = {}
    misspellings: dict[str, list[str]] = {}
    expansions: dict[str, str] = {}
    short_forms: dict[str, list[str]] = {}
    chat_words: list[str] = []
    foreign_words: list[str] = []
    one_letter_words: list[str] = []
    one_letter_glued: list[str] = []
    units: list[str] = []
    edge_words: list[str] = []


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """Classes, misspellings and known words. `classes` are expanded: every member is plain words."""

    classes: Mapping[str, frozenset[Words]] = field(default_factory=dict, repr=False)
    misspellings: Mapping[str, str] = field(default_factory=dict, repr=False)
    expansions: Mapping[str, Words] = field(default_factory=dict, repr=False)
    short_forms: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)
    """Two words and how they are written in one: a phrase with the short form hears both."""
    known: frozenset[str] = field(default_factory=frozenset, repr=False)
    foreign: frozenset[str] = field(default_factory=frozenset, repr=False)
    """Everyday words of other languages that are no words of this one."""
    one_letter_words: frozenset[str] = field(default_factory=frozenset, repr=False)
    """Single letters that are words, as `i` and `a` are in English."""
    one_letter_glued: frozenset[str] = field(default_factory=frozenset, repr=False)
    """Those of them that people glue to the next word: `iwant`."""
    units: frozenset[str] = field(default_factory=frozenset, repr=False)
    """What people write right behind a number."""
    edge_words: frozenset[str] = field(default_factory=frozenset, repr=False)
    """Words that open a clause or trail after it: where `.` of a phrase finds an edge without a comma."""

    @classmethod
    def from_files(
        cls, sources: Iterable[tuple[str, bytes]], *, known: frozenset[str]
    ) -> "Lexicon":
        """Join (place, content) files. A name twice, or a class of an unknown class, raises RuleError."""
        tables = [(place, _parse(place, content)) for place, content in sources]
        known = frozenset(map(_folded, known))
        known |= {w for _, table in tables for word in table.chat_words for w in words_of(word)}
        classes = _classes(tables)
        return cls(
            classes=classes,
            misspellings={w: r for p, table in tables for w, r in _misspellings(p, table, known)},
            expansions={
                _folded(k): words_of(v) for _, table in tables for k, v in table.expansions.items()
            },
            short_forms={pair: s for p, table in tables for pair, s in _short_forms(p, table)},
            # A word of a class is a word of the language: `flatmate` is no `flat` glued to a `mate`.
            known=known | {m[0] for members in classes.values() for m in members if len(m) == 1},
            foreign=_listed(t.foreign_words for _, t in tables),
            one_letter_words=_listed(t.one_letter_words for _, t in tables),
            one_letter_glued=_listed(t.one_letter_glued for _, t in tables),
            units=_listed(t.units for _, t in tables),
            edge_words=_listed(t.edge_words for _, t in tables),
        )

    def with_classes(self, place: str, classes: Mapping[str, list[str]]) -> "Lexicon":
        """This lexicon and a host's own classes. A name already taken raises RuleError."""
        taken = sorted(set(classes) & set(self.classes))
        if taken:
            raise RuleError(f"{place}: class {taken[0]!r} exists already; choose another name")
        written = {n: (place, list(m)) for n, m in classes.items()}
        done = dict(self.classes)
        for name in written:
            _expand(name, written, done)
        return replace(self, classes=done)


def _listed(lists: Iterable[list[str]]) -> frozenset[str]:
    """The words of plain lists."""
    return frozenset(word for found in lists for written in found for word in words_of(written))


def _folded(word: str) -> str:
    """One word the way a text is folded: small letters without marks and apostrophes."""
    return word if _PLAIN.fullmatch(word) else "".join(words_of(word))


def _parse(place: str, content: bytes) -> LexiconFile:
    try:
        return LexiconFile.model_validate(read_table(place, content))
    except ValidationError as error:
        raise RuleError(f"{place}: {explain(error)}") from None


def _classes(tables: Iterable[tuple[str, LexiconFile]]) -> dict[str, frozenset[Words]]:
    """Every class with its plain members; a name may be defined once."""
    written: dict[str, tuple[str, list[str]]] = {}
    for place, table in tables:
        for name, members in table.classes.items():
            if name in written:
                before = written[name][0]
                raise RuleError(f"{place}: class {name!r} is already defined in {before}")
            written[name] = place, members
    done: dict[str, frozenset[Words]] = {}
    return {name: _expand(name, written, done) for name in written}


def _misspellings(
    place: str, table: LexiconFile, known: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Wrong form and right word. A form that is itself a word would hide it, so it is refused."""
    for right, forms in table.misspellings.items():
        for wrong in map(_folded, forms):
            if wrong in known:
                raise RuleError(
                    f"{place}: misspelling {wrong!r} of {right!r} is itself a known word; leave it out"
                )
            yield wrong, _folded(right)


def _short_forms(place: str, table: LexiconFile) -> Iterator[tuple[tuple[str, str], str]]:
    """Each pair of words with its short form."""
    for short, written in table.short_forms.items():
        for pair in written:
            words = words_of(pair)
            if len(words) != 2:
                raise RuleError(f"{place}: short form {short!r}: {pair!r} is not two words")
            yield (words[0], words[1]), _folded(short)


def _expand(
    name: str,
    written: Mapping[str, tuple[str, list[str]]],
    done: dict[str, frozenset[Words]],
    above: tuple[str, ...] = (),
) -> frozenset[Words]:
    """The plain members of class *name*, following whole classes inside it; each is expanded once."""
    if name in done:
        return done[name]
    _check_nesting(name, written, above)
    place, members = written[name]
    found: set[Words] = set()
    for member in members:
        if whole := _WHOLE_CLASS.fullmatch(member.strip()):
            found |= _expand(whole[1], written, done, (*above, name))
        else:
            found.add(_member(place, name, member))
    if not found or len(found) > MOST_MEMBERS:
        raise RuleError(
            f"{place}: class {name!r} has {len(found)} members; 1 to {MOST_MEMBERS} are allowed"
        )
    done[name] = frozenset(found)
    return done[name]


def _check_nesting(
    name: str, written: Mapping[str, tuple[str, list[str]]], above: tuple[str, ...]
) -> None:
    """A class exists, does not contain itself, and lies within a few others at most."""
    place = written[above[-1]][0] if above else "lexicon"
    if name in above:
        raise RuleError(f"{place}: class {name!r} contains itself through {' > '.join(above)}")
    if name not in written:
        raise RuleError(f"{place}: class {above[-1]!r}: {{{name}}} is not in the lexicon")
    if len(above) >= DEEPEST_CLASS:
        raise RuleError(
            f"{place}: class {above[0]!r} holds classes more than {DEEPEST_CLASS} deep; write its words"
        )


def _member(place: str, name: str, member: str) -> Words:
    words = words_of(member)
    if not is_plain(member):
        raise RuleError(f"{place}: class {name!r}: {member!r} is not plain words; {PLAIN}")
    return words


def toml_files(folder: Traversable) -> list[tuple[str, bytes]]:
    """(name, content) of every TOML file directly in a folder, in name order."""
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return [(f"{folder.name}/{f.name}", f.read_bytes()) for f in found]
