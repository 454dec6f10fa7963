"""Rules as data: read them, prove them by their own examples, and find them in a text."""
