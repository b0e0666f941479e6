"""Wording and recipients of this floor's messages, by subject."""
