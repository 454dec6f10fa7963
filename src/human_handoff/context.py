"""How a match is meant: cues that deny, place in the past, quote, imagine, or speak of someone else.

After ConText (Harkema and others, 2009): a cue reaches forward or backward over a few words of its own
sentence until a terminator; a pseudo-cue looks like one and cancels it. Cues are data with examples of
their own, `data/context/<language>.toml`. A cue word that fills a slot of the match is part of what is
said and never qualifies it; a cue inside a gap of the match always does.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from human_handoff.errors import RuleError
from human_handoff.phrases.matcher import Matcher
from human_handoff.phrases.phrase import Classes, Phrase, words_of
from human_handoff.phrases.span import Hit
from human_handoff.tables import explain, read_table
from human_handoff.text import Lattice
from human_handoff.vocabulary import Qualifier, Recency

FARTHEST = 40
"""No cue reaches farther than this many words, whatever the data say."""

CueKind = Qualifier | Literal["laughter"]
Direction = Literal["forward", "backward", "bidirectional"]
_Role = Literal["cue", "stop", "pseudo"]
_Examples = Annotated[list[str], Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/-]{1,128}$")]
    phrases: Annotated[list[str], Field(min_length=1)]
    examples: _Examples


class Cue(_Entry):
    """Words that qualify what stands near them."""

    qualifier: CueKind
    direction: Direction
    scope: Annotated[int, Field(ge=0, le=FARTHEST)] | None = None
    recency: Recency = Recency.UNSTATED
    counter_examples: _Examples


class Stopper(_Entry):
    """A terminator or pseudo-cue; `of` limits it to some qualifiers."""

    of: tuple[CueKind, ...] = ()

    def concerns(self, kind: CueKind) -> bool:
        """Whether it stops cues of this kind."""
        return not self.of or kind in self.of


class Retracting(_Entry):
    """Words that take something back. They are recorded and lower nothing."""

    counter_examples: _Examples


class _Defaults(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    scope: Annotated[int, Field(ge=1, le=FARTHEST)] = 6
    own_words: tuple[str, ...] = ()
    """Words by which people speak of themselves. A match that uses one is never about another person."""


class _ContextFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    defaults: _Defaults = _Defaults()
    cue: list[Cue] = []
    terminator: list[Stopper] = []
    pseudo: list[Stopper] = []
    retraction: list[Retracting] = []


@dataclass(frozen=True, kw_only=True)
class Qualification:
    """One cue that says how a match is meant, and where it stands in the text."""

    cue_id: str
    qualifier: CueKind
    recency: Recency
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """One cue, terminator or pseudo-cue found between two nodes."""

    entry: Cue | Stopper
    start: int
    end: int
    nodes: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Cues:
    """The cues of one language, ready to be found."""

    cues: tuple[Cue, ...] = ()
    terminators: tuple[Stopper, ...] = ()
    pseudo: tuple[Stopper, ...] = ()
    retractions: tuple[Retracting, ...] = ()
    scope: int = 6
    own_words: frozenset[str] = frozenset()
    _matcher: Matcher = field(init=False, repr=False, compare=False)
    _owners: tuple[tuple[_Role, Cue | Stopper], ...] = field(init=False, repr=False, compare=False)
    _takes_back: Matcher = field(init=False, repr=False, compare=False)
    _taking_back: tuple[Retracting, ...] = field(init=False, repr=False, compare=False)
    classes: Classes = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile every phrase of every entry into one matcher."""
        pairs = [
            ((role, entry), _phrase(entry, source, self.classes))
            for role, entries in self._roles().items()
            for entry in entries
            for source in entry.phrases
        ]
        object.__setattr__(self, "_owners", tuple(owner for owner, _ in pairs))
        object.__setattr__(self, "_matcher", Matcher([phrase for _, phrase in pairs]))
        taking = [(e, _phrase(e, p, self.classes)) for e in self.retractions for p in e.phrases]
        object.__setattr__(self, "_taking_back", tuple(entry for entry, _ in taking))
        object.__setattr__(self, "_takes_back", Matcher([phrase for _, phrase in taking]))

    @classmethod
    def parse(cls, place: str, content: bytes, *, classes: Classes) -> "Cues":
        """Read a context file; a mistake raises RuleError naming the cue."""
        table = read_table(place, content)
        try:
            read = _ContextFile.model_validate(table)
        except ValidationError as wrong:
            raise RuleError(f"{place}: {_place(table, wrong)}{explain(wrong)}") from None
        _check_unique(place, (*read.cue, *read.terminator, *read.pseudo, *read.retraction))
        try:
            return cls(
                cues=tuple(read.cue),
                terminators=tuple(read.terminator),
                pseudo=tuple(read.pseudo),
                retractions=tuple(read.retraction),
                scope=read.defaults.scope,
                own_words=frozenset(w for own in read.defaults.own_words for w in words_of(own)),
                classes=classes,
            )
        except RuleError as wrong:
            raise RuleError(f"{place}: {wrong}") from None

    def _roles(self) -> Mapping[_Role, Sequence[Cue | Stopper]]:
        return {"cue": self.cues, "stop": self.terminators, "pseudo": self.pseudo}

    @property
    def entries(self) -> tuple[Cue | Stopper | Retracting, ...]:
        """All cues, terminators, pseudo-cues and retractions."""
        return (*self.cues, *self.terminators, *self.pseudo, *self.retractions)

    def without(self, entry: Stopper) -> "Cues":
        """These cues less one terminator or pseudo-cue: what the checker compares with."""
        return replace(
            self,
            terminators=tuple(t for t in self.terminators if t is not entry),
            pseudo=tuple(p for p in self.pseudo if p is not entry),
        )

    def words(self) -> frozenset[str]:
        """Every word some cue uses, for folding."""
        phrases = (*self._matcher.phrases, *self._takes_back.phrases)
        return self.own_words.union(*(phrase.words() for phrase in phrases))

    def retracting(self, lattice: Lattice) -> Iterator[tuple[Retracting, int, int]]:
        """Every entry that takes something back, with the nodes it stands between."""
        for hit in self._takes_back.find(lattice):
            yield self._taking_back[hit.phrase], hit.start, hit.end

    def reading(self, lattice: Lattice) -> "Reading":
        """Find all cues of one text, once."""
        found: dict[_Role, list[_Found]] = {"cue": [], "stop": [], "pseudo": []}
        for hit in self._hits(lattice):
            role, entry = self._owners[hit.phrase]
            nodes = frozenset(n for a, b in hit.used for n in range(a, b))
            found[role].append(_Found(entry=entry, start=hit.start, end=hit.end, nodes=nodes))
        return Reading(lattice=lattice, found=found, scope=self.scope, own_words=self.own_words)

    def _hits(self, lattice: Lattice) -> Iterator[Hit]:
        """Everything found; inside glued tokens only what stops or cancels a cue (see Lattice.whole)."""
        whole = lattice.whole()
        yield from self._matcher.find(whole)
        if whole is not lattice:
            inside = self._matcher.find(lattice)
            yield from (hit for hit in inside if self._owners[hit.phrase][0] != "cue")


def _phrase(entry: _Entry, source: str, classes: Classes) -> Phrase:
    try:
        phrase = Phrase.parse(source, classes=classes)
    except RuleError as wrong:
        raise RuleError(f"cue {entry.id!r}: phrases: {wrong}") from None
    if any(slot.gap_after for slot in phrase.slots):
        raise RuleError(f"cue {entry.id!r}: phrase {source!r}: a cue has no '...'; write the words")
    return phrase


def _place(table: Mapping[str, object], wrong: ValidationError) -> str:
    """`cue 'denied.not': ` for the entry the complaint is about, when it has an id."""
    match wrong.errors()[0]["loc"]:
        case (str() as kind, int() as number, *_):
            entries = table.get(kind)
            entry = entries[number] if isinstance(entries, list) else None
            name = entry.get("id", number) if isinstance(entry, dict) else number
            return f"{kind} {name!r}: "
    return ""


def _check_unique(place: str, entries: Iterable[_Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise RuleError(f"{place}: cue {entry.id!r}: id is used twice; give each its own")
        seen.add(entry.id)


class Reading:
    """The cues of one text, sorted so that each match looks only at its neighbourhood."""

    def __init__(
        self,
        *,
        lattice: Lattice,
        found: Mapping[_Role, list[_Found]],
        scope: int,
        own_words: frozenset[str] = frozenset(),
    ) -> None:
        """Drop the cues that a pseudo-cue cancels; sort the rest by place."""
        self._lattice, self._scope, self._own_words = lattice, scope, own_words
        self._stops = _Sorted(found["stop"])
        pseudo = _Sorted(found["pseudo"])
        self._cues = _Sorted([c for c in found["cue"] if not self._is_cancelled(c, pseudo)])
        self._edges = sorted(lattice.stops | lattice.pauses)

    @staticmethod
    def _is_cancelled(cue: _Found, pseudo: "_Sorted") -> bool:
        kind = _kind(cue)
        return any(
            p.entry.concerns(kind) and p.nodes & cue.nodes
            for p in pseudo.near(cue.start, cue.end)
            if isinstance(p.entry, Stopper)
        )

    def qualifications(self, hit: Hit) -> tuple[Qualification, ...]:
        """Every cue that says how this match is meant, in text order, one for each cue and place."""
        slots = frozenset(n for a, b in hit.used for n in range(a, b))
        near = self._cues.near(hit.start - FARTHEST, hit.end + FARTHEST)
        if self._is_own(hit):
            near = [cue for cue in near if _kind(cue) is not Qualifier.OTHER_PERSON]
        reaching = (cue for cue in near if self._reaches(cue, hit, slots))
        return tuple(map(self._qualification, _longest(reaching)))

    def _is_own(self, hit: Hit) -> bool:
        """Whether the match itself says `my` or `myself`: `how many people would care if I ended my life`."""
        return any(
            word in self._own_words
            for readings in self._lattice.words[hit.start : hit.end]
            for word in readings
        )

    def _reaches(self, cue: _Found, hit: Hit, slots: frozenset[int]) -> bool:
        if cue.nodes & slots:
            return False
        if hit.start <= cue.start and cue.end <= hit.end:
            return True
        entry = cue.entry
        assert isinstance(entry, Cue)  # noqa: S101  only cues are kept in _cues
        forward, backward = cue.end <= hit.start, cue.start >= hit.end
        if (forward and entry.direction == "backward") or (
            backward and entry.direction == "forward"
        ):
            return False
        low, high = (cue.end, hit.start) if forward else (hit.end, cue.start)
        scope = self._scope if entry.scope is None else entry.scope
        return high - low <= scope and self._is_open(low, high, _kind(cue))

    def _is_open(self, low: int, high: int, kind: CueKind) -> bool:
        """Whether nothing between two nodes ends a scope, nor a terminator begins where the match does.

        So in `my friend knows i want to die` the match that begins with `i` is the writer's own.
        Laughter reaches over line breaks, not sentences.
        """
        edges = self._edges
        inside = edges[bisect_left(edges, low) : bisect_right(edges, high)]
        if any(node in self._lattice.stops or kind != "laughter" for node in inside):
            return False
        return not any(
            s.entry.concerns(kind) and low <= s.start <= high
            for s in self._stops.near(low, high)
            if isinstance(s.entry, Stopper)
        )

    def _qualification(self, cue: _Found) -> Qualification:
        entry = cue.entry
        assert isinstance(entry, Cue)  # noqa: S101  only cues are kept in _cues
        start, end = self._lattice.span(cue.start, cue.end)
        return Qualification(
            cue_id=entry.id, qualifier=entry.qualifier, recency=entry.recency, start=start, end=end
        )


def _kind(cue: _Found) -> CueKind:
    return cue.entry.qualifier if isinstance(cue.entry, Cue) else "laughter"


def _longest(cues: Iterable[_Found]) -> Iterator[_Found]:
    """Of one entry's overlapping finds, the longest: `used to be` rather than `used to`."""
    kept: list[_Found] = []
    for cue in sorted(cues, key=lambda c: (c.start - c.end, c.start)):
        if not any(k.entry is cue.entry and k.nodes & cue.nodes for k in kept):
            kept.append(cue)
    return iter(sorted(kept, key=lambda c: (c.start, c.end)))


class _Sorted:
    """Finds sorted by start, for looking at a neighbourhood in logarithmic time."""

    def __init__(self, found: Sequence[_Found]) -> None:
        self._found = sorted(found, key=lambda f: (f.start, f.end, f.entry.id))
        self._starts = [f.start for f in self._found]

    def near(self, low: int, high: int) -> list[_Found]:
        """Finds that overlap or touch the nodes from *low* to *high*."""
        first = bisect_left(self._starts, low - FARTHEST)
        last = bisect_right(self._starts, high)
        return [f for f in self._found[first:last] if f.end >= low]
