from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LabellingConfig(AppConfig):
    name = "labelling"
    verbose_name = "Labellisation"

    def ready(self):
        """The outbox learns when a mail about a place still leaves, the journal what hides with a dossier."""
        from gen_portal.core import outbox  # noqa: PLC0415 – models are ready only now
        from gen_portal.core.models.hiding import hide_with  # noqa: PLC0415
        from labelling.emails import regional, reviews  # noqa: PLC0415
        from labelling.models import Decision, Review  # noqa: PLC0415
        from labelling.shipping import ship_after_migrating  # noqa: PLC0415

        for model, path in ((Review, "assignment__application"), (Decision, "application")):
            hide_with(
                model._meta.label_lower,
                "applications.application",
                lambda dossiers, rows=model.objects, path=path: rows.filter(**{f"{path}__in": dossiers}).values("pk"),
            )
        post_migrate.connect(ship_after_migrating, sender=self, dispatch_uid="labelling.letter_templates")
        outbox.register_guard(reviews.GUARD, reviews.place_is_held, reviews.lock_places)
        outbox.register_guard(regional.GUARD, regional.region_is_served, regional.lock_people)
        outbox.register_guard(reviews.REMINDER_GUARD, reviews.has_work, reviews.lock_work)
