"""On PostgreSQL the versions of a report refuse every UPDATE and DELETE: what was filed stays as it was filed."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION fabriques_versions_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the versions of a report are append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER fabriques_versions_are_append_only BEFORE UPDATE OR DELETE ON fabriques_reportversion
    FOR EACH ROW EXECUTE FUNCTION fabriques_versions_are_append_only();
"""
BACKWARD = """
DROP TRIGGER fabriques_versions_are_append_only ON fabriques_reportversion;
DROP FUNCTION fabriques_versions_are_append_only();
"""


def forward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FORWARD)


def backward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACKWARD)


class Migration(migrations.Migration):
    dependencies = [("fabriques", "0004_drafts_documents_and_uploads")]
    operations = [migrations.RunPython(forward, backward)]
