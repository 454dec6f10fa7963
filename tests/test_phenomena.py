"""What keyword lists miss, one promise a test: composition, turns, other people, and what is meant otherwise."""

from datetime import UTC, datetime, timedelta

import pytest

from human_handoff import Concern, Conversation, Qualifier, Screening, Urgency, route, screen
from human_handoff.policy import SUICIDE_OR_SELF_INJURY

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
C = Concern


def own(found: Screening, *concerns: Concern) -> list[Urgency]:
    """The urgencies of signals of these concerns that are the writer's own and not reported."""
    return [
        s.urgency
        for s in found.signals
        if s.concern in concerns and not s.is_qualified(Qualifier.OTHER_PERSON, Qualifier.REPORTED)
    ]


def soonest(text: str, *concerns: Concern) -> Urgency:
    """How soon somebody should reach the writer for one of these concerns."""
    return max(own(screen(text), *concerns), default=Urgency.NONE)


@pytest.mark.parametrize(
    "text",
    [
        "how many of these tablets would it take to not wake up",
        "Which of my pills is the most lethal, asking seriously",
        "would a fall from the fourth floor be enough to kill me",
        "if i mixed my meds with vodka would that finish me off",
    ],
)
def test_asking_about_means_is_heard_as_a_plan(text: str) -> None:
    """A question, a means and what it would do, in any order and over any distance of one sentence."""
    assert soonest(text, C.SUICIDE_PLAN) >= Urgency.TODAY


@pytest.mark.parametrize(
    "text",
    [
        "I've written letters to everyone and hidden them where they'll be found after",
        "gave my dog to my cousin today, she'll look after him better once im gone",
        "everything is sorted, goodbye everyone, thank you for all of it, this is the last you'll hear from me",
    ],
)
def test_preparing_and_saying_goodbye_need_no_word_for_death(text: str) -> None:
    """Letters, animals, passwords, farewells."""
    assert soonest(text, C.SUICIDE_PLAN, C.SUICIDAL_THOUGHTS, C.WISH_TO_BE_DEAD) >= Urgency.TODAY


@pytest.mark.parametrize(
    "text",
    [
        "i hope i just don't wake up tomorrow",
        "honestly wouldn't mind if a bus hit me",
        "I wish i had never been born",
        "the kids would have a better life if i wasn't around",
        "everyone is better off without me dragging them down",
    ],
)
def test_a_passive_wish_and_a_burden_are_heard(text: str) -> None:
    """Nobody says "suicide" here."""
    assert soonest(text, C.WISH_TO_BE_DEAD, C.SUICIDAL_THOUGHTS) >= Urgency.SOON


@pytest.mark.parametrize(
    ("text", "is_heard"),
    [
        ("i cut my thighs again last night", True),
        ("been burning my arm with a lighter when it gets too much", True),
        ("wearing long sleeves in july so mum doesnt see the marks i made", True),
        ("I scratch my wrists until they bleed", True),
        ("i cut my thumb slicing onions", False),
        ("burned my arm on the oven door", False),
        ("the cat scratched my wrists", False),
    ],
)
def test_hurting_ones_own_body_is_told_from_an_accident(text: str, is_heard: bool) -> None:
    """A verb, a part of one's own body, and nothing that explains it otherwise."""
    assert (soonest(text, C.SELF_INJURY) >= Urgency.TODAY) is is_heard


@pytest.mark.parametrize(
    "text",
    [
        "I want to die. I have the pills here and I'm doing it tonight.",
        "im going to end it all tonight",
        "Tonight is the night. I've decided to kill myself.",
        "i'm going to kill myself in an hour",
        "I've got the rope. I will hang myself tomorrow morning",
    ],
)
def test_a_time_within_a_day_is_now(text: str) -> None:
    """Desire or a plan, and when."""
    assert screen(text).urgency is Urgency.NOW


def test_a_plan_on_turn_two_and_tonight_on_turn_five_are_now() -> None:
    """Slots are filled over turns; the span lies in the last message and says with which turn."""
    talk = Conversation()
    turns = [
        "hey",
        "i've been saving up my pills to end it",
        "work was ok",
        "ate some soup",
        "it'll be tonight",
    ]
    found = [
        talk.add(screen(text), at=NOON + timedelta(minutes=20 * n)) for n, text in enumerate(turns)
    ]

    assert found[1].urgency >= Urgency.TODAY
    assert found[4].urgency is Urgency.NOW
    made = next(s for s in found[4].signals if s.turns_ago)
    assert made.turns_ago == (3,)
    assert "tonight" in turns[4][made.start : made.end]


@pytest.mark.parametrize(
    "split",
    [("i want to", "die"), ("i am going to", "kill myself"), ("i just want to", "end", "my life")],
)
def test_a_sentence_over_two_or_three_messages_is_heard(split: tuple[str, ...]) -> None:
    """The end of a message is a soft boundary."""
    talk = Conversation()
    found = [
        talk.add(screen(text), at=NOON + timedelta(seconds=20 * n)) for n, text in enumerate(split)
    ]

    assert not any(f.urgency for f in found[:-1])
    assert found[-1].urgency >= Urgency.TODAY
    assert all(0 <= s.start < s.end <= len(split[-1]) for s in found[-1].signals)


@pytest.mark.parametrize(
    "taken_back", ["jk", "lol just kidding", "forget it", "i'm fine now", "nvm im ok"]
)
def test_taking_it_back_is_recorded_and_lowers_nothing(taken_back: str) -> None:
    """Not in the same message, and not in the next one."""
    talk = Conversation()
    said = talk.add(screen("i want to kill myself"), at=NOON)
    after = talk.add(screen(taken_back), at=NOON + timedelta(minutes=1))

    assert after.urgency is said.urgency
    assert after.window is not None
    assert after.window.retracts
    assert route(after, region="US").obligations.hold_replies
    assert screen(f"i want to kill myself. {taken_back}").urgency >= Urgency.TODAY


def test_entries_weeks_apart_go_through_the_same_window() -> None:
    """A mood tracker's entry of three weeks ago still counts today."""
    diary = Conversation.journal()
    diary.add(screen("i have been saving up my pills to end it"), at=NOON)
    found = diary.add(screen("quiet day, went for a walk"), at=NOON + timedelta(days=21))

    assert found.urgency >= Urgency.TODAY
    assert found.carried


@pytest.mark.parametrize(
    "text",
    [
        "can i talk to a real person please",
        "I want a human not a bot",
        "is there someone i could ring",
        "pls get me a counsellor",
    ],
)
def test_asking_for_a_person_is_always_honoured(text: str) -> None:
    """A handoff is owed, whatever else was said."""
    found = screen(text)

    assert Urgency.SOON in own(found, C.ASKS_FOR_A_PERSON)
    assert route(found, region="GB").obligations.open_handoff


@pytest.mark.parametrize(
    "text",
    [
        "you're the only one i talk to",
        "I stopped seeing my therapist because I have you",
        "i don't need friends, i have this app",
        "you're the only one who understands me and you're a chatbot",
    ],
)
def test_leaning_on_software_instead_of_people_is_isolation(text: str) -> None:
    """It points outward, to people."""
    assert soonest(text, C.ISOLATION) >= Urgency.OPEN_DOOR


@pytest.mark.parametrize(
    "text",
    [
        "my brother says he wants to die and i don't know what to do",
        "my best friend told me she has been cutting herself",
        "I'm scared my husband is going to kill himself",
        "my student wrote that he won't be here on monday, he has a plan to kill himself",
    ],
)
def test_someone_else_at_risk_has_a_route_for_the_one_who_worries(text: str) -> None:
    """The same concern, qualified, at the urgency of what is described; and never the writer's own."""
    found = screen(text)

    assert found.urgency >= Urgency.TODAY
    assert not own(found, *SUICIDE_OR_SELF_INJURY)
    assert route(found, region="US").helper


@pytest.mark.parametrize(
    "text",
    [
        "asking for a friend: what's the least painful way to die",
        "asking for a friend but how many pills would kill you",
    ],
)
def test_asking_for_a_friend_stays_the_writers_too(text: str) -> None:
    """The words are a way to ask; nobody is sent away for them."""
    assert soonest(text, C.SUICIDE_PLAN) >= Urgency.TODAY


@pytest.mark.parametrize(
    "text",
    [
        "my dad died by suicide last spring",
        "I lost my sister to suicide and I miss her so much",
        "since mum passed away the house is so empty",
    ],
)
def test_bereavement_is_told_from_ones_own_risk(text: str) -> None:
    """The one who is left is not the one at risk, as far as the words say."""
    found = screen(text)

    assert C.BEREAVEMENT in found.concerns
    assert found.urgency < Urgency.TODAY
    assert not own(found, C.SUICIDAL_THOUGHTS, C.SUICIDE_PLAN, C.WISH_TO_BE_DEAD)


def test_grief_and_ones_own_wish_to_die_are_both_heard() -> None:
    """One does not hide the other."""
    found = screen("since my wife died i don't want to live anymore")

    assert C.BEREAVEMENT in found.concerns
    assert set(own(found, C.WISH_TO_BE_DEAD)) == {Urgency.TODAY}


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        ('the song goes "i want to die" on repeat', Qualifier.REPORTED),
        ("in my novel the hero says he wants to kill himself", Qualifier.REPORTED),
        ("an essay about suicidal thoughts", Qualifier.REPORTED),
        ("I don't want to die", Qualifier.DENIED),
        ("years ago I wanted to kill myself", Qualifier.PAST),
        ("if i ever wanted to kill myself i'd call someone", Qualifier.HYPOTHETICAL),
    ],
)
def test_what_is_meant_otherwise_is_qualified_with_its_cue(text: str, qualifier: Qualifier) -> None:
    """Lowered, never silenced; the cue is named."""
    found = screen(text)

    assert found.signals
    for signal in found.signals:
        assert signal.is_qualified(qualifier), signal
        assert all(q.cue_id and q.start < q.end for q in signal.qualifiers)


def test_a_real_disclosure_said_with_a_laugh_is_still_heard() -> None:
    """Laughter lowers an idiom by one step and never silences."""
    found = screen("lol i just want to kill myself haha")

    assert found.urgency >= Urgency.SOON
    assert own(found, C.SUICIDAL_THOUGHTS)


@pytest.mark.parametrize(
    "text",
    [
        "💊💊 goodbye everyone",
        "30 pills in my hand rn",
        "took 20 paracetamol an hour ago",
        "🔪 on my wrist again tonight",
    ],
)
def test_emoji_and_amounts_are_words(text: str) -> None:
    """A number with what it counts, and a picture, say as much as a sentence."""
    found = screen(text)

    assert (
        max(own(found, *SUICIDE_OR_SELF_INJURY, C.OVERDOSE_OR_POISONING), default=Urgency.NONE)
        >= Urgency.TODAY
    )
