from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gen_portal.core"
    label = "core"
    verbose_name = "Fondations"

    def ready(self):
        """Nothing is wired here: the checks register themselves when imported."""
        from gen_portal.core import checks  # noqa: F401, PLC0415 – Django loads checks once the models are ready
