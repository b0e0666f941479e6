"""A mail that an officer wrote once to the structures of a list of the staff map."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gen_portal.core.references import new_reference


class ListMailQuerySet(models.QuerySet):
    def of_layer(self, code):
        return self.filter(layer=code)

    def latest_first(self):
        return self.select_related("sent_by").order_by("-sent_at", "-pk")


class ListMail(models.Model):
    """What was sent, to which list, by whom. `key` comes with the form: the same one never sends twice.

    The mails themselves are rows of the outbox about this one.
    """

    reference = models.CharField("référence", max_length=20, unique=True, default=new_reference)
    key = models.CharField("clé", max_length=40, unique=True)
    layer = models.CharField("couche", max_length=20)
    described = models.CharField("liste", max_length=400, help_text="la couche et ses filtres, en mots")
    query = models.TextField("filtres", blank=True)
    subject_line = models.CharField("objet", max_length=150)
    text = models.TextField("texte")
    recipient_count = models.PositiveIntegerField("destinataires", default=0)
    sent_at = models.DateTimeField("envoyé")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="par", related_name="+")

    objects = ListMailQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel à une liste"
        verbose_name_plural = "courriels à une liste"
        constraints = [
            models.CheckConstraint(name="a_list_mail_says_something", condition=~Q(subject_line="") & ~Q(text=""))
        ]

    def __str__(self):
        return f"{self.subject_line} ({self.described})"
