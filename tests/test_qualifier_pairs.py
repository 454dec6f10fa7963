"""Pairs of sentences that differ in how they are meant, written by hand."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from human_handoff import Qualifier, screen

PAIRS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "data" / "qualifier_pairs.toml").read_text(encoding="utf-8")
)["pair"]


def test_there_are_more_than_two_hundred_pairs_over_every_qualifier() -> None:
    """Enough to notice when a cue grows too eager or too shy."""
    assert len(PAIRS) >= 200
    assert {q.value for q in Qualifier} <= {pair["qualifier"] for pair in PAIRS}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: str(pair["said"])[:50])
def test_what_is_said_counts_in_full_and_what_is_meant_otherwise_is_qualified(
    pair: dict[str, Any],
) -> None:
    """One sentence gives a plain signal; its twin gives only signals that carry the qualifier."""
    said, meant = screen(pair["said"]).signals, screen(pair["meant"]).signals

    assert any(not s.qualifiers and not s.laughter for s in said), [s.rule_id for s in said]
    assert meant
    if pair["qualifier"] == "laughter":
        assert all(s.urgency < s.rule_urgency for s in meant), [s.rule_id for s in meant]
    else:
        wanted = Qualifier(pair["qualifier"])
        assert all(s.is_qualified(wanted) for s in meant), [
            (s.rule_id, s.words) for s in meant if not s.is_qualified(wanted)
        ]
