"""Try every rule and cue on its own examples. What does not prove itself is a Problem, never a surprise."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from human_handoff.context import Cue, Cues, Retracting, Stopper
from human_handoff.rules.finder import Finder, Findings
from human_handoff.rules.rule import Rule
from human_handoff.signals import Match, Signal

NEAR = 3
"""A counter-example differs from an example by at most this many words."""
_PAIRED = re.compile(r"[^\[\]]*(?:\[[^\[\]]+\][^\[\]]*)*")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing a rule or cue claims that does not hold, where, and what to do."""

    place: str
    field: str
    found: str

    def __str__(self) -> str:
        """`place: field: found`."""
        return f"{self.place}: {self.field}: {self.found}"


@dataclass(frozen=True, kw_only=True)
class Marked:
    """An example with its brackets taken out and their spans kept.

    >>> Marked.read("I [want to die] now").spans
    ((2, 13),)
    """

    text: str
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, example: str) -> "Marked":
        """Take the brackets out of *example*."""
        text, spans, opened = "", [], -1
        for part in re.split(r"([\[\]])", example):
            if part == "[":
                opened = len(text)
            elif part == "]":
                spans.append((opened, len(text)))
            else:
                text += part
        return cls(text=text, spans=tuple(spans))


class Checker:
    """Tries rules and cues against one finder."""

    def __init__(self, finder: Finder, *, at_least: int = 1) -> None:
        """*at_least*: how many examples, and as many counter-examples, each rule must show."""
        self._finder, self._at_least = finder, at_least

    def rule(self, rule: Rule, place: str) -> Iterator[Problem]:
        """Every claim of one rule that does not hold."""
        where = f"{place}: rule {rule.id!r}"
        for field, found in self._rule(rule):
            yield Problem(place=where, field=field, found=found)

    def _rule(self, rule: Rule) -> Iterator[tuple[str, str]]:
        yield from self._counts(rule)
        for field in ("examples", "keeps"):
            for example in getattr(rule, field):
                yield from ((field, found) for found in self._example(rule, example))
        for example in rule.counter_examples:
            yield from (("counter_examples", found) for found in self._counter(rule, example))
        for text in rule.benign:
            if hit := self._signals(text):
                yield "benign", f"{text!r} matches {hit[0].rule_id}; it must match no rule"
        for text in rule.known_misses:
            if self._own(rule, Marked.read(text).text):
                yield "known_misses", f"now matches {text!r}; move it to examples"
        for text in rule.known_false_alarms:
            if not self._own(rule, text):
                yield (
                    "known_false_alarms",
                    f"no longer matches {text!r}; move it to counter_examples",
                )

    def _counts(self, rule: Rule) -> Iterator[tuple[str, str]]:
        for field in ("examples", "counter_examples"):
            have = len(getattr(rule, field))
            if have < self._at_least:
                yield field, f"{have} given; write at least {self._at_least}"

    def _example(self, rule: Rule, example: str) -> Iterator[str]:
        """An example matches exactly its brackets, at the rule's full urgency."""
        marked = Marked.read(example)
        if not _PAIRED.fullmatch(example):
            yield f"{example!r} has brackets that do not pair; put [ before and ] after what must match"
            return
        if not marked.spans:
            yield f"{example!r} has no brackets; put [ ] around exactly what must match"
            return
        own = self._own(rule, marked.text)
        if {(s.start, s.end) for s in own} != set(marked.spans):
            should, did = (_quoted(marked.text, spans) for spans in (marked.spans, _spans(own)))
            yield f"should match {should} in {marked.text!r}, matched {did}{self._why_not(rule, marked.text)}"
        yield from (
            f"{s.words!r} in {marked.text!r} is lowered to {s.urgency.name.lower()}{_because(s)}"
            for s in own
            if isinstance(s, Signal) and s.urgency is not rule.urgency
        )

    def _why_not(self, rule: Rule, text: str) -> str:
        """A hint when the rule's own `unless` is what silenced it."""
        cancelled = [s for s in self._finder.find(text).suppressed if s.rule_id == rule.id]
        return f" (cancelled by unless {cancelled[0].unless!r})" if cancelled else ""

    def _counter(self, rule: Rule, text: str) -> Iterator[str]:
        """A counter-example gives no plain match of the rule, and is near enough to mean something."""
        found = self._finder.find(text, every_part=rule.part)
        own = found.of(rule)
        plain = [
            s for s in own if not (s.qualifiers or _laughs(s)) or (rule.subject and _only(s, rule))
        ]
        if plain:
            yield f"{text!r} must not match this rule, but {plain[0].words!r} does"
        elif not own and not _cancelled(found, rule) and not self._is_near(rule, text):
            yield f"{text!r} is idle: more than {NEAR} words from every example and touched by no unless or cue"

    def _is_near(self, rule: Rule, text: str) -> bool:
        words = _words(text)
        return any(distance(words, _words(Marked.read(e).text)) <= NEAR for e in rule.examples)

    def _own(self, rule: Rule, text: str) -> list[Match]:
        return self._finder.find(text, every_part=rule.part).of(rule)

    def _signals(self, text: str) -> Sequence[Signal]:
        return self._finder.find(text).signals

    def cues(self, cues: Cues, place: str) -> Iterator[Problem]:
        """Every claim of a cue, terminator or pseudo-cue that does not hold."""
        for cue in cues.cues:
            for field, found in self._cue(cue):
                yield Problem(place=f"{place}: cue {cue.id!r}", field=field, found=found)
        for entry in cues.retractions:
            for field, found in self._retraction(entry):
                yield Problem(place=f"{place}: retraction {entry.id!r}", field=field, found=found)
        for kind in ("terminators", "pseudo"):
            for entry in getattr(cues, kind):
                without = self._finder.with_cues(cues.without(entry))
                for found in self._stopper(entry, without):
                    yield Problem(
                        place=f"{place}: {kind} {entry.id!r}", field="examples", found=found
                    )

    def _cue(self, cue: Cue) -> Iterator[tuple[str, str]]:
        for text in cue.examples:
            if not self._uses(cue, text):
                yield "examples", f"qualifies nothing in {text!r}{self._seen(text)}"
        for text in cue.counter_examples:
            if not self._signals(text):
                yield "counter_examples", f"{text!r} is idle: no rule matches in it"
            elif self._uses(cue, text):
                yield "counter_examples", f"qualifies a match in {text!r} and must not"

    def _retraction(self, entry: Retracting) -> Iterator[tuple[str, str]]:
        for field, should in (("examples", True), ("counter_examples", False)):
            for text in getattr(entry, field):
                found = self._finder.find(text).retractions
                if any(r.cue_id == entry.id for r in found) is not should:
                    yield field, f"{'is not' if should else 'is'} found in {text!r}"

    def _uses(self, cue: Cue, text: str) -> bool:
        signals = self._signals(text)
        if cue.qualifier == "laughter":
            return any(s.laughter for s in signals)
        return any(q.cue_id == cue.id for s in signals for q in s.qualifiers)

    def _seen(self, text: str) -> str:
        signals = self._signals(text)
        if not signals:
            return " (no rule matches in it)"
        return f" (matched: {', '.join(f'{s.rule_id} {s.words!r}' for s in signals)})"

    def _stopper(self, entry: Stopper, without: Finder) -> Iterator[str]:
        """A terminator or pseudo-cue makes the difference in each of its examples."""
        for text in entry.examples:
            now, then = (_marks(f.find(text).signals) for f in (self._finder, without))
            if not now:
                yield f"no rule matches in {text!r}"
            elif len(now) == len(then) and sum(map(len, now)) >= sum(map(len, then)):
                yield f"makes no difference in {text!r}: the same cues qualify with and without it"


def _marks(signals: Sequence[Signal]) -> list[tuple[str, ...]]:
    return [
        (*(q.cue_id for q in s.qualifiers), *(("laughter",) if s.laughter else ())) for s in signals
    ]


def _laughs(match: Match) -> bool:
    return isinstance(match, Signal) and match.laughter is not None


def _only(match: Match, rule: Rule) -> bool:
    """Whether the rule's own subject is all that qualifies a match."""
    return all(q.cue_id == rule.id for q in match.qualifiers) and not _laughs(match)


def _cancelled(found: Findings, rule: Rule) -> bool:
    return any(s.rule_id == rule.id for s in found.suppressed)


def _because(signal: Signal) -> str:
    cues = ", ".join(f"{q.qualifier} by {q.words!r}" for q in signal.qualifiers)
    return f" ({cues or 'laughter'})"


def _spans(signals: Iterable[Match]) -> list[tuple[int, int]]:
    return [(s.start, s.end) for s in signals]


def _quoted(text: str, spans: Iterable[tuple[int, int]]) -> str:
    return " and ".join(repr(text[a:b]) for a, b in sorted(spans)) or "nothing"


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words must be put in, taken out or replaced to make one text the other.

    >>> distance(["want", "to", "die"], ["want", "to", "live", "now"])
    2
    """
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]
