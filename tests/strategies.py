"""Random phrases and random texts over a few words, written in all the ways people write them."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from human_handoff.phrases.phrase import Phrase, Words
from human_handoff.spelling import Spelling

WORDS = (
    "i",
    "a",
    "want",
    "to",
    "not",
    "die",
    "kill",
    "myself",
    "me",
    "suicide",
    "💊",
    "#",
    "##",
    "dont",
)
CLASSES: Mapping[str, frozenset[Words]] = {
    "self": frozenset({("myself",), ("my", "self"), ("me",)}),
    "want": frozenset({("want",), ("want", "to"), ("wanna",)}),
    "end": frozenset({("die",), ("kill", "me"), ("kill", "me", "to"), ("not", "a")}),
}
SPELLING = Spelling(
    known=frozenset(
        {"want", "to", "not", "i", "a", "me", "kms", "do", "but", "im", "am", "mg", "40"}
    ),
    vocabulary=frozenset({*WORDS, "my", "self", "wanna"}),
    misspellings={"dye": "die", "meself": "myself"},
    expansions={"kms": ("kill", "myself"), "wtd": ("want", "to", "die"), "2": ("to",)},
    units=frozenset({"mg", "die"}),
    edge_words=frozenset({"but", "im", "lol"}),
    short_forms={("do", "not"): "dont", ("i", "am"): "im"},
    one_letter_words=frozenset("ia"),
    one_letter_glued=frozenset("i"),
)
"""What texts are folded with: some words taken as written, the others repaired."""

words = st.sampled_from(WORDS)
plain_words = st.lists(words, min_size=1, max_size=3).map(" ".join)
class_names = st.sampled_from(sorted(CLASSES)).map("{{{}}}".format)
groups = st.lists(class_names | plain_words, min_size=1, max_size=3).map(
    lambda a: f"({'|'.join(a)})"
)
units = words | class_names | groups


@st.composite
def phrase_sources(draw: st.DrawFn, most: int = 4) -> str:
    """A phrase as the grammar in docs/phrases.md allows it, now and then with the edges of a clause."""
    parts = [draw(units)]
    gap_open = False
    for _ in range(draw(st.integers(0, most - 1))):
        if not gap_open and draw(st.booleans()):
            parts.append("...")
            gap_open = True
        unit = draw(units)
        if draw(st.booleans()):
            parts.append(unit + "?")
        else:
            parts.append(unit)
            gap_open = False
    while parts[-1] == "..." or parts[-1].endswith("?"):
        parts.pop()
    edge = st.sampled_from(["", "", "", "."])
    return " ".join([draw(edge), *parts, draw(edge)]).strip()


def phrases(most: int = 4) -> st.SearchStrategy[Phrase]:
    """A phrase of at most *most* units."""
    return phrase_sources(most).map(lambda source: Phrase.parse(source, classes=CLASSES))


WAYS = {
    "kill": (
        "k1ll",
        "k*ll",
        "kiiill",
        "k i l l",
        "k.i.l.l",
        "ｋill",
        "кill",
        "k\u200bill",
        "&#107;ill",
    ),
    "die": ("d1e", "d*e", "diiie", "d-i-e", "dye"),
    "myself": ("mys3lf", "meself", "m y s e l f", "myseelf"),
    "suicide": ("sucide", "suicid", "sui cide", "suic1de"),
    "me": ("<b>me</b>", "ME", "m3"),
    "to": ("tö", "TO"),
}
"""Other ways to write a word that the folding repairs."""
WRITTEN = (
    *WORDS,
    *(way for ways in WAYS.values() for way in ways),
    *("my", "self", "wanna", "zebra", "12", "kms", "wtd", "KMS"),
    *("killmyself", "wanttodie", "killmezebra", "tokillme", "d!e!me", "me!die", "**kill**", "die*"),
    *("😀", "😭", "👍🏽"),
    *("7", "40", "007", "12mg", "3die", "0.5", "1,000", "2"),
    *("do not", "i am", "but", "lol", "im", "b u t", "dielol"),
)
BETWEEN = (
    " ",
    "  ",
    "",
    ". ",
    "! ",
    "? ",
    ".",
    "!",
    ", ",
    "... ",
    "…",
    "\n",
    "\n\n",
    "\r\n",
    " 😀 ",
    "😀",
    "-",
    "'",
)
between = st.one_of(
    *[st.just(" ")] * 6, st.sampled_from(("", " 😀 ", "\n", "-")), st.sampled_from(BETWEEN)
)


def ways(word: str) -> tuple[str, ...]:
    """Ways to write a word of a phrase, mostly plainly."""
    plain = {"#": "7", "##": "40", "dont": "do not"}.get(word, word)
    return (plain, plain, plain, *WAYS.get(word, ()))


@st.composite
def texts(draw: st.DrawFn, most: int = 6) -> str:
    """A text of at most *most* odd words; mostly single spaces, so that phrases do match."""
    return "".join(
        draw(st.sampled_from(WRITTEN)) + draw(between) for _ in range(draw(st.integers(0, most)))
    )


@st.composite
def texts_with(draw: st.DrawFn, phrases: Sequence[Phrase]) -> str:
    """A text that likely holds some of these phrases, among other things."""
    text = draw(texts(2))
    for phrase in draw(st.lists(st.sampled_from(phrases), min_size=1, max_size=2)):
        for slot in phrase.slots:
            if slot.optional and draw(st.booleans()):
                continue
            for word in draw(st.sampled_from(sorted(slot.members))):
                text += draw(st.sampled_from(ways(word))) + draw(between)
            if slot.gap_after:
                text += draw(texts(3))
        text += draw(texts(1))
    return text
