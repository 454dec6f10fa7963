"""The published JSON Schemas describe what really comes out."""

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_handoff import RuleSet, route, screen

SCHEMAS = files("human_handoff").joinpath("data", "schemas")
TEXTS = [
    "",
    "I want to end my life tonight",
    "i don't want to die lol",
    "my brother wants to kill himself, he said so last week",
    "no thoughts of killing myself since i was a teenager",
    "ich will heute nicht mehr zur schule gehen",
    *(
        example.replace("[", "").replace("]", "")
        for r in RuleSet.bundled()
        for example in r.examples[:1]
    ),
]


def schema(name: str) -> dict[str, Any]:
    """One published schema."""
    return dict(json.loads(SCHEMAS.joinpath(f"{name}.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["screening", "route"])
def test_the_schema_is_itself_valid(name: str) -> None:
    """A schema with a mistake in it would accept anything."""
    jsonschema.Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("words", [False, True])
def test_every_screening_and_route_fits_its_schema(words: bool) -> None:
    """One example of every rule, and texts that lead elsewhere, in and out of known countries."""
    screenings, routes = (
        jsonschema.Draft202012Validator(schema(n)) for n in ("screening", "route")
    )
    for number, text in enumerate(TEXTS):
        found = screen(text)
        screenings.validate(found.as_dict(words=words))
        region = ["US", "GB-SCT", None, "DE", "Narnia"][number % 5]
        routes.validate(route(found, region=region).as_dict(words=words))


def test_an_unknown_field_is_refused() -> None:
    """The schema says all there is, so a field that is added shows up as a change of the contract."""
    found = screen("I want to die").as_dict() | {"score": 0.9}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema("screening"))


@given(st.text(max_size=200))
def test_the_words_of_the_person_are_absent_unless_asked_for(noise: str) -> None:
    """`as_dict()` carries offsets, ids and reasons; nothing from which the text could be read."""
    found = screen(f"{noise} I want to k1ll mys3lf zebrafinch")

    assert "zebrafinch" not in json.dumps(found.as_dict())
    assert "mys3lf" not in json.dumps(found.as_dict())
    assert "mys3lf" in json.dumps(found.as_dict(words=True))
