"""A host's rules are proved when they are loaded; whatever is wrong is named with its place and remedy."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_handoff.errors import HandoffError, RuleError, UnknownLanguageError
from human_handoff.phrases.lexicon import Lexicon
from human_handoff.rules.rule import Rule
from human_handoff.rules.ruleset import RuleSet, languages
from human_handoff.vocabulary import Concern, Urgency
from tests.rulesets import CUES, LEXICON, rule, rule_set

RULE: dict[str, Any] = {
    "id": "mine.flat_battery",
    "title": "Says the inner battery is flat",
    "concern": "hopelessness",
    "urgency": "soon",
    "status": "test",
    "phrases": ["inner ... battery ... flat"],
    "examples": ["my [inner battery is flat]"],
    "counter_examples": ["my inner battery is full"],
    "rationale": "An expression of our members.",
    "sources": ["interviews in 2026"],
}


def toml(*rules: dict[str, Any], more: str = "") -> str:
    """Rules as a file; a field that is None is left out."""
    tables = [
        "[[rule]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in r.items() if v is not None)
        for r in rules
    ]
    return "\n".join([*tables, more])


def load(path: Path, content: str | bytes) -> RuleSet:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return RuleSet.load(path)


BROKEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "broken TOML": ("[[rule]\nid = 'x'", ("not TOML", "line 1")),
    "an unknown field": (toml(RULE | {"phrase": "x"}), ("rule 'mine.flat_battery': phrase: is not a field", "docs/rules.md")),
    "an unknown table": (toml(RULE, more="[settings]\na = 1"), ("settings: is not a field",)),
    "a missing field": (toml(RULE | {"title": None}), ("rule 'mine.flat_battery': title: is missing; write title = …",)),
    "no id": (toml(RULE | {"id": None}), ("rule number 1: id: is missing",)),
    "an id that is no name": (toml(RULE | {"id": "Mine"}), ("rule 'Mine': id: 'Mine'",)),
    "an id twice": (toml(RULE, RULE), ("rule 'mine.flat_battery': id is already used in", "choose another")),
    "an unknown class": (toml(RULE | {"phrases": ["{slef} flat"]}), ("rule 'mine.flat_battery': phrases: phrase '{slef} flat': class {slef} is not in the lexicon", "did you mean {self}")),
    "an unknown class in unless": (toml(RULE | {"unless": ["{slef}"], "keeps": ["my [inner battery is flat]"]}), ("rule 'mine.flat_battery': unless: phrase '{slef}'",)),
    "an empty phrase": (toml(RULE | {"phrases": [""]}), ("rule 'mine.flat_battery': phrases: phrase '': is empty; write at least one word",)),
    "a phrase with a mistake": (toml(RULE | {"phrases": ["battery ..."]}), ("phrases: phrase 'battery ...': ends with '...'",)),
    "no phrases": (toml(RULE | {"phrases": []}), ("rule 'mine.flat_battery': write one of phrases, all_of and some_of",)),
    "a wrong urgency": (toml(RULE | {"urgency": "hgih"}), ("rule 'mine.flat_battery': urgency: 'hgih' is not one of open_door, soon, today, now",)),
    "urgency none": (toml(RULE | {"urgency": "none"}), ("urgency: 'none' is not one of open_door, soon, today, now",)),
    "an urgency that is a number": (toml(RULE | {"urgency": 3}), ("urgency: 3 is not one of open_door, soon, today, now",)),
    "a wrong concern": (toml(RULE | {"concern": "sadness"}), ("rule 'mine.flat_battery': concern: 'sadness' is not one of harm_under_way, suicide_plan", "bereavement")),
    "a wrong status": (toml(RULE | {"status": "done"}), ("status: 'done' is not one of experimental, test or stable",)),
    "phrases that are no list": (toml(RULE | {"phrases": "inner"}), ("rule 'mine.flat_battery': phrases: 'inner'",)),
    "an example that does not match": (toml(RULE | {"examples": ["my [inner battery is dead]"]}), ("rule 'mine.flat_battery': examples: should match 'inner battery is dead' in 'my inner battery is dead', matched nothing",)),
    "an example that matches something else": (toml(RULE | {"examples": ["[my inner battery is flat]"]}), ("examples: should match 'my inner battery is flat' in 'my inner battery is flat', matched 'inner battery is flat'",)),
    "an example that matches only once": (toml(RULE | {"examples": ["[inner battery flat] and [inner battery full]"]}), ("should match 'inner battery flat' and 'inner battery full'", "matched 'inner battery flat'")),
    "an example without brackets": (toml(RULE | {"examples": ["my inner battery is flat"]}), ("examples: 'my inner battery is flat' has no brackets; put [ ] around exactly what must match",)),
    "a bracket that is not closed": (toml(RULE | {"examples": ["my [inner battery is flat"]}), ("examples: 'my [inner battery is flat' has brackets that do not pair",)),
    "a bracket that is not opened": (toml(RULE | {"examples": ["my inner battery is flat]"]}), ("has brackets that do not pair",)),
    "brackets in brackets": (toml(RULE | {"examples": ["my [inner [battery] is flat]"]}), ("has brackets that do not pair",)),
    "an example its own unless cancels": (toml(RULE | {"unless": ["flat again"], "keeps": ["my [inner battery is flat]"], "examples": ["my [inner battery is flat] again"]}), ("matched nothing (cancelled by unless 'flat again')",)),
    "no examples": (toml(RULE | {"examples": []}), ("rule 'mine.flat_battery': examples: 0 given; write at least 1",)),
    "no counter-examples": (toml(RULE | {"counter_examples": []}), ("rule 'mine.flat_battery': counter_examples: 0 given; write at least 1",)),
    "counter-examples left out": (toml(RULE | {"counter_examples": None}), ("counter_examples: is missing",)),
    "a counter-example that matches": (toml(RULE | {"counter_examples": ["the inner battery lies flat"]}), ("counter_examples: 'the inner battery lies flat' must not match this rule, but 'inner battery lies flat' does",)),
    "an idle counter-example": (toml(RULE | {"counter_examples": ["the weather is rather nice in spring"]}), ("counter_examples: 'the weather is rather nice in spring' is idle: more than 3 words from every example",)),
    "a benign text that matches": (toml(RULE | {"benign": ["an inner tube and a battery lying flat"]}), ("benign: 'an inner tube and a battery lying flat' matches mine.flat_battery; it must match no rule",)),
    "stable but not reviewed": (toml(RULE | {"status": "stable"}), ("rule 'mine.flat_battery': status: stable needs reviewed = [who, date]",)),
    "a review without a date": (toml(RULE | {"reviewed": ["me", "soon"]}), ("rule 'mine.flat_battery': reviewed.1: 'soon'",)),
    "an idiom on a forbidden concern": (toml(RULE | {"concern": "suicide_plan", "idiom": True}), ("idiom: laughter never lowers suicide_plan; leave idiom out",)),
    "unless without keeps": (toml(RULE | {"unless": ["battery pack"]}), ("keeps: a rule with unless shows a real disclosure near it",)),
    "a keeps that is not kept": (toml(RULE | {"unless": ["so flat"], "keeps": ["so [inner battery so flat]"]}), ("keeps: should match 'inner battery so flat'", "(cancelled by unless 'so flat')")),
    "a known miss that is fixed": (toml(RULE | {"known_misses": ["inner battery totally flat"]}), ("known_misses: now matches 'inner battery totally flat'; move it to examples",)),
    "a known false alarm that is gone": (toml(RULE | {"known_false_alarms": ["inner tube"]}), ("known_false_alarms: no longer matches 'inner tube'; move it to counter_examples",)),
    "a part that does not exist": (toml(RULE, RULE | {"id": "mine.both", "phrases": None, "all_of": ["mine.flat_battery", "mine.other"]}), ("rule 'mine.both': all_of: 'mine.other' is no rule with phrases in this set",)),
    "a combination of a combination": (toml(RULE | {"phrases": None, "all_of": ["mine.flat_battery", "mine.flat_battery"]}), ("all_of: 'mine.flat_battery' is no rule with phrases",)),
    "a combination of one": (toml(RULE | {"phrases": None, "all_of": ["mine.x"]}), ("all_of and some_of name two or more",)),
    "both phrases and parts": (toml(RULE | {"all_of": ["mine.x", "mine.y"]}), ("write one of phrases, all_of and some_of",)),
    "a subject that is none": (toml(RULE | {"subject": "denied"}), ("subject: only other_person is a subject",)),
    "a class containing itself": (toml(RULE, more='[classes]\nmine = ["{mine}", "x"]'), ("class 'mine' contains itself through mine",)),
    "classes containing each other": (toml(RULE, more='[classes]\nmine = ["{yours}"]\nyours = ["{mine}"]'), ("class 'mine' contains itself through mine > yours",)),
    "a class of an unknown class": (toml(RULE, more='[classes]\nmine = ["{nothing_here}"]'), ("class 'mine': {nothing_here} is not in the lexicon",)),
    "an empty class": (toml(RULE, more="[classes]\nmine = []"), ("class 'mine' has 0 members; 1 to 2000 are allowed",)),
    "a class that exists": (toml(RULE, more='[classes]\nself = ["x"]'), ("class 'self' exists already; choose another name",)),
    "a class of phrases": (toml(RULE, more='[classes]\nmine = ["a ... b"]'), ("class 'mine': 'a ... b' is not plain words",)),
    "nested TOML": ("a = " + "[" * 5000 + "]" * 5000, ("not TOML",)),
    "nested keys": ("[[rule]]\nid." + "a." * 2000 + "a = 1", ("nested more than 8 deep",)),
    "an endless number": ("[[rule]]\nid = 0x" + "f" * 5000, ("a number of more than 64 bits",)),
    "an endless decimal number": ("[[rule]]\nid = " + "9" * 5000, ("not TOML",)),
    "an endless number in a list": ("[[rule]]\nid = [[0x" + "f" * 5000 + "]]", ("a number of more than 64 bits",)),
    "rules that are no list": ("rule = 5", ("rule: 5",)),
    "rules that are no tables": ("rule = [5]", ("rule.0: 5",)),
    "too large": ("#" * 4_000_001, ("4000001 bytes; at most 4000000 are read",)),
}  # fmt: skip


@pytest.mark.parametrize(("content", "messages"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_with_file_rule_field_and_remedy(
    content: str, messages: tuple[str, ...], tmp_path: Path
) -> None:
    """RuleError says where, what was found and what is allowed; nothing is loaded by halves."""
    path = tmp_path / "mine.toml"
    with pytest.raises(RuleError) as wrong:
        load(path, content)
    assert str(wrong.value).startswith(f"{path}: ")
    for message in messages:
        assert message in str(wrong.value)
    assert len(str(wrong.value)) < 600


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    """The message names the byte and the remedy."""
    with pytest.raises(
        RuleError, match=r"mine\.toml: byte 11 is not UTF-8; save the file as UTF-8"
    ):
        load(tmp_path / "mine.toml", b"# caf\xc3\xa9 or \xe9")


def test_an_id_in_two_files_is_refused_naming_both(tmp_path: Path) -> None:
    """A folder is one set; an id stands for one rule."""
    (tmp_path / "a.toml").write_text(toml(RULE))
    (tmp_path / "b.toml").write_text(toml(RULE))
    with pytest.raises(RuleError) as wrong:
        RuleSet.load(tmp_path)
    assert str(wrong.value) == (
        f"{tmp_path / 'b.toml'}: rule 'mine.flat_battery': id is already used in "
        f"{tmp_path / 'a.toml'}; choose another"
    )


def test_a_class_in_two_files_is_refused(tmp_path: Path) -> None:
    """A class means the same in every file, or it is not loaded."""
    for name in "ab":
        one = RULE | {"id": f"mine.{name}"}
        (tmp_path / f"{name}.toml").write_text(toml(one, more='[classes]\nmine = ["x"]'))
    with pytest.raises(RuleError, match=r"b\.toml: class 'mine' exists already"):
        RuleSet.load(tmp_path)


def test_an_id_of_the_bundled_rules_cannot_be_used_again(tmp_path: Path) -> None:
    """A host's rule never replaces a bundled one."""
    bundled = RuleSet.bundled()
    mine = load(tmp_path / "mine.toml", toml(RULE | {"id": bundled.rules[0].id}))
    with pytest.raises(RuleError, match="id is already used in rules/en/"):
        bundled + mine


@pytest.mark.parametrize("name", ["missing.toml", "nul\0.toml", ""])
def test_a_file_that_cannot_be_read_is_a_rule_error(name: str, tmp_path: Path) -> None:
    """Missing, unreadable, impossible or empty: the path is named."""
    with pytest.raises(RuleError, match=r"cannot be read|holds no \.toml file"):
        RuleSet.load(tmp_path / name)


def test_my_rules_join_the_bundled_ones(tmp_path: Path) -> None:
    """The sum finds what either finds; order makes no difference to what is found."""
    content = toml(
        RULE | {"phrases": ["{mine} ... flat"]}, more='[classes]\nmine = ["inner battery"]'
    )
    mine = load(tmp_path / "mine.toml", content)
    both = RuleSet.bundled() + mine
    text = "my inner battery is flat"

    assert len(both) == len(RuleSet.bundled()) + 1
    assert both["mine.flat_battery"].urgency is Urgency.SOON
    assert [s.rule_id for s in both.finder.find(text).signals] == ["mine.flat_battery"]
    assert (mine + RuleSet.bundled()).finder.find(text).signals == both.finder.find(text).signals
    assert both.places["mine.flat_battery"] == str(tmp_path / "mine.toml")


def test_a_class_defined_differently_in_two_sets_is_refused() -> None:
    """Joining never changes what a phrase of either set means."""
    one, other = (
        RuleSet.parse(
            [
                (
                    f"{n}.toml",
                    toml(RULE | {"id": f"mine.{n}"}, more=f'[classes]\nmine = ["{n}"]').encode(),
                )
            ],
            language="en",
            lexicon=LEXICON,
            cues=CUES,
        )
        for n in "ab"
    )
    with pytest.raises(RuleError, match="class 'mine' is defined differently in the two sets"):
        one + other


def test_sets_of_two_languages_do_not_join() -> None:
    """Rules are read with the words of their own language."""
    german = RuleSet(language="de", rules=(), lexicon=Lexicon(), cues=CUES, places={})
    with pytest.raises(RuleError, match="rules in 'de' cannot join rules in 'en'"):
        rule_set(rule("t.one", "die")) + german


def test_a_language_nobody_wrote_is_refused_by_name() -> None:
    """The message lists the languages there are."""
    with pytest.raises(UnknownLanguageError, match="no rules are shipped for 'xx'; there are: en"):
        RuleSet.bundled("xx")


@pytest.mark.parametrize("language", ["en-GB", "en_US", "EN", "en-Latn-US"])
def test_a_regional_tag_finds_its_language(language: str) -> None:
    """A host passes the tag it has; English of any region is read with the English rules."""
    assert RuleSet.bundled(language) is RuleSet.bundled("en")


def test_a_set_is_a_sequence_of_its_rules() -> None:
    """Rules by place and by id; an unknown id is a KeyError."""
    first, second = rule("t.first", "die"), rule("t.second", "kill")
    rules = rule_set(first, second)

    assert (list(rules), len(rules), rules["t.second"]) == ([first, second], 2, second)
    with pytest.raises(KeyError):
        rules["t.third"]


def test_the_digest_names_exactly_these_rules() -> None:
    """It changes with anything that decides a match, and with nothing else."""
    one = rule_set(rule("t.one", "die"))
    others = [
        rule_set(rule("t.one", "kill")),
        rule_set(rule("t.one", "die", urgency="now")),
        rule_set(rule("t.one", "die"), rule("t.two", "die")),
        rule_set(rule("t.one", "die"), lexicon=Lexicon()),
        rule_set(rule("t.one", "die"), cues=CUES.without(CUES.pseudo[0])),
        rule_set(rule("t.one", "die"), cues=replace(CUES, own_words=frozenset({"my"}))),
        rule_set(rule("t.one", "die"), cues=replace(CUES, scope=1)),
        rule_set(rule("t.one", "die"), lexicon=replace(LEXICON, expansions={})),
        rule_set(rule("t.one", "die"), lexicon=replace(LEXICON, misspellings={})),
        rule_set(rule("t.one", "die"), lexicon=replace(LEXICON, known=frozenset())),
        rule_set(rule("t.one", "die"), lexicon=replace(LEXICON, classes={})),
    ]
    assert one.digest == rule_set(rule("t.one", "die")).digest
    assert len({one.digest, *(other.digest for other in others)}) == 1 + len(others)


def test_reviewed_means_every_single_rule() -> None:
    """One rule nobody signed, or no rules at all, and the set is not reviewed."""
    signed = rule("t.signed", "die", status="stable", reviewed=["Dr Example", "2027-01-15"])

    assert rule_set(signed).clinically_reviewed
    assert not rule_set(signed, rule("t.other", "kill")).clinically_reviewed
    assert not rule_set().clinically_reviewed


def test_the_bundled_languages_all_load() -> None:
    """What is listed can be loaded, and every concern is a concern of the vocabulary."""
    for language in languages():
        assert {r.concern for r in RuleSet.bundled(language)} <= set(Concern)
    assert "en" in languages()


valid = toml(RULE, RULE | {"id": "mine.other"}, more='[classes]\nmine = ["x", "{self}"]\n')
snippets = st.sampled_from(['"', "[", "]", "=", "\n", "rule", "id", "{", "}", "...", "?", "|", "#", "\\", "'", "😀", "\x00", "1e999", "nan", "0x", "2027-01-15", ",", "true"])  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with a few wounds."""
    content = valid
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        cut = draw(st.integers(0, 12))
        content = content[:at] + draw(snippets | st.text(max_size=3)) + content[at + cut :]
    return content.encode(errors="surrogatepass")


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode) | damaged())
def test_any_bytes_load_or_raise_rule_error_and_nothing_else(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever a file holds, the host gets rules that are proved, or one message that names the file."""
    path = tmp_path_factory.getbasetemp() / "any.toml"
    try:
        assert isinstance(load(path, content), RuleSet)
    except RuleError as wrong:
        assert str(path) in str(wrong)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(field=st.sampled_from(sorted(Rule.model_fields)), value=values)
def test_any_value_of_any_field_is_read_or_refused(field: str, value: object) -> None:
    """No value of any field gets anything but a RuleError out of the loader."""
    from human_handoff.rules import ruleset

    try:
        list(ruleset._rules("x.toml", [RULE | {field: value}]))
    except HandoffError as wrong:
        assert isinstance(wrong, RuleError)
        assert str(wrong).startswith("x.toml: rule ")
