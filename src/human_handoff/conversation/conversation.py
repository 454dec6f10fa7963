"""A bounded, word-free memory of one person's recent screenings, owned by the host.

What one turn says counts for the turns after it; nothing a later turn says lowers it; what is forgotten is said.
Only a human clears.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any

from human_handoff.conversation.across import made_with, opens_before
from human_handoff.conversation.stored import MOST_CLEARINGS, MOST_SHOWN, Clearing, Peak, Stored
from human_handoff.conversation.turn import Turn, facts_of
from human_handoff.errors import ConversationError, NaiveTimeError
from human_handoff.events import emit
from human_handoff.policy import Policy, WindowLimits
from human_handoff.screening import Screening, Unchecked, UncheckedReason
from human_handoff.signals import Match, Part, Signal
from human_handoff.vocabulary import Concern, Urgency
from human_handoff.window import Carried, Window

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")

_Key = tuple[Concern, Urgency, bool]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Which lines were on the person's screen, and when. No words, no reference to the person."""

    lines: tuple[str, ...]
    at: datetime


class Conversation:
    """The memory of one person's turns; a host keeps one for each person and deletes it with the account.

    It holds rule ids, concerns, urgencies, slots, qualifiers and times, never a word, name or reference to the
    person, and neither does its `repr` or JSON. Turns are bounded in number and age; the highest urgency of each
    concern outlives a turn that was pushed out until `max_age`. May be shared between threads.

    >>> from human_handoff.screening import screen
    >>> talk = Conversation()
    >>> talk.add(screen("i want to")).urgency
    <Urgency.NONE: 0>
    >>> talk.add(screen("die")).urgency
    <Urgency.TODAY: 3>
    >>> talk.add(screen("jk i'm fine")).urgency  # only a human clears
    <Urgency.TODAY: 3>
    """

    def __init__(self, *, max_turns: int | None = None, max_age: timedelta | None = None) -> None:
        """Remember at most *max_turns* turns, and nothing older than *max_age*; see `[window]` in policy.toml."""
        limits = _limits()
        self._limits = Stored.limits(
            limits.turns if max_turns is None else max_turns,
            timedelta(hours=limits.max_age_hours) if max_age is None else max_age,
        )
        self._turns: list[Turn] = []  # in the order they arrived
        self._peaks: dict[_Key, datetime] = {}
        self._shown: dict[str, datetime] = {}
        self._cleared: list[Clearing] = []
        self._lock = RLock()

    @classmethod
    def journal(cls, *, max_turns: int | None = None) -> "Conversation":
        """For entries days or weeks apart, as in mood trackers and journals: remembers about three months."""
        return cls(max_turns=max_turns, max_age=timedelta(days=_limits().journal_max_age_days))

    @property
    def max_turns(self) -> int:
        """Turns remembered at most."""
        return self._limits[0]

    @property
    def max_age(self) -> timedelta:
        """How long what was said counts."""
        return self._limits[1]

    def __len__(self) -> int:
        """How many turns are remembered."""
        return len(self._turns)

    def __bool__(self) -> bool:
        """Always true: an empty conversation is one, too."""
        return True

    def __repr__(self) -> str:
        """How much it holds; no words are in it."""
        return f"<Conversation: {len(self._turns)} turns, {len(self._peaks)} things that count>"

    # ---- a turn -----------------------------------------------------------------------------------

    def add(
        self, screening: Screening, *, at: datetime | None = None, turn: str | None = None
    ) -> Screening:
        """The screening, read on from the turns before it: never less careful than it was alone.

        *at*: when it was written, with a time zone; now by default. *turn*: an id of the message without words, so
        that one delivered twice counts once. A turn dated before another that arrived first counts like any other;
        that a phrase begun in it was finished there is not looked for, and `unchecked` says so.

        TypeError for what is no Screening, NaiveTimeError and ConversationError for a moment or id that cannot be
        used: nothing was added, and the screening still counts. A fault inside gives the screening, and what counted
        before, with `unchecked: fault`, which holds the reply.
        """
        if not isinstance(screening, Screening):
            raise TypeError(f"screening must be a Screening, not {type(screening).__name__}")
        moment, turn = _moment(at), _turn_id(turn)
        with self._lock:
            try:
                return self._add(screening, moment, turn)
            except Exception as wrong:  # noqa: BLE001  an error must never cost a person the human
                return self._after_fault(screening, moment, turn, type(wrong).__name__)

    def _after_fault(
        self, screening: Screening, at: datetime, turn: str | None, name: str
    ) -> Screening:
        """The turn by itself, remembered as far as that goes, with what counted before it."""
        emit("conversation.failed", level=logging.ERROR, error=name)
        fault = Unchecked(reason=UncheckedReason.FAULT, detail=f"conversation: {name}")
        alone = replace(screening, unchecked=(*screening.unchecked, fault), boundary=None)
        try:
            return self._add(alone, at, turn)
        except Exception:  # noqa: BLE001  what was said in this turn still counts
            return alone

    def _add(self, screening: Screening, at: datetime, turn: str | None) -> Screening:
        again = next((known for known in self._turns if turn and known.id == turn), None)
        at = again.at if again else at
        place = self._turns.index(again) if again else len(self._turns)
        earlier = self._turns[:place]
        made = made_with(screening, earlier, at)
        new = _as_turn(screening, made, earlier, at, turn)
        carried, highest = (
            self._still_counts(),
            max((t.urgency for t in earlier), default=Urgency.NONE),
        )
        self._turns[place : place + 1] = [new.together(again) if again else new]
        self._count(new)
        gone, forgotten = self._forget()
        window = Window(
            turns=len(self._turns),
            repeats=self._repeats(),
            rising=bool(highest) and new.urgency > highest,
            retracts=new.retracts and bool(carried),
            unchecked_turns=sum(known.is_unchecked for known in self._turns),
            forgotten_turns=gone,
            forgotten=forgotten,
        )
        return _read_on(screening, made, carried, window, _overtaken(earlier, at))

    # ---- what counts ------------------------------------------------------------------------------

    def _count(self, turn: Turn) -> None:
        """Note when each concern was last heard at each urgency."""
        for fact in turn.facts:
            if fact.urgency:
                key = fact.concern, fact.urgency, fact.other_person
                self._peaks[key] = max(turn.at, self._peaks.get(key, turn.at))

    def _repeats(self) -> dict[Concern, int]:
        heard = Counter(concern for turn in self._turns for concern in sorted(turn.concerns))
        return {concern: times for concern, times in heard.items() if times > 1}

    def _forget(self) -> tuple[int, tuple[Carried, ...]]:
        """Push out what is too much or too old: how many turns, and what counts no more.

        Age counts from the earlier of the last two turns to arrive: a single wrong clock forgets nothing, and after
        one that was wrong for longer, what is said next is remembered again.
        """
        held = len(self._turns)
        oldest = _before(min(turn.at for turn in self._turns[-2:]), self.max_age)
        self._turns = [turn for turn in self._turns if turn.at >= oldest][-self.max_turns :]
        self._shown = {line: at for line, at in self._shown.items() if at >= oldest}
        last = len(self._turns) - _limits().open_turns
        self._turns = [replace(t, opens=()) if n < last else t for n, t in enumerate(self._turns)]
        old = [key for key, at in self._peaks.items() if at < oldest]
        return held - len(self._turns), tuple(_carried(key, self._peaks.pop(key)) for key in old)

    def _still_counts(self) -> tuple[Carried, ...]:
        return _soonest(_carried(key, at) for key, at in self._peaks.items())

    def still_counts(self) -> tuple[Carried, ...]:
        """What was heard and counts until it is too old or a human clears it; the soonest first."""
        with self._lock:
            return self._still_counts()

    def clear(self, *, by: str, at: datetime | None = None) -> tuple[Carried, ...]:
        """A human has been with the person: nothing said so far counts any more. Gives what counted.

        *by* names that human for the host's record. Only a human clears: no reply, timer or model calls this.
        """
        clearing = Clearing(by=_human(by), at=_moment(at))
        with self._lock:
            counted = self._still_counts()
            self._turns, self._peaks = [], {}
            self._cleared = [*self._cleared, clearing][-MOST_CLEARINGS:]
        emit("conversation.cleared", counted=len(counted))
        return counted

    # ---- what was shown ---------------------------------------------------------------------------

    def note_shown(self, lines: Iterable[str], *, at: datetime | None = None) -> Receipt:
        """Record which lines were on the person's screen, by id: `step.id` of a route's items."""
        given = [lines] if isinstance(lines, str) else list(lines)
        if any(not isinstance(line, str) or not _ID.fullmatch(line) for line in given):
            raise ConversationError("lines: write ids of lines, as in route(...).primary.id")
        ids = tuple(dict.fromkeys(given))
        receipt = Receipt(lines=ids, at=_moment(at))
        with self._lock:
            self._shown |= dict.fromkeys(ids, receipt.at)
            newest = sorted(self._shown, key=lambda line: self._shown[line])[-MOST_SHOWN:]
            self._shown = {line: self._shown[line] for line in newest}
        return receipt

    @property
    def shown(self) -> tuple[str, ...]:
        """Ids of lines shown before, for `route(..., shown=talk.shown)`: the next step is then another one."""
        with self._lock:
            return tuple(sorted(self._shown))

    # ---- storing it -------------------------------------------------------------------------------

    def to_json(self) -> str:
        """Everything it remembers, for the host's own storage. No words are in it."""
        with self._lock:
            return Stored.of_turns(
                self._turns,
                max_turns=self.max_turns,
                max_age=self.max_age,
                peaks=tuple(
                    Peak(concern=c, urgency=int(u), other_person=o, last_heard=at)
                    for (c, u, o), at in self._peaks.items()
                ),
                shown=self._shown,
                cleared=tuple(self._cleared),
            ).model_dump_json()

    @classmethod
    def from_json(cls, written: str | bytes) -> "Conversation":
        """The conversation that `to_json` wrote; ConversationError says what cannot be read, and nothing is guessed.

        Turns read with other rules keep counting; only phrases they left open are not finished.
        """
        found = Stored.read(written)
        made = cls(max_turns=found.max_turns, max_age=found.max_age)
        made._turns = found.remembered()[-made.max_turns :]
        made._peaks = {
            (p.concern, Urgency(p.urgency), p.other_person): p.last_heard for p in found.peaks
        }
        made._shown, made._cleared = dict(found.shown), list(found.cleared)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and pickled as its JSON."""
        return Conversation.from_json, (self.to_json(),)


def _limits() -> WindowLimits:
    return Policy.bundled().window


def _moment(at: datetime | None) -> datetime:
    if at is None:
        return datetime.now(UTC)
    if not isinstance(at, datetime):
        raise TypeError(f"at must be a datetime, not {type(at).__name__}")
    if at.utcoffset() is None:
        raise NaiveTimeError("at: has no time zone; use datetime.now(UTC)")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ConversationError("at: lies outside the calendar") from None


def _before(moment: datetime, age: timedelta) -> datetime:
    """The moment *age* before; the first of the calendar when there is none."""
    first = datetime.min.replace(tzinfo=UTC)
    return moment - age if moment - first > age else first


def _human(by: object) -> str:
    """The name of a human, as it can be written down."""
    name = by.strip()[:200] if isinstance(by, str) else ""
    if not name or any("\ud800" <= char <= "\udfff" for char in name):
        raise ConversationError("by: name the human who clears this")
    return name


def _overtaken(earlier: Iterable[Turn], at: datetime) -> Iterator[Unchecked]:
    """Whether a turn shortly after this moment had arrived before it."""
    near = timedelta(minutes=_limits().open_minutes)
    if any(timedelta(0) < known.at - at <= near for known in earlier):
        detail = "a later turn was added before it: a phrase across the two was not looked for"
        yield Unchecked(reason=UncheckedReason.OUT_OF_ORDER, detail=detail)


def _soonest(carried: Iterable[Carried]) -> tuple[Carried, ...]:
    """Each concern, of the writer or of someone else, at its soonest urgency; the soonest first."""
    best: dict[tuple[Concern, bool], Carried] = {}
    for what in sorted(carried, key=lambda c: (c.urgency, c.last_heard)):
        best[what.concern, what.other_person] = what  # the soonest is sorted last
    order = list(Concern)
    return tuple(
        sorted(best.values(), key=lambda c: (-c.urgency, order.index(c.concern), c.other_person))
    )


def _turn_id(turn: str | None) -> str | None:
    if turn is None or (isinstance(turn, str) and _ID.fullmatch(turn)):
        return turn
    raise ConversationError(
        "turn: write an id of 1 to 64 letters, digits and _ . : - (never words)"
    )


def _carried(key: _Key, last_heard: datetime) -> Carried:
    concern, urgency, other = key
    return Carried(concern=concern, urgency=urgency, other_person=other, last_heard=last_heard)


def _as_turn(
    screening: Screening,
    made: Sequence[Match],
    earlier: Sequence[Turn],
    at: datetime,
    turn: str | None,
) -> Turn:
    """What is kept of a screening."""
    before = [one for _, one in opens_before(earlier, screening.rule_digest, at)]
    return Turn(
        at=at,
        id=turn,
        facts=facts_of(screening, made),
        opens=screening.boundary.opens(before) if screening.boundary else (),
        digest=screening.rule_digest,
        retracts=bool(screening.retractions),
        is_unchecked=screening.holds_reply,
    )


def _read_on(
    screening: Screening,
    made: Sequence[Match],
    carried: tuple[Carried, ...],
    window: Window,
    unchecked: Iterable[Unchecked],
) -> Screening:
    """The screening with what the turns before it add."""
    signals = (*screening.signals, *(match for match in made if isinstance(match, Signal)))
    if across := tuple(sorted({match.rule_id for match in made if isinstance(match, Signal)})):
        emit("conversation.matched", rules=across)
    read = replace(screening, signals=signals, carried=_soonest((*carried, *screening.carried)))
    return replace(
        read,
        urgency=max(screening.urgency, *read.concerns.values(), Urgency.NONE),
        parts=(*screening.parts, *(match for match in made if isinstance(match, Part))),
        unchecked=(*screening.unchecked, *unchecked),
        window=window,
        boundary=None,
    )
