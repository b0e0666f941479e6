"""Many decisions at once: what is sound is prepared, the rest is told; what is signed is what was read, or nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Application, GrantRule
from applications.tests.factories import ApplicationFactory, CallFactory, MembershipFactory, StructureFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.workflow import Refused
from labelling.actions.preparing import (
    ALREADY_SIGNED,
    NOT_REVIEWED,
    UNCONDITIONED,
    UNDATED,
    effects_of,
    prepare_many,
)
from labelling.actions.signing import DISPUTED, TOO_FEW
from labelling.invariants import decisions as invariants
from labelling.models import Decision, DecisionReason, Envelope
from labelling.tests.factories import DisagreementFactory, RecusalFactory, ReviewFiguresFactory
from labelling.tests.factories_decisions import DecisionFactory, director, reviewed, second_signatory
from labelling.transitions.decisions import sign
from labelling.transitions.signing_many import countersign_many, countersigning_sheet, sign_many, signing_sheet

pytestmark = pytest.mark.django_db
REASONS = "Le projet répond à un besoin du bassin d'emploi."


@pytest.fixture
def call(frozen_clock):
    return CallFactory(budget_euros=100_000)


def dossier(call, mean="3.500", **fields):
    """Whose figures are given rather than reviewed."""
    application = ApplicationFactory(under_review=True, call=call, **fields)
    ReviewFiguresFactory(application=application, mean=mean)
    return application


def refusals(preparation):
    return {effect.application.pk: effect.refusal for effect in preparation.refused}


# --- Preparing -----------------------------------------------------------------------------------------------------


def test_what_is_sound_is_prepared_and_the_rest_is_told(call):
    by = director()
    fine, few, disputed = dossier(call), ApplicationFactory(under_review=True, call=call), dossier(call)
    DisagreementFactory(application=disputed)
    signed = DecisionFactory(application=dossier(call), signed=True).application
    draft = DecisionFactory(application=dossier(call), reasons="Écrits à part.").application
    own, recused, gone = dossier(call), dossier(call), dossier(call)
    MembershipFactory(structure=own.training.structure, user=by)
    RecusalFactory(application=recused, user=by)
    Application.objects.filter(pk=gone.pk).update(state="admissible")
    every = (fine, few, disputed, signed, draft, own, recused, gone)

    preparation = prepare_many({each.pk: ("labelled", None) for each in every}, by=by, reasons=REASONS)

    assert refusals(preparation) == {
        few.pk: TOO_FEW, disputed.pk: DISPUTED, signed.pk: ALREADY_SIGNED, gone.pk: NOT_REVIEWED
    }  # fmt: skip
    assert preparation.unknown_count == 2  # of one's own structure, and recused: they do not exist
    assert dict(Decision.objects.filter(first_signed_at=None).values_list("application", "reasons")) == {
        fine.pk: REASONS, draft.pk: "Écrits à part.",
    }  # fmt: skip
    assert JournalEntry.objects.about(fine.decisions.get()).get().by == by


def test_grants_are_what_was_asked_within_the_rule_dossier_after_dossier(call):
    """70,000 € a label, 180,000 € a structure, half of the budget: the best mean is served first."""
    structure, by = StructureFactory(), director()
    fields = {"training__structure": structure, "total_budget_euros": 400_000, "requested_grant_euros": 90_000}
    call.budget_euros = 500_000
    call.save()
    best, *others = [dossier(call, mean, **fields) for mean in ("4.500", "4.000", "3.000")]

    preparation = prepare_many({each.pk: ("labelled", None) for each in (*others, best)}, by=by, reasons=REASONS)

    assert [(e.application.pk, e.decision.grant_euros) for e in preparation.accepted] == [
        (best.pk, 70_000), (others[0].pk, 70_000), (others[1].pk, 40_000),
    ]  # fmt: skip
    assert preparation.grants_euros == 180_000


def test_a_given_grant_above_the_rule_is_refused(call):
    given = dossier(call, total_budget_euros=400_000)
    effects = effects_of({given.pk: ("labelled", 70_001)}, by=director(), at=clock.now(), reasons=REASONS)
    assert refusals(effects)[given.pk].replace("\u202f", " ").replace("\u00a0", " ") == (
        "70 001 €, c'est trop : au plus 70 000 € : plafond par label."
    )


def test_a_share_is_one_of_the_eligible_heads_alone_whoever_asks(call):
    """Prepared, signed one by one, signed together: the same limit (domain.md §1.3, call of 2018)."""
    GrantRule.objects.filter(call=call).update(
        per_label_euros=None, per_structure_euros=None, max_share_percent=80, eligible_heads=["staff"]
    )
    expenses = [{"head": "staff", "amount_euros": 40_000}, {"head": "taxes", "amount_euros": 60_000}]
    application = dossier(call, total_budget_euros=100_000, requested_grant_euros=80_000, expenses=expenses)

    (effect,) = effects_of(
        {application.pk: ("labelled", None)}, by=director(), at=clock.now(), reasons=REASONS
    ).accepted
    assert effect.decision.grant_euros == 32_000
    with pytest.raises(Refused, match="c'est trop"):
        sign(DecisionFactory(application=application, grant_euros=32_001), by=director())


def test_a_refusal_takes_up_what_the_reviews_say_of_its_low_criteria(call):
    low, by = reviewed(ApplicationFactory(under_review=True, call=call), marks=[2, 3, 3, 3, 3]), director()
    prepare_many({low.pk: ("refused", None)}, by=by, reasons="Le projet n'est pas mûr.")
    reason = DecisionReason.objects.get()
    assert (reason.criterion, reason.text) == (call.criteria.order_by("position").first(), "Argumenté et vérifiable.")
    assert sign(reason.decision, by=by).is_signed


def test_common_conditions_are_those_of_the_labels_that_have_none(call):
    by, due_on = director(), clock.today() + timedelta(days=60)
    bare, written, plain = dossier(call), dossier(call), dossier(call)
    DecisionFactory(application=written, conditional=True, conditions="Recruter un formateur.")
    proposals = {bare.pk: ("conditional", None), written.pk: ("conditional", None), plain.pk: ("labelled", None)}
    owner = CapacityFactory(role=Role.OFFICER).user
    told = {"reasons": REASONS, "conditions": "Trouver un local.", "conditions_due_on": due_on, "conditions_owner": owner}

    for words, why in (
        ({**told, "conditions": ""}, UNCONDITIONED),
        ({**told, "conditions_due_on": clock.today()}, UNDATED),
    ):
        assert refusals(effects_of(proposals, by=by, at=clock.now(), **words)) == {bare.pk: why}
    seen = effects_of(proposals, by=by, at=clock.now(), **told).seal
    with pytest.raises(Refused, match="a changé depuis"):
        prepare_many(proposals, by=by, seen=seen, **(told | {"conditions": "Trouver deux locaux."}))
    prepare_many(proposals, by=by, seen=seen, **told)

    kept = Decision.objects.values_list("application", "conditions", "conditions_due_on", "conditions_owner")
    assert {key: values for key, *values in kept} == {
        bare.pk: ["Trouver un local.", due_on, owner.pk],
        written.pk: ["Recruter un formateur.", written.decisions.get().conditions_due_on, None],
        plain.pk: ["", None, None],
    }


def test_without_words_nothing_is_prepared(call):
    with pytest.raises(Refused, match="Aucun de ces dossiers ne peut"):
        prepare_many({dossier(call).pk: ("refused", None)}, by=director())
    assert not Decision.objects.exists()


def test_what_changed_since_it_was_read_is_not_prepared(call):
    by, proposals = director(), {dossier(call).pk: ("labelled", None)}
    seen = effects_of(proposals, by=by, at=clock.now(), reasons=REASONS).seal
    with pytest.raises(Refused, match="a changé depuis"):
        prepare_many(proposals, by=by, reasons="D'autres motifs.", seen=seen)
    prepare_many(proposals, by=by, reasons=REASONS, seen=seen)


def test_only_the_director_prepares(call):
    with pytest.raises(Refused, match="Seul le directeur"):
        prepare_many({dossier(call).pk: ("labelled", None)}, by=second_signatory(), reasons=REASONS)


# --- Signing -------------------------------------------------------------------------------------------------------


def prepared(call, count, **fields):
    found = [DecisionFactory(application=dossier(call, total_budget_euros=400_000), **fields) for _ in range(count)]
    return found, found[0].cut_off, [each.application_id for each in found]


def test_signing_many_then_countersigning_them(call):
    by, second = director(), second_signatory()
    decisions, cut_off, dossiers = prepared(call, 2, grant_euros=40_000)

    sign_many(cut_off, dossiers, by=by, seen=signing_sheet(cut_off, dossiers, by=by, at=clock.now()).seal)
    read = countersigning_sheet(cut_off, dossiers, by=second, at=clock.now())
    countersign_many(cut_off, dossiers, by=second, seen=read.seal)

    assert {(d.first_signatory, d.second_signatory) for d in Decision.objects.all()} == {(by, second)}
    assert Envelope.objects.get().committed_euros == 80_000
    assert list(invariants.wrong_commitments()) == []
    actions = [entry.action for entry in JournalEntry.objects.about(decisions[0])]
    assert actions == ["decision.proposed", "decision.signed", "decision.countersigned"]


def test_when_the_money_is_short_the_best_are_signed_and_the_rest_is_told(call):
    by = director()
    decisions, cut_off, dossiers = prepared(call, 3, grant_euros=40_000)
    sheet = signing_sheet(cut_off, dossiers, by=by, at=clock.now())
    assert (sheet.accepted, sheet.grants_euros) == (decisions[:2], 80_000)
    assert [(d, "ce qui reste de l'enveloppe" in sentence) for d, sentence in sheet.refused] == [(decisions[2], True)]


@pytest.mark.parametrize("change", [{"reasons": "Autres."}, {"grant_euros": 39_999}])
def test_nothing_is_signed_when_one_of_them_changed_since(call, change):
    by = director()
    decisions, cut_off, dossiers = prepared(call, 2, grant_euros=40_000)
    seen = signing_sheet(cut_off, dossiers, by=by, at=clock.now()).seal
    Decision.objects.filter(pk=decisions[1].pk).update(**change)
    with pytest.raises(Refused, match="Rien n'a été signé"):
        sign_many(cut_off, dossiers, by=by, seen=seen)
    assert not Decision.objects.signed().exists()


def test_who_signed_cannot_countersign(call):
    by = director()
    _, cut_off, dossiers = prepared(call, 1, signed=True, first_signatory=by)
    with pytest.raises(Refused, match="Seul un second signataire"):
        countersigning_sheet(cut_off, dossiers, by=by, at=clock.now())


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_depend_on_the_number_of_dossiers(call, count):
    by, proposals = director(), {dossier(call).pk: ("labelled", None) for _ in range(count)}
    with CaptureQueriesContext(connection) as preparing_queries:
        prepare_many(proposals, by=by, reasons=REASONS)
    cut_off, dossiers = Decision.objects.first().cut_off, list(proposals)
    seen = signing_sheet(cut_off, dossiers, by=by, at=clock.now()).seal
    with CaptureQueriesContext(connection) as signing_queries:
        sign_many(cut_off, dossiers, by=by, seen=seen)
    assert (len(preparing_queries), len(signing_queries)) == (15, 24)
