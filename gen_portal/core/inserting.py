"""New rows of several tables in one statement, where the database can: an act on many writes all it tells at once."""

from django.db import connection, transaction
from django.db.models import AutoField
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

#: Rows of each table in one statement: beyond, another one follows.
BATCH = 5_000


def insert_together(groups, *, known=()):
    """Insert lists of new rows, each of one model; their keys are not read back, so that none may point at another.

    Rows of the models of `known` are left out where they break a constraint of uniqueness. PostgreSQL writes them in one
    statement by `BATCH`, SQLite list by list.
    """
    groups = [rows for rows in groups if rows]
    with transaction.atomic(savepoint=False):
        if connection.vendor != "postgresql":
            for rows in groups:
                type(rows[0])._default_manager.bulk_create(rows, ignore_conflicts=type(rows[0]) in known)
            return
        for start in range(0, max(map(len, groups), default=0), BATCH):
            parts = [rows[start : start + BATCH] for rows in groups]
            _execute([_insert(rows, type(rows[0]) in known) for rows in parts if rows])


def _insert(rows, leaves_known):
    """The statement of one list and its parameters, as `bulk_create` makes it."""
    columns = [each for each in rows[0]._meta.concrete_fields if not (each.generated or isinstance(each, AutoField))]
    query = InsertQuery(type(rows[0]), on_conflict=OnConflict.IGNORE if leaves_known else None)
    query.insert_values(columns, rows)
    [statement] = query.get_compiler(connection=connection).as_sql()
    return statement


def _execute(statements):
    *before, (last, last_values) = statements
    named = ", ".join(f"part_{number} AS ({text})" for number, (text, _) in enumerate(before))
    values = [value for _, given in before for value in given]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {named} {last}" if named else last, [*values, *last_values])
