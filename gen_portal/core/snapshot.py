"""Pages that read several times and must show one instant: all of a publication, or nothing of it."""

from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_instant():
    """Everything read inside is as it was at the first read, whatever is published meanwhile; nothing can be written.

    A promise of PostgreSQL; on SQLite, and inside a transaction that has already begun, it changes nothing.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
