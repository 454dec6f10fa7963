"""What a conversation promises: what was said counts, nothing lowers it, and what is forgotten is said."""

import copy
import logging
import pickle
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from human_handoff.conversation import conversation as module
from human_handoff.conversation.conversation import Conversation
from human_handoff.conversation.stored import MOST_CLEARINGS, MOST_SHOWN, MOST_TURNS
from human_handoff.conversation.turn import MOST_FACTS
from human_handoff.errors import ConversationError, NaiveTimeError
from human_handoff.lines.directory import Directory
from human_handoff.routing.route import SOONEST_FIRST, Obligations
from human_handoff.routing.routing import route
from human_handoff.rules.boundary import MOST_OPEN
from human_handoff.screening import Screener, Screening, Unchecked, UncheckedReason
from human_handoff.vocabulary import Concern, Urgency
from human_handoff.window import Carried
from tests.conversation.talks import (
    BUNDLED,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    SAID_BUNDLED,
    SCREENER,
    Said,
    said,
    talk_of,
    talks,
    told,
    wild,
)
from tests.conversation.talks import near as nearby
from tests.rulesets import rule, rule_set


def owed(found: Screening) -> Obligations:
    return route(found, region="GB").obligations


def assert_no_less_careful(after: Screening, before: Screening, *, holds: bool = True) -> None:
    """Urgency, concerns, signals, what went unchecked and every duty are at least what they were."""
    assert after.urgency >= before.urgency
    for concern, urgency in before.concerns.items():
        assert after.concerns[concern] >= urgency
    assert after.signals[: len(before.signals)] == before.signals
    assert after.opinions[: len(before.opinions)] == before.opinions
    assert after.unchecked[: len(before.unchecked)] == before.unchecked
    more, less = owed(after), owed(before)
    duties = [
        "show_lines",
        "open_handoff",
        *(["hold_replies", "interrupt_advised"] if holds else []),
    ]
    for duty in duties:
        assert getattr(more, duty) >= getattr(less, duty), duty
    assert SOONEST_FIRST.index(more.reach_within) <= SOONEST_FIRST.index(less.reach_within)


# ---- never less careful -----------------------------------------------------------------------------


@given(messages=talks(nearby), last=said(nearby))
def test_a_turn_is_never_read_less_carefully_than_alone(messages: list[Said], last: Said) -> None:
    """Whatever came before, in any order, twice, with ids or without."""
    talk = Conversation()
    told(talk, messages)
    (found,) = told(talk, [last])

    assert_no_less_careful(found, last.screened())


@given(messages=talks(wild), last=said(wild))
@example(messages=[], last=Said(text="die", at=datetime.min.replace(tzinfo=UTC)))
def test_no_clock_makes_a_turn_less_careful_nor_breaks_it(messages: list[Said], last: Said) -> None:
    """One that jumps ahead, back or to the ends of the calendar: no fault, and the turn counts."""
    talk = Conversation()
    for message, found in zip([*messages, last], told(talk, [*messages, last]), strict=True):
        assert_no_less_careful(found, message.screened())
        assert UncheckedReason.FAULT not in {u.reason for u in found.unchecked}


@given(messages=talks(nearby), last=said(nearby))
def test_a_further_turn_lowers_nothing_that_was_said_before(
    messages: list[Said], last: Said
) -> None:
    """Within the window every concern keeps its urgency, its lines and its handoff."""
    talk = Conversation()
    for message in messages:
        before = talk.still_counts()
        (found,) = told(talk, [message])
        for what in (*before, *found.heard):
            assert any(covers(now, what) for now in talk.still_counts())
    before = talk.still_counts()
    (found,) = told(talk, [last])

    assert found.window
    assert found.window.forgotten == ()
    assert all(any(covers(now, what) for now in found.carried) for what in before)
    if before:
        assert_no_less_careful(found, only(before), holds=False)


def covers(now: Carried, what: Any) -> bool:
    same = (now.concern, now.other_person) == (what.concern, what.other_person)
    return same and now.urgency >= what.urgency


def only(carried: tuple[Carried, ...]) -> Screening:
    return Screening(urgency=carried[0].urgency, carried=carried)


@given(messages=talks(nearby, most=5), data=st.data())
def test_the_order_of_arrival_changes_nothing_of_what_counts(
    messages: list[Said], data: st.DataObject
) -> None:
    """Each message counts by itself in any order; only phrases and combinations across them may differ."""
    shuffled = data.draw(st.permutations(messages))
    talk = Conversation()
    told(talk, shuffled)

    for message in messages:
        for heard in message.screened().heard:
            assert any(covers(now, heard) for now in talk.still_counts())


@given(messages=talks(nearby), data=st.data())
def test_a_message_delivered_twice_counts_once(messages: list[Said], data: st.DataObject) -> None:
    """With its id again: as many turns as before, the same repeats, nothing lowered."""
    talk, twice = Conversation(), Conversation()
    named = [
        Said(text=m.text, at=m.at, turn=f"n{n}", opinion=m.opinion) for n, m in enumerate(messages)
    ]
    told(talk, named)
    told(twice, named)
    again = data.draw(st.lists(st.sampled_from(named), max_size=4)) if named else []
    told(twice, again)

    assert len(twice) == len(talk)
    probe = [Said(text="zz", at=NOON + HOUR)]
    (one,), (two,) = told(talk, probe), told(twice, probe)
    assert one.window
    assert two.window
    assert two.window.repeats == one.window.repeats
    assert_no_less_careful(two, one)


def test_only_a_human_clears() -> None:
    """Benign words, laughter, denial and `jk` lower nothing; `clear` ends it and gives what counted."""
    talk = Conversation()
    told(talk, [Said(text="suicide", at=NOON)])
    for text in ("zz", "lol", "not want to die", "jk im fine"):
        (found,) = told(talk, [Said(text=text, at=NOON + MINUTE)])
        assert found.urgency is Urgency.TODAY
    counted = talk.clear(by=" Dr Adeyemi ", at=NOON + HOUR)

    assert counted[0].concern is Concern.SUICIDE_PLAN
    assert (talk.still_counts(), len(talk)) == ((), 0)
    assert told(talk, [Said(text="tonight", at=NOON + HOUR)])[0].urgency is Urgency.NONE
    assert '"by":"Dr Adeyemi"' in talk.to_json()


@pytest.mark.parametrize("by", [None, "", "  \n", 5, b"Dr", "\ud800", object()])
def test_nobody_in_particular_clears_nothing(by: Any) -> None:
    """A clearing names a human, in letters that can be stored."""
    talk = Conversation()
    told(talk, [Said(text="suicide", at=NOON)])
    with pytest.raises(ConversationError, match="by: name the human"):
        talk.clear(by=by)
    assert talk.still_counts()


def test_the_first_turn_of_a_bundled_talk_counts_at_the_last() -> None:
    """With the shipped rules: each pair of messages within the window, in both orders."""
    for first, second in product(SAID_BUNDLED, repeat=2):
        talk = Conversation()
        alone, last = BUNDLED.screen(first), BUNDLED.screen(second)
        talk.add(alone, at=NOON)
        found = talk.add(last, at=NOON + 5 * MINUTE)
        assert_no_less_careful(found, last)
        for concern, urgency in alone.concerns.items():
            assert found.concerns[concern] >= urgency


def test_a_screening_from_elsewhere_keeps_what_it_carries() -> None:
    """What another conversation carried, or a host's own urgency, is not lost on the way."""
    other = Conversation()
    read = [other.add(SCREENER.screen(text), at=NOON) for text in ("suicide", "zz")][-1]
    talk = Conversation()

    assert talk.add(read, at=NOON).urgency is Urgency.TODAY
    assert talk.add(Screening(urgency=Urgency.NOW), at=NOON).urgency is Urgency.NOW


# ---- what is carried and noticed --------------------------------------------------------------------


def test_what_was_heard_is_carried_with_when_it_was_heard_last() -> None:
    """For each concern, of the writer and of someone else, the soonest urgency; the soonest first."""
    found = talk_of("me", "suicide", "he want to die", "used to suicide", "want to die", "zz")[-1]

    assert [(c.concern, c.urgency, c.other_person, c.last_heard) for c in found.carried] == [
        (Concern.SUICIDE_PLAN, Urgency.TODAY, False, NOON + MINUTE),
        (Concern.WISH_TO_BE_DEAD, Urgency.TODAY, False, NOON + 4 * MINUTE),
        (Concern.WISH_TO_BE_DEAD, Urgency.TODAY, True, NOON + 2 * MINUTE),
        (Concern.HOPELESSNESS, Urgency.SOON, False, NOON + 4 * MINUTE),
        (Concern.HOPELESSNESS, Urgency.SOON, True, NOON + 2 * MINUTE),
        (Concern.ISOLATION, Urgency.OPEN_DOOR, False, NOON),
    ]


def test_a_window_says_what_was_noticed() -> None:
    """How many turns, which concerns came back, and whether this one is more urgent than any before."""
    texts = ("me", "zz", "me", "suicide", "suicide tonight", "zz")
    windows = [found.window for found in talk_of(*texts)]
    seen = [(w.turns, dict(w.repeats), w.rising) for w in windows if w]
    again = {Concern.ISOLATION: 2}

    assert seen == [
        (1, {}, False),
        (2, {}, False),
        (3, again, False),
        (4, again, True),
        (5, again | {Concern.SUICIDE_PLAN: 2}, True),
        (6, again | {Concern.SUICIDE_PLAN: 2}, False),
    ]


@pytest.mark.parametrize(
    ("texts", "retracts"),
    [
        (("i want to die", "jk"), True),
        (("i want to die", "ok", "im fine"), True),
        (("i want to die", "ok"), False),
        (("hello", "jk"), False),
        (("i want to die jk",), False),
    ],
)
def test_taking_it_back_is_noticed_where_something_was_said(
    texts: tuple[str, ...], retracts: bool
) -> None:
    """It is a fact about the turn, and lowers nothing."""
    found = talk_of(*texts, reader=BUNDLED)[-1]

    assert found.window
    assert found.window.retracts is retracts


def test_turns_that_went_unchecked_are_counted() -> None:
    """A fault or a text too long is remembered as such; the reply is held for that turn only."""
    short = Screener(rules=SCREENER.rules, longest=3)
    talk = Conversation()
    cut = talk.add(short.screen("zz zz"), at=NOON)
    (later,) = told(talk, [Said(text="zz", at=NOON)])

    assert cut.window
    assert later.window
    assert (cut.window.unchecked_turns, later.window.unchecked_turns) == (1, 1)
    assert (owed(cut).hold_replies, owed(later).hold_replies) == (True, False)


@pytest.mark.parametrize(
    ("minutes", "is_said"),
    [((5, 4), True), ((5, 5), False), ((5, -5), True), ((5, -6), False), ((5, 4, 9), False)],
)
def test_a_turn_that_comes_late_is_said_to_be(minutes: tuple[int, ...], is_said: bool) -> None:
    """A phrase that it began and a later turn finished was not looked for; `unchecked` says so, and no reply is held."""
    messages = [Said(text="zz", at=NOON + n * MINUTE) for n in minutes]
    found = told(Conversation(), messages)[-1]

    assert [u.reason for u in found.unchecked] == (
        [UncheckedReason.OUT_OF_ORDER] if is_said else []
    )
    assert not found.holds_reply


def test_a_late_turn_is_said_to_be_however_few_are_remembered() -> None:
    """Also where the later turn is pushed out by it."""
    messages = [Said(text="zz", at=NOON + MINUTE), Said(text="zz", at=NOON)]

    assert told(Conversation(max_turns=1), messages)[-1].unchecked


def test_a_message_delivered_again_in_the_middle_is_not_late() -> None:
    """Nothing arrived before it that is later."""
    messages = [Said(text="zz", at=NOON + n * MINUTE, turn=f"n{n}") for n in range(3)]

    assert told(Conversation(), [*messages, messages[0]])[-1].unchecked == ()


# ---- forgetting -------------------------------------------------------------------------------------


@given(messages=talks(wild), age=st.sampled_from([MINUTE, HOUR, 3 * DAY]))
def test_what_is_forgotten_is_said_and_is_old(messages: list[Said], age: timedelta) -> None:
    """Only what the newest moment but one calls too old goes, and the turn that forgets it names it."""
    talk = Conversation(max_age=age)
    arrived: list[datetime] = []
    for message in messages:
        before = talk.still_counts()
        (found,) = told(talk, [message])
        arrived.append(message.at)
        assert found.window
        after = talk.still_counts()
        second = sorted(arrived)[-2] if len(arrived) > 1 else message.at
        for what in before:
            gone = [f for f in found.window.forgotten if covers(f, what)]
            assert gone or any(covers(now, what) for now in after)
            assert all(second - f.last_heard > age for f in gone)


def test_a_wrong_clock_forgets_nothing_and_a_longer_error_does_not_forget_what_follows() -> None:
    """Two turns in a row must agree that so much time has passed."""
    far = NOON + 400 * DAY
    talk = Conversation()
    told(talk, [Said(text="suicide", at=NOON), Said(text="zz", at=far)])
    (once,) = told(talk, [Said(text="zz", at=NOON)])
    assert once.concerns == {Concern.SUICIDE_PLAN: Urgency.TODAY}

    twice = told(talk, [Said(text="zz", at=far)] * 2)[-1]
    assert twice.window
    assert [f.concern for f in twice.window.forgotten] == [Concern.SUICIDE_PLAN]
    after = told(talk, [Said(text=t, at=NOON + HOUR) for t in ("me", "zz", "zz")])[-1]
    assert after.concerns == {Concern.ISOLATION: Urgency.OPEN_DOOR}


@pytest.mark.parametrize(
    ("make", "age"),
    [
        (Conversation, timedelta(hours=72)),
        (Conversation.journal, timedelta(days=92)),
        (lambda: Conversation(max_age=HOUR), HOUR),
    ],
    ids=["chat", "journal", "an hour"],
)
def test_what_was_said_counts_until_it_is_too_old(
    make: Callable[[], Conversation], age: timedelta
) -> None:
    """Exactly its age later it still counts; a moment later it is said to be forgotten, and then it counts no more."""
    talk = make()
    told(talk, [Said(text="suicide", at=NOON)])
    later = [
        age,
        age,
        age + timedelta(microseconds=1),
        age + timedelta(microseconds=1),
        age + MINUTE,
    ]
    found = told(talk, [Said(text="zz", at=NOON + passed) for passed in later])

    assert [f.urgency for f in found] == [Urgency.TODAY] * 4 + [Urgency.NONE]
    assert [len(f.window.forgotten) for f in found if f.window] == [0, 0, 0, 1, 0]


def test_a_turn_that_is_pushed_out_leaves_its_urgency_behind() -> None:
    """Turns are counted out, the soonest urgency of each concern stays until it is too old."""
    talk = Conversation(max_turns=3)
    found = told(talk, [Said(text=t, at=NOON) for t in ("suicide", "zz", "zz", "zz", "zz")])

    assert [f.window.forgotten_turns for f in found if f.window] == [0, 0, 0, 1, 1]
    assert [f.window.forgotten for f in found if f.window] == [()] * 5
    assert len(talk) == 3
    assert found[-1].urgency is Urgency.TODAY


# ---- bounds -----------------------------------------------------------------------------------------

MANY = Screener(
    rules=rule_set(
        *(rule(f"t.r{n}", "kill {self}", *(f"want {n} {m}" for m in range(13))) for n in range(300))
    )
)
"""Four thousand phrases, of which nearly all begin alike."""


def test_memory_is_bounded_however_much_is_said() -> None:
    """Ten thousand turns: those remembered and their JSON stay as many as they may be."""
    talk = Conversation(max_turns=5)
    said = ("want kill me suicide 💊 tonight me", "he want", "not kill me", "zz")
    found = [SCREENER.screen(text) for text in said]
    sizes = set[int]()
    for n in range(10_000):
        talk.add(found[n % 4], at=NOON + n * timedelta(milliseconds=1))
        if n % 1000 == 999:
            sizes.add(len(talk.to_json()) // 1000)

    assert len(talk) == 5
    assert max(sizes) <= 20


def test_a_long_text_and_many_rules_leave_little_behind() -> None:
    """Hundreds of matching rules, then a megabyte of words, in a set of four thousand phrases."""
    talk = Conversation()
    for n, text in enumerate(["kill me not kill me he kill me. " * 3, "want " * 200_000]):
        found = talk.add(MANY.screen(text), at=NOON + n * MINUTE)
        assert UncheckedReason.FAULT not in {u.reason for u in found.unchecked}

    assert len(talk._turns[0].facts) == MOST_FACTS
    assert len(talk._turns[1].opens) == MOST_OPEN
    assert len(talk.to_json()) < 1_000_000


def test_open_phrases_of_old_turns_are_dropped() -> None:
    """Only the last two turns can still be finished."""
    talk = Conversation()
    told(talk, [Said(text="want to", at=NOON)] * 4)

    assert [bool(turn.opens) for turn in talk._turns] == [False, False, True, True]


def test_a_message_delivered_again_and_again_does_not_grow() -> None:
    """The same id with another text, as it is typed: it stays one turn, and can be stored."""
    talk = Conversation()
    for text in ("want", "want 7", "want 8 zz want", "want zz"):
        talk.add(MANY.screen(text), at=NOON, turn="m1")

    assert len(talk) == 1
    assert len(talk._turns[0].opens) == MOST_OPEN
    assert Conversation.from_json(talk.to_json()).to_json() == talk.to_json()


def test_a_turn_costs_as_much_at_the_end_as_at_the_beginning() -> None:
    """Once the memory is full a turn takes no longer, however many there were."""
    talk = Conversation(max_turns=20)
    found = [SCREENER.screen(t) for t in ("want to", "suicide tonight", "zz")]

    def sixty() -> float:
        begin = time.process_time()
        for n in range(60):
            talk.add(found[n % 3], at=NOON)
        return time.process_time() - begin

    sixty()
    first = min(sixty() for _ in range(5))
    for _ in range(20):
        sixty()
    assert min(sixty() for _ in range(5)) < 3 * first


LIMITS: list[dict[str, Any]] = [
    *({"max_turns": n} for n in (0, -1, True, 2.0, "9", MOST_TURNS + 1)),
    *({"max_age": a} for a in (timedelta(0), -HOUR, 72, "3 days", timedelta(days=4000))),
]


@pytest.mark.parametrize("field", LIMITS, ids=str)
def test_limits_that_make_no_sense_are_refused(field: dict[str, Any]) -> None:
    """The message names the limit and what to write."""
    with pytest.raises(ConversationError, match=f"^{next(iter(field))}: write a"):
        Conversation(**field)


# ---- threads ----------------------------------------------------------------------------------------


def test_threads_that_add_at_once_lose_nothing() -> None:
    """Eight threads, each with messages of its own: every turn and every concern is there."""
    talk = Conversation(max_turns=10_000)
    concerns = list(Concern)[:8]

    def tell(worker: int) -> None:
        opinion = concerns[worker], Urgency.SOON
        for n in range(20):
            told(talk, [Said(text="zz", at=NOON, turn=f"{worker}-{n}", opinion=opinion)])
            talk.to_json()
            talk.note_shown([f"line-{worker}"], at=NOON)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(tell, range(8)))
    (found,) = told(talk, [Said(text="zz", at=NOON)])

    assert len(talk) == 8 * 20 + 1
    assert found.window
    assert dict(found.window.repeats) == dict.fromkeys(concerns, 20)
    assert talk.shown == tuple(f"line-{worker}" for worker in range(8))


# ---- what cannot be used ----------------------------------------------------------------------------

IDS = ("i want to die", "", "Qwybblefax!", "a" * 65, "a\n", "ä", 5, b"a", ["a"])
UNUSABLE: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"at": datetime(2026, 11, 1)}, NaiveTimeError, "at: has no time zone"),
    ({"at": "2026-11-01"}, TypeError, "at must be a datetime, not str"),
    ({"at": 5}, TypeError, "at must be a datetime, not int"),
    ({"at": NOON.date()}, TypeError, "at must be a datetime, not date"),
    ({"at": datetime.min.replace(tzinfo=timezone(HOUR))}, ConversationError, "at: lies outside the calendar"),
    ({"at": datetime.max.replace(tzinfo=timezone(-HOUR))}, ConversationError, "at: lies outside the calendar"),
    *(({"turn": turn}, ConversationError, "turn: write an id") for turn in IDS),
]  # fmt: skip


@pytest.mark.parametrize(("field", "error", "message"), UNUSABLE, ids=lambda v: ascii(v)[:40])
def test_a_turn_that_cannot_be_used_is_refused_and_adds_nothing(
    field: dict[str, Any], error: type[Exception], message: str
) -> None:
    """The message says what to write and repeats nothing; the conversation is as it was."""
    talk = Conversation()
    told(talk, [Said(text="suicide", at=NOON)])
    before = talk.to_json()
    with pytest.raises(error, match=message) as wrong:
        talk.add(SCREENER.screen("want die"), **field)
    assert "Qwybblefax" not in str(wrong.value)
    assert talk.to_json() == before


@pytest.mark.parametrize("screening", [None, "i want to die", 5, {}, Unchecked])
def test_what_is_no_screening_is_a_type_error_without_its_content(screening: Any) -> None:
    """The type is named, the value is not."""
    with pytest.raises(TypeError, match="screening must be a Screening, not ") as wrong:
        Conversation().add(screening)
    assert "want" not in str(wrong.value)


@pytest.mark.parametrize(
    "lines",
    [
        ["i want to die"],
        [""],
        ["x" * 65],
        [5],
        [None],
        [["x"]],
        ["ok", "qwyb blefax"],
        "qwyb blefax",
    ],
)
def test_only_ids_of_lines_are_noted_as_shown(lines: Any) -> None:
    """Anything else is refused, nothing of it is noted, and it is not repeated."""
    talk = Conversation()
    with pytest.raises(ConversationError, match="lines: write ids of lines") as wrong:
        talk.note_shown(lines, at=NOON)
    assert "blefax" not in str(wrong.value)
    assert talk.shown == ()


def test_lines_shown_are_remembered_as_long_as_what_was_said() -> None:
    """By id, once each, the newest of too many, and no longer than the age of the memory."""
    talk = Conversation()
    assert talk.note_shown("one-line", at=NOON).lines == ("one-line",)
    assert talk.note_shown(["b", "a", "b"], at=NOON).lines == ("b", "a")
    assert talk.shown == ("a", "b", "one-line")

    talk.note_shown((f"n{n}" for n in range(MOST_SHOWN)), at=NOON + MINUTE)
    assert len(talk.shown) == MOST_SHOWN
    assert "a" not in talk.shown

    told(talk, [Said(text="zz", at=NOON + 4 * DAY)] * 2)
    assert not talk.shown


def test_every_line_of_the_directory_can_be_noted_as_shown() -> None:
    """Ids of lines, emergency numbers and directories, in every country."""
    for country in (*Directory.bundled().countries, None):
        way = route(SCREENER.screen("suicide tonight"), region=country)
        ids = {i.id for i in (*way.first_three, *way.also, *way.emergency, *way.directories)}
        talk = Conversation()
        talk.note_shown(ids)
        assert set(talk.shown) == ids


def test_an_empty_conversation_is_one_too() -> None:
    """`if talk:` never skips what should be remembered; its length is that of the memory."""
    talk = Conversation()
    for turns in range(3):
        assert (bool(talk), len(talk)) == (True, turns)
        told(talk, [Said(text="zz", at=NOON)])


# ---- faults -----------------------------------------------------------------------------------------


@pytest.fixture
def records() -> Iterator[list[logging.LogRecord]]:
    """Every record any logger gets."""
    kept: list[logging.LogRecord] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record)

    root, keeper = logging.getLogger(), Keeper(level=0)
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    yield kept
    root.removeHandler(keeper)
    root.setLevel(level)


def fails_once(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, but for the first call, which fails with words in its error."""
    left = [RuntimeError("qwybblefax want die")]

    def failing(*args: Any, **more: Any) -> Any:
        if left:
            raise left.pop()
        return function(*args, **more)

    return failing


@pytest.mark.parametrize("broken", ["made_with", "_as_turn"])
def test_a_fault_inside_holds_the_reply_and_costs_nothing_that_was_said(
    broken: str, monkeypatch: pytest.MonkeyPatch, records: list[logging.LogRecord]
) -> None:
    """What counted before still counts, the turn is remembered, and an ERROR is reported without a word."""
    talk = Conversation()
    told(talk, [Said(text="suicide", at=NOON)])
    alone = SCREENER.screen("want die qwybblefax")
    with monkeypatch.context() as patch:
        patch.setattr(module, broken, fails_once(getattr(module, broken)))
        found = talk.add(alone, at=NOON)
    (later,) = told(talk, [Said(text="zz", at=NOON)])

    assert_no_less_careful(found, alone)
    assert [(u.reason, u.detail) for u in found.unchecked] == [
        (UncheckedReason.FAULT, "conversation: RuntimeError")
    ]
    assert owed(found).hold_replies
    both = {Concern.SUICIDE_PLAN, Concern.WISH_TO_BE_DEAD}
    assert found.concerns.keys() >= both
    assert later.concerns.keys() >= both
    assert later.window
    assert later.window.unchecked_turns == 1
    (record,) = [r for r in records if r.levelno >= logging.ERROR]
    assert record.getMessage() == "conversation.failed error=RuntimeError"
    assert record.exc_info is None
    assert "qwybblefax" not in str(record.__dict__)


def test_a_memory_that_is_broken_for_good_still_gives_the_screening(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing can be remembered, and the screening says so and holds the reply."""

    def fails(*_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(module, "_as_turn", fails)
    alone = SCREENER.screen("want die")
    found = Conversation().add(alone, at=NOON)

    assert_no_less_careful(found, alone)
    assert [u.reason for u in found.unchecked] == [UncheckedReason.FAULT]
    assert found.boundary is None


# ---- nobody's words ---------------------------------------------------------------------------------

CANARIES = ("Xylographium", "qwybblefax", "Zorbentine", "13371337", "canary@example.org")
SPOKEN = " ".join(CANARIES)


def holds_a_canary(shown: object) -> bool:
    text = str(shown).lower()
    return any(canary.lower() in text for canary in CANARIES)


@pytest.mark.parametrize("reader", [SCREENER, BUNDLED], ids=["made up", "bundled"])
def test_nothing_a_conversation_shows_or_stores_holds_a_word(
    reader: Screener, records: list[logging.LogRecord]
) -> None:
    """JSON, repr, pickle, the turns themselves, what it gives and every record of a log."""
    talk = Conversation()
    texts = (
        f"{SPOKEN} i want to",
        f"die {SPOKEN}",
        f"{SPOKEN} he kill me {SPOKEN} suicide",
        f"lol {SPOKEN} tonight",
        f"jk im fine {SPOKEN}",
        SPOKEN,
    )
    for n, text in enumerate(texts):
        found = talk.add(reader.screen(text), at=NOON + n * MINUTE, turn=f"m{n}")
        way = route(found, region="GB")
        for shown in (found, found.as_dict(), found.carried, found.window, way):
            assert not holds_a_canary(repr(shown))
    talk.note_shown(["a-line"])
    inside = (talk._turns, talk._peaks, vars(talk), talk.__reduce__(), pickle.dumps(talk))
    for held in (talk, talk.to_json(), *inside):
        assert not holds_a_canary(repr(held))
    for record in records:
        assert not holds_a_canary(record.getMessage())
        assert not holds_a_canary(record.__dict__)
    assert [r for r in records if r.getMessage().startswith("conversation.matched")]


def test_a_screening_that_was_read_on_keeps_no_end_of_its_text() -> None:
    """The ends live as long as the screening that was given: not in what `add` gives, nor in a pickle."""
    first = SCREENER.screen("i want to qwybblefax")
    found = Conversation().add(first, at=NOON)

    assert first.boundary
    assert found.boundary is None
    assert b"qwybblefax" not in pickle.dumps(first)


# ---- copies -----------------------------------------------------------------------------------------


@given(
    messages=talks(wild),
    later=talks(wild, most=3),
    way=st.sampled_from(["json", "pickle", "copy", "deepcopy"]),
)
@settings(max_examples=60)
def test_a_stored_conversation_goes_on_as_if_it_had_not_been_stored(
    messages: list[Said], later: list[Said], way: str
) -> None:
    """What is read back gives for any later turn what the first would have given."""
    talk = Conversation(max_turns=5)
    told(talk, messages)
    talk.note_shown(["a-line"], at=NOON)
    ways: dict[str, Callable[[], Conversation]] = {
        "json": lambda: Conversation.from_json(talk.to_json()),
        "pickle": lambda: pickle.loads(pickle.dumps(talk)),  # noqa: S301
        "copy": lambda: copy.copy(talk),
        "deepcopy": lambda: copy.deepcopy(talk),
    }
    other = ways[way]()

    assert other.to_json() == talk.to_json()
    assert told(other, later) == told(talk, later)
    assert other.to_json() == talk.to_json()
    assert (other.shown, other.still_counts()) == (talk.shown, talk.still_counts())


def test_a_copy_is_another_conversation() -> None:
    """What is said to one is not said to the other."""
    talk = Conversation()
    other = copy.copy(talk)
    told(other, [Said(text="suicide", at=NOON)])

    assert talk.still_counts() == ()


def test_clearings_are_kept_and_bounded() -> None:
    """The last few, with who and when."""
    talk = Conversation()
    for n in range(MOST_CLEARINGS + 5):
        talk.clear(by=f"Dr {n}", at=NOON)
    stored = talk.to_json()

    assert f'"by":"Dr {MOST_CLEARINGS + 4}"' in stored
    assert '"by":"Dr 4"' not in stored
    assert Conversation.from_json(stored).to_json() == stored
