"""`CrisisLine` and `EmergencyNumber`: one table each of ``data/lines/<CC>.toml``.

Every fact was read from a copy of somebody's list or page. Nothing was dialled and no clinician has
reviewed it; each line carries its sources, their age and a confidence instead.
"""

import re
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from human_handoff.lines.channel import CountryCode, LineChannel, Url, compact
from human_handoff.lines.rows import Row

Confidence = Literal["high", "medium", "low"]
MayDispatch = Literal["yes", "no", "unknown"]
Service = Literal["all", "police", "ambulance", "fire", "sms_relay"]
Topic = Literal[
    "bereavement",
    "child_abuse",
    "crisis",
    "domestic_violence",
    "eating_disorder",
    "indigenous",
    "lgbtq",
    "listening",
    "mental_health",
    "perinatal",
    "poison",
    "self_harm",
    "sexual_violence",
    "substance",
    "suicide",
    "trans",
    "veterans",
    "youth",
]
Audience = Literal[
    "general",
    "child_abuse",
    "domestic_violence",
    "eating_disorder",
    "indigenous",
    "lgbtq",
    "men",
    "perinatal",
    "sexual_violence",
    "substance",
    "veterans",
    "women",
    "youth",
]


def _line_id(text: str) -> str:
    if re.fullmatch(r"[a-z]{2}(?:-[a-z0-9]+)+", text):
        return text
    msg = "is not an id such as nz-1737: the country, then words joined by hyphens"
    raise ValueError(msg)


def _subdivision(code: str) -> str:
    if re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", code):
        return code
    msg = "is not a subdivision such as GB-SCT"
    raise ValueError(msg)


def _month(value: str | date) -> str | date:
    if isinstance(value, date) or re.fullmatch(r"[0-9]{4}-(?:0[1-9]|1[0-2])", value):
        return value
    msg = 'is neither a date such as 2026-08-12 nor a month such as "2026-08"'
    raise ValueError(msg)


def _emergency_number(number: str) -> str:
    if re.fullmatch(r"[0-9]{2,6}", number):
        return number
    msg = "is not an emergency number of two to six digits such as 112"
    raise ValueError(msg)


Stated = Annotated[str, Field(min_length=1, max_length=400)]
Age = Annotated[int, Field(ge=0, le=120)]
Month = Annotated[date | str, AfterValidator(_month)]


class Source(Row):
    """Where a fact was read; *family* joins lists that copy each other."""

    ref: Stated
    family: Stated


class CrisisLine(Row):
    """People who answer, and how to reach them. Confidence is about the number, not the hours."""

    id: Annotated[str, AfterValidator(_line_id)]
    name: Stated
    local_name: Stated | None = None
    operator: Stated | None = None
    country: CountryCode
    subdivision: Annotated[str, AfterValidator(_subdivision)] | None = None
    topics: tuple[Topic, ...] = Field(min_length=1)
    audience: tuple[Audience, ...] = Field(min_length=1)
    min_age: Age | None = None
    max_age: Age | None = None
    may_dispatch: MayDispatch = "unknown"
    """Whether the line may send help without the caller's consent."""
    dispatch_note: Stated | None = None
    channels: tuple[LineChannel, ...] = Field(min_length=1)
    url: Url
    sources: tuple[Source, ...] = Field(min_length=1)
    newest_source: Month
    """The newest source's own date; a month, and only about that month, when the day is unknown."""
    accessed: date
    """When the stored copies were read. Not a date on which anybody checked the line."""
    confidence: Confidence
    disagreements: tuple[Stated, ...] = ()
    notes: Stated | None = None
    status: Literal["active", "limited", "suspended", "merged", "closed"] = "active"

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.subdivision and not self.subdivision.startswith(f"{self.country}-"):
            msg = f"subdivision {self.subdivision} does not lie in {self.country}"
            raise ValueError(msg)
        if (self.min_age or 0) > (120 if self.max_age is None else self.max_age):
            msg = f"min_age {self.min_age} is above max_age {self.max_age}"
            raise ValueError(msg)
        return self

    @property
    def approximate(self) -> bool:
        """Whether the newest source's date is known to the month only."""
        return isinstance(self.newest_source, str)

    def age_days(self, at: date) -> int:
        """Days since the newest source's own date; a month counts from its first day, never later.

        It is the age of the evidence, whoever read it since. A date ahead of *at* is 0 days old.
        """
        newest = self.newest_source
        since = date.fromisoformat(f"{newest}-01") if isinstance(newest, str) else newest
        today = at.date() if isinstance(at, datetime) else at
        return max(0, (today - since).days)

    def suits(self, age: int | None) -> bool:
        """Whether that age lies within the limits the line states; an unknown age always does."""
        if age is None:
            return True
        return (self.min_age or 0) <= age <= (120 if self.max_age is None else self.max_age)


class EmergencyNumber(Row):
    """A number for ambulance, police or fire."""

    number: Annotated[str, AfterValidator(_emergency_number)]
    services: tuple[Service, ...] = Field(min_length=1)
    country: CountryCode
    confidence: Confidence
    sources: tuple[Source, ...] = Field(min_length=1)

    @property
    def may_dispatch(self) -> MayDispatch:
        """By its nature: these numbers exist to send people."""
        return "yes"

    @property
    def police_only(self) -> bool:
        """Whether nobody but police answers."""
        return set(self.services) == {"police"}

    @property
    def display(self) -> str:
        """The number as people read it."""
        return self.number

    @property
    def uri(self) -> str:
        """The link that dials it, or opens a text where the number is a text relay."""
        relay = set(self.services) == {"sms_relay"}
        return f"{'sms' if relay else 'tel'}:{compact(self.number)}"


class RetiredNumber(Row):
    """A number that was right once, or is often misprinted. It is looked for, never offered."""

    country: CountryCode
    number: Stated
    options: tuple[Stated, ...] = ()
    """Retired only with these: a menu choice or a keyword. The number alone is still in use."""
    was: Stated | None = None
    status: Stated
    since: Stated | None = None
    replaced_by: tuple[Stated, ...] = ()


class InternationalDirectory(Row):
    """A directory of crisis lines by country, kept by somebody else."""

    name: Stated
    url: Url
    country_url: str | None = None
    """Its page of one country, with {cc} for the two letters in lower case."""

    @field_validator("country_url")
    @classmethod
    def _has_a_gap(cls, url: str | None) -> str | None:
        if url is None or (url.startswith("https://") and url.count("{cc}") == 1):
            return url
        msg = "is not an https address with one {cc}"
        raise ValueError(msg)

    def of(self, country: str | None) -> "InternationalDirectory":
        """The same directory, opened at *country* where it has such pages."""
        if country is None or self.country_url is None:
            return self
        url = self.country_url.replace("{cc}", country.lower())
        return InternationalDirectory(name=self.name, url=url)


class CatalogueSource(Row):
    """One list or page the lines were read from, with its own date and how far it is trusted."""

    id: Stated
    family: Stated
    title: Stated
    newest: Month
    strength: Literal["strong", "medium", "weak"]
