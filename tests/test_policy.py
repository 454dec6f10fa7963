"""Both tables, cell by cell: what is owed, and how far a qualifier may lower."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_handoff.errors import PolicyError
from human_handoff.policy import SUICIDE_OR_SELF_INJURY, Floor, Policy
from human_handoff.vocabulary import Concern, Qualifier, Recency, Urgency

POLICY = Policy.bundled()
URGENCIES = tuple(u for u in Urgency if u)
NEVER_LAUGHED_AWAY = {"harm_under_way", "suicide_plan", "overdose_or_poisoning"}
FILES = "src/human_handoff/data"
CELLS = tuple(product(Qualifier, Concern, Recency, URGENCIES))


def step_down(urgency: Urgency) -> Urgency:
    return Urgency(max(1, urgency - 1))


def written_floor(
    qualifier: Qualifier, concern: Concern, recency: Recency, urgency: Urgency
) -> Urgency:
    """The table of DESIGN, written out a second time by hand."""
    if qualifier is Qualifier.OTHER_PERSON:
        return urgency
    if concern is Concern.ASKS_FOR_A_PERSON or qualifier is Qualifier.HYPOTHETICAL:
        return step_down(urgency)
    if qualifier in (Qualifier.DENIED, Qualifier.REPORTED):
        return Urgency.OPEN_DOOR
    graver = concern in (Concern.OVERDOSE_OR_POISONING, Concern.HARM_UNDER_WAY)
    if graver and recency is Recency.RECENT:
        return urgency
    if (graver or concern is Concern.PAST_ATTEMPT) and recency is not Recency.LONG_AGO:
        return min(urgency, Urgency.TODAY)
    return min(urgency, Urgency.TODAY if recency is Recency.RECENT else Urgency.SOON)


def test_every_cell_of_the_qualifier_table_is_as_designed() -> None:
    """Qualifier by concern by recency by urgency: each lowers as far as the design says, no farther."""
    wrong = [
        (qualifier, concern, recency, urgency, lowered)
        for qualifier, concern, recency, urgency in CELLS
        if (lowered := POLICY.lowered(concern, urgency, {qualifier: recency}))
        is not written_floor(qualifier, concern, recency, urgency)
    ]
    assert wrong == []


def test_no_cell_raises_an_urgency_or_reaches_none() -> None:
    """A qualifier may lower to its floor; only a human clears."""
    for qualifier, concern, recency, urgency in CELLS:
        for laughing in (False, True):
            lowered = POLICY.lowered(concern, urgency, {qualifier: recency}, laughing=laughing)
            assert Urgency.OPEN_DOOR <= lowered <= urgency


def test_a_cell_never_lowers_the_less_urgent_above_the_more_urgent() -> None:
    """What was more urgent before stays at least as urgent after."""
    for qualifier, concern, recency in product(Qualifier, Concern, Recency):
        lowered = [POLICY.lowered(concern, u, {qualifier: recency}) for u in URGENCIES]
        assert lowered == sorted(lowered)


def test_two_qualifiers_do_not_add_up() -> None:
    """Together they lower as far as the one of them that lowers most."""
    for one, other in combinations(Qualifier, 2):
        for concern, recency, urgency in product(Concern, Recency, URGENCIES):
            alone = [POLICY.lowered(concern, urgency, {q: recency}) for q in (one, other)]
            assert POLICY.lowered(concern, urgency, {one: recency, other: recency}) is min(alone)


@given(
    st.sampled_from(Concern),
    st.sampled_from(URGENCIES),
    st.dictionaries(st.sampled_from(Qualifier), st.sampled_from(Recency)),
    st.booleans(),
)
def test_any_set_of_qualifiers_lowers_as_its_strongest(
    concern: Concern, urgency: Urgency, qualifiers: dict[Qualifier, Recency], laughing: bool
) -> None:
    """Any number of qualifiers and laughter: the one that lowers most counts, once."""
    alone = [POLICY.lowered(concern, urgency, {q: r}) for q, r in qualifiers.items()]
    alone.append(POLICY.lowered(concern, urgency, {}, laughing=laughing))

    assert POLICY.lowered(concern, urgency, qualifiers, laughing=laughing) is min(alone)


def test_without_a_qualifier_nothing_is_lowered() -> None:
    """A plain match counts for what its rule says."""
    for concern, urgency in product(Concern, URGENCIES):
        assert POLICY.lowered(concern, urgency, {}) is urgency


def test_laughter_lowers_by_one_step_and_never_the_three_named() -> None:
    """Never harm under way, a plan or an overdose; never to none."""
    for concern, urgency in product(Concern, URGENCIES):
        expected = urgency if concern in NEVER_LAUGHED_AWAY else step_down(urgency)
        assert POLICY.lowered(concern, urgency, {}, laughing=True) is expected


def test_every_concern_and_urgency_has_its_duty() -> None:
    """Every cell is filled, and no more urgent cell of a concern owes less than a less urgent one."""
    reach = ["no_hurry", "days", "hours", "minutes"]
    for concern in Concern:
        duties = [POLICY.duty(concern, urgency) for urgency in URGENCIES]
        for owed in ("show_lines", "open_handoff", "hold_replies", "interrupt_advised"):
            cells = [getattr(duty, owed) for duty in duties]
            assert cells == sorted(cells), (concern, owed)
        assert [duty.reach_within for duty in duties] == reach


@pytest.mark.parametrize("concern", sorted(SUICIDE_OR_SELF_INJURY))
def test_any_suicide_or_self_injury_signal_shows_lines_and_advises_a_pause(
    concern: Concern,
) -> None:
    """The law floor holds at every urgency, passive, past, denied or quoted."""
    for urgency in URGENCIES:
        duty = POLICY.duty(concern, urgency)
        assert (duty.show_lines, duty.interrupt_advised) == (True, True)


def test_today_and_now_open_a_handoff_and_hold_replies() -> None:
    """For every concern; below that only a request for a person opens one."""
    for concern, urgency in product(Concern, URGENCIES):
        duty = POLICY.duty(concern, urgency)
        urgent = urgency >= Urgency.TODAY
        asks = concern is Concern.ASKS_FOR_A_PERSON and urgency is Urgency.SOON
        assert duty.hold_replies is urgent
        assert duty.open_handoff is (urgent or asks)


def test_order_of_a_route_is_set_for_every_concern() -> None:
    """Emergency first only where a life is in danger by other means than the person's own wish."""
    crisis_line_first = {c for c in Concern if POLICY.orders[c].first == "crisis_line"}

    assert {
        Concern.SUICIDE_PLAN,
        Concern.SUICIDAL_THOUGHTS,
        Concern.SELF_INJURY,
    } <= crisis_line_first
    for concern in (Concern.HARM_UNDER_WAY, Concern.OVERDOSE_OR_POISONING, Concern.SEXUAL_VIOLENCE):
        assert POLICY.orders[concern].first == "emergency"
    for order in POLICY.orders.values():
        assert {order.first, order.beside} == {"crisis_line", "emergency"}


@given(
    st.sampled_from(URGENCIES),
    st.sampled_from(URGENCIES),
    st.none() | st.integers(0, 5),
)
def test_any_row_lowers_to_its_floor_and_never_below(
    urgency: Urgency, floor: Urgency, steps: int | None
) -> None:
    """Whatever a host writes into a row, it cannot raise an urgency nor clear it."""
    row = Floor(
        qualifier=[Qualifier.DENIED],
        concern=["any"],
        at_least=floor.name.lower(),  # type: ignore[arg-type]
        steps=steps,
        source="a test",
    )
    lowered = row.lower(urgency)

    assert min(urgency, floor) <= lowered <= urgency
    assert steps is None or lowered >= urgency - steps


def shipped() -> tuple[str, str]:
    from importlib.resources import files

    data = files("human_handoff").joinpath("data")
    return tuple(
        data.joinpath(f"{n}.toml").read_text(encoding="utf-8") for n in ("policy", "concerns")
    )  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('urgency = "now"', 'urgency = "hgih"', "'hgih' is not one of open_door, soon, today, now"),
        ('urgency = "open_door"', 'urgency = "soon"', "no duty for .* at open_door"),
        ('qualifier = "reported"', 'qualifier = "denied"', "no floor for .* qualified reported"),
        ("[laughter]", "[laughters]", "laughter"),
        ('reach_within = "minutes"', 'reach_within = "soonish"', "reach_within"),
        ("show_lines = true", "show_line = true", "show_line"),
        ("[[duty]]", "[[duty", "policy.toml"),
    ],
)
def test_a_wrong_or_missing_cell_is_refused(old: str, new: str, message: str) -> None:
    """A policy is complete or it is no policy."""
    policy, concerns = shipped()
    assert old in policy
    with pytest.raises(PolicyError, match=message):
        Policy.from_toml(policy.replace(old, new), concerns)


def test_a_concern_without_a_meaning_is_refused() -> None:
    """Every concern is defined in plain words."""
    policy, concerns = shipped()
    with pytest.raises(PolicyError, match="concern bereavement is not defined"):
        Policy.from_toml(policy, concerns.split('[[concern]]\nid = "bereavement"')[0])
