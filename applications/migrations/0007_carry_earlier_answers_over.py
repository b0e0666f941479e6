"""The budget and the first start, which were single answers, become the first lines of their tables; nothing is removed."""

from django.db import migrations


def fill_tables(apps, schema_editor):
    """A budget without expenses gets one line that says its origin; a first start, its dated session."""
    applications = apps.get_model("applications", "Application").objects
    kept = applications.exclude(total_budget_euros=None, first_start_on=None)
    for application in kept.order_by("pk").iterator(chunk_size=200):
        if application.total_budget_euros is not None and not application.expenses:
            application.expenses = [
                {"head": "other", "detail": "Budget total déclaré", "amount_euros": application.total_budget_euros}
            ]
        if application.first_start_on and not application.planned_sessions:
            application.planned_sessions = [
                {
                    "starts_on": application.first_start_on.isoformat(),
                    "ends_on": "",
                    "seat_count": application.seat_count,
                    "place": "",
                }
            ]
        application.save(update_fields=["expenses", "planned_sessions"])


class Migration(migrations.Migration):
    dependencies = [("applications", "0006_twelve_sections")]

    operations = [migrations.RunPython(fill_tables, migrations.RunPython.noop)]
