"""What holds for every test, doc and doctest: no network; and every code block is run."""

import socket
from typing import Any

from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.doctest import DocTestParser
from sybil.parsers.markdown import PythonCodeBlockParser

docs = Sybil(parsers=[PythonCodeBlockParser()], patterns=["README.md", "docs/*.md"])
docstrings = Sybil(
    parsers=[DocTestParser()],
    patterns=["src/**/*.py"],
    document_types={".py": PythonDocStringDocument},
)
pytest_collect_file = (docs + docstrings).pytest()


class NetworkUsedError(AssertionError):
    """A test tried to open a socket. Nothing in this package may, unless the host configured it."""


class NoNetwork(socket.socket):
    """A socket that cannot be opened, but for the local pairs an event loop needs."""

    def __init__(self, family: int = -1, *rest: Any, **named: Any) -> None:
        """Open nothing that could reach another machine."""
        if family != socket.AF_UNIX:
            raise NetworkUsedError(f"a test opened a socket of family {family!r}")
        super().__init__(family, *rest, **named)


def _no_name(*_: Any, **__: Any) -> Any:
    raise NetworkUsedError("a test asked the network for a name")


def pytest_configure() -> None:
    """Refuse every socket from before the first test to after the last."""
    socket.socket = NoNetwork  # type: ignore[misc]  # the whole point is to replace it
    socket.getaddrinfo = _no_name
