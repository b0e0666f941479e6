"""On PostgreSQL a letter and a version of a template refuse every UPDATE and DELETE."""

from django.db import migrations

from gen_portal.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("labelling", "0040_letters")]
    operations = [
        append_only("labelling_letter", name="labelling_letter_stays", message="a letter stays as it was published"),
        append_only(
            "labelling_lettertemplate",
            name="labelling_letter_template_stays",
            message="a version of a letter stays as it was saved",
        ),
    ]
