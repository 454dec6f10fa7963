"""The ways to reach a crisis line. Short codes, national and international numbers are types.

Each number is stored once, as people read it. What is dialled and the link are derived from it,
so the number on the screen and the number behind the link cannot drift apart.
"""

import re
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import quote

from pydantic import AfterValidator, Field, model_validator

from human_handoff.lines.hours import Hours
from human_handoff.lines.rows import Row

Means = Literal["voice", "text", "web"]

_GROUPED = r"[0-9]+(?:[ -][0-9]+)*"  # 0800 58 58 58 or 1-800-799-7233
_SHORT = re.compile(r"[*#]?[0-9]{2,6}")
_NATIONAL = re.compile(r"[0-9]{6,15}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def compact(number: str) -> str:
    """What is dialled: the number without the gaps people read by.

    >>> compact("+27 87 163 2030")
    '+27871632030'
    """
    return number.replace(" ", "").replace("-", "")


def _reads(number: str, dialled: re.Pattern[str], remedy: str) -> str:
    if re.fullmatch(rf"[+*#]?{_GROUPED}", number) and dialled.fullmatch(compact(number)):
        return number
    msg = f"is not {remedy}"
    raise ValueError(msg)


def _short_number(number: str) -> str:
    return _reads(number, _SHORT, "a short code of two to six digits such as 988 or *4141")


def _national_number(number: str) -> str:
    return _reads(number, _NATIONAL, "a national number of six digits or more such as 13 11 14")


def _e164_number(number: str) -> str:
    return _reads(number, _E164, "an international number such as +44 20 7946 0018")


def _text_number(number: str) -> str:
    if number.startswith("+"):
        return _e164_number(number)
    return _reads(number, re.compile(r"[0-9]{3,15}"), "a number that takes texts, such as 741741")


def _country(code: str) -> str:
    if re.fullmatch(r"[A-Z]{2}", code):
        return code
    msg = "is not a country of two capital letters such as NZ"
    raise ValueError(msg)


def _link(url: str) -> str:
    if re.fullmatch(r"https?://[^\s/@]+\.[^\s/@]+(?:/\S*)?", url):
        return url
    msg = "is not a web address such as https://example.org/chat"
    raise ValueError(msg)


CountryCode = Annotated[str, AfterValidator(_country)]
Url = Annotated[str, AfterValidator(_link)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
ShortNumber = Annotated[str, AfterValidator(_short_number)]
NationalNumber = Annotated[str, AfterValidator(_national_number)]
InternationalNumber = Annotated[str, AfterValidator(_e164_number)]
TextNumber = Annotated[str, AfterValidator(_text_number)]


class _Way(Row):
    """What every way has: hours, languages, cost. The last two are mostly inferred, and say so."""

    means: ClassVar[Means]

    hours: Hours = Hours.unknown()
    languages: tuple[Language, ...] = ()
    languages_sourced: bool = False
    """False: inferred from the country, in no source. Nobody may present it as checked."""
    cost: str | None = None
    cost_sourced: bool = False
    """False: inferred from the kind of number, in no source."""
    note: str | None = None

    def dialable(self, located_in: str | None) -> bool:
        """Whether a person in that country can use it; None when nobody knows where they are."""
        return True


class _Phone(_Way):
    means: ClassVar[Means] = "voice"
    number: str
    post_dial: str | None = None
    """What to do once connected, such as "press 1"."""

    @property
    def display(self) -> str:
        """The number as people read it."""
        return self.number

    @property
    def uri(self) -> str:
        """The link that dials it; a star or hash would end or bend the link, so it is escaped."""
        return f"tel:{quote(compact(self.number), safe='+')}"


class _LocalPhone(_Phone):
    dialable_from: tuple[CountryCode, ...] = Field(min_length=1)

    def dialable(self, located_in: str | None) -> bool:
        """Only for a person who is there: elsewhere the same digits may reach somebody else."""
        return located_in in self.dialable_from


class PhoneShort(_LocalPhone):
    """A short code, such as 988 or 116 123. It has no international form.

    >>> PhoneShort(kind="phone_short", number="#8008", dialable_from=("JP",)).uri
    'tel:%238008'
    """

    kind: Literal["phone_short"]
    number: ShortNumber


class PhoneNational(_LocalPhone):
    """A number that nobody promises to connect from abroad, such as a freephone.

    >>> PhoneNational(kind="phone_national", number="13 11 14", dialable_from=("AU",)).uri
    'tel:131114'
    """

    kind: Literal["phone_national"]
    number: NationalNumber


class PhoneE164(_Phone):
    """A full international number, which can be dialled from anywhere.

    >>> PhoneE164(kind="phone_e164", number="+353 1 210 7906").uri
    'tel:+35312107906'
    """

    kind: Literal["phone_e164"]
    number: InternationalNumber


class Sms(_Way):
    """A number that takes text messages: a short or national one, or one with + from anywhere.

    >>> Sms(kind="sms", number="85258", keyword="SHOUT", dialable_from=("GB",)).uri
    'sms:85258?body=SHOUT'
    """

    means: ClassVar[Means] = "text"
    kind: Literal["sms"]
    number: TextNumber
    keyword: str | None = None
    dialable_from: tuple[CountryCode, ...] = ()

    @model_validator(mode="after")
    def _says_from_where(self) -> Self:
        if self.number.startswith("+") != bool(self.dialable_from):
            return self
        msg = "a number without + needs dialable_from, one with + has none"
        raise ValueError(msg)

    def dialable(self, located_in: str | None) -> bool:
        """A number without + only for a person who is there."""
        return not self.dialable_from or located_in in self.dialable_from

    @property
    def display(self) -> str:
        """The number as people read it."""
        return self.number

    @property
    def uri(self) -> str:
        """The link that opens a text message with the keyword in it, not yet sent."""
        body = f"?body={quote(self.keyword)}" if self.keyword else ""
        return f"sms:{compact(self.number)}{body}"


class WhatsApp(_Way):
    """A WhatsApp account, named by its international number.

    >>> WhatsApp(kind="whatsapp", number="+27 87 163 2030").uri
    'https://wa.me/27871632030'
    """

    means: ClassVar[Means] = "text"
    kind: Literal["whatsapp"]
    number: InternationalNumber

    @property
    def display(self) -> str:
        """The number as people read it."""
        return self.number

    @property
    def uri(self) -> str:
        """The link that opens the chat."""
        return f"https://wa.me/{compact(self.number).removeprefix('+')}"


class _Page(_Way):
    url: Url

    @property
    def display(self) -> str:
        """The address of the page."""
        return self.url

    @property
    def uri(self) -> str:
        """The address of the page."""
        return self.url


class Chat(_Page):
    """A chat with a person, on a web page."""

    means: ClassVar[Means] = "text"
    kind: Literal["chat"]


class Web(_Page):
    """A web page that is not a chat."""

    means: ClassVar[Means] = "web"
    kind: Literal["web"]


LineChannel = Annotated[
    PhoneShort | PhoneNational | PhoneE164 | Sms | WhatsApp | Chat | Web,
    Field(discriminator="kind"),
]
