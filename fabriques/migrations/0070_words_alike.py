"""On PostgreSQL, the names of communes that look alike are found by an index of trigrams; SQLite reads them all."""

from django.db import migrations

FORWARD = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX commune_names_alike ON core_commune USING gin (folded_name gin_trgm_ops)",
)
BACKWARD = ("DROP INDEX commune_names_alike",)  # the extension stays: it may serve others


def on_postgresql(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_second_factor_resets"),
        ("fabriques", "0061_public_changes_are_noted"),
    ]
    operations = [migrations.RunPython(on_postgresql(FORWARD), on_postgresql(BACKWARD))]
