"""On PostgreSQL the ledger of filing refuses every UPDATE and DELETE: what was tried stays written."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION applications_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger of filing is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER applications_ledger_is_append_only BEFORE UPDATE OR DELETE ON applications_filingattempt
    FOR EACH ROW EXECUTE FUNCTION applications_ledger_is_append_only();
"""
BACKWARD = """
DROP TRIGGER applications_ledger_is_append_only ON applications_filingattempt;
DROP FUNCTION applications_ledger_is_append_only();
"""


def forward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FORWARD)


def backward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACKWARD)


class Migration(migrations.Migration):
    dependencies = [("applications", "0004_ledger_receipts_and_deadlines")]
    operations = [migrations.RunPython(forward, backward)]
