"""The command line: screen a text, read the rules, look up lines. Everything else is on stderr."""

import argparse
import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TextIO, TypeAlias

from human_handoff.conversation.conversation import Conversation
from human_handoff.display import (
    NOT_REVIEWED,
    Style,
    line_lines,
    printable,
    progress,
    route_lines,
    rule_lines,
    screening_lines,
    table_lines,
)
from human_handoff.errors import HandoffError, LineError, UnknownLanguageError
from human_handoff.lines.check import check_directory
from human_handoff.lines.directory import Directory, parse_region
from human_handoff.routing.route import ReasonCode, Route
from human_handoff.routing.routing import route
from human_handoff.routing.situation import WHO
from human_handoff.rules.check import Checker
from human_handoff.rules.ruleset import RuleSet, languages
from human_handoff.screening import Screening, UncheckedReason, screen
from human_handoff.vocabulary import Urgency

OK, PROBLEMS, WRONG_USE, UNCHECKED, INTERRUPTED = 0, 1, 2, 3, 130
EXIT_CODES = f"""exit codes:
  {OK}  done (of screen: whatever it found, unless --exit-code is given)
  {PROBLEMS}  rules check or lines check found problems
  {WRONG_USE}  wrong use, or data that cannot be used
with screen --exit-code:
  {OK}  no rule matched; that says nothing about the person
  {UNCHECKED}  no rule matched, and the text or a part of it was not checked
  {10 + Urgency.OPEN_DOOR}-{10 + Urgency.NOW}  10 + urgency: 11 open door, 12 soon, 13 today, 14 now
"""
UNREAD = frozenset(
    {UncheckedReason.FAULT, UncheckedReason.TOO_LONG, UncheckedReason.LANGUAGE_UNKNOWN}
)
"""Reasons that leave the text, or a part of it, unread."""
AUDIENCES = WHO | {"trans"}
OLDEST = 120


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; what is in a text or a file never raises."""
    _lenient(sys.stdout)
    args = _arguments(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    try:
        code = int(args.run(args))
        sys.stdout.flush()
    except HandoffError as wrong:
        _note(str(wrong))
        return WRONG_USE
    except BrokenPipeError:  # the reader of a pipe has left; nothing is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _lenient(stream: TextIO) -> None:
    """A stream that cannot show a character shows a question mark instead of failing."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="replace")


def _note(text: str) -> None:
    print(f"human-handoff: {printable(text)}", file=sys.stderr)


# ---- what may be asked --------------------------------------------------------------------------


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command as asked for. Words too many are not repeated: they may be a person's."""
    parser = make_parser()
    args, rest = parser.parse_known_args(argv)
    options = [part.partition("=")[0] for part in rest if re.match(r"--?[a-z]", part)]
    if options:
        parser.error(f"there is no option {options[0]}; -h after a command lists those there are")
    if rest and args.run is _screen:
        parser.error("a text is one argument: put it in quotes, or use - for standard input")
    if rest:
        parser.error("there is an argument too many; -h after a command shows what it takes")
    return args


def make_parser() -> argparse.ArgumentParser:
    """Every command and option; `docs/cli.md` shows each, and a test holds it to that."""
    parser = argparse.ArgumentParser(
        prog="human-handoff",
        description="Notice risk signals with transparent rules and point to human help.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"human-handoff {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _screen_command(_command(commands, "screen", "what the rules see in a text, and the route"))
    _rules_commands(_command(commands, "rules", "check, list or show rules"))
    _lines_command(_command(commands, "lines", "crisis lines of a region, or check them all"))
    return parser


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _command(commands: Commands, name: str, says: str) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=says, description=f"{says}.", allow_abbrev=False)


def _screen_command(parser: argparse.ArgumentParser) -> None:
    parser.description = "Screen a text. Its words are shown only here, on your terminal."
    add = parser.add_argument
    add("text", metavar="TEXT|-", help="the text, or - to read it from standard input")
    add("--region", help="the country, such as US or GB-SCT; without it no line is guessed")
    add("--located-in", metavar="REGION", help="where the person is now, when it differs")
    add("--subdivision", metavar="CODE", help="the part of the country, such as GB-SCT")
    add("--age", type=_age, help="in years, if the person told you")
    add(
        "--audience",
        type=_audience,
        metavar="WORDS",
        default=frozenset(),
        help=f"what the person told you, joined by commas: {', '.join(sorted(AUDIENCES))}",
    )
    add("--language", default="en", help="language of the text (default: en)")
    add("--prefer", choices=("any", "text", "voice"), default="any", help="how to reach people")
    add("--turns", action="store_true", help="each line is one message of a conversation")
    add("--json", action="store_true", help="screening and route as JSON")
    add("--words", action="store_true", help="with --json: include the matched words")
    add("--exit-code", action="store_true", help="let the exit code say how soon")
    parser.set_defaults(run=_screen)


def _rules_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = _command(commands, "check", "try every rule and cue on its own examples")
    own = "your own rules, a file or folder; without it the bundled ones"
    check.add_argument("path", nargs="?", type=Path, metavar="PATH", help=own)
    check.set_defaults(run=_check_rules)
    listed = _command(commands, "list", "all rules, one a line")
    listed.add_argument("--concern", help="only this concern, such as self_injury")
    listed.set_defaults(run=_list_rules)
    show = _command(commands, "show", "everything one rule says, every class spelled out")
    show.add_argument("id", metavar="ID", help="the id of a rule, as `rules list` prints it")
    show.set_defaults(run=_show_rule)
    for command in (check, listed, show):
        says = "language of the rules (default: en)"
        command.add_argument("--language", default="en", choices=languages(), help=says)


def _lines_command(parser: argparse.ArgumentParser) -> None:
    where = "a country such as GB, or a part such as GB-ENG; `check` proves every line"
    parser.add_argument("region", metavar="REGION|check", help=where)
    own = "your own lines, a file or folder; without it the bundled ones"
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help=own)
    parser.set_defaults(run=_lines)


def _age(written: str) -> int:
    if written.isdecimal() and len(written) <= 3 and int(written) <= OLDEST:
        return int(written)
    raise argparse.ArgumentTypeError(f"{written!r} is not an age in years from 0 to {OLDEST}")


def _audience(written: str) -> frozenset[str]:
    words = {word.strip().lower() for word in written.split(",")} - {""}
    if unknown := sorted(words - AUDIENCES):
        known = ", ".join(sorted(AUDIENCES))
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is not one of {known}")
    return frozenset(words)


def _version() -> str:
    try:
        return version("human-handoff")
    except PackageNotFoundError:  # run from a source tree that nobody installed
        return "(not installed)"


# ---- screen -------------------------------------------------------------------------------------


def _screen(args: argparse.Namespace) -> int:
    text = _read_stdin() if args.text == "-" else _without_surrogates(args.text)
    turns = (
        [text] if not args.turns else [line for line in text.splitlines() if line.strip()] or [text]
    )
    *before, found = _read_on(turns, args.language)
    way = route(
        found,
        region=args.region,
        located_in=args.located_in,
        subdivision=args.subdivision,
        age=args.age,
        audience=args.audience,
        prefer=args.prefer,
    )
    _note_regions(args)
    if args.json:
        print(_as_json(found, way, words=args.words))
    else:
        style = _style()
        for said, heard in zip(turns, (*before, found), strict=True):
            _print((*screening_lines(said, heard, style), ""))
        _print(route_lines(way, style))
    broken = _explain_faults(found, way, args.language)
    if args.exit_code:
        return _urgency_code(found)
    return WRONG_USE if broken else OK


def _read_on(turns: Sequence[str], language: str) -> list[Screening]:
    """Each message as a conversation reads it; a single one is read alone."""
    if len(turns) == 1:
        return [screen(turns[0], language=language)]
    talk = Conversation()
    return [talk.add(screen(said, language=language)) for said in turns]


def _as_json(found: Screening, way: Route, *, words: bool) -> str:
    both = {"screening": found.as_dict(words=words), "route": way.as_dict(words=words)}
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return json.dumps(both, indent=2, ensure_ascii=not unicode)


def _urgency_code(found: Screening) -> int:
    if found.urgency:
        return 10 + found.urgency
    return UNCHECKED if any(what.reason in UNREAD for what in found.unchecked) else OK


def _note_regions(args: argparse.Namespace) -> None:
    """Say on stderr why a region that was given shows none of its lines."""
    for name in ("region", "located_in"):
        given = getattr(args, name)
        if given is not None and parse_region(given) is None:
            option = f"--{name.replace('_', '-')}"
            _note(f"{option} {given!r} is not clearly one country; write it as US or GB-SCT")


def _explain_faults(found: Screening, way: Route, language: str) -> bool:
    """Whether something broke. Data that cannot be used is named; the lines were shown anyway."""
    broken = {UncheckedReason.FAULT} & {what.reason for what in found.unchecked}
    if not broken and all(r.code is not ReasonCode.FAULT for r in way.primary.because):
        return False
    for load in (lambda: RuleSet.bundled(language), Directory.bundled):
        try:
            load()
        except UnknownLanguageError:
            continue
        except HandoffError as wrong:
            _note(str(wrong))
    return True


def _read_stdin() -> str:
    """Standard input as text; bytes that are no UTF-8 are shown as U+FFFD, never an error."""
    if sys.stdin.isatty():
        _note("reading from standard input; end with Ctrl-D on a line of its own")
    return sys.stdin.buffer.read().decode("utf-8", "replace")


def _without_surrogates(text: str) -> str:
    """An argument whose bytes were no UTF-8, with U+FFFD for what could not be read."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# ---- rules --------------------------------------------------------------------------------------


def _check_rules(args: argparse.Namespace) -> int:
    rules = _rules(args)
    problems = list(_rule_problems(rules, bundled=args.path is None))
    _print_from_files((*problems, *_known_gaps(rules)))
    cues = "" if args.path else f", {len(rules.cues.entries)} cues"
    tried = f"{_proofs(rules)} examples tried, {len(problems)} problems"
    print(f"{len(rules)} rules{cues}, {tried}, {NOT_REVIEWED}")
    print(f"digest {rules.digest}")
    return PROBLEMS if problems else OK


def _rules(args: argparse.Namespace) -> RuleSet:
    if args.path is None:
        return RuleSet.bundled(args.language)
    return RuleSet.read(args.path, language=args.language)


def _rule_problems(rules: RuleSet, *, bundled: bool) -> Iterator[object]:
    checker = Checker(rules.finder, at_least=2 if bundled else 1)
    for rule in progress(rules.rules, "rules"):
        yield from checker.rule(rule, rules.places[rule.id])
    if bundled:
        yield from rules.check_cues()


def _known_gaps(rules: RuleSet) -> Iterator[str]:
    """What the rules are known to get wrong: said on every check, not only to those who ask."""
    for rule in rules:
        yield from (f"known miss: {rule.id}: {text}" for text in rule.known_misses)
        yield from (f"known false alarm: {rule.id}: {text}" for text in rule.known_false_alarms)


def _proofs(rules: RuleSet) -> int:
    fields = ("examples", "keeps", "counter_examples", "benign")
    return sum(len(getattr(rule, field)) for rule in rules for field in fields)


def _list_rules(args: argparse.Namespace) -> int:
    rules = RuleSet.bundled(args.language)
    rows = [
        (rule.id, rule.urgency.name.lower(), rule.status.value, rule.title)
        for rule in rules
        if args.concern in (None, rule.concern.value)
    ]
    if not rows:
        known = ", ".join(sorted({rule.concern.value for rule in rules}))
        _note(f"no rules for {args.concern!r}; concerns: {known}")
        return WRONG_USE
    _print(table_lines(("rule", "urgency", "status", "what the words say"), rows, _style()))
    _note(f"{len(rows)} rules, {NOT_REVIEWED}")
    return OK


def _show_rule(args: argparse.Namespace) -> int:
    rules = RuleSet.bundled(args.language)
    try:
        rule = rules[args.id]
    except KeyError:
        _note(f"no rule {args.id!r}; {_near(args.id, rules)}")
        return WRONG_USE
    _print(rule_lines(rule, rules.places[rule.id], rules.lexicon, _style()))
    return OK


def _near(wanted: str, rules: RuleSet) -> str:
    """A hint: the rules whose id or title holds the words asked for, those whose id begins so first."""
    words = wanted.lower().replace("_", " ").replace(".", " ").split()
    near = [
        rule.id
        for rule in rules
        if words and all(word in f"{rule.id} {rule.title.lower()}" for word in words)
    ]
    near.sort(key=lambda rule: not rule.startswith(wanted.lower()))
    return f"did you mean {', '.join(near[:5])}?" if near else "see `human-handoff rules list`"


# ---- lines --------------------------------------------------------------------------------------


def _lines(args: argparse.Namespace) -> int:
    directory = Directory.bundled() if args.path is None else Directory.load(args.path)
    if args.region == "check":
        return _check_lines(directory)
    region = parse_region(args.region)
    if region is None or region[0] not in directory.countries:
        have = ", ".join(directory.countries)
        raise LineError(f"there are no lines for {args.region!r}; there are some for {have}")
    country, part = region
    _print(line_lines(directory, country, _style(), part=part))
    return OK


def _check_lines(directory: Directory) -> int:
    problems = check_directory(directory)
    _print_from_files(problems)
    lines = sum(len(directory.lines(country)) for country in directory.countries)
    counted = f"{lines} lines in {len(directory.countries)} countries"
    print(f"{counted}, {len(problems)} problems, nothing was dialled")
    return PROBLEMS if problems else OK


# ---- printing -----------------------------------------------------------------------------------


def _style() -> Style:
    return Style.of(sys.stdout, dict(os.environ))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _print_from_files(lines: Iterable[object]) -> None:
    """As `_print`, for what stands in files of somebody else and might steer a terminal."""
    _print(printable(str(line)) for line in lines)


if __name__ == "__main__":
    sys.exit(main())
