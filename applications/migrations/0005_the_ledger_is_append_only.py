"""On PostgreSQL the ledger of filing refuses every UPDATE and DELETE: what was tried stays written."""

from django.db import migrations

from gen_portal.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("applications", "0004_ledger_receipts_and_deadlines")]
    operations = [
        append_only(
            "applications_filingattempt",
            name="applications_ledger_is_append_only",
            message="the ledger of filing is append-only",
        )
    ]
