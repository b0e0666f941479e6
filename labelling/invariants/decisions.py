"""What must always hold of decisions, of the labels they give and of the money they commit."""

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from applications.models import Application, ApplicationState
from labelling.decision_reasons import lacking_in
from labelling.models import Decision, Envelope, Grant, Label, LabelEventKind, Letter, Outcome
from labelling.models.decision import ENOUGH_REVIEWS, LABELLING_OUTCOMES


def broken():
    """Every broken invariant of decisions, one sentence each."""
    yield from wrong_commitments()
    yield from money_without_envelope()
    yield from wrong_grants()
    yield from missing_signatures()
    yield from ungrounded_labels()
    yield from unreasoned_refusals()
    yield from labels_without_decision()
    yield from decisions_without_label()
    yield from labels_never_awarded()
    yield from dossiers_left_open()
    yield from altered_letters()


def wrong_commitments():
    """Envelopes whose committed sum is not that of the signed grants of their call."""
    signed = Decision.objects.signed().filter(application__call=OuterRef("call")).order_by().values("application__call")
    right = Coalesce(Subquery(signed.annotate(sum=Sum("grant_euros")).values("sum")), 0)
    for envelope in Envelope.objects.annotate(right=right).exclude(committed_euros=F("right")).order_by("pk"):
        yield f"Enveloppe {envelope.pk} : {envelope.committed_euros} € engagés au lieu de {envelope.right} € signés."


def money_without_envelope():
    for decision in (
        Decision.objects.signed().filter(grant_euros__gt=0, application__call__envelope=None).order_by("pk")
    ):
        yield f"Décision {decision.pk} : subvention signée sans enveloppe."


def wrong_grants():
    """Grants that differ from what was decided, and published grants that no label carries."""
    differing = Grant.objects.exclude(
        amount_euros=F("label__decision__grant_euros"), envelope__call=F("label__decision__application__call")
    )
    for grant in differing.order_by("pk"):
        yield f"Subvention {grant.pk} : elle n'est pas celle de la décision."
    for decision in Decision.objects.published().filter(grant_euros__gt=0, label__grant=None).order_by("pk"):
        yield f"Décision {decision.pk} : publiée avec une subvention que le label ne porte pas."


def missing_signatures():
    """Published decisions without two distinct signatories. (Who held which role that day is told by the journal.)"""
    alone = Q(first_signatory=None) | Q(second_signatory=None) | Q(second_signatory=F("first_signatory"))
    for pk in Decision.objects.published().filter(alone).order_by("pk").values_list("pk", flat=True):
        yield f"Décision {pk} : publiée sans deux signataires distincts."


def ungrounded_labels():
    published = Decision.objects.published().labelling()
    for pk in published.exclude(ENOUGH_REVIEWS).order_by("pk").values_list("pk", flat=True):
        yield f"Décision {pk} : label publié sans les évaluations d'au moins deux ministères."


def unreasoned_refusals():
    refused = Decision.objects.published().filter(outcome=Outcome.REFUSED).select_related("application").order_by("pk")
    for pk, labels in lacking_in(refused).items():
        yield f"Décision {pk} : refus publié sans motif pour {', '.join(labels)}."


def labels_without_decision():
    sound = Q(decision__outcome__in=LABELLING_OUTCOMES, decision__published_at__isnull=False)
    sound &= Q(training=F("decision__application__training"), submission__application=F("decision__application"))
    for pk in Label.objects.exclude(sound).order_by("pk").values_list("pk", flat=True):
        yield f"Label {pk} : aucune décision publiée ne le donne."


def decisions_without_label():
    unlabelled = Decision.objects.published().labelling().filter(label=None)
    for pk in unlabelled.order_by("pk").values_list("pk", flat=True):
        yield f"Décision {pk} : publiée sans le label qu'elle donne."


def labels_never_awarded():
    """Labels without the event that begins them, or without a place."""
    labels = Label.objects.annotate(
        awarded=Count("events", filter=Q(events__kind=LabelEventKind.AWARDED), distinct=True),
        places=Count("label_sites", distinct=True),
    )
    for label in labels.exclude(awarded=1, places__gte=1).order_by("pk"):
        yield f"Label {label.pk} : {label.awarded} attribution, {label.places} lieu."


def dossiers_left_open():
    """Dossiers that do not say what was published about them: decided without a decision, or the reverse."""
    final = Decision.objects.published().exclude(outcome=Outcome.DEFERRED)
    for pk in final.exclude(application__state=ApplicationState.DECIDED).order_by("pk").values_list("pk", flat=True):
        yield f"Décision {pk} : publiée, mais le dossier n'est pas décidé."
    decided = Application.objects.filter(state=ApplicationState.DECIDED)
    for pk in decided.exclude(pk__in=final.values("application")).order_by("pk").values_list("pk", flat=True):
        yield f"Candidature {pk} : décidée sans décision publiée."


def altered_letters():
    """Letters that are no longer what was published (on PostgreSQL a trigger refuses it first)."""
    for letter in Letter.objects.order_by("pk").iterator():
        if not letter.is_intact:
            yield f"Lettre {letter.number} : elle n'est plus celle qui a été publiée."
