"""From what the rules saw to people."""

import json
import logging
import sys
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from itertools import product
from pathlib import Path
from subprocess import run
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from human_handoff.lines.channel import compact
from human_handoff.lines.directory import LAST_RESORT, Directory
from human_handoff.policy import SUICIDE_OR_SELF_INJURY, Policy
from human_handoff.routing.route import SOONEST_FIRST, NextStep, ReasonCode, Route, RouteItem
from human_handoff.routing.routing import route
from human_handoff.screening import Screening, Unchecked, UncheckedReason
from human_handoff.signals import Qualified, Signal
from human_handoff.vocabulary import Concern, Qualifier, Urgency
from human_handoff.window import Carried, Window

C, U, Q = Concern, Urgency, Qualifier
COUNTRIES = Directory.bundled().countries
NIGHT = datetime(2026, 11, 23, 3, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SCHEMA = json.loads(
    files("human_handoff").joinpath("data/schemas/route.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def signal(concern: Concern, urgency: Urgency, *qualifiers: Qualifier) -> Signal:
    cue = {"cue_id": "canary_cue", "start": 0, "end": 1, "words": "canary words"}
    return Signal(
        rule_id=f"{concern}.canary_rule",
        title="Canary title",
        concern=concern,
        urgency=urgency,
        rule_urgency=urgency,
        qualifiers=tuple(Qualified(qualifier=q, **cue) for q in qualifiers),  # type: ignore[arg-type]
        start=0,
        end=1,
        words="canary words",
    )


def screening(*signals: Signal) -> Screening:
    return Screening(
        urgency=max((s.urgency for s in signals), default=U.NONE), signals=tuple(signals)
    )


def seen(concern: Concern, urgency: Urgency = U.TODAY) -> Screening:
    return screening(signal(concern, urgency))


def ids(items: Any) -> list[str]:
    return [item.id for item in items]


def codes(item: RouteItem) -> set[ReasonCode]:
    return {reason.code for reason in item.because}


def in_chat_or_text(country: str) -> bool:
    lines = Directory.bundled().lines(country)
    return any(way.means == "text" for line in lines for way in line.channels)


urgencies = st.sampled_from([u for u in U if u])
signals = st.builds(
    lambda concern, urgency, qualifiers: signal(concern, urgency, *qualifiers),
    st.sampled_from(C),
    urgencies,
    st.lists(st.sampled_from(Q), max_size=2, unique=True),
)
screenings = st.lists(signals, max_size=4).map(lambda found: screening(*found))
suicidal = st.builds(
    lambda concern, urgency, qualifiers, rest: screening(
        signal(concern, urgency, *qualifiers), *rest
    ),
    st.sampled_from(sorted(SUICIDE_OR_SELF_INJURY)),
    urgencies,
    st.lists(st.sampled_from(Q), max_size=2, unique=True),
    st.lists(signals, max_size=3),
)
words = st.one_of(st.text(max_size=12), st.sampled_from(["US-CA", "GB-SCT", "en", "NO", "de_AT"]))
people: dict[str, st.SearchStrategy[Any]] = {
    "subdivision": st.one_of(st.none(), words, st.sampled_from(["SCT", "ENG", "CT", "ES-CT"])),
    "age": st.one_of(st.none(), st.integers(-5, 120)),
    "audience": st.frozensets(
        st.sampled_from(
            ["youth", "lgbtq", "trans", "men", "women", "veterans", "indigenous", "anything"]
        )
    ),
    "language": st.one_of(st.none(), words, st.sampled_from(["es", "cy", "pt-BR"])),
    "prefer": st.sampled_from(["any", "text", "voice"]),
    "at": st.datetimes(
        min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31), timezones=st.just(UTC)
    ),
    "shown": st.frozensets(
        st.sampled_from(
            [line.id for country in COUNTRIES for line in Directory.bundled().lines(country)]
        ),
        max_size=8,
    ),
}
situations = st.fixed_dictionaries({}, optional=people)


# ---- the law floor ------------------------------------------------------------------------------


@given(found=suicidal, country=st.sampled_from(COUNTRIES), said=situations)
@settings(max_examples=300)
def test_any_suicide_or_self_injury_signal_has_a_general_crisis_line_and_one_to_write_to(
    found: Screening, country: str, said: dict[str, Any]
) -> None:
    """Passive, past, denied or quoted, at any hour and whoever the person is: among the first."""
    made = route(found, region=country, **said)
    first = [item for item in made.first_three if item.kind == "crisis_line"]
    general = {line.id for line in Directory.bundled().lines(country) if "general" in line.audience}

    assert general.intersection(ids(first))
    if in_chat_or_text(country):
        assert any(way.means == "text" for item in first for way in item.ways)


@given(found=screenings, region=words, said=situations)
def test_garbage_for_a_region_never_becomes_a_country(
    found: Screening, region: str, said: dict[str, Any]
) -> None:
    """Without a clear country: international directories, the question, and no number at all."""
    made = route(found, region=f"?{region}", **said)

    assert made.country is None
    assert made.primary.kind == "directory"
    assert made.obligations.ask_region
    assert made.emergency == ()
    assert made.lines == ()
    assert codes(made.primary) == {ReasonCode.REGION_UNKNOWN}


@pytest.mark.parametrize("region", [None, "", "en", "de-at", "es-419", "XX", "United States", "\0"])
def test_an_unknown_region_is_asked_for(region: str | None) -> None:
    """No country is the default, and a language is not a place."""
    made = route(seen(C.SUICIDE_PLAN, U.NOW), region=region)

    assert ids(made.first_three) == [
        "directory-findahelpline.com",
        "directory-befrienders.org",
        "directory-iasp.info",
    ]
    assert made.obligations.ask_region
    assert made.obligations.show_lines


def test_a_country_without_bundled_lines_gets_its_own_page() -> None:
    """The directory opens at that country, and nothing of a neighbour is shown."""
    made = route(seen(C.SUICIDAL_THOUGHTS), region="NO")

    assert made.country == "NO"
    assert made.primary.url == "https://findahelpline.com/countries/no"
    assert codes(made.primary) == {ReasonCode.NO_LINES}
    assert made.obligations.ask_region
    assert made.lines == made.emergency == ()


@given(found=screenings, region=st.one_of(words, st.sampled_from(COUNTRIES)), said=situations)
def test_every_route_has_directories_and_a_first_item_and_fits_the_screen(
    found: Screening, region: str, said: dict[str, Any]
) -> None:
    """Whatever happens there is somebody to reach, and at most three stand in front."""
    made = route(found, region=region, **said)

    assert made.directories
    assert len(made.more) <= 2
    assert len(set(ids((*made.first_three, *made.also)))) == len((*made.first_three, *made.also))
    assert bool(made.emergency) == (made.located_in in COUNTRIES)


# ---- order at NOW -------------------------------------------------------------------------------

EMERGENCY_FIRST = {
    C.HARM_UNDER_WAY,
    C.OVERDOSE_OR_POISONING,
    C.HARM_TO_OTHERS,
    C.PARTNER_OR_FAMILY_VIOLENCE,
    C.SEXUAL_VIOLENCE,
    C.CHILD_OR_DEPENDENT_AT_RISK,
    C.EATING_DISORDER,
    C.SUBSTANCE_USE,
    C.PERINATAL,
    C.PSYCHOSIS,
}


@pytest.mark.parametrize(("concern", "country"), list(product(C, COUNTRIES)))
def test_at_now_the_policy_says_whether_the_emergency_number_comes_first(
    concern: Concern, country: str
) -> None:
    """An ambulance first for what is under way; people who listen first for thoughts and plans."""
    made = route(seen(concern, U.NOW), region=country, at=NOON)
    first = concern in EMERGENCY_FIRST

    assert (Policy.bundled().orders[concern].first == "emergency") is first
    assert made.primary.kind == ("emergency" if first else "crisis_line")
    assert any(item.kind == "crisis_line" for item in made.first_three)
    beside = ReasonCode.EMERGENCY_FIRST if first else ReasonCode.EMERGENCY_BESIDE
    assert all(codes(item) == {beside} for item in made.emergency)


@pytest.mark.parametrize(
    ("country", "concern", "prefer", "expected"),
    [
        ("FR", C.HARM_UNDER_WAY, "any", ["112", "15", "18", "114", "17"]),
        ("FR", C.HARM_UNDER_WAY, "text", ["112", "114", "15", "18", "17"]),
        ("FR", C.PARTNER_OR_FAMILY_VIOLENCE, "any", ["112", "17", "15", "18", "114"]),
        ("DE", C.OVERDOSE_OR_POISONING, "any", ["112", "110"]),
        ("DE", C.SEXUAL_VIOLENCE, "any", ["110", "112"]),
        ("BR", C.PSYCHOSIS, "any", ["192", "193", "190"]),
        ("BR", C.HARM_TO_OTHERS, "any", ["190", "192", "193"]),
        ("ZA", C.SUICIDE_PLAN, "any", ["112", "10177", "10111"]),
    ],
)
def test_police_come_first_only_for_violence_under_way(
    country: str, concern: Concern, prefer: Any, expected: list[str]
) -> None:
    """For everything else they stand last, and a text relay goes ahead for who cannot speak."""
    made = route(seen(concern, U.NOW), region=country, prefer=prefer)

    assert [item.name for item in made.emergency] == expected


def test_violence_with_an_attempt_under_way_is_medical_first() -> None:
    """Where somebody may die the ambulance goes before the police."""
    both = screening(signal(C.HARM_UNDER_WAY, U.NOW), signal(C.PARTNER_OR_FAMILY_VIOLENCE, U.NOW))

    assert route(both, region="BR").primary.name == "192"


@given(found=screenings, country=st.sampled_from(COUNTRIES), said=situations)
def test_police_are_never_the_only_people_in_a_route(
    found: Screening, country: str, said: dict[str, Any]
) -> None:
    """Beside every police number stand others, and it is said that help may be sent."""
    made = route(found, region=country, **said)

    assert any(set(item.services) != {"police"} for item in made.first_three)
    assert all(item.may_dispatch == "yes" for item in made.emergency)


def test_where_only_a_police_number_is_known_it_does_not_lead(tmp_path: Path) -> None:
    """A country file with police alone leaves the directories in front."""
    (tmp_path / "NO.toml").write_text(
        'country = "NO"\n[[emergency]]\nnumber = "112"\nservices = ["police"]\n'
        'confidence = "high"\nsources = [{ ref = "x", family = "y" }]\n',
        encoding="utf-8",
    )
    norway = Directory.load(tmp_path)
    made = route(seen(C.PARTNER_OR_FAMILY_VIOLENCE, U.NOW), region="NO", directory=norway)

    assert made.primary.kind == "directory"
    assert [item.name for item in made.emergency] == ["112"]


def test_where_only_emergency_numbers_are_known_the_directories_stand_beside(
    tmp_path: Path,
) -> None:
    """An ambulance first, directories next, and the region is asked for."""
    (tmp_path / "NO.toml").write_text(
        'country = "NO"\n[[emergency]]\nnumber = "113"\nservices = ["ambulance"]\n'
        'confidence = "high"\nsources = [{ ref = "x", family = "y" }]\n',
        encoding="utf-8",
    )
    norway = Directory.load(tmp_path)
    made = route(seen(C.HARM_UNDER_WAY, U.NOW), region="NO", directory=norway)

    assert [item.kind for item in made.first_three] == ["emergency", "directory", "directory"]
    assert made.obligations.ask_region


# ---- which lines --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "concern", "said", "expected"),
    [
        ("US", C.SUICIDAL_THOUGHTS, {}, ["us-988", "us-crisis-text-line"]),
        ("GB", C.SUICIDAL_THOUGHTS, {}, ["gb-samaritans", "gb-shout", "gb-calm"]),
        ("IE", C.SUICIDAL_THOUGHTS, {}, ["ie-samaritans", "ie-pieta", "ie-text50808"]),
        ("IE", C.SELF_INJURY, {}, ["ie-pieta", "ie-samaritans", "ie-text50808"]),
        ("IN", C.SUICIDAL_THOUGHTS, {}, ["in-tele-manas", "in-vandrevala", "in-icall"]),
        (
            "US",
            C.SUICIDAL_THOUGHTS,
            {"audience": {"veterans"}},
            ["us-veterans-crisis-line", "us-988", "us-crisis-text-line"],
        ),
        (
            "US",
            C.SUICIDAL_THOUGHTS,
            {"audience": {"lgbtq"}, "age": 16},
            ["us-trevor", "us-988", "us-crisis-text-line"],
        ),
        (
            "GB",
            C.SUICIDAL_THOUGHTS,
            {"age": 16},
            ["gb-papyrus", "gb-samaritans", "gb-childline"],
        ),
        (
            "CA",
            C.WISH_TO_BE_DEAD,
            {"audience": {"indigenous"}},
            ["ca-hope-for-wellness", "ca-988"],
        ),
        ("AU", C.EATING_DISORDER, {}, ["au-butterfly", "au-lifeline", "au-beyondblue"]),
        (
            "IE",
            C.PARTNER_OR_FAMILY_VIOLENCE,
            {},
            ["ie-womens-aid", "ie-samaritans", "ie-text50808"],
        ),
        ("US", C.PERINATAL, {}, ["us-maternal", "us-988", "us-crisis-text-line"]),
        ("US", C.SUBSTANCE_USE, {}, ["us-samhsa", "us-988", "us-crisis-text-line"]),
        ("ZA", C.CHILD_OR_DEPENDENT_AT_RISK, {}, ["za-childline", "za-sadag-suicide", "za-gbvcc"]),
        ("GB", C.SUICIDAL_THOUGHTS, {"prefer": "text"}, ["gb-shout", "gb-samaritans", "gb-calm"]),
        ("FR", C.ISOLATION, {"prefer": "text"}, ["fr-sos-amitie", "fr-3114"]),
        ("GB", C.SUICIDAL_THOUGHTS, {"language": "cy"}, ["gb-samaritans", "gb-shout", "gb-calm"]),
    ],
)
def test_lines_fit_the_concern_and_the_person(
    country: str, concern: Concern, said: dict[str, Any], expected: list[str]
) -> None:
    """The best for the words and for who the person is, the general line among them."""
    assert ids(route(seen(concern), region=country, at=NOON, **said).first_three) == expected


@given(found=screenings, country=st.sampled_from(COUNTRIES), said=situations)
def test_every_matched_concern_keeps_a_line_that_answers_it(
    found: Screening, country: str, said: dict[str, Any]
) -> None:
    """However many concerns match, none loses its line to another; it may be folded away."""
    made = route(found, region=country, **said)
    alone = {c: route(seen(c), region=country, **said) for c in found.concerns}

    answered = {reason.concern for item in made.lines for reason in item.because}
    for concern, other in alone.items():
        if any(ReasonCode.CONCERN in codes(item) for item in other.lines):
            assert concern in answered


@given(country=st.sampled_from(COUNTRIES), concern=st.sampled_from(C), at=people["at"])
def test_nobody_is_taken_for_what_they_did_not_say(
    country: str, concern: Concern, at: datetime
) -> None:
    """Lines for the young, for veterans or for LGBTQ people appear only when the host says so.

    But for a child at risk: the writer may be that child.
    """
    made = route(seen(concern), region=country, at=at)

    for item in made.lines:
        audience = set(Directory.bundled().line(item.id).audience)
        who = audience & {"youth", "lgbtq", "men", "women", "veterans", "indigenous"}
        childs_line = concern is C.CHILD_OR_DEPENDENT_AT_RISK and bool(
            audience & {"child_abuse", "youth"}
        )
        assert "general" in audience or not who or childs_line, item.id


@given(country=st.sampled_from(COUNTRIES), concern=st.sampled_from(C), age=st.integers(0, 110))
def test_a_line_with_an_age_limit_is_not_offered_outside_it(
    country: str, concern: Concern, age: int
) -> None:
    """Someone of forty is not sent to a line for the young."""
    made = route(seen(concern), region=country, age=age, audience={"youth", "lgbtq"})

    assert all(Directory.bundled().line(item.id).suits(age) for item in made.lines)


def test_an_adult_line_is_not_for_a_child_and_a_line_under_35_is_for_someone_of_30() -> None:
    """Limits are those the lines state, not those of the law."""
    child = route(seen(C.SEXUAL_VIOLENCE), region="GB", age=12)
    thirty = route(seen(C.SUICIDAL_THOUGHTS), region="GB", age=30)

    assert "gb-rape-crisis" not in ids(child.lines)
    assert "gb-papyrus" in ids(thirty.lines)


def test_a_closed_line_never_stands_first_while_another_answers() -> None:
    """At three at night the general line leads, and the special one follows with its hours."""
    night = route(seen(C.EATING_DISORDER, U.SOON), region="GB", at=NIGHT)
    noon = route(seen(C.EATING_DISORDER, U.SOON), region="GB", at=NIGHT.replace(hour=16))

    assert ids(night.first_three)[:2] == ["gb-samaritans", "gb-beat"]
    assert (night.more[0].open, night.more[0].ways[0].hours) == (
        False,
        "mon-fri 15:00-20:00 (Europe/London)",
    )
    assert noon.primary.id == "gb-beat"


@given(found=screenings, country=st.sampled_from(COUNTRIES), said=situations)
def test_what_leads_is_open_whenever_anything_in_front_is(
    found: Screening, country: str, said: dict[str, Any]
) -> None:
    """Open now, before unknown, before closed, by the means the person asked for."""
    made = route(found, region=country, **said)
    front = [item for item in made.first_three if item.kind == "crisis_line"]
    wanted = said.get("prefer", "any")

    def answers(item: RouteItem) -> bool:
        return any(way.open and wanted in {"any", way.means} for way in item.ways)

    assert answers(front[0]) or not any(map(answers, front))


def test_the_soonest_concern_keeps_its_line_in_front_beside_the_law_floor() -> None:
    """Violence now and thoughts of suicide: ambulance, the violence line, one to write to."""
    both = screening(
        signal(C.PARTNER_OR_FAMILY_VIOLENCE, U.NOW), signal(C.SUICIDAL_THOUGHTS, U.TODAY)
    )
    made = route(both, region="GB-ENG", at=NOON)

    assert ids(made.first_three) == ["gb-emergency-999", "gb-ndah", "gb-shout"]
    assert "gb-samaritans" in ids(made.also)


@pytest.mark.parametrize(
    ("region", "subdivision", "place"),
    [
        ("GB-ENG", None, 0),
        ("GB", "ENG", 0),
        ("GB", "GB-ENG", 0),
        ("gb", " eng ", 0),
        ("GB-SCT", None, None),
        ("GB", "SCT", None),
        ("GB-SCT", "FR-IDF", None),
        ("GB", None, 2),
        ("GB", "!", 2),
    ],
)
def test_a_line_of_one_part_of_a_country_is_for_people_there(
    region: str, subdivision: str | None, place: int | None
) -> None:
    """First where the person is known to be there; last of three, with its part named, when unknown."""
    made = route(
        seen(C.PARTNER_OR_FAMILY_VIOLENCE), region=region, subdivision=subdivision, at=NOON
    )
    found = [number for number, item in enumerate(made.first_three) if item.id == "gb-ndah"]

    assert found == ([] if place is None else [place])
    assert "gb-ndah" not in ids(made.also)
    if place == 2:
        assert made.more[1].subdivision == "GB-ENG"
        assert ReasonCode.SUBDIVISION_UNKNOWN in codes(made.more[1])


def test_a_childs_line_is_there_when_a_child_is_at_risk_and_nobody_said_how_old_the_writer_is() -> (
    None
):
    """Whoever writes that a child is in danger may be that child; a stated adult age says otherwise."""
    child = seen(C.CHILD_OR_DEPENDENT_AT_RISK)

    unknown = route(child, region="AU", at=NOON)
    adult = route(child, region="AU", at=NOON, age=40)

    assert "au-kidshelpline" in ids(unknown.first_three)
    assert "au-lifeline" in ids(unknown.first_three)
    assert "au-kidshelpline" not in ids((*adult.first_three, *adult.also))


def test_at_now_a_crisis_line_leads_and_the_emergency_number_stands_beside_it() -> None:
    """For suicide the crisis line comes first, the emergency number second, never out of sight."""
    for region, first, second in [
        ("US", "us-988", "us-emergency-911"),
        ("GB", "gb-samaritans", "gb-emergency-999"),
        ("FR", "fr-3114", "fr-emergency-112"),
    ]:
        made = route(seen(C.SUICIDE_PLAN, U.NOW), region=region, at=NOON)

        assert ids(made.first_three)[:2] == [first, second]
        assert ReasonCode.EMERGENCY_BESIDE in codes(made.more[0])


def test_lines_shown_before_go_behind_equally_good_ones() -> None:
    """Showing the same line again is not a next step; the law floor holds all the same."""
    again = route(seen(C.SUICIDAL_THOUGHTS), region="GB", at=NOON, shown=("gb-samaritans",))
    special = route(seen(C.EATING_DISORDER), region="AU", at=NOON, shown=("au-butterfly",))

    assert ids(again.first_three)[:2] == ["gb-shout", "gb-samaritans"]
    assert ReasonCode.ALREADY_SHOWN in codes(again.more[0])
    assert special.primary.id == "au-butterfly", "nothing else is equally good"


# ---- where the person is ------------------------------------------------------------------------


@given(
    found=screenings,
    region=st.sampled_from([*COUNTRIES, "NO", "nowhere"]),
    located_in=st.sampled_from([*COUNTRIES, "NO", "nowhere", None]),
    said=situations,
)
def test_nothing_is_offered_that_does_not_work_from_where_the_person_is(
    found: Screening, region: str, located_in: str | None, said: dict[str, Any]
) -> None:
    """A short code or national number of another country might reach somebody else."""
    made = route(found, region=region, located_in=located_in, **said)

    for item in made.lines:
        line = Directory.bundled().line(item.id)
        assert line.country in {made.country, made.located_in}
        reached = {c.uri for c in line.channels if c.dialable(made.located_in)}
        assert {way.uri for way in item.ways} == reached
    assert {item.country for item in made.emergency} <= {made.located_in}


@pytest.mark.parametrize(
    ("region", "located_in", "first", "emergency"),
    [
        ("US", "FR", ["us-988", "fr-3114", "fr-sos-amitie"], "112"),
        ("IE", "US", ["us-988", "us-crisis-text-line"], "911"),
        (None, "NZ", ["nz-lifeline", "nz-tautoko", "nz-1737"], "111"),
        ("NO", "NZ", ["nz-lifeline", "nz-tautoko", "nz-1737"], "111"),
        ("NZ", "somewhere", ["nz-lifeline", "nz-tautoko", "nz-1737"], "111"),
    ],
)
def test_abroad_the_emergency_number_is_that_of_the_place(
    region: str | None, located_in: str, first: list[str], emergency: str
) -> None:
    """Home lines as far as they can be reached, the lines of the place, and its ambulance."""
    made = route(seen(C.SUICIDAL_THOUGHTS), region=region, located_in=located_in, at=NOON)

    assert ids(made.first_three) == first
    assert made.emergency[0].name == emergency


def test_abroad_only_the_ways_that_work_there_are_left() -> None:
    """988 cannot be dialled or texted from France; its chat can be opened."""
    made = route(seen(C.SUICIDAL_THOUGHTS), region="US", located_in="FR")

    assert [way.kind for way in made.primary.ways] == ["chat"]
    assert ReasonCode.WHERE_THE_PERSON_IS in codes(made.more[0])


def test_abroad_in_a_country_without_lines_no_number_of_home_is_shown() -> None:
    """Where nothing can be dialled the directories of that country remain."""
    made = route(seen(C.SUICIDE_PLAN, U.NOW), region="IE", located_in="NO")

    assert made.primary.url == "https://findahelpline.com/countries/no"
    assert made.emergency == ()


# ---- obligations --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (screening(), (False, False, False, False, "no_hurry")),
        (seen(C.SUICIDE_PLAN, U.NOW), (True, True, True, True, "minutes")),
        (seen(C.SUICIDAL_THOUGHTS, U.TODAY), (True, True, True, True, "hours")),
        (seen(C.SUICIDAL_THOUGHTS, U.OPEN_DOOR), (True, False, False, True, "no_hurry")),
        (seen(C.EATING_DISORDER, U.SOON), (True, False, False, False, "days")),
        (seen(C.ASKS_FOR_A_PERSON, U.SOON), (True, False, True, False, "days")),
        (seen(C.ISOLATION, U.OPEN_DOOR), (False, False, False, False, "no_hurry")),
    ],
)
def test_obligations_are_those_of_the_policy(
    found: Screening, expected: tuple[bool, bool, bool, bool, str]
) -> None:
    """What the host owes is a row of data, not a judgement in code."""
    owed = route(found, region="NZ").obligations

    assert expected == (
        owed.show_lines,
        owed.hold_replies,
        owed.open_handoff,
        owed.interrupt_advised,
        owed.reach_within,
    )


@given(found=screenings, more=signals, region=st.sampled_from([*COUNTRIES, "nowhere"]))
def test_a_further_signal_never_loosens_an_obligation(
    found: Screening, more: Signal, region: str
) -> None:
    """The strictest over all signals counts."""
    before = route(found, region=region).obligations
    after = route(screening(*found.signals, more), region=region).obligations

    for duty in ("show_lines", "hold_replies", "open_handoff", "interrupt_advised"):
        assert getattr(after, duty) >= getattr(before, duty)
    order = SOONEST_FIRST.index
    assert order(after.reach_within) <= order(before.reach_within)


@pytest.mark.parametrize(
    ("reason", "held"),
    [
        (UncheckedReason.FAULT, True),
        (UncheckedReason.TOO_LONG, True),
        (UncheckedReason.LANGUAGE_UNKNOWN, False),
        (UncheckedReason.LANGUAGE_DOUBTFUL, False),
    ],
)
def test_what_could_not_be_checked_holds_the_reply_and_shows_the_lines(
    reason: UncheckedReason, held: bool
) -> None:
    """A text nobody read is never "nothing"; another language gets the standing route."""
    made = route(Screening(unchecked=(Unchecked(reason=reason),)), region="DE")

    assert made.obligations.hold_replies is held
    assert made.obligations.show_lines is held
    assert made.primary.id == "de-telefonseelsorge"
    assert ReasonCode.STANDING in codes(made.primary)


# ---- what is carried from earlier turns ------------------------------------------------------------


def carrying(
    concern: Concern, urgency: Urgency = U.TODAY, *, retracts: bool = False, other: bool = False
) -> Screening:
    """A turn that says nothing itself, after one that did."""
    what = Carried(concern=concern, urgency=urgency, other_person=other, last_heard=NOON)
    return Screening(urgency=urgency, carried=(what,), window=Window(turns=2, retracts=retracts))


@pytest.mark.parametrize(("concern", "urgency"), list(product(C, [u for u in U if u])))
def test_what_is_carried_owes_lines_and_a_handoff_and_holds_no_reply_by_itself(
    concern: Concern, urgency: Urgency
) -> None:
    """A benign turn keeps what a human owes the person; that a bot stays quiet over turns is the work of a hold."""
    duty = Policy.bundled().duty(concern, urgency)
    owed = route(carrying(concern, urgency), region="GB").obligations

    assert (owed.show_lines, owed.open_handoff, owed.reach_within) == (duty.show_lines, duty.open_handoff, duty.reach_within)  # fmt: skip
    assert (owed.hold_replies, owed.interrupt_advised) == (False, False)


@pytest.mark.parametrize(("concern", "urgency"), list(product(C, [u for u in U if u])))
def test_a_turn_that_takes_it_back_owes_all_that_was_owed(
    concern: Concern, urgency: Urgency
) -> None:
    """`jk` is not permission: the reply is held as it was when it was said."""
    taken_back = route(carrying(concern, urgency, retracts=True), region="GB").obligations

    assert taken_back == route(seen(concern, urgency), region="GB").obligations


@given(found=screenings, more=signals, region=st.sampled_from([*COUNTRIES, "nowhere"]))
def test_what_is_carried_beside_what_is_said_loosens_nothing(
    found: Screening, more: Signal, region: str
) -> None:
    """Its duties come on top of those of this turn, and its concern keeps a line."""
    what = Carried(
        concern=more.concern, urgency=more.urgency, other_person=more.other_person, last_heard=NOON
    )
    both = replace(found, carried=(what,), urgency=max(found.urgency, what.urgency))
    before, after = route(found, region=region).obligations, route(both, region=region).obligations

    for duty in ("show_lines", "hold_replies", "open_handoff", "interrupt_advised"):
        assert getattr(after, duty) >= getattr(before, duty)
    assert SOONEST_FIRST.index(after.reach_within) <= SOONEST_FIRST.index(before.reach_within)
    alone = route(carrying(more.concern, more.urgency), region=region)
    assert {i.id for i in route(both, region=region).lines} >= {i.id for i in alone.lines[:1]}


def test_a_helper_is_one_as_long_as_nothing_was_the_writers_own() -> None:
    """What is carried counts in that, too."""
    other = signal(C.SUICIDAL_THOUGHTS, U.TODAY, Q.OTHER_PERSON)
    for is_other in (True, False):
        before = carrying(C.WISH_TO_BE_DEAD, other=is_other)
        assert route(replace(before, signals=(other,)), region="GB").helper is is_other


# ---- the next step -------------------------------------------------------------------------------


@given(
    found=screenings,
    country=st.sampled_from([*COUNTRIES, "nowhere"]),
    data=st.data(),
)
def test_the_next_step_is_what_was_not_shown_yet(
    found: Screening, country: str, data: st.DataObject
) -> None:
    """Lines as they stand, then one of the three that is new, then a person of the host's own."""
    known = [i.id for i in route(found, region=country, at=NOON).first_three]
    shown = data.draw(st.sets(st.sampled_from([*known, "another-line"])))
    way = route(found, region=country, shown=shown, at=NOON)
    lines = [i for i in way.first_three if i.kind == "crisis_line"]
    fresh = [i for i in lines if i.id not in shown]

    assert [i.was_shown for i in lines] == [i.id in shown for i in lines]
    if not lines or lines[0] in fresh:
        assert (way.next_step, way.next_line) == (NextStep.SHOW_LINES, way.primary)
    elif fresh:
        assert (way.next_step, way.next_line) == (NextStep.SHOW_ANOTHER, fresh[0])
    else:
        assert (way.next_step, way.next_line) == (NextStep.BRING_A_PERSON, way.primary)
    assert way.as_dict()["next_step"] == way.next_step


def shown_all(found: Screening) -> Route:
    """The route of somebody who saw everything that could stand in front."""
    everything = [line.id for line in Directory.bundled().lines("GB")]
    return route(found, region="GB", shown=everything, at=NOON)


@pytest.mark.parametrize(("concern", "urgency"), list(product(C, [u for u in U if u])))
def test_somebody_who_saw_all_the_lines_and_is_back_is_owed_a_person(
    concern: Concern, urgency: Urgency
) -> None:
    """Where lines are owed, showing them again is no help: a handoff is. Else nothing changes."""
    first, again = route(seen(concern, urgency), region="GB"), shown_all(seen(concern, urgency))

    assert again.next_step is NextStep.BRING_A_PERSON
    assert again.obligations.open_handoff is (
        first.obligations.open_handoff or first.obligations.show_lines
    )
    assert again.obligations.hold_replies is first.obligations.hold_replies


def test_nobody_is_brought_where_nothing_was_said() -> None:
    """The standing lines may have been seen a hundred times."""
    again = shown_all(Screening())

    assert again.next_step is NextStep.BRING_A_PERSON
    assert not again.obligations.open_handoff


def test_what_was_shown_changes_no_line_only_their_order() -> None:
    """The same people stand in the route, whatever was seen before."""
    for concern in C:
        first, again = route(seen(concern), region="US", at=NOON), route(seen(concern), region="US", at=NOON, shown=[i.id for i in route(seen(concern), region="US", at=NOON).first_three])  # fmt: skip
        assert {i.id for i in first.lines} == {i.id for i in again.lines}


def test_without_signals_the_standing_route_names_people_all_the_same() -> None:
    """ "No rule matched" says nothing about the person; the way to a person stays."""
    made = route(screening(), region="GB")

    assert made.primary.id == "gb-samaritans"
    assert codes(made.primary) == {ReasonCode.STANDING, ReasonCode.GENERAL}
    assert not made.obligations.show_lines


def test_words_about_someone_else_route_to_help_for_the_one_who_worries() -> None:
    """The lines are the same; the host learns whom they are for."""
    other = signal(C.SUICIDE_PLAN, U.NOW, Q.OTHER_PERSON)
    about_other = route(screening(other), region="US")
    both = route(screening(other, signal(C.HOPELESSNESS, U.SOON)), region="US")

    assert about_other.helper
    assert ReasonCode.HELPER in codes(about_other.primary)
    assert not both.helper
    assert not route(screening(), region="US").helper


# ---- what a route is ----------------------------------------------------------------------------


@given(
    found=screenings,
    region=st.one_of(words, st.sampled_from(COUNTRIES)),
    located_in=st.one_of(st.none(), words),
    said=situations,
)
def test_every_route_follows_the_published_schema(
    found: Screening, region: str, located_in: str | None, said: dict[str, Any]
) -> None:
    """What leaves as JSON is what the schema says, field by field."""
    made = route(found, region=region, located_in=located_in, **said).as_dict()

    VALIDATOR.validate(json.loads(json.dumps(made)))


def test_the_published_schema_is_itself_valid() -> None:
    """A schema nobody can read proves nothing."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@given(found=screenings, region=st.sampled_from([*COUNTRIES, "nowhere"]), said=situations)
def test_what_a_person_may_see_holds_no_concern_rule_or_reason(
    found: Screening, region: str, said: dict[str, Any]
) -> None:
    """Names, numbers, hours and links; the host's screen cannot give away what was matched."""
    seen_by_person = route(found, region=region, **said).for_person()
    text = json.dumps(seen_by_person)
    item = {"name", "local_name", "url", "services", "subdivision", "may_dispatch", "ways"}
    way = {"kind", "display", "uri", "post_dial", "keyword", "note", "hours", "open"}

    assert "canary" not in text.lower()
    groups = [[seen_by_person.pop("primary")], *seen_by_person.values()]
    for shown in (entry for group in groups for entry in group):
        assert shown.keys() == item
        assert all(one.keys() == way for one in shown["ways"])


@given(found=screenings, region=st.sampled_from(COUNTRIES), said=situations)
def test_a_route_carries_no_word_of_the_person(
    found: Screening, region: str, said: dict[str, Any]
) -> None:
    """Neither as JSON, nor in its repr, nor when words are asked for."""
    made = route(found, region=region, **said)

    assert "canary" not in (repr(made) + json.dumps(made.as_dict(words=True))).lower()


@given(found=screenings, region=st.sampled_from(COUNTRIES), said=situations)
def test_the_same_question_has_the_same_answer(
    found: Screening, region: str, said: dict[str, Any]
) -> None:
    """No order of signals, of a set or of a run changes a route."""
    said = {"at": NOON} | said
    backwards = screening(*reversed(found.signals))

    assert route(found, region=region, **said) == route(backwards, region=region, **said)


def test_the_age_of_the_evidence_stands_on_every_line() -> None:
    """The newest source's own date, its resolution, and the days since."""
    made = route(seen(C.PERINATAL), region="US", at=NOON)

    assert made.primary.id == "us-maternal"
    assert made.primary.newest_source == "2023-08"
    assert made.primary.newest_source_approximate
    assert made.primary.age_days == 1210


def test_a_link_dials_the_number_that_is_shown() -> None:
    """In every bundled route."""
    for country, concern in product(COUNTRIES, C):
        for item in route(seen(concern, U.NOW), region=country).first_three:
            for way in item.ways:
                if way.kind != "chat" and not way.uri.startswith("https://wa.me/"):
                    assert compact(way.display) in way.uri


def test_routing_loads_no_phone_metadata_and_no_structlog() -> None:
    """Import and call stay light."""
    code = (
        "import sys; from human_handoff.routing.routing import route;"
        "from human_handoff.screening import Screening; route(Screening(), region='US');"
        "sys.exit(bool({'phonenumbers', 'structlog'} & set(sys.modules)))"
    )

    assert run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603


# ---- an error never costs a person the human ----------------------------------------------------


@given(
    anything=st.fixed_dictionaries(
        {},
        optional={
            "located_in": st.one_of(st.text(), st.integers()),
            "subdivision": st.one_of(st.text(), st.binary()),
            "age": st.one_of(st.booleans(), st.floats(), st.text()),
            "audience": st.one_of(st.text(), st.integers(), st.lists(st.integers())),
            "language": st.one_of(st.text(), st.integers()),
            "prefer": st.one_of(st.text(), st.integers()),
            "shown": st.one_of(st.text(), st.none(), st.lists(st.text())),
            "at": st.one_of(st.datetimes(), st.text(), st.integers()),
        },
    ),
    region=st.one_of(st.text(), st.integers(), st.sampled_from(COUNTRIES)),
)
def test_nothing_a_host_says_of_a_person_makes_it_raise(
    anything: dict[str, Any], region: Any
) -> None:
    """What cannot be read counts as not said."""
    made = route(seen(C.SUICIDAL_THOUGHTS), region=region, **anything)

    assert isinstance(made, Route)
    assert ReasonCode.FAULT not in codes(made.primary)


def test_a_time_without_a_zone_makes_hours_unknown_and_is_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The person still gets lines; those that never close are still open."""
    with caplog.at_level(logging.WARNING, logger="human_handoff"):
        made = route(seen(C.EATING_DISORDER), region="GB", at=datetime(2026, 11, 23, 3))

    assert {item.id: item.open for item in made.lines} == {
        "gb-samaritans": True,
        "gb-shout": True,
        "gb-beat": None,
        "gb-calm": None,
    }
    assert "routing.time_unusable" in caplog.text


class Broken(Directory):
    """A directory whose lines cannot be read."""

    def lines(self, country: str) -> Any:
        """Break in the middle of a route."""
        raise RuntimeError("canary words")


class Ruined(Broken):
    """A directory of which nothing can be read."""

    def emergency(self, country: str) -> Any:
        """Break even in what should remain."""
        raise RuntimeError("canary words")


def broken(kind: type[Directory]) -> Directory:
    whole = Directory.bundled()
    return kind(digest="", shelves=whole.shelves, international=whole.international)


@pytest.mark.parametrize("kind", [Broken, Ruined])
def test_a_fault_inside_leaves_emergency_numbers_and_directories(
    kind: type[Directory], caplog: pytest.LogCaptureFixture
) -> None:
    """No exception reaches the person's screen, the duties stand, and somebody is told."""
    with caplog.at_level(logging.ERROR, logger="human_handoff"):
        made = route(seen(C.SUICIDE_PLAN, U.NOW), region="FR", directory=broken(kind))

    assert codes(made.primary) == {ReasonCode.FAULT}
    assert {item.name for item in made.emergency} == {"112", "15", "17", "18", "114"}
    assert made.directories[0].url == "https://findahelpline.com/countries/fr"
    assert made.obligations.open_handoff
    assert made.obligations.show_lines
    assert "routing.failed" in caplog.text
    assert "canary" not in caplog.text
    VALIDATOR.validate(made.as_dict())


def test_when_even_the_data_is_gone_one_address_and_the_strictest_duties_remain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last resort is in code."""

    def gone(*_: object) -> Any:
        raise OSError

    monkeypatch.setattr(Directory, "bundled", staticmethod(gone))
    monkeypatch.setattr(Policy, "bundled", classmethod(gone))
    monkeypatch.setattr("human_handoff.routing.situation.parse_region", gone)
    made = route(seen(C.SUICIDAL_THOUGHTS), region="US")

    assert made.primary.url == LAST_RESORT.url
    assert made.obligations.hold_replies
    assert made.obligations.open_handoff
    assert made.obligations.reach_within == "minutes"


def test_what_is_no_screening_is_a_type_error() -> None:
    """A wiring mistake shows at the first call, whoever the person is."""
    with pytest.raises(TypeError, match="screening must be a Screening, not str"):
        route("I want to die", region="US")  # type: ignore[arg-type]


def test_a_roster_is_refused_until_there_is_one() -> None:
    """Nobody believes that a clinician is being told."""
    with pytest.raises(TypeError, match="roster must be None"):
        route(screening(), region="US", roster=object())  # type: ignore[arg-type]


def test_a_line_of_low_confidence_or_out_of_service_is_never_offered() -> None:
    """A host's file may hold them as candidates; a person never meets them."""
    whole = Directory.bundled()
    shelf = next(row for row in whole.shelves if row.country == "BR")
    for update in ({"confidence": "low"}, {"status": "closed"}, {"status": "suspended"}):
        lines = tuple(line.model_copy(update=update) for line in shelf.lines)
        directory = replace(whole, shelves=(replace(shelf, lines=lines),))
        made = route(seen(C.SUICIDAL_THOUGHTS), region="BR", directory=directory)

        assert made.lines == ()
        assert made.primary.kind == "directory"
        assert made.emergency
