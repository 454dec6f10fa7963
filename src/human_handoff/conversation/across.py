"""What a turn says only together with the turns before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from human_handoff.conversation.turn import Fact, Turn, facts_of
from human_handoff.policy import Policy
from human_handoff.rules.boundary import Boundary, Open
from human_handoff.rules.combination import Combination, by_name
from human_handoff.screening import Screening
from human_handoff.signals import Match, Part, Qualified, Signal
from human_handoff.vocabulary import Urgency


@dataclass(frozen=True, kw_only=True)
class _Heard:
    """A match of this turn, or a fact of an earlier one, as an item of a combination."""

    match: Match | None = None
    fact: Fact
    turns_ago: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        return self.fact.names

    @property
    def qualifiers(self) -> tuple[Qualified, ...]:
        return self.match.qualifiers if self.match else self.fact.qualifiers

    @property
    def start(self) -> int:
        """Of equally plain ones, those of this turn go first, then the latest."""
        return self.match.start if self.match else 1 << 30 | self.turns_ago


def made_with(screening: Screening, earlier: Sequence[Turn], at: datetime) -> list[Match]:
    """The signals and parts this turn makes with *earlier* turns; their spans lie in this turn's text."""
    if screening.boundary is None:
        return []
    crossing = _crossing(screening, screening.boundary, earlier, at)
    return [*crossing, *_combined(screening, screening.boundary, crossing, earlier)]


def opens_before(earlier: Sequence[Turn], digest: str, at: datetime) -> Iterator[tuple[int, Open]]:
    """(turns ago, phrase left open) in the last turns, if they are near in time and read by the same rules."""
    limits = Policy.bundled().window
    last = earlier[max(0, len(earlier) - limits.open_turns) :]
    for ago, turn in enumerate(reversed(last), 1):
        # A clock that runs backwards tells nothing about how near two messages are: then they are near.
        if turn.digest == digest and at - turn.at <= timedelta(minutes=limits.open_minutes):
            yield from ((ago, one) for one in turn.opens)


def _crossing(
    screening: Screening, boundary: Boundary, earlier: Sequence[Turn], at: datetime
) -> list[Match]:
    """Phrases begun in a message just before and finished here, one for each rule that this text alone lacks."""
    alone = {signal.rule_id: signal.urgency for signal in screening.signals}
    best: dict[str, Match] = {}
    opens: dict[Open, int] = {}
    for ago, one in opens_before(earlier, screening.rule_digest, at):
        opens.setdefault(one, ago)
    for match, one in boundary.closes(opens):
        found = replace(match, turns_ago=(opens[one],)) if isinstance(match, Signal) else match
        if _urgency(found) > alone.get(found.rule_id, Urgency.NONE) or isinstance(found, Part):
            best[found.rule_id] = max(best.get(found.rule_id, found), found, key=_urgency)
    return list(best.values())


def _combined(
    screening: Screening, boundary: Boundary, crossing: Sequence[Match], earlier: Sequence[Turn]
) -> Iterator[Signal]:
    """The combinations that some item of this turn completes."""
    own = list(_own(screening, crossing))
    before = [
        _Heard(fact=fact, turns_ago=ago)
        for ago, turn in enumerate(reversed(earlier), 1)
        for fact in turn.facts
    ]
    named = by_name([*own, *before])
    alone = {
        signal.rule_id: signal.urgency
        for signal in (*screening.signals, *crossing)
        if isinstance(signal, Signal)
    }
    for one in boundary.finder.combinations.window:
        made = _across(one, one.choose(named))
        if made and made.urgency > alone.get(made.rule_id, Urgency.NONE):
            yield made


def _own(screening: Screening, crossing: Sequence[Match]) -> Iterator[_Heard]:
    matches: list[Match] = [*screening.signals, *screening.parts, *crossing]
    for match in matches:
        for fact in facts_of(Screening(), [match]):
            yield _Heard(match=match, fact=fact)


def _across(one: Combination, chosen: Sequence[_Heard]) -> Signal | None:
    """One combination as a signal, when both this turn and an earlier one have a share in it."""
    here = [heard.match for heard in chosen if heard.match]
    ago = sorted({heard.turns_ago for heard in chosen if heard.turns_ago})
    if not here or not ago:
        return None
    last = max(here, key=lambda match: (match.end, match.start))
    made = one.signal(chosen, last.start, last.end, last.words)
    return replace(made, turns_ago=tuple(ago))


def _urgency(match: Match) -> Urgency:
    return match.urgency if isinstance(match, Signal) else Urgency.NONE
