"""What a Conversation adds to a screening: what still counts from earlier turns, and what it noticed across them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from human_handoff.vocabulary import Concern, Urgency


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A concern heard in an earlier turn, which counts until it is forgotten or a human clears it."""

    concern: Concern
    urgency: Urgency
    other_person: bool
    last_heard: datetime

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "concern": self.concern.value,
            "urgency": self.urgency.name.lower(),
            "other_person": self.other_person,
            "last_heard": self.last_heard.isoformat(),
        }


@dataclass(frozen=True, kw_only=True)
class Window:
    """What was noticed across the turns a Conversation remembers, this one included. It holds no words."""

    turns: int
    repeats: Mapping[Concern, int] = field(default_factory=lambda: MappingProxyType({}))
    """In how many of the remembered turns each concern was heard, for those heard more than once."""
    rising: bool = False
    """This turn is more urgent than any remembered one, and one of those had been urgent already."""
    retracts: bool = False
    """This turn takes something back or says all is well, after something was heard. It lowers nothing."""
    unchecked_turns: int = 0
    """Remembered turns of which something went unchecked that holds a reply."""
    forgotten_turns: int = 0
    """Turns this one pushed out; their highest urgency is kept until it is too old."""
    forgotten: tuple[Carried, ...] = ()
    """What became too old with this turn and counts no more."""

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "turns": self.turns,
            "repeats": {concern.value: n for concern, n in self.repeats.items()},
            "rising": self.rising,
            "retracts": self.retracts,
            "unchecked_turns": self.unchecked_turns,
            "forgotten_turns": self.forgotten_turns,
            "forgotten": [what.as_dict() for what in self.forgotten],
        }
