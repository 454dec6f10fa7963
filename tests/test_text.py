"""Folding repairs what people write and always knows which characters of theirs it read."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from human_handoff.spelling import Spelling
from human_handoff.text import EMOJI, Lattice, clean, fold
from tests.strategies import SPELLING, texts

anything = st.text(st.characters(exclude_categories=()))
"""Any string Python can hold, lone surrogates included."""
odd = st.text(
    st.sampled_from(
        "ab k.,!?'*@$1 \n\r\t\0\x1b😀💊🏽\u200d\ufe0f\u0301\u0489\u202e\u200bｋéßﬁ𝓴🅺кυ’<>/&;#…\ud800İ"
    )
)
strings = anything | odd | texts(12)


def spans_of(text: str, word: str, spelling: Spelling = SPELLING) -> list[str]:
    """The characters of *text* that read as *word*."""
    lattice = fold(text, spelling)
    return [text[start:end] for start, end, reading in edges(lattice) if reading == word]


def edges(lattice: Lattice) -> Iterator[tuple[int, int, str]]:
    """Every word some edge spells, with the characters it owns."""
    for node in range(1, len(lattice.words) + 1):
        for source, readings in lattice.edges_into(node):
            yield from ((*lattice.span(source, node), word) for word in readings)


READS = {
    "capitals": ("I KILL you", "kill", ["KILL"]),
    "fullwidth": ("i ｋｉｌｌ", "kill", ["ｋｉｌｌ"]),
    "math letters": ("i 𝓴𝓲𝓵𝓵 x", "kill", ["𝓴𝓲𝓵𝓵"]),
    "squared letters": ("🅺🅸🅻🅻 x", "kill", ["🅺🅸🅻🅻"]),
    "negative circled letters": ("🅚🅘🅛🅛 x", "kill", ["🅚🅘🅛🅛"]),
    "circled letters": ("ⓚⓘⓛⓛ x", "kill", ["ⓚⓘⓛⓛ"]),
    "small capitals": ("ᴋɪʟʟ me", "kill", ["ᴋɪʟʟ"]),
    "ligature": ("suﬁx suicide", "suicide", ["suicide"]),
    "one character that is several": ("a ﬀ kill", "kill", ["kill"]),
    "combining marks": ("k̶i̶l̶l̶ me", "kill", ["k̶i̶l̶l"]),
    "zalgo": ("k̷̢̛̬i̴̗͝l̴̰̈l me", "kill", ["k̷̢̛̬i̴̗͝l̴̰̈l"]),
    "accents": ("kíll dïe", "die", ["dïe"]),
    "Turkish dotted I": ("kİll", "kill", ["kİll"]),
    "zero-width space": ("k\u200bi\u200cl\u2060l me", "kill", ["k\u200bi\u200cl\u2060l"]),
    "soft hyphen": ("ki\u00adll", "kill", ["ki\u00adll"]),
    "bidi controls": ("\u202ekill\u202c me", "kill", ["kill"]),
    "bidi isolate inside": ("ki\u2066ll", "kill", ["ki\u2066ll"]),
    "byte order mark": ("\ufeffkill", "kill", ["kill"]),
    "tag characters": ("ki\U000e0061ll", "kill", ["ki\U000e0061ll"]),
    "control characters": ("ki\x00ll", "kill", ["ki\x00ll"]),
    "lone surrogate": ("ki\ud800ll", "kill", ["ki\ud800ll"]),
    "homoglyphs": ("кіll", "kill", ["кіll"]),
    "leet": ("k1ll me", "kill", ["k1ll"]),
    "mask": ("k*ll me", "kill", ["k*ll"]),
    "elongation": ("kiiiilll me", "kill", ["kiiiilll"]),
    "misspelling": ("i dye", "die", ["dye"]),
    "slip": ("sucide", "suicide", ["sucide"]),
    "split by a space": ("sui cide", "suicide", ["sui cide"]),
    "split in three letters": ("di e", "die", ["di e"]),
    "two words in five letters": ("todie", "die", ["die"]),
    "split behind a glued token": ("zz killsui cide", "suicide", []),
    "not split by a full stop": ("sui. cide", "suicide", []),
    "not split by an emoji": ("sui 😀 cide", "suicide", []),
    "not split by a blank line": ("sui\n\ncide", "suicide", []),
    "letters of two sentences": ("k i. l l", "kill", []),
    "spaced letters": ("k i l l me", "kill", ["k i l l"]),
    "letters with points": ("i k.i.l.l me", "kill", ["k.i.l.l"]),
    "letters with hyphens": ("k-i-l-l me", "kill", ["k-i-l-l"]),
    "letters with underscores": ("k_i_l_l me", "kill", ["k_i_l_l"]),
    "letters with dots between": ("k·i·l·l me", "kill", ["k·i·l·l"]),
    "letters with commas": ("k, i, l, l", "kill", ["k, i, l, l"]),
    "spaced leet letters": ("k 1 l l", "kill", ["k 1 l l"]),
    "spaced letters among others": ("i k i l l a", "kill", ["k i l l"]),
    "spaced letters of two words": ("k i l l  m y s e l f", "myself", ["m y s e l f"]),
    "glued": ("wanttodie now", "die", ["die"]),
    "glued, in capitals": ("WantToDie now", "die", ["Die"]),
    "glued with marks": ("wántto\u200bdíe now", "die", ["díe"]),
    "bold": ("want to **die**", "die", ["die"]),
    "italics": ("want to *die*", "die", ["die"]),
    "underscored": ("want to __die__", "die", ["die"]),
    "struck": ("want to ~~die~~", "die", ["die"]),
    "bold inside a word": ("d**i**e", "die", ["d**i**e"]),
    "code": ("`die`", "die", ["die"]),
    "quote": ("> die", "die", ["die"]),
    "link": ("[die](https://example.org)", "die", ["die"]),
    "tag": ("<p>want to <b>die</b></p>", "die", ["die"]),
    "tag inside a word": ("d<b>i</b>e", "die", ["d<b>i</b>e"]),
    "tag with attributes": ('d<span class="x" style=\'a:b\'>i</span>e', "die", ['d<span class="x" style=\'a:b\'>i</span>e']),
    "entity": ("d&#105;e", "die", ["d&#105;e"]),
    "hexadecimal entity": ("d&#x69;e", "die", ["d&#x69;e"]),
    "named entity": ("die&nbsp;now", "die", ["die"]),
    "entity that shows a tag": ("&lt;b&gt;die", "die", ["die"]),
    "words between angles are words": ("<i want to die>", "die", ["die"]),
    "one word between angles": ("<die>", "die", ["die"]),
    "a heart": ("die <3", "die", ["die"]),
    "an unclosed angle": ("a < b die", "die", ["die"]),
    "emoji glued on": ("💊die💊", "die", ["die"]),
    "an emoji": ("take 💊", "💊", ["💊"]),
    "a row of emoji": ("take 😀💊💊 💊 a", "💊", ["😀💊💊 💊"]),
    "an emoji with a variation selector": ("take 💊\ufe0f", "💊", ["💊"]),
    "abbreviation": ("i kms", "myself", ["kms"]),
    "abbreviation with a key held down": ("i KMSSSS", "myself", ["KMSSSS"]),
    "abbreviation as itself": ("i kms", "kms", ["kms"]),
    "curly apostrophe": ("i di’e", "die", ["di’e"]),
    "exclamation as a letter": ("k!ll me", "kill", ["k!ll"]),
    "dollar": ("$uicide", "suicide", ["$uicide"]),
    "stars at the end": ("ki** me", "kill", ["ki**"]),
    "stars at the end of what is bold": ("**die** me", "die", ["die"]),
    "a blank that is a letter": ("want\u3164die", "die", ["die"]),
    "a blank of Braille": ("want\u2800die", "die", ["die"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "word", "spans"), READS.values(), ids=READS)
def test_a_word_is_read_and_its_characters_are_known_exactly(
    text: str, word: str, spans: list[str]
) -> None:
    """Whatever the disguise, the word is read, and text[start:end] is what was written for it."""
    assert sorted(spans_of(text, word)) == sorted(spans)


NUMBERS = {
    "a digit": ("take 7", "#", ["7"]),
    "a digit is not large": ("take 7", "##", []),
    "two digits": ("take 70", "##", ["70"]),
    "two digits are a number": ("take 70", "#", ["70"]),
    "noughts": ("take 000", "##", ["000"]),
    "one that the word list knows": ("take 40", "##", ["40"]),
    "one that is also a word": ("take 2", "#", ["2"]),
    "one that is also a word is that word": ("take 2", "to", ["2"]),
    "with its unit": ("take 30mg", "##", ["30"]),
    "the unit behind it": ("take 30mg", "mg", ["mg"]),
    "with a unit that is a word of the rules": ("take 3die", "die", ["die"]),
    "both, in capitals": ("take 30MG", "mg", ["MG"]),
    "with its unit, as it was written": ("take 30mg", "30mg", ["30mg"]),
    "with what is no unit": ("take 30zz", "#", []),
    "too long for an amount": ("take 1234567mg", "#", []),
    "with a comma": ("take 1,000 a", "#", ["1", "000"]),
    "with a point": ("take 3.5 a", "#", ["3", "5"]),
    "with a point and a unit": ("take 3.5mg", "mg", ["mg"]),
    "a range": ("take 20-30", "##", ["20", "30"]),
    "in full width": ("take ２０", "##", ["２０"]),
    "of another script": ("take ٣٠", "##", ["٣٠"]),
    "in bold": ("take **20** a", "##", ["20"]),
    "raised": ("take 20²", "##", ["20²"]),
    "in a word": ("k1ll", "#", []),
    "in an abbreviation": ("b4 me", "#", []),
    "no digit at all": ("take forty", "#", []),
    "the sign itself": ("take # ##", "#", []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "word", "spans"), NUMBERS.values(), ids=NUMBERS)
def test_a_number_in_digits_reads_as_one(text: str, word: str, spans: list[str]) -> None:
    """Whatever else it stands for, alone or with the unit behind it, and the unit keeps its own characters."""
    assert sorted(spans_of(text, word)) == sorted(spans)


@given(st.integers(0, 999_999), st.sampled_from(["mg", "die"]), st.sampled_from(["", " "]))
def test_an_amount_reads_alike_with_and_without_a_space(number: int, unit: str, space: str) -> None:
    """`30mg` has the words of `30 mg`, each with its own characters."""
    text = f"take {number}{space}{unit} a"
    lattice = fold(text, SPELLING)
    chain = [text[slice(*lattice.span(n, n + 1))] for n in range(len(lattice.words))]

    assert chain == ["take", str(number), unit, "a"]
    assert spans_of(text, "#") == [str(number)]
    assert spans_of(text, "##") == [str(number)] * (number > 9)
    assert spans_of(text, unit) == [unit]


SHORT = {
    "two words": ("i do not want", "dont", ["do not"]),
    "in capitals": ("I DO NOT want", "dont", ["DO NOT"]),
    "over a line": ("i do\nnot", "dont", ["do\nnot"]),
    "over two sentences": ("i do. not", "dont", []),
    "written short": ("i don't", "dont", ["don't"]),
    "the other way round": ("not do", "dont", []),
    "with a word between": ("do a not", "dont", []),
    "two in a row": ("do not do not", "dont", ["do not", "do not"]),
    "the first of a text": ("i am", "im", ["i am"]),
}


@pytest.mark.parametrize(("text", "word", "spans"), SHORT.values(), ids=SHORT)
def test_a_long_form_reads_as_its_short_one_too(text: str, word: str, spans: list[str]) -> None:
    """`do not` is also `dont`, owning all it was written with; the two words stay."""
    assert spans_of(text, word) == spans
    if " " in "".join(spans):
        assert spans_of(text, "not") or spans_of(text, "am")


COMMAS = {
    "comma": ("want, die", {1}),
    "comma without a space": ("want,die", {1}),
    "brackets": ("want (me) die", {1, 2}),
    "dash": ("want - die", {1}),
    "long dash": ("want — die", {1}),
    "hyphen": ("want-die", set()),
    "ideographic comma": ("want，die", {1}),
    "in a number": ("1,000", {1}),
    "first": (", want", {0}),
    "last": ("want,", {1}),
    "full stop": ("want. die", set()),
}  # fmt: skip


@pytest.mark.parametrize(("text", "commas"), COMMAS.values(), ids=COMMAS)
def test_commas_brackets_and_dashes_are_known(text: str, commas: set[int]) -> None:
    """Where a clause may begin or end within a sentence; none of them parts one."""
    assert fold(text, SPELLING).commas == commas


STOPS = {
    "full stop": ("want. die", {1}, set()),
    "full stop without a space": ("want.die", set(), {1}),
    "decimal": ("want 3.5 die", set(), {2}),
    "exclamation": ("want! die", {1}, set()),
    "exclamation without a space": ("want!die", {1}, set()),
    "exclamation read as a letter": ("k!ll", set(), {1}),
    "exclamation in markup": ("want!**die**", {1}, set()),
    "question": ("want? die", {1}, set()),
    "several signs": ("want?!! die", {1}, set()),
    "double exclamation mark": ("want‼ die", {1}, set()),
    "double exclamation mark beside an accent": ("wänt‼ die", {1}, set()),
    "fullwidth": ("want。die", {1}, set()),
    "ellipsis": ("want... die", set(), {1}),
    "ellipsis character": ("want… die", set(), {1}),
    "colon": ("want: die", set(), {1}),
    "line break": ("want\ndie", set(), {1}),
    "line break of Windows": ("want\r\ndie", set(), {1}),
    "blank line": ("want\n\ndie", {1}, set()),
    "blank line of Windows": ("want\r\n\r\ndie", {1}, set()),
    "blank line with spaces": ("want\n \t \ndie", {1}, set()),
    "break tag": ("want<br>die", set(), {1}),
    "paragraphs": ("<p>want</p><p>die</p>", {1}, {0, 2}),
    "line separator": ("want\u2028die", set(), {1}),
    "comma": ("want, die", set(), set()),
    "ends of nothing": ("... ! die", {0}, {0}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "stops", "pauses"), STOPS.values(), ids=STOPS)
def test_sentences_and_lines_end_where_they_are_written_to_end(
    text: str, stops: set[int], pauses: set[int]
) -> None:
    """A stop ends a sentence, a pause a line; a point inside something ends neither."""
    lattice = fold(text, SPELLING)

    assert (lattice.stops, lattice.pauses) == (stops, pauses)


CLEAN = {
    "zero-width": ("ki\u200b\u200c\u200d\u2060\ufeffll", "kill"),
    "soft hyphen": ("ki\u00adll", "kill"),
    "bidi controls": ("\u202ekill\u202c \u2066me\u2069", "kill me"),
    "tag characters": ("ki\U000e0061ll", "kill"),
    "marks that combine, enclose and stack": ("k\u0301i\u20ddl\u0336\u0489l", "kill"),
    "controls": ("ki\x00\x1b\x7f\x80ll", "kill"),
    "surrogates": ("ki\ud800\udfffll", "kill"),
    "blanks of every kind": ("a\tb\u00a0c\u2003d\u3000e\x0bf\u2800g\u3164h", "a b c d e f g h"),
    "line ends of every kind": ("a\nb\r\nc\u2028d\u2029e\x85f", "a\nb \nc\nd\ne\nf"),
    "apostrophes": ("a’b‘cʼd′e＇f`g", "a'b'c'd'e'f'g"),
    "quotation marks": ("“a” „b“ «c»", '"a" "b" "c"'),
    "dashes": ("a–b—c‑d−e", "a-b-c-d-e"),
    "signs that are several": ("‼⁉…", "!!!?..."),
    "case": ("ÄẞİǅⓀ", "assidzk"),
    "compatibility": ("ｋⅻ²ﬁ℡", "kxii2fitel"),
    "entities": ("&lt;b&gt;&amp;amp;&#x6B;&#107;&nbsp;&zwj;&bogus;", "<b>&amp;kk &bogus;"),
    "tags": ("<b>a</B><br/>b<p class=x>c</p >d<i e>f<foo>", "a\nb\nc\nd<i e>f<foo>"),
}


@pytest.mark.parametrize(("text", "expected"), CLEAN.values(), ids=CLEAN)
def test_what_is_not_plain_is_resolved(text: str, expected: str) -> None:
    """Hidden characters go, styles and signs become plain ones, markup becomes what it shows."""
    assert clean(text).text == expected


@pytest.mark.parametrize(
    ("text", "emoji"),
    [
        ("a 😀 b", ["😀"]),
        ("👍🏽", ["👍"]),
        ("👍🏽 é", ["👍"]),
        ("👩‍🦰", ["👩🦰"]),
        ("❤️", ["❤"]),
        ("😀😀 😭, 😀\n💊", ["😀😭💊"]),
        ("😀. 😀 a 😀", ["😀", "😀", "😀"]),
        ("≠ −", []),
        ("🈶 é", ["🈶"]),
    ],
)
def test_an_emoji_reads_the_same_whatever_stands_beside_it(text: str, emoji: list[str]) -> None:
    """Skin tones and joiners are not seen, no emoji turns into letters or signs, a row is one token."""
    lattice = fold(text, SPELLING)

    assert ["".join(lattice.words[node]) for node in sorted(lattice.emoji)] == emoji


def test_every_emoji_stays_what_it_is() -> None:
    """Cleaning changes none of the characters that are read as emoji, in any company."""
    emoji = [c for c in map(chr, range(0x110000)) if re.match(f"[{EMOJI}]", c)]

    assert [c for c in emoji if clean(c).text != c or clean(f"é{c}").text != f"e{c}"] == []


@given(text=strings)
@example(text="\ud800")
@example(text="&#x110000;&#0;&bogus;&;&#;")
@example(text="<p <b>>")
def test_any_text_folds_into_spans_that_never_run_back(text: str) -> None:
    """Every token owns characters inside the text; neither starts nor ends ever decrease."""
    lattice = fold(text, SPELLING)
    spans = [lattice.span(node, node + 1) for node in range(len(lattice.words))]

    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    assert [end for _, end in spans] == sorted(end for _, end in spans)


@given(text=strings)
def test_every_edge_leads_forward_within_one_sentence(text: str) -> None:
    """Other readings begin before they end, inside the text, and never reach across a stop."""
    lattice = fold(text, SPELLING)
    nodes = range(len(lattice.words) + 1)
    for target, found in lattice.over.items():
        for source, word in found:
            assert source < target
            assert {source, target} <= set(nodes)
            assert not lattice.stops & set(range(source + 1, target))
            assert word
    assert lattice.stops | lattice.pauses | lattice.cuts <= set(nodes)
    assert lattice.emoji <= set(nodes[:-1])
    assert all(node + 1 not in lattice.emoji or node + 1 in lattice.stops for node in lattice.emoji)
    assert not lattice.cuts & (lattice.stops | lattice.pauses | lattice.emoji)


@given(text=strings)
def test_what_a_token_owns_is_what_it_reads(text: str) -> None:
    """Cut out of the text and cleaned alone, the characters of a token still hold its first reading."""
    lattice = fold(text, SPELLING)
    written = {word for words in SPELLING.expansions.values() for word in words}
    for node, readings in enumerate(lattice.words):
        start, end = lattice.span(node, node + 1)
        if readings and readings[0] not in written:
            assert readings[0] in clean(text[start:end]).text.replace("'", "")


@given(text=strings)
def test_cleaning_owns_each_character_once_and_in_order(text: str) -> None:
    """Every clean character knows where it came from, and none is cased, marked or hidden."""
    cleaned = clean(text)
    spans = [cleaned.span(at, at + 1) for at in range(len(cleaned.text))]

    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    assert cleaned.text == cleaned.text.lower() == clean(
        cleaned.text.replace("&", "").replace("<", "")
    ).text or ("&" in cleaned.text or "<" in cleaned.text)


words = st.text("adeikmst", min_size=1, max_size=6)
vocabularies = st.frozensets(words, min_size=1, max_size=6)
letters = st.text(st.sampled_from("adeikmst" * 3 + " 1*!'.😀\n"), max_size=30)
known_words = frozenset({"i", "a", "kid", "tie"})


def read(text: str, vocabulary: frozenset[str]) -> Lattice:
    expansions = {"kms": ("kid", "tied"), "admittedkid": ("tie", "die")}
    return fold(text, Spelling(known=known_words, vocabulary=vocabulary, expansions=expansions))


@given(vocabularies, vocabularies, st.lists(letters | words, max_size=5).map(" ".join))
@example(frozenset({"suicidality"}), frozenset({"cid", "ality"}), "sui cidality")
@example(frozenset({"zorpsuicide"}), frozenset({"zorp", "sui"}), "zorpsui cide")
@example(frozenset({"tie"}), frozenset({"admitted", "kid"}), "admittedkid")
@example(frozenset({"die"}), frozenset({"daikie"}), "da!k1e die")
def test_a_word_more_in_the_rules_never_takes_a_reading_away(
    some: frozenset[str], more: frozenset[str], text: str
) -> None:
    """More vocabulary adds edges and may join what a sign had parted; it removes nothing."""
    few, many = read(text, some), read(text, some | more)

    assert set(_bare(few, text)) <= set(_bare(many, text))
    assert {ended(few, n) for n in few.stops} >= {ended(many, n) for n in many.stops}
    assert len(few.words) <= len(many.words)


@given(vocabularies, st.lists(letters | words, max_size=4).map(" ".join))
@example(frozenset({"not", "no", "thing", "hing"}), "nothing not")
def test_a_lattice_taken_whole_has_every_edge_but_those_that_touch_a_cut(
    vocabulary: frozenset[str], text: str
) -> None:
    """Glued tokens read as they were written; nodes, spans and everything else stay as they are."""
    lattice = read(text, vocabulary)
    whole = lattice.whole()

    assert (whole is lattice) is not bool(lattice.cuts)
    assert (whole.starts, whole.ends, whole.stops) == (lattice.starts, lattice.ends, lattice.stops)
    assert set(_joining(whole)) == {
        (source, target, word)
        for source, target, word in _joining(lattice)
        if not {source, target} & lattice.cuts
    }


def _all(lattice: Lattice) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    for node in range(1, len(lattice.words) + 1):
        for source, readings in lattice.edges_into(node):
            yield source, node, readings


def _joining(lattice: Lattice) -> Iterator[tuple[int, int, str]]:
    for source, target, readings in _all(lattice):
        yield from ((source, target, word) for word in readings)


def _bare(lattice: Lattice, text: str) -> Iterator[tuple[int, int, str]]:
    """The edges, without the stars that only belong to a word where they hide its letters."""
    for start, end, word in edges(lattice):
        yield start, start + len(text[start:end].rstrip("*")), word


def ended(lattice: Lattice, node: int) -> int:
    """Where in the text the token before *node* ended."""
    return lattice.ends[node - 1] if node else 0
