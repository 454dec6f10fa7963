"""Run every code block of README and docs, and every doctest of the package, as tests."""

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
