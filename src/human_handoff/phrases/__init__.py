"""One phrase language for rules and cues: read it, and find it in a text."""
