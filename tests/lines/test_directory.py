"""The directory: what it holds, what it refuses, and what counts as a region."""

import sys
from contextlib import suppress
from pathlib import Path
from subprocess import run

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from human_handoff.errors import LineError
from human_handoff.lines.directory import LAST_RESORT, Directory, parse_region

COUNTRIES = ("AU", "BR", "CA", "DE", "ES", "FR", "GB", "IE", "IN", "NZ", "US", "ZA")
NORWAY = """\
country = "NO"

[[emergency]]
number = "113"
services = ["ambulance"]
confidence = "high"
sources = [{ ref = "https://example.no", family = "official" }]

[[line]]
id = "no-example"
name = "An example"
topics = ["suicide"]
audience = ["general"]
url = "https://example.no"
confidence = "medium"
newest_source = 2026-08-12
accessed = 2026-11-23
sources = [{ ref = "https://example.no", family = "own page" }]

[[line.channels]]
kind = "phone_short"
number = "116 123"
dialable_from = ["NO"]
hours = { kind = "weekly", zone = "Europe/Oslo", spans = ["mon-fri 18:00-23:00"] }
"""


@pytest.fixture
def norway(tmp_path: Path) -> Path:
    path = tmp_path / "NO.toml"
    path.write_text(NORWAY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def bundled() -> Directory:
    return Directory.bundled()


def test_the_bundled_countries_each_have_a_general_line_and_an_emergency_number(
    bundled: Directory,
) -> None:
    """Whoever is in one of these countries finds a crisis line, and an ambulance."""
    assert bundled.countries == COUNTRIES
    for country in COUNTRIES:
        topics = {
            topic
            for line in bundled.lines(country)
            if line.audience == ("general",) and line.subdivision is None
            for topic in line.topics
        }
        services = {name for row in bundled.emergency(country) for name in row.services}
        assert topics & {"suicide", "crisis"}, country
        assert services & {"all", "ambulance"}, country


def test_every_bundled_line_is_of_high_confidence_and_names_its_sources(
    bundled: Directory,
) -> None:
    """Nothing ships on a weaker footing than the rule the data was gathered under."""
    for country in COUNTRIES:
        for line in bundled.lines(country):
            assert line.confidence == "high", line.id
            assert line.sources, line.id
            assert line.id.startswith(country.lower()), line.id


def test_nothing_remembered_is_in_the_data() -> None:
    """What somebody recalled and did not read is not a source."""
    folder = Path(sys.modules[Directory.__module__].__file__ or "").parents[1] / "data" / "lines"
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.toml")))

    assert "memory" not in text
    assert "32312" not in text
    for path in folder.glob("[A-Z][A-Z].toml"):
        assert "Nothing was dialled" in path.read_text(encoding="utf-8"), path.name


def test_only_a_line_that_says_so_promises_not_to_send_anybody(bundled: Directory) -> None:
    """Silence about dispatch is "unknown", never "no"."""
    lines = [line for country in COUNTRIES for line in bundled.lines(country)]

    assert [line.id for line in lines if line.may_dispatch == "no"] == ["us-trans-lifeline"]
    assert all(line.may_dispatch != "yes" for line in lines)


def test_a_number_of_less_than_high_confidence_shows_it(bundled: Directory) -> None:
    """The text relay of France is of medium confidence and says so."""
    medium = [
        (country, row.number)
        for country in COUNTRIES
        for row in bundled.emergency(country)
        if row.confidence != "high"
    ]

    assert medium == [("FR", "114")]


def test_the_last_resort_in_code_is_the_first_directory_in_the_data(bundled: Directory) -> None:
    """The address that remains when the data cannot be read is not a different one."""
    first = bundled.directories()[0]

    assert (LAST_RESORT.name, LAST_RESORT.url) == (first.name, first.url)


def test_directories_open_at_the_country_where_they_can(bundled: Directory) -> None:
    """A country without bundled lines still has its own page."""
    assert bundled.directories("NO")[0].url == "https://findahelpline.com/countries/no"
    assert bundled.directories()[0].url == "https://findahelpline.com"
    assert len(bundled.directories("NO")) == len(bundled.directories()) == 4


def test_a_country_without_a_file_has_nothing_and_never_a_neighbour(bundled: Directory) -> None:
    """No country is the default of another."""
    for country in ("NO", "XX", "us", ""):
        assert bundled.lines(country) == ()
        assert bundled.emergency(country) == ()


def test_the_bundled_directory_is_read_once() -> None:
    """Asking again costs nothing and gives the same value."""
    assert Directory.bundled() is Directory.bundled()


def test_reading_lines_loads_no_phone_metadata() -> None:
    """Import and load stay light: numbers are checked when data changes, not when it is used."""
    code = (
        "import sys; from human_handoff.lines.directory import Directory; Directory.bundled();"
        "import human_handoff.lines.check;"
        "sys.exit(bool({'phonenumbers', 'structlog'} & set(sys.modules)))"
    )

    assert run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603


def test_a_host_loads_one_file_and_keeps_the_way_out(norway: Path) -> None:
    """One file is a directory of one country, with the international directories beside it."""
    directory = Directory.load(norway)

    assert directory.countries == ("NO",)
    assert directory.line("no-example").country == "NO"
    assert directory.directories("NO") == Directory.bundled().directories("NO")


def test_a_host_lays_its_lines_over_the_bundled_ones(norway: Path, bundled: Directory) -> None:
    """Nothing bundled is lost, what the host corrects is corrected, and the digest shows it."""
    mine = Directory.load(norway)
    both = bundled.updated(mine)

    assert both.countries == tuple(sorted((*COUNTRIES, "NO")))
    assert both.lines("US") == bundled.lines("US")
    assert both.lines("NO") == mine.lines("NO")
    assert both.digest not in {bundled.digest, mine.digest}


def test_a_host_corrects_one_line_in_place(tmp_path: Path, norway: Path) -> None:
    """The corrected line stands where the old one stood; emergency numbers stay unless given."""
    (tmp_path / "over").mkdir()
    text = NORWAY.replace("An example", "Corrected").partition("[[line]]")
    over = tmp_path / "over" / "NO.toml"
    over.write_text('country = "NO"\n[[line]]' + text[2], encoding="utf-8")

    both = Directory.load(norway).updated(Directory.load(over.parent))

    assert [line.name for line in both.lines("NO")] == ["Corrected"]
    assert [row.number for row in both.emergency("NO")] == ["113"]


def test_a_line_is_found_by_its_id_or_refused_with_the_place(bundled: Directory) -> None:
    """An unknown id names what the directory does have."""
    assert bundled.line("nz-1737").name == "1737, Need to talk?"
    with pytest.raises(LineError, match=r"line 'nz-9999': is not in this directory.*AU, BR"):
        bundled.line("nz-9999")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("NO.toml", NORWAY.replace('"NO"', '"SE"', 1), "lines/NO.toml: country: 'SE' is not 'NO'"),
        ("NO.toml", "", "lines/NO.toml: country: None is not 'NO'"),
        ("NO.toml", NORWAY + "\nextra = 1\n[[lines]]", "lines/NO.toml: 'lines' is not one of"),
        (
            "NO.toml",
            NORWAY + NORWAY.partition("\n")[2],
            "'no-example': id: is also in lines/NO.toml",
        ),
        ("NO.toml", NORWAY.replace('"116 123"', "116123"), "line 'no-example': channel 1: number"),
        ("NO.toml", NORWAY.replace("mon-fri", "weekdays"), "channel 1: hours: spans: .*mon-fri"),
        ("NO.toml", NORWAY.replace("no-example", "x"), "lines/NO.toml: line 'x': id: 'x': is not"),
        ("NO.toml", "country = ", "lines/NO.toml: not TOML"),
        ("NO.toml", 'country = "NO"\nline = 3', "lines/NO.toml: line: 3 is not a list of tables"),
        ("NO.toml", 'country = "NO"\nline = [3]', "lines/NO.toml: line 1: 3 is not a table"),
        ("norway.toml", NORWAY, "norway.toml: is neither <CC>.toml nor one of"),
        ("norway.txt", NORWAY, "holds no <CC>.toml"),
    ],
)
def test_a_file_that_cannot_be_used_names_the_place(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    """Whoever edits a file learns where and what, from the first error on."""
    (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(LineError, match=told):
        Directory.load(tmp_path)


def test_a_folder_that_is_not_there_is_a_line_error(tmp_path: Path) -> None:
    """A wrong path is told in the package's own words."""
    with pytest.raises(LineError, match="nowhere: cannot be read"):
        Directory.load(tmp_path / "nowhere")


pieces = st.sampled_from(NORWAY.splitlines())
broken = st.lists(pieces, max_size=30).map(lambda lines: "\n".join(lines).encode())
values = st.recursive(
    st.sampled_from(['"x"', "1", "-0x1", "1.5", "inf", "true", "2026-01-01", "10:00:00", "''"]),
    lambda inner: st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
)
twisted = st.builds(
    lambda line, value: NORWAY.replace(line, f"{line.partition(' =')[0]} = {value}").encode(),
    pieces.filter(lambda line: " = " in line),
    values,
)


@given(raw=st.one_of(st.binary(max_size=200), broken, twisted))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_directory_or_a_line_error(tmp_path: Path, raw: bytes) -> None:
    """No content of a file, however broken, leads to any other exception."""
    path = tmp_path / "NO.toml"
    path.write_bytes(raw)

    with suppress(LineError):
        assert Directory.load(path).countries == ("NO",)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"x = " + b"[" * 100_000, "not TOML"),
        (b'country = "NO"\nline = ' + b"[" * 300 + b"]" * 300, "nested more than 8 deep"),
        (b"x = " + b"9" * 5000, "not TOML"),
        (b'country = "NO"\nline = [0x' + b"f" * 5000 + b"]", "a number of more than 64 bits"),
        (b"\xff\xfe", "is not UTF-8"),
    ],
)
def test_absurd_bytes_are_a_line_error_too(tmp_path: Path, raw: bytes, told: str) -> None:
    """Deep nesting and endless integers are refused like any other mistake."""
    (tmp_path / "NO.toml").write_bytes(raw)

    with pytest.raises(LineError, match=told):
        Directory.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("US", ("US", None)),
        ("us", ("US", None)),
        (" us ", ("US", None)),
        ("UK", ("GB", None)),
        ("uk-eng", ("GB", "GB-ENG")),
        ("US-CA", ("US", "US-CA")),
        ("us-ca", ("US", "US-CA")),
        (" GB-SCT ", ("GB", "GB-SCT")),
        ("DE-BE", ("DE", "DE-BE")),
        ("NO", ("NO", None)),
        ("en-US", ("US", None)),
        ("en_US.UTF-8", ("US", None)),
        ("de-AT", ("AT", None)),
        ("fr_CA", ("CA", None)),
        ("zh-Hant-TW", ("TW", None)),
        ("fil-PH", ("PH", None)),
    ],
)
def test_a_region_is_read_as_hosts_write_it(text: str, expected: tuple[str, str | None]) -> None:
    """Country codes, subdivisions and locales that name a country all give the place."""
    assert parse_region(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("en", "sw", "es-419", "de-at", "fr-ca", "pt-br", "EU", "ZZ", "C.UTF-8", "", " ", "-US"),
        *("US-", "USA", "United States", "US-CALIFORNIA", "U$", "ＵＳ", "US\x00", "US-CA-LA"),
        *(None, 1, b"US"),
    ],
)
def test_what_is_not_clearly_a_place_is_no_place(text: object) -> None:
    """A language, two possible readings and garbage are None: the host then asks the person."""
    assert parse_region(text) is None


@given(text=st.one_of(st.text(), st.from_regex(r"[A-Za-z]{1,3}([-_][A-Za-z0-9]{0,4}){0,3}")))
def test_any_text_is_a_known_country_or_nothing(text: str) -> None:
    """Reading a region never raises, and a subdivision always lies in its country."""
    match parse_region(text):
        case (country, part):
            assert country.lower() in text.lower() or "uk" in text.lower()
            assert part is None or part.startswith(f"{country}-")
        case None:
            pass


def test_every_region_the_phone_metadata_knows_counts_as_a_country() -> None:
    """The list of countries has no gap that would turn a place into "unknown"."""
    from phonenumbers import SUPPORTED_REGIONS

    reserved = {"AC", "TA"}  # Ascension and Tristan da Cunha: not in ISO 3166-1

    assert {code for code in SUPPORTED_REGIONS if parse_region(code) is None} == reserved
