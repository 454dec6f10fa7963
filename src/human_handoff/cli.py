"""The command line: screen a text, look into the rules, look up lines."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from human_handoff.errors import HandoffError
from human_handoff.rules.ruleset import RuleSet


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code says what came of it."""
    parser = argparse.ArgumentParser(prog="human-handoff")
    commands = parser.add_subparsers(required=True)
    rules = commands.add_parser("rules").add_subparsers(required=True)
    check = rules.add_parser("check")
    check.add_argument("path", nargs="?", type=Path)
    check.add_argument("--only", default="")
    check.set_defaults(run=_check)
    args = parser.parse_args(argv)
    try:
        return int(args.run(args))
    except HandoffError as wrong:
        print(wrong, file=sys.stderr)
        return 2


def _check(args: argparse.Namespace) -> int:
    found = RuleSet.bundled() if args.path is None else RuleSet.load(args.path)
    problems = [str(p) for p in found.check()] + [str(p) for p in found.check_cues()]
    problems = [p for p in problems if args.only in p]
    print(*problems, sep="\n")
    examples = sum(len(r.examples) for r in found)
    print(f"{len(found)} rules, {examples} examples, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
