"""Filling a section: incomplete answers are kept, wrong ones explained, and two writers never overwrite each other."""

import re

import pytest
from django.urls import reverse

from applications import transitions
from applications.models import Application, MemberRole
from applications.models.sections import BY_CODE, SECTIONS
from applications.tests.factories import ApplicationFactory, MembershipFactory, SiteFactory, TrainingFactory
from gen_portal.core.models import JournalEntry
from gen_portal.core.tests.factories import CommuneFactory

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def owner(frozen_clock):
    return MembershipFactory()


@pytest.fixture
def application(owner):
    return ApplicationFactory(training=TrainingFactory(structure=owner.structure))


@pytest.fixture
def client(owner, client_for):
    return client_for(owner.user)


def url_of(application, code):
    return reverse("application_section", args=[application.reference, code])


def version_on(page):
    return re.search(r'name="version" value="(\w+)"', page.content.decode())[1]


def text_of(page):
    return page.content.decode().replace("&#x27;", "'").replace("\xa0", " ").replace("\u202f", " ")


def test_an_incomplete_section_is_kept(application, client):
    url = url_of(application, "formation")

    answer = client.post(
        url, {"version": version_on(client.get(url)), "summary": "Six mois de web.", "total_hours": ""}
    )

    application.refresh_from_db()
    assert (answer.url, application.summary, application.total_hours) == (url, "Six mois de web.", None)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.code)
def test_save_and_continue_leads_to_the_next_part(application, client, section):
    following = {"sites": "budget", "formation": "programme", "programme": "publics", "publics": "partenariats",
                 "partenariats": "sites", "budget": "engagements"}.get(section.code)  # fmt: skip
    url = url_of(application, section.code)

    answer = client.post(url, {"version": section.version(application), "suite": "1"})

    files_url = reverse("application_files", args=[application.reference])
    assert answer.url == (url_of(application, following) if following else files_url)


def test_a_wrong_answer_is_explained_and_the_right_ones_are_kept(application, client):
    url = url_of(application, "formation")
    values = {
        "version": version_on(client.get(url)),
        "summary": "Six mois.",
        "on_site_percent": "150",
        "rncp_code": "12",
    }

    page = client.post(url, values)

    application.refresh_from_db()
    assert (page.status_code, application.summary, application.on_site_percent) == (200, "Six mois.", None)
    assert 'value="150"' in text_of(page)
    assert "Un code RNCP s'écrit" in text_of(page)
    assert version_on(page) == BY_CODE["formation"].version(application)


@pytest.mark.parametrize(("typed", "kept"), [("rncp 37674", "RNCP37674"), ("37674", "RNCP37674"), ("", "")])
def test_an_rncp_code_is_written_one_way(application, client, typed, kept):
    url = url_of(application, "formation")
    client.post(url, {"version": version_on(client.get(url)), "rncp_code": typed})
    application.refresh_from_db()
    assert application.rncp_code == kept


@pytest.mark.parametrize(
    ("total", "requested", "words"),
    [("100000", "50001", "de demander 50 000 € au plus"), ("100000", "100001", "dépasse le budget total")],
)
def test_a_grant_above_the_ceiling_is_explained(application, client, total, requested, words):
    url = url_of(application, "budget")
    values = {"total_budget_euros": total, "requested_grant_euros": requested}

    page = client.post(url, values | {"version": version_on(client.get(url))})

    application.refresh_from_db()
    assert words in text_of(page)
    assert (application.total_budget_euros, application.requested_grant_euros) == (int(total), None)


def test_the_budget_page_computes_share_and_cost(application, client):
    Application.objects.filter(pk=application.pk).update(
        total_budget_euros=120_000, requested_grant_euros=50_000, session_count=2, seat_count=15
    )
    page = text_of(client.get(url_of(application, "budget")))
    assert re.search(r"data-gen-share>41,7 %<", page)
    assert re.search(r"data-gen-cost>4 000 €<", page)
    assert "ne dépasse pas 70 000 € par label" in page


# --- Two writers ----------------------------------------------------------------------------------------------------


@pytest.fixture
def colleague(owner, client_for):
    return client_for(MembershipFactory(structure=owner.structure, role=MemberRole.EDITOR).user)


def test_two_writers_of_one_section_see_both_versions(application, client, colleague):
    url = url_of(application, "programme")
    seen = version_on(client.get(url))
    colleague.post(url, {"version": seen, "programme": "Du PHP.", "pedagogy": ""})

    page = client.post(url, {"version": seen, "programme": "Du Python.", "pedagogy": ""})

    application.refresh_from_db()
    assert (page.status_code, application.programme) == (409, "Du PHP.")
    assert "Du PHP." in text_of(page)
    assert text_of(page).count("Du Python.") == 2
    client.post(url, {"version": version_on(page), "programme": "Du Python et du PHP.", "pedagogy": ""})
    application.refresh_from_db()
    assert application.programme == "Du Python et du PHP."


@pytest.mark.parametrize(
    "section", [section for section in SECTIONS if section.fields], ids=lambda section: section.code
)
def test_no_section_is_overwritten_silently(application, client, colleague, section):
    url, name = url_of(application, section.code), section.fields[-1]
    theirs, mine = {"first_start_on": ("2027-01-10", "2027-02-10"), "signatory_role": ("maire", "gérant")}.get(
        name, ("11", "22")
    )
    seen = version_on(client.get(url))
    colleague.post(url, {"version": seen, name: theirs})

    assert client.post(url, {"version": seen, name: mine}).status_code == 409
    application.refresh_from_db()
    assert str(getattr(application, name)) == theirs


def test_sites_are_guarded_too(application, client, colleague, owner):
    first, second = SiteFactory(structure=owner.structure), SiteFactory(structure=owner.structure)
    url = url_of(application, "sites")
    seen = version_on(client.get(url))
    colleague.post(url, {"version": seen, "sites": [first.pk]})

    page = client.post(url, {"version": seen, "sites": [second.pk]})

    assert page.status_code == 409
    assert list(application.sites.all()) == [first]


def test_two_writers_of_two_sections_do_not_meet(application, client, colleague):
    seen = {code: version_on(client.get(url_of(application, code))) for code in ("programme", "budget")}
    colleague.post(url_of(application, "programme"), {"version": seen["programme"], "programme": "Du PHP."})

    assert client.post(url_of(application, "budget"), {"version": seen["budget"]}).status_code == 302


def test_text_typed_into_a_dossier_filed_meanwhile_stays_on_the_page(owner, client):
    application = ApplicationFactory(complete=True, training=TrainingFactory(structure=owner.structure))
    url = url_of(application, "programme")
    seen = version_on(client.get(url))
    transitions.submit(application, by=owner.user, key="k1")

    page = client.post(url, {"version": seen, "programme": "Un texte tout neuf."})

    assert page.status_code == 409
    assert "Un texte tout neuf." in text_of(page)
    assert "Votre texte n'est pas enregistré" in text_of(page)


# --- By itself ------------------------------------------------------------------------------------------------------


def test_autosave_says_when_and_gives_the_new_version(application, client):
    url = url_of(application, "programme")

    answer = client.post(url, {"version": version_on(client.get(url)), "programme": "Du Python."}, **JSON)

    application.refresh_from_db()
    assert answer.json() == {
        "said": "Enregistré à 10\xa0h\xa000",
        "version": BY_CODE["programme"].version(application),
    }
    assert application.programme == "Du Python."
    assert JournalEntry.objects.about(application).count() == 1  # no act for each key stroke


def test_autosave_tells_that_an_answer_is_wrong(application, client):
    url = url_of(application, "formation")
    answer = client.post(url, {"version": version_on(client.get(url)), "on_site_percent": "150"}, **JSON)
    assert answer.json()["said"] == "Enregistré à 10\xa0h\xa000 ; une réponse est à corriger"


def test_autosave_stops_at_a_conflict(application, client, colleague):
    url = url_of(application, "programme")
    seen = version_on(client.get(url))
    colleague.post(url, {"version": seen, "programme": "Du PHP."})

    answer = client.post(url, {"version": seen, "programme": "Du Python."}, **JSON)

    assert (answer.status_code, answer.json()["is_stopped"]) == (409, True)
    application.refresh_from_db()
    assert application.programme == "Du PHP."


# --- What a form may write ------------------------------------------------------------------------------------------


def test_a_section_writes_its_own_columns_only(application, client):
    fields = {field.name: "1" for field in Application._meta.concrete_fields}
    for section in SECTIONS:
        before = Application.objects.values().get(pk=application.pk)
        client.post(url_of(application, section.code), fields | {"version": section.version(application)})
        after = Application.objects.values().get(pk=application.pk)
        changed = {name for name in after if after[name] != before[name]}
        assert changed <= {*section.fields, "changed_at"}
        application.refresh_from_db()


def test_a_site_is_added_to_the_dossier_and_the_structure(application, client, owner):
    CommuneFactory()
    values = {"name": "La Halle", "street": "2 quai Nord", "postcode": "35000", "commune_name": "rennes"}

    answer = client.post(reverse("site_create", args=[application.reference]), values)

    site = owner.structure.sites.get()
    assert answer.url == url_of(application, "sites")
    assert (list(application.sites.all()), site.commune.name) == ([site], "Rennes")


def test_a_site_of_another_structure_cannot_be_chosen(application, client):
    foreign = SiteFactory()
    section = BY_CODE["sites"]
    client.post(url_of(application, "sites"), {"version": section.version(application), "sites": [foreign.pk]})
    assert list(application.sites.all()) == []
