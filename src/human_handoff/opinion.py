"""A host's second opinion: a model of its own, or an answer it already collected. It adds or raises, never lowers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from human_handoff.errors import OpinionError, PolicyError
from human_handoff.policy import WrittenUrgency
from human_handoff.tables import explain, read_table
from human_handoff.vocabulary import Concern, Urgency

_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.:/-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What something other than the rules said of one text, and what said it. It holds no words."""

    source: str
    """Names the model or answer, in small letters: `my-model-3`, `phq9.item9`."""
    concern: Concern
    urgency: Urgency
    other_person: bool = False

    @classmethod
    def of(
        cls,
        *,
        source: str,
        concern: Concern | str,
        urgency: Urgency | str,
        other_person: bool = False,
    ) -> "Opinion":
        """Check what a host says. Anything else raises OpinionError naming the remedy; nothing is guessed."""
        if not isinstance(source, str) or not _SOURCE.fullmatch(source):
            raise OpinionError(
                "source: write a name of 1 to 64 small letters, digits and . _ : / - (a name, never a person's words)"
            )
        if not isinstance(other_person, bool):
            raise OpinionError("other_person: write True or False")
        return cls(
            source=source,
            concern=_concern(concern),
            urgency=_urgency(urgency),
            other_person=other_person,
        )

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "source": self.source,
            "concern": self.concern.value,
            "urgency": self.urgency.name.lower(),
            "other_person": self.other_person,
        }


def _concern(given: object) -> Concern:
    try:
        return Concern(str(given))
    except ValueError:
        raise OpinionError(f"concern: not one of {', '.join(Concern)}") from None


def _urgency(given: object) -> Urgency:
    names = {u.name.lower(): u for u in Urgency if u}
    found = names.get(given) if isinstance(given, str) else given
    if isinstance(found, Urgency) and found:
        return found
    raise OpinionError(
        f"urgency: not one of {', '.join(names)}; an opinion that finds nothing is simply not given"
    )


class Answer(BaseModel):
    """What one answer of a questionnaire a host already uses means here. Its wording is not shipped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=_SOURCE.pattern)]
    at_least: int
    most: int
    concern: Concern
    urgency: WrittenUrgency
    meaning: str
    sources: Annotated[list[str], Field(min_length=1)]

    def opinion(self, value: int) -> Opinion | None:
        """The opinion *value* stands for; None below `at_least`, which says nothing about the person."""
        is_number = isinstance(value, int) and not (isinstance(value, bool) and self.most > 1)
        if not is_number or not 0 <= value <= self.most:
            raise OpinionError(
                f"answer {self.id!r}: the value is no whole number from 0 to {self.most}"
            )
        if value < self.at_least:
            return None
        return Opinion(source=self.id, concern=self.concern, urgency=self.urgency)


def answer(answer_id: str) -> Answer:
    """The answer with this id; OpinionError lists those that are known."""
    try:
        return _answers()[answer_id]
    except (KeyError, TypeError):
        raise OpinionError(
            f"answer: not one of {', '.join(_answers())}; use with_opinion"
        ) from None


@cache
def _answers() -> Mapping[str, Answer]:
    content = files("human_handoff").joinpath("data/answers.toml").read_bytes()
    rows = read_table("answers.toml", content, PolicyError)["answer"]
    try:
        return {row["id"]: Answer.model_validate(row) for row in rows}
    except ValidationError as wrong:
        raise PolicyError(f"answers.toml: {explain(wrong)}") from None
