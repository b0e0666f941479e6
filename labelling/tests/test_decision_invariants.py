"""Each invariant of decisions is sound in a sound world, and says so when it is broken; what the database forbids too."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, F

from applications.models import Application
from applications.tests.factories import ApplicationFactory
from labelling.invariants import decisions as invariants
from labelling.models import Decision, Envelope, Grant, Label, LabelEvent, LabelSite, ReviewFigures
from labelling.tests.factories_decisions import DecisionFactory, LabelFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def label(frozen_clock):
    return LabelFactory(decision__grant_euros=40_000)


def test_a_sound_world_breaks_nothing(label):
    for kind in ("conditional", "deferred", "refused"):
        DecisionFactory(countersigned=True, **{kind: True})
    for kind in ("deferred", "refused"):
        DecisionFactory(published=True, **{kind: True})
    assert list(invariants.broken()) == []


def test_wrong_sums_are_seen(label):
    Envelope.objects.update(committed_euros=40_001)
    envelope = Envelope.objects.get()
    assert list(invariants.broken()) == [f"Enveloppe {envelope.pk} : 40001 € engagés au lieu de 40000 € signés."]


def test_money_without_envelope_is_seen(frozen_clock):
    decision = DecisionFactory(signed=True, grant_euros=40_000)
    Envelope.objects.all().delete()
    assert list(invariants.broken()) == [f"Décision {decision.pk} : subvention signée sans enveloppe."]


def test_a_wrong_grant_is_seen(label):
    Grant.objects.update(amount_euros=1)
    grant = Grant.objects.get(label=label)
    assert list(invariants.broken()) == [f"Subvention {grant.pk} : elle n'est pas celle de la décision."]


def test_a_missing_grant_is_seen(label):
    Grant.objects.all().delete()
    expected = f"Décision {label.decision_id} : publiée avec une subvention que le label ne porte pas."
    assert list(invariants.broken()) == [expected]


def forget_checks(model):
    """Let a row break the checks of its table, in this test's transaction only."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            return
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what was deferred is settled before the table changes
        for constraint in model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                cursor.execute(f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {constraint.name}")


@pytest.fixture
def checks_back():
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.mark.parametrize("change", [{"second_signatory": F("first_signatory")}, {"second_signatory": None}])
def test_a_missing_signature_is_seen_even_without_the_checks_of_the_database(frozen_clock, checks_back, change):
    decision = DecisionFactory(published=True, refused=True)
    forget_checks(Decision)
    Decision.objects.update(**change)
    assert list(invariants.broken()) == [f"Décision {decision.pk} : publiée sans deux signataires distincts."]


def test_a_label_without_reviews_is_seen(label):
    ReviewFigures.objects.update(review_count=1)
    expected = f"Décision {label.decision_id} : label publié sans les évaluations d'au moins deux ministères."
    assert list(invariants.broken()) == [expected]


def test_a_label_of_an_unpublished_decision_is_seen(label):
    Decision.objects.update(published_at=None)
    assert list(invariants.broken()) == [
        f"Label {label.pk} : aucune décision publiée ne le donne.",
        f"Candidature {label.decision.application_id} : décidée sans décision publiée.",
    ]


def test_a_published_decision_without_its_label_is_seen(frozen_clock):
    decision = DecisionFactory(published=True)
    assert list(invariants.broken()) == [f"Décision {decision.pk} : publiée sans le label qu'elle donne."]


@pytest.mark.parametrize(
    ("model", "counts"), [(LabelEvent, "0 attribution, 1 lieu"), (LabelSite, "1 attribution, 0 lieu")]
)
def test_a_label_without_its_beginning_or_its_place_is_seen(label, model, counts):
    model.objects.all().delete()
    assert list(invariants.broken()) == [f"Label {label.pk} : {counts}."]


def test_a_dossier_left_open_is_seen(label):
    Application.objects.filter(pk=label.decision.application_id).update(state="under_review")
    assert list(invariants.broken()) == [f"Décision {label.decision_id} : publiée, mais le dossier n'est pas décidé."]


def test_a_dossier_decided_without_decision_is_seen(frozen_clock):
    application = ApplicationFactory(decided=True)
    assert list(invariants.broken()) == [f"Candidature {application.pk} : décidée sans décision publiée."]


@pytest.mark.parametrize(
    "change",
    [
        {"second_signatory": F("first_signatory")},
        {"first_signatory": None, "first_signed_at": None},
        {"second_signatory": None, "second_signed_at": None},
        {"reasons": ""},
        {"outcome": "refused"},
        {"outcome": "conditional"},
    ],
)
def test_the_database_refuses_a_published_decision_that_lacks_a_part(label, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(**change)


def test_the_database_refuses_to_pass_the_envelope(label):
    with pytest.raises(IntegrityError), transaction.atomic():
        Envelope.objects.update(committed_euros=F("total_euros") + 1)
    assert Label.objects.count() == 1
