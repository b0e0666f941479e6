"""A reviewer declares their interests for a call; ties that follow take the dossiers away at once.

Locks are taken as everywhere on this floor: dossiers first, in the order of their keys, then people.
"""

from django.db import transaction

from applications import archive
from applications.models import Application
from gen_portal.core import access, clock
from gen_portal.core.models import Role, User
from gen_portal.core.workflow import Refused, lock, lock_rows, record
from labelling.models import Assignment, InterestDeclaration, JournalAction
from labelling.models.interests import STATEMENTS
from labelling.transitions.ties import take_away

#: How long a declaration holds, in months (domain.md §7: annual declaration).
HOLDS_MONTHS = 12
_TRIES = 5


class _MoreDossiers(Exception):
    """Somebody entrusted another dossier while these were being locked."""


def declare_interests(call, *, by, links):
    """Sign the statements and the list of one's links for a call; returns the declaration and how many dossiers it cost.

    `links`: dictionaries of kind (LinkKind), name, siren (nine digits or nothing) and detail; none means « nothing to
    declare ». Each dossier already entrusted, in any call, with which a link appears is taken away in the same
    transaction. The same content on the same day is the same declaration. Refused to who is no reviewer today.
    """
    for _ in range(_TRIES):
        try:
            return _declare(call, by, links)
        except _MoreDossiers:
            continue
    raise Refused("Des dossiers vous sont confiés en ce moment même : signez à nouveau dans un instant.")


@transaction.atomic
def _declare(call, by, links):
    """The declaration, and how many dossiers it takes away."""
    places = Assignment.objects.open_places().filter(reviewer=by)
    locked = set(places.values_list("application_id", flat=True))
    lock_rows(Application.objects.filter(pk__in=locked))
    by = lock(User(pk=by.pk))
    held = list(places.order_by("application"))
    if {place.application_id for place in held} - locked:
        raise _MoreDossiers
    return _sign(call, by, links), take_away(held)


def _sign(call, by, links):
    now = clock.now()
    today = clock.day_of(now)
    if not by.is_active or not access.holds(by, Role.REVIEWER, at=now):
        raise Refused("Seuls les instructeurs déclarent leurs intérêts : votre habilitation est terminée.")
    content = {"call": call.title, "links": links, "statements": list(STATEMENTS.values())}
    sha256 = archive.digest(content)
    earlier = InterestDeclaration.objects.of(by, call).latest_first().first()
    if earlier is not None and earlier.sha256 == sha256 and clock.day_of(earlier.signed_at) == today:
        return earlier
    declaration = InterestDeclaration.objects.create(
        user=by, call=call, content=content, sha256=sha256, signed_at=now,
        valid_until_on=clock.add_months(today, HOLDS_MONTHS),
    )  # fmt: skip
    count = len(links)
    note = f"{call} : {count} lien{'s' if count > 1 else ''} déclaré{'s' if count > 1 else ''}"
    record(declaration, JournalAction.INTERESTS_DECLARED, by=by, at=now, note=note)
    return declaration
