"""The meeting of the committee on a cut-off: its agenda, what was concluded on each dossier, and by whose votes."""

from dataclasses import dataclass

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q

from applications.models import Application, CutOff
from labelling.models.decision import Outcome
from labelling.models.partaking import dossiers_kept_from, may_sit


class MeetingState(models.TextChoices):
    PLANNED = "planned", "prévue"
    OPEN = "open", "ouverte"
    ADJOURNED = "adjourned", "suspendue"
    CLOSED = "closed", "close"


class ItemState(models.TextChoices):
    WAITING = "waiting", "à examiner"
    LIVE = "live", "en cours d'examen"
    SETTLED = "settled", "conclu"
    SECOND_READING = "second_reading", "renvoyé en seconde lecture"
    ADJOURNED = "adjourned", "reporté à une autre séance"


class SettlingMode(models.TextChoices):
    VOTE = "vote", "vote"
    CONSENSUS = "consensus", "consensus"


class VoteChoice(models.TextChoices):
    """An outcome, or none."""

    LABELLED = Outcome.LABELLED.value, Outcome.LABELLED.label
    CONDITIONAL = Outcome.CONDITIONAL.value, Outcome.CONDITIONAL.label
    DEFERRED = Outcome.DEFERRED.value, Outcome.DEFERRED.label
    REFUSED = Outcome.REFUSED.value, Outcome.REFUSED.label
    ABSTENTION = "abstention", "abstention"


#: Agendas of these are still worked on.
UNFINISHED_STATES = (MeetingState.PLANNED, MeetingState.OPEN, MeetingState.ADJOURNED)


class CommitteeMeetingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Members of the committee and those who run the call see that every meeting exists."""
        return self if user.is_authenticated and may_sit(user) else self.none()

    def of_call(self, call):
        return self.filter(cut_off__call=call)

    def unfinished(self):
        return self.filter(state__in=UNFINISHED_STATES)

    def others_of_cut_off(self, meeting):
        """The other meetings of its cut-off that are not over."""
        return self.unfinished().filter(cut_off=meeting.cut_off_id).exclude(pk=meeting.pk)

    def with_item_count(self, user):
        """Adds `item_count`: the points that exist for a person."""
        shown = ~Q(items__application__in=dossiers_kept_from(user).values("pk"))
        return self.annotate(item_count=Count("items", filter=shown))

    def for_page(self):
        return self.select_related("cut_off__call", "chair", "secretary", "minutes").order_by("-planned_at", "-pk")


class CommitteeMeeting(models.Model):
    """One meeting of a cut-off. It may be adjourned and resumed; once closed it no longer changes."""

    cut_off = models.ForeignKey(CutOff, models.PROTECT, verbose_name="relevé", related_name="meetings")
    number = models.PositiveSmallIntegerField("rang dans le relevé")
    planned_at = models.DateTimeField("prévue")
    place = models.CharField("lieu ou visioconférence", max_length=300)
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="présidence", related_name="+")
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="secrétariat", null=True, blank=True, related_name="+"
    )
    quorum = models.PositiveSmallIntegerField("quorum, en membres", validators=[MinValueValidator(1)])
    state = models.CharField("état", max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    opened_at = models.DateTimeField("ouverte", null=True, blank=True)
    closed_at = models.DateTimeField("close", null=True, blank=True)

    objects = CommitteeMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "séance du comité"
        verbose_name_plural = "séances du comité"
        constraints = [
            models.UniqueConstraint(name="meetings_are_numbered_within_a_cut_off", fields=["cut_off", "number"]),
            models.CheckConstraint(name="a_quorum_is_at_least_one_member", condition=Q(quorum__gte=1)),
            models.CheckConstraint(
                name="a_meeting_that_is_not_planned_was_opened",
                condition=Q(state="planned", opened_at=None) | (~Q(state="planned") & Q(opened_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_closed_meeting_says_when_after_it_opened",
                condition=Q(state="closed", closed_at__gte=F("opened_at")) | (~Q(state="closed") & Q(closed_at=None)),
            ),
        ]

    def __str__(self):
        return f"séance {self.number} du {str(self.cut_off).lower()}"

    @property
    def is_open(self):
        return self.state == MeetingState.OPEN

    @property
    def is_closed(self):
        return self.state == MeetingState.CLOSED

    @property
    def is_unfinished(self):
        return self.state in UNFINISHED_STATES

    @property
    def is_sealed(self):
        return hasattr(self, "minutes")


class AgendaItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A point is nothing, to whoever must not hear its dossier judged, nor to who takes no part in meetings."""
        if not (user.is_authenticated and may_sit(user)):
            return self.none()
        return self.exclude(application__in=dossiers_kept_from(user).values("pk"))

    def waiting(self):
        return self.filter(state=ItemState.WAITING)

    def live(self):
        return self.filter(state=ItemState.LIVE)

    def settled(self):
        return self.filter(state=ItemState.SETTLED)

    def in_cut_off(self, cut_off):
        return self.filter(meeting__cut_off=cut_off)

    def of_dossier(self, reference):
        """Its readings in a meeting, the latest last."""
        return self.filter(application__reference=reference).order_by("reading")

    def last_position(self):
        return self.aggregate(last=Max("position"))["last"] or 0

    def neighbour(self, item, *, is_before):
        """The waiting point just before or just after another one, None at an end."""
        around = self.waiting().exclude(pk=item.pk)
        if is_before:
            return around.filter(position__lt=item.position).order_by("-position").first()
        return around.filter(position__gt=item.position).order_by("position").first()

    def in_order(self):
        return self.order_by("position", "pk")

    def for_page(self):
        """In the order of the agenda, with their dossiers and votes."""
        votes = Prefetch("votes", Vote.objects.select_related("person").by_name())
        found = self.select_related("application__training__structure__commune", "meeting__cut_off__call")
        return found.prefetch_related(votes).in_order()


class AgendaItem(models.Model):
    """A dossier in a meeting. What sends it to a second reading ends this point and opens another one."""

    meeting = models.ForeignKey(CommitteeMeeting, models.PROTECT, verbose_name="séance", related_name="items")
    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name="candidature", related_name="agenda_items"
    )
    position = models.PositiveIntegerField("place")
    reading = models.PositiveSmallIntegerField("lecture", default=1)
    state = models.CharField("état", max_length=14, choices=ItemState, default=ItemState.WAITING)
    mode = models.CharField("mode", max_length=10, choices=SettlingMode, blank=True)
    outcome = models.CharField("issue", max_length=12, choices=Outcome, blank=True)
    reasons = models.TextField("motifs", max_length=2000, blank=True)
    present = models.JSONField("clés des membres qui ont pris part", default=list)
    apart = models.JSONField("clés des membres présents qui sont sortis", default=list)
    opened_at = models.DateTimeField("ouvert", null=True, blank=True)
    vote_opened_at = models.DateTimeField("vote ouvert", null=True, blank=True)
    settled_at = models.DateTimeField("terminé", null=True, blank=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = "point de l'ordre du jour"
        verbose_name_plural = "points de l'ordre du jour"
        constraints = [
            models.UniqueConstraint(
                name="one_item_per_meeting_dossier_and_reading", fields=["meeting", "application", "reading"]
            ),
            models.UniqueConstraint(
                name="at_most_one_live_item_per_meeting", fields=["meeting"], condition=Q(state="live")
            ),
            models.CheckConstraint(
                name="a_live_item_was_opened", condition=~Q(state="live") | Q(opened_at__isnull=False)
            ),
            models.CheckConstraint(
                name="a_vote_opens_after_its_item",
                condition=Q(vote_opened_at=None) | Q(opened_at__isnull=False, vote_opened_at__gte=F("opened_at")),
            ),
            models.CheckConstraint(
                name="a_settled_item_says_how_when_and_why",
                condition=(
                    Q(state="settled", settled_at__gte=F("opened_at"))
                    & ~Q(mode="") & ~Q(outcome="") & ~Q(reasons="")
                ) | (~Q(state="settled") & Q(mode="", outcome="")),
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.application} ({self.meeting})"

    @property
    def is_waiting(self):
        return self.state == ItemState.WAITING

    @property
    def is_live(self):
        return self.state == ItemState.LIVE

    @property
    def is_settled(self):
        return self.state == ItemState.SETTLED

    @property
    def is_voting(self):
        return self.is_live and self.vote_opened_at is not None


class VoteQuerySet(models.QuerySet):
    def of(self, person):
        return self.filter(person=person)

    def by_name(self):
        return self.order_by("person__last_name", "person__first_name", "person_id")


class Vote(models.Model):
    """The voice of one person on one point; they may change it until the point is settled."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, verbose_name="point", related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="personne", related_name="+")
    choice = models.CharField("voix", max_length=12, choices=VoteChoice)
    cast_at = models.DateTimeField("donnée")

    objects = VoteQuerySet.as_manager()

    class Meta:
        verbose_name = "voix"
        verbose_name_plural = "voix"
        constraints = [models.UniqueConstraint(name="one_vote_per_person_and_item", fields=["item", "person"])]

    def __str__(self):
        return f"{self.person} : {self.get_choice_display()}"


@dataclass(frozen=True)
class Conclusion:
    """What the committee concluded on a dossier at a cut-off."""

    outcome: Outcome
    text: str
    meeting: CommitteeMeeting


def conclusion_of(application, cut_off):
    """The settled conclusion on a dossier at a cut-off, None while there is none. It is for whoever may see the dossier."""
    settled = AgendaItem.objects.settled().in_cut_off(cut_off).filter(application=application)
    item = settled.select_related("meeting__cut_off__call").order_by("settled_at").last()
    return Conclusion(Outcome(item.outcome), item.reasons, item.meeting) if item else None


def conclusions_of(cut_off):
    """{key of a dossier: (outcome, reasons)} of all that the committee settled at a cut-off; the latest counts."""
    items = AgendaItem.objects.settled().in_cut_off(cut_off).order_by("settled_at")
    return {key: (Outcome(outcome), text) for key, outcome, text in items.values_list("application", "outcome", "reasons")}


def is_on_an_agenda(cut_off):
    """Condition on dossiers: settled in a meeting of the cut-off, or waiting on the agenda of one that is not over."""
    items = AgendaItem.objects.in_cut_off(cut_off).filter(application=OuterRef("pk"))
    waiting = Q(state__in=[ItemState.WAITING, ItemState.LIVE], meeting__state__in=UNFINISHED_STATES)
    return Exists(items.filter(Q(state=ItemState.SETTLED) | waiting))
