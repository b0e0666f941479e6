"""The triggers that note a change of what the map shows (decision 0082): PostgreSQL by a migration, SQLite after each one.

SQLite loses the triggers of a table that a migration remakes; `install_on_sqlite` puts back those that lack.
"""

#: For each table, the columns whose change shows; none: every column does.
WATCHED = {
    "labelling_label": (),
    "labelling_labelevent": (),
    "labelling_labelsite": (),
    "fabriques_fabrique": (),
    "labelling_decision": ("published_at",),
    "applications_structure": ("name",),
    "core_commune": ("name", "latitude", "longitude", "department_id"),
}
LOG = "fabriques_publicchange"
FUNCTION = """
CREATE FUNCTION fabriques_note_public_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO fabriques_publicchange (at) VALUES (clock_timestamp());
    RETURN NULL;
END $$;
CREATE FUNCTION fabriques_note_public_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed boolean;
BEGIN
    EXECUTE 'SELECT EXISTS (SELECT 1 FROM before JOIN after USING (' || TG_ARGV[0] || ') WHERE (' || TG_ARGV[1]
        || ') IS DISTINCT FROM (' || TG_ARGV[2] || '))' INTO changed;
    IF changed THEN
        INSERT INTO fabriques_publicchange (at) VALUES (clock_timestamp());
    END IF;
    RETURN NULL;
END $$;
"""


def _key(table):
    return "code" if table == "core_commune" else "id"


def postgresql_up():
    """The statements that put every trigger: one row noted per statement, however many rows it changes."""
    yield FUNCTION
    for table, columns in WATCHED.items():
        if not columns:
            yield (
                f"CREATE TRIGGER public_change AFTER INSERT OR UPDATE OR DELETE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION fabriques_note_public_change()"
            )
            continue
        before = ", ".join(f"before.{column}" for column in columns)
        after = ", ".join(f"after.{column}" for column in columns)
        yield (
            f"CREATE TRIGGER public_change AFTER UPDATE ON {table} "
            "REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT "
            f"EXECUTE FUNCTION fabriques_note_public_update('{_key(table)}', '{_row(before)}', '{_row(after)}')"
        )


def _row(columns):
    return f"ROW({columns})"


def postgresql_down():
    for table in WATCHED:
        yield f"DROP TRIGGER public_change ON {table}"
    yield "DROP FUNCTION fabriques_note_public_change()"
    yield "DROP FUNCTION fabriques_note_public_update()"


def install_on_sqlite(connection):
    """Put the triggers that lack; nothing elsewhere than on SQLite, nor before the tables are there."""
    if connection.vendor != "sqlite" or not set(WATCHED) | {LOG} <= set(connection.introspection.table_names()):
        return
    with connection.cursor() as cursor:
        for statement in _sqlite_triggers():
            cursor.execute(statement)


def _sqlite_triggers():
    note = "BEGIN INSERT INTO fabriques_publicchange (at) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now')); END"
    for table, columns in WATCHED.items():
        changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
        condition = f" WHEN {changed}" if columns else ""
        yield f"CREATE TRIGGER IF NOT EXISTS {table}_updated AFTER UPDATE ON {table} FOR EACH ROW{condition} {note}"
        for verb in () if columns else ("INSERT", "DELETE"):
            name = f"{table}_{verb.lower()}ed"
            yield f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {verb} ON {table} FOR EACH ROW {note}"
