"""On PostgreSQL the working lines of a cut-off stay as they were once decisions of it are published."""

from django.db import migrations, models

TABLES = {
    "scenario": ("UPDATE OR DELETE", "OLD.is_working AND labelling_is_published(OLD.cut_off_id)"),
    "scenarioplace": (
        "INSERT OR UPDATE OR DELETE",
        """EXISTS (
            SELECT FROM labelling_scenario
            WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.scenario_id ELSE NEW.scenario_id END
            AND is_working AND labelling_is_published(cut_off_id))""",
    ),
}
ASKED = """
CREATE FUNCTION labelling_is_published(cut_off bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM labelling_decision WHERE cut_off_id = cut_off AND published_at IS NOT NULL)
$$;
"""
STAYS = """
CREATE FUNCTION labelling_published_{name}_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {condition} THEN
        RAISE EXCEPTION 'the lines of a published cut-off stay as they were'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER labelling_published_{name}_stays BEFORE {events} ON labelling_{name}
    FOR EACH ROW EXECUTE FUNCTION labelling_published_{name}_stays();
"""
UNGUARDED = """
DROP TRIGGER labelling_published_{name}_stays ON labelling_{name};
DROP FUNCTION labelling_published_{name}_stays();
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ASKED)
        for name, (events, condition) in TABLES.items():
            schema_editor.execute(STAYS.format(name=name, events=events, condition=condition))


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in TABLES:
            schema_editor.execute(UNGUARDED.format(name=name))
        schema_editor.execute("DROP FUNCTION labelling_is_published(bigint)")


class Migration(migrations.Migration):
    dependencies = [("labelling", "0061_labels_of_before_get_them_too")]
    operations = [
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                fields=["cut_off"],
                condition=models.Q(published_at__isnull=False),
                name="published_by_cut_off",
            ),
        ),
        migrations.RunPython(guard, unguard),
    ]
