"""Write the shipped known-word list from the plain lists of Debian's wamerican and wbritish.

    python tools/known_words.py american-english british-english > en.txt

Possessives and single letters are left out; case, apostrophes and accents are folded as in the text.
"""

import sys
import unicodedata
from pathlib import Path


def fold(word: str) -> str:
    """Fold one entry the way `human_handoff.text` folds a token."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in plain if c.isalpha())


def words(path: str) -> set[str]:
    """Read one list, leaving out possessives, abbreviations in capitals and single letters."""
    lines = Path(path).read_text(encoding="utf-8").split()
    return {fold(w) for w in lines if not w.endswith("'s") and not (w.isupper() and len(w) < 6)}


if __name__ == "__main__":
    found = set().union(*(words(path) for path in sys.argv[1:])) | {"i", "a"}
    print("\n".join(sorted(w for w in found if len(w) > 1 or w in "ia")))
