"""Pages of the foundation: capacities, journal, outbox, background jobs."""
