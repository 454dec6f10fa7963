"""When a line answers."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from human_handoff.errors import HandoffError, NaiveTimeError
from human_handoff.lines.hours import DAYS, Hours

moments = st.datetimes(
    min_value=datetime(1980, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(UTC)
)
zones = st.sampled_from(
    ["Europe/London", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
)
clock = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
spans = st.builds(
    "{}-{} {}-{}".format, st.sampled_from(DAYS), st.sampled_from(DAYS), clock, clock
).filter(lambda text: text[8:13] != text[14:] or text[14:] == "00:00")
weekly = st.builds(
    lambda zone, texts: Hours.weekly(zone, *texts), zones, st.lists(spans, min_size=1, max_size=4)
)
hours = st.one_of(weekly, st.just(Hours.always()), st.just(Hours.unknown()))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("zone", "span", "moment", "expected"),
    [
        ("Europe/London", "mon-fri 10:00-18:00", "2026-11-23T10:00+00:00", True),
        ("Europe/London", "mon-fri 10:00-18:00", "2026-11-23T17:59:59+00:00", True),
        ("Europe/London", "mon-fri 10:00-18:00", "2026-11-23T18:00+00:00", False),
        ("Europe/London", "mon-fri 10:00-18:00", "2026-11-22T12:00+00:00", False),
        ("Europe/London", "mon-fri 10:00-18:00", "2026-07-20T09:00+00:00", True),  # summer time
        ("Europe/London", "mon-sun 17:00-00:00", "2026-11-23T23:59+00:00", True),
        ("Europe/London", "mon-sun 17:00-00:00", "2026-11-24T00:00+00:00", False),
        (
            "Europe/London",
            "fri 22:00-04:00",
            "2026-11-28T03:00+00:00",
            True,
        ),  # Saturday, from Friday
        ("Europe/London", "fri 22:00-04:00", "2026-11-27T03:00+00:00", False),
        ("Europe/London", "sun-mon 00:00-00:00", "2026-11-23T23:59+00:00", True),
        ("America/Los_Angeles", "mon-fri 10:00-18:00", "2026-11-24T01:59+00:00", True),
        ("Asia/Kolkata", "mon-sat 08:00-21:00", "2026-11-23T02:30+00:00", True),
    ],
)
def test_weekly_hours_are_read_on_the_wall_clock_of_the_line(
    zone: str, span: str, moment: str, expected: bool
) -> None:
    """A line is open by its own clock, over midnight and through summer time."""
    assert Hours.weekly(zone, span).is_open(at(moment)) is expected


def test_unknown_is_not_closed() -> None:
    """A gap in the data is None, which nobody can mistake for "closed"."""
    assert Hours.unknown().is_open(at("2026-11-23T03:00+00:00")) is None
    assert Hours.unknown().next_opening(at("2026-11-23T03:00+00:00")) is None


def test_a_missing_time_zone_makes_hours_unknown_and_never_an_error() -> None:
    """On a computer without that zone the hours are unknown, and a line is still shown."""
    hours = Hours.weekly("Atlantis/Centre", "mon-fri 10:00-18:00")

    assert hours.is_open(at("2026-11-23T12:00+00:00")) is None
    assert hours.next_opening(at("2026-11-23T12:00+00:00")) is None


@pytest.mark.parametrize(
    "hours", [Hours.always(), Hours.unknown(), Hours.weekly("UTC", "mon 10:00-11:00")]
)
def test_a_moment_without_a_time_zone_is_refused(hours: Hours) -> None:
    """A naive time would open or close lines by the server's clock; it raises at every call."""
    with pytest.raises(NaiveTimeError, match=r"datetime\.now\(UTC\)") as raised:
        hours.is_open(datetime(2026, 11, 23, 12))

    assert isinstance(raised.value, HandoffError)


@pytest.mark.parametrize(
    "span",
    [
        "",
        "mon",
        "mon 10-18",
        "mon-fri 10:00 - 18:00",
        "Mon 10:00-18:00",
        "mon 24:00-01:00",
        "mon 10:00-10:00",
    ],
)
def test_a_span_that_does_not_read_is_refused(span: str) -> None:
    """Hours that could be understood in two ways never load."""
    with pytest.raises(ValidationError):
        Hours.weekly("Europe/London", span)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "weekly"},
        {"kind": "weekly", "zone": "Europe/London"},
        {"kind": "24/7", "zone": "Europe/London", "spans": ("mon 10:00-18:00",)},
        {"kind": "weekly", "zone": "../etc", "spans": ("mon 10:00-18:00",)},
        {"kind": "always"},
    ],
)
def test_hours_that_contradict_themselves_are_refused(fields: dict[str, object]) -> None:
    """Weekly hours have a zone and spans; the other kinds have neither."""
    with pytest.raises(ValidationError):
        Hours.model_validate(fields)


@given(hours=hours, moment=moments)
def test_the_next_opening_is_open_and_not_before_the_question(
    hours: Hours, moment: datetime
) -> None:
    """Whoever waits for the next opening finds the line open then."""
    opening = hours.next_opening(moment)

    if opening is not None:
        assert opening >= moment
        assert hours.is_open(opening) is True


@given(hours=weekly, moment=moments, share=st.floats(0, 0.999))
def test_nothing_is_open_before_the_next_opening(
    hours: Hours, moment: datetime, share: float
) -> None:
    """No earlier moment at which the line answers is skipped."""
    opening = hours.next_opening(moment)

    if opening is not None and opening > moment:
        assert hours.is_open(moment + (opening.astimezone(UTC) - moment) * share) is False


@given(hours=hours, moment=moments, offset=st.integers(-14, 14))
def test_the_answer_does_not_depend_on_how_the_moment_is_written(
    hours: Hours, moment: datetime, offset: int
) -> None:
    """The same moment in another time zone has the same answer."""
    elsewhere = moment.astimezone(timezone(timedelta(hours=offset)))

    assert hours.is_open(elsewhere) == hours.is_open(moment)


@given(zone=zones, moment=moments)
def test_a_whole_week_of_days_is_always_open(zone: str, moment: datetime) -> None:
    """No minute falls between two days, not even when the clocks change."""
    assert Hours.weekly(zone, "mon-sun 00:00-00:00").is_open(moment) is True


@given(moment=moments)
def test_open_hours_over_a_clock_change_still_end_on_the_wall_clock(moment: datetime) -> None:
    """18:00 on the wall is closing time in January and in July."""
    local = moment.astimezone(ZoneInfo("Europe/London"))
    hours = Hours.weekly("Europe/London", "mon-sun 10:00-18:00")

    assert hours.is_open(moment) is (10 <= local.hour < 18)


@given(hours=hours)
def test_hours_at_the_ends_of_the_calendar_do_not_fail(hours: Hours) -> None:
    """A moment nobody means is answered like any other."""
    for moment in (datetime.min, datetime.max):
        assert hours.is_open(moment.replace(tzinfo=UTC)) in {True, False, None}
