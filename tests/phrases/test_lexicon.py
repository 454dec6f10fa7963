"""The words of a language: classes are plain words in the end, and repairs never hide a word."""

from collections.abc import Mapping

import pytest

from human_handoff.errors import RuleError
from human_handoff.phrases.lexicon import DEEPEST_CLASS, MOST_MEMBERS, Lexicon

KNOWN = frozenset({"dice", "want"})


def read(*files: str) -> Lexicon:
    return Lexicon.from_files(
        [(f"{n}.toml", content.encode()) for n, content in enumerate(files)], known=KNOWN
    )


def test_a_lexicon_is_what_its_files_say_together() -> None:
    """Classes may hold classes of other files; chat words and the words of classes count as known."""
    lexicon = read(
        'chat_words = ["lol", "don\'t"]\n[classes]\nself = ["me", "my self", "{others}"]',
        '[classes]\nothers = ["us"]\n[misspellings]\ndie = ["dye"]\n[expansions]\nkms = "kill myself"',
    )
    assert lexicon.classes == {"self": {("me",), ("my", "self"), ("us",)}, "others": {("us",)}}
    assert lexicon.misspellings == {"dye": "die"}
    assert lexicon.expansions == {"kms": ("kill", "myself")}
    assert lexicon.known == KNOWN | {"lol", "dont", "me", "us"}


BROKEN = {
    "a class in two files": (['[classes]\na = ["x"]', '[classes]\na = ["y"]'], "1.toml: class 'a' is already defined in 0.toml"),
    "a class of an unknown class": (['[classes]\na = ["{b}"]'], "0.toml: class 'a': {b} is not in the lexicon"),
    "a class that holds itself": (['[classes]\na = ["{a}"]'], "0.toml: class 'a' contains itself through a"),
    "classes in a ring": (['[classes]\na = ["{b}"]\nb = ["{c}"]\nc = ["{a}"]'], "0.toml: class 'a' contains itself through a > b > c"),
    "an empty class": (["[classes]\na = []"], "0.toml: class 'a' has 0 members; 1 to 2000 are allowed"),
    "a member that is half a class": (['[classes]\na = ["x {b}"]'], "0.toml: class 'a': 'x {b}' is not plain words"),
    "a member with a gap": (['[classes]\na = ["x ... y"]'], "0.toml: class 'a': 'x ... y' is not plain words"),
    "an empty member": (['[classes]\na = [" "]'], "0.toml: class 'a': ' ' is not plain words"),
    "a misspelling that is a word": (['[misspellings]\ndie = ["dice"]'], "0.toml: misspelling 'dice' of 'die' is itself a known word; leave it out"),
    "a misspelling that is a chat word of a later file": (['[misspellings]\ndie = ["dye"]', 'chat_words = ["dye"]'], "0.toml: misspelling 'dye' of 'die' is itself a known word"),
    "an unknown field": (["words = []"], "0.toml: words: is not a field"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_lexicon_names_file_and_class(files: list[str], message: str) -> None:
    """RuleError with the place, what was found and what is allowed."""
    with pytest.raises(RuleError) as wrong:
        read(*files)
    assert message in str(wrong.value)


def test_a_class_may_hold_two_thousand_members_and_no_more() -> None:
    """Beyond that it is no class but a word list."""
    members = [f"x{n}" for n in range(MOST_MEMBERS)]

    assert len(Lexicon().with_classes("x", {"a": members}).classes["a"]) == MOST_MEMBERS
    with pytest.raises(RuleError, match="class 'a' has 2001 members"):
        Lexicon().with_classes("x", {"a": [*members, "y"]})


def chain(length: int) -> Mapping[str, list[str]]:
    return {"c0": ["x"]} | {f"c{n}": [f"{{c{n - 1}}}"] for n in range(1, length)}


def test_classes_may_lie_in_one_another_and_no_chain_of_them_breaks_the_reader() -> None:
    """A chain of classes is followed a few steps; an endless one is read or refused, and that is all."""
    deepest = chain(DEEPEST_CLASS)
    endless = list(chain(5000).items())

    assert Lexicon().with_classes("x", deepest).classes[f"c{DEEPEST_CLASS - 1}"] == {("x",)}
    assert Lexicon().with_classes("x", dict(endless)).classes["c4999"] == {("x",)}
    with pytest.raises(RuleError, match="x: class 'c4999' holds classes more than 20 deep"):
        Lexicon().with_classes("x", dict(endless[::-1]))


def test_classes_that_hold_each_other_twice_are_expanded_once() -> None:
    """A small file of classes that double at every step is no bomb."""
    doubling = {"c0": ["x"]} | {
        f"c{n}": [f"{{c{n - 1}}}", f"{{c{n - 1}}}", f"{{d{n - 1}}}"] for n in range(1, 19)
    }
    doubling |= {"d0": ["y"]} | {f"d{n}": [f"{{c{n - 1}}}", f"{{d{n - 1}}}"] for n in range(1, 19)}

    for classes in (doubling, dict(list(doubling.items())[::-1])):
        assert Lexicon().with_classes("x", classes).classes["c18"] == {("x",), ("y",)}


def test_a_hosts_class_joins_the_shipped_ones_and_replaces_none() -> None:
    """It may use them; it may not take their names."""
    base = read('[classes]\nself = ["me"]')
    joined = base.with_classes("mine.toml", {"mine": ["{self}", "us"]})

    assert joined.classes == {"self": {("me",)}, "mine": {("me",), ("us",)}}
    assert joined.known == base.known
    with pytest.raises(RuleError, match=r"mine\.toml: class 'self' exists already"):
        base.with_classes("mine.toml", {"self": ["you"]})
