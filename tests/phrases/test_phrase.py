"""The phrase language reads what docs/phrases.md says it reads, and refuses the rest with a remedy."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_handoff.errors import RuleError
from human_handoff.phrases.phrase import Phrase, Slot, Words, is_plain, words_of
from human_handoff.text import EMOJI

DOCS = Path(__file__).parents[2] / "docs" / "phrases.md"
CLASSES: dict[str, frozenset[Words]] = {
    "self": frozenset({("me",), ("my", "self")}),
    "selves": frozenset({("us",)}),
}
TERMINALS = {
    "letter": "[A-Za-zéßжª]",
    "digit": "[0-9]",
    "lower": "[a-z]",
    "space": " ",
    "emoji": f"[{EMOJI}]",
}


def slot(*members: str, optional: bool = False, gap_after: bool = False) -> Slot:
    words = frozenset(tuple(member.split()) for member in members)
    return Slot(members=words, optional=optional, gap_after=gap_after)


def parsed(source: str) -> tuple[Slot, ...]:
    return Phrase.parse(source, classes=CLASSES).slots


@pytest.mark.parametrize(
    ("source", "slots"),
    [
        ("die", (slot("die"),)),
        ("hurt myself", (slot("hurt"), slot("myself"))),
        ("(hurt|do harm to) myself", (slot("hurt", "do harm to"), slot("myself"))),
        ("i really? am", (slot("i"), slot("really", optional=True), slot("am"))),
        ("i (so|very)? am", (slot("i"), slot("so", "very", optional=True), slot("am"))),
        ("i {self}? am", (slot("i"), slot("me", "my self", optional=True), slot("am"))),
        ("{self}", (slot("me", "my self"),)),
        ("({self}|{selves}|you)", (slot("me", "my self", "us", "you"),)),
        ("want ... die", (slot("want", gap_after=True), slot("die"))),
        ("a b? ... c", (slot("a"), slot("b", optional=True, gap_after=True), slot("c"))),
        ("a ... b? c", (slot("a", gap_after=True), slot("b", optional=True), slot("c"))),
        ("💊", (slot("💊"),)),
        ("take 💊", (slot("take"), slot("💊"))),
        ("👍🏽", (slot("👍"),)),
        ("❤\ufe0f", (slot("❤"),)),
        ("don't", (slot("dont"),)),
        ("don’t", (slot("dont"),)),
        ("self-harm", (slot("self harm"),)),
        ("d&d 24/7", (slot("d d"), slot("24 7"))),
        ("CAFÉ", (slot("cafe"),)),
        ("  a   ( b | c d )?  e ", (slot("a"), slot("b", "c d", optional=True), slot("e"))),
        ("(a|a)", (slot("a"),)),
        ("#", (slot("#"),)),
        ("## {self}", (slot("##"), slot("me", "my self"))),
        ("(#|a few) b", (slot("#", "a few"), slot("b"))),
        (". a", (slot("a"),)),
        ("  .  a b  .  ", (slot("a"), slot("b"))),
    ],
)  # fmt: skip
def test_a_phrase_reads_as_the_docs_say(source: str, slots: tuple[Slot, ...]) -> None:
    """Words, alternatives, optionals, classes, gaps and emoji become the slots they stand for."""
    assert parsed(source) == slots


@pytest.mark.parametrize(
    ("source", "begins", "ends"),
    [
        ("a", False, False),
        (". a", True, False),
        ("a .", False, True),
        (". a ... b .", True, True),
    ],
)
def test_a_point_beside_a_phrase_is_the_edge_of_a_clause(
    source: str, begins: bool, ends: bool
) -> None:
    """First it is where a clause begins, last where it ends."""
    phrase = Phrase.parse(source, classes=CLASSES)
    assert (phrase.begins_clause, phrase.ends_clause) == (begins, ends)


@pytest.mark.parametrize(
    ("source", "found", "remedy"),
    [
        ("", "is empty", "write at least one word"),
        (" \t ", "is empty", "write at least one word"),
        ("... die", "begins with '...'", "begin with a word"),
        ("die ...", "ends with '...'", "end with a word"),
        ("a ... ... b", "two gaps stand side by side", "write one '...'"),
        ("a ...? b", "'...?' means nothing", "a gap may be empty anyway"),
        ("so? tired", "begins with an optional", "write two phrases"),
        ("tired so?", "ends with an optional", "write two phrases"),
        ("tired (so|very)?", "ends with an optional", "write two phrases"),
        ("a ... b? ... c", "only optionals between two gaps", "write two phrases"),
        ("a b? ... c? ... d", "only optionals between two gaps", "write two phrases"),
        ("hurt {slef}", "class {slef} is not in the lexicon", "did you mean {self}?"),
        ("hurt {zzz}", "class {zzz} is not in the lexicon", ""),
        ("hurt {Self}", "'{Self}' is neither one {class} nor plain words", ""),
        ("hurt ({self} now|me)", "'{self} now' is neither one {class} nor plain words", ""),
        ("hurt (now {self}|me)", "'now {self}' is not plain words", "or a whole {class}"),
        ("hurt (me", "cannot read '(me'", "see docs/phrases.md"),
        ("hurt me)", "cannot read ')'", "see docs/phrases.md"),
        ("hurt {self", "cannot read '{self'", "see docs/phrases.md"),
        ("a | b", "cannot read '| b'", "see docs/phrases.md"),
        ("so ? tired", "cannot read '? tired'", "see docs/phrases.md"),
        ("i so?? tired", "cannot read '? tired'", "see docs/phrases.md"),
        ("hurt ()", "'' is not plain words", "write letters"),
        ("hurt (a|)", "'' is not plain words", "write letters"),
        ("hurt (a ... b|c)", "'a ... b' is not plain words", "write letters"),
        ("hurt (a?|b)", "'a?' is not plain words", "write letters"),
        ("want...die", "'want...die' is not plain words", "write letters"),
        ("kill(ing|ed)", "put a space before '(ing|ed)'", ""),
        ("(kill)ing", "put a space before 'ing'", ""),
        ("{self}s", "put a space before 's'", ""),
        ("kill!", "'kill!' is not plain words", "write letters"),
        ("a,b", "'a,b' is not plain words", "write letters"),
        ("a.m.", "'a.m.' is not plain words", "write letters"),
        ("k*ll", "'k*ll' is not plain words", "write letters"),
        ("💊💊", "'💊💊' is not plain words", "write letters"),
        ("k_ll", "'k_ll' is not plain words", "write letters"),
        ("-", "'-' is not plain words", "write letters"),
        ("(a b c d e f g h i|j)", "an alternative of more than 8 words", ""),
        ("a . b", "'.' is the edge of a clause", "only first or last, beside a word"),
        (". . a", "'.' is the edge of a clause", "only first or last"),
        (".", "'.' is the edge of a clause", "beside a word"),
        (". .", "'.' is the edge of a clause", "beside a word"),
        ("a .?", "'.' is not plain words", "write letters"),
        ("a.", "'a.' is not plain words", "write letters"),
        (".a", "'.a' is not plain words", "write letters"),
        ("(a .)", "'a .' is not plain words", "write letters"),
        (". ... a", "begins with '...'", "begin with a word"),
        ("a ... .", "ends with '...'", "end with a word"),
        (". a?", "with an optional", "write two phrases"),
        ("###", "'###' is not plain words", "# or ##"),
        ("a#", "'a#' is not plain words", "# or ##"),
        ("#1", "'#1' is not plain words", "# or ##"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place_and_a_remedy(
    source: str, found: str, remedy: str
) -> None:
    """The message names the phrase as it was written, what is wrong with it, and what to write."""
    with pytest.raises(RuleError) as wrong:
        parsed(source)
    assert str(wrong.value).startswith(f"phrase {source!r}: ")
    assert found in str(wrong.value)
    assert remedy in str(wrong.value)


def grammar() -> str:
    """The EBNF of the docs as one expression; it has no recursion, so that is all it takes."""
    block = re.search(r"```ebnf\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    rules = dict(re.findall(r"(\w+)\s*=(.*?)\s;\n", block[1], re.DOTALL))
    return _expression(rules, "phrase")


def _expression(rules: dict[str, str], name: str) -> str:
    tokens: list[str] = re.findall(r'"[^"]*"|\w+|[(){}\[\]|,]', rules[name])
    marks = {"(": "(?:", ")": ")", "{": "(?:", "}": ")*", "[": "(?:", "]": ")?", "|": "|", ",": ""}
    made = ""
    for token in tokens:
        if token in marks:
            made += marks[token]
        elif token[0] == '"':
            made += re.escape(token[1:-1])
        else:
            made += TERMINALS.get(token) or _expression(rules, token)
    return f"(?:{made})"


GRAMMAR = re.compile(grammar())
SHAPE = (
    "begins with",
    "ends with",
    "two gaps stand",
    "only optionals",
    "not in the lexicon",
    "more than 8 words",
)
"""What the rules below the grammar refuse."""


@given(source=st.from_regex(GRAMMAR, fullmatch=True))
def test_every_phrase_of_the_documented_grammar_can_be_read(source: str) -> None:
    """A phrase the EBNF allows is read, or refused by one of the four rules beneath it."""
    try:
        slots = parsed(source)
    except RuleError as wrong:
        assert any(f": {rule}" in str(wrong) or rule in str(wrong) for rule in SHAPE), wrong
    else:
        assert all(slot.members for slot in slots)
        assert not slots[0].optional
        assert not slots[-1].optional
        assert not slots[-1].gap_after


pieces = st.sampled_from(["a", "b7", "don't", "💊", "{self}", "(a|b)", "(", ")", "|", "?", "...", ".", "{", "}", "-", "&", "!", " ", "  "])  # fmt: skip


@given(
    source=st.lists(pieces, max_size=9).map("".join)
    | st.text(alphabet="ab{}()|?.' -&💊", max_size=12)
)
def test_nothing_outside_the_documented_grammar_is_read(source: str) -> None:
    """What the parser accepts, the EBNF allows, once doubled spaces and those inside ( | ) are taken out."""
    try:
        parsed(source)
    except RuleError:
        return
    tidy = re.sub(r"(?<=\() | (?=[|)])|(?<=\|) ", "", re.sub(r"\s+", " ", source.strip()))
    assert GRAMMAR.fullmatch(tidy), tidy


@given(text=st.text())
def test_any_text_is_refused_or_read_and_nothing_else_happens(text: str) -> None:
    """A phrase file can hold anything; only RuleError comes out."""
    try:
        phrase = Phrase.parse(text, classes={})
    except RuleError:
        return
    assert phrase.words()
    assert all(words_of(word) == (word,) for word in phrase.words())


@given(text=st.text())
def test_plain_words_have_at_least_one_word(text: str) -> None:
    """What counts as plain words is never empty once folded."""
    assert not is_plain(text) or words_of(text)
