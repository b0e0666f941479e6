"""What must always hold of this floor. Each function yields French sentences; none means sound."""


from labelling.invariants import decisions, meetings, reviews, scenarios


def broken():
    """Every broken invariant of this floor, one sentence each."""
    yield from reviews.broken()
    yield from decisions.broken()
    yield from meetings.broken()
    yield from scenarios.broken()
