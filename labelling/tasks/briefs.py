"""The briefs of a cut-off as one PDF, for who decides."""

from datetime import timedelta

from gen_portal.core import access, jobs
from labelling import briefs
from labelling.policies import decisions as policies

BRIEFS_PDF = "briefs_pdf"


def make(job, progress):
    """Nothing for who no longer runs calls."""
    user = access.as_of(job.requested_by, progress.taken_at)
    return briefs.merged_briefs(job, progress) if policies.can_see_decisions(user) else None


def may_read(job, user):
    return policies.can_see_decisions(user) and briefs.may_read(job, user)


jobs.register(BRIEFS_PDF, make, label="Fiches de décision d'un relevé", may_read=may_read, kept_for=timedelta(days=7))
