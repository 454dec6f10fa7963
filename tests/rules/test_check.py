"""The checker finds every claim of a rule or cue that does not hold, and no other."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_handoff.context import Cue, Cues, Stopper
from human_handoff.rules.check import Checker, Marked, distance
from human_handoff.rules.rule import Rule
from tests.rulesets import LEXICON, finder, rule

SOUND: dict[str, Any] = {
    "examples": ("so i [want to die]",),
    "counter_examples": ("never want to die",),
}


def problems(made: Rule, *others: Rule, at_least: int = 1) -> list[str]:
    """What does not hold, as `field: found`."""
    checker = Checker(finder(made, *others), at_least=at_least)
    found = list(checker.rule(made, "x.toml"))
    assert {p.place for p in found} <= {f"x.toml: rule {made.id!r}"}
    return [f"{p.field}: {p.found}" for p in found]


def checked(
    *phrases: str, others: tuple[Rule, ...] = (), at_least: int = 1, **fields: Any
) -> list[str]:
    made = rule("t.rule", *(phrases or ("want to die",)), **SOUND | fields)
    return problems(made, *others, at_least=at_least)


def test_a_rule_that_holds_has_no_problems() -> None:
    """Examples exact, counter-examples near or touched, everything else true."""
    assert checked() == []
    assert (
        checked(
            unless=("want to die laughing",),
            keeps=("i [want to die] and they are laughing",),
            counter_examples=(
                "want to die laughing you all",
                "never ever i want to die",
                "so i want to eat",
            ),
            benign=("i want to eat",),
            known_misses=("i want [to be dead]",),
            known_false_alarms=("want to die of thirst",),
        )
        == []
    )


def test_a_counter_example_may_be_touched_by_a_cue_or_unless_however_far_it_is() -> None:
    """A match that is qualified or cancelled proves something, however many words stand around it."""
    far = "on a day like this with you and me and all the others"
    assert checked(counter_examples=(f"{far} i never want to die",)) == []
    assert checked(
        counter_examples=(f"{far} i want to die laughing",),
        unless=("die laughing",),
        keeps=("i [want to die]",),
    ) == []  # fmt: skip


CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "too few": ({"at_least": 2}, ["examples: 1 given; write at least 2", "counter_examples: 1 given; write at least 2"]),
    "lowered by a cue": ({"examples": ("[want to die] he said",)}, ["examples: 'want to die' in 'want to die he said' is lowered to open_door (reported by 'he said')"]),
    "lowered by laughter": ({"idiom": True, "examples": ("[want to die] lol",)}, ["examples: 'want to die' in 'want to die lol' is lowered to soon (laughter)"]),
    "qualified and not lowered": ({"examples": ("he may [want to die]",)}, []),
    "a span too long": ({"examples": ("so [i want to die]",)}, ["examples: should match 'i want to die' in 'so i want to die', matched 'want to die'"]),
    "one span of two": ({"examples": ("[want to die], want to die",)}, ["examples: should match 'want to die' in 'want to die, want to die', matched 'want to die' and 'want to die'"]),
    "matched too early": ({"examples": ("want to die, [want to die]",)}, ["examples: should match 'want to die' in 'want to die, want to die', matched 'want to die' and 'want to die'"]),
    "keeps lowered": ({"keeps": ("not [want to die]",)}, ["keeps: 'want to die' in 'not want to die' is lowered to open_door (denied by 'not')"]),
    "keeps without brackets": ({"keeps": ("want to die",)}, ["keeps: 'want to die' has no brackets; put [ ] around exactly what must match"]),
    "a plain counter-example": ({"counter_examples": ("all want to die",)}, ["counter_examples: 'all want to die' must not match this rule, but 'want to die' does"]),
    "one plain match beside a qualified one": ({"counter_examples": ("not want to die. want to die",)}, ["counter_examples: 'not want to die. want to die' must not match this rule, but 'want to die' does"]),
    "benign hits another rule": ({"benign": ("kill me",), "others": (rule("t.kill", "kill"),)}, ["benign: 'kill me' matches t.kill; it must match no rule"]),
    "a miss that is found": ({"known_misses": ("i want to die",)}, ["known_misses: now matches 'i want to die'; move it to examples"]),
    "an alarm that is gone": ({"known_false_alarms": ("i want to eat",)}, ["known_false_alarms: no longer matches 'i want to eat'; move it to counter_examples"]),
    "an alarm of another rule": ({"known_false_alarms": ("kill",), "others": (rule("t.kill", "kill"),)}, ["known_false_alarms: no longer matches 'kill'; move it to counter_examples"]),
    "the other person is the rule's own subject": ({"subject": "other_person"}, []),
    "a counter-example that only the subject qualifies": ({"subject": "other_person", "counter_examples": ("you want to die",)}, ["counter_examples: 'you want to die' must not match this rule, but 'want to die' does"]),
    "a counter-example with a cue besides the subject": ({"subject": "other_person", "counter_examples": ("not want to die",)}, []),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "expected"), CASES.values(), ids=CASES)
def test_each_claim_that_does_not_hold_is_named(
    fields: dict[str, Any], expected: list[str]
) -> None:
    """One problem for each, with the words of the file and what really happened."""
    assert checked(**fields) == expected


@pytest.mark.parametrize(("more", "idle"), [(3, False), (4, True)])
def test_a_counter_example_is_idle_beyond_three_words_from_every_example(
    more: int, idle: bool
) -> None:
    """The border between near and idle is exact."""
    counter = "so i want to live" + " x" * (more - 1)
    found = checked(counter_examples=(counter,))

    assert [problem.split(" is idle")[0] for problem in found] == [
        f"counter_examples: {counter!r}"
    ] * idle


@pytest.mark.parametrize(
    ("example", "text", "spans"),
    [
        ("a [b] c", "a b c", ((2, 3),)),
        ("[a][b]", "ab", ((0, 1), (1, 2))),
        ("[a b]", "a b", ((0, 3),)),
        ("a b", "a b", ()),
        ("", "", ()),
    ],
)
def test_brackets_mark_spans_and_leave_the_text(
    example: str, text: str, spans: tuple[tuple[int, int], ...]
) -> None:
    """The text is what stands there without brackets; spans are offsets into it."""
    assert Marked.read(example) == Marked(text=text, spans=spans)


words = st.lists(st.sampled_from("abc"), max_size=5)


@given(words, words, words)
def test_distance_is_a_metric_that_counts_words(
    one: list[str], other: list[str], third: list[str]
) -> None:
    """Nought for the same, the same both ways, never longer by way of a third; one word is one."""
    assert (distance(one, other) == 0) is (one == other)
    assert distance(one, other) == distance(other, one)
    assert distance(one, third) <= distance(one, other) + distance(other, third)
    assert distance(one, [*one, "x"]) == 1
    assert distance(one, ["x"] * len(one)) == len(one)


def cues(
    *entries: Cue | Stopper, terminator: tuple[Stopper, ...] = (), pseudo: tuple[Stopper, ...] = ()
) -> list[str]:
    made = Cues(
        cues=tuple(e for e in entries if isinstance(e, Cue)), terminators=terminator, pseudo=pseudo
    )
    rules = rule("t.die", "die", idiom=True), rule("t.kill", "kill")
    checker = Checker(finder(*rules, cues=made, lexicon=LEXICON))
    return [str(problem) for problem in checker.cues(made, "c.toml")]


def made(
    name: str,
    qualifier: str,
    *phrases: str,
    examples: tuple[str, ...],
    counter: tuple[str, ...] = ("kill",),
) -> Cue:
    fields = {"id": name, "qualifier": qualifier, "direction": "forward", "phrases": phrases}
    return Cue.model_validate(fields | {"examples": examples, "counter_examples": counter})


def stops(name: str, *phrases: str, examples: tuple[str, ...]) -> Stopper:
    return Stopper(id=name, phrases=list(phrases), examples=list(examples))


NOT = made("not", "denied", "not", examples=("not die",), counter=("die not",))


def test_a_cue_proves_itself_on_its_own_examples() -> None:
    """It qualifies a match in each example and none in each counter-example; laughter likewise."""
    assert cues(NOT) == []
    assert cues(made("lol", "laughter", "lol", examples=("lol die",), counter=("lol kill",))) == []
    assert cues(
        made(
            "not", "denied", "not", examples=("not so die", "not cat"), counter=("not kill", "cat")
        )
    ) == [
        "c.toml: cue 'not': examples: qualifies nothing in 'not cat' (no rule matches in it)",
        "c.toml: cue 'not': counter_examples: qualifies a match in 'not kill' and must not",
        "c.toml: cue 'not': counter_examples: 'cat' is idle: no rule matches in it",
    ]
    assert cues(made("not", "denied", "not", examples=("die not",))) == [
        "c.toml: cue 'not': examples: qualifies nothing in 'die not' (matched: t.die 'die')"
    ]


def test_a_terminator_and_a_pseudo_cue_make_a_difference_in_each_example() -> None:
    """Without it the same cues must not qualify just as well."""
    good = stops("but", "but", examples=("not but die",))
    idle = stops("so", "so", examples=("not but die", "cat"))

    assert cues(NOT, terminator=(good,)) == []
    assert cues(NOT, terminator=(good, idle)) == [
        "c.toml: terminators 'so': examples: makes no difference in 'not but die': "
        "the same cues qualify with and without it",
        "c.toml: terminators 'so': examples: no rule matches in 'cat'",
    ]
    assert cues(NOT, pseudo=(stops("not_only", "not only", examples=("not only die",)),)) == []
    assert len(cues(NOT, pseudo=(stops("only", "only", examples=("not only die",)),))) == 1
