"""Every value an answer ever had, and the fingerprint by which a writer says which value was before their eyes."""

import hashlib
import json

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from applications.models.application import Application
from applications.models.sections import SITES


class AnswerVersionQuerySet(models.QuerySet):
    def of_answer(self, application, name):
        """The versions of one answer, the latest first."""
        return self.filter(application=application, name=name).order_by("-number")

    def numbered(self, number):
        """The one with this number, as an address or a form gives it; none for what is not a number."""
        return self.filter(number=number) if number.isascii() and number.isdigit() else self.none()

    def latest(self, application, names):
        """The last version of each of these answers."""
        rows = self.filter(application=application, name__in=names)
        return rows.filter(pk__in=rows.values("name").annotate(last=models.Max("pk")).values("last"))

    def for_page(self):
        return self.select_related("by")

    def without_values(self):
        """Who and when only: the values of a long answer would weigh."""
        return self.defer("value")

    def counts(self):
        """How many versions each answer has, by its name."""
        return dict(self.order_by("name").values_list("name").annotate(count=models.Count("pk")))


class AnswerVersion(models.Model):
    """One value that an answer had: the last row of an answer is what the dossier holds now. Append-only.

    `by` is nobody for a value that was there before anybody answered here: carried over from an earlier dossier.
    """

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="candidature", related_name="versions")
    name = models.CharField("réponse", max_length=60)
    number = models.PositiveIntegerField("numéro")
    value = models.JSONField("valeur", null=True, encoder=DjangoJSONEncoder)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="auteur", null=True, related_name="+")
    at = models.DateTimeField("instant")

    objects = AnswerVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "version d'une réponse"
        verbose_name_plural = "versions des réponses"
        constraints = [
            models.UniqueConstraint(name="versions_are_numbered_per_answer", fields=["application", "name", "number"])
        ]

    def __str__(self):
        return f"{self.name}, version {self.number}"


def json_value(value):
    """An answer as JSON can keep it: a date is its ISO day, sites are their sorted keys, lines end in one way."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    if isinstance(value, list) and all(isinstance(row, models.Model) for row in value):
        return sorted(row.pk for row in value)
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def stored_value(application, name):
    """What the dossier answers now, as JSON can keep it."""
    return json_value(list(application.sites.all()) if name == SITES else getattr(application, name))


def fingerprint(value):
    """The version of an answer: 24 hexadecimal digits of its JSON value, so that equal values are one version."""
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:24]


def column_value(name, value):
    """The JSON value of an answer, as its column holds it."""
    return Application._meta.get_field(name).to_python(value)


def blank_value(name):
    """The JSON value of an answer that nobody gave."""
    return [] if name == SITES else json_value(Application._meta.get_field(name).get_default())


def is_long_text(name):
    """Whether an answer is prose of several lines, where two texts can stand one after the other."""
    return name != SITES and isinstance(Application._meta.get_field(name), models.TextField)
