"""What holds for every test: no network, and how hard Hypothesis looks."""

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", max_examples=100, deadline=None)
settings.register_profile("ci", max_examples=300, deadline=None)
settings.register_profile(
    "long", max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


class NetworkUsedError(AssertionError):
    """A test tried to open a socket. Nothing in this package may, unless the host configured it."""


class NoNetwork(socket.socket):
    """A socket that cannot be opened, but for the local pairs an event loop needs."""

    def __init__(self, family: int = -1, *rest: Any, **named: Any) -> None:
        if family != socket.AF_UNIX:
            raise NetworkUsedError(f"a test opened a socket of family {family!r}")
        super().__init__(family, *rest, **named)


def _no_name(*_: Any, **__: Any) -> Any:
    raise NetworkUsedError("a test asked the network for a name")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse every socket for the whole suite."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", NoNetwork)
        patch.setattr(socket, "getaddrinfo", _no_name)
        yield
