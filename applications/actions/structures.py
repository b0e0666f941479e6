"""Writes about structures: inscribing one, keeping it right, its trainings."""

from django.db import transaction

from applications.models import JournalAction, MemberRole, Membership, Structure, Training
from gen_portal.core import clock
from gen_portal.core.models import User
from gen_portal.core.workflow import Refused, lock, record

_NUMBERS = ("siret", "rna", "overseas_number")


@transaction.atomic
def create_structure(*, by, **values):
    """Inscribe a structure; the person who does it becomes its owner.

    Refused when this person already belongs to a structure with the same number (a form sent twice). Others may inscribe
    the same SIREN once the form has told them how to be invited; officers are shown the duplicates.
    """
    lock(User(pk=by.pk))
    mine = Structure.objects.of_member(by)
    if any(values.get(name) and mine.filter(**{name: values[name]}).exists() for name in _NUMBERS):
        raise Refused("Vous avez déjà inscrit une structure avec ce numéro : vous la retrouvez dans vos dossiers.")
    now = clock.now()
    structure = Structure.objects.create(created_at=now, **values)
    Membership.objects.create(structure=structure, user=by, role=MemberRole.OWNER, since_at=now)
    record(structure, JournalAction.STRUCTURE_CREATED, by=by, at=now)
    return structure


@transaction.atomic
def update_structure(structure, *, by, **values):
    """Correct what the structure says of itself; filings already made keep what they said."""
    structure = lock(structure)
    changed = [name for name, value in values.items() if getattr(structure, name) != value]
    if not changed:
        return structure
    for name in changed:
        setattr(structure, name, values[name])
    structure.save()
    labels = ", ".join(str(Structure._meta.get_field(name).verbose_name) for name in changed)
    record(structure, JournalAction.STRUCTURE_CHANGED, by=by, note=f"Modifié : {labels}")
    return structure


@transaction.atomic
def create_training(structure, *, title, by):
    """Name a training of a structure; a title it already has gives the training that bears it."""
    structure = lock(structure)
    known = structure.trainings.filter(title__iexact=title).order_by("pk").first()
    return known or Training.objects.create(structure=structure, title=title, created_at=clock.now())
