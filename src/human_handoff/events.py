"""The one way out for events: structlog if the host configured it, else the stdlib logger `human_handoff`.

An event is a name and facts: ids, counts, reason codes. Never a person's words, name, number or a hash
of them. Nothing is ever written to stdout, and a broken log never breaks what it reports on.
"""

import logging
import sys
from contextlib import suppress

LOGGER = "human_handoff"
Fact = str | int | float | bool | None | tuple[str, ...]


def emit(event: str, *, level: int = logging.INFO, **facts: Fact) -> None:
    """Report *event* (`noun.past_tense`) with its facts."""
    try:
        _emit(event, level, facts)
    except Exception as wrong:  # noqa: BLE001  a host's log processor may raise anything
        with suppress(Exception):  # its standard logger may be what is broken
            _logger().error("event.lost event=%s error=%s", event, type(wrong).__name__)


def _emit(event: str, level: int, facts: dict[str, Fact]) -> None:
    structlog = sys.modules.get("structlog")  # never imported here: only used if the host did
    if structlog is not None and structlog.is_configured():
        structlog.get_logger(LOGGER).log(level, event, **facts)
        return
    shown = " ".join(f"{key}={value}" for key, value in facts.items())
    _logger().log(level, "%s %s", event, shown, extra={"event": event, "facts": facts})


def _logger() -> logging.Logger:
    """The package's logger, silent until the host listens."""
    logger = logging.getLogger(LOGGER)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return logger
