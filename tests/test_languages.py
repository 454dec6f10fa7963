"""No language lives in code: six rules in a made-up one do all that the shipped one does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from human_handoff import Concern, Conversation, Qualifier, RuleSet, Screener, Screening, Urgency
from human_handoff.errors import RuleError
from human_handoff.screening import UncheckedReason

PACK = Path(__file__).parent / "packs" / "luvani"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def luvani() -> Screener:
    """The made-up language, proved and ready."""
    return Screener(rules=RuleSet.load_pack(PACK, language="luvani"))


def heard(found: Screening) -> list[str]:
    """What was heard, by the last part of its rule id."""
    return [signal.rule_id.split(".")[1] for signal in found.signals]


HEARD = {
    "plainly": ("ö morta vol", ["wants_to_die"], Urgency.TODAY),
    "in other spellings": ("Ö M0RTAAA vol", ["wants_to_die"], Urgency.TODAY),
    "misspelt": ("ö moorta vol", ["wants_to_die"], Urgency.TODAY),
    "spaced": ("ö m o r t a vol", ["wants_to_die"], Urgency.TODAY),
    "glued": ("ömortavol", ["wants_to_die"], Urgency.TODAY),
    "decomposed": ("o\u0308 morta vol", ["wants_to_die"], Urgency.TODAY),
    "abbreviated": ("zön", ["end_oneself"], Urgency.TODAY),
    "laughing": ("ö morta vol hihi", ["wants_to_die"], Urgency.SOON),
    "denied": ("ö morta vol ni", ["wants_to_die"], Urgency.OPEN_DOOR),
    "means and time": ("💊 40 medile, novi", ["time_within_a_day"], Urgency.NOW),
    "an amount alone": ("9gra medi", [], Urgency.NONE),
    "a person": ("humo bri parli", ["asks"], Urgency.SOON),
    "cancelled": ("önasul zunu pasto", [], Urgency.NONE),
}


@pytest.mark.parametrize(("text", "rules", "urgency"), HEARD.values(), ids=HEARD)
def test_a_made_up_language_is_read_as_the_shipped_one_is(
    luvani: Screener, text: str, rules: list[str], urgency: Urgency
) -> None:
    """Spellings, gaps, cues, laughter, amounts, edges of clauses, parts and combinations: all of it is data."""
    found = luvani.screen(text)

    assert heard(found) == rules
    assert found.urgency is urgency
    assert found.language == "luvani"


@pytest.mark.parametrize(
    "text", ["I want to die", "i a", "kms", "my brother wants to die lol", "tonight"]
)
def test_english_is_nothing_to_it(luvani: Screener, text: str) -> None:
    """No English word, cue, letter or abbreviation does anything where English is not loaded."""
    found = luvani.screen(text)

    assert not found.signals
    assert not found.parts
    assert not found.retractions


def test_someone_else_is_told_apart(luvani: Screener) -> None:
    """The cue for another person and the words by which people speak of themselves are data, too."""
    theirs = luvani.screen("ruta pasto önasul zunu").signals[0]
    own = luvani.screen("ruta pasto, ö morta vol").signals[0]

    assert theirs.is_qualified(Qualifier.OTHER_PERSON)
    assert theirs.concern is Concern.SUICIDAL_THOUGHTS
    assert not own.is_qualified(Qualifier.OTHER_PERSON)


def test_a_conversation_in_it_remembers(luvani: Screener) -> None:
    """A phrase over two messages, time after desire, and words that take it back."""
    talk = Conversation()
    turns = ["ö morta", "vol", "seli", "hahu", "novi"]
    found = [
        talk.add(luvani.screen(text), at=NOON + timedelta(minutes=at))
        for at, text in enumerate(turns)
    ]

    assert [f.urgency.name for f in found] == ["NONE", "TODAY", "TODAY", "TODAY", "NOW"]
    assert found[1].signals[0].turns_ago == (1,)
    assert found[3].window is not None
    assert found[3].window.retracts
    assert heard(found[4]) == ["time_within_a_day"]


def test_its_language_is_doubted_by_its_own_words(luvani: Screener) -> None:
    """Which words are known is the pack's `words.txt`, not an English list."""
    doubts = {UncheckedReason.LANGUAGE_DOUBTFUL}

    assert not luvani.screen("el pasto domi grane seli").unchecked
    assert {u.reason for u in luvani.screen("the quick brown fox jumps").unchecked} == doubts


BROKEN = {
    "a rule its example disproves": ("rules/all.toml", "[humo seli parli]", "humo [seli parli]", "should match"),
    "a cue its example disproves": ("context.toml", '"ö morta vol ni"', '"ö morta vol"', "qualifies nothing"),
    "a class nobody wrote": ("rules/all.toml", "{person}", "{nobody}", "is not in the lexicon"),
    "a short form of three words": ("lexicon/words.toml", "ni ve", "ni ve nu", "is not two words"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "written", "instead", "message"), BROKEN.values(), ids=BROKEN)
def test_a_pack_is_proved_before_it_is_used(
    tmp_path: Path, file: str, written: str, instead: str, message: str
) -> None:
    """The first thing that is wrong stops it, with its file."""
    for path in PACK.rglob("*.*"):
        copy = tmp_path / path.relative_to(PACK)
        copy.parent.mkdir(exist_ok=True)
        text = path.read_text(encoding="utf-8")
        copy.write_text(
            text.replace(written, instead) if path == PACK / file else text, encoding="utf-8"
        )
    if "person" in written:
        (tmp_path / "context.toml").write_text(
            (tmp_path / "context.toml").read_text(encoding="utf-8").replace("{person}", instead),
            encoding="utf-8",
        )

    with pytest.raises(RuleError, match=message):
        RuleSet.load_pack(tmp_path, language="luvani")


def test_a_pack_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(RuleError, match=r"words\.txt: cannot be read"):
        RuleSet.load_pack(tmp_path, language="luvani")
