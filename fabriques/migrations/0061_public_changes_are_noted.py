"""Every change of what the map shows is noted by the database itself; releases and their files never change."""

from django.db import migrations

from fabriques import change_log
from gen_portal.core.append_only import append_only


def forward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in change_log.postgresql_up():
            schema_editor.execute(statement)


def backward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in change_log.postgresql_down():
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("fabriques", "0060_open_data"),
        ("labelling", "0001_initial"),
        ("applications", "0001_initial"),
        ("core", "0001_initial"),
    ]
    operations = [
        migrations.RunPython(forward, backward),
        append_only(
            "fabriques_registryrelease",
            name="fabriques_releases_never_change",
            message="a release of the data never changes",
        ),
        append_only(
            "fabriques_releasefile",
            name="fabriques_release_files_never_change",
            message="a file of a release never changes",
        ),
    ]
