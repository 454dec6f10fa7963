"""Small rules and random talks for the tests of a conversation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from human_handoff.conversation.conversation import Conversation
from human_handoff.rules.ruleset import RuleSet
from human_handoff.screening import Screener, Screening
from human_handoff.vocabulary import Concern, Urgency
from tests.rulesets import CUES, LEXICON, rule, rule_set

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

RULES = (
    rule("t.want_die", "want ... die", "dont want ... to be", concern="wish_to_be_dead"),
    rule("t.kill", "kill {self}", concern="suicidal_thoughts", unless=("kill me laughing",), keeps=("[x]",)),
    rule("t.plan", "suicide", concern="suicide_plan", urgency="today", slots=("plan",)),
    rule("t.pills", "💊", part=True, slots=("means",), concern="suicide_plan"),
    rule("t.tonight", "tonight", part=True, slots=("time",), concern="suicide_plan"),
    rule("t.alone", "me", concern="isolation", urgency="open_door"),
    rule("t.now", all_of=("plan|desire", "time"), concern="suicide_plan", urgency="now"),
    rule("t.much", some_of=("isolation", "means", "wish_to_be_dead"), at_least=2, concern="hopelessness", urgency="soon"),
)  # fmt: skip
WORDS = replace(LEXICON, known=LEXICON.known | {"tonight", "zz", "be"})
SCREENER = Screener(rules=rule_set(*RULES, lexicon=WORDS, cues=CUES))
BUNDLED = Screener(rules=RuleSet.bundled())

SAID = (
    "want to",
    "die",
    "i want to die",
    "kill",
    "kill me",
    "not kill me",
    "he want to die",
    "suicide",
    "used to suicide",
    "💊",
    "tonight",
    "me",
    "zz",
    "",
    "zz. zz",
    "lol",
    "if want",
    "dont want to",
    "to be",
)
SAID_BUNDLED = (
    "i want to",
    "die",
    "i dont want",
    "to be here anymore",
    "jk im fine",
    "i have been saving up my pills",
    "tonight",
    "ok thanks",
    "my friend wants to kill himself",
    "can i talk to a real person",
    "he hit me again",
    "i cut myself last year",
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message of a talk."""

    text: str
    at: datetime
    turn: str | None = None
    opinion: tuple[Concern, Urgency] | None = None

    def screened(self, reader: Screener = SCREENER) -> Screening:
        """The message by itself."""
        found = reader.screen(self.text)
        if self.opinion is None:
            return found
        concern, urgency = self.opinion
        return found.with_opinion(source="m", concern=concern, urgency=urgency)


near = st.integers(0, 60).map(lambda n: NOON + n * MINUTE)
"""Moments within an hour, in any order and more than once."""
wild = st.sampled_from(
    [
        *(NOON + n * MINUTE for n in range(-5, 20, 3)),
        *(NOON + n * DAY for n in (-400, -4, -3, -1, 1, 3, 4, 365)),
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(2099, 1, 1, tzinfo=UTC),
    ]
)
"""Clocks that jump anywhere."""
opinions = (
    st.none()
    | st.none()
    | st.tuples(st.sampled_from(Concern), st.sampled_from([u for u in Urgency if u]))
)


def said(
    moments: st.SearchStrategy[datetime], texts: Sequence[str] = SAID
) -> st.SearchStrategy[Said]:
    """A message at one of these moments, now and then with an id that another has, too."""
    ids = st.none() | st.sampled_from(["m1", "m2", "m3"])
    return st.builds(Said, text=st.sampled_from(texts), at=moments, turn=ids, opinion=opinions)


def talks(moments: st.SearchStrategy[datetime], most: int = 8) -> st.SearchStrategy[list[Said]]:
    """A few messages."""
    return st.lists(said(moments), max_size=most)


def told(
    talk: Conversation, messages: Iterable[Said], reader: Screener = SCREENER
) -> list[Screening]:
    """What each of these messages gives."""
    return [talk.add(m.screened(reader), at=m.at, turn=m.turn) for m in messages]


def talk_of(*texts: str, apart: timedelta = MINUTE, reader: Screener = SCREENER) -> list[Screening]:
    """What each of these texts gives, sent one after the other."""
    return told(
        Conversation(), (Said(text=t, at=NOON + n * apart) for n, t in enumerate(texts)), reader
    )
