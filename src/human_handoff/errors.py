"""Every error this package raises on purpose, as one tree.

    HandoffError
    ├── DataError            a file does not say something usable
    │   ├── RuleError        a rule, class, cue or phrase
    │   ├── PolicyError      a row of the policy or concern tables
    │   └── LineError        a crisis line, emergency number or overlay
    ├── ConversationError    a turn or a stored conversation cannot be used
    ├── OpinionError         a second opinion does not say something usable
    ├── NaiveTimeError       a moment without a time zone names no moment
    └── UnknownLanguageError a RuleSet was asked for a language nobody has written

Each message names the place, what was found and what is allowed. None ever carries the words of a
person: errors are raised about data files, never about the text that is screened.
"""


class HandoffError(Exception):
    """The root. Catch this to catch everything the package raises on purpose."""


class DataError(HandoffError):
    """A data file does not say something usable.

    The message reads ``place: what was found, and what is allowed``.
    """


class RuleError(DataError):
    """A rule, class, cue or phrase cannot be used or does not prove itself."""


class PolicyError(DataError):
    """A row of the policy or concern tables cannot be used."""


class LineError(DataError):
    """A crisis line, emergency number or overlay cannot be used."""


class ConversationError(HandoffError, ValueError):
    """A turn or a stored conversation cannot be used. The screening itself still counts."""


class OpinionError(HandoffError, ValueError):
    """A second opinion names no concern, urgency, answer or source this package knows."""


class NaiveTimeError(HandoffError, ValueError):
    """A moment without a time zone was given: it names no moment. Use ``datetime.now(UTC)``."""


class UnknownLanguageError(HandoffError, LookupError):
    """No bundled rules exist for that language. The message lists those that do."""
