"""Write the first crisis-line files from a research file. Run once: the TOML is the truth after.

    python tools/lines_from_research.py RESEARCH.json OUTPUT_DIRECTORY

Takes entries of high confidence for the countries below, with their emergency numbers, and drops
whatever the research file itself marks as remembered rather than read. Adds nothing.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

COUNTRIES = ("US", "CA", "GB", "IE", "AU", "NZ", "IN", "ZA", "DE", "FR", "ES", "BR")

# Freephone, shared-cost and other numbers that nobody promises to connect from abroad.
NATIONAL_ONLY = {
    "US": ("800", "833", "844", "855", "866", "877", "888"),
    "CA": ("1800", "1833", "1844", "1855", "1866", "1877", "1888"),
    "GB": ("0800", "0808"),
    "IE": ("1800",),
    "AU": ("13", "1800"),
    "NZ": ("0800", "0508"),
    "IN": ("1800",),
    "ZA": ("0800", "0861"),
    "DE": ("0800",),
    "FR": ("0800",),
    "ES": ("900",),
}
CALLING_CODE = {"AU": "+61", "ES": "+34", "FR": "+33", "IE": "+353", "IN": "+91"}

# Only where the notes of the entry state it.
AGES = {
    "us-trevor": (13, 24),
    "gb-papyrus": (None, 34),
    "gb-rape-crisis": (16, None),
    "fr-fil-sante-jeunes": (12, 25),
}
NO_DISPATCH = {"us-trans-lifeline": "No non-consensual rescue, by the line's own account."}
# Its note names England; what it says of Wales and Scotland was remembered, not read.
SUBDIVISIONS = {"gb-nhs-111-mh": "GB-ENG"}
POST_DIAL = {"press 1", "press 1 veterans, press 2 Spanish", "select mental health option"}
# What stands under hours but is about something else.
HOURS_ARE_NOTES = {"text your ZIP", "counsellor calls back"}
HOURS_ARE_COST = {"standard rate"}
# Published hours the entry itself calls unverified.
UNVERIFIED_HOURS = {("gb-childline", "phone"): "24/7 in two lists; overnight hours unverified"}
# One number with a keyword in each language.
KEYWORDS: dict[str | None, dict[str, tuple[str, ...]]] = {
    "CONNECT (en) / TEXTO (fr)": {"CONNECT": ("en",), "TEXTO": ("fr",)}
}

REWORDED = (
    ("Spanish keyword and WhatsApp exist per memory; not sourced here.", ""),
    ("England; Wales 111 option 2 and Scotland 111 from memory.", "England."),
    (" - any word works per memory", ""),
    ("jull.json prints", "one public list prints"),
    ("(OH26, drphil page)", "(OH26, a press page)"),
)
# A list known only by a number in a catalogue of the research.
NUMBERED = re.compile(r"(?:craigrallen VERIFICATION_LOG \()?\b[A-Z]{3} [0-9]{8,}(?:\)(?=:))?")
FORBIDDEN = re.compile(rf"memory|jull|{NUMBERED.pattern}")
FAMILIES = {
    "own_page_stored_copy": "own page",
    "official_or_government_text_stored_copy": "official",
    "press_or_web_page_stored_copy": "press or web page",
}

HEADER = """\
# Crisis lines and emergency numbers, {country}.
#
# Nothing was dialled, nobody has verified these entries, and no clinician has reviewed them. Each
# was read in stored copies of the sources it names (sources.toml expands the short names).
# This file is the source of truth: correct it here, with a source.
#
# confidence     is about the number, not about the hours.
# newest_source  the date of the newest source itself; a month such as "2026-08" means about then.
# accessed       when the copies were read, which is not a check of the line.
# hours          24/7 rests on at least one source for the line, not always for each channel.
# languages, cost  mostly inferred from the country or the kind of number; no source stands behind
#                them unless languages_sourced or cost_sourced says so.
"""


def main(source: Path, target: Path) -> None:
    """Write every file of *target* from *source*."""
    research = json.loads(source.read_text(encoding="utf-8"))
    target.mkdir(parents=True, exist_ok=True)
    for country in COUNTRIES:
        _write(target / f"{country}.toml", _country(research, country))
    _write(target / "retired.toml", _retired(research))
    _write(target / "directories.toml", _directories(research))
    _write(target / "sources.toml", _sources(research))


def _write(path: Path, lines: Iterable[str]) -> None:
    text = "\n".join(lines).rstrip("\n") + "\n"
    if found := FORBIDDEN.search(text):
        sys.exit(f"{path.name}: {found[0]!r} is left; add it to REWORDED or drop the entry")
    path.write_text(text, encoding="utf-8")


def _country(research: dict[str, Any], country: str) -> Iterator[str]:
    yield HEADER.format(country=country)
    yield f"country = {_toml(country)}"
    catalogue = research["source_catalogue"]
    for row in research["countries"][country]["emergency"]:
        yield from _table("emergency", _emergency(row, catalogue))
    for entry in research["entries"]:
        if entry["country"] == country and entry["confidence"] == "high":
            yield from _table("line", _line(entry, catalogue))
            for channel in entry["services"]:
                for row in _channels(channel, entry):
                    yield from _table("line.channels", row)


def _emergency(row: dict[str, Any], catalogue: dict[str, Any]) -> dict[str, Any]:
    seen = {
        "FCDO26": row["in_fcdo_2026"],
        "SUP26": row["in_sup26"],
        "AID24": row["in_aidlines_2024"],
        "LPN": row["phonenumbers_is_emergency"],
    }
    return {
        "number": row["number"],
        "services": row["services"],
        "confidence": row["confidence"],
        "sources": [_listed(ref, catalogue) for ref, there in seen.items() if there],
    }


def _line(entry: dict[str, Any], catalogue: dict[str, Any]) -> dict[str, Any]:
    name, ident = entry["name"], entry["id"]
    low, high = AGES.get(ident, (None, None))
    return {
        "id": ident,
        "name": name["en"],
        "local_name": None if name["local"] == name["en"] else name["local"],
        "subdivision": SUBDIVISIONS.get(ident, entry["subdivision"]),
        "topics": entry["topics"],
        "audience": entry["audience"],
        "min_age": low,
        "max_age": high,
        "may_dispatch": "no" if ident in NO_DISPATCH else None,
        "dispatch_note": NO_DISPATCH.get(ident),
        "url": entry["url"],
        "confidence": entry["confidence"],
        "newest_source": _month(entry["newest_evidence_year"]),
        "accessed": _Bare(entry["accessed"]),
        "sources": [_cited(row, catalogue) for row in entry["sources"]],
        "disagreements": [_reworded(text) for text in entry["disagreements"]],
        "notes": _reworded(entry["notes"]),
        "status": None if entry["status"] == "active" else entry["status"],
    }


def _cited(row: dict[str, str], catalogue: dict[str, Any]) -> dict[str, str]:
    if row["type"] == "catalogue":
        return _listed(row["ref"], catalogue)
    if row["type"] in FAMILIES:
        return {"ref": row["ref"], "family": FAMILIES[row["type"]]}
    return {"ref": "a public repository, read as text", "family": "public repository"}


def _listed(ref: str, catalogue: dict[str, Any]) -> dict[str, str]:
    return {"ref": ref, "family": catalogue[ref]["family"]}


def _channels(channel: dict[str, Any], entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "memory" in str(channel["hours"].get("as_published")) and channel["channel"] == "sms":
        return  # the whole channel is remembered
    keyword: str | None = channel.get("keyword")
    if keyword not in KEYWORDS:
        yield _channel(channel, entry)
    for word, languages in KEYWORDS.get(keyword, {}).items():
        yield _channel(channel | {"keyword": word, "languages": languages}, entry)


def _channel(channel: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    published = channel["hours"].get("as_published")
    note = channel["note"]
    return {
        **_address(channel, entry["country"]),
        "post_dial": note if note in POST_DIAL else None,
        "keyword": channel.get("keyword"),
        "hours": _hours(channel, entry["id"]),
        "languages": list(channel["languages"]),
        "cost": published if published in HOURS_ARE_COST else channel["cost"],
        "cost_sourced": True if published in HOURS_ARE_COST else None,
        "note": published if published in HOURS_ARE_NOTES else None if note in POST_DIAL else note,
    }


def _address(channel: dict[str, Any], country: str) -> dict[str, Any]:
    """The typed number: a short code, a national number or an international one."""
    kind = channel["channel"]
    if "number" not in channel:
        return {"kind": kind, "url": channel["url"]}
    number, digits = channel["number"], re.sub(r"[ +-]", "", channel["number"])
    form = _form(number, digits, country)
    if form == "e164" and not number.startswith("+"):
        number = f"{CALLING_CODE[country]} {number.removeprefix('0').lstrip()}"
    elif form == "national" and country == "US":
        number = f"1-{number}"
    row = {"kind": f"phone_{form}" if kind == "phone" else kind, "number": number}
    return row if form == "e164" else row | {"dialable_from": [country]}


def _form(number: str, digits: str, country: str) -> str:
    if number.startswith("+"):
        return "e164"
    if digits.startswith(NATIONAL_ONLY.get(country, ("-",))) and len(digits) >= 6:
        return "national"
    return "short" if len(digits) <= 6 else "e164"


def _hours(channel: dict[str, Any], ident: str) -> Any:
    hours = channel["hours"]
    if doubt := UNVERIFIED_HOURS.get((ident, channel["channel"])):
        return {"kind": "unknown", "as_published": doubt}
    if hours["kind"] == "weekly":
        return {"kind": "weekly", "zone": hours["tz"], "spans": list(_spans(hours["weekly"]))}
    published = _reworded(hours.get("as_published"))
    dropped = HOURS_ARE_NOTES | HOURS_ARE_COST | {None}
    if published in dropped or "memory" in str(published):
        return hours["kind"]
    return {"kind": "unknown", "as_published": published}


def _spans(week: dict[str, list[list[str]]]) -> Iterator[str]:
    """Days in a row with the same times become one span."""
    runs: list[tuple[list[str], list[list[str]]]] = []
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"):
        times = week.get(day, [])
        if runs and runs[-1][1] == times:
            runs[-1][0].append(day)
        else:
            runs.append(([day], times))
    for days, times in runs:
        name = days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"
        yield from (f"{name} {opens}-{closes}" for opens, closes in times)


def _retired(research: dict[str, Any]) -> Iterator[str]:
    yield "# Numbers that were right once, were misprinted or are no longer offered. Never shown to"
    yield "# anybody: the line check looks for them. Nothing was dialled; nobody has verified this."
    for row in research["retired_or_wrong"]:
        if row["country"] in COUNTRIES:
            yield from _table("retired", _retired_row(row))


def _retired_row(row: dict[str, Any]) -> dict[str, Any]:
    number = row["number"].removesuffix(" (sms)")
    options = None
    if number == "988 press 3 / text PRIDE":
        number, options = "988", ["press 3", "PRIDE"]
    instead = row["replaced_by"]
    return {
        "country": row["country"],
        "number": number,
        "options": options,
        "was": row.get("was"),
        "status": row["status"],
        "since": row.get("since"),
        "replaced_by": [instead] if isinstance(instead, str) else instead,
    }


def _directories(research: dict[str, Any]) -> Iterator[str]:
    yield "# International directories, kept by others; shown when no line of a country is at hand."
    yield "# Addresses were read in stored copies; no page was opened to check them."
    by_country = research["countries"]["US"]["fallback"]["findahelpline"]
    for row in research["global_fallback"]:
        own = by_country.startswith(row["url"])
        page = by_country.removesuffix("us") + "{cc}" if own else None
        yield from _table("directory", {**row, "country_url": page})


def _sources(research: dict[str, Any]) -> Iterator[str]:
    yield "# The lists the lines were read from: each one's own date, and how far it is trusted."
    yield "# `family` joins lists that copy each other; two of one family are one witness."
    for ident, row in research["source_catalogue"].items():
        fields = {
            "id": ident,
            "family": row["family"],
            "title": row["ref"],
            "newest": _month(row["year"]),
            "strength": row["strength"],
        }
        yield from _table("source", fields)


def _month(year: float) -> str:
    """2026.6 is about August: tenths of a year are no finer than a month."""
    whole, part = divmod(int(year * 12 + 0.01), 12)
    return f"{whole}-{part + 1:02}"


def _reworded(text: str | None) -> str | None:
    for old, new in REWORDED:
        text = text.replace(old, new) if text else None
    return NUMBERED.sub("one public list", text) if text else None


class _Bare(str):
    """Written without quotes, as TOML writes a date."""

    __slots__ = ()


def _table(name: str, row: dict[str, Any]) -> Iterator[str]:
    yield f"\n[[{name}]]"
    for key, value in row.items():
        if value not in (None, [], ()):
            yield from _entry(key, value)


def _entry(key: str, value: Any) -> Iterator[str]:
    line = f"{key} = {_toml(value)}"
    if isinstance(value, list) and len(line) > 110:
        yield f"{key} = ["
        yield from (f"  {_toml(item)}," for item in value)
        yield "]"
    else:
        yield line


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(item)}' for key, item in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return value if isinstance(value, _Bare) else json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
