from django.apps import AppConfig


class FabriquesConfig(AppConfig):
    name = "fabriques"
    verbose_name = "Fabriques"
