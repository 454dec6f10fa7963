"""Read a TOML file so that every mistake names its place and its remedy."""

import tomllib
from typing import Any

from pydantic import ValidationError

from human_handoff.errors import DataError, RuleError

LARGEST = 4_000_000
DEEPEST = 8


def read_table(place: str, content: bytes, error: type[DataError] = RuleError) -> dict[str, Any]:
    """The TOML table in *content*; anything else raises *error* with the line that is wrong.

    >>> read_table("x.toml", b"a = 1")
    {'a': 1}
    """
    if len(content) > LARGEST:
        raise error(f"{place}: {len(content)} bytes; at most {LARGEST} are read")
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as wrong:
        raise error(f"{place}: byte {wrong.start} is not UTF-8; save the file as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as wrong:
        raise error(f"{place}: not TOML: {wrong}") from None
    if unusable := _unusable(table):
        raise error(f"{place}: {unusable}")
    return table


def _unusable(table: dict[str, Any]) -> str:
    """What no data file holds and no message could show: deep nesting, endless numbers."""
    level: list[Any] = [table]
    for _ in range(DEEPEST):
        inner = [v for box in level for v in (box.values() if isinstance(box, dict) else box)]
        if any(isinstance(v, int) and v.bit_length() > 64 for v in inner):
            return "a number of more than 64 bits; write a smaller one"
        level = [v for v in inner if isinstance(v, dict | list)]
    return f"nested more than {DEEPEST} deep; at most {DEEPEST} are read" if level else ""


def explain(wrong: ValidationError) -> str:
    """The first complaint of pydantic as `field: what was found, what is allowed`."""
    first = wrong.errors(include_url=False)[0]
    where = ".".join(str(step) for step in first["loc"])
    found = first["input"]
    match first["type"]:
        case "missing":
            return f"{where}: is missing; write {where} = …"
        case "extra_forbidden":
            return f"{where}: is not a field; see docs/rules.md for the fields there are"
        case "enum":
            return f"{where}: {_short(found)} is not one of {first['ctx']['expected'].replace(chr(39), '')}"
        case "value_error" | "assertion_error":
            return f"{where}: {first['ctx']['error']}" if where else str(first["ctx"]["error"])
    return f"{where}: {_short(found)}: {first['msg'][0].lower()}{first['msg'][1:]}"


def _short(found: object) -> str:
    """What was found, short enough for one line. These are data files, never a person's words."""
    shown = repr(found)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
