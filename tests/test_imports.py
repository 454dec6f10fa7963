"""Importing costs nothing and does nothing; screening loads no library it does not need."""

import json
import subprocess
import sys

import human_handoff

HEAVY = ("structlog", "phonenumbers", "rich", "sqlite3", "ssl", "http.client", "asyncio")

WATCH = """
import json, sys
seen = {"opened": [], "sockets": [], "started": []}

def hook(event, args):
    if event == "open" and isinstance(args[0], str | bytes):
        seen["opened"].append(str(args[0]))
    elif event.startswith("socket."):
        seen["sockets"].append(event)
    elif event in ("subprocess.Popen", "os.system", "os.exec", "os.fork", "_thread.start_new_thread"):
        seen["started"].append(event)

sys.addaudithook(hook)
"""


def seen_by(code: str) -> dict[str, list[str]]:
    """What happened while *code* ran in a Python of its own: files, sockets, processes, modules."""
    tail = "\nseen['modules'] = sorted(sys.modules); print(json.dumps(seen))"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", WATCH + code + tail], capture_output=True, check=True, text=True
    )
    assert done.stderr == ""
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_importing_the_package_does_nothing() -> None:
    """No file of data is opened, no socket, no process, no thread."""
    found = seen_by("import human_handoff")

    assert [name for name in found["opened"] if "human_handoff/data" in name] == []
    assert (found["sockets"], found["started"]) == ([], [])
    assert not set(HEAVY) & set(found["modules"])


def test_screening_and_routing_load_neither_structlog_nor_phonenumbers() -> None:
    """What the first message costs is what it needs; nothing goes over a network."""
    found = seen_by(
        "from human_handoff import route, screen\n"
        "found = screen('I want to die')\n"
        "assert found.signals and not found.unchecked, found\n"
        "assert route(found, region='US').lines\n"
    )
    assert [name for name in found["opened"] if "human_handoff/data" in name]
    assert (found["sockets"], found["started"]) == ([], [])
    assert not set(HEAVY) & set(found["modules"])


def test_the_public_names_are_those_listed() -> None:
    """`__all__` is sorted, complete, and every name in it is there."""
    public = {
        name
        for name, value in vars(human_handoff).items()
        if not name.startswith("_") and not isinstance(value, type(sys))
    }
    assert human_handoff.__all__ == sorted(human_handoff.__all__)
    assert set(human_handoff.__all__) == public
