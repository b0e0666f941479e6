"""What goes on the agenda of a meeting, and in which order: open disagreements, then by rank, second readings last."""

from django.db.models import Case, F, IntegerField, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from applications.models import ApplicationState
from labelling.models.disagreement import has_open_disagreement
from labelling.models.docket import dossiers_to_decide
from labelling.models.meeting import AgendaItem, ItemState, is_on_an_agenda


def dossiers_to_examine(meeting, user):
    """Dossiers under review in the cut-off of a meeting that no meeting has settled nor still has to examine, that a
    person may hear judged, in the order of an agenda; each with its `reading`."""
    again = AgendaItem.objects.in_cut_off(meeting.cut_off_id).filter(application=OuterRef("pk"))
    sent_back = again.filter(state=ItemState.SECOND_READING).order_by().values("application")
    earlier = Subquery(sent_back.annotate(last=Max("reading")).values("last"), output_field=IntegerField())
    found = dossiers_to_decide(user).filter(cut_off=meeting.cut_off_id, state=ApplicationState.UNDER_REVIEW)
    found = found.exclude(is_on_an_agenda(meeting.cut_off_id)).exclude(agenda_items__meeting=meeting)
    turn = Case(
        When(earlier__isnull=False, then=Value(2)), When(has_open_disagreement(), then=Value(0)), default=Value(1)
    )
    found = found.annotate(earlier=earlier).annotate(reading=Coalesce("earlier", 0) + 1, turn=turn)
    return found.order_by("turn", F("figures__mean").desc(nulls_last=True), "pk")


def arbitrations_of(meeting):
    """What was arbitrated on the dossiers of a meeting before it closed, by the key of the dossier."""
    items = meeting.items.select_related("application").prefetch_related("application__disagreements__closed_by")
    return {
        item.application_id: [
            each for each in item.application.disagreements.all()
            if each.closed_by_id and each.closed_at <= meeting.closed_at
        ]
        for item in items
    }  # fmt: skip


def lacks_arbitration(item):
    """Whether a disagreement between the reviews of its dossier is still open."""
    return item.application.disagreements.open().exists()


def is_settled_elsewhere(item):
    """Whether another point of the same cut-off has settled its dossier."""
    settled = AgendaItem.objects.settled().in_cut_off(item.meeting.cut_off_id)
    return settled.filter(Q(application=item.application_id)).exclude(pk=item.pk).exists()
