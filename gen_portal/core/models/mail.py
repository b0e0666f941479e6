"""The outbox: an e-mail is a row of the caller's transaction first, and is delivered afterwards."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Lower

from gen_portal.core.models.hiding import AboutSubjectQuerySet

#: Stands for an address that was erased; no mail goes there.
FORGOTTEN_ADDRESS = "adresse.effacee@invalid.invalid"


class OutgoingEmailQuerySet(AboutSubjectQuerySet):
    def waiting(self):
        """Neither sent, nor stopped for good, nor in doubt, nor held by staff."""
        return self.filter(sent_at=None, dead_at=None, cancelled_at=None, doubtful_at=None, held_at=None)

    def of_key(self, pk):
        """The one mail, as a set, for what acts on sets."""
        return self.filter(pk=pk)

    def held(self):
        """Kept back by staff: they leave once released."""
        return self.filter(held_at__isnull=False, sent_at=None, dead_at=None, cancelled_at=None, doubtful_at=None)

    def bounced(self):
        """Returned by the recipient's relay, and not seen to by staff since."""
        return self.filter(bounced_at__isnull=False, bounce_lifted_at=None)

    def stopping(self):
        """Those whose return says that the address receives nothing any more."""
        return self.bounced().filter(is_hard_bounce=True)

    def stopped_among(self, addresses):
        """Which of these addresses, in lower case, receive nothing any more."""
        wanted = {address.lower() for address in addresses}
        found = self.stopping().annotate(address=Lower("to_address")).filter(address__in=wanted)
        return set(found.values_list("address", flat=True))

    def due(self, at):
        """Waiting, past their instant, and claimed by nobody (or by somebody who did not come back)."""
        return self.waiting().filter(Q(leased_until=None) | Q(leased_until__lt=at), not_before_at__lte=at)

    def needing_staff(self):
        """Dead letters, and sendings in doubt that nobody could check."""
        return self.filter(Q(dead_at__isnull=False) | Q(doubtful_at__isnull=False), sent_at=None, cancelled_at=None)

    def about(self, subject):
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).order_by("created_at", "pk")

    def about_any(self, subject_type, subject_ids, kinds):
        """Mails of these kinds about any of these subjects."""
        return self.filter(kind__in=kinds, subject_type=subject_type, subject_id__in=subject_ids)

    def by_instant(self):
        """(instant posted, how many, how many left, how many leave no more by themselves), the latest first."""
        stopped = Q(sent_at=None) & (
            Q(dead_at__isnull=False) | Q(doubtful_at__isnull=False) | Q(cancelled_at__isnull=False)
            | Q(held_at__isnull=False)
        )  # fmt: skip
        return self.order_by("-created_at").values_list("created_at").annotate(
            posted=Count("pk"), left=Count("pk", filter=Q(sent_at__isnull=False)), stopped=Count("pk", filter=stopped)
        )  # fmt: skip

    def forget_recipient(self):
        """Nothing is left of whom they went to, nor of what they said; that they left stays known."""
        return self.update(to_address=FORGOTTEN_ADDRESS, text_body="", html_body="", headers={})

    def keys_posted(self, kind, since, until):
        """Keys of the mails of one kind posted in [since, until)."""
        posted = self.filter(kind=kind, created_at__gte=since, created_at__lt=until)
        return list(posted.values_list("key", flat=True))

    def in_history(self, subject, ids):
        """What was written about a subject, directly or (by the keys `ids`) with others; no secret, oldest first."""
        about = Q(subject_type=subject._meta.label_lower, subject_id=subject.pk)
        return self.filter(about | Q(pk__in=ids), is_secret=False).order_by("created_at", "pk")

    def in_state(self, name):
        """The mails of one state of the staff's filter (see OutboxFilterForm); everything for an empty name."""
        by_name = {
            "a-traiter": self.needing_staff,
            "en-attente": self.waiting,
            "envoyes": lambda: self.filter(sent_at__isnull=False),
            "annules": lambda: self.filter(cancelled_at__isnull=False),
            "retenus": self.held,
            "retournes": self.bounced,
        }
        return by_name[name]() if name else self

    def mentioning(self, text):
        """To this address, or with these words in the subject line."""
        return self.filter(Q(to_address__icontains=text) | Q(subject_line__icontains=text)) if text else self

    def counts(self):
        """How many wait, and how many need a person; one query."""
        in_doubt = Q(sent_at=None, cancelled_at=None) & (Q(dead_at__isnull=False) | Q(doubtful_at__isnull=False))
        waiting = Q(sent_at=None, dead_at=None, cancelled_at=None, doubtful_at=None)
        returned = Q(bounced_at__isnull=False, bounce_lifted_at=None)
        return self.aggregate(
            waiting=Count("pk", filter=waiting & Q(held_at=None)),
            needing_staff=Count("pk", filter=in_doubt),
            held=Count("pk", filter=waiting & Q(held_at__isnull=False)),
            bounced=Count("pk", filter=returned),
        )

    def for_page(self):
        return self.defer("text_body", "html_body").order_by("-created_at", "-pk")


class OutgoingEmail(models.Model):
    """One message to one person. What happened to it is told by its instants; there is no state column."""

    key = models.CharField("clé", max_length=200, unique=True, help_text="la même clé n'est jamais postée deux fois")
    kind = models.CharField("modèle", max_length=60)
    to_address = models.EmailField("destinataire")
    subject_line = models.CharField("objet", max_length=200)
    text_body = models.TextField("texte", blank=True)
    html_body = models.TextField("texte mis en forme", blank=True)
    headers = models.JSONField("en-têtes", default=dict, blank=True)
    subject_type = models.CharField("à propos de (type)", max_length=60, blank=True)
    subject_id = models.BigIntegerField("à propos de", null=True, blank=True)
    guard = models.CharField("condition d'envoi", max_length=60, blank=True)
    is_secret = models.BooleanField("corps effacé après envoi", default=False)
    is_legal = models.BooleanField("renvoyé en cas de doute", default=False)

    created_at = models.DateTimeField("posté")
    not_before_at = models.DateTimeField("pas avant")
    leased_until = models.DateTimeField("réservé jusqu'à", null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True, editable=False)
    started_at = models.DateTimeField("envoi commencé", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    last_error = models.TextField("dernière erreur", blank=True)
    sent_at = models.DateTimeField("envoyé", null=True, blank=True)
    dead_at = models.DateTimeField("abandonné", null=True, blank=True)
    doubtful_at = models.DateTimeField("envoi incertain", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulé", null=True, blank=True)
    held_at = models.DateTimeField("retenu", null=True, blank=True)
    bounced_at = models.DateTimeField("retourné", null=True, blank=True)
    is_hard_bounce = models.BooleanField("adresse qui ne reçoit plus", default=False)
    bounce_reason = models.TextField("motif du retour", blank=True)
    bounce_lifted_at = models.DateTimeField("retour traité", null=True, blank=True)

    objects = OutgoingEmailQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel à envoyer"
        verbose_name_plural = "courriels à envoyer"
        indexes = [
            models.Index(
                fields=["not_before_at", "id"],
                name="outbox_waiting",
                condition=Q(sent_at=None, dead_at=None, cancelled_at=None, doubtful_at=None, held_at=None),
            ),
            models.Index(fields=["subject_type", "subject_id"], name="outbox_by_subject"),
            models.Index(fields=["bounced_at"], name="outbox_bounced", condition=Q(bounced_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_sent_email_was_neither_dead_nor_cancelled",
                condition=Q(sent_at=None) | Q(dead_at=None, cancelled_at=None),
            ),
            models.CheckConstraint(
                name="only_what_came_back_stops_an_address",
                condition=Q(bounced_at__isnull=False) | Q(is_hard_bounce=False, bounce_lifted_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.kind} pour {self.to_address}"

    @property
    def state(self):
        """What its instants tell, as one word (the badge of the staff's pages)."""
        told = (
            ("bounced", self.bounced_at),
            ("sent", self.sent_at),
            ("cancelled", self.cancelled_at),
            ("dead", self.dead_at),
            ("doubtful", self.doubtful_at),
            ("held", self.held_at),
        )
        return next((word for word, instant in told if instant), "waiting")

    @property
    def state_label(self):
        return {
            "sent": "envoyé",
            "cancelled": "annulé",
            "dead": "abandonné",
            "doubtful": "envoi incertain",
            "waiting": "en attente",
            "held": "retenu",
            "bounced": "retourné",
        }[self.state]

    def forget_secret(self):
        """The body of a mail with a secret is not kept once it left or was cancelled; the caller saves."""
        if self.is_secret:
            self.text_body = self.html_body = ""

    @property
    def message_id(self):
        """The same for every attempt, so that a relay can be asked whether it already has the message."""
        digest = hashlib.sha256(f"{settings.SECRET_KEY}:{self.key}".encode()).hexdigest()[:40]
        return f"<{digest}@{settings.PORTAL_URL.split('://')[-1].split(':')[0]}>"
