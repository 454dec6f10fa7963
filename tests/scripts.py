"""The scripts of benchmarks/, which are no part of the package, as modules for their tests."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parent.parent / "benchmarks"


def benchmark(name: str) -> ModuleType:
    """benchmarks/<name>.py; the scripts import each other by these names."""
    if str(FOLDER) not in sys.path:
        sys.path.insert(0, str(FOLDER))
    return importlib.import_module(name)
