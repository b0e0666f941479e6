"""On PostgreSQL a declaration of interests refuses every UPDATE and DELETE: it is kept as it was signed."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION labelling_declaration_stays_as_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a declaration of interests stays as it was signed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER labelling_declaration_stays_as_signed BEFORE UPDATE OR DELETE ON labelling_interestdeclaration
    FOR EACH ROW EXECUTE FUNCTION labelling_declaration_stays_as_signed();
"""
BACKWARD = """
DROP TRIGGER labelling_declaration_stays_as_signed ON labelling_interestdeclaration;
DROP FUNCTION labelling_declaration_stays_as_signed();
"""


def forward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FORWARD)


def backward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACKWARD)


class Migration(migrations.Migration):
    dependencies = [("labelling", "0003_interest_declarations")]
    operations = [migrations.RunPython(forward, backward)]
