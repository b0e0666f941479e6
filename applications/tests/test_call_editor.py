"""The officers' steps: a call written through the pages, and each refusal, which keeps what was typed."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfWriter

from applications.models import Call
from applications.tests.factories import CallFactory
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry
from gen_portal.core.tests.factories import CapacityFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]

GENERAL = {
    "title": "Appel à labellisation 2026",
    "summary": "Des formations courtes aux métiers du numérique.",
    "text": "## Pourquoi\n\nFormer celles et ceux que l'emploi oublie.",
    "contact_name": "Équipe des appels",
    "contact_email": "appels@gen.example",
    "target_fabriques": "",
    "target_people": "2500",
}
OPENING = {"opens_on": "2026-04-01", "opens_time": ""}
RULE = {"budget_euros": "4000000", "label_months": "36", "per_label_euros": "70000", "per_structure_euros": "180000"}


@pytest.fixture
def officer(client_for, frozen_clock):
    return client_for(CapacityFactory().user)


def a_pdf():
    """The bytes of a real PDF of one page."""
    writer, content = PdfWriter(), BytesIO()
    writer.add_blank_page(width=595, height=842)
    writer.write(content)
    return content.getvalue()


def rows(prefix, initial_count, *lines):
    """The data a formset posts."""
    posted = {f"{prefix}-TOTAL_FORMS": len(lines), f"{prefix}-INITIAL_FORMS": initial_count}
    for index, line in enumerate(lines):
        posted |= {f"{prefix}-{index}-{name}": value for name, value in line.items()}
    return posted


def errors_of(response):
    """The messages of a page that was refused."""
    assert response.status_code == 200
    form = response.context["form"] if "form" in response.context else response.context["rows"]
    return form.errors


def post(client, name, slug, data, **fields):
    return client.post(reverse(name, args=[slug]), data | fields)


def test_a_call_is_written_step_by_step_and_published(officer):
    upload = SimpleUploadedFile("cahier.pdf", a_pdf())
    answer = officer.post(reverse("call_create"), GENERAL | OPENING | {"specification_file": upload})
    slug = "appel-a-labellisation-2026"
    assert answer.url == f"/gestion/appels/{slug}/calendrier/"

    cut_offs = [
        {"last_day": "2026-11-25", "closing_time": "", "results_expected_on": "2027-01-31"},
        {"last_day": "2026-06-30", "closing_time": "18:00"},
        {"last_day": ""},
    ]
    answer = post(officer, "call_timetable_edit", slug, OPENING | rows("releves", 0, *cut_offs))
    assert answer.url == f"/gestion/appels/{slug}/grille/"
    grid = officer.get(answer.url).context["rows"]
    criteria = [{name: form[name].value() for name in ("label", "weight_percent", "guidance", "code")} for form in grid]
    posted = rows("criteres", 5, *criteria[:5], {"label": ""})
    assert post(officer, "call_grid_edit", slug, posted, is_fictional="on").url.endswith("/subvention/")
    assert post(officer, "call_rule_edit", slug, RULE).url.endswith("/pieces/")
    ticked = dict.fromkeys(("is_mandatory", "accepts_pdf", "accepts_images", "accepts_sheets"), "on")
    documents = [{"label": "Statuts", "help_text": ""} | ticked, {"label": ""} | ticked]
    assert post(officer, "call_documents_edit", slug, rows("pieces", 0, *documents)).url.endswith("/publier/")
    assert post(officer, "call_publish", slug, {}).url == f"/appels/{slug}/"

    call = Call.objects.published(clock.now()).get(slug=slug)
    assert [(cut_off.number, cut_off.last_day, cut_off.closing_time) for cut_off in call.timetable] == [
        (1, date(2026, 6, 30), clock.datetime(2026, 6, 30, 18).time()),
        (2, date(2026, 11, 25), None),
    ]
    assert [document.label for document in call.required_documents.all()] == ["Statuts"]
    assert [(entry.number, entry.action) for entry in JournalEntry.objects.about(call)] == [
        (1, "call.created"),
        *((number, "call.changed") for number in range(2, 6)),
        (6, "call.published"),
    ]


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"title": ""}, "title"),
        ({"contact_email": "appels"}, "contact_email"),
        ({"opens_on": ""}, "opens_on"),
        ({"opens_on": "20260-04-01"}, "opens_on"),
        ({"opens_on": "9999-12-31"}, "opens_on"),
        ({"opens_on": "2026-03-29", "opens_time": "02:30"}, "opens_time"),
        ({"specification_file": SimpleUploadedFile("notes.pdf", b"du texte")}, "specification_file"),
    ],
)
def test_a_creation_refused_keeps_what_was_typed(changes, field, officer):
    response = officer.post(reverse("call_create"), GENERAL | OPENING | changes)
    assert list(errors_of(response)) == [field]
    assert response.context["form"]["text"].value() == GENERAL["text"]
    assert list(Call.objects.order_by("pk")) == []


def test_a_published_call_is_corrected_in_place(officer):
    call = CallFactory(target_people=10)
    answer = post(officer, "call_edit", call.slug, GENERAL | {"target_people": "99"})
    call.refresh_from_db()
    assert answer.url == f"/gestion/appels/{call.slug}/"
    assert (call.title, call.target_people) == (GENERAL["title"], 10)


DAY = {"last_day": "2026-06-30", "closing_time": "", "results_expected_on": ""}
TIMETABLES = {
    "same closing twice": ([DAY, DAY], "rows", "Deux relevés ferment au même instant"),
    "closing before opening": ([DAY | {"last_day": "2026-03-31"}], "opening", "L'ouverture doit précéder"),
    "an hour that is not": (
        [DAY | {"last_day": "2027-03-28", "closing_time": "02:15"}],
        "rows",
        "n'existe pas le 28\u00a0mars 2027",
    ),
    "an hour that is twice": (
        [DAY | {"last_day": "2026-10-25", "closing_time": "02:15"}],
        "rows",
        "existe deux fois le 25\u00a0octobre 2026",
    ),
    "midnight": ([DAY | {"closing_time": "00:00"}], "rows", "laissez l'heure vide"),
    "results too early": ([DAY | {"results_expected_on": "2026-06-30"}], "rows", "Les résultats viennent après"),
    "a strange year": ([DAY | {"last_day": "9999-12-31"}], "rows", "Vérifiez l'année"),
    "an hour without a day": ([DAY | {"last_day": "", "closing_time": "18:00"}], "rows", "obligatoire"),
}


def said_by(form, where):
    """Every error of the opening, or of the rows."""
    if where == "opening":
        return [error for errors in form.opening.errors.values() for error in errors]
    return [*form.rows.non_form_errors(), *(one for row in form.rows.errors for found in row.values() for one in found)]


@pytest.mark.parametrize("name", TIMETABLES)
def test_a_timetable_refused_changes_nothing(name, officer):
    lines, where, sentence = TIMETABLES[name]
    call = CallFactory(unpublished=True)
    before = list(call.cut_offs.order_by("number").values())
    response = post(officer, "call_timetable_edit", call.slug, OPENING | rows("releves", 0, *lines))

    assert sum(sentence in error for error in said_by(response.context["form"], where)) == 1
    assert response.context["form"].rows.forms[0]["last_day"].value() == lines[0]["last_day"]
    assert list(call.cut_offs.order_by("number").values()) == before


def test_a_cut_off_is_removed_by_its_box(officer):
    call = CallFactory(unpublished=True, cut_off_days=(40, 80))
    lines = [DAY | {"DELETE": "on"}, DAY | {"last_day": "2026-09-30"}]
    opening = {"opens_on": "2026-04-01", "opens_time": "09:00"}
    post(officer, "call_timetable_edit", call.slug, opening | rows("releves", 2, *lines))
    call = Call.objects.get(pk=call.pk)
    assert [(cut_off.number, cut_off.last_day) for cut_off in call.timetable] == [(1, date(2026, 9, 30))]
    assert call.opens_at.isoformat() == "2026-04-01T07:00:00+00:00"


def test_a_timetable_is_shown_as_it_was_typed(officer):
    call = CallFactory(unpublished=True)
    call.cut_offs.filter(number=2).update(closes_at=clock.datetime(2026, 6, 30, 16, 0, tzinfo=clock.UTC))
    form = officer.get(reverse("call_timetable_edit", args=[call.slug])).context["form"]
    typed = [(line["last_day"].value(), str(line["closing_time"].value())) for line in form.rows.forms[:2]]
    assert typed == [(date(2026, 4, 8), "None"), (date(2026, 6, 30), "18:00:00")]
    assert form.opening["opens_time"].value() is None


@pytest.mark.parametrize(
    "weights, sentence",
    [
        ((60, 30), "La somme des poids est de 90 % : il manque 10 points pour faire 100 %."),
        ((60, 41), "La somme des poids est de 101 % : il y a 1 point de trop pour faire 100 %."),
        ((), "La somme des poids est de 0 % : il manque 100 points pour faire 100 %."),
    ],
)
def test_a_grid_that_is_not_whole_is_refused(weights, sentence, officer):
    call = CallFactory(unpublished=True)
    lines = [{"label": f"Critère {weight}", "weight_percent": weight, "guidance": ""} for weight in weights]
    response = post(officer, "call_grid_edit", call.slug, rows("criteres", 0, *lines))
    assert response.context["rows"].non_form_errors() == [sentence]
    assert call.criteria.count() == 5


@pytest.mark.parametrize(
    "changes, field, sentence",
    [
        ({"per_label_euros": "", "per_structure_euros": ""}, "__all__", "Fixez au moins un plafond"),
        ({"per_structure_euros": "60000"}, "per_structure_euros", "au moins le plafond d'un label"),
        ({"max_share_percent": "101"}, "max_share_percent", "Indiquez une part de 1 à 100 %."),
        ({"max_share_percent": "", "eligible_heads": ["staff"]}, "max_share_percent", "fixez-la"),
        ({"eligible_heads": ["gifts"]}, "eligible_heads", "gifts"),
        ({"budget_euros": "0"}, "budget_euros", "1"),
        ({"label_months": "0"}, "label_months", "1"),
    ],
)
def test_a_rule_refused_changes_nothing(changes, field, sentence, officer):
    call = CallFactory(unpublished=True)
    before = (call.budget_euros, call.grant_rule.explained)
    errors = errors_of(post(officer, "call_rule_edit", call.slug, RULE | changes))
    assert (list(errors), sentence in errors[field][0]) == ([field], True)
    call = Call.objects.get(pk=call.pk)
    assert (call.budget_euros, call.grant_rule.explained) == before


def test_the_rule_is_explained_back(officer):
    call = CallFactory(unpublished=True)
    post(officer, "call_rule_edit", call.slug, RULE | {"max_share_percent": "80"})
    page = " ".join(officer.get(reverse("call_rule_edit", args=[call.slug])).content.decode().split())
    assert (
        page.count("ne dépasse pas 70 000 € par label, ni 180 000 € au total pour une même structure, ni 80 % du") == 1
    )


def test_the_checklist_says_what_is_missing_and_refuses_to_publish(officer):
    call = CallFactory(unpublished=True, bare=True)
    response = officer.get(reverse("call_publish", args=[call.slug]))
    missing = [check.step for check in response.context["checks"] if check.is_required and not check.is_met]
    assert missing == ["call_timetable_edit", "call_grid_edit", "call_rule_edit"]
    assert "Publier cet appel" not in response.content.decode()

    response = post(officer, "call_publish", call.slug, {})
    said = [str(message) for message in response.context["messages"]]
    assert said == [
        "Ajoutez au moins un relevé de candidatures, avec son jour de clôture. "
        "Enregistrez la grille d'évaluation : elle n'a encore aucun critère. "
        "Fixez la règle de subvention, avec au moins un plafond."
    ]


@pytest.mark.parametrize(
    "name, data",
    [
        ("call_timetable_edit", OPENING | rows("releves", 0, DAY)),
        ("call_grid_edit", rows("criteres", 0, {"label": "Tout", "weight_percent": 100})),
        ("call_rule_edit", RULE),
        ("call_documents_edit", rows("pieces", 0, {"label": "Statuts", "accepts_pdf": "on"})),
    ],
)
def test_after_publication_the_steps_only_explain(name, data, officer):
    call = CallFactory()
    page = officer.get(reverse(name, args=[call.slug])).content.decode()
    step = page.split('<div class="gen-step">')[1].split("<footer")[0]
    assert ("cette étape ne change plus" in step, "</form>" in step) == (True, False)
    response = post(officer, name, call.slug, data)
    assert ["ne changent plus" in str(message) for message in response.context["messages"]] == [True]
