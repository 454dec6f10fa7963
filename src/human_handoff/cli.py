"""The command line: screen a text, read the rules, look up lines. Results on stdout, the rest on stderr."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from human_handoff.display import (
    NOT_REVIEWED,
    Style,
    line_lines,
    progress,
    route_lines,
    rule_lines,
    screening_lines,
    table,
)
from human_handoff.errors import HandoffError, LineError, UnknownLanguageError
from human_handoff.lines.check import check_directory
from human_handoff.lines.directory import Directory, parse_region
from human_handoff.routing.routing import route
from human_handoff.rules.check import Checker
from human_handoff.rules.ruleset import RuleSet, languages
from human_handoff.screening import Screening, screen
from human_handoff.vocabulary import Urgency

OK, PROBLEMS, WRONG_USE, UNCHECKED = 0, 1, 2, 3
EXIT_CODES = f"""exit codes:
  {OK}  done (of screen: whatever it found, unless --exit-code is given)
  {PROBLEMS}  rules check or lines check found problems
  {WRONG_USE}  wrong use, or data that cannot be used
with screen --exit-code:
  {OK}  no rule matched; that says nothing about the person
  {UNCHECKED}  part of the text was not checked in a way that holds a reply
  {10 + Urgency.OPEN_DOOR}-{10 + Urgency.NOW}  10 + urgency: 11 open door, 12 soon, 13 today, 14 now
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no command raises for what is in a text or a file."""
    args = _parser().parse_args(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    try:
        return int(args.run(args))
    except HandoffError as wrong:
        print(f"human-handoff: {wrong}", file=sys.stderr)
        return WRONG_USE
    except BrokenPipeError:  # the reader of a pipe has left; nothing is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="human-handoff",
        description="Notice risk signals with transparent rules and point to human help.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _screen_command(commands.add_parser("screen", help="what the rules see in a text, and the route"))
    _rules_commands(commands.add_parser("rules", help="check, list or show rules"))
    _lines_command(commands.add_parser("lines", help="crisis lines of a region, or check them all"))
    return parser


def _screen_command(parser: argparse.ArgumentParser) -> None:
    parser.description = "Screen a text. Its words are shown only here, on your terminal."
    add = parser.add_argument
    add("text", metavar="TEXT|-", help="the text, or - to read it from standard input")
    add("--region", help="the country, such as US or GB-SCT; without it no line is guessed")
    add("--located-in", metavar="REGION", help="where the person is now, when it differs")
    add("--subdivision", metavar="CODE", help="such as GB-SCT")
    add("--age", type=int)
    add("--audience", metavar="WORD,…", default="", help="such as youth,lgbtq")
    add("--language", default="en", help="language of the text (default: en)")
    add("--prefer", choices=("any", "text", "voice"), default="any")
    add("--json", action="store_true", help="screening and route as JSON")
    add("--words", action="store_true", help="with --json: include the matched words")
    add("--exit-code", action="store_true", help="let the exit code say how soon (see human-handoff -h)")
    parser.set_defaults(run=_screen)


def _rules_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="try every rule and cue on its own examples")
    check.add_argument("path", nargs="?", type=Path, metavar="PATH", help="your own rules; without it the bundled")
    check.add_argument("--language", default="en", choices=languages())
    check.set_defaults(run=_check_rules)
    show = commands.add_parser("show", help="everything one rule says, every class spelled out")
    show.add_argument("id", metavar="ID")
    show.set_defaults(run=_show_rule)
    listed = commands.add_parser("list", help="all rules, one a line")
    listed.add_argument("--concern", help="only this concern")
    listed.set_defaults(run=_list_rules)
    for command in (show, listed):
        command.add_argument("--language", default="en", choices=languages())


def _lines_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("region", metavar="REGION|check", help="such as GB; check proves every line")
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="with check: your own lines")
    parser.set_defaults(run=_lines)


def _screen(args: argparse.Namespace) -> int:
    text = _read_stdin() if args.text == "-" else args.text
    found = screen(text, language=args.language)
    way = route(
        found,
        region=args.region,
        located_in=args.located_in,
        subdivision=args.subdivision,
        age=args.age,
        audience=frozenset(filter(None, args.audience.split(","))),
        prefer=args.prefer,
    )
    if args.json:
        both = {"screening": found.as_dict(words=args.words), "route": way.as_dict(words=args.words)}
        print(json.dumps(both, indent=2, ensure_ascii=not _takes_unicode()))
    else:
        style = _style()
        _print((*screening_lines(text, found, style), "", *route_lines(way, style)))
    return _urgency_code(found) if args.exit_code else OK


def _urgency_code(found: Screening) -> int:
    if found.urgency:
        return 10 + found.urgency
    return UNCHECKED if found.holds_reply else OK


def _check_rules(args: argparse.Namespace) -> int:
    bundled = args.path is None
    rules = RuleSet.bundled(args.language) if bundled else RuleSet.read(args.path, language=args.language)
    checker = Checker(rules.finder, at_least=2 if bundled else 1)
    problems = [
        problem
        for rule in progress(rules.rules, "rules")
        for problem in checker.rule(rule, rules.places[rule.id])
    ]
    problems += rules.check_cues() if bundled else ()
    _print(map(str, problems))
    _print(_known_gaps(rules))
    proofs = sum(len(r.examples) + len(r.counter_examples) + len(r.benign) + len(r.keeps) for r in rules)
    cues = f", {len(rules.cues.entries)} cues" if bundled else ""
    print(f"{len(rules)} rules{cues}, {proofs} examples tried, {len(problems)} problems, {NOT_REVIEWED}")
    print(f"digest {rules.digest}")
    return PROBLEMS if problems else OK


def _known_gaps(rules: RuleSet) -> Iterator[str]:
    """What the rules are known to get wrong: said on every check, not only to those who ask."""
    for rule in rules:
        yield from (f"known miss: {rule.id}: {text}" for text in rule.known_misses)
        yield from (f"known false alarm: {rule.id}: {text}" for text in rule.known_false_alarms)


def _show_rule(args: argparse.Namespace) -> int:
    rules = RuleSet.bundled(args.language)
    try:
        rule = rules[args.id]
    except KeyError:
        near = [r.id for r in rules if args.id in r.id or args.id in r.title.lower()]
        hint = f"; did you mean {', '.join(near[:5])}?" if near else "; see `human-handoff rules list`"
        print(f"human-handoff: no rule {args.id!r}{hint}", file=sys.stderr)
        return WRONG_USE
    _print(rule_lines(rule, rules.places[rule.id], rules.lexicon, _style()))
    return OK


def _list_rules(args: argparse.Namespace) -> int:
    rules = RuleSet.bundled(args.language)
    rows = [
        (r.id, r.urgency.name.lower(), r.status.value, r.title)
        for r in rules
        if args.concern in (None, r.concern.value)
    ]
    if not rows:
        known = ", ".join(sorted({r.concern.value for r in rules}))
        print(f"human-handoff: no rules for {args.concern!r}; concerns: {known}", file=sys.stderr)
        return WRONG_USE
    table(("rule", "urgency", "status", "what the words say"), rows)
    print(f"{len(rows)} rules, {NOT_REVIEWED}", file=sys.stderr)
    return OK


def _lines(args: argparse.Namespace) -> int:
    if args.region == "check":
        return _check_lines(Directory.bundled() if args.path is None else Directory.load(args.path))
    directory = Directory.bundled()
    region = parse_region(args.region)
    if region is None or region[0] not in directory.countries:
        have = ", ".join(sorted(directory.countries))
        raise LineError(f"no lines are bundled for {args.region!r}; there are: {have}")
    _print(line_lines(directory, region[0], _style()))
    return OK


def _check_lines(directory: Directory) -> int:
    problems = check_directory(directory)
    _print(map(str, problems))
    lines = sum(len(directory.lines(country)) for country in directory.countries)
    print(f"{lines} lines in {len(directory.countries)} countries, {len(problems)} problems, nothing was dialled")
    return PROBLEMS if problems else OK


def _read_stdin() -> str:
    """Standard input as text; bytes that are no UTF-8 are shown as U+FFFD, never an error."""
    return sys.stdin.buffer.read().decode("utf-8", "replace")


def _style() -> Style:
    return Style.of(sys.stdout, dict(os.environ))


def _takes_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _print(lines: Iterable[str]) -> None:
    """Print line by line; a terminal that cannot show a character shows a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        print(line.encode(encoding, "replace").decode(encoding))


if __name__ == "__main__":
    sys.exit(main())
