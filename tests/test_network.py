"""The whole suite runs without a network."""

import socket

import pytest


def test_no_test_can_open_a_socket_or_ask_for_a_name() -> None:
    """Whatever passes here passes on a machine that is not connected."""
    with pytest.raises(AssertionError, match="opened a socket"):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with pytest.raises(AssertionError, match="asked the network for a name"):
        socket.getaddrinfo("example.org", 80)
