"""What the rule of a call says of the reviews of a dossier, kept beside it as they change."""

from gen_portal.core import clock
from gen_portal.core.workflow import record
from labelling.disagreement import Opinion, Step
from labelling.models import Disagreement, JournalAction, ReviewRule
from labelling.scoring import weighted_mean


def verdict_of(rule, readings):
    """What a rule says of the counted reviews of a dossier."""
    opinions = [Opinion(weighted_mean(each.in_force), each.recommendation, each.is_third) for each in readings]
    return rule.pure.verdict(opinions)


def settle_disagreement(application, readings, *, rule=None):
    """Open, change or end the disagreement of a dossier after its reviews; the caller holds the lock of its row.

    What somebody arbitrated opens again only for other reasons than those that were arbitrated.
    """
    verdict = verdict_of(rule or ReviewRule.objects.of(application.call_id), readings)
    reasons, now = "\n".join(verdict.reasons), clock.now()
    latest = Disagreement.objects.filter(application=application).order_by("-pk").first()
    is_open = latest is not None and latest.closed_at is None
    if verdict.step is Step.NONE:
        if is_open:
            latest.closed_at = now
            latest.save(update_fields=["closed_at"])
            record(application, JournalAction.DISAGREEMENT_ENDED, by=None, at=now)
    elif is_open:
        if (latest.step, latest.reasons) != (verdict.step.value, reasons):
            latest.step, latest.reasons = verdict.step.value, reasons
            latest.save(update_fields=["step", "reasons"])
    elif latest is None or latest.closed_by_id is None or latest.reasons != reasons:
        Disagreement.objects.create(
            application=application, step=verdict.step.value, reasons=reasons, opened_at=now
        )
        record(application, JournalAction.DISAGREEMENT_FOUND, by=None, at=now, note=reasons.replace("\n", " "))
