"""Screen a text: which rules matched which words, how soon a person should be reached, what went unchecked."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NoReturn

from human_handoff.errors import UnknownLanguageError
from human_handoff.events import emit
from human_handoff.opinion import Opinion, answer
from human_handoff.rules.boundary import Boundary
from human_handoff.rules.finder import Findings
from human_handoff.rules.ruleset import RuleSet
from human_handoff.signals import Part, Retraction, Signal, Suppressed
from human_handoff.text import Lattice
from human_handoff.vocabulary import Concern, Urgency
from human_handoff.window import Carried, Window

LONGEST = 1_048_576
"""Characters read of one text by default. The work is linear, so length is the budget."""
FEWEST_WORDS = 4
"""Fewer words than this say nothing about the language."""


class UncheckedReason(StrEnum):
    """Why part of a text, or all of it, was not checked."""

    FAULT = "fault"
    """Something broke. The reply is held."""
    TOO_LONG = "too_long"
    """Only the beginning was read, or a row of letters without an end was not. The reply is held."""
    LANGUAGE_UNKNOWN = "language_unknown"
    """No rules exist for the language asked for; nothing was read."""
    OUT_OF_ORDER = "out_of_order"
    """A turn of a conversation came after a later one; phrases across the two were not looked for."""
    LANGUAGE_DOUBTFUL = "language_doubtful"
    """The text does not look like the language of the rules; it was read all the same."""


HOLDING = frozenset({UncheckedReason.FAULT, UncheckedReason.TOO_LONG})
"""Reasons that hold an automated reply."""


@dataclass(frozen=True, kw_only=True)
class Unchecked:
    """What was not checked and why. `detail` never carries the text."""

    reason: UncheckedReason
    detail: str = ""

    def as_dict(self) -> dict[str, str]:
        """JSON-ready."""
        return {"reason": self.reason.value, "detail": self.detail}


@dataclass(frozen=True, kw_only=True)
class Screening:
    """What the rules saw in one text. "No rule matched" says nothing about the person.

    `bool()` raises TypeError, so that nobody writes `if screening:` by accident: ask for `urgency`,
    `signals` or `unchecked`. `repr` carries no words of the person.
    """

    urgency: Urgency = Urgency.NONE
    """The soonest of all signals, opinions and what is carried from earlier turns."""
    signals: tuple[Signal, ...] = ()
    parts: tuple[Part, ...] = ()
    """Matches that say nothing alone and wait for others, in this text or a later turn."""
    retractions: tuple[Retraction, ...] = ()
    """Words that take something back. They lower nothing."""
    opinions: tuple[Opinion, ...] = ()
    """What a host's model or questionnaire added."""
    carried: tuple[Carried, ...] = ()
    """What a `Conversation` still counts from earlier turns."""
    window: Window | None = None
    """What a `Conversation` noticed across turns; None for a text read alone."""
    suppressed: tuple[Suppressed, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    unlisted: int = 0
    """Further matches of the same rules, alike in urgency and qualifiers, that are counted and not listed."""
    language: str = "en"
    rule_digest: str = ""
    clinically_reviewed: bool = False
    """Whether a named clinician reviewed every rule that was used. False today."""
    boundary: Boundary | None = field(default=None, repr=False, compare=False)
    """Both ends of the text, for the message before and after. Never printed, compared or pickled."""

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: everything but the ends of the text."""
        return {**self.__dict__, "boundary": None}

    def with_opinion(
        self,
        *,
        source: str,
        concern: Concern | str,
        urgency: Urgency | str,
        other_person: bool = False,
    ) -> "Screening":
        """This screening with a second opinion of the host's. It adds or raises; nothing is ever lowered or removed.

        What is not usable raises OpinionError, and the screening is as it was.

        >>> seen = screen("all good here").with_opinion(source="my-model", concern="suicidal_thoughts", urgency="today")
        >>> seen.urgency, [opinion.source for opinion in seen.opinions]
        (<Urgency.TODAY: 3>, ['my-model'])
        """
        return self._with(
            Opinion.of(source=source, concern=concern, urgency=urgency, other_person=other_person)
        )

    def with_answer(self, answer_id: str, value: int) -> "Screening":
        """This screening with an answer the host collected, say `("phq9.item9", 1)`; `data/answers.toml` lists them.

        A low answer changes nothing: it says nothing about the person.

        >>> screen("all good here").with_answer("phq9.item9", 1).urgency
        <Urgency.TODAY: 3>
        """
        found = answer(answer_id).opinion(value)
        return self if found is None else self._with(found)

    def _with(self, opinion: Opinion) -> "Screening":
        if opinion in self.opinions:
            return self
        emit("screening.opinion", source=opinion.source, urgency=opinion.urgency.name.lower())
        urgency = max(self.urgency, opinion.urgency)
        return replace(self, opinions=(*self.opinions, opinion), urgency=urgency)

    def __bool__(self) -> NoReturn:
        """Refuse: neither answer would be true to what a screening is."""
        raise TypeError(
            "a Screening is neither true nor false; ask for .urgency, .signals or .unchecked"
        )

    @property
    def holds_reply(self) -> bool:
        """Whether something went unchecked that holds an automated reply, whatever matched."""
        return any(u.reason in HOLDING for u in self.unchecked)

    @property
    def heard(self) -> "tuple[Signal | Opinion | Carried, ...]":
        """All that counts: signals of this text, opinions on it, and what is carried from earlier turns."""
        return (*self.signals, *self.opinions, *self.carried)

    @property
    def concerns(self) -> Mapping[Concern, Urgency]:
        """Each concern with its soonest urgency, the soonest first: matched, added or carried."""
        soonest: dict[Concern, Urgency] = {}
        for what in self.heard:
            soonest[what.concern] = max(what.urgency, soonest.get(what.concern, Urgency.NONE))
        return dict(
            sorted(soonest.items(), key=lambda item: (-item[1], list(Concern).index(item[0])))
        )

    def as_dict(self, *, words: bool = False) -> dict[str, Any]:
        """JSON-ready, after `data/schemas/screening.json`; the person's words only when asked for."""
        return {
            "schema": "screening/2",
            "language": self.language,
            "urgency": self.urgency.name.lower(),
            "signals": [signal.as_dict(words=words) for signal in self.signals],
            "parts": [part.as_dict(words=words) for part in self.parts],
            "retractions": [back.as_dict(words=words) for back in self.retractions],
            "opinions": [opinion.as_dict() for opinion in self.opinions],
            "carried": [concern.as_dict() for concern in self.carried],
            "window": self.window.as_dict() if self.window else None,
            "suppressed": [match.as_dict(words=words) for match in self.suppressed],
            "unlisted": self.unlisted,
            "unchecked": [what.as_dict() for what in self.unchecked],
            "rule_digest": self.rule_digest,
            "clinically_reviewed": self.clinically_reviewed,
        }


@dataclass(frozen=True, kw_only=True)
class Screener:
    """Screens texts with one rule set. Immutable; share one between threads."""

    rules: RuleSet = field(default_factory=RuleSet.bundled)
    longest: int = LONGEST
    """Characters read of one text; the rest is reported as `too_long` and holds the reply."""

    def screen(self, text: str) -> Screening:
        """Screen *text*. Never raises but TypeError for what is no string: a fault is in `unchecked`."""
        if not isinstance(text, str):
            raise TypeError(f"text must be a str, not {type(text).__name__}")
        try:
            return self._screened(text)
        except Exception as wrong:  # noqa: BLE001  an error must never cost a person the human
            return _fault(self.rules.language, wrong)

    def _screened(self, text: str) -> Screening:
        found = self.rules.finder.find(text[: self.longest])
        screening = Screening(
            urgency=max((s.urgency for s in found.signals), default=Urgency.NONE),
            signals=found.signals,
            parts=found.parts,
            retractions=found.retractions,
            suppressed=found.suppressed,
            unchecked=self._unchecked(text, found),
            unlisted=found.unlisted,
            language=self.rules.language,
            rule_digest=self.rules.digest,
            clinically_reviewed=self.rules.clinically_reviewed,
            boundary=Boundary.of(self.rules.finder, text[: self.longest]),
        )
        _report(screening)
        return screening

    def _unchecked(self, text: str, found: Findings) -> tuple[Unchecked, ...]:
        unchecked = []
        if len(text) > self.longest:
            detail = f"read the first {self.longest} of {len(text)} characters"
            unchecked.append(Unchecked(reason=UncheckedReason.TOO_LONG, detail=detail))
        if found.lattice.unread:
            detail = f"{found.lattice.unread} letters without a space were not cut into words"
            unchecked.append(Unchecked(reason=UncheckedReason.TOO_LONG, detail=detail))
        if doubt := _doubt(found.lattice):
            unchecked.append(Unchecked(reason=UncheckedReason.LANGUAGE_DOUBTFUL, detail=doubt))
        return tuple(unchecked)


def screen(text: str, *, language: str = "en") -> Screening:
    """Screen *text* with the shipped rules of *language*. Never raises but TypeError for what is no string.

    >>> found = screen("I want to end my life tonight")
    >>> found.urgency, found.signals[0].concern.value
    (<Urgency.NOW: 4>, 'suicidal_thoughts')
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a str, not {type(text).__name__}")
    try:
        rules = RuleSet.bundled(language)
    except UnknownLanguageError:
        unknown = Unchecked(
            reason=UncheckedReason.LANGUAGE_UNKNOWN, detail="no rules for this language"
        )
        emit("screening.unchecked", reason=unknown.reason.value)
        return Screening(unchecked=(unknown,), language=str(language))
    except Exception as wrong:  # noqa: BLE001  a broken installation still reaches a human
        return _fault(language, wrong)
    return Screener(rules=rules).screen(text)


def _doubt(lattice: Lattice) -> str:
    """Why the text may not be in the language of the rules; empty when there is no reason to doubt."""
    if lattice.foreign_letters * 2 > lattice.letters:
        return "most letters are of a script without rules"
    if lattice.counted >= FEWEST_WORDS and lattice.known * 2 < lattice.counted:
        return f"{lattice.known} of {lattice.counted} words known"
    if lattice.foreign_words >= 2 and lattice.foreign_words * 4 >= lattice.counted:
        return f"{lattice.foreign_words} of {lattice.counted} words are of other languages"
    return ""


def _fault(language: str, wrong: Exception) -> Screening:
    """What a fault leaves: nothing checked, the reply held, and a loud event without the text."""
    name = type(wrong).__name__
    emit("screening.failed", level=logging.ERROR, error=name, language=str(language))
    fault = Unchecked(reason=UncheckedReason.FAULT, detail=name)
    return Screening(unchecked=(fault,), language=str(language))


def _report(screening: Screening) -> None:
    """Say that rules matched or something went unchecked: ids and reasons, no words."""
    if screening.signals:
        ids = tuple(sorted({signal.rule_id for signal in screening.signals}))
        emit("screening.matched", urgency=screening.urgency.name.lower(), rules=ids)
    for what in screening.unchecked:
        emit("screening.unchecked", reason=what.reason.value)
