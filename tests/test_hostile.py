"""No text, however it is made, costs more than its length."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_handoff.text import LONGEST_SIGN, Lattice, fold
from tests.rulesets import finder, rule
from tests.strategies import SPELLING, texts

FINDER = finder(
    rule("t.die", "want ... die", "want to? a? i? ... kill {self}", idiom=True),
    rule("t.kill", "kill {self}", "kill ... kill ... kill", unless=("{self} to",), keeps=("[x]",)),
    rule("t.end", "{end} ... {end}", "i ... {self}", unless=("die ... a",), keeps=("[x]",)),
    rule("t.pills", "take (my|all my)? ... 💊", "💊 💊", "💊"),
    rule("t.all", all_of=("t.die", "t.kill")),
)
FAMILIES: dict[str, Callable[[int], str]] = {
    "one letter": lambda n: "a" * n,
    "one letter, spaced": lambda n: "k i l " * (n // 6),
    "a disclosure": lambda n: "i want to kill me " * (n // 18),
    "words of rules": lambda n: "kill die myself to want suicide " * (n // 32),
    "words of rules, glued": lambda n: "killdiemyselftowantsuicide" * (n // 26),
    "glued words of six hundred letters": lambda n: ("killme" * 100 + " ") * (n // 601),
    "unknown words": lambda n: " ".join(f"k1ll{i:04x}" for i in range(n // 8)),
    "many spellings": lambda n: " ".join(f"s1u1c1daaabbbcccddd{i:04x}" for i in range(n // 24)),
    "combining marks": lambda n: "k" + "\u0301" * n,
    "marked letters": lambda n: "k\u0301" * (n // 2),
    "expanding characters": lambda n: "\ufdfa" * n,
    "angles": lambda n: "<" * n,
    "open tags": lambda n: "<a " * (n // 3),
    "tags": lambda n: "<b>" * (n // 3),
    "tags with attributes": lambda n: "<a b=c" * (n // 6),
    "ampersands": lambda n: "&" * n,
    "entities": lambda n: "&amp;" * (n // 5),
    "entities that never end": lambda n: "&amp" * (n // 4),
    "stars": lambda n: "*" * n,
    "a letter and stars": lambda n: "a" + "*" * n,
    "letters and stars": lambda n: "a*" * (n // 2),
    "exclamations": lambda n: "!" * n,
    "letters and exclamations": lambda n: "a!" * (n // 2),
    "dots": lambda n: ". " * (n // 2),
    "apostrophes": lambda n: "a'" * (n // 2),
    "line breaks": lambda n: "\n" * n,
    "line breaks and spaces": lambda n: "\n" + " " * n,
    "lines of spaces": lambda n: ("\n" + " " * 50) * (n // 51),
    "emoji": lambda n: "😀" * n,
    "emoji and words": lambda n: "want 😀 " * (n // 7),
    "one emoji after a phrase": lambda n: "take all my " + "💊" * n,
    "mixed emoji after a phrase": lambda n: "take all my " + "💊😀" * (n // 2),
    "parted emoji after a phrase": lambda n: "take all my " + "💊,😀|" * (n // 4),
    "emoji between words": lambda n: ("take " + "😀" * 40 + " my 💊 ") * (n // 52),
    "sentences of a word": lambda n: "die. " * (n // 5),
    "gaps full of gaps": lambda n: "kill a b c kill a b kill " * (n // 25),
    "cues without a match": lambda n: "not if he never said lol " * (n // 25),
    "cues and matches": lambda n: "not if he want to die lol kill me never " * (n // 40),
    "cues, matches and ends": lambda n: "he said: not want to die! lol\n\n" * (n // 31),
    "cancelled matches": lambda n: "kill me to " * (n // 11),
    "a cancelled match among others": lambda n: "want to " * (n // 8) + "die a",
    "surrogates": lambda n: "\ud800" * n,
    "abbreviations": lambda n: "wtd " * (n // 4),
    "digits": lambda n: "1" * n,
}
MOST_EDGES = 6


def size(lattice: Lattice) -> int:
    """How many edges there are."""
    readings = (
        readings for n in range(len(lattice.words)) for _, readings in lattice.edges_into(n + 1)
    )
    return sum(map(len, readings)) + len(lattice.words)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_the_lattice_of_a_hostile_text_is_small(family: Callable[[int], str]) -> None:
    """No text has more than a few edges for each of its characters."""
    text = family(8000)

    assert size(fold(text, SPELLING)) <= MOST_EDGES * len(text)


@given(text=st.text(st.characters(exclude_categories=())) | texts(12))
def test_the_lattice_of_any_text_is_small(text: str) -> None:
    """The same for any text at all, and nothing makes a text many times longer."""
    lattice = fold(text, SPELLING)

    assert size(lattice) <= MOST_EDGES * len(text)
    assert len(lattice.clean.text) <= LONGEST_SIGN * len(text)


def work_on(text: str) -> int:
    """How many lines of the package run to read *text*: a measure that no other load disturbs."""
    lines = 0

    def count(frame: FrameType, event: str, _: object) -> Any:
        nonlocal lines
        if "human_handoff" not in frame.f_code.co_filename:
            return None
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        FINDER.find(text)
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_the_work_on_a_hostile_text_grows_with_its_length_and_no_faster(
    family: Callable[[int], str],
) -> None:
    """A text four times as long costs no more for each character, from folding to the last qualifier."""
    short, long = family(2000), family(8000)
    FINDER.find(short)  # automata are built on first use

    assert work_on(long) / len(long) <= 1.1 * work_on(short) / len(short) + 0.1
