"""Views of this floor, by audience."""
