"""System checks: what must never reach production is refused by `manage.py check`, and so by every start."""

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security)
def demo_stays_out_of_production(app_configs, **kwargs):
    """Demo mode publishes passwords and second factors: with HTTPS on, it is an error."""
    if settings.DEMO and settings.HTTPS:
        return [
            Error("Le mode démonstration est refusé quand HTTPS est actif : ses secrets sont publics.", id="core.E001")
        ]
    return []
