"""The check of the lines: what must not ship, and what is only information."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from human_handoff.errors import LineError
from human_handoff.lines.check import (
    ShortCodeVerdict,
    check_directory,
    check_files,
    short_codes,
)
from human_handoff.lines.directory import CountryLines, Directory
from human_handoff.lines.line import CrisisLine, RetiredNumber
from human_handoff.lines.rows import read_row


def line(country: str, channel: dict[str, Any], **more: Any) -> CrisisLine:
    row = {
        "id": f"{country.lower()}-example",
        "name": "An example",
        "country": country,
        "topics": ["crisis"],
        "audience": ["general"],
        "channels": [channel],
        "url": "https://example.org",
        "sources": [{"ref": "https://example.org", "family": "own page"}],
        "newest_source": "2026-08",
        "accessed": date(2026, 11, 23),
        "confidence": "high",
    }
    return read_row(CrisisLine, row | more, place="here")


def number(kind: str, text: str, country: str, **more: Any) -> dict[str, Any]:
    reach = {} if text.startswith("+") else {"dialable_from": [country]}
    return {"kind": kind, "number": text, **reach, **more}


def directory(*lines: CrisisLine, country: str | None = None) -> Directory:
    place = country or lines[0].country
    shelf = CountryLines(country=place, lines=lines, place=f"lines/{place}.toml")
    return replace(Directory.bundled(), shelves=(shelf,))


def found(*lines: CrisisLine, country: str | None = None) -> str:
    return "\n".join(map(str, check_directory(directory(*lines, country=country))))


def test_the_bundled_lines_pass() -> None:
    """What ships has no problem this check can see, which does not mean that anybody dialled it."""
    assert check_directory(Directory.bundled()) == ()


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("FR", "+33333114"),
        ("KR", "+82109"),
        ("PH", "+6321553"),
        ("US", "+1741741"),
        ("GB", "+4485258"),
        ("IN", "+9114416"),
        ("GB", "+44116123"),
    ],
)
@pytest.mark.parametrize("kind", ["phone_e164", "sms"])
def test_a_short_code_dressed_as_an_international_number_never_passes(
    country: str, text: str, kind: str
) -> None:
    """Lists in circulation hold these; dialled, they reach nobody or somebody else."""
    try:
        problems = found(line(country, number(kind, text, country)))
    except LineError as refused:
        problems = str(refused)

    assert text in problems


@pytest.mark.parametrize(
    ("country", "right", "wrong"),
    [
        ("DE", "0800 22 55 530", "0800225530"),
        ("DE", "0800 40 40 020", "080040400020"),
        ("NZ", "0800 688 5463", "0800688546"),
    ],
)
def test_the_misprinted_dial_strings_in_circulation_are_not_what_we_dial(
    country: str, right: str, wrong: str
) -> None:
    """Shown rightly and dialled wrongly elsewhere; here the number shown is the number dialled."""
    entry = line(country, number("phone_national", right, country))

    assert check_directory(directory(entry)) == ()
    assert getattr(entry.channels[0], "uri") != f"tel:{wrong}"  # noqa: B009


def test_a_star_or_hash_code_is_dialled_with_its_star_or_hash() -> None:
    """A list in circulation shows #8008 and dials 8008."""
    entry = line("JP", number("phone_short", "#8008", "JP"))

    assert getattr(entry.channels[0], "uri") == "tel:%238008"  # noqa: B009
    assert check_directory(directory(entry)) == ()
    assert short_codes(directory(entry))[0].known is False


def test_a_misprint_that_is_a_valid_number_is_caught_by_name() -> None:
    """JP 0570-046-556 is a misprint of 0570-064-556, and only the list of retired numbers knows."""
    retired = RetiredNumber(
        country="JP", number="0570-046-556", status="wrong", replaced_by=("0570-064-556",)
    )
    wrong, right = (
        line("JP", number("phone_national", text, "JP"))
        for text in ("0570-046-556", "0570-064-556")
    )

    problems = [
        check_directory(replace(directory(entry), retired=(retired,))) for entry in (wrong, right)
    ]

    assert "use 0570-064-556 instead" in str(problems[0][0])
    assert problems[1] == ()


@pytest.mark.parametrize(
    ("country", "kind", "text"),
    [
        ("US", "phone_national", "1-800-273-8255"),
        ("US", "phone_e164", "+1 800 931 2237"),
        ("US", "phone_national", "800-422-2253"),
        ("CA", "sms", "45645"),
        ("IN", "phone_national", "1800 599 0019"),
        ("GB", "phone_e164", "+44 300 330 0630"),
        ("ZA", "phone_national", "0800055555"),
    ],
)
def test_a_retired_number_does_not_come_back(country: str, kind: str, text: str) -> None:
    """However it is written: valid is not live."""
    assert "was retired" in found(line(country, number(kind, text, country)))


def test_a_retired_option_does_not_retire_the_number() -> None:
    """988 lives on; "press 3" is gone."""
    now = line("US", number("phone_short", "988", "US", post_dial="press 1"))
    then = line("US", number("phone_short", "988", "US", post_dial="press 3 for youth"))

    assert found(now) == ""
    assert "was retired" in found(then)


def test_the_same_digits_in_another_country_are_not_retired() -> None:
    """A number belongs to its country."""
    assert "retired" not in found(line("NZ", number("sms", "45645", "NZ")))


@pytest.mark.parametrize(
    ("country", "channel", "told"),
    [
        ("GB", ("phone_national", "0808 801 06"), "is not a valid number in GB"),
        ("GB", ("phone_e164", "+33 1 48 06 42 41"), "is not a valid number in GB"),
        ("GB", ("phone_national", "116 123"), "is not a valid number in GB; compare"),
        ("GB", ("phone_national", "0906 701 1234"), "premium-rate"),
        ("GB", ("phone_e164", "+44 800 068 4141"), "store it as phone_national"),
        ("AU", ("phone_e164", "+61 1300 659 467"), "store it as phone_national"),
        ("GB", ("phone_short", "999"), "is an emergency number in GB; move it"),
        ("FR", ("sms", "112"), "is an emergency number in FR"),
    ],
)
def test_a_number_that_is_not_what_it_says_must_not_ship(
    country: str, channel: tuple[str, str], told: str
) -> None:
    """Each verdict names the line, the channel, what is wrong and what to do."""
    problems = found(line(country, number(*channel, country)))

    assert told in problems
    place = f"lines/{country}.toml: line '{country.lower()}-example': channel 1: number: "
    assert problems.startswith(place)


def test_an_unknown_short_code_is_information_and_no_failure() -> None:
    """The metadata lacks working short codes, Brazil's 188 among them; a person compares."""
    brazil = replace(
        Directory.bundled(),
        shelves=tuple(row for row in Directory.bundled().shelves if row.country == "BR"),
    )
    place = "lines/BR.toml: line 'br-cvv': channel 1: number"

    assert short_codes(brazil) == (ShortCodeVerdict(place=place, number="188", known=False),)
    assert check_directory(brazil) == ()


def test_two_lines_never_share_an_id() -> None:
    """An id that names two lines names neither."""
    entry = line("NZ", number("phone_short", "1737", "NZ"))

    assert "2 lines have this id; rename all but one" in found(entry, entry)


def test_a_line_among_those_of_another_country_is_found() -> None:
    """A short code out of its country would reach somebody else."""
    entry = line("NZ", number("phone_short", "1737", "NZ"))

    assert "country NZ stands among the lines of AU; move it to NZ.toml" in found(
        entry, country="AU"
    )


def test_a_line_that_cannot_be_dialled_at_home_is_found() -> None:
    """A number for elsewhere is in the wrong file."""
    assert "dialable_from leaves out NZ" in found(line("NZ", number("phone_short", "1737", "AU")))


def test_a_source_nobody_listed_is_found() -> None:
    """A short name of a source leads somewhere."""
    sources = [{"ref": "SUP99", "family": "SUP"}]
    entry = line("NZ", number("phone_short", "1737", "NZ"), sources=sources)

    assert "source SUP99 is not in sources.toml" in found(entry)


def test_a_line_without_a_source_is_found_even_when_it_was_built_in_code() -> None:
    """The loader refuses it; the check does so again for lines that never met the loader."""
    entry = line("NZ", number("phone_short", "1737", "NZ"))

    assert "has no source" in found(entry.model_copy(update={"sources": ()}))


def test_files_that_do_not_load_are_one_problem(tmp_path: Path) -> None:
    """A check answers with problems, never with an exception."""
    (tmp_path / "NZ.toml").write_text('country = "AU"', encoding="utf-8")

    (problem,) = check_files(tmp_path)

    assert problem.place == "lines/NZ.toml"
    assert "is not 'NZ'" in problem.found


def test_files_that_load_are_checked(tmp_path: Path) -> None:
    """A host's own folder gets the same check as the bundled one."""
    (tmp_path / "NZ.toml").write_text('country = "NZ"', encoding="utf-8")

    assert check_files(tmp_path) == ()
