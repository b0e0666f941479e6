"""Acts of several people at the same instant, each on a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from gen_portal.core.workflow import Refused


def at_once(*acts):
    """Run callables in threads of their own, released together: what each returned, or its refusal, in their order.

    Anything else that one of them raises is raised here.
    """
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(timeout=10)
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def refusals_at_once(*acts):
    """The same, of which only the refusals are told."""
    return [outcome for outcome in at_once(*acts) if isinstance(outcome, Refused)]
