"""Writing of letters: their templates, version after version, and the letters that a publication keeps."""

from django.db import IntegrityError, transaction

from gen_portal.core import access, clock
from gen_portal.core.models import Role
from gen_portal.core.workflow import Refused, lock, record
from labelling import letter_wording, letters
from labelling.decision_reasons import marks_of
from labelling.models import JournalAction, Letter, LetterTemplate

WRITERS = (Role.OFFICER, Role.DIRECTOR)
_OVERTAKEN = (
    "Une version plus récente de ce modèle a été enregistrée : relisez-la, puis enregistrez de nouveau la vôtre."
)


def letters_of(decisions, labels, following, marks, *, at):
    """The letter of each published decision as it leaves, unsaved; `following`: where deferred dossiers go, `marks`: those
    of the dossiers. The paper is made later, from the row."""
    occasion = letters.occasion(following, at=at)
    drafts = letters.draft_all(decisions, occasion, labels=labels)
    return letters.freeze(decisions, drafts, occasion, marks)


def write_letters(decisions, labels, following, *, at):
    """Keep these letters, in set statements; returns the rows."""
    rows = letters_of(decisions, labels, following, marks_of(each.application for each in decisions), at=at)
    return Letter.objects.bulk_create(rows, batch_size=1000)


@transaction.atomic
def save_template(outcome, *, subject_line, text, seen, by):
    """Keep a new version of the letters of an outcome; those that left stay as they are. `seen`: the version edited from.

    Refused to anybody but an officer or a director of the day; for a placeholder that does not exist or lacks; when the
    version in force is another one or says the same.
    """
    now = clock.now()
    if not access.holds(by, *WRITERS, at=now):
        raise Refused("Seuls un chargé de mission ou le directeur changent les modèles de lettre.")
    faults = [*letter_wording.faults_of_subject(outcome, subject_line), *letter_wording.faults_of_text(outcome, text)]
    if faults:
        raise Refused(" ".join(faults))
    current = lock(LetterTemplate.objects.versions_of(outcome).first())
    if current.version != seen:
        raise Refused(_OVERTAKEN)
    if (current.subject_line, current.text) == (subject_line, text):
        raise Refused("Ce modèle est déjà celui en vigueur : rien n'a été enregistré.")
    row = _next_version(current, subject_line=subject_line, text=text, saved_at=now, saved_by=by)
    record(row, JournalAction.LETTER_TEMPLATE_SAVED, by=by, at=now, note=str(row))
    return row


def _next_version(current, **columns):
    """Who waited for the lock finds that the version after the one they saw is taken."""
    try:
        with transaction.atomic():
            return LetterTemplate.objects.create(outcome=current.outcome, version=current.version + 1, **columns)
    except IntegrityError as error:
        raise Refused(_OVERTAKEN) from error


def ship_templates(model=LetterTemplate):
    """The first version of each letter, where it lacks; nothing that exists changes."""
    known = set(model.objects.filter(version=1).values_list("outcome", flat=True))
    model.objects.bulk_create(
        model(outcome=outcome, version=1, subject_line=wording.subject_line, text=wording.text)
        for outcome, wording in letter_wording.DEFAULTS.items() if outcome not in known
    )  # fmt: skip
