from django.apps import AppConfig


class LabellingConfig(AppConfig):
    name = "labelling"
    verbose_name = "Labellisation"

    def ready(self):
        """The outbox learns under which condition a mail about a place still leaves."""
        from gen_portal.core import outbox  # noqa: PLC0415 – models are ready only now
        from labelling.emails import regional, reviews  # noqa: PLC0415

        outbox.register_guard(reviews.GUARD, reviews.place_is_held, reviews.lock_places)
        outbox.register_guard(regional.GUARD, regional.region_is_served, regional.lock_people)
        outbox.register_guard(reviews.REMINDER_GUARD, reviews.has_work, reviews.lock_work)
