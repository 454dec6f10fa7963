"""`Directory`: all the lines, emergency numbers and international directories, by country."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Self, TypeVar

from human_handoff.errors import LineError
from human_handoff.lines.line import (
    CatalogueSource,
    CrisisLine,
    EmergencyNumber,
    InternationalDirectory,
    RetiredNumber,
)
from human_handoff.lines.rows import Row, read_row, read_toml, shown, tables

R = TypeVar("R", bound=Row)

LAST_RESORT = InternationalDirectory(
    name="Find A Helpline (ThroughLine)", url="https://findahelpline.com"
)
"""In code and not only in data: the one fact left when the data files cannot be read."""

_COUNTRY_FILE = re.compile(r"[A-Z]{2}\.toml")
_SHARED = ("directories.toml", "retired.toml", "sources.toml")


@dataclass(frozen=True, kw_only=True)
class CountryLines:
    """What one file says of one country."""

    country: str
    emergency: tuple[EmergencyNumber, ...] = ()
    lines: tuple[CrisisLine, ...] = ()
    place: str = "a directory"


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Crisis lines as data. Nothing in it was dialled; each fact has a source and an age.

    >>> directory = Directory.bundled()
    >>> [number.number for number in directory.emergency("NZ")]
    ['111']
    >>> directory.lines("XX")
    ()
    """

    digest: str
    """Of every byte that was read; equal digests mean equal lines."""
    shelves: tuple[CountryLines, ...] = field(repr=False)
    international: tuple[InternationalDirectory, ...] = field(repr=False)
    retired: tuple[RetiredNumber, ...] = field(default=(), repr=False)
    sources: tuple[CatalogueSource, ...] = field(default=(), repr=False)

    @staticmethod
    def bundled() -> "Directory":
        """The lines in this package, read once, when first asked for."""
        return _bundled()

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """A host's own file ``<CC>.toml``, or a folder of them; anything else is a `LineError`.

        Where the folder has no directories, retired numbers or sources of its own, the bundled
        ones stand in, so that a directory is never without a way out.
        """
        return _read(cls, Path(path))

    def updated(self, other: "Directory") -> "Directory":
        """These lines with *other*'s over them: a line by its id, emergency numbers by country."""
        countries = dict.fromkeys((*self.countries, *other.countries))
        return replace(
            self,
            digest=sha256(f"{self.digest} {other.digest}".encode()).hexdigest(),
            shelves=tuple(_over(self._shelf(code), other._shelf(code)) for code in countries),
            retired=tuple(dict.fromkeys((*self.retired, *other.retired))),
            sources=tuple({row.id: row for row in (*self.sources, *other.sources)}.values()),
        )

    @property
    def countries(self) -> tuple[str, ...]:
        """Every country with a file, in alphabetical order."""
        return tuple(sorted(shelf.country for shelf in self.shelves))

    def lines(self, country: str) -> tuple[CrisisLine, ...]:
        """The lines of a country in the order of its file; none for a country without a file."""
        return self._shelf(country).lines

    def emergency(self, country: str) -> tuple[EmergencyNumber, ...]:
        """The emergency numbers of a country; never those of another."""
        return self._shelf(country).emergency

    def directories(self, country: str | None = None) -> tuple[InternationalDirectory, ...]:
        """International directories, opened at *country* where they have such a page."""
        return tuple(directory.of(country) for directory in self.international)

    def line(self, line_id: str) -> CrisisLine:
        """The line with that id, or a `LineError`."""
        for shelf in self.shelves:
            for line in shelf.lines:
                if line.id == line_id:
                    return line
        msg = f"line {shown(line_id)}: is not in this directory; its countries are "
        raise LineError(msg + ", ".join(self.countries))

    def _shelf(self, country: str) -> CountryLines:
        found = (shelf for shelf in self.shelves if shelf.country == country)
        return next(found, CountryLines(country=country))


@lru_cache(maxsize=1)
def _bundled() -> Directory:
    return _read(Directory, _bundle())


def _bundle() -> Traversable:
    return files("human_handoff").joinpath("data", "lines")


D = TypeVar("D", bound=Directory)


def _read(cls: type[D], path: Traversable) -> D:
    raw = dict(sorted(_files(path)))
    countries = [name for name in raw if name not in _SHARED]
    shelves = tuple(_country(raw[name], name) for name in countries)
    _refuse_twice(shelves)
    shared = {
        name: raw[name] if name in raw else _bytes(_bundle().joinpath(name)) for name in _SHARED
    }
    return cls(
        digest=_digest(raw),
        shelves=shelves,
        international=_rows(InternationalDirectory, shared, "directories.toml", "directory"),
        retired=_rows(RetiredNumber, shared, "retired.toml", "retired"),
        sources=_rows(CatalogueSource, shared, "sources.toml", "source"),
    )


def _files(path: Traversable) -> Iterator[tuple[str, bytes]]:
    found = [path] if path.is_file() else _listed(path)
    named = [file for file in found if file.name.endswith(".toml")]
    for file in named:
        if not _COUNTRY_FILE.fullmatch(file.name) and file.name not in _SHARED:
            msg = f"{file.name}: is neither <CC>.toml nor one of {', '.join(_SHARED)}; rename it"
            raise LineError(msg)
        yield file.name, _bytes(file)
    if not named:
        msg = f"{path.name}: holds no <CC>.toml such as NZ.toml"
        raise LineError(msg)


def _listed(path: Traversable) -> list[Traversable]:
    try:
        return list(path.iterdir())
    except OSError as error:
        msg = f"{path.name}: cannot be read ({type(error).__name__}); give a folder or a file"
        raise LineError(msg) from None


def _bytes(file: Traversable) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        msg = f"lines/{file.name}: cannot be read ({type(error).__name__})"
        raise LineError(msg) from None


def _digest(raw: dict[str, bytes]) -> str:
    total = sha256()
    for name, data in raw.items():
        total.update(f"{name} {len(data)}\n".encode() + data)
    return total.hexdigest()


def _country(raw: bytes, name: str) -> CountryLines:
    place, code = f"lines/{name}", name.removesuffix(".toml")
    document = read_toml(raw, place=place)
    if document.get("country") != code:
        told = shown(document.get("country"))
        msg = f"{place}: country: {told} is not {code!r}; the file is named for its country"
        raise LineError(msg)
    if extra := sorted(document.keys() - {"country", "emergency", "line"}):
        msg = f"{place}: {shown(extra[0])} is not one of country, [[emergency]], [[line]]"
        raise LineError(msg)
    return CountryLines(
        country=code,
        emergency=tuple(_each(EmergencyNumber, document, "emergency", "number", place)),
        lines=tuple(_each(CrisisLine, document, "line", "id", place)),
        place=place,
    )


def _each(kind: type[R], document: dict[str, Any], key: str, name: str, place: str) -> Iterator[R]:
    for count, table in enumerate(tables(document, key, place=place), start=1):
        given = table.get(name) if isinstance(table, dict) else None
        where = f"{place}: {key} {shown(given) if isinstance(given, str) else count}"
        mine = {"country": document["country"], **table} if isinstance(table, dict) else table
        yield read_row(kind, mine, place=where)


def _rows(kind: type[R], raw: dict[str, bytes], name: str, key: str) -> tuple[R, ...]:
    place = f"lines/{name}"
    found = tables(read_toml(raw[name], place=place), key, place=place)
    return tuple(
        read_row(kind, table, place=f"{place}: {key} {count}")
        for count, table in enumerate(found, start=1)
    )


def _refuse_twice(shelves: tuple[CountryLines, ...]) -> None:
    seen: dict[str, str] = {}
    for shelf in shelves:
        for line in shelf.lines:
            if line.id in seen:
                msg = f"{shelf.place}: line {line.id!r}: id: is also in {seen[line.id]}; rename one"
                raise LineError(msg)
            seen[line.id] = shelf.place


def _over(below: CountryLines, above: CountryLines) -> CountryLines:
    lines = {line.id: line for line in (*below.lines, *above.lines)}
    return CountryLines(
        country=below.country,
        emergency=above.emergency or below.emergency,
        lines=tuple(lines.values()),
        place=above.place if above.lines or above.emergency else below.place,
    )


@dataclass(frozen=True, kw_only=True)
class _Regions:
    countries: frozenset[str]
    also_languages: frozenset[str]
    aliases: dict[str, str]


@lru_cache(maxsize=1)
def _regions() -> _Regions:
    file = files("human_handoff").joinpath("data", "regions.toml")
    table = read_toml(_bytes(file), place="regions.toml")
    return _Regions(
        countries=frozenset(table["countries"]),
        also_languages=frozenset(table["also_languages"]),
        aliases=table["aliases"],
    )


def parse_region(text: object) -> tuple[str, str | None] | None:
    """Country and subdivision of what a host calls a region; None for all that is not one.

    Never raises and never guesses: no country is the default, and a language is not a place.

    >>> parse_region("us"), parse_region(" GB-SCT "), parse_region("en_US")
    (('US', None), ('GB', 'GB-SCT'), ('US', None))
    >>> parse_region("en"), parse_region("de-at"), parse_region("the moon")
    (None, None, None)
    """
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_.@-]{2,40}", text.strip()):
        return None
    plain = re.split(r"[.@]", text.strip())[0]  # en_US.UTF-8
    match re.split(r"[-_]", plain):
        case [country]:
            code = _code(country)
            return (code, None) if code else None
        case [first, second]:
            return _pair(first, second)
        case [language, script, country] if language.islower() and len(script) == 4:
            code = _code(country)
            return (code, None) if code else None
    return None


def _pair(first: str, second: str) -> tuple[str, str | None] | None:
    """A country with its part (US-CA), or a language with its country (en-US)."""
    regions, country, tail = _regions(), _code(first), _code(second)
    as_locale = first.islower() and first.upper() in regions.also_languages
    if country is None or (as_locale and tail and second.isupper()):
        return (tail, None) if tail and first.isalpha() else None
    if as_locale and (tail or second.isdigit()):
        return None  # both readings are possible and lie in different countries; es-419 is in none
    part = second.upper()
    return (country, f"{country}-{part}") if 1 <= len(part) <= 3 and part.isalnum() else None


def _code(text: str) -> str | None:
    code = _regions().aliases.get(text.upper(), text.upper())
    return code if code in _regions().countries else None
