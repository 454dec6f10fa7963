"""Find the rules of one set in a text and settle how each match is meant."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TypeVar

from human_handoff.context import Cues, Qualification, Reading
from human_handoff.errors import RuleError
from human_handoff.phrases.lexicon import Lexicon
from human_handoff.phrases.matcher import Matcher
from human_handoff.phrases.phrase import LONGEST_MEMBER, Phrase, Slot, Words
from human_handoff.phrases.span import Hit, reads_back
from human_handoff.policy import Policy
from human_handoff.rules.combination import Combinations, Sentences, slots_of
from human_handoff.rules.rule import Rule
from human_handoff.signals import Match, Part, Qualified, Retraction, Signal, Suppressed, recencies
from human_handoff.spelling import Spelling
from human_handoff.text import Lattice, fold
from human_handoff.vocabulary import Qualifier

Spanned = TypeVar("Spanned", Signal, Suppressed)

MOST_ALIKE = 8
"""Signals listed for one rule, urgency and set of qualifiers; more are counted, not listed."""
_REACH = 16 * LONGEST_MEMBER


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Everything found in one text, in text order."""

    lattice: Lattice
    signals: tuple[Signal, ...] = ()
    parts: tuple[Part, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    retractions: tuple[Retraction, ...] = ()
    unlisted: int = 0

    def of(self, rule: Rule) -> list[Match]:
        """The matches of one rule, be they signals or parts."""
        everything: tuple[Match, ...] = (*self.signals, *self.parts)
        return [match for match in everything if match.rule_id == rule.id]


class _Phrases:
    """One field of phrases of all rules, compiled together."""

    def __init__(self, rules: Sequence[Rule], field: str, lexicon: Lexicon) -> None:
        self.owners: list[tuple[Rule, str]] = [
            (rule, source) for rule in rules for source in getattr(rule, field)
        ]
        self.phrases = [_parsed(rule, field, source, lexicon) for rule, source in self.owners]
        self.words = frozenset().union(*(phrase.words() for phrase in self.phrases))
        self._matcher = Matcher(self.phrases)

    def find(self, lattice: Lattice, pieces: Combinations | None = None) -> dict[str, list[Hit]]:
        """Every hit by rule id; with *pieces*, without parts that would count for nothing."""
        found: dict[str, list[Hit]] = defaultdict(list)
        keep = (lambda possible: self._kept(possible, pieces)) if pieces else None
        for hit in self._matcher.find(lattice, keep):
            found[self.owners[hit.phrase][0].id].append(hit)
        return found

    def _kept(self, possible: list[set[int]], pieces: Combinations) -> list[set[int]]:
        """The phrases of the rules that matter, sentence by sentence."""
        owners = self.owners
        rules = [{owners[number][0].id for number in some} for some in possible]
        return [
            some if len(wanted) == len(known) else {n for n in some if owners[n][0].id in wanted}
            for some, known, wanted in zip(possible, rules, pieces.wanted(rules), strict=True)
        ]

    @cached_property
    def firsts(self) -> dict[str, int]:
        """The number of each rule's first phrase: its others follow."""
        found: dict[str, int] = {}
        for number, (rule, _) in enumerate(self.owners):
            found.setdefault(rule.id, number)
        return found

    @cached_property
    def ending(self) -> dict[str, list[list[tuple[int, int]]]]:
        """For each word, the (phrase, slot) it may be the last word of, but for last slots."""
        slots: dict[frozenset[Words], list[tuple[int, int]]] = defaultdict(list)
        for number, phrase in enumerate(self.phrases):
            for at, slot in enumerate(phrase.slots[:-1]):
                slots[slot.members].append((number, at))
        found: dict[str, list[list[tuple[int, int]]]] = defaultdict(list)
        for members, places in slots.items():
            for word in {member[-1] for member in members}:
                found[word].append(places)
        return found

    @cached_property
    def beginnings(self) -> dict[str, list[tuple[Words, int, list[tuple[int, int]]]]]:
        """For each word, the beginnings of longer members that end with it, and their (phrase, slot)."""
        slots: dict[frozenset[Words], list[tuple[int, int]]] = defaultdict(list)
        kinds: dict[frozenset[Words], Slot] = {}
        for number, phrase in enumerate(self.phrases):
            for at, slot in enumerate(phrase.slots):
                slots[slot.members].append((number, at))
                kinds[slot.members] = slot
        found: dict[str, list[tuple[Words, int, list[tuple[int, int]]]]] = defaultdict(list)
        for members, slot in kinds.items():
            for at, words in enumerate(slot.beginnings, 1):
                found[words[-1]].append((words, at, slots[members]))
        return found


class Finder:
    """The compiled form of a rule set: immutable, shared freely between threads, holds no text."""

    def __init__(self, rules: Sequence[Rule], lexicon: Lexicon, cues: Cues, policy: Policy) -> None:
        """Compile every phrase; a phrase that cannot be read raises RuleError naming rule and field."""
        self._cues, self.policy = cues, policy
        self.rules = {rule.id: rule for rule in rules}
        self.combinations = Combinations(rules, policy)
        # Parts last: they are walked together, and only where something may come of them.
        self._phrases = _Phrases(sorted(rules, key=lambda r: r.part), "phrases", lexicon)
        self._unless = _Phrases(rules, "unless", lexicon)
        words = cues.words() | self._phrases.words | self._unless.words
        self._spelling = Spelling(
            known=lexicon.known,
            vocabulary=words,
            misspellings=lexicon.misspellings,
            expansions=lexicon.expansions,
            foreign=lexicon.foreign,
            one_letter_words=lexicon.one_letter_words,
            one_letter_glued=lexicon.one_letter_glued,
            units=lexicon.units,
            edge_words=lexicon.edge_words,
            short_forms=lexicon.short_forms,
        )

    def find(self, text: str, *, every_part: bool = False) -> Findings:
        """Read *text* once. Linear in its length; nothing of it is kept.

        Parts of which nothing can come, here or in a later turn, are looked for only with *every_part*.
        """
        lattice = self.fold(text)
        matched = self._phrases.find(lattice, None if every_part else self.combinations)
        retractions = self._retractions(text, lattice)
        if not matched:
            return Findings(lattice=lattice, retractions=retractions)
        cancels = self._unless.find(lattice.whole())
        settled = _Settling(self, text, lattice, cancels).settle(matched)
        return replace(settled, retractions=retractions)

    def fold(self, text: str) -> Lattice:
        """*text* as these rules read it."""
        return fold(text, self._spelling)

    def _retractions(self, text: str, lattice: Lattice) -> tuple[Retraction, ...]:
        spans = ((entry, *lattice.span(a, b)) for entry, a, b in self._cues.retracting(lattice))
        return tuple(
            Retraction(cue_id=entry.id, start=a, end=b, words=text[a:b]) for entry, a, b in spans
        )

    # ---- for phrases that cross from one message into the next (boundary.py) ----

    def phrase(self, rule_id: str, number: int) -> Phrase | None:
        """A rule's phrase by its place in the rule file."""
        rule = self.rules.get(rule_id)
        if rule is None or not 0 <= number < len(rule.phrases):
            return None
        return self._phrases.phrases[self._phrases.firsts[rule_id] + number]

    def owner(self, number: int) -> tuple[str, int, Phrase]:
        """The rule of a phrase, and which of its phrases it is."""
        rule = self._phrases.owners[number][0]
        return rule.id, number - self._phrases.firsts[rule.id], self._phrases.phrases[number]

    def slots_ending(self, lattice: Lattice, node: int) -> set[tuple[int, int]]:
        """The (phrase, slot) that may have been filled where *node* is."""
        ending = self._phrases.ending
        return {
            place
            for _, readings in lattice.edges_into(node)
            for word in readings
            for places in ending.get(word, ())
            for place in places
        }

    def members_begun(self, lattice: Lattice, node: int) -> Iterator[tuple[int, int, int, Words]]:
        """(phrase, slot, which beginning, its words) of longer members that may be half said at *node*."""
        for _, readings in lattice.edges_into(node):
            for word in readings:
                for words, at, places in self._phrases.beginnings.get(word, ()):
                    if reads_back(lattice, words, node):
                        yield from ((number, slot, at, words) for number, slot in places)

    def reading(self, lattice: Lattice) -> Reading:
        """The cues of one text."""
        return self._cues.reading(lattice)

    def qualified(self, reading: Reading, hit: Hit) -> tuple[Qualified, ...]:
        """How something begun is meant, without words or places."""
        found = (q for q in reading.qualifications(hit) if isinstance(q.qualifier, Qualifier))
        return tuple(
            Qualified(
                qualifier=Qualifier(q.qualifier),
                cue_id=q.cue_id,
                recency=q.recency,
                start=0,
                end=0,
                words="",
            )
            for q in found
        )

    def settling(self, text: str, lattice: Lattice) -> Callable[[str, Hit], Signal | None]:
        """What makes a hit of a rule in this text a signal; None where an `unless` of the rule cancels it."""
        settling = _Settling(self, text, lattice, self._unless.find(lattice.whole()))

        def settled(rule_id: str, hit: Hit) -> Signal | None:
            rule = self.rules[rule_id]
            return None if settling.cancelled_by(rule, hit) else settling.signal(rule, hit)

        return settled

    def with_cues(self, cues: Cues) -> "Finder":
        """The same rules read with other cues; the words of the text are folded as before."""
        other = copy(self)
        other._cues = cues
        return other

    def unless_source(self, hit: Hit) -> str:
        """The `unless` phrase of a hit as the rule file writes it."""
        return self._unless.owners[hit.phrase][1]


class _Settling:
    """Settles the matches of one text: which spans stand, what cancels or qualifies them."""

    def __init__(
        self, finder: Finder, text: str, lattice: Lattice, cancels: Mapping[str, list[Hit]]
    ) -> None:
        self.finder, self.text, self.lattice = finder, text, lattice
        self.reading: Reading = finder._cues.reading(lattice)
        self.cancels = {rule: sorted(hits, key=_by_place) for rule, hits in cancels.items()}
        self.by_rule: dict[str, list[Match]] = {}
        self.signals: list[Signal] = []
        self.parts: list[Part] = []
        self.suppressed: list[Suppressed] = []
        self.unlisted = 0

    def settle(self, matched: Mapping[str, list[Hit]]) -> Findings:
        for rule_id, hits in matched.items():
            self.rule(self.finder.rules[rule_id], hits)
        self.combine()
        return Findings(
            lattice=self.lattice,
            signals=tuple(sorted(self.signals, key=lambda s: (s.start, s.end, s.rule_id))),
            parts=tuple(sorted(self.parts, key=lambda p: (p.start, p.end, p.rule_id))),
            suppressed=tuple(sorted(self.suppressed, key=lambda s: (s.start, s.end, s.rule_id))),
            unlisted=self.unlisted,
        )

    def rule(self, rule: Rule, hits: Iterable[Hit]) -> None:
        """Settle one rule: cancelled matches first, so that they never hide one that stands."""
        standing: list[Hit] = []
        cancelled: list[tuple[Hit, Hit]] = []
        for hit in hits:
            by = self.cancelled_by(rule, hit)
            if by is None:
                standing.append(hit)
            else:
                cancelled.append((hit, by))
        found = apart([self.signal(rule, hit) for hit in standing])
        if rule.part:
            parts = [Part.of(signal) for signal in found]
            self.by_rule[rule.id] = list(parts)
            self.parts += parts[:MOST_ALIKE]
        else:
            self.by_rule[rule.id] = list(found)
            self.list_signals(found)
        listed = apart([self.suppress(rule, hit, by) for hit, by in cancelled])
        self.unlisted += max(0, len(listed) - MOST_ALIKE)
        self.suppressed.extend(listed[:MOST_ALIKE])

    def list_signals(self, signals: Iterable[Signal]) -> None:
        """List the first few of each kind: an odd text has thousands, and the first say it all."""
        seen: dict[object, int] = defaultdict(int)
        for signal in signals:
            kind = signal.urgency, frozenset(q.qualifier for q in signal.qualifiers)
            seen[kind] += 1
            if seen[kind] <= MOST_ALIKE:
                self.signals.append(signal)
            else:
                self.unlisted += 1

    def cancelled_by(self, rule: Rule, hit: Hit) -> Hit | None:
        """The `unless` match with which *hit* shares a word, if any."""
        near = self.cancels.get(rule.id, [])
        first = bisect_left(near, hit.start - _REACH, key=_by_start)
        last = bisect_right(near, hit.end, key=_by_start)
        return next((c for c in near[first:last] if c.start < hit.end and hit.start < c.end), None)

    def signal(self, rule: Rule, hit: Hit) -> Signal:
        found = self.reading.qualifications(hit)
        start, end = self.lattice.span(hit.start, hit.end)
        laughter = (
            next((q for q in found if q.qualifier == "laughter"), None) if rule.idiom else None
        )
        qualified = tuple(self.qualified(q) for q in found if isinstance(q.qualifier, Qualifier))
        if rule.subject and not any(q.qualifier is rule.subject for q in qualified):
            own = Qualified(
                qualifier=rule.subject,
                cue_id=rule.id,
                start=start,
                end=end,
                words=self.text[start:end],
            )
            qualified = (own, *qualified)
        return Signal(
            rule_id=rule.id,
            title=rule.title,
            concern=rule.concern,
            urgency=self.finder.policy.lowered(
                rule.concern, rule.urgency, recencies(qualified), laughing=laughter is not None
            ),
            rule_urgency=rule.urgency,
            qualifiers=qualified,
            laughter=(laughter.start, laughter.end) if laughter else None,
            slots=slots_of(rule, self.finder.policy),
            start=start,
            end=end,
            words=self.text[start:end],
        )

    def qualified(self, found: Qualification) -> Qualified:
        return Qualified(
            qualifier=Qualifier(found.qualifier),
            cue_id=found.cue_id,
            recency=found.recency,
            start=found.start,
            end=found.end,
            words=self.text[found.start : found.end],
        )

    def suppress(self, rule: Rule, hit: Hit, by: Hit) -> Suppressed:
        start, end = self.lattice.span(hit.start, hit.end)
        by_start, by_end = self.lattice.span(by.start, by.end)
        return Suppressed(
            rule_id=rule.id,
            start=start,
            end=end,
            words=self.text[start:end],
            unless=self.finder.unless_source(by),
            unless_start=by_start,
            unless_end=by_end,
        )

    def combine(self) -> None:
        """Add what the matches say together, unless an `unless` stands in between."""
        matches: list[Match] = [*chain(*self.by_rule.values())]
        begins = (node for node in sorted(self.lattice.stops) if node < len(self.lattice.words))
        sentences = Sentences(starts=[self.lattice.span(node, node + 1)[0] for node in begins])
        combinations = self.finder.combinations
        by_rule: dict[str, list[Signal]] = defaultdict(list)
        for made in combinations.made_of(matches, sentences, self.text, self.is_cancelled):
            by_rule[made.rule_id].append(made)
        for alike in by_rule.values():
            self.list_signals(alike)

    def is_cancelled(self, rule: Rule, start: int, end: int) -> bool:
        """Whether an `unless` of *rule* shares a word with the characters of a combination."""
        spans = (self.lattice.span(hit.start, hit.end) for hit in self.cancels.get(rule.id, ()))
        return any(begin < end and start < finish for begin, finish in spans)


def _by_place(hit: Hit) -> tuple[int, int]:
    return hit.start, hit.end


def _by_start(hit: Hit) -> int:
    return hit.start


def apart(found: Iterable[Spanned]) -> list[Spanned]:
    """Of overlapping spans of one rule the most urgent and plainest, then the longest, then the earliest.

    Urgency comes first so that a qualified match never hides a plain one beside it. In text order.
    """
    ranked = sorted(found, key=lambda f: (*_rank(f), f.start - f.end, f.start))
    starts: list[int] = []
    kept: list[Spanned] = []
    for item in ranked:
        at = bisect_left(starts, item.start)
        before, after = (kept[at - 1] if at else None), (kept[at] if at < len(kept) else None)
        if (before is None or before.end <= item.start) and (
            after is None or item.end <= after.start
        ):
            starts.insert(at, item.start)
            kept.insert(at, item)
    return kept


def _rank(found: Signal | Suppressed) -> tuple[int, bool]:
    """The more urgent and the plainer, the lower."""
    return (-found.urgency, bool(found.qualifiers)) if isinstance(found, Signal) else (0, False)


def _parsed(rule: Rule, field: str, source: str, lexicon: Lexicon) -> Phrase:
    try:
        return Phrase.parse(source, classes=lexicon.classes)
    except RuleError as wrong:
        raise RuleError(f"rule {rule.id!r}: {field}: {wrong}") from None
