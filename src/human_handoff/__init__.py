"""Notice risk signals with transparent rules and point people to human help. Never replies by itself."""

from human_handoff.conversation.conversation import Conversation
from human_handoff.errors import HandoffError
from human_handoff.lines.directory import Directory
from human_handoff.routing.route import Route
from human_handoff.routing.routing import route
from human_handoff.rules.ruleset import RuleSet
from human_handoff.screening import Screener, Screening, screen
from human_handoff.signals import Signal
from human_handoff.vocabulary import Concern, Qualifier, Urgency

__all__ = [
    "Concern",
    "Conversation",
    "Directory",
    "HandoffError",
    "Qualifier",
    "Route",
    "RuleSet",
    "Screener",
    "Screening",
    "Signal",
    "Urgency",
    "route",
    "screen",
]
