"""The measurement page says what was measured."""

from types import ModuleType

import pytest

from human_handoff import RuleSet
from tests.scripts import benchmark


@pytest.fixture(scope="module")
def measurement() -> ModuleType:
    """benchmarks/measurement.py."""
    return benchmark("measurement")


def test_the_page_is_what_the_figures_make_of_it(measurement: ModuleType) -> None:
    """Neither a figure nor a word of it was edited by hand."""
    assert measurement.PAGE.read_text(encoding="utf-8") == measurement.page()


def test_the_page_says_what_a_reader_must_not_miss(measurement: ModuleType) -> None:
    """Not clinically reviewed, the rules it was measured with, the first run, and what rules cannot see."""
    page = measurement.page()

    assert "Not clinically reviewed" in page
    assert RuleSet.bundled().digest[:12] in page
    assert "first run: heard" in page
    assert "What rules cannot see" in page
    for rule in RuleSet.bundled():
        for text in (*rule.known_misses, *rule.known_false_alarms):
            assert f"`{rule.id}`: {text}" in page


def test_the_counts_were_taken_with_these_rules(measurement: ModuleType) -> None:
    """Counts of other rules say nothing of these: write them anew when a rule changes."""
    counts = measurement.json.loads(measurement.COUNTS.read_text(encoding="utf-8"))

    assert counts["rule_digest"] == RuleSet.bundled().digest
