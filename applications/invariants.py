"""What must always hold of dossiers and their filings; each function yields French sentences, none means sound."""

from itertools import groupby, pairwise

from django.db.models import Count, Exists, F, OuterRef, Q

from applications import archive
from applications.models import (
    Application,
    ApplicationState,
    CutOff,
    JournalAction,
    Membership,
    Signature,
    Structure,
    Submission,
)
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry

#: The act that leads to each state; a dossier's journal ends on one of them (joining documents does not change a state).
_LAST_ACTS = {
    JournalAction.STARTED: ApplicationState.DRAFT,
    JournalAction.SUBMITTED: ApplicationState.SUBMITTED,
    JournalAction.RETURNED: ApplicationState.RETURNED,
    JournalAction.COMPLETION_DROPPED: ApplicationState.SUBMITTED,
    JournalAction.DECLARED_ADMISSIBLE: ApplicationState.ADMISSIBLE,
    JournalAction.DECLARED_INADMISSIBLE: ApplicationState.INADMISSIBLE,
    JournalAction.REVIEW_STARTED: ApplicationState.UNDER_REVIEW,
    JournalAction.MOVED_TO_CUT_OFF: ApplicationState.UNDER_REVIEW,
    JournalAction.CLOSED: ApplicationState.DECIDED,
    JournalAction.WITHDRAWN: ApplicationState.WITHDRAWN,
    JournalAction.REOPENED: ApplicationState.DRAFT,
}


def broken():
    """Every broken invariant of this floor, one sentence each."""
    yield from filed_without_filing()
    yield from filed_too_late()
    yield from unordered_timetables()
    yield from changed_archives()
    yield from twice_in_the_running()
    yield from totals_that_do_not_follow()
    yield from told_otherwise_by_the_journal()
    yield from without_owner()
    yield from signed_otherwise()


def filed_without_filing():
    """A dossier is filed if and only if it has a Submission and the instant of the first one; a reopened one begins anew."""
    has_filing = Exists(Submission.objects.filter(application=OuterRef("pk")))
    acts = JournalEntry.objects.filter(subject_type=Application._meta.label_lower, subject_id=OuterRef("pk"))
    was_reopened = Exists(acts.filter(action=JournalAction.REOPENED))
    dossiers = Application.objects.annotate(has_filing=has_filing, was_reopened=was_reopened).order_by("pk")
    faulty = Q(has_filing=False, submitted_at__isnull=False)
    faulty |= Q(has_filing=True, submitted_at=None, was_reopened=False)
    for application in dossiers.filter(faulty).iterator():
        yield f"Dossier {application.reference} : son instant de dépôt et ses dépôts ne concordent pas."
    drafts = dossiers.filter(state=ApplicationState.DRAFT, has_filing=True, was_reopened=False)
    for application in drafts.iterator():
        yield f"Dossier {application.reference} : brouillon alors qu'il a été déposé."


def filed_too_late():
    """The first filing came before the end of its term; the next ones answer a request, or follow a reopening."""
    filings = Submission.objects.select_related("cut_off", "application").order_by("application_id", "filed_at", "pk")
    for _, group in groupby(filings.iterator(), key=lambda filing: filing.application_id):
        first, *next_ones = group
        if first.filed_at >= (first.term_ends_at or first.cut_off.closes_at):
            yield f"Dépôt {first.number} : enregistré après la clôture de son relevé."
        for filing in next_ones:
            if not (_was_asked_for(filing) or _was_reopened(filing)):
                yield f"Dépôt {filing.number} : il n'est ni le premier, ni la réponse à une demande de complément."


def _was_reopened(filing):
    acts = JournalEntry.objects.about(filing.application)
    return acts.filter(action=JournalAction.REOPENED, at__lte=filing.filed_at).exists()


def unordered_timetables():
    """The cut-offs of a call close in their order, and so do the days on which their results are expected."""
    cut_offs = CutOff.objects.select_related("call").order_by("call_id", "number")
    for earlier, later in pairwise(cut_offs.iterator()):
        if earlier.call_id != later.call_id:
            continue
        results = (earlier.results_expected_on, later.results_expected_on)
        if earlier.closes_at >= later.closes_at or (all(results) and results[0] > results[1]):
            yield f"Appel {later.call.slug} : le {str(later).lower()} ne vient plus après le précédent."


def _was_asked_for(filing):
    dossier = filing.application
    is_in_time = dossier.completion_due_on is not None and filing.filed_at < clock.end_of(dossier.completion_due_on)
    asked = JournalEntry.objects.about(dossier).filter(action=JournalAction.RETURNED, at__lte=filing.filed_at)
    return is_in_time and asked.exists()


def changed_archives():
    """The fingerprint of each archive, computed again."""
    for filing in Submission.objects.order_by("pk").iterator(chunk_size=200):
        if archive.digest(filing.archive) != filing.sha256:
            yield f"Dépôt {filing.number} : son contenu n'est plus celui dont l'empreinte a été remise au déposant."


def twice_in_the_running():
    """One live dossier per call and training."""
    live = Application.objects.live().values("call__slug", "training__reference").annotate(count=Count("pk"))
    for row in live.filter(count__gt=1).order_by("call__slug", "training__reference"):
        yield f"Formation {row['training__reference']} : plusieurs dossiers en course dans l'appel {row['call__slug']}."
    other = Application.objects.filter(cut_off__isnull=False).exclude(cut_off__call=F("call")).order_by("pk")
    for application in other.iterator():
        yield f"Dossier {application.reference} : son relevé est celui d'un autre appel."


def totals_that_do_not_follow():
    """The total of a budget is the sum of its expenses, once they are described."""
    rows = Application.objects.order_by("pk").only("reference", "expenses", "total_budget_euros")
    for application in rows.iterator(chunk_size=500):
        kept = application.total_budget_euros
        application.settle_totals()
        if application.expenses and application.total_budget_euros != kept:
            yield f"Dossier {application.reference} : son budget total n'est pas la somme de ses dépenses."


def told_otherwise_by_the_journal():
    """The last act that changes a state leads to the present one."""
    acts = JournalEntry.objects.filter(subject_type=Application._meta.label_lower, action__in=list(_LAST_ACTS))
    told = {}
    for pk, action in acts.order_by("number").values_list("subject_id", "action").iterator():
        told[pk] = _LAST_ACTS[action]
    for application in Application.objects.order_by("pk").only("pk", "reference", "state").iterator():
        if told.get(application.pk) != application.state:
            yield f"Dossier {application.reference} : son état n'est pas celui où mène le dernier acte de son journal."


def without_owner():
    """Each structure has somebody who can file for it and invite others."""
    owners = Membership.objects.owners().filter(structure=OuterRef("pk"))
    for structure in Structure.objects.filter(~Exists(owners)).order_by("pk").iterator():
        yield f"Structure {structure.reference} : plus personne n'en est responsable."


def signed_otherwise():
    """Each filing bears a signature, given before it, of exactly its content."""
    filings = Submission.objects.select_related("application").order_by("pk")
    for filing in filings.iterator(chunk_size=200):
        signed = archive.digest(archive.unsigned(filing.archive))
        rows = Signature.objects.of_content(signed).filter(
            application=filing.application, signed_at__lte=filing.filed_at
        )
        if filing.archive.get("signature", {}).get("content_sha256") != signed or not rows.exists():
            yield f"Dépôt {filing.number} : son contenu n'est pas celui qui a été signé."
