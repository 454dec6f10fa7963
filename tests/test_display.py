"""What stands on the terminal: all of a screening, route or rule, and nothing that steers it."""

import io
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_handoff.display import (
    LONG,
    Style,
    highlighted,
    line_lines,
    printable,
    progress,
    route_lines,
    rule_lines,
    screening_lines,
    table_lines,
)
from human_handoff.lines.directory import Directory
from human_handoff.routing.route import Route
from human_handoff.routing.routing import route
from human_handoff.rules.ruleset import RuleSet
from human_handoff.screening import Screening, Unchecked, UncheckedReason
from human_handoff.signals import Qualified, Signal, Suppressed
from human_handoff.vocabulary import Concern, Qualifier, Recency, Urgency

PLAIN, COLOUR = Style(), Style(colour=True)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEXT = "I tried to end my life years ago"


class Screen(io.StringIO):
    """A terminal that somebody watches."""

    def isatty(self) -> bool:
        return True


def signal(*qualifiers: Qualified, **more: Any) -> Signal:
    facts: dict[str, Any] = {
        "rule_id": "past_attempt.example",
        "title": "An example",
        "concern": Concern.PAST_ATTEMPT,
        "urgency": Urgency.TODAY,
        "rule_urgency": Urgency.TODAY,
        "start": 2,
        "end": 22,
        "words": TEXT[2:22],
    }
    return Signal(**(facts | more), qualifiers=qualifiers)


def screening(*signals: Signal, **more: Any) -> Screening:
    urgency = max((s.urgency for s in signals), default=Urgency.NONE)
    return Screening(urgency=urgency, signals=signals, rule_digest="a" * 64, **more)


def shown(found: Screening, text: str = TEXT) -> str:
    return "\n".join(screening_lines(text, found, PLAIN))


def routed(way: Route) -> str:
    return "\n".join(route_lines(way, PLAIN))


# ---- style and the text -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "environment", "colour"),
    [
        (Screen(), {}, True),
        (Screen(), {"NO_COLOR": ""}, True),
        (Screen(), {"NO_COLOR": "1"}, False),
        (Screen(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colour_only_where_somebody_watches_and_wants_it(
    stream: io.StringIO, environment: dict[str, str], colour: bool
) -> None:
    """A pipe, NO_COLOR that is not empty, or a dumb terminal gets plain text."""
    assert Style.of(stream, environment).colour is colour


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("I want to die", "I want to die"),
        ("a\x1b[2Jb", "a·[2Jb"),
        ("a\x07b\rc\x9bd\u202ee\u200bf", "a·b·c·d·e·f"),
        ("two\nlines", "two\nlines"),
        ("👩\u200d👧 💔", "👩\u200d👧 💔"),
        ("\ud800", "·"),
    ],
)
def test_no_character_of_a_text_steers_the_terminal(text: str, seen: str) -> None:
    """Control, direction and invisible characters are shown as a dot; emoji stay whole."""
    assert printable(text) == seen


@given(st.text(), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))))
def test_marking_changes_nothing_but_the_marks(text: str, pairs: list[tuple[int, int]]) -> None:
    """Whatever the spans, the text without its marks is the text."""
    text = text.replace("[", "(").replace("]", ")")
    spans = sorted((min(a, b), max(a, b)) for a, b in pairs if max(a, b) <= len(text))
    marked = highlighted(text, spans, PLAIN)
    assert marked.replace("[", "").replace("]", "") == printable(text)
    assert re.sub(r"\[[^\[\]]*\]", "", marked).count("[") == 0


@given(st.text())
def test_no_escape_reaches_a_plain_terminal(text: str) -> None:
    """Without colour not one escape character is printed."""
    assert "\x1b" not in highlighted(text, [(0, len(text))], PLAIN)


def test_a_long_text_is_shortened_around_what_matched() -> None:
    """A megabyte does not scroll the answer away, and every match stays whole."""
    text = "before " * 9000 + "I want to die" + " after" * 9000
    marked = highlighted(text, [(63_000, 63_013)], PLAIN)
    assert "[I want to die]" in marked
    assert "characters" in marked
    assert len(marked) < 2 * LONG


# ---- a screening --------------------------------------------------------------------------------


def test_every_line_of_a_text_is_marked_as_quoted() -> None:
    """A text cannot pretend to be the answer."""
    lines = shown(screening(), "hi\n\nno rule matched\n").splitlines()
    assert lines[:4] == ["> hi", "> ", "> no rule matched", ""]


def test_an_empty_text_is_called_one() -> None:
    """Nothing piped in is seen to be nothing."""
    assert shown(screening(), "").startswith("(an empty text)\n")


def test_no_match_is_no_all_clear() -> None:
    """What is printed for nothing says what it is worth."""
    assert "no rule matched; that says nothing about the person" in shown(screening())


@pytest.mark.parametrize("reason", [UncheckedReason.FAULT, UncheckedReason.LANGUAGE_UNKNOWN])
def test_what_was_not_read_is_not_called_unmatched(reason: UncheckedReason) -> None:
    """A text nobody read has no result."""
    printed = shown(Screening(unchecked=(Unchecked(reason=reason, detail="why"),)))
    assert "nothing was checked" in printed
    assert "no rule matched" not in printed
    assert f"not checked: {reason.value.replace('_', ' ')} (why)" in printed


def test_a_signal_shows_its_words_rule_urgency_and_title() -> None:
    """Everything a reader needs to judge a match is beside it."""
    printed = shown(screening(signal()))
    assert "> I [tried to end my life] years ago" in printed
    assert "reach a person: today (within hours)" in printed
    assert "“tried to end my life”  past_attempt.example  today\n      An example" in printed


def test_a_qualifier_shows_the_words_that_say_so_and_what_it_lowered() -> None:
    """Nobody has to guess why a match is less urgent than its rule."""
    ago = Qualified(
        qualifier=Qualifier.PAST,
        cue_id="past.long_ago",
        start=23,
        end=32,
        words=TEXT[23:],
        recency=Recency.LONG_AGO,
    )
    printed = shown(screening(signal(ago, urgency=Urgency.OPEN_DOOR)))
    assert "open door, not today" in printed
    assert "past, long ago: “years ago” (past.long_ago)" in printed


def test_laughter_what_was_set_aside_and_what_is_not_listed_are_told() -> None:
    """Nothing that decided the result is left out."""
    aside = Suppressed(
        rule_id="a.b",
        start=0,
        end=1,
        words="my battery\ndied",
        unless="battery",
        unless_start=0,
        unless_end=1,
    )
    found = screening(signal(laughter=(0, 1)), suppressed=(aside,), unlisted=7)
    printed = shown(found)
    assert "laughter in the same sentence" in printed
    assert "set aside  “my battery died”  a.b, cancelled by unless “battery”" in printed
    assert "and 7 more of the same kind" in printed


def test_a_screening_says_that_nobody_reviewed_its_rules() -> None:
    """Until a clinician signs, every output says so."""
    assert f"rules {'a' * 12}, en, not clinically reviewed" in shown(screening())
    reviewed = replace(screening(), clinically_reviewed=True)
    assert "every rule clinically reviewed" in shown(reviewed)


# ---- a route ------------------------------------------------------------------------------------


@pytest.mark.parametrize("country", Directory.bundled().countries)
@pytest.mark.parametrize("urgency", [Urgency.NOW, Urgency.SOON])
def test_every_part_of_a_route_is_shown(country: str, urgency: Urgency) -> None:
    """Each item of a route, each number with its age, and each page is on the screen."""
    way = route(screening(signal(urgency=urgency)), region=country, at=NOON)
    printed = routed(way)
    assert all(item.name in printed for item in (*way.first_three, *way.also, *way.emergency))
    assert all(page.url and page.url in printed for page in way.directories)
    assert all(means.display in printed for item in way.lines for means in item.ways)
    for item in (item for item in way.first_three if item.kind == "crisis_line"):
        age = f"newest source {item.newest_source} ({item.age_days} days ago), not dialled"
        assert f"{age}; may send help without consent: {item.may_dispatch}" in printed


def test_a_route_says_why_how_old_and_what_calling_may_do() -> None:
    """Beside every number: the reason, the age of its source, and whether help may be sent."""
    printed = routed(route(screening(signal()), region="IE", at=NOON))
    assert "because: concern past attempt (suicide); general" in printed
    assert "not dialled; may send help without consent: " in printed
    assert "116 123, open now" in printed


def test_a_route_says_what_is_owed() -> None:
    """The obligations are in words, the deadline with them."""
    printed = routed(route(screening(signal()), region=None))
    assert printed.endswith(
        "obligations: show lines, hold replies, open handoff, interrupt advised, ask region, "
        "a person within hours"
    )
    assert routed(route(screening(), region="IE")).endswith("obligations: none")


def test_a_route_for_the_one_who_worries_says_so() -> None:
    """The reader sees that the lines are not for the person who was written about."""
    of = Qualified(qualifier=Qualifier.OTHER_PERSON, cue_id="x", start=0, end=1, words="my brother")
    printed = routed(route(screening(signal(of)), region="GB"))
    assert printed.startswith("route (GB), for the one who worries\n")


def test_closed_and_unknown_hours_are_not_the_same() -> None:
    """Unknown is not closed, also on the screen."""
    night = datetime(2026, 11, 23, 5, tzinfo=UTC)
    ways = routed(route(screening(signal()), region="GB", at=night))
    assert "closed now" in ways
    assert "hours unknown" in routed(
        route(screening(signal()), region="GB", at=night.replace(tzinfo=None))
    )


# ---- lines and rules ----------------------------------------------------------------------------


@pytest.mark.parametrize("country", Directory.bundled().countries)
def test_every_line_is_listed_with_source_age_and_confidence(country: str) -> None:
    """What `lines GB` prints is all there is to know, and that nobody verified it."""
    directory = Directory.bundled()
    printed = "\n".join(line_lines(directory, country, PLAIN))
    for line in directory.lines(country):
        assert f"{line.name}" in printed
        assert f"confidence {line.confidence}" in printed
        assert all(way.display in printed for way in line.channels)
        assert all(source.ref in printed for source in line.sources)
    assert all(number.number in printed for number in directory.emergency(country))
    assert printed.endswith("nothing was dialled, nobody has verified it")


def test_a_part_of_a_country_leaves_out_the_lines_of_other_parts() -> None:
    """Who asks for Scotland is not sent to a line for England."""
    directory = Directory.bundled()
    whole, part = (
        "\n".join(line_lines(directory, "GB", PLAIN, part=part)) for part in (None, "GB-SCT")
    )
    assert "(GB-ENG)" in whole
    assert "(GB-ENG)" not in part
    assert "Samaritans" in part


def test_every_class_of_every_rule_is_spelled_out() -> None:
    """A clinician sees each word a rule can match, without opening the lexicon."""
    rules = RuleSet.bundled("en")
    for rule in rules:
        lines = list(rule_lines(rule, "rules/en/x.toml", rules.lexicon, PLAIN))
        for name in re.findall(r"\{(\w+)\}", " ".join((*rule.phrases, *rule.unless))):
            (spelled,) = (line for line in lines if line.startswith(f"  {{{name}}} = "))
            words = spelled.partition(" = ")[2].split(", ")
            assert words == sorted(" ".join(member) for member in rules.lexicon.classes[name])
            assert "{" not in spelled.partition(" = ")[2]


def test_a_rule_shows_everything_its_file_says() -> None:
    """No field of a rule is left out of `rules show`, but those that are empty."""
    rules = RuleSet.bundled("en")
    for rule in rules:
        printed = "\n".join(rule_lines(rule, "rules/en/x.toml", rules.lexicon, PLAIN))
        told = (*rule.phrases, *rule.unless, *rule.examples, *rule.counter_examples)
        told += tuple(name for item in rule.items for name in item) + (rule.slots or ())
        told += (*rule.keeps, *rule.benign, *rule.known_misses, *rule.known_false_alarms)
        told += (*rule.sources, rule.rationale, rule.title, rule.concern, rule.status)
        assert [text for text in told if text not in printed] == []
        assert ("speak of someone else" in printed) is bool(rule.subject)
        assert ("also said as a joke: laughter" in printed) is rule.idiom
        assert ("says nothing alone" in printed) is rule.part
        assert (f"at least {rule.at_least} of" in printed) is bool(rule.some_of)
        assert "not clinically reviewed" in printed or rule.reviewed


# ---- tables and progress ------------------------------------------------------------------------

HEADERS, ROWS = ("rule", "title"), [("a.b", "one [not markup] :x:"), ("long.name", "two")]


def test_a_plain_table_is_columns() -> None:
    """A pipe gets columns that line up, without a space at the end."""
    assert table_lines(HEADERS, ROWS, PLAIN) == [
        "rule       title",
        "a.b        one [not markup] :x:",
        "long.name  two",
    ]


def test_without_rich_a_terminal_gets_the_plain_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra changes how a table looks, never what it says."""
    monkeypatch.setitem(sys.modules, "rich", None)
    assert table_lines(HEADERS, ROWS, COLOUR) == table_lines(HEADERS, ROWS, PLAIN)


def test_with_rich_a_table_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cell is read as markup or an emoji code, and no id is cut off where there is little room."""
    pytest.importorskip("rich")
    monkeypatch.setenv("COLUMNS", "40")
    rows = [*ROWS, ("a_rule.with_a_long_name", "a long title that wraps to the next line")]
    drawn = "\n".join(table_lines(HEADERS, rows, COLOUR))
    words = [word for row in (HEADERS, *rows) for cell in row for word in cell.split()]
    assert [word for word in words if word not in drawn] == []


@pytest.mark.parametrize("with_rich", [True, False])
@pytest.mark.parametrize("watched", [True, False])
def test_progress_is_on_stderr_and_only_where_somebody_watches(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    watched: bool,
    with_rich: bool,
) -> None:
    """With rich or without, every item comes through and standard output stays clean."""
    if not with_rich:
        monkeypatch.setitem(sys.modules, "rich", None)
    stream = Screen() if watched else io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    assert list(progress((1, 2, 3), "rules")) == [1, 2, 3]
    assert ("rules" in stream.getvalue()) is watched
    assert capsys.readouterr().out == ""
