"""On PostgreSQL the published versions of a page refuse every UPDATE and DELETE."""

from django.db import migrations

from gen_portal.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("fabriques", "0100_own_pages_and_network")]
    operations = [
        append_only(
            "fabriques_pageversion",
            name="fabriques_page_versions_never_change",
            message="a published version of a page never changes",
        )
    ]
