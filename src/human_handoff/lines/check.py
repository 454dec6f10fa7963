"""Check the lines of a directory: does each number read as what it says it is?

Valid is not live: a retired number may be valid, and a working short code unknown to the metadata.
So full numbers must be valid in their country, and the verdict on short codes is only information.
Nothing here dials. `phonenumbers` is loaded when a check runs, never by screening or routing.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from human_handoff.errors import LineError
from human_handoff.lines.channel import (
    LineChannel,
    PhoneE164,
    PhoneNational,
    PhoneShort,
    Sms,
    WhatsApp,
    compact,
)
from human_handoff.lines.directory import CountryLines, Directory
from human_handoff.lines.line import CrisisLine, RetiredNumber

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

Numbered = PhoneShort | PhoneNational | PhoneE164 | Sms | WhatsApp


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A fact that must not ship: where it stands, what is wrong, what to do."""

    place: str
    found: str
    remedy: str

    def __str__(self) -> str:
        """One line, in the form of every error of this package."""
        return f"{self.place}: {self.found}; {self.remedy}"


@dataclass(frozen=True, kw_only=True)
class ShortCodeVerdict:
    """Whether the metadata of `phonenumbers` knows a short code. Neither answer says it is live."""

    place: str
    number: str
    known: bool


def check_files(path: str | Path) -> tuple[Problem, ...]:
    """What is wrong with a host's file or folder, including that it does not load."""
    try:
        return check_directory(Directory.load(path))
    except LineError as error:
        place, _, found = str(error).partition(": ")
        return (Problem(place=place, found=found, remedy="correct the file and check again"),)


def check_directory(directory: Directory) -> tuple[Problem, ...]:
    """Everything that must not ship; empty when nothing was found, which verifies no number."""
    return tuple(_problems(directory))


def short_codes(directory: Directory) -> tuple[ShortCodeVerdict, ...]:
    """The metadata's verdict on every short code: for a person to compare, never a failure."""
    from phonenumbers import is_valid_short_number_for_region

    return tuple(
        ShortCodeVerdict(
            place=place,
            number=channel.number,
            known=is_valid_short_number_for_region(
                _parsed(channel.number, line.country), line.country
            ),
        )
        for place, line, channel in _numbers(directory)
        if _is_short(channel)
    )


def _problems(directory: Directory) -> Iterator[Problem]:
    yield from _twice(directory)
    for shelf in directory.shelves:
        for line in shelf.lines:
            yield from _strays(shelf, line, directory)
    for place, line, channel in _numbers(directory):
        yield from _drift(place, channel)
        yield from _full(place, line, channel)
        yield from _not_emergency(place, line, channel)
        yield from _back_from_retirement(place, line, channel, directory.retired)


def _numbers(directory: Directory) -> Iterator[tuple[str, CrisisLine, Numbered]]:
    for shelf in directory.shelves:
        for line in shelf.lines:
            for count, channel in enumerate(line.channels, start=1):
                if isinstance(channel, Numbered):
                    yield f"{_place(shelf, line)}: channel {count}: number", line, channel


def _place(shelf: CountryLines, line: CrisisLine) -> str:
    return f"{shelf.place}: line {line.id!r}"


def _twice(directory: Directory) -> Iterator[Problem]:
    ids = Counter(line.id for shelf in directory.shelves for line in shelf.lines)
    for line_id, count in ids.items():
        if count > 1:
            found = f"{count} lines have this id"
            yield Problem(place=f"line {line_id!r}", found=found, remedy="rename all but one")


def _strays(shelf: CountryLines, line: CrisisLine, directory: Directory) -> Iterator[Problem]:
    place = _place(shelf, line)
    if line.country != shelf.country:
        found = f"country {line.country} stands among the lines of {shelf.country}"
        yield Problem(place=place, found=found, remedy=f"move it to {line.country}.toml")
    if not line.sources:
        yield Problem(place=place, found="has no source", remedy="name one, or drop the line")
    for count, channel in enumerate(line.channels, start=1):
        reach = getattr(channel, "dialable_from", None)
        if reach and line.country not in reach:
            found = f"dialable_from leaves out {line.country}"
            remedy = f"add {line.country}, or move the line"
            yield Problem(place=f"{place}: channel {count}", found=found, remedy=remedy)
    listed = {source.id for source in directory.sources}
    for source in line.sources:
        if re.fullmatch(r"[A-Z]+[0-9]*[a-z]?", source.ref) and source.ref not in listed:
            found = f"source {source.ref} is not in sources.toml"
            yield Problem(place=place, found=found, remedy="add it there, or write where it is")


def _drift(place: str, channel: Numbered) -> Iterator[Problem]:
    address = unquote(channel.uri.partition("?")[0])
    if _digits(channel.display) != _digits(address):
        found = f"{channel.display!r} is shown and {channel.uri!r} is dialled"
        yield Problem(place=place, found=found, remedy="derive both from one number")


def _full(place: str, line: CrisisLine, channel: Numbered) -> Iterator[Problem]:
    """Full numbers must be valid in their country, of the right type, and never premium-rate."""
    import phonenumbers

    if _is_short(channel):
        return
    number, country = _parsed(channel.number, line.country), line.country
    kinds = phonenumbers.PhoneNumberType
    kind = phonenumbers.number_type(number)
    inland = {kinds.TOLL_FREE, kinds.SHARED_COST, kinds.UAN}
    if not phonenumbers.is_valid_number_for_region(number, country):
        found = f"{channel.number!r} is not a valid number in {country}"
        remedy = "compare it with its source; a short code is phone_short and has no + form"
        yield Problem(place=place, found=found, remedy=remedy)
    elif kind == kinds.PREMIUM_RATE:
        found = f"{channel.number!r} is a premium-rate number"
        yield Problem(place=place, found=found, remedy="drop it: a person in need would pay for it")
    elif isinstance(channel, PhoneE164) and kind in inland:
        found = f"{channel.number!r} is a freephone or shared-cost number"
        yield Problem(place=place, found=found, remedy="store it as phone_national")


def _not_emergency(place: str, line: CrisisLine, channel: Numbered) -> Iterator[Problem]:
    from phonenumbers import is_emergency_number

    if is_emergency_number(compact(channel.number), line.country):
        found = f"{channel.number!r} is an emergency number in {line.country}"
        yield Problem(place=place, found=found, remedy="move it to [[emergency]]")


def _back_from_retirement(
    place: str, line: CrisisLine, channel: Numbered, retired: tuple[RetiredNumber, ...]
) -> Iterator[Problem]:
    said = f"{getattr(channel, 'post_dial', '')} {getattr(channel, 'keyword', '')}".lower()
    for row in retired:
        gone = not row.options or any(option.lower() in said for option in row.options)
        if row.country == line.country and gone and _same(row.number, channel, row.country):
            found = f"{channel.number!r} was retired ({row.was or row.status})"
            remedy = f"use {', '.join(row.replaced_by) or 'another line'} instead"
            yield Problem(place=place, found=found, remedy=remedy)


def _same(number: str, channel: Numbered, country: str) -> bool:
    mine, theirs = _parsed(channel.number, country), _parsed(number, country)
    return (mine.country_code, mine.national_number) == (
        theirs.country_code,
        theirs.national_number,
    )


def _parsed(number: str, country: str) -> "PhoneNumber":
    from phonenumbers import NumberParseException, PhoneNumber, parse

    try:
        return parse(compact(number), country)
    except NumberParseException:  # star codes, which the metadata cannot represent
        return PhoneNumber()


def _is_short(channel: LineChannel) -> bool:
    sms = isinstance(channel, Sms) and len(_digits(channel.number)) <= 6
    return isinstance(channel, PhoneShort) or sms


def _digits(text: str) -> str:
    return "".join(char for char in text if char in "0123456789")
