"""Changes of state of this floor: reviews, decisions, labels."""
