from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from fabriques.change_log import install_on_sqlite


def _note_changes(using, **_):
    """A migration on SQLite may have lost the triggers of a table it made anew."""
    install_on_sqlite(connections[using])


class FabriquesConfig(AppConfig):
    name = "fabriques"
    verbose_name = "Fabriques"

    def ready(self):
        """The outbox learns under which condition a reminder still leaves."""
        from fabriques import emails, letters  # noqa: PLC0415 – models are ready only now
        from gen_portal.core import outbox  # noqa: PLC0415

        outbox.register_guard(emails.GUARD, emails.reminder_is_wanted, emails.lock_mentioned)
        outbox.register_guard(letters.POINT_GUARD, letters.point_reminder_is_wanted, letters.lock_points)
        post_migrate.connect(_note_changes, sender=self)
