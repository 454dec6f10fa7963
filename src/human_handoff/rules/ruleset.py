"""The rules of one language with their lexicon and cues, and the digest that names exactly these."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from human_handoff.context import Cues
from human_handoff.errors import RuleError, UnknownLanguageError
from human_handoff.phrases.lexicon import Lexicon, toml_files
from human_handoff.policy import Policy
from human_handoff.rules.check import Checker, Problem
from human_handoff.rules.finder import Finder
from human_handoff.rules.rule import Rule
from human_handoff.tables import explain, read_table
from human_handoff.vocabulary import Concern, Slot


class _RuleFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: list[dict[str, Any]] = Field(default_factory=list)
    classes: dict[str, list[str]] = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """Rules that have been read, with the lexicon and cues they are read with. Frozen.

    >>> RuleSet.bundled("en").language
    'en'
    """

    language: str
    rules: tuple[Rule, ...] = field(repr=False)
    lexicon: Lexicon = field(repr=False)
    cues: Cues = field(repr=False)
    places: Mapping[str, str] = field(repr=False)
    """Rule id -> the file it stands in."""

    def __post_init__(self) -> None:
        """Refuse combinations of rules that do not exist."""
        shared = {*Concern, *Slot}
        plain = shared | {rule.id for rule in self.rules if rule.phrases}
        sentences = {rule.id for rule in self.rules if rule.items and rule.within == "sentence"}
        for rule in self.rules:
            allowed = plain if rule.within == "sentence" else plain | sentences
            for name in (name for item in rule.items for name in item if name not in allowed):
                field = "all_of" if rule.all_of else "some_of"
                raise RuleError(
                    f"{self.places[rule.id]}: rule {rule.id!r}: {field}: {name!r} is no rule with phrases in this "
                    f"set, no concern and no slot ({', '.join(Slot)})"
                )

    @classmethod
    def bundled(cls, language: str = "en") -> "RuleSet":
        """The shipped rules of a language (read once). Nobody has clinically reviewed them.

        `en-GB` and `en_US` are read as `en`. Raises UnknownLanguageError for a language nobody has written.
        """
        return _bundled(re.split("[-_]", language)[0].lower() if isinstance(language, str) else "")

    @classmethod
    def load(cls, path: str | Path, *, language: str = "en") -> "RuleSet":
        """A host's own rules: a TOML file or a folder of them. Proved before they are returned.

        They are read with the lexicon and cues of *language* and any `[classes]` of their own. The first
        thing that is wrong, or that an example disproves, raises RuleError naming file, rule and field.
        """
        found = cls.read(path, language=language)
        for problem in found.check(at_least=1):
            raise RuleError(str(problem))
        return found

    @classmethod
    def load_pack(cls, folder: str | Path, *, language: str) -> "RuleSet":
        """A language pack: `words.txt`, `lexicon/*.toml`, `context.toml` and `rules/*.toml` in *folder*.

        Proved like the shipped rules, two examples and two counter-examples each, before it is returned; the first
        thing that is wrong raises RuleError. docs/languages.md says what else a pack needs before people rely on it.
        """
        root = Path(folder)
        words, context = (_content(root / name) for name in ("words.txt", "context.toml"))
        made = _pack(
            language,
            words=words.decode("utf-8", "replace"),
            lexicon=_sources(root / "lexicon"),
            context=(str(root / "context.toml"), context),
            rules=_sources(root / "rules"),
        )
        for problem in (*made.check(), *made.check_cues()):
            raise RuleError(str(problem))
        return made

    @classmethod
    def read(cls, path: str | Path, *, language: str = "en") -> "RuleSet":
        """Like `load`, without trying the examples: for a checker that wants to show every problem."""
        base = RuleSet.bundled(language)
        sources = _sources(Path(path))
        return cls.parse(sources, language=language, lexicon=base.lexicon, cues=base.cues)

    @classmethod
    def parse(
        cls, sources: Iterable[tuple[str, bytes]], *, language: str, lexicon: Lexicon, cues: Cues
    ) -> "RuleSet":
        """Read (place, content) files and compile them, without trying their examples."""
        rules: list[Rule] = []
        places: dict[str, str] = {}
        for place, content in sources:
            table = _file(place, content)
            lexicon = lexicon.with_classes(place, table.classes) if table.classes else lexicon
            for rule in _rules(place, table.rule):
                _claim(rule, place, places)
                rules.append(rule)
        made = cls(language=language, rules=tuple(rules), lexicon=lexicon, cues=cues, places=places)
        made._compiled(places)
        return made

    def _compiled(self, places: Mapping[str, str]) -> Finder:
        """Compile now, so that a phrase that cannot be read is named with its file."""
        try:
            return self.finder
        except RuleError as wrong:
            rule = str(wrong).split("'")[1]
            raise RuleError(f"{places.get(rule, 'rules')}: {wrong}") from None

    def __add__(self, other: "RuleSet") -> "RuleSet":
        """Both sets of rules. A rule id or class in both raises RuleError."""
        if other.language != self.language:
            raise RuleError(f"rules in {other.language!r} cannot join rules in {self.language!r}")
        places = dict(self.places)
        for rule in other.rules:
            _claim(rule, other.places[rule.id], places)
        own = {n: m for n, m in other.lexicon.classes.items() if self.lexicon.classes.get(n) != m}
        clash = sorted(set(own) & set(self.lexicon.classes))
        if clash:
            raise RuleError(
                f"class {clash[0]!r} is defined differently in the two sets; rename one"
            )
        lexicon = replace(self.lexicon, classes={**self.lexicon.classes, **own})
        rules = self.rules + other.rules
        return replace(self, rules=rules, lexicon=lexicon, places=places)

    def __getitem__(self, rule_id: str) -> Rule:
        """The rule with this id; KeyError when there is none."""
        return self._by_id[rule_id]

    def __iter__(self) -> Iterator[Rule]:
        """The rules in file order."""
        return iter(self.rules)

    def __len__(self) -> int:
        """How many rules there are."""
        return len(self.rules)

    @cached_property
    def _by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    @property
    def clinically_reviewed(self) -> bool:
        """Whether a named clinician reviewed every rule. False today."""
        return bool(self.rules) and all(rule.reviewed for rule in self.rules)

    @cached_property
    def finder(self) -> Finder:
        """The compiled form, built on first use and shared by every thread."""
        return Finder(self.rules, self.lexicon, self.cues, Policy.bundled())

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything that decides a signal: rules, classes, spellings, cues, policy."""
        content = {
            "language": self.language,
            "rules": [
                rule.model_dump(mode="json") for rule in sorted(self.rules, key=lambda r: r.id)
            ],
            "classes": {n: sorted(map(list, m)) for n, m in sorted(self.lexicon.classes.items())},
            "misspellings": dict(sorted(self.lexicon.misspellings.items())),
            "expansions": {k: list(v) for k, v in sorted(self.lexicon.expansions.items())},
            "known": sorted(self.lexicon.known),
            "foreign": sorted(self.lexicon.foreign),
            "short_forms": sorted([*pair, s] for pair, s in self.lexicon.short_forms.items()),
            "one_letter": [
                sorted(self.lexicon.one_letter_words),
                sorted(self.lexicon.one_letter_glued),
            ],
            "units": sorted(self.lexicon.units),
            "edge_words": sorted(self.lexicon.edge_words),
            "cues": [e.model_dump(mode="json") for e in self.cues.entries],
            "policy": Policy.bundled().digest,
            "scope": self.cues.scope,
            "own_words": sorted(self.cues.own_words),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def check(self, *, at_least: int = 2) -> Iterator[Problem]:
        """Try every rule and cue on its own examples; yield what does not hold."""
        checker = Checker(self.finder, at_least=at_least)
        for rule in self.rules:
            yield from checker.rule(rule, self.places[rule.id])

    def check_cues(self) -> Iterator[Problem]:
        """Try every cue on its own examples; yield what does not hold."""
        yield from Checker(self.finder).cues(self.cues, f"context/{self.language}.toml")


def languages() -> tuple[str, ...]:
    """The languages whose rules are shipped."""
    folder = files("human_handoff").joinpath("data", "rules")
    return tuple(sorted(f.name for f in folder.iterdir() if f.is_dir()))


@cache
def _bundled(language: str) -> RuleSet:
    if language not in languages():
        have = ", ".join(languages())
        raise UnknownLanguageError(f"no rules are shipped for {language!r}; there are: {have}")
    data: Any = files("human_handoff").joinpath("data")
    lexicon, rules = (
        [
            (f"{folder}/{place}", content)
            for place, content in toml_files(data.joinpath(folder, language))
        ]
        for folder in ("lexicon", "rules")
    )
    return _pack(
        language,
        words=data.joinpath("words", f"{language}.txt").read_text(encoding="utf-8"),
        lexicon=lexicon,
        context=(
            f"context/{language}.toml",
            data.joinpath("context", f"{language}.toml").read_bytes(),
        ),
        rules=rules,
    )


def _pack(
    language: str,
    *,
    words: str,
    lexicon: Iterable[tuple[str, bytes]],
    context: tuple[str, bytes],
    rules: Iterable[tuple[str, bytes]],
) -> RuleSet:
    """The rules of one language with everything they are read with."""
    read = Lexicon.from_files(lexicon, known=frozenset(words.split()))
    cues = Cues.parse(*context, classes=read.classes)
    return RuleSet.parse(rules, language=language, lexicon=read, cues=cues)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as wrong:
        raise RuleError(f"{path}: cannot be read: {getattr(wrong, 'strerror', wrong)}") from None


def _sources(path: Path) -> list[tuple[str, bytes]]:
    """The TOML files at *path*."""
    try:
        found = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        read = [(str(f), f.read_bytes()) for f in found]
    except (OSError, ValueError) as wrong:
        raise RuleError(f"{path}: cannot be read: {getattr(wrong, 'strerror', wrong)}") from None
    if not read:
        raise RuleError(f"{path}: holds no .toml file; write at least one")
    return read


def _file(place: str, content: bytes) -> _RuleFile:
    try:
        return _RuleFile.model_validate(read_table(place, content))
    except ValidationError as wrong:
        raise RuleError(f"{place}: {explain(wrong)}") from None


def _rules(place: str, tables: Iterable[dict[str, Any]]) -> Iterator[Rule]:
    for number, table in enumerate(tables, 1):
        try:
            yield Rule.model_validate(table)
        except ValidationError as wrong:
            name = repr(table["id"]) if isinstance(table.get("id"), str) else f"number {number}"
            raise RuleError(f"{place}: rule {name}: {explain(wrong)}") from None


def _claim(rule: Rule, place: str, places: dict[str, str]) -> None:
    """Note where a rule stands; an id may be used once."""
    if rule.id in places:
        raise RuleError(
            f"{place}: rule {rule.id!r}: id is already used in {places[rule.id]}; choose another"
        )
    places[rule.id] = place
