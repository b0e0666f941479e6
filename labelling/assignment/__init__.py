"""Who should judge which dossier: an optimal, explained assignment, repaired with the fewest changes. Pure: no database."""
