"""The receipt of a filing: the mentions of article R. 112-5 CRPA as they stood that day, and what lets anybody check it.

Its mentions are kept with the filing, so that page, e-mail and PDF say the same years later. The authority, the meaning
of its silence and the remedies come from the LegalBody in force on the day of filing, the contact from the call.
"""

from datetime import UTC

from applications import archive
from applications.closing import exact, local_words
from applications.models import FilingBasis
from gen_portal.core import clock, pdf, phrases
from gen_portal.core.models import LegalBody
from gen_portal.core.territory import describe_deadline

FORMAT = 1
#: What a receipt says of a filing that did not simply come before the closing.
_REMARKS = {
    FilingBasis.EXTENSION: "Déposé dans le délai accordé à la structure, jusqu'au {end}.",
    FilingBasis.GRACE: "Déposé dans le délai de grâce : le dépôt avait été commencé avant la clôture.",
    FilingBasis.COMPLETION: "Déposé en réponse à une demande de complément, attendue jusqu'au {end}.",
}


def build(submission):
    """The mentions of a filing, as JSON values. Texts are in French; instants also in ISO 8601, in UTC."""
    call, structure = submission.cut_off.call, submission.application.training.structure
    filed_on = clock.day_of(submission.filed_at)
    body = LegalBody.objects.in_force(filed_on).first()
    return {
        "format": FORMAT,
        "number": submission.number,
        "filed_at": submission.filed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "filed_at_text": exact(submission.filed_at),
        "local_text": local_words(submission.filed_at, structure.time_zone),
        "filed_by": submission.filed_by.get_full_name(),
        "cut_off": str(submission.cut_off),
        "closes_at": submission.cut_off.closes_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "closes_at_text": submission.cut_off.deadline,
        "basis": str(submission.basis),
        "remark": _remark(submission),
        "answer_expected_on": _day(submission.cut_off.results_expected_on),
        "authority": _authority(body),
        "contact": {"name": call.contact_name, "email": call.contact_email},
        "implicit_decision_on": _day(clock.add_months(filed_on, body.silence_months)) if body else "",
        "silence": body.silence_meaning if body else "",
        "remedies": body.remedies if body else "",
    }


def of(submission):
    """The mentions that were handed out with a filing."""
    return submission.receipt or build(submission)


def _remark(submission):
    end = describe_deadline(submission.term_ends_at) if submission.term_ends_at else ""
    return _REMARKS.get(submission.basis, "").format(end=end)


def _day(value):
    return phrases.day(value) if value else ""


def _authority(body):
    if body is None:
        return {}
    address = ", ".join(body.address.splitlines())
    return {"name": body.name, "address": address, "phone": body.phone, "email": body.email}


# --- Checking ---------------------------------------------------------------------------------------------------------


def export(submission):
    """What the applicant keeps: the mentions, the archive of answers with the manifest of files, and their fingerprints.

    `seal` covers the mentions and the archive's fingerprint: a changed instant shows as well as a changed answer.
    """
    receipt = of(submission)
    return {
        "receipt": receipt,
        "archive": submission.archive,
        "archive_sha256": submission.sha256,
        "seal": archive.digest({"archive_sha256": submission.sha256, "receipt": receipt}),
    }


def matches(submission, exported):
    """Whether an exported receipt is, to the last byte of its content, the one kept here."""
    return archive.canonical(exported) == archive.canonical(export(submission))


# --- Paper ------------------------------------------------------------------------------------------------------------


def document(submission):
    """The receipt as a tagged PDF: the same bytes whenever it is asked for."""
    content = export(submission)
    values = {
        "receipt": content["receipt"],
        "seal": content["seal"],
        "sha256": submission.sha256,
        "training": submission.archive["training"]["title"],
        "structure": submission.archive["structure"]["name"],
        "call": submission.archive["call"]["title"],
        "files": [row | {"size": phrases.file_size(row["size_bytes"])} for row in submission.archive["files"]],
    }
    return pdf.render("receipt.typ", values, at=submission.filed_at)
