"""Which lines may be offered to a person at all, and how well each answers a concern.

A line is for whom its audience says, in the part of the country it says, by the ways that work from
where the person is. What the host did not say of the person is unknown, never assumed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from human_handoff.lines.directory import Directory
from human_handoff.lines.line import CrisisLine
from human_handoff.routing.route import Way, open_state
from human_handoff.routing.situation import WHO, Situation
from human_handoff.vocabulary import Concern, Urgency

OPEN_FIRST = {True: 0, None: 1, False: 2}
_TRUSTED_FIRST = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, kw_only=True)
class Need:
    """A matched concern, how soon, and the topics that help, best first; no concern is standing."""

    concern: Concern | None = None
    urgency: Urgency = Urgency.NONE
    topics: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A line that may be offered, with the ways that work from where the person is."""

    line: CrisisLine
    ways: tuple[Way, ...]

    @property
    def open(self) -> bool | None:
        """Open if any way is; unknown is not closed."""
        return open_state(self.ways)

    @property
    def writes(self) -> bool:
        """Whether a person who cannot speak aloud can use it."""
        return any(way.means == "text" for way in self.ways)

    def reach(self, means: str) -> int:
        """0 if these means work now, 1 if perhaps, 2 if closed, 3 if none; 0 if none are named."""
        if means not in {"text", "voice"}:
            return 0
        return min((OPEN_FIRST[way.open] for way in self.ways if way.means == means), default=3)

    def speaks(self, language: str | None) -> bool:
        """Whether any way lists the language."""
        return any(language in way.languages for way in self.ways)


def offers(directory: Directory, person: Situation) -> tuple[Offer, ...]:
    """Every line of the person's countries that may be offered and can be reached."""
    return tuple(
        offer
        for line in _candidates(directory, person)
        if person.place.covers(line) and (offer := _offer(line, person)).ways
    )


def unplaced(directory: Directory, person: Situation) -> tuple[Offer, ...]:
    """Lines for one part of a country, when nobody said which part the person is in."""
    return tuple(
        offer
        for line in _candidates(directory, person)
        if person.place.might_cover(line) and (offer := _offer(line, person)).ways
    )


def _candidates(directory: Directory, person: Situation) -> Iterator[CrisisLine]:
    for country in person.place.countries:
        for line in directory.lines(country):
            answers = line.status in {"active", "limited"} and line.confidence != "low"
            if answers and line.suits(person.age):
                yield line


def _offer(line: CrisisLine, person: Situation) -> Offer:
    here = person.place.here
    ways = [Way.of(channel, person.at) for channel in line.channels if channel.dialable(here)]
    return Offer(line=line, ways=tuple(sorted(ways, key=lambda way: _way_key(way, person))))


def _way_key(way: Way, person: Situation) -> tuple[Any, ...]:
    unasked = person.prefer in {"text", "voice"} and way.means != person.prefer
    foreign = person.language is not None and person.language not in way.languages
    return unasked, foreign, OPEN_FIRST[way.open]


def fit(line: CrisisLine, need: Need, person: Situation) -> int | None:
    """How well a line answers a need: smaller is better, None is not at all.

    A line for people the person is among goes one step ahead when its topic is one of the two best.
    """
    rank = min((need.topics.index(t) for t in line.topics if t in need.topics), default=None)
    if "general" in line.audience:
        return rank
    if not _is_for(line, need, person):
        return None
    theirs = is_theirs(line, person)
    if rank is None:  # a line for whatever these people bring, as its topics say
        return len(need.topics) if theirs and WHO.intersection(line.topics) else None
    return rank - 1 if theirs and rank <= 1 else rank


def _is_for(line: CrisisLine, need: Need, person: Situation) -> bool:
    about = set(line.audience) - WHO
    if {"youth", "child_abuse"} <= set(line.audience):
        # a child's line is also for an adult who worries about a child, and for all a child brings
        return person.is_among(line) or "child_abuse" in need.topics
    may_be_a_child = "child_abuse" in need.topics and person.age is None
    if may_be_a_child and line.audience == ("youth",):
        return True  # whoever tells of a child in danger may be that child
    return person.is_among(line) and (not about or bool(about.intersection(need.topics)))


def is_theirs(line: CrisisLine, person: Situation) -> bool:
    """Whether the line names people whom this person is among."""
    trans = "trans" not in line.topics or "trans" in person.who
    return bool(WHO.intersection(line.audience)) and trans and person.is_among(line)


def ranked(found: Iterable[Offer], need: Need, person: Situation) -> list[Offer]:
    """The offers that answer *need*, best first; the id decides last, so the order never wavers."""
    fitting = [offer for offer in found if fit(offer.line, need, person) is not None]
    return sorted(fitting, key=lambda offer: _key(offer, need, person))


def _breadth(line: CrisisLine, need: Need, person: Situation) -> int:
    """0 for a line made for these people or this subject, 1 for all people, 2 for a mixture."""
    if is_theirs(line, person) or set(line.audience).intersection(need.topics):
        return 0
    return 1 if line.audience == ("general",) else 2


def _key(offer: Offer, need: Need, person: Situation) -> tuple[Any, ...]:
    line = offer.line
    return (
        fit(line, need, person),
        _breadth(line, need, person),
        person.language is not None and not offer.speaks(person.language),
        person.place.countries.index(line.country),
        line.subdivision is None,
        offer.reach(person.prefer),
        OPEN_FIRST[offer.open],
        line.id in person.shown,  # behind equally good ones, never behind worse ones
        -len(set(need.topics).intersection(line.topics)),
        _TRUSTED_FIRST[line.confidence],
        line.age_days(person.today),
        line.id,
    )
