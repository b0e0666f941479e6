"""Naming who follows the dossiers of a call: region by region, or one dossier apart."""

from django.db import transaction

from applications.models import Application, DossierOfficer, JournalAction
from applications.models.officers import active_officers
from gen_portal.core import clock
from gen_portal.core.workflow import Refused, lock, record


@transaction.atomic
def set_officers(call, wanted, *, seen, by):
    """Keep the whole table of a call; returns how many regions changed.

    `wanted`: {region: (officer or None, substitute or None)}; `seen`: the same as its author read it, by keys. Refused when
    somebody changed a line meanwhile, for a substitute without officer or who is the officer, and for who is no officer.
    """
    call = lock(call)
    held = {row.region_id: row for row in DossierOfficer.objects.of_regions(call)}
    changed = {region: pair for region, pair in wanted.items() if _keys(*pair) != seen.get(region.pk, (None, None))}
    for region in changed:
        row = held.get(region.pk)
        if (_keys(row.officer, row.substitute) if row else (None, None)) != seen.get(region.pk, (None, None)):
            raise Refused(f"{region} : quelqu'un vient de changer cette ligne. Rechargez la page avant de recommencer.")
    active = set(active_officers(clock.today()))
    for region, pair in changed.items():
        _check(pair, active, region)
        _keep({"call": call, "region": region, "application": None}, held.get(region.pk), pair)
    if changed:
        words = [f"{region} : {officer or 'personne'} ({substitute or 'sans suppléant'})"
                 for region, (officer, substitute) in changed.items()]  # fmt: skip
        record(call, JournalAction.OFFICERS_SET, by=by, note=" ; ".join(words))
    return len(changed)


@transaction.atomic
def set_officer(application, *, officer, substitute, by):
    """Name who follows one dossier; nobody gives it back to the table of its region. Refused as the table is."""
    application = lock(Application(pk=application.pk))
    _check((officer, substitute), set(active_officers(clock.today())), "Ce dossier")
    row = DossierOfficer.objects.of_dossier(application)
    _keep({"call": application.call, "region": None, "application": application}, row, (officer, substitute))
    note = f"{officer or 'celui de la région'} ({substitute or 'sans suppléant'})"
    record(application, JournalAction.OFFICER_SET, by=by, note=note)


def _keys(officer, substitute):
    return (officer.pk if officer else None, substitute.pk if substitute else None)


def _check(pair, active, what):
    officer, substitute = pair
    if substitute is not None and officer is None:
        raise Refused(f"{what} : choisissez un chargé de mission avant son suppléant.")
    if officer is not None and officer == substitute:
        raise Refused(f"{what} : {officer} ne se supplée pas soi-même.")
    for person in pair:
        if person is not None and person not in active:
            raise Refused(f"{what} : {person} n'est plus chargé de mission.")


def _keep(place, row, pair):
    officer, substitute = pair
    if officer is None:
        if row is not None:
            row.delete()
    elif row is None:
        DossierOfficer.objects.create(**place, officer=officer, substitute=substitute)
    else:
        row.officer, row.substitute = officer, substitute
        row.save(update_fields=["officer", "substitute"])
