"""The docs say what the code does: commands, options, tables and links."""

import argparse
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from human_handoff.cli import main, make_parser
from human_handoff.policy import SUICIDE_OR_SELF_INJURY, Policy
from human_handoff.routing.route import ReasonCode
from human_handoff.vocabulary import Concern, Urgency

ROOT = Path(__file__).parent.parent
CLI = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
ROUTING = (ROOT / "docs/routing.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])

CHANGING = {
    r"\d+ days ago": "N days ago",
    r"newest source [\d-]+": "newest source DATE",
    r"\b[0-9a-f]{12}([0-9a-f]{52})?\b": "DIGEST",
    r"open now|closed now|hours unknown": "OPEN",
    r"\d+ lines in \d+ countries": "N lines in N countries",
}
"""What a page cannot promise: it changes with the day, the hour, or a fact that is added."""


# ---- the console examples of docs/cli.md --------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Example:
    """One command of a console block, and what the page says it prints."""

    command: str
    expected: str


def examples_of(page: str) -> Iterator[list[Example]]:
    """The console blocks, each a list of commands that run one after the other."""
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)[1:]
        pairs = zip(parts[::2], parts[1::2], strict=True)
        yield [Example(command=command, expected=expected) for command, expected in pairs]


BLOCKS = list(examples_of(CLI))


def steady(text: str) -> str:
    for changing, name in CHANGING.items():
        text = re.sub(changing, name, text)
    return text


def matches(expected: str, printed: str) -> bool:
    """Whether *printed* is as expected, where … stands for anything."""
    pieces = [re.escape(piece) for piece in re.split(r"…\n|…", steady(expected))]
    # a piece that filled a line of its own stands for whole lines, one in a line for its rest
    return re.fullmatch("(?s:.*?)".join(pieces), steady(printed)) is not None


class Shell:
    """As much of a shell as the examples use: a command, input from printf, `cat`, `echo $?`."""

    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.patch, self.capture, self.code = patch, capture, 0

    def run(self, example: Example) -> str:
        match shlex.split(example.command):
            case ["cat", name]:  # a file the reader has: the page shows what is in it
                Path(name).write_text(example.expected, encoding="utf-8")
                return example.expected
            case ["echo", "$?"]:
                return f"{self.code}\n"
            case ["printf", text, "|", "human-handoff", *argv]:
                return self.main(argv, text)
            case ["human-handoff", *argv]:
                return self.main(argv, "")
        raise AssertionError(f"the tests cannot run {example.command!r}")

    def main(self, argv: list[str], text: str) -> str:
        self.patch.setattr("sys.stdin", Input(text))
        try:
            self.code = main(argv)
        except SystemExit as exits:  # argparse, after --help and --version
            self.code = int(exits.code or 0)
        return self.capture.readouterr().out


class Input:
    """Standard input with this text in it."""

    def __init__(self, text: str) -> None:
        self.buffer, self._text = self, text

    def read(self) -> bytes:
        return self._text.encode()

    def isatty(self) -> bool:
        return False


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[0].command[:60])
def test_a_command_in_the_docs_prints_what_the_page_shows(
    block: list[Example],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """Every console block is run; only dates, digests and opening states may differ."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    shell = Shell(monkeypatch, capsys)
    for example in block:
        printed = shell.run(example)
        assert matches(example.expected, printed), f"$ {example.command}\n{printed}"


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("one\n", "one\n", True),
        ("one\n", "two\n", False),
        ("one\n…\nfour\n", "one\ntwo\nthree\nfour\n", True),
        ("one\n…\nfour\n", "one\nfour\n", True),
        ("one\n…\nfour\n", "one\ntwo\nfive\n", False),
        ("open now, 3 days ago\n", "closed now, 400 days ago\n", True),
        ("digest 6fd3…\n", "digest 6fd3aa\n", True),
        ("digest 6fd3…\n", "digest 7fd3aa\n", False),
    ],
)
def test_comparing_forgives_what_changes_and_nothing_else(
    expected: str, printed: str, same: bool
) -> None:
    """The comparison of this file can fail."""
    assert matches(expected, printed) is same


# ---- every command and option -------------------------------------------------------------------


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parser and every one below it."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from commands(below)


def options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    kept = (argparse._HelpAction, argparse._SubParsersAction)
    return [action for action in parser._actions if not isinstance(action, kept)]


COMMANDS = list(commands(make_parser()))


@pytest.mark.parametrize("parser", COMMANDS, ids=lambda parser: parser.prog)
def test_every_command_and_option_is_in_the_docs(parser: argparse.ArgumentParser) -> None:
    """What can be typed can be read about, in the section of its command."""
    section = section_of(parser.prog)
    for action in options(parser):
        names = action.option_strings or str(action.metavar).split("|")
        assert all(re.search(rf"(?<![\w-]){name}\b", section) or name == "-" for name in names), (
            f"docs/cli.md does not speak of {names} under {parser.prog}"
        )


def section_of(command: str) -> str:
    """The page from the heading of a command to the next one of its rank; all of it for none."""
    heading = re.search(rf"^(#+) {command}$", CLI, re.MULTILINE)
    if command == "human-handoff":
        return CLI
    assert heading, f"docs/cli.md has no section for {command}"
    rest = CLI[heading.end() :]
    ends = re.search(rf"^#{{1,{min(2, len(heading[1]))}}} ", rest, re.MULTILINE)
    return rest[: ends.start()] if ends else rest


@pytest.mark.parametrize("parser", COMMANDS, ids=lambda parser: parser.prog)
def test_every_command_and_option_has_help(parser: argparse.ArgumentParser) -> None:
    """`-h` explains every argument, in words."""
    assert parser.description
    assert all(action.help for action in options(parser)), parser.prog


def test_no_option_in_the_docs_is_made_up() -> None:
    """Every --option that the page speaks of exists."""
    there = {name for parser in COMMANDS for a in parser._actions for name in a.option_strings}
    assert set(re.findall(r"--[a-z][a-z-]+", CLI)) <= there


# ---- the tables of docs/routing.md --------------------------------------------------------------


def table(page: str, first_header: str) -> list[list[str]]:
    """The rows of the table whose first column has this header."""
    found = re.search(rf"^\| {first_header} \|.*\n\|[-|]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    assert found, f"no table begins with {first_header!r}"
    rows = found[1].splitlines()
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows]


def test_the_page_lists_every_reason_code_and_no_other() -> None:
    """The table of reason codes is the enumeration."""
    assert [row[0] for row in table(ROUTING, "code")] == [code.value for code in ReasonCode]


def of_concerns(written: str) -> frozenset[Concern]:
    if written == "any":
        return frozenset(Concern)
    if written == "suicide or self-injury":
        return SUICIDE_OR_SELF_INJURY
    return frozenset({Concern(written)})


def test_the_page_shows_the_obligations_of_the_policy() -> None:
    """Every concern at every urgency owes what the table says; later rows replace `any`."""
    shown = {
        (concern, Urgency[urgency.upper()]): owed
        for concerns, urgency, *owed in table(ROUTING, "concern")
        for concern in of_concerns(concerns)
    }
    written = {True: "yes", False: "no"}
    policy = {
        cell: [
            "yes" if duty.show_lines else "offer",
            written[duty.hold_replies],
            written[duty.interrupt_advised],
            written[duty.open_handoff],
            duty.reach_within,
        ]
        for cell, duty in Policy.bundled().duties.items()
    }
    assert shown == policy


def test_the_page_says_what_stands_first_at_now() -> None:
    """The concerns that put the emergency number first are those of the policy."""
    emergency_first = table(ROUTING, "first at NOW")[0][1]
    orders = Policy.bundled().orders.items()
    named = set(re.findall(r"\w+", emergency_first))
    assert named == {concern.value for concern, order in orders if order.first == "emergency"}


# ---- all pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    """A relative link names a file that exists."""
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_speak_of_people_plainly(page: Path) -> None:
    """Levels say how soon, never how likely; nobody 'commits' suicide; nothing is called safe."""
    text = page.read_text(encoding="utf-8").lower()
    wrong = r"commit(s|ted)? suicide|(low|medium|high)[- ]risk|detects? emotions?|\bis safe\b"
    assert [found[0] for found in re.finditer(wrong, text)] == []
