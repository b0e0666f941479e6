from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The roof: url table, home, desk, demo and the commands that know every floor."""

    name = "gen_portal"
    label = "portal"
    verbose_name = "Portail"
