"""The command line: results on stdout, the rest on stderr, and exit codes one can rely on."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from human_handoff.cli import INTERRUPTED, main
from human_handoff.errors import LineError, RuleError
from human_handoff.lines.directory import Directory
from human_handoff.rules.ruleset import RuleSet
from human_handoff.screening import Screening, Unchecked, UncheckedReason

CANARY = "honestly I want to kill myself canarywort"


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What one command printed, and how it ended."""

    code: int
    out: str
    err: str


class Cli:
    """Runs commands in this process."""

    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.patch, self.capture = patch, capture

    def __call__(self, *argv: str, stdin: bytes = b"", watched: bool = False) -> Ran:
        self.patch.setattr("sys.stdin", Input(stdin, watched=watched))
        try:
            code = main(argv)
        except SystemExit as exits:  # argparse refuses the arguments, or has shown the help
            code = int(exits.code or 0)
        printed = self.capture.readouterr()
        return Ran(code=code, out=printed.out, err=printed.err)


class Input:
    """Standard input with these bytes in it."""

    def __init__(self, content: bytes, *, watched: bool) -> None:
        self.buffer, self._content, self._watched = self, content, watched

    def read(self) -> bytes:
        return self._content

    def isatty(self) -> bool:
        return self._watched


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """The command line."""
    monkeypatch.setenv("COLUMNS", "80")
    return Cli(monkeypatch, capsys)


def process(argv: Sequence[str], stdin: bytes = b"", **environment: str) -> Any:
    """The command line in a process of its own."""
    command = [sys.executable, "-m", "human_handoff.cli", *argv]
    env = {**os.environ, **environment}
    return subprocess.run(command, input=stdin, capture_output=True, env=env, check=False)  # noqa: S603


# ---- screen -------------------------------------------------------------------------------------


def test_the_first_command_of_the_readme_shows_words_rule_and_people() -> None:
    """What a newcomer types first, in a real process, with nothing on stderr."""
    ran = process(["screen", "I want to end my life tonight", "--region", "US"])
    out = ran.stdout.decode()
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "[want to end my life tonight]" in out
    assert "suicide_plan." in out
    assert "988 Suicide & Crisis Lifeline" in out
    assert "911 (all)" in out
    assert "hold replies" in out
    assert "not clinically reviewed" in out


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("slept badly, but the soup was good", 0),
        ("i feel so lonely", 11),
        ("can i talk to a real person", 12),
        ("I want to die", 13),
        ("I want to end my life tonight", 14),
        ("", 0),
        ("😭", 0),
    ],
)
def test_the_exit_code_says_how_soon_only_when_asked(cli: Cli, text: str, code: int) -> None:
    """10 + urgency with --exit-code; without it a screening that worked exits with 0."""
    assert cli("screen", text, "--exit-code").code == code
    assert cli("screen", text).code == 0


@pytest.mark.parametrize(
    ("argv", "stdin", "code"),
    [
        (("bonjour", "--language", "fr"), b"", 3),
        (("-",), b"soup " * 250_000, 3),
        (("-",), b"I want to die. " + b"soup " * 250_000, 13),
        (("quiero que esto se acabe ya",), b"", 0),
    ],
    ids=["no rules for it", "too long", "too long, and matched", "doubtful"],
)
def test_what_was_not_read_has_an_exit_code_of_its_own(
    cli: Cli, argv: tuple[str, ...], stdin: bytes, code: int
) -> None:
    """Unread is never reported as unmatched; what did match counts first."""
    assert cli("screen", *argv, "--exit-code", stdin=stdin).code == code


def test_standard_input_is_read_as_it_is(cli: Cli) -> None:
    """`-` reads all of it; bytes that are no UTF-8 are shown, never an error."""
    ran = cli("screen", "-", stdin=b"\xff\xfe I want to die\r\n", watched=False)
    assert (ran.code, ran.err) == (0, "")
    assert "[want to die]" in ran.out
    assert "\ufffd" in ran.out


def test_nothing_on_standard_input_is_said_to_be_nothing(cli: Cli) -> None:
    """An empty pipe is noticed, and the way to people is still there."""
    ran = cli("screen", "-", "--region", "GB")
    assert ran.out.startswith("(an empty text)\n")
    assert "Samaritans" in ran.out


def test_somebody_at_the_keyboard_is_told_how_to_end(cli: Cli) -> None:
    """`screen -` on a terminal does not just hang."""
    assert "Ctrl-D" in cli("screen", "-", stdin=b"hi", watched=True).err


def test_no_text_steers_the_terminal(cli: Cli) -> None:
    """Escapes of a text reach neither stdout nor stderr."""
    ran = cli("screen", "\x1b[2J\x1b]0;x\x07 I want to \x1b[8mdie", "--region", "\x1b[2J")
    assert "\x1b" not in ran.out + ran.err
    assert "\x07" not in ran.out


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (("--region", "Narnia"), "--region 'Narnia' is not clearly one country"),
        (("--region", "United States"), "write it as US or GB-SCT"),
        (("--region", "US", "--located-in", "moon"), "--located-in 'moon' is not clearly one"),
    ],
)
def test_a_region_that_cannot_be_read_is_said_so(
    cli: Cli, given: tuple[str, ...], hint: str
) -> None:
    """A typing mistake does not quietly cost the lines of a country."""
    ran = cli("screen", "I want to die", *given)
    assert ran.code == 0
    assert hint in ran.err
    assert "findahelpline.com" in ran.out


def test_a_region_is_read_in_any_case(cli: Cli) -> None:
    """`us` is US, without a note."""
    ran = cli("screen", "hi", "--region", "us")
    assert "route (US)" in ran.out
    assert ran.err == ""


def told(ran: Ran) -> set[tuple[str, str | None]]:
    """The reasons of every line of a route that was printed as JSON."""
    way = json.loads(ran.out)["route"]
    items = (way["primary"], *way["more"], *way["also"])
    return {(r["code"], r.get("value")) for item in items for r in item["because"]}


@pytest.mark.parametrize(
    ("region", "given", "reason"),
    [
        ("GB", ("--age", "16"), ("audience", "youth")),
        ("IE", ("--audience", "women, LGBTQ"), ("audience", "lgbtq")),
        ("US", ("--prefer", "text"), ("preferred", "text")),
        ("US", ("--located-in", "FR"), ("where_the_person_is", None)),
        ("GB", ("--subdivision", "GB-ENG"), ("subdivision", "GB-ENG")),
    ],
)
def test_every_option_reaches_the_route(
    cli: Cli, region: str, given: tuple[str, ...], reason: tuple[str, str | None]
) -> None:
    """Age, audience, means and place decide as they do in `route`."""
    plain = ("screen", "my husband hits me and I want to die", "--region", region, "--json")
    assert reason not in told(cli(*plain))
    assert reason in told(cli(*plain, *given))


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("screen", "hi", "--age", "abc"), "'abc' is not an age in years from 0 to 120"),
        (("screen", "hi", "--age", "-5"), "'-5' is not an age"),
        (("screen", "hi", "--age", "121"), "'121' is not an age"),
        (("screen", "hi", "--audience", "unicorns"), "'unicorns' is not one of indigenous, lgbtq"),
        (("screen", "hi", "--prefer", "smoke"), "smoke"),
        (("screen", "hi", "--regoin=US"), "there is no option --regoin"),
        (("screen", "--regio", "US", "hi"), "there is no option --regio"),
        (("screen",), "TEXT"),
        (("rules",), "COMMAND"),
        (("rules", "list", "what"), "an argument too many"),
        (("rules", "check", "--language", "xx"), "xx"),
        (("lines",), "REGION"),
        ((), "COMMAND"),
    ],
)
def test_wrong_use_says_what_is_right(cli: Cli, argv: tuple[str, ...], says: str) -> None:
    """Every mistake exits with 2, says why on stderr, and prints nothing else."""
    ran = cli(*argv)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_a_text_without_quotes_is_refused_and_not_repeated(cli: Cli) -> None:
    """Error messages end up in logs; a person's words do not."""
    ran = cli("screen", *CANARY.split())
    assert ran.code == 2
    assert "put it in quotes" in ran.err
    assert not any(word in ran.err for word in ("kill", "myself", "canarywort"))


@pytest.mark.parametrize("argv", [("--help",), ("screen", "-h"), ("rules", "show", "-h")])
def test_help_is_on_stdout(cli: Cli, argv: tuple[str, ...]) -> None:
    """Asking for help is no mistake."""
    ran = cli(*argv)
    assert (ran.code, ran.err) == (0, "")
    assert "usage: human-handoff" in ran.out


# ---- JSON ---------------------------------------------------------------------------------------


def schema(name: str) -> jsonschema.Draft202012Validator:
    text = files("human_handoff").joinpath(f"data/schemas/{name}.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


@pytest.mark.parametrize("words", [True, False])
@pytest.mark.parametrize("text", [CANARY, "my battery died", "", "I don't want to die lol 😭"])
def test_json_follows_both_schemas(cli: Cli, text: str, words: bool) -> None:
    """What is printed is what is published, with the words and without."""
    ran = cli("screen", text, "--region", "IE", "--json", *(["--words"] if words else []))
    both = json.loads(ran.out)
    assert set(both) == {"screening", "route"}
    assert ran.err == ""
    for name, value in both.items():
        schema(name).validate(value)


def test_json_holds_no_word_of_the_person_unless_asked(cli: Cli) -> None:
    """--json may be logged; --words is a decision."""
    without = cli("screen", CANARY, "--json").out
    assert "canarywort" not in without
    assert "kill myself" not in without
    asked = json.loads(cli("screen", CANARY, "--json", "--words").out)
    assert "kill myself" in json.dumps(asked["screening"])
    assert "canarywort" not in json.dumps(asked)  # no rule matched it, so nothing repeats it


# ---- when data is broken ------------------------------------------------------------------------


def test_broken_rules_are_named_and_the_people_are_shown(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault costs nobody the lines, and the one who can mend it learns where it is."""

    def broken(language: str = "en") -> RuleSet:
        raise RuleError("rules/en/x.toml: rule 'a.b': urgency: is missing")

    monkeypatch.setattr(RuleSet, "bundled", broken)
    ran = cli("screen", CANARY, "--region", "GB")
    assert "nothing was checked" in ran.out
    assert "Samaritans" in ran.out
    assert "hold replies" in ran.out
    assert "rules/en/x.toml: rule 'a.b': urgency: is missing" in ran.err
    assert "canarywort" not in ran.err
    assert ran.code == 2
    assert cli("screen", CANARY, "--exit-code").code == 3


def test_broken_lines_are_named_and_a_way_out_is_shown(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even without any line there is one address."""

    def broken() -> Directory:
        raise LineError("lines/GB.toml: line 'x': name: is missing")

    monkeypatch.setattr(Directory, "bundled", broken)
    ran = cli("screen", CANARY, "--region", "GB")
    assert "findahelpline.com" in ran.out
    assert "because: fault" in ran.out
    assert ran.code == 2
    assert "lines/GB.toml" in ran.err


def test_a_fault_that_no_file_explains_is_still_a_fault(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What broke may be our own code: the exit code says that it broke."""
    fault = Screening(unchecked=(Unchecked(reason=UncheckedReason.FAULT, detail="KeyError"),))
    monkeypatch.setattr("human_handoff.cli.screen", lambda text, language: fault)
    ran = cli("screen", "hi", "--region", "GB")
    assert ran.code == 2
    assert "not checked: fault (KeyError)" in ran.out


def test_an_interrupt_ends_quietly(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C prints no traceback, which could hold somebody's words."""

    def interrupted(text: str, language: str) -> Screening:
        raise KeyboardInterrupt

    monkeypatch.setattr("human_handoff.cli.screen", interrupted)
    assert cli("screen", CANARY) == Ran(code=INTERRUPTED, out="", err="")


# ---- rules --------------------------------------------------------------------------------------

RULE = """
[[rule]]
id = "my_app.asks_for_coach"
title = "Asks for their coach"
concern = "asks_for_a_person"
urgency = "soon"
status = "test"
phrases = ["(talk|speak) to my coach"]
examples = ["can I [talk to my coach] please"]
counter_examples = ["can I talk about my coach please"]
rationale = "A request for a human is always honoured."
sources = ["house rule: human to human"]
"""


def test_the_list_of_rules_has_every_rule_once(cli: Cli) -> None:
    """One rule a line, ready for grep; how many there are goes to stderr."""
    ran = cli("rules", "list")
    ids = [line.split()[0] for line in ran.out.splitlines()[1:]]
    assert ids == [rule.id for rule in RuleSet.bundled("en")]
    assert f"{len(ids)} rules, not clinically reviewed" in ran.err


def test_the_list_can_be_of_one_concern(cli: Cli) -> None:
    """--concern keeps that concern; one that does not exist is answered with those that do."""
    ran = cli("rules", "list", "--concern", "isolation")
    assert {line.split(".")[0] for line in ran.out.splitlines()[1:]} == {"isolation"}
    wrong = cli("rules", "list", "--concern", "islation")
    assert wrong.code == 2
    assert "isolation" in wrong.err
    assert wrong.out == ""


def test_a_rule_is_shown_with_its_classes_spelled_out(cli: Cli) -> None:
    """`rules show` prints the members of every class its phrases use."""
    rules = RuleSet.bundled("en")
    rule = next(rule for rule in rules if any("{self}" in phrase for phrase in rule.phrases))
    ran = cli("rules", "show", rule.id)
    assert (ran.code, ran.err) == (0, "")
    assert all(" ".join(member) in ran.out for member in rules.lexicon.classes["self"])


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("isolation.nothing_like_this", "see `human-handoff rules list`"),
        ("lonely", "did you mean isolation.lonely"),
        ("isolation", "did you mean isolation."),
        ("Feels lonely", "did you mean isolation.lonely"),
        ("\x1b[2J", "no rule"),
        ("", "see `human-handoff rules list`"),
    ],
)
def test_an_unknown_rule_is_answered_with_those_that_are_near(
    cli: Cli, wanted: str, hint: str
) -> None:
    """A part of an id or a title is enough to be shown the way."""
    ran = cli("rules", "show", wanted)
    assert (ran.code, ran.out) == (2, "")
    assert hint in ran.err
    assert "\x1b" not in ran.err


def test_own_rules_that_prove_themselves_pass(cli: Cli, tmp_path: Path) -> None:
    """A file or a folder of them: what was tried is counted, and the digest names the rules."""
    (tmp_path / "coach.toml").write_text(RULE, encoding="utf-8")
    for path in (tmp_path, tmp_path / "coach.toml"):
        ran = cli("rules", "check", str(path))
        assert (ran.code, ran.err) == (0, "")
        assert "1 rules, 2 examples tried, 0 problems, not clinically reviewed" in ran.out


@pytest.mark.parametrize(
    ("wrong", "right", "code", "says"),
    [
        ("[talk to my coach]", "[talk to my] coach", 1, "examples: should match 'talk to my'"),
        ("talk about my coach", "talk to my coach", 1, "counter_examples"),
        ('"soon"', '"sonn"', 2, "urgency: 'sonn' is not one of open_door, soon, today, now"),
        ('status = "test"', 'status = "stable"', 2, "stable needs reviewed"),
        ("phrases", "phases", 2, "phases: is not a field"),
        ("(talk|speak)", "(talk|speak", 2, "phrases"),
        ("[[rule]]", "[[rule", 2, "not TOML"),
        ("Asks", "\udcff", 2, "not UTF-8"),
    ],
)
def test_own_rules_that_are_wrong_are_named_with_place_and_remedy(
    cli: Cli, tmp_path: Path, wrong: str, right: str, code: int, says: str
) -> None:
    """1: an example does not hold. 2: the file cannot be used. Both say which file and rule."""
    path = tmp_path / "coach.toml"
    path.write_bytes(RULE.replace(wrong, right, 1).encode("utf-8", "surrogateescape"))
    ran = cli("rules", "check", str(path))
    told = ran.out if code == 1 else ran.err
    assert ran.code == code
    assert says in told
    assert "coach.toml" in told


def test_the_bundled_check_tries_the_cues_too(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cues whose examples no rule matches any more are problems, with their place."""
    whole = RuleSet.bundled("en")
    few = replace(whole, rules=tuple(rule for rule in whole if rule.concern == "isolation"))
    monkeypatch.setattr(RuleSet, "bundled", lambda language: few)
    ran = cli("rules", "check")
    assert ran.code == 1
    assert "context/en.toml: cue 'denied.not': examples: " in ran.out
    assert f"{len(few)} rules, {len(whole.cues.entries)} cues, " in ran.out


@pytest.mark.parametrize("path", ["nowhere.toml", "."])
def test_own_rules_that_are_not_there_are_said_to_be_missing(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """No file, or a folder without any, is a mistake and not a success."""
    monkeypatch.chdir(tmp_path)
    ran = cli("rules", "check", path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("human-handoff: ")


def test_known_gaps_are_told_on_every_check(cli: Cli, tmp_path: Path) -> None:
    """What a rule is known to miss is printed with the result, without steering the terminal."""
    gap = 'known_misses = ["where is he, my\\u001b[2J coach"]\n'
    (tmp_path / "coach.toml").write_text(RULE + gap, encoding="utf-8")
    ran = cli("rules", "check", str(tmp_path))
    assert ran.code == 0
    assert "known miss: my_app.asks_for_coach: where is he" in ran.out
    assert "\x1b" not in ran.out


# ---- lines --------------------------------------------------------------------------------------


def test_the_lines_of_a_country_are_listed(cli: Cli) -> None:
    """In any case, with the emergency numbers before them."""
    ran = cli("lines", "nz")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("111  emergency: all\n")
    assert all(line.id in ran.out for line in Directory.bundled().lines("NZ"))


@pytest.mark.parametrize("region", ["XX", "Narnia", "JP", "en", "", "\x1b[2J"])
def test_a_region_without_lines_is_answered_with_those_that_have_some(
    cli: Cli, region: str
) -> None:
    """No neighbour's lines are shown instead."""
    ran = cli("lines", region)
    assert (ran.code, ran.out) == (2, "")
    assert "there are some for AU, BR" in ran.err
    assert "\x1b" not in ran.err


LINE = """
country = "NZ"
[[line]]
id = "nz-example"
name = "An example"
topics = ["listening"]
audience = ["general"]
url = "https://example.org"
sources = [{ ref = "a page", family = "operator" }]
newest_source = 2026-08-12
accessed = 2026-08-12
confidence = "high"
channels = [{ kind = "phone_e164", number = "+64 9 488 7000" }]
"""


@pytest.mark.parametrize(
    ("wrong", "right", "code", "says"),
    [
        ("", "", 0, "1 lines in 1 countries, 0 problems, nothing was dialled"),
        ("+64 9 488 7000", "+64 9 4", 2, "line 'nz-example'"),
        ("+64 9 488 7000", "+64 1 234 5678", 1, "is not a valid number in NZ"),
        ('"listening"', '"listen"', 2, "topic"),
        ('country = "NZ"', 'country = "AU"', 2, "the file is named for its country"),
    ],
)
def test_own_lines_are_proved_like_the_bundled_ones(
    cli: Cli, tmp_path: Path, wrong: str, right: str, code: int, says: str
) -> None:
    """0: nothing found. 1: a number must not ship. 2: the file cannot be used."""
    path = tmp_path / "NZ.toml"
    path.write_text(LINE.replace(wrong, right, 1), encoding="utf-8")
    ran = cli("lines", "check", str(path))
    assert ran.code == code
    assert says in (ran.err if code == 2 else ran.out)


def test_own_lines_can_be_listed(cli: Cli, tmp_path: Path) -> None:
    """PATH after a region shows one's own instead of the bundled."""
    (tmp_path / "NZ.toml").write_text(LINE, encoding="utf-8")
    ran = cli("lines", "NZ", str(tmp_path))
    assert "An example  nz-example: listening" in ran.out
    assert "1737" not in ran.out


def test_the_bundled_lines_have_no_problems(cli: Cli) -> None:
    """Every number reads as what it says it is."""
    ran = cli("lines", "check")
    assert ran.code == 0
    assert " 0 problems, nothing was dialled" in ran.out


# ---- terminals and pipes ------------------------------------------------------------------------


@pytest.mark.parametrize("argv", [("rules", "list"), ("lines", "NZ")])
def test_a_reader_that_leaves_early_is_no_error(argv: tuple[str, ...]) -> None:
    """A command piped into `head` complains about nothing, even if head left before a line."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "human_handoff.cli", *argv]
    env = {**os.environ, "PYTHONUNBUFFERED": ""}  # a short answer is written only at the end
    ran = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=env, check=False)  # noqa: S603
    os.close(writer)
    assert (ran.returncode, b"Error" in ran.stderr, b"Traceback" in ran.stderr) == (0, False, False)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_a_terminal_that_cannot_show_a_character_shows_another(encoding: str) -> None:
    """Quotation marks and emoji never stop an answer on an old terminal."""
    text = "I want to die 😭 “now”".encode()
    ran = process(["screen", "-", "--region", "US"], text, PYTHONIOENCODING=encoding)
    out = ran.stdout.decode(encoding)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "[want to die]" in out
    assert "988" in out


def test_json_survives_an_old_terminal_and_bytes_that_are_no_text() -> None:
    """Escaped where the terminal is not UTF-8, nothing lost, and no lone surrogate anywhere."""
    argv = [
        "screen",
        "I want to \udcff diе".encode("utf-8", "surrogateescape"),
        "--json",
        "--words",
    ]
    for encoding in ("ascii", "utf-8"):
        ran = process(argv, PYTHONIOENCODING=encoding, PYTHONUTF8="1")  # type: ignore[arg-type]
        assert (ran.returncode, ran.stderr) == (0, b"")
        assert b"\\udc" not in ran.stdout
        found = json.loads(ran.stdout.decode(encoding))["screening"]
        assert {signal["words"] for signal in found["signals"]} == {"want to \ufffd diе"}


def test_help_is_readable_on_an_old_terminal() -> None:
    """-h prints, whatever the locale."""
    ran = process(["screen", "-h"], PYTHONIOENCODING="ascii", LC_ALL="C")
    assert ran.returncode == 0
    assert b"--audience" in ran.stdout


def test_a_terminal_gets_colour_and_no_color_takes_it_away(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_COLOR is honoured by every command that prints."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    commands = [
        ("screen", "I want to die", "--region", "GB"),
        ("rules", "show", "isolation.lonely"),
        ("lines", "GB"),
    ]
    assert ["\x1b[" in cli(*argv).out for argv in commands] == [True, True, True]
    monkeypatch.setenv("NO_COLOR", "1")
    listed = [*commands, ("rules", "list", "--concern", "isolation")]
    assert ["\x1b" in cli(*argv).out for argv in listed] == [False] * 4


@pytest.mark.parametrize("with_rich", [True, False])
def test_rich_changes_nothing_in_a_pipe(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, with_rich: bool
) -> None:
    """With the extra or without, a pipe gets the same bytes."""
    if not with_rich:
        monkeypatch.setitem(sys.modules, "rich", None)
    ran = cli("rules", "list", "--concern", "bereavement")
    assert ran.out.startswith("rule  ")
    assert "bereavement." in ran.out


def test_a_screening_loads_no_rich() -> None:
    """The extra is for tables and progress; the plain output needs nothing."""
    code = (
        "import sys; from human_handoff.cli import main; main(['screen', 'hi']);"
        "sys.exit('rich' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr


def test_progress_and_diagnostics_are_on_stderr(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody watches, a check says how far it is; stdout holds the result alone."""
    (tmp_path / "coach.toml").write_text(RULE, encoding="utf-8")
    quiet = cli("rules", "check", str(tmp_path))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setitem(sys.modules, "rich", None)
    watched = cli("rules", "check", str(tmp_path))
    assert watched.out == quiet.out
    assert quiet.err == ""
    assert "rules: 1 of 1" in watched.err
