"""Fold a text for matching; every token owns its span of the original.

A text becomes a small lattice. Its nodes lie between tokens; the chain of tokens runs through all of them,
and extra edges stand for other ways to read the same characters: `k i l l` is four letters and one word,
`killmyself` one token and two words. A word is found wherever any path through the lattice spells it.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from human_handoff.spelling import Spelling, lookalikes

# One character in, one character out: no offsets to keep.
_SAME_LENGTH = str.maketrans(
    {
        **dict.fromkeys("’‘ʼʻ´`′＇‛ʹ", "'"),
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("–—―‐‑‒−", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\t\x0b\x0c\r", " "),
        **dict.fromkeys(
            "\u115f\u1160\u2800\u3164\uffa0", " "
        ),  # letters and signs that show as a blank
        **dict.fromkeys("\u2028\u2029\x85", "\n"),
    }
)
# Enclosed letters (ⓚ, 🅺) and skin tones lie between these ranges on purpose: they are no emoji of their own.
EMOJI = (
    "\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2900-\u2bff"
    "\U0001f000-\U0001f0ff\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
)
"""Ranges of the characters that are read as emoji, for use inside [ ] of an expression."""
_IS_EMOJI = re.compile(f"[{EMOJI}]").match
_PLAIN = re.compile(rf"[\t-\r\x20-\x25\x27-\x3b\x3d-\x7e…{EMOJI}]*")
_BLOCKS = "br|p|div|li|ul|ol|table|tr|td|th|h[1-6]|hr|blockquote|pre|section|article"
_INLINE = "a|abbr|b|big|body|center|code|del|em|font|html|i|img|ins|kbd|mark|q|s|small|span|strike|strong|sub|sup|tt|u"
# Only tags that are known and look it: `<i want to die>` is what somebody says.
_TAG = re.compile(
    rf"</?(?:(?P<block>{_BLOCKS})|{_INLINE})"
    r"(?:\s{1,30}[a-z-]{1,30}=(?:\"[^\"<>]{0,300}\"|'[^'<>]{0,300}'|[^\s\"'<>]{0,300})){0,30}\s{0,30}/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
_SIGNS = r"*@$!|+#€£"

# A word may hold apostrophes and the signs people hide letters behind; what they mean is settled later.
_TOKEN = re.compile(
    rf"(?P<word>[@$]?[^\W_]+(?:['{re.escape(_SIGNS)}]+[^\W_]+)*(?:\*{{2,8}}(?!\S))?)"
    rf"|(?P<emoji>[{EMOJI}])"
    r"|(?P<pause>\.{2,}|…+|[;:])"
    r"|(?P<end>[.!?。！？]+|\n[^\S\n]*\n\s*)"
    r"|(?P<newline>\n)"
    r"|(?P<comma>[,()]|(?<=\s)-+(?=\s))",
)
_SIGN = re.compile(rf"[{re.escape(_SIGNS)}]")
_PART = re.compile(rf"(?P<signs>['{re.escape(_SIGNS)}]*)(?P<letters>[^\W_]+(?:'+[^\W_]+)*)")
_LATIN = re.compile(r"[a-zA-Z\u00c0-\u024f]")
SPACED_LETTERS = 3
LONGEST_SIGN = 4
"""A sign that stands for more letters, as U+FDFA does for a whole sentence, stays one sign."""


@dataclass(frozen=True, kw_only=True)
class Clean:
    """A text with look-alike characters, marks and markup resolved, and where each character came from."""

    text: str = field(repr=False)
    starts: Sequence[int] | None = field(default=None, repr=False)
    ends: Sequence[int] | None = field(default=None, repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that clean[start:end] came from."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def clean(text: str) -> Clean:
    """Resolve what is not plain text; offsets stay exact.

    >>> c = clean("𝓴𝓲𝓵𝓵 <b>me</b>")
    >>> c.text, c.span(0, 4), c.span(5, 7)
    ('kill me', (0, 4), (8, 10))
    """
    if not text.isascii():
        text = text.translate(_SAME_LENGTH)
    if _PLAIN.fullmatch(text):
        return Clean(text=text.lower())
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end, plain in _resolved(text):
        out.append(plain)
        starts.extend([start] * len(plain))
        ends.extend([end] * len(plain))
    return Clean(text="".join(out), starts=starts, ends=ends)


def _resolved(text: str) -> Iterator[tuple[int, int, str]]:
    """Each stretch of the original with the plain characters it stands for (perhaps none)."""
    at = 0
    while at < len(text):
        char = text[at]
        if char == "<" and (tag := _TAG.match(text, at)):
            yield at, tag.end(), "\n" if tag["block"] else ""
            at = tag.end()
        elif char == "&" and (entity := _ENTITY.match(text, at)):
            yield at, entity.end(), _unescaped(entity[0])
            at = entity.end()
        else:
            yield at, at + 1, _plain(char)
            at += 1


def _unescaped(entity: str) -> str:
    """What an HTML entity shows."""
    return "".join(map(_plain, html.unescape(entity).translate(_SAME_LENGTH)))


def _plain(char: str) -> str:
    """One character without case, style and marks; nothing for what cannot be seen."""
    if char.isascii():
        if char.isprintable() or char == "\n":
            return char.lower()
        return " " if char.isspace() else ""
    if "\U0001f150" <= char <= "\U0001f169" or "\U0001f170" <= char <= "\U0001f189":
        return chr(ord("a") + (ord(char) - 0x1F150) % 32)
    if "\U0001f3fb" <= char <= "\U0001f3ff" or unicodedata.category(char) in _UNSEEN:
        return ""
    if char.isspace():
        return " "
    if _IS_EMOJI(char):
        return char
    decomposed = unicodedata.normalize("NFKD", char).casefold()
    if len(decomposed) > LONGEST_SIGN:
        return char
    seen = (c for c in decomposed if unicodedata.category(c) not in _UNSEEN)
    return "".join(seen).translate(_SAME_LENGTH)


_UNSEEN = frozenset(("Mn", "Me", "Cf", "Cc", "Cs"))


@dataclass(kw_only=True, slots=True)
class Lattice:
    """The readings of one text. Node k lies before chain token k; `words[k]` is how that token reads."""

    clean: Clean = field(repr=False)
    words: list[tuple[str, ...]] = field(default_factory=list, repr=False)
    starts: list[int] = field(default_factory=list, repr=False)
    ends: list[int] = field(default_factory=list, repr=False)
    over: dict[int, list[tuple[int, str]]] = field(default_factory=dict, repr=False)
    """Edges beside the chain: target node -> (source node, word). None crosses a stop."""
    stops: set[int] = field(default_factory=set)
    """Nodes no phrase may cross: ends of sentences."""
    pauses: set[int] = field(default_factory=set)
    """Nodes no cue reaches across: line breaks, colons, dots trailing off."""
    commas: set[int] = field(default_factory=set)
    """Nodes where a comma, a bracket or a dash stands: a clause may begin or end there."""
    edge_words: frozenset[str] = field(default=frozenset(), repr=False)
    """Words that open a clause or trail after it, for texts without a comma."""
    emoji: set[int] = field(default_factory=set)
    """Chain tokens that are rows of emoji: read where a phrase names one, stepped over elsewhere."""
    cuts: set[int] = field(default_factory=set)
    """Nodes inside a glued token, where it was cut into words."""
    unread: int = 0
    """Letters in rows without a space that are too long to be cut into words."""
    counted: int = 0
    known: int = 0
    letters: int = 0
    foreign_letters: int = 0
    foreign_words: int = 0
    _beside: dict[int, list[str]] | None = field(default=None, init=False, repr=False)
    """The words of `over` by their source; made when first asked for, once the text is folded."""

    def span(self, source: int, target: int) -> tuple[int, int]:
        """The characters of the original between two nodes."""
        return self.clean.span(self.starts[source], self.ends[target - 1])

    def whole(self) -> "Lattice":
        """This lattice with its glued tokens uncut, for what lowers or cancels a match.

        Where a token is cut depends on all the words the rules use. Did a cue or an `unless` rely on a cut, a
        rule more could take away what another rule saw.
        """
        if not self.cuts:
            return self
        words = [
            () if at in self.cuts or at + 1 in self.cuts else readings
            for at, readings in enumerate(self.words)
        ]
        over = {
            target: [edge for edge in edges if edge[0] not in self.cuts]
            for target, edges in self.over.items()
            if target not in self.cuts
        }
        return replace(self, words=words, over=over, cuts=set())

    def ends_clause(self, node: int) -> bool:
        """Whether what is said before *node* is complete there: `i'm done`, not `i'm done with work`."""
        while not self._is_break(node):
            if node not in self.emoji:
                return not self.edge_words.isdisjoint(self._words_from(node))
            node += 1
        return True

    def begins_clause(self, node: int) -> bool:
        """Whether a clause begins at *node*."""
        while not self._is_break(node):
            if node - 1 not in self.emoji:
                read = (word for _, words in self.edges_into(node) for word in words)
                return not self.edge_words.isdisjoint(read)
            node -= 1
        return True

    def _words_from(self, node: int) -> Iterator[str]:
        """Every word some edge spells that begins at *node*: where a token was cut decides nothing."""
        if self._beside is None:
            self._beside = {}
            for edges in self.over.values():
                for source, word in edges:
                    self._beside.setdefault(source, []).append(word)
        yield from self.words[node]
        yield from self._beside.get(node, ())

    def _is_break(self, node: int) -> bool:
        return (
            node in (0, len(self.words))
            or node in self.stops
            or node in self.pauses
            or node in self.commas
        )

    def edges_into(self, node: int) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Every way to arrive at *node*: (source node, words that spell the edge)."""
        if node:
            yield node - 1, self.words[node - 1]
        for source, word in self.over.get(node, ()):
            yield source, (word,)


def fold(text: str, spelling: Spelling) -> Lattice:
    """Read *text* into a lattice. Any string is accepted; the work is linear in its length.

    >>> from human_handoff.spelling import Spelling
    >>> lattice = fold("I'm gonna K1LL", Spelling(known=frozenset({"gonna"}), vocabulary=frozenset({"kill"})))
    >>> lattice.words, lattice.span(2, 3)
    ([('im',), ('gonna',), ('k1ll', 'kill')], (10, 14))
    """
    return _Folding(text, spelling).run()


class _Folding:
    """One pass over the tokens; the lattice it fills is the result."""

    def __init__(self, text: str, spelling: Spelling) -> None:
        self.spelling = spelling
        self.lattice = Lattice(clean=clean(text), edge_words=spelling.edge_words)
        self.letters: list[tuple[int, str]] = []  # the run of single letters being read
        self.row: set[str] = set()  # the row of emoji being read
        self.unknown_before = False
        self.plain_words = 0
        self.glued_before: tuple[int, str] | None = None  # where it began, as it was written

    def run(self) -> Lattice:
        lattice, text, plain = self.lattice, self.lattice.clean.text, self.spelling.plain
        words, starts, ends = lattice.words, lattice.starts, lattice.ends
        for match in _TOKEN.finditer(text):
            # The everyday case: a known word of two letters or more that stands for nothing else.
            readings = plain.get(match[0])
            if readings and not self.unknown_before:
                if self.letters:
                    self.end_run()
                words.append(readings)
                starts.append(match.start())
                ends.append(match.end())
                self.plain_words += 1
            else:
                self.unusual(match, text)
        self.end_run()
        self.short_forms()
        lattice.counted += self.plain_words
        lattice.known += self.plain_words
        lattice.letters = sum(len(readings[0]) for readings in words if readings)
        return lattice

    def unusual(self, match: re.Match[str], text: str) -> None:
        """Everything that is not an everyday word."""
        match match.lastgroup:
            case "word":
                self.word(match[0], match.start(), match.end())
            case "emoji":
                self.emoji(match[0], match.start(), match.end())
            case "end" if not self.is_inner_point(match, text):
                self.end_run()
                self.lattice.stops.add(self.here)
            case "end" | "pause" | "newline":
                self.lattice.pauses.add(self.here)
            case "comma":
                self.lattice.commas.add(self.here)

    @property
    def here(self) -> int:
        """The node after the last token."""
        return len(self.lattice.words)

    def token(self, readings: tuple[str, ...], start: int, end: int) -> None:
        self.lattice.words.append(readings)
        self.lattice.starts.append(start)
        self.lattice.ends.append(end)

    def emoji(self, char: str, start: int, end: int) -> None:
        """Add an emoji; a row of them is one token that reads as each, so that no row is long to step over."""
        lattice, last = self.lattice, self.here - 1
        if last in lattice.emoji and self.here not in lattice.stops:
            if char not in self.row:
                self.row.add(char)
                lattice.words[last] = (*lattice.words[last], char)
            lattice.ends[last] = end
        else:
            self.row = {char}
            lattice.emoji.add(self.here)
            self.token((char,), start, end)

    @staticmethod
    def is_inner_point(match: re.Match[str], text: str) -> bool:
        """Whether a full stop stands inside something: 3.5, example.org, k.i.l.l, want.to.die."""
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        return match[0] == "." and before.isalnum() and after.isalnum()

    def word(self, written: str, start: int, end: int) -> None:
        """Add one written word: as it stands, as what it may stand for, and in its parts."""
        token = written.replace("'", "")
        if token in self.spelling.known:
            self.known_word(token, start, end)
        elif amount := self.spelling.amount(token):
            self.amount(token, amount, start)
        elif _SIGN.search(token):
            self.signed_word(written, start)
        else:
            self.unknown_word(token, start, end, is_whole="'" not in written)

    def known_word(self, token: str, start: int, end: int) -> None:
        self.count(token, is_known=True)
        self.run_of_letters(token)
        source = self.here
        self.expanded(self.spelling.readings(token), start, end)
        if self.unknown_before:
            self.joined(source, token)
        self.unknown_before, self.glued_before = False, None

    def unknown_word(self, token: str, start: int, end: int, *, is_whole: bool) -> None:
        readings = self.spelling.readings(token)
        is_short_form = self.spelling.expansion(token) is not None
        pieces = self.spelling.pieces(token) if is_whole and not is_short_form else ()
        if self.spelling.is_endless(token):
            self.lattice.unread += len(token)
        is_known = bool(pieces) or self.spelling.is_known(readings)
        self.count(token, is_known=is_known and token not in self.spelling.foreign)
        self.run_of_letters(token)
        source = self.here
        if pieces:
            self.glued(readings, pieces, start)
        else:
            self.expanded(readings, start, end)
        self.joined(source, token)
        self.unknown_before, self.glued_before = True, (source, token) if pieces else None

    def amount(self, token: str, parts: tuple[str, str], start: int) -> None:
        """Add a number with its unit as two tokens: `30mg`, `20pills`."""
        source, cut = self.here, start + len(parts[0])
        self.word(parts[0], start, cut)
        self.word(parts[1], cut, start + len(token))
        for reading in self.spelling.readings(token):
            self.lattice.over.setdefault(self.here, []).append((source, reading))

    def signed_word(self, written: str, start: int) -> None:
        """A word with signs in it: its parts in the chain, and what the whole may stand for above them."""
        source = self.here
        stands_for = self.spelling.readings(written.replace("'", ""))[1:]
        for part in _PART.finditer(written):
            if "!" in part["signs"]:
                self.inner_exclamation(is_letter=bool(stands_for))
            self.word(part["letters"], start + part.start("letters"), start + part.end())
        self.lattice.starts[source] = start
        if stands_for:
            self.lattice.ends[-1] = start + len(written)
        for reading in stands_for:
            self.lattice.over.setdefault(self.here, []).append((source, reading))

    def inner_exclamation(self, *, is_letter: bool) -> None:
        """`me!die` ends a sentence; in `k!ll` it is a letter, yet no cue reaches across it either."""
        if is_letter:
            self.lattice.pauses.add(self.here)
        else:
            self.end_run()
            self.lattice.stops.add(self.here)

    def expanded(self, readings: tuple[str, ...], start: int, end: int) -> None:
        """Add a token; an abbreviation also reads as its words, each owning the whole span."""
        expansion = self.spelling.expansion(readings[0])
        if expansion is None or self.follows_a_number():
            return self.token(readings, start, end)
        source = self.here
        for word in expansion:
            self.token((word,), start, end)
        for reading in readings:
            self.lattice.over.setdefault(self.here, []).append((source, reading))
        return None

    def follows_a_number(self) -> bool:
        """Whether the token before is a number: `5 kms` is a distance."""
        before = self.lattice.words[-1] if self.lattice.words else ()
        return bool(before) and before[0].isdecimal() and self.here not in self.lattice.stops

    def glued(
        self, readings: tuple[str, ...], pieces: tuple[tuple[int, int, str], ...], start: int
    ) -> None:
        """Add a token that reads as several words: chain nodes at every cut, an edge for every piece."""
        cuts = sorted({at for piece in pieces for at in piece[:2]})
        node = {cut: self.here + i for i, cut in enumerate(cuts)}
        self.lattice.cuts.update(node[cut] for cut in cuts[1:-1])
        single = {(a, b): word for a, b, word in pieces if node[b] - node[a] == 1}
        for a, b in pairwise(cuts):
            word = single.get((a, b))
            self.token((word,) if word else (), start + a, start + b)
        for a, b, word in pieces:
            if node[b] - node[a] > 1:
                self.lattice.over.setdefault(node[b], []).append((node[a], word))
        for reading in readings:
            self.lattice.over.setdefault(self.here, []).append((node[0], reading))

    def joined(self, node: int, token: str) -> None:
        """Read the token that began at *node* and the one before it as one word: `sui cide`."""
        if node == 0 or node in self.lattice.stops or node - 1 in self.lattice.emoji:
            return
        source, before = self.glued_before or (node - 1, self.lattice.words[node - 1][0])
        whole = before + token
        if len(whole) >= SPACED_LETTERS and whole in self.spelling.vocabulary:
            self.lattice.over.setdefault(self.here, []).append((source, whole))

    def short_forms(self) -> None:
        """Read `do not` also as `dont`: phrases are written with short forms and hear both."""
        short, words, stops = self.spelling.short_forms, self.lattice.words, self.lattice.stops
        for node, (one, two) in enumerate(pairwise(words), 1):
            if one and two and node not in stops and (form := short.get((one[0], two[0]))):
                self.lattice.over.setdefault(node + 1, []).append((node - 1, form))

    def run_of_letters(self, token: str) -> None:
        """Collect single letters standing apart; read them as words when the run ends."""
        if len(token) != 1:
            return self.end_run()
        if self.letters and self.letters[-1][0] != self.here - 1:
            self.end_run()
        leet = lookalikes().leet
        self.letters.append((self.here, leet.get(token, token)[0]))
        return None

    def end_run(self) -> None:
        """Add an edge for every word the run of single letters spells: `k i l l`."""
        run, self.letters = self.letters, []
        if len(run) < SPACED_LETTERS:
            return
        first, letters = run[0][0], "".join(letter for _, letter in run)
        for at in range(len(letters)):
            for start, end, word in self.spelling.words_at(letters, at):
                if end - start > 1:
                    self.lattice.over.setdefault(first + end, []).append((first + start, word))

    def count(self, token: str, *, is_known: bool) -> None:
        """Count what tells whether this is the language the rules were written for."""
        if token.isdecimal() or (token.isascii() and len(token) == 1):
            return
        self.lattice.counted += 1
        self.lattice.known += is_known
        self.lattice.foreign_words += token in self.spelling.foreign
        if not token.isascii():
            letters = sum(c.isalpha() for c in token)
            self.lattice.foreign_letters += letters - len(_LATIN.findall(token))
