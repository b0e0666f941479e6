"""Writing and publishing a call: what is written, what is refused, what never changes afterwards."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications import defaults
from applications.actions import calls
from applications.models import Call, GrantRule, JournalAction
from applications.tests.factories import CallFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry
from gen_portal.core.tests.factories import UserFactory
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db

PRESENTATION = {
    "title": "Appel à labellisation 2026",
    "summary": "Des formations courtes aux métiers du numérique, près de chez soi.",
    "text": "## Pourquoi\n\nFormer celles et ceux que l'emploi oublie.",
    "contact_name": "Équipe des appels",
    "contact_email": "appels@gen.example",
}


def acts(call):
    return [(entry.action, entry.note) for entry in JournalEntry.objects.about(call)]


def whole_draft(**fields):
    """A call ready to be published: open in the past, two cut-offs to come, grid, rule, envelope."""
    return CallFactory(unpublished=True, **fields)


def test_create_call_is_a_draft_with_an_address_of_its_own(frozen_clock):
    officer = UserFactory()
    opens_at = clock.start_of(date(2026, 4, 1))
    upload = SimpleUploadedFile("cahier.pdf", b"%PDF-1.4 contenu")
    first = calls.create_call(
        PRESENTATION | {"target_people": 500}, opens_at=opens_at, specification=upload, by=officer
    )
    second = calls.create_call(PRESENTATION, opens_at=opens_at, by=officer)

    assert (first.slug, second.slug) == ("appel-a-labellisation-2026", "appel-a-labellisation-2026-2")
    assert (first.published_at, first.target_people, first.specification.name) == (None, 500, "cahier.pdf")
    assert list(Call.objects.published(clock.now()).order_by("pk")) == []
    assert acts(first) == [("call.created", "")]


def test_a_call_titled_like_a_page_gets_another_address(db):
    assert calls.free_slug("Nouveau !") == "nouveau-2"
    assert calls.free_slug("« »") == "appel"


def test_change_call_keeps_its_address_and_replaces_the_specification():
    call = whole_draft(slug="mon-appel")
    upload = SimpleUploadedFile("cahier-v2.pdf", b"%PDF-1.4 v2")
    calls.change_call(call, PRESENTATION | {"target_fabriques": 12}, specification=upload, by=UserFactory())

    call.refresh_from_db()
    assert (call.slug, call.title, call.target_fabriques) == ("mon-appel", PRESENTATION["title"], 12)
    assert call.specification.name == "cahier-v2.pdf"
    note = f"présentation et cahier des charges (SHA-256 {call.specification.sha256})"
    assert acts(call) == [("call.changed", note)]


def test_a_published_call_still_changes_its_words_but_not_its_targets():
    call = CallFactory(target_fabriques=10)
    calls.change_call(call, {"title": "Intitulé corrigé"}, by=UserFactory())
    with pytest.raises(Refused, match="ne changent plus"):
        calls.change_call(call, {"target_fabriques": 99}, by=UserFactory())

    call.refresh_from_db()
    assert (call.title, call.target_fabriques) == ("Intitulé corrigé", 10)


def test_set_timetable_numbers_cut_offs_by_their_closing(frozen_clock):
    call = whole_draft()
    opens_at = clock.start_of(date(2026, 4, 1))
    late, early = clock.end_of(date(2026, 9, 30)), clock.end_of(date(2026, 5, 31))
    rows = [(late, None), (early, date(2026, 7, 15))]
    calls.set_timetable(call, opens_at=opens_at, cut_offs=rows, by=UserFactory())

    found = call.cut_offs.order_by("number").values_list("number", "closes_at", "results_expected_on")
    assert list(found) == [(1, early, date(2026, 7, 15)), (2, late, None)]
    assert Call.objects.get(pk=call.pk).opens_at == opens_at
    assert acts(call) == [("call.changed", "calendrier")]


@pytest.mark.parametrize(
    "days, sentence",
    [
        ((40, 40), "Deux relevés ferment au même instant : gardez-en un, ou changez une date."),
        ((-5, 40), "doit précéder la première clôture"),
    ],
)
def test_set_timetable_refuses(days, sentence, frozen_clock):
    call = whole_draft()
    before = list(call.cut_offs.order_by("number").values())
    cut_offs = [(clock.now() + timedelta(days=count), None) for count in days]
    with pytest.raises(Refused) as refusal:
        calls.set_timetable(call, opens_at=clock.now(), cut_offs=cut_offs, by=UserFactory())

    assert sentence in str(refusal.value)
    assert list(call.cut_offs.order_by("number").values()) == before
    assert acts(call) == []


def test_set_grid_keeps_codes_and_makes_the_missing_ones():
    call = whole_draft()
    rows = [
        {"code": "local", "label": "Ancrage", "weight_percent": 40, "guidance": ""},
        {"code": "", "label": "Égalité femmes-hommes", "weight_percent": 30, "guidance": ""},
        {"code": "", "label": "Local", "weight_percent": 30, "guidance": ""},
    ]
    calls.set_grid(call, rows, is_fictional=True, by=UserFactory())

    found = call.criteria.order_by("position").values_list("code", "weight_percent")
    assert list(found) == [("local", 40), ("egalite-femmes-h", 30), ("local-2", 30)]
    assert Call.objects.get(pk=call.pk).is_grid_fictional is True


def test_set_grid_refuses_weights_that_do_not_add_up():
    call = whole_draft()
    before = list(call.criteria.order_by("pk").values())
    with pytest.raises(Refused, match="La somme des poids est de 80 %"):
        calls.set_grid(call, defaults.CRITERIA[1:], is_fictional=True, by=UserFactory())

    assert list(call.criteria.order_by("pk").values()) == before


def test_set_rule_writes_the_envelope_and_replaces_the_limits():
    call = whole_draft()
    limits = {"per_label_euros": None, "per_structure_euros": None, "max_share_percent": 80}
    calls.set_rule(call, limits, budget_euros=37_000_000, label_months=36, by=UserFactory())

    call = Call.objects.get(pk=call.pk)
    assert (call.budget_euros, call.label_months) == (37_000_000, 36)
    assert GrantRule.objects.filter(call=call).values(*limits).get() == limits
    note = "enveloppe et subvention : La subvention d'amorçage ne dépasse pas 80 % du budget total de la formation."
    assert acts(call) == [("call.changed", note)]


def test_set_documents_replaces_the_list_in_order():
    call = whole_draft()
    calls.set_documents(call, defaults.DOCUMENTS, by=UserFactory())
    calls.set_documents(call, defaults.DOCUMENTS[:2], by=UserFactory())

    found = call.required_documents.order_by("position").values_list("position", "label")
    assert list(found) == [(1, "Statuts ou acte constitutif"), (2, "Preuve d'immatriculation")]


def test_publish_call_shows_it_and_says_so_in_the_journal(frozen_clock):
    call, officer = whole_draft(), UserFactory()
    published = calls.publish_call(call, by=officer)

    assert published.published_at == frozen_clock.at
    assert list(Call.objects.published(clock.now()).order_by("pk")) == [call]
    assert [(entry.action, entry.by) for entry in JournalEntry.objects.about(call).select_related("by")] == [
        (JournalAction.CALL_PUBLISHED, officer)
    ]


def without(relation):
    return lambda call: getattr(call, relation).all().delete()


def changed(**fields):
    return lambda call: Call.objects.filter(pk=call.pk).update(**fields)


def second_cut_off_before_the_first(call):
    call.cut_offs.filter(number=2).update(closes_at=clock.now() + timedelta(days=10))


REFUSALS = {
    "no presentation": (changed(summary=" "), "Écrivez l'intitulé, le résumé et le texte de l'appel."),
    "no contact": (changed(contact_email=""), "Indiquez le nom et l'adresse électronique du contact."),
    "no cut-off": (without("cut_offs"), "Ajoutez au moins un relevé de candidatures, avec son jour de clôture."),
    "opens too late": (
        changed(opens_at=datetime(2026, 5, 1, tzinfo=UTC)),
        "Mettez les dates dans l'ordre : l'ouverture d'abord, puis chaque relevé après le précédent.",
    ),
    "not ascending": (
        second_cut_off_before_the_first,
        "Mettez les dates dans l'ordre : l'ouverture d'abord, puis chaque relevé après le précédent.",
    ),
    "already closed": (
        lambda call: call.cut_offs.filter(number=1).update(closes_at=clock.now()),
        "Reportez les relevés déjà clos à ce jour, auxquels personne ne pourrait candidater : "
        "n° 1 (10\u00a0mars 2026).",
    ),
    "no grid": (without("criteria"), "Enregistrez la grille d'évaluation : elle n'a encore aucun critère."),
    "grid not whole": (
        lambda call: call.criteria.filter(code="local").update(weight_percent=15),
        "Ajustez les poids de la grille : leur somme est de 95 %, elle doit être de 100 %.",
    ),
    "no envelope": (changed(budget_euros=0), "Indiquez l'enveloppe de l'appel, en euros."),
    "no rule": (
        lambda call: call.grant_rule.delete(),
        "Fixez la règle de subvention, avec au moins un plafond.",
    ),
    "rule without a limit": (
        lambda call: GrantRule.objects.filter(call=call).update(
            per_label_euros=None, per_structure_euros=None, max_share_percent=None
        ),
        "Fixez la règle de subvention, avec au moins un plafond.",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_publish_call_refuses_and_changes_nothing(name, frozen_clock):
    spoil, sentence = REFUSALS[name]
    call = whole_draft()
    spoil(call)
    with pytest.raises(Refused) as refusal:
        calls.publish_call(call, by=UserFactory())

    assert str(refusal.value) == sentence
    assert Call.objects.get(pk=call.pk).published_at is None
    assert acts(call) == []


def test_publish_call_says_every_missing_thing_at_once(frozen_clock):
    call = CallFactory(unpublished=True, bare=True, budget_euros=0)
    with pytest.raises(Refused) as refusal:
        calls.publish_call(call, by=UserFactory())

    assert str(refusal.value) == (
        "Ajoutez au moins un relevé de candidatures, avec son jour de clôture. "
        "Enregistrez la grille d'évaluation : elle n'a encore aucun critère. "
        "Indiquez l'enveloppe de l'appel, en euros. "
        "Fixez la règle de subvention, avec au moins un plafond."
    )


LIMITS = {"per_label_euros": 1, "per_structure_euros": None, "max_share_percent": None}
FROZEN = {
    "publish": lambda call, by: calls.publish_call(call, by=by),
    "timetable": lambda call, by: calls.set_timetable(call, opens_at=call.opens_at, cut_offs=[], by=by),
    "grid": lambda call, by: calls.set_grid(call, defaults.CRITERIA, is_fictional=False, by=by),
    "rule": lambda call, by: calls.set_rule(call, LIMITS, budget_euros=1, label_months=1, by=by),
    "documents": lambda call, by: calls.set_documents(call, [], by=by),
}


@pytest.mark.parametrize("name", FROZEN)
def test_after_publication_nothing_that_counts_changes(name, frozen_clock):
    call = CallFactory(published_at=frozen_clock.at)
    with pytest.raises(Refused) as refusal:
        FROZEN[name](call, UserFactory())

    assert str(refusal.value) == (
        "Cet appel est publié depuis le 10\u00a0mars 2026 à 10\u00a0h\u00a000 : ses objectifs, son calendrier, sa grille, "
        "sa règle de subvention et ses pièces ne changent plus."
    )
    assert acts(call) == []
