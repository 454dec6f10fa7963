"""What a screening promises: rules of meaning, privacy, and that it always comes back."""

import json
import logging
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from human_handoff import screening as screening_module
from human_handoff.errors import RuleError
from human_handoff.phrases.phrase import Phrase
from human_handoff.rules.finder import MOST_ALIKE
from human_handoff.rules.rule import NEVER_IDIOM, Rule
from human_handoff.rules.ruleset import RuleSet
from human_handoff.screening import LONGEST, Screener, Screening, UncheckedReason, screen
from human_handoff.signals import Qualified, Signal, Suppressed
from human_handoff.vocabulary import Concern, Urgency
from tests.rulesets import CONTEXT_WORDS, rule, rule_set
from tests.strategies import CLASSES, phrase_sources, texts, texts_with

URGENCIES = ("open_door", "soon", "today", "now")
anything = st.text(st.characters(exclude_categories=()))


def screened(text: str, *rules: Rule, **more: Any) -> Screening:
    return Screener(rules=rule_set(*rules), **more).screen(text)


# ---- the rules of meaning ------------------------------------------------------------------------


@st.composite
def rules_named(draw: st.DrawFn, name: str) -> Rule:
    """Any rule at all."""
    concern = draw(st.sampled_from(sorted(Concern)))
    return rule(
        name,
        *draw(st.lists(phrase_sources(3), min_size=1, max_size=2)),
        concern=concern,
        urgency=draw(st.sampled_from(URGENCIES)),
        unless=tuple(draw(st.lists(phrase_sources(2), max_size=1))),
        idiom=concern not in NEVER_IDIOM and draw(st.booleans()),
        subject=draw(st.sampled_from([None, None, "other_person"])),
    )


@st.composite
def rules_and_more(draw: st.DrawFn) -> tuple[list[Rule], list[Rule]]:
    """Some rules, perhaps a combination of them, and some rules more."""
    some = [draw(rules_named(f"t.some{n}")) for n in range(draw(st.integers(1, 2)))]
    if len(some) == 2 and draw(st.booleans()):
        parts = tuple(r.id for r in some)
        urgency = draw(st.sampled_from(URGENCIES))
        some.append(rule("t.combined", all_of=parts, urgency=urgency, concern="suicidal_thoughts"))
    more = [draw(rules_named("t.more"))]
    if draw(st.booleans()):  # words of their own: what the others cannot read
        more.append(
            rule("t.strange", draw(st.sampled_from(["zebra", "willow", "ebra", "lolk", "zz"])))
        )
    return some, more


GLUED = (
    "notzebra",
    "zebradie",
    "ifkill",
    "dielol",
    "killzebra",
    "zebramyself",
    "nokillwillow",
    "wantlolk",
)


@st.composite
def texts_about(draw: st.DrawFn, rules: list[Rule]) -> str:
    """A text in which the rules find something, with cues, glued words and repetition."""
    sources = [source for r in rules for source in (*r.phrases, *r.unless)]
    tokens = draw(texts_with([Phrase.parse(s, classes=CLASSES) for s in sources])).split(" ")
    for _ in range(draw(st.integers(0, 4))):
        token = draw(st.sampled_from((*CONTEXT_WORDS, *GLUED)))
        tokens.insert(draw(st.integers(0, len(tokens))), token)
    return " ".join(tokens) * draw(st.sampled_from([1, 1, 1, MOST_ALIKE + 1]))


@st.composite
def laws(draw: st.DrawFn) -> tuple[list[Rule], list[Rule], str]:
    some, more = draw(rules_and_more())
    return some, more, draw(texts_about(some))


LOLKILL = [rule("t.some0", "i", idiom=True)], [rule("t.more", "kill")], "lolkill i"
NOTZEBRA = [rule("t.some0", "die")], [rule("t.strange", "zebra")], "notzebra die"
UNLESS = (
    [rule("t.some0", "kill", unless=("kill me",), keeps=("[x]",))],
    [rule("t.strange", "zebra")],
    "kill mezebra",
)


@given(law=laws())
@example(law=LOLKILL)
@example(law=NOTZEBRA)
@example(law=UNLESS)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_rule_more_never_lowers_an_urgency_nor_takes_a_signal_away(
    law: tuple[list[Rule], list[Rule], str],
) -> None:
    """Whatever rules join, each signal stays: of the same rule, at the same place, no less urgent."""
    some, more, text = law
    before, after = screened(text, *some), screened(text, *some, *more)

    assert after.urgency >= before.urgency
    for signal in before.signals:
        assert any(_stands_for(other, signal) for other in after.signals) or _is_unlisted(
            after, signal
        )
    for concern, urgency in before.concerns.items():
        assert after.concerns[concern] >= urgency


def _stands_for(other: Signal, signal: Signal) -> bool:
    overlaps = other.start < signal.end and signal.start < other.end
    same = other.rule_id == signal.rule_id and other.urgency >= signal.urgency
    return same and (overlaps or signal.rule_id == "t.combined")


def _is_unlisted(after: Screening, signal: Signal) -> bool:
    """Whether enough signals alike are listed for this one to be only counted."""
    alike = [
        s for s in after.signals if s.rule_id == signal.rule_id and s.urgency >= signal.urgency
    ]
    return after.unlisted > 0 and len(alike) >= MOST_ALIKE


@given(law=laws())
def test_the_soonest_urgency_wins(law: tuple[list[Rule], list[Rule], str]) -> None:
    """The screening is as urgent as its most urgent signal, and NONE only without any."""
    some, more, text = law
    found = screened(text, *some, *more)

    assert found.urgency == max((s.urgency for s in found.signals), default=Urgency.NONE)
    assert (found.urgency is Urgency.NONE) is (found.signals == ())
    assert set(found.concerns) == {s.concern for s in found.signals}
    assert list(found.concerns.values()) == sorted(found.concerns.values(), reverse=True)
    for concern, urgency in found.concerns.items():
        assert urgency == max(s.urgency for s in found.signals if s.concern is concern)


@given(law=laws())
def test_a_qualifier_lowers_to_its_floor_and_never_clears(
    law: tuple[list[Rule], list[Rule], str],
) -> None:
    """Every signal keeps some urgency, and loses none without words that say why."""
    some, more, text = law
    for signal in screened(text, *some, *more).signals:
        assert Urgency.OPEN_DOOR <= signal.urgency <= signal.rule_urgency
        if not signal.qualifiers and not signal.laughter:
            assert signal.urgency is signal.rule_urgency


@given(law=laws())
def test_every_span_is_exact(law: tuple[list[Rule], list[Rule], str]) -> None:
    """`words` is text[start:end] for signals, cues and cancelled matches, in text order."""
    some, more, text = law
    found = screened(text, *some, *more)
    spanned: list[Signal | Suppressed | Qualified] = [*found.signals, *found.suppressed]
    spanned += [q for s in found.signals for q in s.qualifiers]

    for item in spanned:
        assert 0 <= item.start < item.end <= len(text)
        assert item.words == text[item.start : item.end]
    assert [s.start for s in found.signals] == sorted(s.start for s in found.signals)


@given(text=texts() | anything, before=texts(3), after=texts(3))
def test_sentences_around_a_text_take_no_signal_away(text: str, before: str, after: str) -> None:
    """What stands in other sentences neither hides nor lowers a match."""
    rules = (
        rule("t.one", "want ... die"),
        rule("t.two", "kill {self}", "i"),
        rule("t.three", "die", idiom=True),
    )
    alone = screened(text, *rules)
    among = screened(f"{before}\n\n{text}\n\n{after}", *rules)

    assert among.urgency >= alone.urgency
    assert {s.rule_id for s in among.signals} >= {s.rule_id for s in alone.signals}


# ---- neither true nor false -----------------------------------------------------------------------


def test_a_screening_is_neither_true_nor_false() -> None:
    """`if screening:` is a mistake either way, and says what to ask for instead."""
    for found in (Screening(), screened("die", rule("t.one", "die"))):
        with pytest.raises(TypeError, match=r"ask for \.urgency, \.signals or \.unchecked"):
            bool(found)
        with pytest.raises(TypeError):
            not found  # noqa: B018


# ---- nobody's words -------------------------------------------------------------------------------

CANARIES = ("Xylographium", "qwybblefax", "Zorbentine", "13371337", "canary@example.org")


@pytest.fixture
def records() -> Iterator[list[logging.LogRecord]]:
    """Every record any logger gets."""
    structlog.reset_defaults()
    kept: list[logging.LogRecord] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record)

    root, keeper = logging.getLogger(), Keeper(level=0)
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    yield kept
    root.removeHandler(keeper)
    root.setLevel(level)


def canary_text() -> str:
    cue, one, two, number, mail = CANARIES
    return (
        f"{cue} I want to {one} die {two}. {number} die laughing {mail}! if kill me {one} lol. not die. "
        * 10
    )


def canary_screener(**more: Any) -> Screener:
    rules = (
        rule("t.one", "want ... die", "qwybblefax", urgency="now"),
        rule("t.two", "die", unless=("die laughing",), keeps=("[x]",), idiom=True),
        rule("t.three", "kill {self} ... lol"),
        rule("t.both", all_of=("t.one", "t.two")),
    )
    return Screener(rules=rule_set(*rules), **more)


def holds_a_canary(shown: object) -> bool:
    text = str(shown).lower()
    return any(canary.lower() in text for canary in CANARIES)


def everything_in(found: object) -> Iterator[object]:
    """The object, and all that its fields hold."""
    yield found
    if isinstance(found, tuple | list):
        for item in found:
            yield from everything_in(item)
    elif hasattr(found, "__dataclass_fields__"):
        for field in fields(found):  # type: ignore[arg-type]
            if field.name not in {"words", "head", "tail"}:  # what bears text is never shown
                yield from everything_in(getattr(found, field.name))


def test_no_representation_of_a_screening_carries_the_words(
    records: list[logging.LogRecord],
) -> None:
    """repr, str, format and as_dict of a screening and all it holds; every log record; with and without hits."""
    for screener in (canary_screener(), canary_screener(longest=40), Screener(rules=rule_set())):
        found = screener.screen(canary_text())
        for item in everything_in(found):
            for shown in (repr(item), str(item), f"{item}"):
                assert not holds_a_canary(shown), type(item)
        assert not holds_a_canary(json.dumps(found.as_dict()))
        assert '"words"' not in json.dumps(found.as_dict())
        assert not holds_a_canary(repr(screener))
        assert not holds_a_canary(repr(screener.rules.finder.find(canary_text())))
    screen(canary_text())
    screen(canary_text(), language="xx")
    assert records
    for record in records:
        assert not holds_a_canary(record.getMessage())
        assert not holds_a_canary(record.__dict__)


def test_the_words_are_there_for_those_who_ask() -> None:
    """`as_dict(words=True)` and `.words` are the only ways to them."""
    found = canary_screener().screen(canary_text())

    assert holds_a_canary(json.dumps(found.as_dict(words=True)))
    assert holds_a_canary(found.signals[0].words)
    assert found.as_dict(words=True).keys() == found.as_dict().keys()


def test_structlog_never_gets_the_words() -> None:
    """The same for a host that configured structlog."""
    with structlog.testing.capture_logs() as captured:
        canary_screener().screen(canary_text())
        screen(canary_text(), language="xx")
    structlog.reset_defaults()

    assert {entry["event"] for entry in captured} >= {"screening.matched", "screening.unchecked"}
    assert not holds_a_canary(captured)


class BrokenFinder:
    """A finder that fails with the text in its error, and in the error behind that."""

    def __init__(self, error: type[BaseException]) -> None:
        self.error = error

    def find(self, text: str) -> None:
        try:
            dict[str, str]()[text]
        except KeyError as first:
            raise self.error(text) from first


def broken_screener(error: type[BaseException] = RuntimeError) -> Screener:
    screener = canary_screener()
    vars(screener.rules)["finder"] = BrokenFinder(error)
    return screener


@pytest.mark.parametrize(
    "error", [RuntimeError, ValueError, RecursionError, MemoryError, RuleError, UnicodeError]
)
def test_a_fault_holds_the_reply_and_is_loud_without_a_word(
    error: type[Exception], records: list[logging.LogRecord]
) -> None:
    """Nothing is checked, the reply is held, an ERROR is reported; the text is nowhere in it."""
    found = broken_screener(error).screen(canary_text())

    assert [(u.reason, u.detail) for u in found.unchecked] == [
        (UncheckedReason.FAULT, error.__name__)
    ]
    assert (found.urgency, found.signals, found.holds_reply) == (Urgency.NONE, (), True)
    (record,) = [r for r in records if r.levelno >= logging.ERROR]
    assert record.getMessage() == f"screening.failed error={error.__name__} language=en"
    assert record.exc_info is None
    assert not holds_a_canary(record.__dict__)
    assert not holds_a_canary(repr(found))


def test_a_fault_while_reporting_still_reaches_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a broken report leaves a result that holds the reply."""

    def broken(_: Screening) -> None:
        raise RuntimeError

    monkeypatch.setattr(screening_module, "_report", broken)

    assert canary_screener().screen(canary_text()).holds_reply


def test_a_broken_installation_still_reaches_a_human(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules that cannot be loaded are a fault, not "nothing", whatever the error."""
    for error in (RuleError, OSError, TypeError, AttributeError):

        def broken(*_: object, error: type[Exception] = error) -> RuleSet:
            raise error(canary_text())

        monkeypatch.setattr(RuleSet, "bundled", broken)
        found = screen("I want to die")
        assert [u.reason for u in found.unchecked] == [UncheckedReason.FAULT], error
        assert found.holds_reply


def test_what_is_not_an_error_is_not_swallowed() -> None:
    """Ctrl-C and exit go through."""
    with pytest.raises(KeyboardInterrupt):
        broken_screener(KeyboardInterrupt).screen("x")


@pytest.mark.parametrize("text", [None, b"Xylographium", 5, ["Xylographium"], object()])
def test_what_is_no_string_is_a_type_error_without_its_content(text: Any) -> None:
    """The message names the type; no traceback, chained or not, shows the value."""
    for call in (screen, canary_screener().screen):
        with pytest.raises(
            TypeError, match=f"text must be a str, not {type(text).__name__}"
        ) as wrong:
            call(text)
        assert wrong.value.__cause__ is None
        assert wrong.value.__context__ is None
        assert not holds_a_canary("".join(traceback.format_exception(wrong.value)))


# ---- it always comes back -------------------------------------------------------------------------

ODD = {
    "empty": "",
    "whitespace": " \t\r\n\x0b\u2028\u3000" * 9,
    "emoji": "😀👍🏽👩‍👩‍👧‍👦🇺🇸" * 9,
    "lone surrogates": "\ud800 kill \udfff me \udc00",
    "control characters": "".join(map(chr, range(32))) + "\x7f\x80\x9f",
    "every plane": "".join(map(chr, range(0x80, 0x110000, 997))),
    "noncharacters": "\ufffe\uffff\U0010ffff",
    "a megabyte of a": "a" * 1_000_000,
    "a megabyte of spaces": " " * 1_000_000,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_any_text_comes_back_with_a_screening(text: str) -> None:
    """Nothing, blanks, emoji, broken characters, a megabyte: no error and no fault."""
    for found in (screen(text), canary_screener().screen(text)):
        assert not found.holds_reply
        assert UncheckedReason.FAULT not in {u.reason for u in found.unchecked}


@given(text=anything)
def test_any_string_at_all_comes_back_without_a_fault(text: str) -> None:
    """No string breaks the bundled rules."""
    found = screen(text)

    assert UncheckedReason.FAULT not in {u.reason for u in found.unchecked}
    json.dumps(found.as_dict(words=True))


@pytest.mark.parametrize(
    "language", [None, 5, "xx", "", ["en"], object(), "../en", "e" * 10_000, "\ud800"]
)
def test_a_language_nobody_wrote_is_unchecked_and_does_not_hold(language: Any) -> None:
    """Nothing was read, and the screening says so; the reply is not held for that alone."""
    found = screen("I want to die", language=language)

    assert [u.reason for u in found.unchecked] == [UncheckedReason.LANGUAGE_UNKNOWN]
    assert (found.urgency, found.signals, found.holds_reply) == (Urgency.NONE, (), False)
    json.dumps(found.as_dict())


@pytest.mark.parametrize("language", ["en", "EN", "en-GB", "en_US", "en-"])
def test_english_of_any_region_is_english(language: str) -> None:
    """A regional tag does not switch the rules off."""
    assert screen("I want to die", language=language).urgency >= Urgency.TODAY


def test_what_is_too_long_is_read_to_the_limit_and_holds_the_reply() -> None:
    """The beginning counts; the rest is named as unread, in numbers."""
    found = canary_screener(longest=20).screen("I want to die. " + "x" * 6)
    short = canary_screener(longest=20).screen("I want to die. " + "x" * 5)

    assert [(u.reason, u.detail) for u in found.unchecked] == [
        (UncheckedReason.TOO_LONG, "read the first 20 of 21 characters")
    ]
    assert (found.urgency, found.holds_reply) == (Urgency.NOW, True)
    assert (short.unchecked, short.holds_reply) == ((), False)
    assert Screener().longest == LONGEST >= 1_000_000


def test_letters_without_an_end_that_were_not_cut_hold_the_reply() -> None:
    """A row of letters too long to be cut into words is named as unread; one key held down is not."""
    found = canary_screener().screen("iwanttodie" * 500)
    unchecked = [(u.reason, u.detail) for u in found.unchecked]

    assert unchecked == [
        (UncheckedReason.TOO_LONG, "5000 letters without a space were not cut into words")
    ]
    assert found.holds_reply
    assert canary_screener().screen("wantdie" * 500).signals
    assert not canary_screener().screen("a" * 5000 + "h" * 5000).holds_reply


# ---- the language of the text ---------------------------------------------------------------------

OTHER_LANGUAGES = (
    "ich will nicht mehr leben",
    "niemand versteht mich und ich bin so allein",
    "heute war ein schlechter tag in der schule",
    "ich habe angst vor morgen",
    "ich hab mich wieder geschnitten",
    "kannst du mir bitte helfen",
    "je ne veux plus vivre",
    "je veux mourir ce soir",
    "personne ne me comprend vraiment",
    "j'ai peur de rentrer chez moi",
    "quiero morir esta noche",
    "nadie me entiende nunca de verdad, quiero morir",
    "me siento muy sola y triste",
    "tengo miedo de mi padre",
    "eu quero morrer hoje",
    "ninguém me entende nesta casa",
    "me ajuda por favor estou com medo",
    "ik wil niet meer leven",
    "ik ben zo moe van alles",
    "ik heb mezelf weer gesneden",
    "я хочу умереть",
    "死にたい",
    "مش عايز اعيش",
    "no quiero vivir mas",
    "ya no puedo mas con esto",
    "help me alsjeblieft ik ben bang",
)


def reasons(text: str) -> set[UncheckedReason]:
    return {u.reason for u in screen(text).unchecked}


@pytest.mark.parametrize("text", OTHER_LANGUAGES)
def test_a_text_in_another_language_is_doubted_and_does_not_hold(text: str) -> None:
    """Another script, fewer than half of four words known, or everyday words of another language."""
    assert reasons(text) == {UncheckedReason.LANGUAGE_DOUBTFUL}
    assert not screen(text).holds_reply


@pytest.mark.parametrize(
    "text",
    [
        "I do not want to live anymore",
        "idk wat 2 do anymore tbh",
        "cant sleep cant eat cant think",
        "w@nt t0 d1e",
        "iwanttodie",
        "k i l l  m y s e l f",
        "ok",
        "",
        "12 34 56 78 90",
        "😀😀😀😀😀",
        "i wаnt to dіe",
        "don’t know what to do…",
    ],
)
def test_english_however_it_is_written_is_not_doubted(text: str) -> None:
    """Chat words, disguises, numbers and emoji are no foreign language."""
    assert reasons(text) == set()


def test_a_doubtful_text_is_read_all_the_same() -> None:
    """Words a rule knows count, whatever stands around them."""
    found = screen("xyzzy plugh frobnicate quux. I want to die")
    doubted = screen("xyzzy vrelkt frobnicate quuxo foo bar bazq. kms")

    assert found.urgency >= Urgency.TODAY
    assert doubted.urgency >= Urgency.TODAY
    assert {u.reason for u in doubted.unchecked} == {UncheckedReason.LANGUAGE_DOUBTFUL}


# ---- the rest -------------------------------------------------------------------------------------


def test_a_screener_is_shared_by_threads() -> None:
    """Many threads on one fresh screener find what one alone finds."""
    texts = [canary_text(), "I want to die", "kill me so lol", "", "want. die"] * 20
    alone = [canary_screener().screen(text) for text in texts]
    shared = canary_screener()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(shared.screen, texts)) == alone


def test_a_screening_names_its_rules() -> None:
    """Language, digest and whether a clinician reviewed every rule go with each result."""
    screener = canary_screener()
    found = screener.screen("nothing here")

    assert (found.language, found.rule_digest) == ("en", screener.rules.digest)
    assert found.clinically_reviewed is False
    assert screen("nothing here").rule_digest == RuleSet.bundled().digest


def test_a_screening_as_data_is_plain_json() -> None:
    """The documented keys, all of them, and nothing JSON cannot say."""
    found = canary_screener(longest=500).screen(canary_text())
    data = json.loads(json.dumps(found.as_dict()))

    assert data == found.as_dict()
    assert set(data) == {"schema", "language", "urgency", "signals", "parts", "retractions", "opinions", "carried", "window", "suppressed", "unlisted", "unchecked", "rule_digest", "clinically_reviewed"}  # fmt: skip
    assert data["unchecked"][0]["reason"] == "too_long"
    assert {"denied", "hypothetical"} <= {
        q["qualifier"] for s in data["signals"] for q in s["qualifiers"]
    }
