"""The pages of deciding: who reads them, what they do, what they cost."""

import pytest
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, CallFactory, MembershipFactory
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory, UserFactory
from labelling.models import Decision, Label
from labelling.tests.factories_decisions import DecisionFactory, LabelFactory, director, reviewed, second_signatory

pytestmark = [pytest.mark.once, pytest.mark.django_db]
TYPED = {"outcome": "labelled", "reasons": "Solide.", "conditions": "", "conditions_due_on": "", "grant_euros": "40000"}


@pytest.fixture
def application(frozen_clock):
    return reviewed(ApplicationFactory(under_review=True))


def url(name, *args):
    return reverse(name, args=args)


def text_of(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


# --- Preparing -----------------------------------------------------------------------------------------------------


def test_the_director_prepares_a_decision(client_for, application):
    client, page = client_for(director()), url("decision_edit", application.reference)
    assert "au plus 60 000 € : 50 % du budget de la formation (120 000 €)" in text_of(client.get(page))

    response = client.post(page, TYPED, follow=True)

    assert response.redirect_chain == [(page, 302)]
    decision = Decision.objects.get()
    assert (decision.outcome, decision.grant_euros) == ("labelled", 40_000)
    assert url("decision_sign", decision.pk) in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"grant_euros": "60001"}, "60 001 €, c&#x27;est trop : au plus 60 000 €"),
        ({"outcome": "conditional"}, "Écrivez les conditions que la structure doit remplir."),
        ({"reasons": ""}, "Donnez les motifs : toute décision est motivée."),
    ],
)
def test_a_refusal_keeps_what_was_typed(client_for, application, changes, sentence):
    response = client_for(director()).post(
        url("decision_edit", application.reference), TYPED | {"reasons": "Mes motifs"} | changes
    )

    text = text_of(response)
    assert sentence in text
    assert ("Mes motifs" in text) == ("reasons" not in changes)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SECOND_SIGNATORY])
def test_others_who_run_the_call_read_but_do_not_write(client_for, application, role):
    client, page = client_for(CapacityFactory(role=role).user), url("decision_edit", application.reference)
    assert "data-gen-decision" not in client.get(page).content.decode()
    assert client.post(page, TYPED).status_code == 403


def test_the_page_of_a_dossier_of_ones_own_structure_is_hidden(client_for, application):
    by = director()
    MembershipFactory(structure=application.training.structure, user=by)
    decision = DecisionFactory(application=application)
    client = client_for(by)
    pages = [url("decision_edit", application.reference), url("decision_sign", decision.pk)]
    assert [client.get(page).status_code for page in pages] == [404, 404]
    listed = client.get(url("decision_list", application.call.slug))
    assert application.training.title not in listed.content.decode()


def test_what_was_signed_meanwhile_is_not_overwritten(client_for, application):
    DecisionFactory(application=application, signed=True)
    response = client_for(director()).post(url("decision_edit", application.reference), TYPED)
    assert response.status_code == 200
    assert Decision.objects.get().grant_euros == 0
    text = text_of(response)
    assert "Cette décision est déjà signée : reprenez la signature avant de la modifier." in text
    assert "Solide." in text


# --- Signing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("age", [601, None])
def test_signing_asks_a_fresh_second_factor(client_for, application, settings, method, age):
    decision = DecisionFactory(application=application)
    page = url("decision_sign", decision.pk)
    client = client_for(director(), second_factor_age=age if age else 3600)

    response = getattr(client, method)(page, {"seen": decision.fingerprint} if method == "post" else {})

    assert response.status_code == 302
    assert response.url == f"{url('mfa_reauthenticate')}?next={page.replace('/', '%2F')}"
    decision.refresh_from_db()
    assert not decision.is_signed


def test_sign_then_countersign_through_the_pages(client_for, application):
    decision = DecisionFactory(application=application, grant_euros=40_000)
    sign, countersign = url("decision_sign", decision.pk), url("decision_countersign", decision.pk)
    first, second = client_for(director()), client_for(second_signatory())
    assert "40 000 €" in text_of(first.get(sign))

    first.post(sign, {"seen": decision.fingerprint})
    assert "40 000 €" in text_of(second.get(countersign))
    response = second.post(countersign, {"seen": decision.fingerprint})

    assert response.url == f"{url('decision_list', application.call.slug)}?releve=1"
    assert list(Decision.objects.ready()) == [decision]


def test_signing_what_changed_says_so_and_shows_it(client_for, application):
    decision = DecisionFactory(application=application)
    response = client_for(director()).post(url("decision_sign", decision.pk), {"seen": "autre"})
    assert "Cette décision a changé depuis que vous l&#x27;avez lue" in text_of(response)
    assert decision.fingerprint in response.content.decode()


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("decision_sign", director), ("decision_countersign", second_signatory), ("decision_reopen", director)],
)
def test_each_signature_page_has_its_signatory(client_for, application, name, allowed):
    decision = DecisionFactory(application=application, signed=True)
    people = {"director": director(), "second": second_signatory(), "officer": CapacityFactory(role=Role.OFFICER).user,
              "admin": CapacityFactory(role=Role.TECHNICAL_ADMIN).user, "member": application.started_by}  # fmt: skip
    seen = {who: client_for(person).get(url(name, decision.pk)).status_code for who, person in people.items()}
    right = "director" if allowed is director else "second"
    assert seen == {"director": 403, "second": 403, "officer": 403, "admin": 404, "member": 404} | {right: 200}


def test_reopening_asks_a_reason_and_releases(client_for, application):
    decision = DecisionFactory(application=application, countersigned=True, grant_euros=40_000)
    client, page = client_for(director()), url("decision_reopen", decision.pk)
    prepared = DecisionFactory()
    refused = client.post(url("decision_reopen", prepared.pk), {"reason": "À revoir."})
    assert "Cette décision n&#x27;est pas signée" in text_of(refused)
    assert "Dites pourquoi la signature est reprise." in text_of(client.post(page, {"reason": ""}))

    client.post(page, {"reason": "À revoir."})

    decision.refresh_from_db()
    assert (decision.is_signed, decision.is_countersigned) == (False, False)
    read = client_for(second_signatory()).get(url("decision_edit", application.reference))
    assert "signature retirée par" in text_of(read)
    assert "(À revoir.)" in text_of(read)


SHEET_QUERIES = 27


@pytest.mark.parametrize("count", [1, 3])
def test_the_sheet_costs_the_same_for_one_or_three_reviews(client_for, frozen_clock, count, django_assert_num_queries):
    application = reviewed(ApplicationFactory(under_review=True), count=count)
    DecisionFactory(application=application)
    client = client_for(director())
    with django_assert_num_queries(SHEET_QUERIES):
        response = client.get(url("decision_edit", application.reference))
    assert response.content.decode().count('<dl class="gen-marks">') == count


# --- The list ------------------------------------------------------------------------------------------------------

LIST_QUERIES = 11


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_or_three(client_for, frozen_clock, count, django_assert_num_queries):
    call, client = CallFactory(), client_for(director())
    for _ in range(count):
        reviewed(ApplicationFactory(under_review=True, call=call))
        for state in ({}, {"signed": True}, {"countersigned": True}, {"published": True}):
            DecisionFactory(application=ApplicationFactory(under_review=True, call=call), grant_euros=1_000, **state)

    with django_assert_num_queries(LIST_QUERIES):
        response = client.get(url("decision_list", call.slug))

    assert response.content.decode().count('<th scope="row">') == 5 * count


def test_the_list_shows_each_step_and_filters(client_for, frozen_clock):
    call, client = CallFactory(), client_for(director())
    waiting = reviewed(ApplicationFactory(under_review=True, call=call, training__title="Cybersécurité"))
    DecisionFactory(application=ApplicationFactory(under_review=True, call=call), grant_euros=1_000, signed=True)
    page = url("decision_list", call.slug)

    assert "1 000 € engagés sur 5 000 000 €, reste 4 999 000 €" in text_of(client.get(page))
    for query, count in (("etape=a-preparer", 1), ("etape=a-contresigner", 1), ("etape=prete", 0), ("texte=CYBERSECURITE", 1),
                         ("releve=2", 0), ("releve=9", 2), ("etape=inconnue", 2), ("tri=-subvention", 2)):  # fmt: skip
        assert client.get(f"{page}?{query}").content.decode().count('<th scope="row">') == count, query
    assert waiting.training.title in text_of(client.get(f"{page}?etape=a-preparer"))


@pytest.mark.parametrize(
    ("who", "status"),
    [(Role.OFFICER, 200), (Role.DIRECTOR, 200), (Role.SECOND_SIGNATORY, 200), (Role.TECHNICAL_ADMIN, 403), (None, 403)],
)
def test_the_list_is_for_those_who_run_the_call(client_for, frozen_clock, who, status):
    person = CapacityFactory(role=who).user if who else UserFactory()
    assert client_for(person).get(url("decision_list", CallFactory().slug)).status_code == status


def test_the_list_says_what_blocks(client_for, frozen_clock):
    call, client = CallFactory(), client_for(director())
    alone = reviewed(ApplicationFactory(under_review=True, call=call), count=1)
    gone = reviewed(ApplicationFactory(withdrawn=True, call=call))
    kept = [DecisionFactory(application=dossier, countersigned=True) for dossier in (alone, gone)]

    text = text_of(client.get(f"{url('decision_list', call.slug)}?etape=bloquee"))

    assert "moins de deux évaluations déposées" in text
    assert "le dossier a été retiré : reprenez la signature pour libérer la subvention" in text
    assert all(url("decision_reopen", decision.pk) in text for decision in kept)


def test_a_call_without_timetable_says_what_to_do(client_for, frozen_clock):
    response = client_for(director()).get(url("decision_list", CallFactory(bare=True).slug))
    assert "Cet appel n'a pas de relevé" in text_of(response).replace("&#x27;", "'")


# --- The outcome, the loss -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("labelled", "Votre formation est labellisée"),
        ("conditional", "Votre formation est labellisée sous conditions"),
        ("deferred", "Votre candidature est reportée au relevé suivant"),
        ("refused", "Votre candidature n'est pas retenue"),
    ],
)
def test_the_structure_reads_the_outcome(client_for, frozen_clock, kind, title):
    if kind == "labelled":
        decision = LabelFactory(decision__grant_euros=40_000).decision
    elif kind == "conditional":
        decision = LabelFactory(decision__conditional=True).decision
    else:
        decision = DecisionFactory(published=True, **{kind: True})

    text = text_of(
        client_for(decision.application.started_by).get(url("application_result", decision.application.reference))
    )

    assert f"<h1>{title}</h1>" in text
    assert decision.reasons.replace("'", "&#x27;") in text
    assert "au moins jusqu'au 10 mai 2026" in text
    assert ("40 000 €, non renouvelable" in text) == (kind == "labelled")
    assert ("Au plus tard le 8 juin 2026" in text) == (kind == "conditional")


def test_the_outcome_is_for_the_structure_and_those_who_run_the_call(client_for, frozen_clock):
    decision = LabelFactory().decision
    page = url("application_result", decision.application.reference)
    people = (
        decision.application.started_by,
        director(),
        MembershipFactory().user,
        CapacityFactory(role=Role.TECHNICAL_ADMIN).user,
    )
    assert [client_for(person).get(page).status_code for person in people] == [200, 200, 404, 404]


def test_an_officer_records_that_a_label_is_given_up(client_for, frozen_clock):
    label, officer = LabelFactory(), CapacityFactory(role=Role.OFFICER).user
    client, page = client_for(officer), url("label_give_up", label.reference)
    assert client_for(director()).get(page).status_code == 403
    assert "Dites pourquoi la structure abandonne ce label." in text_of(
        client.post(page, {"effective_on": "2026-04-01"})
    )

    response = client.post(page, {"effective_on": "2026-04-01", "note": "L'équipe s'est dissoute."})

    assert response.url == url("label_page", label.reference)
    assert [(e.kind, str(e.effective_on), e.note) for e in label.events.order_by("pk")][1:] == [
        ("given_up", "2026-04-01", "L'équipe s'est dissoute.")
    ]
    assert "déjà perdu" in text_of(client.post(page, {"effective_on": "2026-05-01", "note": "Encore."}))
    assert Label.objects.count() == 1
