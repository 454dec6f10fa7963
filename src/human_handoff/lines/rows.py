"""The border: TOML bytes become typed rows, or a `LineError` that names place and remedy."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from human_handoff.errors import LineError
from human_handoff.tables import read_table

R = TypeVar("R", bound="Row")


class Row(BaseModel):
    """One frozen table of a data file. A key it does not know is refused, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def read_toml(raw: bytes, *, place: str) -> dict[str, Any]:
    """Parse *raw*, or say which file is not TOML and why.

    >>> read_toml(b'country = "NZ"', place="lines/NZ.toml")
    {'country': 'NZ'}
    """
    return read_table(place, raw, LineError)


def read_row(kind: type[R], table: object, *, place: str) -> R:
    """*table* as a *kind*, or a `LineError` with the first field that does not fit."""
    if not isinstance(table, dict):
        msg = f"{place}: {shown(table)} is not a table"
        raise LineError(msg)
    try:
        return kind.model_validate(_frozen(table))
    except ValidationError as error:
        raise LineError(_first(error, place)) from None
    except RecursionError:
        msg = f"{place}: is nested too deep for a table; write it flat"
        raise LineError(msg) from None


def tables(document: dict[str, Any], key: str, *, place: str) -> list[Any]:
    """The ``[[key]]`` tables of a document; none is an empty list."""
    found = document.get(key, [])
    if isinstance(found, list):
        return found
    msg = f"{place}: {key}: {shown(found)} is not a list of tables; write [[{key}]]"
    raise LineError(msg)


def shown(value: object) -> str:
    """*value* for a message: never long, never itself an error."""
    try:
        return _short(repr(value))
    except (ValueError, RecursionError):  # an integer too long to print; nesting too deep
        return f"a {type(value).__name__}"


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."


def _frozen(value: Any) -> Any:
    """TOML lists as tuples, so that a row can be frozen through and through."""
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _first(error: ValidationError, place: str) -> str:
    problem = error.errors(include_url=False, include_context=False)[0]
    where = ": ".join([place, *_steps(problem["loc"])])
    text = problem["msg"].removeprefix("Value error, ")
    found = "" if problem["type"] == "missing" else f"{shown(problem['input'])}: "
    return f"{where}: {found}{text}"


def _steps(loc: tuple[int | str, ...]) -> list[str]:
    """('channels', 0, 'sms', 'number') reads 'channel 1', 'number'."""
    steps: list[str] = []
    for here, before in zip(loc, ("", *loc), strict=False):
        if isinstance(here, int):
            steps[-1:] = [f"{str(before).removesuffix('s')} {here + 1}"]
        elif not isinstance(before, int) or here not in _KINDS:
            steps.append(here)
    return steps


# pydantic puts the kind of a channel into the path; people count channels instead
_KINDS = frozenset(
    ("phone_short", "phone_e164", "phone_national", "sms", "whatsapp", "chat", "web")
)
