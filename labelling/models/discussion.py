"""What the reviewers of a dossier and those who run its call say to each other once the reviews are revealed."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from applications.models import Application
from gen_portal.core import access
from labelling.models.recusal import Recusal
from labelling.models.review import CALL_ROLES, REVIEWED_STATES, Assignment, is_revealed


def judged_dossiers():
    """Those that may be discussed: under review, or decided."""
    return Application.objects.filter(state__in=REVIEWED_STATES)


class DiscussionQuerySet(models.QuerySet):
    def visible_to(self, user, application):
        """Of one dossier, to whom its reviews are revealed; what somebody wrote before they withdrew, to those who run
        the call only."""
        if not is_revealed(user, application):
            return self.none()
        messages = self.filter(application=application)
        if access.has_role(user, *CALL_ROLES):
            return messages
        recused = Recusal.objects.filter(application=OuterRef("application"), user=OuterRef("author"))
        return messages.filter(~Exists(recused))

    def for_page(self):
        """In the order they were written, with the ministry of a reviewer as `ministry_name`."""
        places = Assignment.objects.filter(application=OuterRef("application"), reviewer=OuterRef("author"))
        names = places.order_by(F("ended_at").desc(nulls_first=True)).values("ministry__short_name")
        return self.annotate(ministry_name=Subquery(names[:1])).select_related("author").order_by("pk")


class DiscussionMessage(models.Model):
    """A message on one dossier, kept as it was written."""

    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name="candidature", related_name="discussion_messages"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="auteur", related_name="+")
    text = models.TextField("message", max_length=4000)
    written_at = models.DateTimeField("écrit")

    objects = DiscussionQuerySet.as_manager()

    class Meta:
        verbose_name = "message"
        constraints = [models.CheckConstraint(name="a_message_says_something", condition=~Q(text=""))]

    def __str__(self):
        return f"Message du {self.written_at:%d/%m/%Y}"
