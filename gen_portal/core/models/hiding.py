"""What does not exist for one person, whatever their rights: a dossier they withdrew from, with its journal and its mails."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef


class HiddenSubjectQuerySet(models.QuerySet):
    def hide(self, user, subject, *, at):
        """From this instant a row of any model is nothing to a person; twice is once."""
        self.get_or_create(
            user=user, subject_type=subject._meta.label_lower, subject_id=subject.pk, defaults={"since_at": at}
        )

    def keys(self, user, subject_type):
        """Primary keys of the rows of a model (« app.model ») that are hidden from a person, as a subquery."""
        return self.filter(user=user, subject_type=subject_type).values("subject_id")


class HiddenSubject(models.Model):
    """One row of any model, hidden from one person for ever. Floors write it; queries of what one may see leave it out."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="personne", related_name="+")
    subject_type = models.CharField("type d'objet", max_length=60)
    subject_id = models.BigIntegerField("objet")
    since_at = models.DateTimeField("depuis")

    objects = HiddenSubjectQuerySet.as_manager()

    class Meta:
        verbose_name = "objet caché à une personne"
        verbose_name_plural = "objets cachés à une personne"
        constraints = [
            models.UniqueConstraint(
                name="a_subject_is_hidden_once_from_a_person", fields=["user", "subject_type", "subject_id"]
            )
        ]

    def __str__(self):
        return f"{self.subject_type} {self.subject_id}, caché à {self.user}"


#: What is hidden with something else: (« app.model » of the owner, its hidden keys → keys), by « app.model ».
_WITH_THEIR_OWNER = {}


def hide_with(subject_type, owner_type, keys_of):
    """Rows of a model are hidden with the row they belong to: `keys_of` turns hidden keys of owners into theirs."""
    _WITH_THEIR_OWNER[subject_type] = (owner_type, keys_of)


class AboutSubjectQuerySet(models.QuerySet):
    """Rows about a subject (`subject_type`, `subject_id`)."""

    def open_to(self, user):
        """Those about nothing that is hidden from a person, nor about what belongs to it."""
        hidden = HiddenSubject.objects.filter(
            user=user, subject_type=OuterRef("subject_type"), subject_id=OuterRef("subject_id")
        )
        rows = self.filter(~Exists(hidden))
        for subject_type, (owner_type, keys_of) in _WITH_THEIR_OWNER.items():
            owners = HiddenSubject.objects.keys(user, owner_type)
            rows = rows.exclude(subject_type=subject_type, subject_id__in=keys_of(owners))
        return rows
