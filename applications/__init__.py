"""Before: the call, the structures and their dossiers, up to the end of admissibility."""
