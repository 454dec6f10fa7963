"""The matcher finds what plain recursion finds, and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from human_handoff.phrases.automaton import Automaton
from human_handoff.phrases.matcher import GROUP, Matcher, sentences
from human_handoff.phrases.phrase import Phrase
from human_handoff.phrases.span import Hit, shortest
from human_handoff.text import fold
from tests import reference
from tests.strategies import CLASSES, SPELLING, WORDS, phrases, texts_with


def parsed(source: str) -> Phrase:
    return Phrase.parse(source, classes=CLASSES)


def found(source: str, text: str) -> list[str]:
    """What *source* matches, as the text has it."""
    lattice = fold(text, SPELLING)
    spans = [lattice.span(hit.start, hit.end) for hit in Matcher([parsed(source)]).find(lattice)]
    return [text[start:end] for start, end in spans]


@st.composite
def phrases_and_text(draw: st.DrawFn) -> tuple[list[Phrase], str]:
    """A few phrases, and a text in which some of them stand, whole or broken."""
    some = draw(st.lists(phrases(), min_size=1, max_size=draw(st.sampled_from([3, 3, 3, 12]))))
    return some, draw(texts_with(some))


@given(case=phrases_and_text(), group=st.sampled_from([1, 2, GROUP]))
@example(case=([parsed("want ... die")], "want. 😀 die want 😀 die"), group=GROUP)
@example(case=([parsed("want me? ... die")], "want a b c die"), group=GROUP)
@example(case=([parsed(word) for word in WORDS], " ".join(WORDS)), group=1)
def test_the_fast_matcher_finds_exactly_what_plain_recursion_finds(
    case: tuple[list[Phrase], str], group: int
) -> None:
    """Phrase, end and latest start agree for any phrases and any text; nothing more, nothing less."""
    phrases, text = case
    lattice = fold(text, SPELLING)
    hits = Matcher(phrases, group=group).find(lattice)

    assert {(hit.phrase, hit.end): hit.start for hit in hits} == reference.spans(phrases, lattice)
    assert len({(hit.phrase, hit.end) for hit in hits}) == len(hits)


@given(case=phrases_and_text())
@example(case=([parsed("want die")], "want. 😀 die"))
@example(case=([parsed("want ... die")], "want a. 😀 die"))
@example(case=([parsed("want ... die")], "want. a 😀 die"))
@example(case=([parsed("(want to) die")], "want. 😀 to die"))
@example(case=([parsed("want ... die")], "want a b c d die"))
def test_the_walk_forward_and_the_walk_back_each_agree_with_plain_recursion(
    case: tuple[list[Phrase], str],
) -> None:
    """Neither relies on the other: both know by themselves where a phrase ends. Only the walk back sees clauses."""
    phrases, text = case
    lattice = fold(text, SPELLING)
    expected = reference.spans(phrases, lattice)
    anywhere = [replace(phrase, begins_clause=False, ends_clause=False) for phrase in phrases]
    walked = {
        (number, node)
        for begin, end in sentences(lattice)
        for node, numbers in Automaton(phrases).walk(lattice, begin, end)
        for number in numbers
    }
    assert walked == set(reference.spans(anywhere, lattice))
    for number, phrase in enumerate(phrases):
        for node in range(1, len(lattice.words) + 1):
            hit = shortest(lattice, phrase, number, node)
            assert (hit.start if hit else None) == expected.get((number, node))


@given(case=phrases_and_text())
def test_the_words_a_match_uses_lie_in_order_inside_it(case: tuple[list[Phrase], str]) -> None:
    """`used` begins at the start, ends at the end, never overlaps, and no sentence ends inside it."""
    phrases, text = case
    lattice = fold(text, SPELLING)
    for hit in Matcher(phrases).find(lattice):
        nodes = [node for pair in hit.used for node in pair]
        assert nodes == sorted(nodes)
        assert (nodes[0], nodes[-1]) == (hit.start, hit.end)
        assert all(source < target for source, target in hit.used)
        assert not lattice.stops & set(range(hit.start + 1, hit.end))


@given(case=phrases_and_text(), more=st.lists(phrases(), max_size=3))
def test_a_phrase_more_changes_no_other_match(
    case: tuple[list[Phrase], str], more: list[Phrase]
) -> None:
    """What one phrase finds does not depend on its neighbours."""
    phrases, text = case
    lattice = fold(text, SPELLING)
    alone = Matcher(phrases).find(lattice)

    assert alone == [
        hit for hit in Matcher(phrases + more).find(lattice) if hit.phrase < len(phrases)
    ]


def test_hits_come_in_text_order() -> None:
    """Hits are listed by where they end."""
    lattice = fold("die kill me die", SPELLING)
    hits = Matcher([parsed("kill"), parsed("die")]).find(lattice)

    assert [(hit.phrase, hit.end) for hit in hits] == [(1, 1), (0, 2), (1, 4)]
    assert all(isinstance(hit, Hit) for hit in hits)


CASES = {
    "side by side": ("want die", "I want die", ["want die"]),
    "not with a word between": ("want die", "I want to die", []),
    "gap of none": ("want ... die", "want die", ["want die"]),
    "gap of three": ("want ... die", "want a b c die", ["want a b c die"]),
    "gap of four is too wide": ("want ... die", "want a b c d die", []),
    "the shortest span": ("want ... die", "want want to die", ["want to die"]),
    "optional there": ("want to? die", "want to die", ["want to die"]),
    "optional absent": ("want to? die", "want die", ["want die"]),
    "two optionals absent": ("want to? a? die", "want die", ["want die"]),
    "gap after an absent optional": ("want to? ... die", "want a b c die", ["want a b c die"]),
    "gap before an absent optional": ("want ... to? die", "want a b c die", ["want a b c die"]),
    "gap before an optional that is there": ("want ... to? die", "want a b c to die", ["want a b c to die"]),
    "long member": ("i {end}", "i kill me to", ["i kill me", "i kill me to"]),
    "long member broken by a word": ("i {end}", "i kill not me", []),
    "member begins in a gap": ("i ... {end}", "i kill kill me", ["i kill kill me"]),
    "sentence end": ("want ... die", "I want. Die", []),
    "sentence end in a long member": ("i {end}", "i kill. me", []),
    "exclamation": ("want die", "want! die", []),
    "blank line": ("want die", "want\n\ndie", []),
    "blank line of Windows": ("want die", "want\r\n\r\ndie", []),
    "one line break is no end": ("want die", "want\ndie", ["want\ndie"]),
    "dots trailing off are no end": ("want die", "want... die", ["want... die"]),
    "emoji stepped over": ("want die", "want 😀😭 die", ["want 😀😭 die"]),
    "emoji stepped over in a long member": ("i {end}", "i kill 😀 me", ["i kill 😀 me"]),
    "emoji is no word of a gap": ("want ... die", "want a 😀 b 😀 c die", ["want a 😀 b 😀 c die"]),
    "emoji after a sentence end": ("want die", "want. 😀 die", []),
    "emoji before a sentence end": ("want die", "want 😀. die", []),
    "an emoji a phrase names": ("want 💊", "want 💊", ["want 💊"]),
    "an emoji a phrase names after others": ("want 💊", "want 😀💊", ["want 😀💊"]),
    "emoji are not part of a match": ("die", "😀die😀", ["die"]),
    "spaced letters": ("kill me", "k i l l me", ["k i l l me"]),
    "glued": ("kill myself", "killmyself", ["killmyself"]),
    "one word of a glued token": ("die", "wanttodie", ["die"]),
    "glued in part of another": ("want ... myself", "want tokillmyself", ["want tokillmyself"]),
    "abbreviation": ("kill myself", "kms", ["kms"]),
    "a number": ("# 💊", "take 7 💊", ["7 💊"]),
    "a large number": ("## 💊", "7 💊 40 💊", ["40 💊"]),
    "a number a class of the lexicon names": ("## 💊", "40 💊", ["40 💊"]),
    "a number with its unit": ("## mg", "take 12mg", ["12mg"]),
    "a number with a comma": ("# 💊", "1,000 💊", ["000 💊"]),
    "a number that is also a word": ("# die", "2 die", ["2 die"]),
    "a word is no number": ("# 💊", "want 💊", []),
    "a short form hears the long one": ("i dont want", "I do not want", ["I do not want"]),
    "a short form over a line": ("i dont want", "I do. not want", []),
    "clause ends with the text": ("want die .", "want die", ["want die"]),
    "clause ends with the sentence": ("want die .", "want die. me", ["want die"]),
    "clause ends at a comma": ("want die .", "want die, me", ["want die"]),
    "clause ends at a bracket": ("want die .", "want die (me)", ["want die"]),
    "clause ends at a dash": ("want die .", "want die - me", ["want die"]),
    "clause ends at a line break": ("want die .", "want die\nme", ["want die"]),
    "clause ends at a colon": ("want die .", "want die: me", ["want die"]),
    "clause ends before an edge word": ("want die .", "want die but me", ["want die"]),
    "clause ends before a long form": ("want die .", "want die i am", ["want die"]),
    "clause ends over emoji": ("want die .", "want die 😀 but", ["want die"]),
    "clause goes on": ("want die .", "want die me", []),
    "clause goes on over emoji": ("want die .", "want die 😀 me", []),
    "the later of two ends": ("want ... die .", "want die me die", ["want die me die"]),
    "clause begins with the text": (". want die", "want die", ["want die"]),
    "clause begins after a sentence": (". want die", "me. want die", ["want die"]),
    "clause begins after a comma": (". want die", "me, want die", ["want die"]),
    "clause begins after an edge word": (". want die", "me but want die", ["want die"]),
    "clause begins after a long form": (". want die", "me i am want die", ["want die"]),
    "clause begins over emoji": (". want die", "but 😀 want die", ["want die"]),
    "clause begins before": (". want die", "me want die", []),
    "clause begins before, over emoji": (". want die", "me 😀 want die", []),
    "the earlier of two beginnings": (". want ... die", "want want die", ["want want die"]),
    "a whole clause": (". die .", "me, die, me", ["die"]),
    "half a clause": (". die .", "me, die me", []),
    "glued token counts as one word of a gap": ("want ... die", "want a b killmyself die", ["want a b killmyself die"]),
}  # fmt: skip


@pytest.mark.parametrize(("source", "text", "expected"), CASES.values(), ids=CASES)
def test_what_a_phrase_matches_is_as_the_grammar_says(
    source: str, text: str, expected: list[str]
) -> None:
    """Gaps, optionals, long members, sentence ends, emoji: each by a case one can read."""
    assert found(source, text) == expected
