"""On PostgreSQL the versions of a report refuse every UPDATE and DELETE: what was filed stays as it was filed."""

from django.db import migrations

from gen_portal.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("fabriques", "0004_drafts_documents_and_uploads")]
    operations = [
        append_only(
            "fabriques_reportversion",
            name="fabriques_versions_are_append_only",
            message="the versions of a report are append-only",
        )
    ]
