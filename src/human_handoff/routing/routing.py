"""`route`: from what the rules saw to people. Every choice has a reason code; none is a guess.

What a concern means for lines is data (`concerns.toml`, `policy.toml`, `lines/`); here it is only
carried out. Which lines stand in a route is `choice`; here they meet the emergency numbers, the
directories and the obligations.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal, TypeAlias

from human_handoff.events import emit
from human_handoff.lines.directory import LAST_RESORT, Directory
from human_handoff.lines.line import EmergencyNumber, InternationalDirectory
from human_handoff.policy import SUICIDE_OR_SELF_INJURY, Policy
from human_handoff.routing.choice import Pick, of_one_part, picks, standing
from human_handoff.routing.ranking import Need, Offer, fit, is_theirs, offers, unplaced
from human_handoff.routing.route import (
    SOONEST_FIRST,
    NextStep,
    Obligations,
    Reason,
    ReasonCode,
    Route,
    RouteItem,
)
from human_handoff.routing.situation import WHO, Place, Situation, read_place
from human_handoff.screening import Screening
from human_handoff.vocabulary import Urgency

FIRST = 3
"""Items that fit on a small screen: `primary` and `more`."""
AT_NOW = frozenset({ReasonCode.EMERGENCY_FIRST, ReasonCode.EMERGENCY_BESIDE})
_ORDINARY = ("all", "ambulance", "fire", "sms_relay", "police")

Prefer = Literal["any", "text", "voice"]
_Remains: TypeAlias = tuple[tuple[EmergencyNumber, ...], tuple[InternationalDirectory, ...]]


def route(
    screening: Screening,
    *,
    region: str | None,
    located_in: str | None = None,
    subdivision: str | None = None,
    age: int | None = None,
    audience: Iterable[str] = frozenset(),
    language: str | None = None,
    prefer: Prefer = "any",
    at: datetime | None = None,
    shown: Iterable[str] = (),
    directory: Directory | None = None,
    roster: None = None,
) -> Route:
    """Point to people: lines, emergency numbers and directories, in order, each with its reasons.

    An unknown region is never replaced by a default country: the route then holds international
    directories and asks for the region. *located_in* is where the person is now, if not in
    *region*; short codes and national numbers are offered only there. *age* and *audience* hold
    only what the person told the host. *shown* are ids of lines shown before.

    No value of these raises: a time without a zone makes hours unknown, a fault leaves emergency
    numbers and directories. Only what is no screening, and a roster, is a TypeError.

    >>> found = route(Screening(), region="NZ")
    >>> found.primary.name, found.emergency[0].name
    ('Lifeline Aotearoa', '111')
    >>> route(Screening(), region="the moon").obligations.ask_region
    True
    """
    if not isinstance(screening, Screening):
        raise TypeError(f"screening must be a Screening, not {type(screening).__name__}")
    if roster is not None:
        raise TypeError("roster must be None: there is no Roster yet; route to lines only")
    try:
        person = Situation.read(
            region=region,
            located_in=located_in,
            subdivision=subdivision,
            age=age,
            audience=audience,
            language=language,
            prefer=prefer,
            at=at,
            shown=shown,
        )
        return _route(screening, person, directory or Directory.bundled())
    except Exception as wrong:  # noqa: BLE001  an error must never cost a person the human
        emit("routing.failed", level=logging.ERROR, error=type(wrong).__name__)
        return _fault(screening, read_place(region, located_in, subdivision), directory)


def _route(screening: Screening, person: Situation, directory: Directory) -> Route:
    needs, place = _needs(screening), person.place
    numbers = directory.emergency(place.here) if place.here else ()
    emergency = _emergency(needs, numbers, person)
    number = [item for item in emergency[:1] if _codes(item) & AT_NOW]
    found, slots = offers(directory, person), FIRST - len(number)
    helper = _of_others(screening)
    lines = [_item(pick, needs, person, helper) for pick in picks(found, needs, person, slots)]
    parts = of_one_part(unplaced(directory, person), found, needs, person)
    links = _links(directory, place, at_hand=bool(lines))
    partly = [_item(pick, needs, person, helper) for pick in parts]
    order = _in_order(number, _with_part(lines, partly, needs, slots) or list(links[:slots]))
    step = _next_step(order[:FIRST])
    return Route(
        primary=order[0],
        more=tuple(order[1:FIRST]),
        also=(*order[FIRST:], *(item for item in partly if item not in order)),
        emergency=emergency,
        directories=links,
        obligations=_obligations(screening, step, ask_region=not lines),
        next_step=step,
        helper=helper,
        country=place.home,
        located_in=place.here,
        directory_digest=directory.digest,
    )


def _in_order(number: list[RouteItem], people: list[RouteItem]) -> list[RouteItem]:
    """The emergency number before the lines, or beside the first of them, as the policy says."""
    leads = any(ReasonCode.EMERGENCY_FIRST in _codes(item) for item in number)
    return [*number, *people] if leads else [*people[:1], *number, *people[1:]]


def _with_part(
    lines: list[RouteItem], partly: list[RouteItem], needs: Sequence[Need], slots: int
) -> list[RouteItem]:
    """The only line of its kind, though for one part of the country, last of the first three.

    Where life is at stake the first three belong to those who answer everywhere.
    """
    if any(need.concern in SUICIDE_OR_SELF_INJURY for need in needs):
        return lines
    return [*lines[: slots - 1], *partly[:1], *lines[slots - 1 :]]


# ---- what is needed -----------------------------------------------------------------------------


def _needs(screening: Screening) -> tuple[Need, ...]:
    """The matched concerns, soonest first; none is the standing need of anybody."""
    meanings = Policy.bundled().concerns
    found = tuple(
        Need(concern=concern, urgency=urgency, topics=meanings[concern].topics)
        for concern, urgency in screening.concerns.items()
    )
    return found or (standing(),)


def _next_step(first_three: Sequence[RouteItem]) -> NextStep:
    """What is left to do for somebody who saw these lines before."""
    lines = [item for item in first_three if item.kind == "crisis_line"]
    if not lines or not lines[0].was_shown:
        return NextStep.SHOW_LINES
    is_worn = all(line.was_shown for line in lines)
    return NextStep.BRING_A_PERSON if is_worn else NextStep.SHOW_ANOTHER


def _obligations(
    screening: Screening, step: NextStep = NextStep.SHOW_LINES, *, ask_region: bool = False
) -> Obligations:
    """The strictest over all that was heard; a text that went unchecked holds the reply, too.

    What is carried from earlier turns still owes the lines and a human. It holds no reply by itself, for that is
    the hold's work, which a human ends; but a turn that takes it back does: `jk` is not permission.
    """
    policy, window = Policy.bundled(), screening.window
    duties = [policy.duty(heard.concern, heard.urgency) for heard in screening.heard]
    is_taken_back = window is not None and window.retracts
    here = len(duties) - (0 if is_taken_back else len(screening.carried))
    holding, held = duties[:here], screening.holds_reply
    return Obligations(
        show_lines=held or any(duty.show_lines for duty in duties),
        hold_replies=held or any(duty.hold_replies for duty in holding),
        open_handoff=any(duty.open_handoff for duty in duties)
        or (step is NextStep.BRING_A_PERSON and any(duty.show_lines for duty in duties)),
        interrupt_advised=any(duty.interrupt_advised for duty in holding),
        ask_region=ask_region,
        reach_within=min(
            (duty.reach_within for duty in duties), key=SOONEST_FIRST.index, default="no_hurry"
        ),
    )


def _of_others(screening: Screening) -> bool:
    """Whether all that was heard, now and before, is about someone else."""
    return bool(screening.heard) and all(heard.other_person for heard in screening.heard)


# ---- crisis lines -------------------------------------------------------------------------------


def _item(pick: Pick, needs: Sequence[Need], person: Situation, helper: bool) -> RouteItem:
    offer = pick.offer
    because = (*_for_needs(offer, needs, person), *pick.roles, *_for_person(offer, person))
    worry = (Reason(code=ReasonCode.HELPER),) if helper else ()
    return RouteItem.of_line(offer.line, offer.ways, person.today, (*because, *worry))


def _for_needs(offer: Offer, needs: Sequence[Need], person: Situation) -> Iterator[Reason]:
    for need in needs:
        if fit(offer.line, need, person) is None:
            continue
        code = ReasonCode.CONCERN if need.concern else ReasonCode.STANDING
        topic = next((topic for topic in need.topics if topic in offer.line.topics), None)
        urgency = need.urgency if need.concern else None
        yield Reason(code=code, concern=need.concern, urgency=urgency, value=topic)


def _for_person(offer: Offer, person: Situation) -> Iterator[Reason]:
    line, place = offer.line, person.place
    if is_theirs(line, person):
        for who in sorted(WHO.intersection(line.audience)):
            yield Reason(code=ReasonCode.AUDIENCE, value=who)
    if person.age is not None and (line.min_age is not None or line.max_age is not None):
        yield Reason(code=ReasonCode.AGE)
    if offer.speaks(person.language):
        yield Reason(code=ReasonCode.LANGUAGE, value=person.language)
    if line.subdivision in place.parts:
        yield Reason(code=ReasonCode.SUBDIVISION, value=line.subdivision)
    if person.prefer in {"text", "voice"} and offer.reach(person.prefer) < 2:
        yield Reason(code=ReasonCode.PREFERRED, value=person.prefer)
    if line.id in person.shown:
        yield Reason(code=ReasonCode.ALREADY_SHOWN)
    if line.country == place.here != place.home:
        yield Reason(code=ReasonCode.WHERE_THE_PERSON_IS)


# ---- emergency numbers and directories ----------------------------------------------------------


def _emergency(
    needs: Sequence[Need], numbers: Sequence[EmergencyNumber], person: Situation
) -> tuple[RouteItem, ...]:
    """All numbers of the country, the one for these needs first, each with why."""
    now = [need for need in needs if need.urgency is Urgency.NOW and need.concern]
    police_only = all(number.police_only for number in numbers)  # then none of them may lead
    because = () if police_only else tuple(_at_now(now))
    always = Reason(code=ReasonCode.EMERGENCY)
    order = sorted(numbers, key=lambda number: _service(number, now, person))
    return tuple(RouteItem.of_emergency(number, because or (always,)) for number in order)


def _at_now(now: Sequence[Need]) -> Iterator[Reason]:
    orders = Policy.bundled().orders
    for need in now:
        if need.concern:
            first = orders[need.concern].first == "emergency"
            code = ReasonCode.EMERGENCY_FIRST if first else ReasonCode.EMERGENCY_BESIDE
            yield Reason(code=code, concern=need.concern, urgency=need.urgency)


def _codes(item: RouteItem) -> frozenset[ReasonCode]:
    return frozenset(reason.code for reason in item.because)


def _service(number: EmergencyNumber, now: Sequence[Need], person: Situation) -> int:
    """How early a number comes: where one concern needs an ambulance first, all do."""
    orders = Policy.bundled().orders
    rows = [orders[need.concern].services for need in now if need.concern]
    services = min(rows, key=lambda row: row.index("ambulance"), default=_ORDINARY)
    relay = ["sms_relay"] if person.prefer == "text" else []
    order = [*services[:1], *relay, *services[1:], "police"]
    return min(order.index(service) for service in number.services)


def _links(directory: Directory, place: Place, *, at_hand: bool) -> tuple[RouteItem, ...]:
    """The international directories, opened where the person is; and why they lead, if they do."""
    country = place.here or place.home
    code = ReasonCode.DIRECTORY if at_hand else ReasonCode.NO_LINES
    because = [Reason(code=code if country else ReasonCode.REGION_UNKNOWN)]
    rows = directory.directories(country) or (LAST_RESORT,)
    return tuple(RouteItem.of_directory(row, because) for row in rows)


# ---- when something breaks ----------------------------------------------------------------------


def _fault(screening: Screening, place: Place, directory: Directory | None) -> Route:
    """What remains: the emergency numbers of the country and the directories."""
    because = (Reason(code=ReasonCode.FAULT),)
    numbers, rows = _remains(place.here, directory)
    links = tuple(RouteItem.of_directory(row, because) for row in rows)
    return Route(
        primary=links[0],
        more=links[1:FIRST],
        emergency=tuple(RouteItem.of_emergency(number, because) for number in numbers),
        directories=links,
        obligations=replace(_owed_after_fault(screening), show_lines=True, ask_region=True),
        country=place.home,
        located_in=place.here,
    )


def _remains(here: str | None, directory: Directory | None) -> _Remains:
    sources: tuple[Callable[[], Directory | None], ...] = (lambda: directory, Directory.bundled)
    for source in sources:
        try:
            if found := source():
                return found.emergency(here or ""), found.directories(here) or (LAST_RESORT,)
        except Exception as wrong:  # noqa: BLE001  the next source may still work
            emit("routing.failed", level=logging.ERROR, error=type(wrong).__name__)
    return (), (LAST_RESORT,)


def _owed_after_fault(screening: Screening) -> Obligations:
    """What the policy says, or everything when even that cannot be read."""
    try:
        return _obligations(screening)
    except Exception as wrong:  # noqa: BLE001  the strictest answer is left
        emit("routing.failed", level=logging.ERROR, error=type(wrong).__name__)
        return Obligations(
            hold_replies=True, open_handoff=True, interrupt_advised=True, reach_within="minutes"
        )
