"""Writes of this floor that change no state."""
