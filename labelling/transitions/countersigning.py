"""The committee member of a ministry countersigns what its reviewers submitted: several at once, or none."""

from django.db import transaction

from applications.models import Application
from gen_portal.core import access, clock
from gen_portal.core.workflow import Refused, lock_rows, record
from labelling.models import Countersignature, JournalAction
from labelling.models.countersigning import ministries_led, reviews_led
from labelling.models.evidence import ties_of


@transaction.atomic
def countersign_reviews(seen, *, by):
    """Stand for these values: pairs (key of a review, number of the value that was read). Twice is once.

    Refused, and nothing is signed, for a review that changed since, one that no longer counts, on a dossier with which the
    person has a tie, to anybody but the committee member of its ministry today, and when nothing is chosen.
    """
    if not seen:
        raise Refused("Cochez les évaluations que vous contresignez.")
    now = clock.now()
    dossiers = Application.objects.filter(assignments__review__in=[pk for pk, _ in seen]).values("pk")
    lock_rows(Application.objects.filter(pk__in=dossiers))
    if not ministries_led(access.as_of(by, now)):  # a capacity that ended this morning no longer signs
        raise Refused("Seul le membre du comité d'un ministère contresigne les évaluations de ses instructeurs.")
    found = {review.pk: review for review in reviews_led(by).for_page().select_related("assignment__application")}
    for pk, number in sorted(seen):
        _sign(found.get(pk), number, by, now)
    return len(seen)


def _sign(review, number, by, now):
    if review is None:
        raise Refused("Une de ces évaluations n'est plus à contresigner : rechargez la page. Rien n'a été contresigné.")
    if review.value_number != number:
        dossier = review.assignment.application
        raise Refused(
            f"{review.assignment.reviewer} a changé d'avis sur {dossier.reference} depuis que vous l'avez lu : "
            "rechargez la page. Rien n'a été contresigné."
        )
    if review.is_countersigned:
        return
    if ties_of(by, review.assignment.application):
        raise Refused("Un lien d'intérêts vous empêche de contresigner une de ces évaluations. Rien n'a été contresigné.")
    Countersignature.objects.create(review=review, number=number, by=by, signed_at=now)
    record(review, JournalAction.REVIEW_COUNTERSIGNED, by=by, at=now, note=str(review.assignment.ministry))
