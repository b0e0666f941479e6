"""The service of a region gives its opinion on a dossier, once; or one of its people stands back from it."""

from django.db import transaction

from applications.models import Application, ApplicationState
from gen_portal.core import clock
from gen_portal.core.models import HiddenSubject, Role
from gen_portal.core.workflow import Refused, lock, record
from labelling.models import JournalAction, Recommendation, Recusal, RegionalOpinion, RegionalOpinionRule
from labelling.models.evidence import ties_of
from labelling.models.regional import OPEN_STATES, TacitRule, is_silenced, regions_of, standing_of

_AWAY = "Un lien d'intérêts vous empêche de donner un avis sur ce dossier : déportez-vous, un collègue le donnera."


@transaction.atomic
def give_opinion(application, region, *, verdict, text, by):
    """Say what a region thinks of a dossier, for good.

    Refused to who does not serve the region today, has a tie with the dossier, or stood back from it; once the opinion is
    given or held favourable; while the dossier is with its authors, or once it has ended; without words unless favourable.
    """
    application = lock(application, *OPEN_STATES)
    now = clock.now()
    _check_serves(application, region, by, clock.day_of(now))
    filed_at = application.submissions.latest_first().first().filed_at
    given = RegionalOpinion.objects.filter(application=application, region=region).first()
    if given is not None:
        raise Refused(f"L'avis de votre région est déjà donné : {given.get_verdict_display()}, par {given.given_by}.")
    if standing_of(application, region, None, filed_at, clock.day_of(now)).is_settled:
        raise Refused("Le jour est passé : l'avis de votre région est réputé favorable.")
    if verdict != Recommendation.FAVOURABLE and not text.strip():
        raise Refused("Un avis réservé ou défavorable dit pourquoi : écrivez ses motifs.")
    opinion = RegionalOpinion.objects.create(
        application=application, region=region, verdict=verdict, text=text.strip(), given_at=now, given_by=by
    )
    note = f"{region} : {opinion.get_verdict_display()}"
    record(application, JournalAction.REGIONAL_OPINION_GIVEN, by=by, at=now, note=note)
    return opinion


def _check_serves(application, region, by, today):
    held = by.capacities.in_force(today).filter(role=Role.REGIONAL_SERVICE, region=region)
    if not held.exists() or region not in regions_of(application):
        raise Refused("Votre service ne donne pas d'avis sur ce dossier.")
    if not RegionalOpinionRule.objects.filter(call=application.call_id).exists():
        raise Refused("Cet appel ne demande pas d'avis régional.")
    if application.recusals.filter(user=by).exists() or ties_of(by, application):
        raise Refused(_AWAY)


@transaction.atomic
def stand_back(application, region, *, by, reason):
    """One person of a service withdraws from a dossier, which no longer exists for them; their colleagues still see it."""
    application = lock(application, *OPEN_STATES, ApplicationState.RETURNED)
    now = clock.now()
    if not reason.strip():
        raise Refused("Dites en quelques mots pourquoi vous vous déportez.")
    Recusal.objects.get_or_create(
        application=application, user=by, defaults={"reason": reason.strip(), "recused_at": now}
    )
    HiddenSubject.objects.hide(by, application, at=now)
    record(application, JournalAction.RECUSED, by=by, at=now, note=f"{region} : {reason.strip()}")


@transaction.atomic
def set_rule(call, *, days_count, tacit, by):
    """Ask every region for its opinion in a call, or change until when and what silence means.

    Refused once a dossier of the call is decided, and while the change would settle by silence opinions still expected.
    """
    call = lock(call)
    now = clock.now()
    if Application.objects.of_call(call).filter(state=ApplicationState.DECIDED).exists():
        raise Refused("Des décisions de cet appel sont publiées : la règle de l'avis régional ne change plus.")
    before = RegionalOpinionRule.objects.of(call)
    is_changed = before is None or (before.days_count, before.tacit) != (days_count, tacit)
    if is_changed and tacit == TacitRule.FAVOURABLE and is_silenced(call, days_count, now):
        raise Refused("Des avis encore attendus seraient réputés favorables à l'instant : donnez plus de jours.")
    rule, _ = RegionalOpinionRule.objects.update_or_create(
        call=call, defaults={"days_count": days_count, "tacit": tacit, "set_at": now}
    )
    record(call, JournalAction.REGIONAL_RULE_SET, by=by, at=now, note=str(rule))
    return rule
