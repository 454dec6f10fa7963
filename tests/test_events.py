"""One way out for events, and a broken log never breaks what it reports on."""

import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from human_handoff.events import LOGGER, emit


@pytest.fixture
def plain() -> Iterator[None]:
    """structlog as it is where nobody configured it."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("plain")
def test_an_event_is_a_name_and_facts(caplog: pytest.LogCaptureFixture) -> None:
    """The standard logger gets one record that both people and machines can read."""
    with caplog.at_level(logging.INFO, logger=LOGGER):
        emit("handoff.opened", count=3, rules=("a.b",))
    (record,) = caplog.records

    assert (record.name, record.levelno) == ("human_handoff", logging.INFO)
    assert record.getMessage() == "handoff.opened count=3 rules=('a.b',)"
    assert record.__dict__["event"] == "handoff.opened"
    assert record.__dict__["facts"] == {"count": 3, "rules": ("a.b",)}


@pytest.mark.usefixtures("plain")
def test_structlog_is_used_where_the_host_configured_it(caplog: pytest.LogCaptureFixture) -> None:
    """Then, and only then; the level stays."""
    with structlog.testing.capture_logs() as captured:
        emit("handoff.opened", level=logging.ERROR, count=3)

    assert captured == [{"event": "handoff.opened", "count": 3, "log_level": "error"}]
    assert caplog.records == []


@pytest.mark.usefixtures("plain")
def test_a_processor_that_raises_loses_the_event_and_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The loss is named without the message of the error, which might carry anything."""

    def broken(*_: object) -> str:
        raise RuntimeError("canary")

    structlog.configure(processors=[broken])
    emit("handoff.opened", count=3)

    assert [r.getMessage() for r in caplog.records] == [
        "event.lost event=handoff.opened error=RuntimeError"
    ]


@pytest.mark.usefixtures("plain")
def test_a_standard_logger_that_raises_breaks_nothing() -> None:
    """Even when the log of last resort is what is broken."""

    def broken(_: logging.LogRecord) -> bool:
        raise RuntimeError("canary")

    logger = logging.getLogger(LOGGER)
    logger.addFilter(broken)
    try:
        emit("handoff.opened", level=logging.ERROR)
    finally:
        logger.removeFilter(broken)


def test_nothing_is_ever_printed() -> None:
    """A host that set up no logging sees nothing, not even for errors."""
    code = "import logging; from human_handoff.events import emit; emit('x.failed', level=logging.ERROR, a=1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)  # noqa: S603

    assert (done.stdout, done.stderr) == (b"", b"")
