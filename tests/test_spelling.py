"""Which words an unusual token may stand for, and which it may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_handoff.spelling import (
    LARGE_NUMBER,
    LONGEST_GLUED,
    MOST_VARIANTS,
    NUMBER,
    Spelling,
    complete,
    is_one_slip,
    lookalikes,
    shortened,
    slips,
)

VOCABULARY = frozenset(
    {
        "kill",
        "killed",
        "die",
        "dies",
        "myself",
        "suicide",
        "suicidal",
        "want",
        "to",
        "i",
        "a",
        "am",
        "me",
    }
)
SPELLING = Spelling(
    known=frozenset({"kiln", "dice", "t0", "suicides", "want", "to", "i", "a", "am", "me"}),
    vocabulary=VOCABULARY,
    one_letter_words=frozenset("ia"),
    one_letter_glued=frozenset("i"),
    misspellings={"dye": "die", "soocide": "suicide", "zzz": "sleep"},
)

READ = {
    "a word as it stands": ("die", {"die"}),
    "leet digits": ("k1ll", {"kill"}),
    "leet signs": ("$uic!d@l", {"suicidal"}),
    "one digit for two letters": ("mys31f", {"myself"}),
    "euro and pound": ("m€", {"me"}),
    "bar for l": ("ki|l", {"kill"}),
    "masked": ("k*ll", {"kill"}),
    "masked by a hash": ("d#e", {"die"}),
    "half masked": ("k**l", {"kill"}),
    "masked at the end": ("kil*", {"kill"}),
    "masked and leet": ("k1*l", {"kill"}),
    "a run to one letter": ("diiiiie", {"die"}),
    "a run to two letters": ("killllll", {"kill"}),
    "several runs": ("mmmyyyssseeelllfff", {"myself"}),
    "a very long run": ("d" + "i" * 5000 + "e", {"die"}),
    "leet in a run": ("k111l", {"kill"}),
    "Cyrillic look-alikes": ("кіll", {"kill"}),
    "Greek look-alikes": ("sυιcιdε", {"suicide"}),
    "a listed misspelling": ("dye", {"die"}),
    "a listed misspelling, elongated": ("dyyye", {"die"}),
    "a listed misspelling of no word of the rules": ("zzz", set()),
    "a letter left out": ("sucide", {"suicide"}),
    "a letter put in": ("suiciide", {"suicide"}),
    "a letter replaced": ("suivide", {"suicide"}),
    "neighbours swapped": ("siucide", {"suicide"}),
    "two words a slip away": ("suicida", {"suicide", "suicidal"}),
}
NOT_READ = {
    "a known word near another": "suicides",
    "a known word that looks like leet": "t0",
    "a short known word near another": "kiln",
    "two letters are no run": "diie",
    "a short word with a slip": "kil",
    "a slip in a short word": "dei",
    "another first letter": "zuicide",
    "two slips": "sucid",
    "only signs and digits": "1!1",
    "more hidden than shown": "k***",
    "a hidden first letter": "*ill",
    "hidden letters of another number": "k*l",
    "too short to be masked": "m*",
    "forty strange letters": "qwertyuiopasdfghjklzxcvbnmqwertyuiopasdfghjkl",
}


@pytest.mark.parametrize(("token", "words"), READ.values(), ids=READ)
def test_an_unusual_token_reads_as_the_words_it_stands_for(token: str, words: set[str]) -> None:
    """The written form comes first and stays; repairs are added."""
    readings = SPELLING.readings(token)

    assert readings[0] == token
    assert {token, *words} == {*readings}


@pytest.mark.parametrize("token", NOT_READ.values(), ids=NOT_READ)
def test_a_repair_is_not_invented(token: str) -> None:
    """What is a word of its own, or too far from one, reads as it stands."""
    assert SPELLING.readings(token) == (token,)


WITH_NUMBERS = Spelling(
    known=frozenset({"40", "911", "mg"}),
    vocabulary=frozenset({"kill", "mg"}),
    expansions={"2": ("to",)},
    units=frozenset({"mg", "pills"}),
)


@pytest.mark.parametrize("token", ["0", "7", "40", "911", "007", "2", "٣", "1" * 50])
def test_digits_read_as_a_number_whatever_list_names_them(token: str) -> None:
    """As written first, then as a number, and as a large one from two digits on; never as a plain word."""
    large = (LARGE_NUMBER,) if len(token) > 1 else ()

    assert WITH_NUMBERS.readings(token) == (token, NUMBER, *large)
    assert token not in WITH_NUMBERS.plain
    assert "mg" in WITH_NUMBERS.plain


@pytest.mark.parametrize(
    ("token", "parts"),
    [
        ("30mg", ("30", "mg")),
        ("1pills", ("1", "pills")),
        ("999999mg", ("999999", "mg")),
        ("1000000mg", None),
        ("30", None),
        ("mg", None),
        ("mg30", None),
        ("30mgs", None),
        ("30mg5", None),
        ("3_mg", None),
        ("", None),
    ],
)
def test_an_amount_is_a_number_and_a_unit(token: str, parts: tuple[str, str] | None) -> None:
    """Only with a unit that is listed, and only right behind the digits."""
    assert WITH_NUMBERS.amount(token) == parts


@pytest.mark.parametrize(
    ("token", "pieces"),
    [
        ("killmyself", [(0, 4, "kill"), (4, 10, "myself")]),
        ("iamsuicidal", [(0, 1, "i"), (1, 3, "am"), (3, 11, "suicidal")]),
        ("iwantdie", [(0, 1, "i"), (1, 5, "want"), (5, 8, "die")]),
        ("killedie", []),
        ("killmyselfx", []),
        ("wantto", [(0, 4, "want"), (4, 6, "to")]),
        ("toi", []),
        ("want2die", []),
    ],
)  # fmt: skip
def test_a_glued_token_is_cut_only_where_words_meet(
    token: str, pieces: list[tuple[int, int, str]]
) -> None:
    """Every piece lies on a way through the whole token; a rest of letters leaves it whole."""
    assert list(SPELLING.pieces(token)) == pieces


def test_all_ways_to_cut_a_glued_token_are_kept() -> None:
    """Where words overlap, each way through is kept, and what leads nowhere is not."""
    spelling = Spelling(
        known=frozenset(), vocabulary=frozenset({"kill", "killed", "edit", "it", "on", "o"})
    )

    assert spelling.pieces("killedit") == (
        (0, 4, "kill"),
        (0, 6, "killed"),
        (4, 8, "edit"),
        (6, 8, "it"),
    )
    assert spelling.pieces("killedon") == ((0, 6, "killed"), (6, 8, "on"))


def test_a_word_of_the_language_is_never_cut() -> None:
    """A token in the word list stays whole, however its parts read."""
    spelling = Spelling(known=frozenset({"therapist"}), vocabulary=frozenset({"the", "rapist"}))

    assert spelling.pieces("therapist") == ()


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_one_slip_is_one_letter_more_less_other_or_swapped(wrong: str, right: str) -> None:
    """`is_one_slip` says what trying out every single slip says, in both directions."""
    letters = "abc"
    one_off = {wrong[:i] + wrong[i + 1 :] for i in range(len(wrong))}
    one_off |= {wrong[:i] + c + wrong[i:] for i in range(len(wrong) + 1) for c in letters}
    one_off |= {wrong[:i] + c + wrong[i + 1 :] for i in range(len(wrong)) for c in letters}
    one_off |= {wrong[:i] + wrong[i + 1] + wrong[i] + wrong[i + 2 :] for i in range(len(wrong) - 1)}

    assert is_one_slip(wrong, right) is (right in one_off - {wrong})
    assert is_one_slip(right, wrong) is is_one_slip(wrong, right)


@given(st.sampled_from(sorted(w for w in VOCABULARY if len(w) >= 6)), st.data())
def test_any_single_slip_after_the_first_letter_is_repaired(word: str, data: st.DataObject) -> None:
    """A long word is found with one letter missing, doubled, wrong or swapped."""
    at = data.draw(st.integers(1, len(word) - 1))
    letter = data.draw(st.sampled_from("aeiouxyz"))
    wrong = data.draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            ]
        )
    )
    assert word in SPELLING.readings(wrong)


@given(st.sampled_from(sorted(w for w in VOCABULARY if len(w) >= 3)), st.data())
def test_any_mask_of_half_the_letters_is_read(word: str, data: st.DataObject) -> None:
    """Stars or hashes may hide up to half of a word, but not its first letter."""
    hidden = data.draw(st.sets(st.integers(1, len(word) - 1), max_size=len(word) // 2))
    masked = "".join(
        data.draw(st.sampled_from("*#")) if i in hidden else c for i, c in enumerate(word)
    )

    assert word in SPELLING.readings(masked)


@given(st.sampled_from(sorted(VOCABULARY)), st.data())
def test_any_leet_spelling_with_a_letter_left_is_read(word: str, data: st.DataObject) -> None:
    """Each letter may be a digit or sign that stands for it, as long as one letter remains."""
    stands_for = lookalikes().leet
    ways = {c: [c, *(sign for sign, letters in stands_for.items() if c in letters)] for c in word}
    leet = "".join(data.draw(st.sampled_from(ways[c])) for c in word)
    variants = 1
    for c in leet:
        variants *= len(stands_for.get(c, c))
    is_odd = any(c.isalpha() for c in leet) and leet not in SPELLING.known - VOCABULARY
    if is_odd and variants <= MOST_VARIANTS:
        assert word in SPELLING.readings(leet)


@given(st.text())
def test_any_token_is_read_within_bounds(token: str) -> None:
    """Any string has readings: itself first, then words of the vocabulary, each once."""
    readings = SPELLING.readings(token)

    assert readings[0] == token
    assert set(readings[1:]) <= SPELLING.vocabulary | {NUMBER, LARGE_NUMBER}
    assert len(set(readings)) == len(readings)


vocabularies = st.frozensets(st.text("abk", min_size=1, max_size=7), min_size=1, max_size=8)


@given(vocabularies, vocabularies, st.text("abk14*", min_size=1, max_size=12))
def test_a_word_more_only_adds_readings(
    some: frozenset[str], more: frozenset[str], token: str
) -> None:
    """Words in the rules add readings and cuts; they never take one away."""
    few, many = (Spelling(known=frozenset({"kab"}), vocabulary=v) for v in (some, some | more))

    assert set(few.readings(token)) <= set(many.readings(token))
    assert set(few.pieces(token)) <= set(many.pieces(token))


@given(vocabularies, st.text("abk", min_size=7, max_size=12))
def test_every_piece_lies_on_a_way_through_the_token(
    vocabulary: frozenset[str], token: str
) -> None:
    """Walking piece by piece from any of them reaches both ends."""
    pieces = Spelling(known=frozenset(), vocabulary=vocabulary).pieces(token)
    for start, end, word in pieces:
        assert token[start:end] == word
        assert start == 0 or any(p[1] == start for p in pieces)
        assert end == len(token) or any(p[0] == end for p in pieces)
    assert complete(pieces, len(token)) == pieces


@given(st.text("ab", max_size=12))
def test_no_run_of_three_is_left(token: str) -> None:
    """`shortened` leaves runs of at most two, and begins with the shortest."""
    found = list(shortened(token))

    assert len(found) <= MOST_VARIANTS
    assert min(found, key=len) == found[0]
    assert all(run not in short for short in found for run in ("aaa", "bbb"))
    assert "aaa" in token or "bbb" in token or found == [token]


@given(st.text("ab", max_size=9))
def test_slips_leave_out_each_letter_once(word: str) -> None:
    """The word itself, then the word less each of its letters."""
    assert list(slips(word)) == [word, *(word[:i] + word[i + 1 :] for i in range(len(word)))]


def test_one_odd_token_stays_cheap() -> None:
    """Tokens made to have endless spellings are tried in a bounded number of ways."""

    class Counting(dict[str, str]):
        asked = 0

        def __contains__(self, key: object) -> bool:
            type(self).asked += 1
            return super().__contains__(key)

    spelling = Spelling(known=frozenset(), vocabulary=VOCABULARY, misspellings=Counting())
    for token in (
        "s1u1c1d1aaabbbcccdddeeefffggghhh1i1l1k1x",
        "1!|6" * 9 + "aaab",
        "abc" * 13,
        "é" * 40,
    ):
        Counting.asked = 0
        spelling.readings(token)
        assert Counting.asked <= MOST_VARIANTS


def test_an_endless_unbroken_token_is_left_whole() -> None:
    """Beyond a length nobody types, a token is not cut: its parts are not worth the time."""
    assert SPELLING.pieces("killme" * (LONGEST_GLUED // 6))
    assert SPELLING.pieces("killme" * (LONGEST_GLUED // 6 + 1)) == ()
