"""A rule is a frozen table; what does not hold together is refused."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from human_handoff.rules.rule import NEVER_IDIOM, Rule, Status
from human_handoff.vocabulary import Concern, Qualifier, Urgency
from tests.rulesets import rule


def test_a_rule_reads_as_its_table_says() -> None:
    """Words become the terms of the vocabulary; what is left out has the plainest value."""
    made = rule("t.one", "die", concern="self_injury", urgency="now", subject="other_person")

    assert (made.concern, made.urgency, made.status) == (
        Concern.SELF_INJURY,
        Urgency.NOW,
        Status.TEST,
    )
    assert (made.subject, made.idiom, made.unless, made.all_of) == (
        Qualifier.OTHER_PERSON,
        False,
        (),
        (),
    )
    assert made.reviewed is None


def test_a_rule_is_frozen() -> None:
    """Nobody changes a rule that is in use."""
    with pytest.raises(ValidationError):
        rule("t.one", "die").urgency = Urgency.NONE  # type: ignore[misc]


@pytest.mark.parametrize(
    "name", ["one", "t.", ".t", "T.one", "t one", "t.one\n", "t..one", "t.öne", ""]
)
def test_an_id_is_concern_and_name_in_small_letters(name: str) -> None:
    """Ids are written in logs and ledgers; they hold nothing but plain letters, digits and points."""
    with pytest.raises(ValidationError):
        rule(name, "die")


@pytest.mark.parametrize("concern", sorted(Concern))
def test_laughter_may_lower_any_concern_but_the_three_named(concern: Concern) -> None:
    """An idiom is refused exactly for harm under way, a plan, an overdose."""
    if concern in NEVER_IDIOM:
        with pytest.raises(ValidationError, match=f"laughter never lowers {concern}"):
            rule("t.one", "die", concern=concern, idiom=True)
    else:
        assert rule("t.one", "die", concern=concern, idiom=True).idiom
    assert {"harm_under_way", "suicide_plan", "overdose_or_poisoning"} == NEVER_IDIOM


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "stable without a review": ({"status": "stable"}, "stable needs reviewed"),
    "neither phrases nor parts": ({"phrases": ()}, "write one of phrases, all_of and some_of"),
    "phrases and parts": ({"all_of": ("t.a", "t.b")}, "write one of phrases, all_of and some_of"),
    "one part": ({"phrases": (), "all_of": ("t.a",)}, "all_of and some_of name two or more"),
    "parts with unless": ({"phrases": (), "all_of": ("t.a", "t.b"), "unless": ("x",), "keeps": ("[x]",)}, "unless: a combination takes it only"),
    "parts with a subject": ({"phrases": (), "all_of": ("t.a", "t.b"), "subject": "other_person"}, "take no idiom, subject"),
    "parts with idiom": ({"phrases": (), "all_of": ("t.a", "t.b"), "idiom": True}, "take no idiom"),
    "unless without keeps": ({"unless": ("x",), "keeps": ()}, "keeps: a rule with unless"),
    "a subject that is a qualifier": ({"subject": "past"}, "only other_person is a subject"),
    "no sources": ({"sources": ()}, "sources"),
    "a rationale of a word": ({"rationale": "because"}, "rationale"),
    "a title of a letter": ({"title": "x"}, "title"),
    "a review without a name": ({"reviewed": ("2027-01-15",)}, "reviewed"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "message"), BROKEN.values(), ids=BROKEN)
def test_what_does_not_hold_together_is_refused(fields: dict[str, Any], message: str) -> None:
    """Each contradiction has a message of its own."""
    with pytest.raises(ValidationError, match=message):
        rule("t.one", "die", **fields)


def test_a_reviewed_rule_may_be_stable() -> None:
    """A name and a date are what it takes."""
    made = rule("t.one", "die", status="stable", reviewed=["Dr Example", date(2027, 1, 15)])

    assert made.reviewed == ("Dr Example", date(2027, 1, 15))
    assert isinstance(made, Rule)
