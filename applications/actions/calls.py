"""Writing a call, piece by piece, then publishing it. Once it is published, only its presentation still changes."""

from django.db import transaction
from django.utils.text import slugify

from applications import readiness
from applications.models import Call, Criterion, CutOff, GrantRule, JournalAction, RequiredDocument
from gen_portal.core import clock, files, phrases
from gen_portal.core.workflow import Refused, lock, record

#: What may still be corrected once the call is published: nothing that a dossier or a decision is measured by.
PRESENTATION = {"title", "summary", "text", "contact_name", "contact_email"}
RESERVED_SLUGS = {"nouveau"}  # a page of its own in the officers' urls


@transaction.atomic
def create_call(values, *, opens_at, specification=None, by):
    """Begin a call, which nobody sees before it is published. `values`: fields of its presentation and its targets."""
    call = Call(opens_at=opens_at, slug=free_slug(values["title"]), **values)
    call.specification = _stored(specification, by)
    call.save()
    record(call, JournalAction.CALL_CREATED, by=by)
    return call


@transaction.atomic
def change_call(call, values, *, specification=None, by):
    """Change the presentation, and the targets of a call not yet published; a new specification replaces the former.

    Its address stays the same. Refused when the call is published and something else than its presentation would change.
    """
    call = lock(call)
    if call.published_at is not None and not values.keys() <= PRESENTATION:
        raise Refused(_frozen(call))
    for name, value in values.items():
        setattr(call, name, value)
    note = "présentation"
    if specification is not None:
        call.specification = _stored(specification, by)
        note = f"présentation et cahier des charges (SHA-256 {call.specification.sha256})"
    call.save()
    record(call, JournalAction.CALL_CHANGED, by=by, note=note)
    return call


@transaction.atomic
def set_timetable(call, *, opens_at, cut_offs, by, grace_minutes=0, is_grace_shown=False):
    """Replace the timetable; `cut_offs`: (closing instant, day of the results or None), numbered by their closing.
    The grace serves a filing begun before a closing (`terms`).

    Refused when two close together, or when one closes before the opening.
    """
    call = _lock_draft(call)
    cut_offs = sorted(cut_offs, key=lambda cut_off: cut_off[0])
    closings = [closes_at for closes_at, _ in cut_offs]
    if len(set(closings)) < len(closings):
        raise Refused("Deux relevés ferment au même instant : gardez-en un, ou changez une date.")
    if closings and closings[0] <= opens_at:
        raise Refused(
            f"L'ouverture ({phrases.instant(opens_at)}) doit précéder la première clôture "
            f"({phrases.instant(closings[0])})."
        )
    call.opens_at, call.grace_minutes, call.is_grace_shown = opens_at, grace_minutes, is_grace_shown
    call.save(update_fields=["opens_at", "grace_minutes", "is_grace_shown"])
    call.cut_offs.all().delete()
    CutOff.objects.bulk_create(
        CutOff(call=call, number=number, closes_at=closes_at, results_expected_on=results_on)
        for number, (closes_at, results_on) in enumerate(cut_offs, start=1)
    )
    record(call, JournalAction.CALL_CHANGED, by=by, note="calendrier")
    return call


@transaction.atomic
def set_grid(call, criteria, *, is_fictional, by):
    """Replace the grid; `criteria`: dictionaries of fields, in order; a missing code is made from the label.

    Refused when the weights do not add up to 100 %.
    """
    call = _lock_draft(call)
    total = sum(criterion["weight_percent"] for criterion in criteria)
    if total != 100:
        raise Refused(f"La somme des poids est de {total} % : elle doit être de 100 %.")
    call.is_grid_fictional = is_fictional
    call.save(update_fields=["is_grid_fictional"])
    call.criteria.all().delete()
    Criterion.objects.bulk_create(
        Criterion(call=call, position=position, **(values | {"code": code}))
        for position, (values, code) in enumerate(zip(criteria, _codes(criteria), strict=True), start=1)
    )
    record(call, JournalAction.CALL_CHANGED, by=by, note="grille d'évaluation")
    return call


@transaction.atomic
def set_rule(call, limits, *, budget_euros, label_months, by):
    """Fix the envelope in euros, how long a label lasts, and the limits of a grant (fields of GrantRule)."""
    call = _lock_draft(call)
    call.budget_euros, call.label_months = budget_euros, label_months
    call.save(update_fields=["budget_euros", "label_months"])
    rule, _ = GrantRule.objects.update_or_create(call=call, defaults=limits)
    record(call, JournalAction.CALL_CHANGED, by=by, note=f"enveloppe et subvention : {rule.explained}")
    return rule


@transaction.atomic
def set_documents(call, documents, *, by):
    """Replace the list of documents asked for; `documents`: dictionaries of fields, in order."""
    call = _lock_draft(call)
    call.required_documents.all().delete()
    RequiredDocument.objects.bulk_create(
        RequiredDocument(call=call, position=position, **values) for position, values in enumerate(documents, start=1)
    )
    record(call, JournalAction.CALL_CHANGED, by=by, note="pièces demandées")
    return call


@transaction.atomic
def publish_call(call, *, by):
    """Show the call to everybody, for good: from here on its timetable, grid, rule and documents no longer change.

    Refused when it is published already, and with one sentence for each thing that is missing (`readiness`).
    """
    call = _lock_draft(call)
    now = clock.now()
    if missing := readiness.refusals(call, at=now):
        raise Refused(" ".join(missing))
    call.published_at = now
    call.save(update_fields=["published_at"])
    record(call, JournalAction.CALL_PUBLISHED, by=by, at=now)
    return call


def free_slug(title):
    """An address made from a title, that no other call has."""
    base = slugify(title)[:70].strip("-") or "appel"
    taken = set(Call.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
    candidates = (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
    return next(slug for slug in candidates if slug not in taken)


def _lock_draft(call):
    call = lock(call)
    if call.published_at is not None:
        raise Refused(_frozen(call))
    return call


def _frozen(call):
    return (
        f"Cet appel est publié depuis le {phrases.instant(call.published_at)} : ses objectifs, son calendrier, sa grille, "
        "sa règle de subvention et ses pièces ne changent plus."
    )


def _codes(criteria):
    """A code for each criterion, its own or one made from its label, none twice."""
    codes = []
    for values in criteria:
        base = (values.get("code") or slugify(values["label"]))[:16].strip("-") or "critere"
        candidates = (base, *(f"{base}-{number}" for number in range(2, len(codes) + 2)))
        codes.append(next(code for code in candidates if code not in codes))
    return codes


def _stored(upload, by):
    """The uploaded PDF (checked by the form, which took its metadata out) as a private file; None when there is none."""
    if upload is None:
        return None
    return files.store(upload.read(), name=upload.name, content_type=files.Kind.PDF.content_type, by=by)
