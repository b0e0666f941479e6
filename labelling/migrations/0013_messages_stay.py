"""On PostgreSQL a message of a discussion refuses every UPDATE and DELETE."""

from django.db import migrations

from gen_portal.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("labelling", "0012_discussion")]
    operations = [
        append_only(
            "labelling_discussionmessage",
            name="labelling_message_stays_as_written",
            message="a message stays as it was written",
        )
    ]
