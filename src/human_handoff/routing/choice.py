"""Which of the lines stand in a route: the first few, and every other that a need can use.

The first few hold the general line, which no specialised one replaces; where the law or the person
asks for it, a line that can be written to; and the best line of the soonest concern.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from human_handoff.policy import SUICIDE_OR_SELF_INJURY, Policy
from human_handoff.routing.ranking import OPEN_FIRST, Need, Offer, fit, is_theirs, ranked
from human_handoff.routing.route import Reason, ReasonCode
from human_handoff.routing.situation import Situation
from human_handoff.vocabulary import Concern


def standing() -> Need:
    """What a general line is: one for thoughts of suicide, and for whatever else there is."""
    return Need(topics=Policy.bundled().concerns[Concern.SUICIDAL_THOUGHTS].topics)


@dataclass(frozen=True, kw_only=True)
class Pick:
    """An offer that stands in the route, and what for, besides the needs it answers."""

    offer: Offer
    roles: tuple[Reason, ...] = ()


def picks(
    found: Sequence[Offer], needs: Sequence[Need], person: Situation, slots: int
) -> list[Pick]:
    """Every line the needs can use, those for the first *slots* places first."""
    general = _general(found, person)
    wanted = _wanted(found, needs, person, general)
    top, text = _top(wanted, general, slots), _text(found, needs, person)
    if text and all(text.reach("text") < offer.reach("text") for offer in top):
        top = _top_with_text(wanted, general, text, slots)
    return [
        Pick(offer=offer, roles=tuple(_roles(offer, general, text)))
        for offer in dict.fromkeys([*_leader(top, person), *top, *wanted])
    ]


def _leader(top: Sequence[Offer], person: Situation) -> list[Offer]:
    """Who answers now, by the means asked for, stands first: a closed line never does."""
    return sorted(top, key=lambda o: (o.reach(person.prefer), OPEN_FIRST[o.open]))[:1]


def _roles(offer: Offer, general: Sequence[Offer], text: Offer | None) -> Iterator[Reason]:
    if offer in general:
        yield Reason(code=ReasonCode.GENERAL)
    if offer is text:
        yield Reason(code=ReasonCode.TEXT_OR_CHAT)


def _wanted(
    found: Sequence[Offer], needs: Sequence[Need], person: Situation, general: Sequence[Offer]
) -> list[Offer]:
    """Each need's best line, the general ones, those for people like this person, then the rest."""
    per_need = [ranked(found, need, person) for need in needs]
    best = [lines[0] for lines in per_need if lines]
    rest = [offer for lines in per_need for offer in lines]
    own = [offer for offer in rest if is_theirs(offer.line, person)]
    return list(dict.fromkeys([*best[:1], *general, *best[1:], *own, *rest]))


def _top(wanted: Sequence[Offer], must: Sequence[Offer], slots: int) -> list[Offer]:
    """The first *slots* of the wanted ones, with room kept for those that must be there."""
    kept = list(dict.fromkeys(must))[:slots]
    rest = [offer for offer in wanted if offer not in kept]
    kept += rest[: slots - len(kept)]
    return sorted(kept, key=lambda offer: wanted.index(offer) if offer in wanted else len(wanted))


def _top_with_text(
    wanted: Sequence[Offer], general: Sequence[Offer], text: Offer, slots: int
) -> list[Offer]:
    """As `_top`, with a line that can be written to.

    Where that would push out the best line of the soonest concern, and the line that can be written
    to is itself a general one, it stands for both.
    """
    top = _top(wanted, [*general[:1], text, *general[1:]], slots)
    if wanted[0] not in top and "general" in text.line.audience:
        return _top(wanted, [wanted[0], text], slots)
    return top


def _general(found: Sequence[Offer], person: Situation) -> list[Offer]:
    """The best general line of each country in question; no specialised line replaces it."""
    everyone = [offer for offer in found if "general" in offer.line.audience]
    best = ranked(everyone, standing(), person)
    return list({offer.line.country: offer for offer in reversed(best)}.values())[::-1]


def _text(found: Sequence[Offer], needs: Sequence[Need], person: Situation) -> Offer | None:
    """Where the law or the person asks for one: the best line that can be written to.

    One that answers now goes before one that may; its other merits decide between equals.
    """
    if person.prefer != "text" and not any(n.concern in SUICIDE_OR_SELF_INJURY for n in needs):
        return None
    per_need = [ranked(found, need, person) for need in (*needs, standing())]
    writing = [offer for lines in per_need for offer in lines if offer.writes]
    return min(writing, key=lambda offer: offer.reach("text"), default=None)


def of_one_part(
    parts: Sequence[Offer], found: Sequence[Offer], needs: Sequence[Need], person: Situation
) -> Iterator[Pick]:
    """Lines of one part of a country, part unknown, where no line of the whole country is alike."""
    for offer in parts:
        best = [need for need in needs if fit(offer.line, need, person) == 0]
        if any(all(fit(o.line, need, person) != 0 for o in found) for need in best):
            part = Reason(code=ReasonCode.SUBDIVISION_UNKNOWN, value=offer.line.subdivision)
            yield Pick(offer=offer, roles=(part,))
