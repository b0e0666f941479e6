"""After: the public life of labelled trainings and of the structures that carry them, and their follow-up."""
