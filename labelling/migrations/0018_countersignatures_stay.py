"""On PostgreSQL a countersignature refuses every UPDATE and DELETE."""

from django.db import migrations

from gen_portal.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("labelling", "0017_countersignatures")]
    operations = [
        append_only(
            "labelling_countersignature",
            name="labelling_countersignature_stays",
            message="a countersignature stays as it was signed",
        )
    ]
