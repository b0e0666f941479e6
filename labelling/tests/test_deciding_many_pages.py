"""The pages of deciding on many, and of delegating a signature."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, CallFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, Role
from gen_portal.core.tests.factories import CapacityFactory, UserFactory
from gen_portal.core.workflow import Refused
from labelling.models import Decision, SignatureDelegation
from labelling.tests.factories import ReviewFiguresFactory
from labelling.tests.factories_decisions import DecisionFactory, director, second_signatory
from labelling.transitions.decisions import countersign, sign
from labelling.transitions.delegations import delegate_signature, take_back
from labelling.transitions.publishing import publish_decisions

pytestmark = [pytest.mark.once, pytest.mark.django_db]
REASONS = "Le projet répond à un besoin du bassin d'emploi."


@pytest.fixture
def call(frozen_clock):
    return CallFactory()


def dossier(call):
    application = ApplicationFactory(under_review=True, call=call)
    ReviewFiguresFactory(application=application)
    return application


def officer():
    return CapacityFactory(role=Role.OFFICER).user


# --- Many ----------------------------------------------------------------------------------------------------------


def test_from_the_list_to_two_signatures(client_for, call):
    ticked, left = dossier(call), dossier(call)
    first, second = client_for(director()), client_for(second_signatory())
    listed = first.get(reverse("decision_list", args=[call.slug])).content.decode()
    assert f'name="dossier" id="choix-{ticked.pk}" value="{ticked.reference}"' in listed
    chosen = f"?releve=1&portee=coches&dossier={ticked.reference}"
    page = reverse("decision_prepare_many", args=[call.slug]) + chosen

    shown = first.post(page, {"outcome": "labelled", "reasons": REASONS}).context["preparation"]
    assert not Decision.objects.exists()
    first.post(page, {"outcome": "labelled", "reasons": REASONS, "seen": shown.seal, "faire": "1"})
    everything = "?releve=1&portee=tous&etape=a-signer"
    page = reverse("decision_sign_many", args=[call.slug]) + everything
    first.post(page, {"seen": first.get(page).context["sheet"].seal})
    page = reverse("decision_countersign_many", args=[call.slug]) + "?releve=1&portee=tous"
    response = second.post(page, {"seen": second.get(page).context["sheet"].seal})

    assert response.url == f"{reverse('decision_list', args=[call.slug])}?releve=1&etape=prete"
    assert [decision.application for decision in Decision.objects.ready()] == [ticked]
    assert not left.decisions.exists()


def test_conditions_typed_for_another_outcome_are_told_and_kept(client_for, call):
    page = f"{reverse('decision_prepare_many', args=[call.slug])}?releve=1&dossier={dossier(call).reference}"
    typed = {
        "outcome": "labelled",
        "reasons": REASONS,
        "conditions": "Trouver un local.",
        "conditions_due_on": "2030-01-31",
    }
    client = client_for(director())

    refused = client.post(page, {**typed, "faire": "1"})
    assert "Des conditions ne vont qu&#x27;avec un label sous conditions" in refused.text
    assert "Trouver un local." in refused.text
    assert not Decision.objects.exists()
    right = {**typed, "outcome": "conditional"}
    shown = client.post(page, right)
    assert "à remplir au plus tard le 31" in shown.text
    client.post(page, {**right, "seen": shown.context["preparation"].seal, "faire": "1"})
    assert Decision.objects.get().conditions == "Trouver un local."


@pytest.mark.parametrize("name", ["decision_sign_many", "decision_countersign_many"])
def test_signing_many_asks_a_fresh_second_factor(client_for, call, name):
    decision = DecisionFactory(application=dossier(call), signed=name == "decision_countersign_many")
    by = director() if name == "decision_sign_many" else second_signatory()
    client, page = client_for(by, second_factor_age=601), f"{reverse(name, args=[call.slug])}?portee=tous"
    for response in (client.get(page), client.post(page, {"seen": ""})):
        assert response.url.startswith(reverse("mfa_reauthenticate"))
        assert "portee%3Dtous" in response.url
    decision.refresh_from_db()
    assert [decision.is_countersigned, decision.is_signed] == [False, name == "decision_countersign_many"]


def test_a_page_read_before_a_change_signs_nothing(client_for, call):
    decision = DecisionFactory(application=dossier(call))
    client, page = client_for(director()), f"{reverse('decision_sign_many', args=[call.slug])}?portee=tous"
    seen = client.get(page).context["sheet"].seal
    Decision.objects.update(reasons="D'autres motifs.")
    response = client.post(page, {"seen": seen})
    assert "a changé depuis" in response.content.decode()
    decision.refresh_from_db()
    assert not decision.is_signed


# --- Delegation ----------------------------------------------------------------------------------------------------


def given(to, by, role=Role.DIRECTOR, days=7, **values):
    today = clock.today()
    dates = {"from_on": today, "until_on": today + timedelta(days=days)}
    return delegate_signature(to, by=by, role=role, **dates | values)


def test_who_signs_by_delegation_is_told_on_the_decision_and_its_journal(client_for, call):
    by, delegate = director(), officer()
    page = reverse("delegation_list")
    days = {"from_on": clock.today(), "until_on": clock.today() + timedelta(days=7)}
    client_for(by).post(page, {"delegate": delegate.pk, "role": "director", "max_grant_euros": "", **days})
    decision = DecisionFactory(application=dossier(call))
    client, sign_page = client_for(delegate), reverse("decision_sign", args=[decision.pk])

    client.post(sign_page, {"seen": decision.fingerprint})

    decision.refresh_from_db()
    assert (decision.first_signatory, decision.first_delegation.delegator) == (delegate, by)
    assert JournalEntry.objects.about(decision).last().note == f"labellisée, par délégation de {by.get_full_name()}"
    read = client.get(reverse("decision_edit", args=[decision.application.reference])).content.decode()
    assert f"{delegate.get_full_name()}, par délégation de {by.get_full_name()}" in read.replace("&#x27;", "'")


def test_a_delegate_is_told_finds_the_work_on_their_desk_and_the_letter_says_for_whom(client_for, call, mails):
    by, delegate = director(), officer()
    given(delegate, by)
    decision = DecisionFactory(application=dossier(call))
    (told,) = mails(kind="signature_delegated")
    assert (told.to_address, by.get_full_name() in told.text_body) == (delegate.email, True)

    desk = client_for(delegate).get(reverse("desk")).content.decode().replace("\u00a0", " ")
    assert "1 décision à signer" in desk
    assert f"par délégation de {by.get_full_name()}" in desk

    countersign(sign(decision, by=delegate), by=second_signatory())
    publish_decisions(decision.cut_off, by=delegate)
    (letter,) = mails(kind="decision_labelled")
    assert f"par {delegate.get_full_name()}, par délégation de {by.get_full_name()}, contresignée" in " ".join(
        letter.text_body.split()
    )


def test_a_delegation_ends_at_once_when_it_is_taken_back(client_for, call):
    by, delegate = director(), officer()
    delegation, decision = given(delegate, by), DecisionFactory(application=dossier(call))
    assert client_for(by).post(reverse("delegation_take_back", args=[delegation.pk])).status_code == 302
    with pytest.raises(Refused, match="Seul le directeur signe"):
        sign(decision, by=delegate)
    assert client_for(delegate).get(reverse("decision_sign", args=[decision.pk])).status_code == 403


@pytest.mark.parametrize("first", [-1, 1])
def test_it_holds_between_its_days_only(call, first):
    delegate, today = officer(), clock.today()
    days = {"from_on": today + timedelta(days=first), "until_on": today + timedelta(days=first)}
    SignatureDelegation.objects.create(
        delegator=director(), delegate=delegate, role=Role.DIRECTOR, given_at=clock.now(), **days
    )
    with pytest.raises(Refused, match="Seul le directeur signe"):
        sign(DecisionFactory(application=dossier(call)), by=delegate)


def test_it_falls_with_the_capacity_of_who_gave_it(call):
    by, delegate = director(), officer()
    given(delegate, by)
    by.capacities.update(until_on=clock.today() - timedelta(days=1), from_on=clock.today() - timedelta(days=9))
    with pytest.raises(Refused, match="Seul le directeur signe"):
        sign(DecisionFactory(application=dossier(call)), by=delegate)


def test_it_goes_up_to_its_amount(call):
    by, delegate = director(), officer()
    given(delegate, by, max_grant_euros=30_000)
    with pytest.raises(Refused, match="ne va que jusqu'à une subvention de 30"):
        sign(DecisionFactory(application=dossier(call), grant_euros=30_001), by=delegate)
    assert sign(DecisionFactory(application=dossier(call), grant_euros=30_000), by=delegate).is_signed


def test_the_two_signatures_stay_those_of_two_people(call):
    by, second, delegate = director(), second_signatory(), officer()
    wrong = (
        (second, "donne l'autre signature"),
        (by, "une autre personne que vous"),
        (UserFactory(), "conduit les appels"),
    )
    for to, sentence in wrong:
        with pytest.raises(Refused, match=sentence):
            given(to, by)
    given(delegate, by)
    with pytest.raises(Refused, match="déjà l'autre signature par délégation"):
        given(delegate, second, role=Role.SECOND_SIGNATORY)
    decision = sign(DecisionFactory(application=dossier(call)), by=delegate)
    CapacityFactory(user=by, role=Role.SECOND_SIGNATORY)
    with pytest.raises(Refused, match="au même nom"):
        countersign(decision, by=by)
    assert countersign(decision, by=second).is_countersigned


def test_only_a_signatory_delegates_and_only_they_take_it_back(call):
    delegation = given(officer(), director())
    with pytest.raises(Refused, match="Seul un signataire en exercice"):
        given(officer(), officer())
    with pytest.raises(Refused, match="Seule la personne qui a délégué"):
        take_back(delegation, by=director())
    for days, sentence in (
        ({"from_on": clock.today() - timedelta(days=1)}, "est passé"),
        ({"days": -1}, "avant le premier"),
    ):
        with pytest.raises(Refused, match=sentence):
            given(officer(), delegation.delegator, **days)


@pytest.mark.parametrize("change", ["until_on", "delegate", "ended_at"])
def test_the_database_keeps_delegations_in_order(call, change):
    delegation = given(officer(), director())
    wrong = {
        "until_on": delegation.from_on - timedelta(days=1), "delegate": delegation.delegator,
        "ended_at": delegation.given_at - timedelta(days=1),
    }[change]  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        SignatureDelegation.objects.update(**{change: wrong})
