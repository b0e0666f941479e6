"""Who may do what on this floor: pure functions of a person and an object."""
