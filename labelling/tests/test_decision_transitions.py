"""Preparing, signing, countersigning, reopening: what each changes, and what each refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from applications.models.officers import DossierOfficer
from applications.tests.factories import ApplicationFactory, CallFactory, MembershipFactory, StructureFactory
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.phrases import euros
from gen_portal.core.tests.factories import CapacityFactory, UserFactory
from gen_portal.core.workflow import Refused
from labelling import invariants
from labelling.actions.decisions import prepare_decision, read_envelope
from labelling.models import Decision, Envelope, Outcome
from labelling.tests.factories import RecusalFactory
from labelling.tests.factories_decisions import DecisionFactory, EnvelopeFactory, director, reviewed, second_signatory
from labelling.transitions.decisions import countersign, reopen, sign

pytestmark = pytest.mark.django_db
REASONS = "Le projet répond à un besoin du bassin d'emploi."


@pytest.fixture
def application(frozen_clock):
    return reviewed(ApplicationFactory(under_review=True))


@pytest.fixture
def decision(frozen_clock):
    return DecisionFactory(grant_euros=40_000)


def acts(subject):
    return [(entry.action, entry.by, entry.note) for entry in JournalEntry.objects.about(subject)]


def committed(decision):
    return Envelope.objects.get(call=decision.application.call).committed_euros


# --- Preparing -----------------------------------------------------------------------------------------------------


def test_prepare_saves_an_unsigned_decision(application, frozen_clock):
    by = director()

    decision = prepare_decision(
        application, by=by, outcome=Outcome.LABELLED, reasons=f" {REASONS} ", grant_euros=60_000
    )

    decision.refresh_from_db()
    assert (decision.outcome, decision.reasons, decision.grant_euros) == (Outcome.LABELLED, REASONS, 60_000)
    assert (decision.cut_off, decision.prepared_at) == (application.cut_off, frozen_clock.at)
    assert not decision.is_signed
    assert acts(decision) == [("decision.proposed", by, "labellisée, 60\u202f000\u00a0€")]


def test_prepare_again_replaces_what_was_prepared(application):
    by = director()
    first = prepare_decision(application, by=by, outcome=Outcome.LABELLED, reasons=REASONS, grant_euros=60_000)

    again = prepare_decision(application, by=by, outcome=Outcome.REFUSED, reasons="Hors du champ de l'appel.")

    assert Decision.objects.get() == first == again
    assert (again.outcome, again.grant_euros) == (Outcome.REFUSED, 0)


CONDITIONS = "Ces conditions."


def test_prepare_keeps_the_conditions_and_their_day(application, frozen_clock):
    day = frozen_clock.today + timedelta(days=1)
    values = {"outcome": Outcome.CONDITIONAL, "reasons": REASONS, "conditions": CONDITIONS, "conditions_due_on": day}
    prepare_decision(application, by=director(), **values)
    assert Decision.objects.values(*values).get() == values


def test_somebody_sees_to_the_conditions(application, frozen_clock):
    """Whoever follows the dossier, unless another officer of the day is named."""
    follower, other, stranger = CapacityFactory(role=Role.OFFICER).user, CapacityFactory(role=Role.OFFICER).user, director()
    DossierOfficer.objects.create(call=application.call, application=application, officer=follower)
    values = {"outcome": Outcome.CONDITIONAL, "reasons": REASONS, "conditions": CONDITIONS}
    values["conditions_due_on"] = frozen_clock.today + timedelta(days=1)

    assert prepare_decision(application, by=director(), **values).conditions_owner == follower
    assert prepare_decision(application, by=director(), conditions_owner=other, **values).conditions_owner == other
    with pytest.raises(Refused, match="n'est plus chargé de mission"):
        prepare_decision(application, by=director(), conditions_owner=stranger, **values)
    labelled = {"outcome": Outcome.LABELLED, "reasons": REASONS, "conditions_owner": other}
    assert prepare_decision(application, by=director(), **labelled).conditions_owner is None
    with pytest.raises(IntegrityError, match="only_conditions_have_an_owner"):
        Decision.objects.update(conditions_owner=other)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"reasons": "  "}, "reasons", "Donnez les motifs : toute décision est motivée."),
        ({"outcome": "conditional"}, "conditions", "Écrivez les conditions que la structure doit remplir."),
        (
            {"outcome": "conditional", "conditions": CONDITIONS},
            "conditions_due_on",
            "Donnez le jour où les conditions doivent être remplies.",
        ),
        (
            {"outcome": "conditional", "conditions": CONDITIONS, "due_in": 0},
            "conditions_due_on",
            "Ce jour est déjà venu : laissez à la structure le temps d'agir.",
        ),
        (
            {"conditions": CONDITIONS},
            "conditions",
            "Des conditions ne vont qu'avec un label sous conditions : effacez-les, ou changez l'issue.",
        ),
        (
            {"outcome": "refused", "grant_euros": 1},
            "grant_euros",
            "Une subvention ne va qu'avec un label : effacez-la, ou changez l'issue.",
        ),
        (
            {"grant_euros": 60_001},
            "grant_euros",
            "60\u202f001\u00a0€, c'est trop : au plus 60\u202f000\u00a0€ : 50 % du budget de la formation "
            "(120\u202f000\u00a0€).",
        ),
    ],
)
def test_prepare_refuses_what_does_not_hold_together(application, frozen_clock, changes, field, sentence):
    values = {"outcome": "labelled", "reasons": REASONS} | changes
    if "due_in" in values:
        values["conditions_due_on"] = frozen_clock.today + timedelta(days=values.pop("due_in"))

    with pytest.raises(Refused) as refusal:
        prepare_decision(application, by=director(), **values)

    assert (refusal.value.field, str(refusal.value)) == (field, sentence)
    assert not Decision.objects.exists()


def test_prepare_refuses_to_defer_after_the_last_cut_off(application):
    application.cut_off = application.call.cut_offs.get(number=2)
    application.save()

    with pytest.raises(Refused, match="pas de relevé suivant"):
        prepare_decision(application, by=director(), outcome=Outcome.DEFERRED, reasons=REASONS)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SECOND_SIGNATORY])
def test_prepare_is_for_the_director(application, role):
    with pytest.raises(Refused, match="Seul le directeur prépare une décision"):
        prepare_decision(application, by=CapacityFactory(role=role).user, outcome=Outcome.LABELLED, reasons=REASONS)


def test_prepare_refuses_a_dossier_that_is_not_under_review(frozen_clock):
    application = ApplicationFactory(admissible=True)

    with pytest.raises(Refused, match="l'état est maintenant « recevable »"):
        prepare_decision(application, by=director(), outcome=Outcome.REFUSED, reasons=REASONS)


def test_prepare_refuses_once_signed(decision):
    signed = sign(decision, by=director())

    with pytest.raises(Refused, match="déjà signée"):
        prepare_decision(signed.application, by=director(), outcome=Outcome.REFUSED, reasons=REASONS)


# --- Signing -------------------------------------------------------------------------------------------------------


def test_sign_commits_the_grant(decision, frozen_clock):
    by = director()

    signed = sign(decision, by=by, seen=decision.fingerprint)

    signed.refresh_from_db()
    assert (signed.first_signatory, signed.first_signed_at) == (by, frozen_clock.at)
    assert committed(signed) == 40_000
    assert acts(signed)[-1] == ("decision.signed", by, "labellisée, 40\u202f000\u00a0€")
    assert list(invariants.broken()) == []


def test_sign_twice_commits_once(decision):
    by = director()

    sign(decision, by=by)
    sign(decision, by=by)

    assert committed(decision) == 40_000
    assert [action for action, _, _ in acts(decision)] == ["decision.proposed", "decision.signed"]


def assert_sign_refused(decision, sentence, *, by=None, **arguments):
    with pytest.raises(Refused) as refusal:
        sign(decision, by=by or director(), **arguments)
    assert str(refusal.value) == sentence
    decision.refresh_from_db()
    assert not decision.is_signed
    assert [action for action, _, _ in acts(decision)] == ["decision.proposed"]
    assert not Envelope.objects.filter(committed_euros__gt=0).exists()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SECOND_SIGNATORY, Role.TECHNICAL_ADMIN])
def test_sign_is_for_the_director(decision, role):
    by = CapacityFactory(role=role).user
    assert_sign_refused(decision, "Seul le directeur signe une décision.", by=by)


def test_sign_is_for_the_director_of_the_day(decision, frozen_clock):
    yesterday = frozen_clock.today - timedelta(days=1)
    by = CapacityFactory(role=Role.DIRECTOR, until_on=yesterday).user
    assert_sign_refused(decision, "Seul le directeur signe une décision.", by=by)


def test_sign_refuses_a_member_of_the_structure(decision):
    by = director()
    MembershipFactory(structure=decision.application.training.structure, user=by)
    sentence = "Vous êtes membre de la structure qui candidate : vous ne pouvez pas signer cette décision."
    assert_sign_refused(decision, sentence, by=by)


def test_sign_refuses_whoever_recused_themselves(decision):
    by = director()
    RecusalFactory(application=decision.application, user=by)
    sentence = "Vous vous êtes déporté de ce dossier : vous ne pouvez pas signer cette décision."
    assert_sign_refused(decision, sentence, by=by)


def test_sign_refuses_what_changed_since_it_was_read(decision):
    seen = decision.fingerprint
    prepare_decision(decision.application, by=director(), outcome="labelled", reasons=REASONS, grant_euros=1)
    with pytest.raises(Refused, match="a changé depuis que vous l'avez lue"):
        sign(decision, by=director(), seen=seen)


def test_sign_refuses_a_label_without_two_reviews(frozen_clock):
    decision = DecisionFactory(application=reviewed(ApplicationFactory(under_review=True), count=1))
    sentence = "Un label demande les évaluations déposées d'au moins deux ministères : attendez-les avant de signer."
    assert_sign_refused(decision, sentence)


def test_a_refusal_needs_no_review(frozen_clock):
    decision = DecisionFactory(refused=True, application=reviewed(ApplicationFactory(under_review=True), count=1))
    assert sign(decision, by=director()).is_signed


def test_sign_refuses_a_second_director(decision):
    sign(decision, by=director())
    with pytest.raises(Refused, match="porte déjà la signature du directeur"):
        sign(decision, by=director())


def test_sign_refuses_what_the_envelope_lacks(frozen_clock):
    application = ApplicationFactory(under_review=True, call=CallFactory(budget_euros=39_999))
    decision = DecisionFactory(application=application, grant_euros=40_000)
    sentence = "40\u202f000\u00a0€, c'est trop : au plus 39\u202f999\u00a0€ : ce qui reste de l'enveloppe de l'appel."
    assert_sign_refused(decision, sentence)


def test_the_envelope_follows_the_budget_of_the_call(decision):
    call = decision.application.call
    call.budget_euros = 30_000
    call.save()
    assert_sign_refused(
        decision,
        "40\u202f000\u00a0€, c'est trop : au plus 30\u202f000\u00a0€ : ce qui reste de l'enveloppe de l'appel.",
    )


@pytest.mark.parametrize(("budget", "total"), [(90_000, 90_000), (60_000, 70_000)])
def test_the_envelope_follows_the_budget_but_never_below_what_is_committed(decision, budget, total):
    call = decision.application.call
    EnvelopeFactory(call=call, total_euros=70_000)
    other = ApplicationFactory(under_review=True, call=call)
    DecisionFactory(application=other, signed=True, grant_euros=70_000)
    call.budget_euros = budget
    call.save()

    with pytest.raises(Refused) as refusal:
        sign(decision, by=director())

    assert read_envelope(call).total_euros == total
    assert str(refusal.value).endswith(f"au plus {euros(total - 70_000)} : ce qui reste de l'enveloppe de l'appel.")


def test_sign_refuses_a_decision_on_a_cut_off_that_the_dossier_has_left(decision):
    application = decision.application
    application.cut_off = application.call.cut_offs.get(number=2)
    application.save()
    sentence = "Cette décision porte sur un relevé que le dossier a quitté : préparez-en une autre."
    assert_sign_refused(decision, sentence)


def test_sign_counts_what_the_structure_was_granted(frozen_clock):
    call, structure = CallFactory(), StructureFactory()
    for _ in range(2):
        training = {"training__structure": structure}
        application = ApplicationFactory(under_review=True, call=call, total_budget_euros=400_000, **training)
        DecisionFactory(application=application, signed=True, grant_euros=70_000)
    application = ApplicationFactory(under_review=True, call=call, total_budget_euros=400_000, **training)
    decision = DecisionFactory(application=application, grant_euros=40_001)

    with pytest.raises(Refused) as refusal:
        sign(decision, by=director())

    assert str(refusal.value) == (
        "40\u202f001\u00a0€, c'est trop : au plus 40\u202f000\u00a0€ : plafond par structure "
        "(180\u202f000\u00a0€, dont 140\u202f000\u00a0€ déjà accordés)."
    )
    Decision.objects.filter(pk=decision.pk).update(grant_euros=40_000)
    assert sign(decision, by=director()).is_signed
    assert committed(decision) == 180_000


# --- Countersigning ------------------------------------------------------------------------------------------------


def test_countersign_makes_the_decision_ready(frozen_clock):
    decision, by = DecisionFactory(signed=True, grant_euros=40_000), second_signatory()

    countersign(decision, by=by, seen=decision.fingerprint)
    countersign(decision, by=by)

    assert Decision.objects.ready().get().second_signatory == by
    assert committed(decision) == 40_000
    assert [action for action, _, _ in acts(decision)][-2:] == ["decision.signed", "decision.countersigned"]


def test_countersign_refuses_the_first_signatory(frozen_clock):
    by = director()
    CapacityFactory(user=by, role=Role.SECOND_SIGNATORY)
    decision = DecisionFactory(signed=True, first_signatory=by)
    with pytest.raises(Refused, match="une autre personne doit la contresigner"):
        countersign(decision, by=by)


def test_countersign_refuses_before_the_director(decision):
    with pytest.raises(Refused, match="ne porte pas la signature du directeur"):
        countersign(decision, by=second_signatory())


def test_countersign_is_for_a_second_signatory(frozen_clock):
    with pytest.raises(Refused, match="Seul un second signataire contresigne"):
        countersign(DecisionFactory(signed=True), by=director())


def test_countersign_refuses_a_third_person(frozen_clock):
    with pytest.raises(Refused, match="déjà contresignée"):
        countersign(DecisionFactory(countersigned=True), by=second_signatory())


def test_countersign_refuses_what_changed_since_it_was_read(frozen_clock):
    with pytest.raises(Refused, match="a changé depuis"):
        countersign(DecisionFactory(signed=True), by=second_signatory(), seen="autre")


# --- Reopening -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["signed", "countersigned"])
def test_reopen_releases_the_money(frozen_clock, state):
    decision, by = DecisionFactory(**{state: True}, grant_euros=40_000), director()

    reopened = reopen(decision, by=by, reason=" Le montant est à revoir. ")

    reopened.refresh_from_db()
    assert (reopened.first_signatory, reopened.second_signatory) == (None, None)
    assert committed(decision) == 0
    assert acts(decision)[-1] == ("decision.reopened", by, "Le montant est à revoir.")
    assert list(invariants.broken()) == []


def test_reopen_works_when_the_dossier_was_withdrawn(frozen_clock):
    application = reviewed(ApplicationFactory(withdrawn=True))
    decision = DecisionFactory(application=application, signed=True, grant_euros=40_000)
    reopen(decision, by=director(), reason="Dossier retiré.")
    assert committed(decision) == 0


@pytest.mark.parametrize(
    ("state", "who", "reason", "sentence"),
    [
        ({"signed": True}, second_signatory, "Motif", "Seul le directeur reprend une signature."),
        ({"published": True}, director, "Motif", "Cette décision est publiée : elle ne se rouvre plus."),
        ({}, director, "Motif", "Cette décision n'est pas signée : elle se modifie sans reprendre de signature."),
        ({"signed": True}, director, " ", "Dites pourquoi la signature est reprise : le second signataire le lira."),
        ({"signed": True}, UserFactory, "Motif", "Seul le directeur reprend une signature."),
    ],
)
def test_reopen_refused(frozen_clock, state, who, reason, sentence):
    decision = DecisionFactory(**state)
    before = Decision.objects.values().get()
    with pytest.raises(Refused) as refusal:
        reopen(decision, by=who(), reason=reason)
    assert str(refusal.value) == sentence
    assert Decision.objects.values().get() == before
