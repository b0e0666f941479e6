"""On PostgreSQL a declaration of interests refuses every UPDATE and DELETE: it is kept as it was signed."""

from django.db import migrations

from gen_portal.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("labelling", "0003_interest_declarations")]
    operations = [
        append_only(
            "labelling_interestdeclaration",
            name="labelling_declaration_stays_as_signed",
            message="a declaration of interests stays as it was signed",
        )
    ]
