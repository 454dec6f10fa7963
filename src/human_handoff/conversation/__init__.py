"""A memory across turns: what was said counts for what is said next."""
