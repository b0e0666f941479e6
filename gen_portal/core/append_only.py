"""Rows that stay as they were written: PostgreSQL refuses every UPDATE and DELETE of one (migrations use this)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {name}();
"""
FROZEN = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {condition} THEN
        RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {name}();
"""
BACKWARD = """
DROP TRIGGER {name} ON {table};
DROP FUNCTION {name}();
"""


def append_only(table, *, name, message):
    """A migration operation that puts the trigger `name` on a table; the error is an IntegrityError with this message.

    Nothing on SQLite. What it has put on databases that exist does not change: it must not either.
    """
    return _trigger(FORWARD, {"table": table, "name": name, "message": message})


def frozen_when(table, condition, *, name, message):
    """The same for the rows that answer an SQL condition on OLD, the row before: they may change until they do."""
    return _trigger(FROZEN, {"table": table, "condition": condition, "name": name, "message": message})


def _trigger(forward_sql, words):
    def forward(apps, schema_editor):
        _execute(schema_editor, forward_sql.format(**words))

    def backward(apps, schema_editor):
        _execute(schema_editor, BACKWARD.format(**words))

    return migrations.RunPython(forward, backward)


def _execute(schema_editor, sql):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(sql)
