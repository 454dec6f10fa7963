"""The words everything else shares: what it is about, how soon, and how it is meant."""

from enum import IntEnum, StrEnum


class Urgency(IntEnum):
    """How soon a person should be reached. Never how likely anything is.

    >>> Urgency.TODAY < Urgency.NOW
    True
    """

    NONE = 0
    """No rule matched. This says nothing about the person."""
    OPEN_DOOR = 1
    """No hurry in the words; offer people."""
    SOON = 2
    """Within about three days."""
    TODAY = 3
    """Within hours."""
    NOW = 4
    """Within minutes."""


class Concern(StrEnum):
    """What the words are about. `data/concerns.toml` says what each takes in and leaves out."""

    HARM_UNDER_WAY = "harm_under_way"
    SUICIDE_PLAN = "suicide_plan"
    SUICIDAL_THOUGHTS = "suicidal_thoughts"
    WISH_TO_BE_DEAD = "wish_to_be_dead"
    PAST_ATTEMPT = "past_attempt"
    SELF_INJURY = "self_injury"
    OVERDOSE_OR_POISONING = "overdose_or_poisoning"
    HOPELESSNESS = "hopelessness"
    HARM_TO_OTHERS = "harm_to_others"
    PARTNER_OR_FAMILY_VIOLENCE = "partner_or_family_violence"
    SEXUAL_VIOLENCE = "sexual_violence"
    CHILD_OR_DEPENDENT_AT_RISK = "child_or_dependent_at_risk"
    PSYCHOSIS = "psychosis"
    PERINATAL = "perinatal"
    EATING_DISORDER = "eating_disorder"
    SUBSTANCE_USE = "substance_use"
    ASKS_FOR_A_PERSON = "asks_for_a_person"
    ISOLATION = "isolation"
    BEREAVEMENT = "bereavement"


class Qualifier(StrEnum):
    """How a match is meant (ConText's modifiers). It may lower an urgency; it never clears one."""

    DENIED = "denied"
    OTHER_PERSON = "other_person"
    PAST = "past"
    HYPOTHETICAL = "hypothetical"
    REPORTED = "reported"
    """Quoted, fiction, study or news."""


class Slot(StrEnum):
    """What of a plan the words fill in, as in active-rescue practice: desire, plan, means, time."""

    DESIRE = "desire"
    PLAN = "plan"
    MEANS = "means"
    TIME = "time"
    """A moment within about a day."""


class Recency(StrEnum):
    """How far back the words place something in the past."""

    RECENT = "recent"
    """Within about three months."""
    UNSTATED = "unstated"
    LONG_AGO = "long_ago"
