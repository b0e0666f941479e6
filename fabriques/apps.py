from django.apps import AppConfig


class FabriquesConfig(AppConfig):
    name = "fabriques"
    verbose_name = "Fabriques"

    def ready(self):
        """The outbox learns under which condition a reminder still leaves."""
        from fabriques import emails, letters  # noqa: PLC0415 – models are ready only now
        from gen_portal.core import outbox  # noqa: PLC0415

        outbox.register_guard(emails.GUARD, emails.reminder_is_wanted, emails.lock_mentioned)
        outbox.register_guard(letters.POINT_GUARD, letters.point_reminder_is_wanted, letters.lock_points)
