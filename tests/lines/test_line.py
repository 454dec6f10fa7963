"""One line: its numbers, its links, its age."""

import re
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from human_handoff.errors import LineError
from human_handoff.lines.channel import LineChannel, PhoneE164, PhoneShort, Sms, WhatsApp
from human_handoff.lines.line import CrisisLine, EmergencyNumber, InternationalDirectory
from human_handoff.lines.rows import read_row

CHANNEL: TypeAdapter[Any] = TypeAdapter(LineChannel)
LINE: dict[str, Any] = {
    "id": "nz-example",
    "name": "An example",
    "country": "NZ",
    "topics": ["crisis"],
    "audience": ["general"],
    "channels": [{"kind": "phone_short", "number": "1737", "dialable_from": ["NZ"]}],
    "url": "https://example.org",
    "sources": [{"ref": "https://example.org", "family": "own page"}],
    "newest_source": "2026-08",
    "accessed": date(2026, 11, 23),
    "confidence": "high",
}

groups = st.lists(st.from_regex(r"[0-9]{1,4}", fullmatch=True), min_size=2, max_size=5)


def digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", unquote(text))


def channel(kind: str, number: str, **more: Any) -> Any:
    reach = {} if number.startswith("+") else {"dialable_from": ("NZ",)}
    return CHANNEL.validate_python({"kind": kind, "number": number, **reach, **more})


@pytest.mark.parametrize(
    ("kind", "number", "uri"),
    [
        ("phone_short", "988", "tel:988"),
        ("phone_short", "116 123", "tel:116123"),
        ("phone_short", "*4141", "tel:%2A4141"),
        ("phone_short", "#8008", "tel:%238008"),
        ("phone_national", "0800 22 55 530", "tel:08002255530"),
        ("phone_national", "0800 40 40 020", "tel:08004040020"),
        ("phone_national", "0800 688 5463", "tel:08006885463"),
        ("phone_national", "0570-064-556", "tel:0570064556"),
        ("phone_e164", "+353 1 210 7906", "tel:+35312107906"),
        ("sms", "85258", "sms:85258"),
        ("whatsapp", "+27 87 163 2030", "https://wa.me/27871632030"),
    ],
)
def test_the_link_dials_what_the_screen_shows(kind: str, number: str, uri: str) -> None:
    """Elsewhere 0800 22 55 530 is shown and 0800225530 dialled; here one makes the other."""
    found = channel(kind, number)

    assert found.uri == uri
    assert digits(found.display) == digits(found.uri)


@given(groups=groups, joint=st.sampled_from([" ", "-"]))
def test_no_digit_is_lost_or_added_between_screen_and_link(groups: list[str], joint: str) -> None:
    """However a number is grouped for reading, the same digits are dialled."""
    number = joint.join(groups)
    for kind, text in (("phone_national", number), ("phone_e164", f"+1{number}"), ("sms", number)):
        try:
            found = channel(kind, text)
        except ValidationError:
            continue
        assert digits(found.display) == digits(found.uri) == digits(text)


def test_a_keyword_is_in_the_text_message_but_not_sent() -> None:
    """The link opens a message with the keyword; the person sends it."""
    assert channel("sms", "741741", keyword="HOME NOW").uri == "sms:741741?body=HOME%20NOW"


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("phone_short", "+988"),
        ("phone_short", "+33 3114"),
        ("phone_short", "0800 1111 2"),
        ("phone_short", "1"),
        ("phone_e164", "988"),
        ("phone_e164", "+82109"),
        ("phone_e164", "0800 1111"),
        ("phone_national", "+44 800 1111"),
        ("phone_national", "988"),
        ("phone_national", "1-800-HOPE"),
        ("phone_national", "0800 1111 "),
        ("phone_national", "٠٨٠٠ ١١١١"),
        ("sms", "+741741"),
        ("sms", "HOME"),
        ("whatsapp", "0871632030"),
    ],
)
def test_a_number_of_another_kind_is_refused(kind: str, number: str) -> None:
    """A short code never has an international form, and a national number never poses as one."""
    with pytest.raises(ValidationError, match="is not"):
        CHANNEL.validate_python({"kind": kind, "number": number, "dialable_from": ("NZ",)})


def test_a_short_code_is_dialable_only_where_it_belongs() -> None:
    """The same digits reach somebody else elsewhere, and an unknown place is no place."""
    short = PhoneShort(kind="phone_short", number="988", dialable_from=("US",))

    assert [short.dialable(place) for place in ("US", "CA", None)] == [True, False, False]


def test_full_numbers_and_pages_are_dialable_from_anywhere() -> None:
    """Abroad, a person still has these."""
    ways = (
        PhoneE164(kind="phone_e164", number="+353 1 210 7906"),
        Sms(kind="sms", number="+61 477 13 11 14"),
        WhatsApp(kind="whatsapp", number="+27 87 163 2030"),
        CHANNEL.validate_python({"kind": "chat", "url": "https://example.org/chat"}),
    )

    assert all(way.dialable(place) for way in ways for place in ("US", "NZ", None))


@pytest.mark.parametrize(
    "channel",
    [
        {"kind": "phone_short", "number": "988"},
        {"kind": "phone_short", "number": "988", "dialable_from": ()},
        {"kind": "sms", "number": "85258"},
        {"kind": "sms", "number": "+61 477 13 11 14", "dialable_from": ("AU",)},
        {"kind": "phone_e164", "number": "+353 1 210 7906", "uri": "tel:+353"},
        {"kind": "chat", "url": "javascript:alert(1)"},
        {"kind": "chat", "url": "https://user@example.org/"},
        {"kind": "fax", "number": "988"},
    ],
)
def test_a_channel_that_hides_where_it_works_is_refused(channel: dict[str, Any]) -> None:
    """Local numbers say from where; links are never stored; only web addresses are addresses."""
    with pytest.raises(ValidationError):
        CHANNEL.validate_python(channel)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"channels": [{"kind": "phone_e164", "number": "+988"}]},
            r"lines/NZ.toml: line 'nz-example': channel 1: number: '\+988': "
            r"is not an international number such as",
        ),
        ({"topics": ["suicid"]}, r"nz-example': topic 1: 'suicid': .*'suicide'"),
        ({"sources": []}, r"nz-example': sources: \(\): .* at least 1"),
        ({"sources": [{"ref": "x"}]}, r"nz-example': source 1: family: Field required"),
        ({"phone": "988"}, r"nz-example': phone: '988': Extra inputs are not permitted"),
        ({"subdivision": "GB-SCT"}, "subdivision GB-SCT does not lie in NZ"),
        ({"min_age": 25, "max_age": 12}, "min_age 25 is above max_age 12"),
        ({"newest_source": "summer"}, "'summer': is neither a date"),
        ({"id": "NZ Example"}, "'NZ Example': is not an id such as nz-1737"),
        ({"name": True}, "name: True: Input should be a valid string"),
    ],
)
def test_an_error_names_the_place_and_the_remedy(change: dict[str, Any], told: str) -> None:
    """Whoever edits the file learns which line, which channel and which field."""
    with pytest.raises(LineError, match=told):
        read_row(CrisisLine, LINE | change, place="lines/NZ.toml: line 'nz-example'")


def test_a_line_is_frozen_through_and_through() -> None:
    """A line that was shown cannot change afterwards; it can be a key and a member of a set."""
    line = read_row(CrisisLine, LINE, place="here")

    with pytest.raises(ValidationError):
        line.name = "Another"  # type: ignore[misc]
    assert hash(line) == hash(read_row(CrisisLine, LINE, place="here"))


def test_nothing_is_sourced_or_known_unless_the_file_says_so() -> None:
    """Languages and cost are inferred, and whether help is sent is unknown, until stated."""
    line = read_row(CrisisLine, LINE, place="here")

    assert line.may_dispatch == "unknown"
    assert not line.channels[0].languages_sourced
    assert not line.channels[0].cost_sourced


@pytest.mark.parametrize(
    ("newest", "at", "days", "approximate"),
    [
        ("2026-08", date(2026, 11, 23), 114, True),
        (date(2026, 8, 12), date(2026, 11, 23), 103, False),
        ("2026-08", datetime(2026, 11, 23, 5, tzinfo=UTC), 114, True),
        ("2026-12", date(2026, 11, 23), 0, True),
    ],
)
def test_a_line_is_as_old_as_its_newest_source(
    newest: str | date, at: date, days: int, approximate: bool
) -> None:
    """Reading old evidence again makes no line younger; a month counts from its first day."""
    line = read_row(CrisisLine, LINE | {"newest_source": newest}, place="here")

    assert line.age_days(at) == days
    assert line.approximate is approximate


@pytest.mark.parametrize(
    ("limits", "age", "expected"),
    [
        ((13, 24), 12, False),
        ((13, 24), 13, True),
        ((13, 24), 24, True),
        ((13, 24), 25, False),
        ((None, 34), 0, True),
        ((16, None), 15, False),
        ((13, 24), None, True),
        ((None, None), 99, True),
    ],
)
def test_a_line_suits_the_ages_it_states(
    limits: tuple[int | None, int | None], age: int | None, expected: bool
) -> None:
    """Limits include both ends, and an unknown age excludes nobody."""
    low, high = limits
    line = read_row(CrisisLine, LINE | {"min_age": low, "max_age": high}, place="here")

    assert line.suits(age) is expected


def test_a_text_relay_is_texted_and_not_called() -> None:
    """A relay for people who cannot speak or hear opens a message."""
    row = {"number": "114", "services": ["sms_relay"], "country": "FR", "confidence": "medium"}
    relay = read_row(EmergencyNumber, row | {"sources": LINE["sources"]}, place="here")

    assert relay.uri == "sms:114"
    assert relay.may_dispatch == "yes"


def test_a_directory_without_country_pages_stays_at_its_front_page() -> None:
    """No address is invented."""
    plain = InternationalDirectory(name="One", url="https://example.org")
    paged = InternationalDirectory(
        name="Two", url="https://example.org", country_url="https://example.org/in/{cc}"
    )

    assert plain.of("NO") == plain
    assert paged.of("NO").url == "https://example.org/in/no"
    assert paged.of(None).url == "https://example.org"
