"""Rules made of others: what they need, how far apart, and how the cues of their items lower them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from human_handoff.errors import RuleError
from human_handoff.rules.finder import MOST_ALIKE
from human_handoff.rules.rule import Rule
from human_handoff.screening import Screener, Screening
from human_handoff.vocabulary import Qualifier, Slot, Urgency
from tests.rulesets import rule, rule_set

ITEMS = {"a": "kill", "b": "die", "c": "suicide", "d": "myself"}
"""Four rules of one word each."""
PARTS = tuple(rule(f"t.{name}", word, part=True) for name, word in ITEMS.items())
SIGNALS = tuple(
    rule(f"t.{name}", word, urgency=urgency)
    for (name, word), urgency in zip(
        ITEMS.items(), ("soon", "today", "open_door", "soon"), strict=True
    )
)


def made(text: str, *rules: Rule) -> Screening:
    return Screener(rules=rule_set(*rules)).screen(text)


def spans(text: str, *rules: Rule, name: str = "t.made") -> list[str]:
    return [s.words for s in made(text, *rules).signals if s.rule_id == name]


def combination(**fields: Any) -> Rule:
    return rule("t.made", **{"urgency": "now", **fields})


ALL = {"all_of": ("t.a", "t.b")}
SENTENCE, TEXT, WINDOW = ({**ALL, "within": within} for within in ("sentence", "text", "window"))
CASES = {
    "in a sentence": (SENTENCE, "kill x die", ["kill x die"]),
    "in a sentence, in any order": (SENTENCE, "die x kill", ["die x kill"]),
    "in a sentence, over any distance": (SENTENCE, "kill " + "zz " * 50 + "die", ["kill " + "zz " * 50 + "die"]),
    "in a sentence, over a line": (SENTENCE, "kill\ndie", ["kill\ndie"]),
    "in two sentences": (SENTENCE, "kill. die", []),
    "in each of two sentences": (SENTENCE, "kill die. die kill", ["kill die", "die kill"]),
    "in the last of three sentences": (SENTENCE, "die. x! kill die", ["kill die"]),
    "in a sentence with markup": (SENTENCE, "<b>x</b>. kíll <i>die</i>", ["kíll <i>die"]),
    "in a sentence, one item twice": (SENTENCE, "kill kill", []),
    "in a text": (TEXT, "kill. die", ["die"]),
    "in a text, in any order": (TEXT, "die. kill", ["kill"]),
    "in a text of one item": (TEXT, "kill. kill", []),
    "in a window": (WINDOW, "kill. die", ["die"]),
    "by default in a window": (ALL, "kill. die", ["die"]),
    "two of three": ({"some_of": ("t.a", "t.b", "t.c"), "at_least": 2}, "suicide. kill", ["kill"]),
    "one of three is too few": ({"some_of": ("t.a", "t.b", "t.c"), "at_least": 2}, "kill. kill", []),
    "one of two is enough": ({"some_of": ("t.a", "t.b"), "at_least": 1}, "x die", ["die"]),
    "two of three in a sentence": ({"some_of": ("t.a", "t.b", "t.c"), "at_least": 2, "within": "sentence"}, "die suicide. kill", ["die suicide"]),
    "any of several": ({"all_of": ("t.a|t.b", "t.c")}, "die. suicide", ["suicide"]),
    "any of several, one item": ({"all_of": ("t.a|t.b", "t.c")}, "die. kill", []),
    "any of several, with spaces": ({"all_of": ("t.a | t.b", "t.c")}, "kill suicide", ["suicide"]),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "text", "expected"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("items", [PARTS, SIGNALS], ids=["parts", "signals"])
def test_a_combination_is_heard_where_its_items_are(
    items: tuple[Rule, ...], fields: dict[str, Any], text: str, expected: list[str]
) -> None:
    """Each of `all_of`, so many of `some_of`, any of `a|b`: within a sentence the span covers them, else it is the last."""
    assert spans(text, *items, combination(**fields)) == expected


@given(
    words=st.lists(st.sampled_from([*ITEMS.values(), "zz", "."]), max_size=10),
    items=st.lists(st.sampled_from(sorted(ITEMS)), min_size=2, max_size=4, unique=True),
    data=st.data(),
)
def test_a_combination_needs_as_many_of_its_items_as_it_says_and_no_others(
    words: list[str], items: list[str], data: st.DataObject
) -> None:
    """In one sentence, or anywhere in the text, counted item by item; parts say nothing alone."""
    needed = data.draw(st.integers(1, len(items)))
    names = tuple(f"t.{name}" for name in items)
    within = data.draw(st.sampled_from(["sentence", "text", "window"]))
    text = " ".join(words)
    found = made(text, *PARTS, combination(some_of=names, at_least=needed, within=within))
    groups = text.split(".") if within == "sentence" else [text.replace(".", "")]
    full = [g for g in groups if sum(ITEMS[name] in g.split() for name in items) >= needed]

    assert len(found.signals) == min(len(full), MOST_ALIKE)
    present = {f"t.{n}" for n, w in ITEMS.items() if w in words}
    listed = {p.rule_id for p in found.parts}
    assert listed <= present  # a part of which nothing can come is not listed
    if within == "window" or full:
        assert listed >= present & set(names) if within == "window" else listed
    assert found.urgency is (Urgency.NOW if full else Urgency.NONE)


def test_a_part_is_no_signal_and_no_urgency() -> None:
    """It is listed apart where a later turn may need it, with place and slots; its concern is not heard."""
    waits = (rule("t.b", "zzz", part=True), combination(all_of=("t.a", "t.b"), within="window"))
    found = made("kill x", rule("t.a", "kill", part=True, slots=("means",)), *waits)

    assert (found.signals, found.urgency, dict(found.concerns)) == ((), Urgency.NONE, {})
    assert [(p.rule_id, p.words, p.slots) for p in found.parts] == [("t.a", "kill", (Slot.MEANS,))]


# ---- how it is meant --------------------------------------------------------------------------------

DENIED, PAST = Qualifier.DENIED, Qualifier.PAST


@pytest.mark.parametrize(
    ("text", "qualifiers", "urgency"),
    [
        ("kill x die", set(), Urgency.NOW),
        ("not kill x die", {DENIED}, Urgency.OPEN_DOOR),
        ("kill x not die", {DENIED}, Urgency.OPEN_DOOR),
        ("not kill but kill die", set(), Urgency.NOW),
        ("not die used to kill", {DENIED, PAST}, Urgency.OPEN_DOOR),
        ("used to kill but die", {PAST}, Urgency.SOON),
        ("used to kill but not kill but die", {PAST}, Urgency.SOON),
        ("he kill but die", {Qualifier.OTHER_PERSON}, Urgency.NOW),
        ("he kill but kill die", set(), Urgency.NOW),
    ],
)
@pytest.mark.parametrize("within", ["sentence", "text"])
def test_a_combination_is_as_urgent_as_its_most_lowered_item(
    within: str, text: str, qualifiers: set[Qualifier], urgency: Urgency
) -> None:
    """Of several matches of one item the one its cues lower least counts, and of equal ones the writer's own."""
    found = made(text, *PARTS[:2], combination(**ALL, within=within))

    assert [
        ({q.qualifier for q in s.qualifiers}, s.urgency, s.rule_urgency) for s in found.signals
    ] == [(qualifiers, urgency, Urgency.NOW)]


def test_of_more_items_than_needed_the_plainest_are_chosen() -> None:
    """A qualified item never lowers a combination that has enough without it."""
    rules = (*PARTS[:3], combination(some_of=("t.a", "t.b", "t.c"), at_least=2))

    assert made("not kill. die. suicide", *rules).urgency is Urgency.NOW
    assert made("not kill. die. not suicide", *rules).urgency is Urgency.OPEN_DOOR


def test_an_unless_cancels_the_sentence_it_shares_a_word_with() -> None:
    """It reaches any word between the items, and no other sentence."""
    rules = (*PARTS[:2], combination(**SENTENCE, unless=("only zz",), keeps=("[x]",)))

    assert spans("kill only zz die. kill die", *rules) == ["kill die"]
    assert spans("kill die only zz", *rules) == ["kill die"]
    assert spans("only zz. kill die", *rules) == ["kill die"]
    assert not spans("die only zz kill", *rules)


# ---- names ------------------------------------------------------------------------------------------


def test_an_item_may_be_a_concern_or_a_slot() -> None:
    """By what signals are about, and by what of a plan the words fill in."""
    plan = rule("t.plan", "kill", concern="suicide_plan", urgency="today", slots=("plan",))
    when = rule("t.when", "die", part=True, slots=("time",))
    made_of = {"all_of": ("suicide_plan", "time")}

    assert spans("kill. die", plan, when, combination(**made_of)) == ["die"]
    assert not spans("die. die", plan, when, combination(**made_of))
    assert spans("kill. die", plan, when, combination(all_of=("plan", "time"))) == ["die"]


def test_a_part_does_not_count_as_its_concern() -> None:
    """What says nothing alone is not heard of that concern."""
    part = rule("t.part", "kill", concern="suicide_plan", part=True)
    when = rule("t.when", "die", part=True, slots=("time",))

    assert not spans("kill. die", part, when, combination(all_of=("suicide_plan", "time")))


@pytest.mark.parametrize(
    ("fields", "slots"),
    [
        ({"concern": "suicide_plan", "urgency": "today"}, (Slot.PLAN,)),
        ({"concern": "suicide_plan", "urgency": "soon"}, ()),
        ({"concern": "suicide_plan", "urgency": "today", "slots": ()}, ()),
        ({"concern": "suicide_plan", "urgency": "soon", "slots": ("time", "means")}, (Slot.TIME, Slot.MEANS)),
        ({"concern": "isolation", "urgency": "now"}, ()),
        ({"concern": "suicide_plan", "part": True}, ()),
    ],
)  # fmt: skip
def test_slots_are_what_the_rule_says_else_what_its_concern_says_at_today(
    fields: dict[str, Any], slots: tuple[Slot, ...]
) -> None:
    """A rule that says `slots = []` fills in nothing; one below TODAY fills in nothing unless it says so."""
    waits = (rule("t.b", "zzz", part=True), combination(all_of=("t.one", "t.b"), within="window"))
    found = made("kill", rule("t.one", "kill", **fields), *waits)

    assert [*(s.slots for s in found.signals), *(p.slots for p in found.parts)] == [slots]


def test_a_combination_of_a_sentence_may_be_an_item_of_one_of_a_text() -> None:
    """Sentence first, then text and window; never the other way round."""
    inner = rule("t.inner", all_of=("t.a", "t.b"), within="sentence", urgency="soon")
    outer = combination(all_of=("t.inner", "t.c"))

    assert spans("suicide. kill die", *PARTS, inner, outer) == ["kill die"]
    assert not spans("suicide. kill. die", *PARTS, inner, outer)
    with pytest.raises(RuleError, match=r"'t\.inner' is no rule with phrases"):
        rule_set(*PARTS, inner, rule("t.made", all_of=("t.inner", "t.c"), within="sentence"))


@pytest.mark.parametrize("name", ["t.none", "t.made", "zzz", "", "isolations"])
@pytest.mark.parametrize("field", ["all_of", "some_of"])
def test_an_item_nobody_knows_is_refused_with_what_there_is(field: str, name: str) -> None:
    """The message names file, rule, field and the item."""
    more = {"at_least": 1} if field == "some_of" else {}
    with pytest.raises(RuleError) as wrong:
        rule_set(*PARTS, combination(**{field: ("t.a", name)}, **more))
    assert str(wrong.value).startswith(f"tests.toml: rule 't.made': {field}: {name!r} is no rule")
    assert "no slot (desire, plan, means, time)" in str(wrong.value)


REFUSED = {
    "phrases and all_of": ({"phrases": ("x",), "all_of": ("t.a", "t.b")}, "write one of phrases"),
    "nothing": ({}, "write one of phrases"),
    "one item": ({"all_of": ("t.a",)}, "name two or more"),
    "some_of without at_least": ({"some_of": ("t.a", "t.b")}, "some_of says how many"),
    "more than there are": ({"some_of": ("t.a", "t.b"), "at_least": 3}, "some_of says how many"),
    "all_of with at_least": ({"all_of": ("t.a", "t.b"), "at_least": 2}, "all_of means all"),
    "at_least of phrases": ({"phrases": ("x",), "at_least": 1}, "leave them out"),
    "within of phrases": ({"phrases": ("x",), "within": "text"}, "leave them out"),
    "an idiom": ({"all_of": ("t.a", "t.b"), "idiom": True}, "take no idiom"),
    "a subject": ({"all_of": ("t.a", "t.b"), "subject": "other_person"}, "take no idiom"),
    "a part": ({"all_of": ("t.a", "t.b"), "part": True}, "take no idiom"),
    "unless in a text": ({"all_of": ("t.a", "t.b"), "unless": ("x",)}, 'only with within = "sentence"'),
    "a part with an urgency": ({"phrases": ("x",), "part": True, "urgency": "now"}, "says nothing alone"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "message"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_combination_is_refused(fields: dict[str, Any], message: str) -> None:
    """The rule says which fields go together."""
    whole = {**rule("t.made", "x").model_dump(exclude_unset=True, mode="json"), "urgency": "now"}
    del whole["phrases"]
    whole |= {"keeps": ["[x]"] if fields.get("unless") else []}
    if fields.get("part") and "urgency" not in fields:
        del whole["urgency"]
    with pytest.raises(ValidationError, match=message):
        Rule.model_validate(whole | fields)


def test_an_odd_text_does_not_list_a_combination_without_end() -> None:
    """A few signals of each kind say it all; the others are counted."""
    found = made("kill die. " * 500 + "not kill die. " * 500, *PARTS, combination(**SENTENCE))

    assert len(found.signals) == 2 * MOST_ALIKE
    assert found.unlisted == 1000 - 2 * MOST_ALIKE
    assert len(found.parts) == 2 * MOST_ALIKE
