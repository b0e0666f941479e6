"""Decisions in any state, labels and envelopes: sound worlds, that `check_invariants` accepts.

A signed decision commits its grant and a published one closes its dossier: dependent rows are made, not patched later.
"""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from applications.models import Application
from applications.tests.factories import ApplicationFactory, CallFactory
from applications.transitions import settle_many
from gen_portal.core import clock
from gen_portal.core.inserting import insert_together
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.workflow import Acts, record
from labelling.actions.awards import award_labels
from labelling.actions.decisions import envelope_for, next_cut_off
from labelling.models import Decision, Envelope, JournalAction, Label, Outcome, ReviewFigures
from labelling.tests.factories import AssignmentFactory, ReviewFactory


def director():
    return CapacityFactory(role=Role.DIRECTOR).user


def second_signatory():
    return CapacityFactory(role=Role.SECOND_SIGNATORY).user


def reviewed(application, *, count=2, **review):
    """Give a dossier the submitted reviews of `count` ministries; returns it."""
    for _ in range(count):
        ReviewFactory(assignment=AssignmentFactory(application=application), submitted=True, **review)
    return application


class EnvelopeFactory(DjangoModelFactory):
    """The envelope of a call, as large as its budget, nothing committed."""

    class Meta:
        model = Envelope

    call = factory.SubFactory(CallFactory)
    total_euros = factory.LazyAttribute(lambda envelope: envelope.call.budget_euros)


class DecisionFactory(DjangoModelFactory):
    """A label without grant prepared for a dossier under review; its dossier gets two reviews when it has none.

    `signed`, `countersigned`, `published`: with the signatures, the money committed, and for `published` what publication
    does to the dossier. `conditional`, `deferred`, `refused`: the other outcomes.
    """

    class Meta:
        model = Decision

    application = factory.SubFactory(ApplicationFactory, under_review=True)
    cut_off = factory.SelfAttribute("application.cut_off")
    outcome = Outcome.LABELLED
    reasons = "Le projet répond à un besoin du bassin d'emploi et son équipe est solide."
    grant_euros = 0
    prepared_at = factory.LazyFunction(lambda: clock.now() - timedelta(days=3))

    class Params:
        conditional = factory.Trait(
            outcome=Outcome.CONDITIONAL,
            conditions="Signer une convention avec la mission locale.",
            conditions_due_on=factory.LazyFunction(lambda: clock.today() + timedelta(days=90)),
        )
        deferred = factory.Trait(outcome=Outcome.DEFERRED, reasons="Le budget reste à préciser.")
        refused = factory.Trait(outcome=Outcome.REFUSED, reasons="Le public visé n'est pas celui de l'appel.")
        signed = factory.Trait(
            first_signatory=factory.LazyFunction(director),
            first_signed_at=factory.LazyFunction(lambda: clock.now() - timedelta(days=2)),
        )
        countersigned = factory.Trait(
            signed=True,
            second_signatory=factory.LazyFunction(second_signatory),
            second_signed_at=factory.LazyFunction(lambda: clock.now() - timedelta(days=1)),
        )
        published = factory.Trait(countersigned=True, published_at=factory.LazyFunction(clock.now))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        if not ReviewFigures.objects.filter(application=kwargs["application"]).exists():
            reviewed(kwargs["application"])
        decision = super()._create(model_class, *args, **kwargs)
        _commit(decision)
        _record(decision)
        if decision.is_published:
            _close(decision)
        return decision


def _commit(decision):
    if decision.is_signed:
        envelope = envelope_for(decision.application.call)
        envelope.committed_euros += decision.grant_euros
        envelope.save(update_fields=["committed_euros"])


def _record(decision):
    acts = (
        (JournalAction.DECISION_PROPOSED, decision.prepared_at),
        (JournalAction.DECISION_SIGNED, decision.first_signed_at),
        (JournalAction.DECISION_COUNTERSIGNED, decision.second_signed_at),
        (JournalAction.DECISION_PUBLISHED, decision.published_at),
    )
    for action, at in acts:
        if at is not None:
            record(decision, action, by=None, at=at)


def _close(decision):
    """What publication does to the dossier."""
    at, outcome, acts = decision.published_at, decision.outcome, Acts()
    is_refused, is_deferred = outcome == Outcome.REFUSED, outcome == Outcome.DEFERRED
    settle_many(
        [Application.objects.select_related("cut_off").get(pk=decision.application_id)], acts, by=None, at=at,
        refused={decision.application_id} if is_refused else (),
        deferred={decision.application_id} if is_deferred else (),
        following=next_cut_off(decision.cut_off) if is_deferred else None,
    )  # fmt: skip
    JournalEntry.objects.bulk_create(acts.entries())


class LabelFactory(DjangoModelFactory):
    """A label published now, for the places of its dossier. Its own columns (`starts_on`, `ends_on`, `title`…) may be
    given; the decision's as `decision__grant_euros` and so on. The fabrique is opened by `open_missing_fabriques()`."""

    class Meta:
        model = Label

    decision = factory.SubFactory(DecisionFactory, published=True)

    @classmethod
    def _create(cls, model_class, *args, decision, **columns):
        envelope = envelope_for(decision.application.call)
        latest = Decision.objects.with_filings().get(pk=decision.pk)
        decision.filing_id, decision.filing_archive = latest.filing_id, latest.filing_archive
        (label,), around = award_labels([decision], envelope, by=None, at=decision.published_at)
        insert_together(around)
        for name, value in columns.items():
            setattr(label, name, value)
        label.save()
        record(label, JournalAction.LABEL_PUBLISHED, by=None, at=decision.published_at)
        return label
