"""A section written by two people, by button and by itself, and the page of an answer's earlier values."""

import pytest
from django.urls import reverse

from applications import transitions
from applications.models import MemberRole
from applications.models.sections import BY_CODE, SECTIONS
from applications.tests import test_answers as answers
from applications.tests.factories import ApplicationFactory, MembershipFactory, TrainingFactory
from applications.tests.test_answers import seen_of, story
from applications.tests.test_sections import seen_on, text_of, url_of

pytestmark = [pytest.mark.once, pytest.mark.django_db]
JSON = {"HTTP_ACCEPT": "application/json"}


def written(application, by, *values, name="pedagogy"):
    """Save these values of an answer one after the other."""
    return answers.written(application, by, *values, name=name)


@pytest.fixture
def owner(frozen_clock):
    return MembershipFactory(user__first_name="Jeanne", user__last_name="Kermarrec")


@pytest.fixture
def editor(owner):
    return MembershipFactory(
        structure=owner.structure, role=MemberRole.EDITOR, user__first_name="Paul", user__last_name="Le Gall"
    ).user


@pytest.fixture
def application(owner):
    return ApplicationFactory(training=TrainingFactory(structure=owner.structure))


@pytest.fixture
def client(owner, client_for):
    return client_for(owner.user)


@pytest.fixture
def colleague(editor, client_for):
    return client_for(editor)


# --- The page -------------------------------------------------------------------------------------------------------


def disputed(application, client, colleague, mine="Du Python.", theirs="Du PHP."):
    """Both open the section, the colleague saves first, then one saves: the page that one gets."""
    url = url_of(application, "pedagogie")
    seen = seen_on(client.get(url))
    colleague.post(url, seen | {"pedagogy": theirs, "projects": ""})
    return client.post(url, seen | {"pedagogy": mine, "projects": "Par projets."})


def test_both_texts_are_shown_with_who_and_when(application, client, colleague):
    page = disputed(application, client, colleague)

    application.refresh_from_db()
    assert (page.status_code, application.pedagogy, application.projects) == (409, "Du PHP.", "Par projets.")
    text = text_of(page)
    assert "Enregistré par Paul Le Gall, 10 mars 2026 à 10 h 00" in text
    assert "<p>Du PHP.</p>" in text
    assert ">\nDu Python.</textarea>" in text
    assert "vos autres réponses sont enregistrées" in text


@pytest.mark.parametrize(
    ("choice", "typed", "kept"),
    [
        ("mine", "Du Python.", "Du Python."),
        ("mine", "Du Python et du PHP.", "Du Python et du PHP."),
        ("theirs", "Du Python.", "Du PHP."),
    ],
)
def test_the_second_writer_chooses(application, client, colleague, choice, typed, kept):
    page = disputed(application, client, colleague)
    values = seen_on(page) | {"projects": "Par projets.", "pedagogy": typed, "keep-pedagogy": choice}

    answer = client.post(url_of(application, "pedagogie"), values | against_on(page))

    application.refresh_from_db()
    assert (answer.status_code, application.pedagogy) == (302, kept)
    assert "Du PHP." in [value for _, value, _ in story(application, "pedagogy")]


def against_on(page):
    return {"against-pedagogy": page.context["panels"]["pedagogy"].version}


def test_without_a_choice_nothing_is_overwritten(application, client, colleague):
    page = disputed(application, client, colleague)
    again = client.post(url_of(application, "pedagogie"), seen_on(page) | {"pedagogy": "Du Ruby."} | against_on(page))
    application.refresh_from_db()
    assert (again.status_code, application.pedagogy) == (409, "Du PHP.")
    assert ">\nDu Ruby.</textarea>" in text_of(again)


def test_a_third_text_written_during_the_choice_is_disputed_again(application, client, colleague):
    page = disputed(application, client, colleague)
    url = url_of(application, "pedagogie")
    colleague.post(url, seen_on(colleague.get(url)) | {"pedagogy": "Du Go.", "projects": "Par projets."})
    values = seen_on(page) | {"pedagogy": "Du Python.", "keep-pedagogy": "mine"}

    again = client.post(url, values | against_on(page))

    application.refresh_from_db()
    assert (again.status_code, application.pedagogy) == (409, "Du Go.")


def test_both_texts_are_put_in_the_field_to_make_one(application, client, colleague):
    page = disputed(application, client, colleague)
    values = seen_on(page) | {"pedagogy": "Du Python.", "keep-pedagogy": "both"}

    again = client.post(url_of(application, "pedagogie"), values | against_on(page))

    application.refresh_from_db()
    assert (again.status_code, application.pedagogy) == (409, "Du PHP.")
    assert ">\nDu PHP.\n\nDu Python.</textarea>" in text_of(again)


def test_an_answer_left_to_the_other_shows_theirs_while_another_is_still_to_correct(application, client, colleague):
    url = url_of(application, "gratuite")
    seen = seen_on(client.get(url))
    colleague.post(url, seen | {"is_free": "True", "teaching_payers": "La mission locale."})
    sent = seen | {"is_free": "False", "teaching_payers": "Le bouche-à-oreille.", "keep-is_free": "theirs"}

    page = client.post(url, sent)

    assert page.status_code == 409
    assert (page.context["form"]["is_free"].value(), list(page.context["panels"])) == ("True", ["teaching_payers"])
    assert seen_on(page)["seen-is_free"] == seen_of(application, "is_free")["is_free"]


@pytest.mark.parametrize(
    "section", [section for section in SECTIONS if section.fields], ids=lambda section: section.code
)
def test_no_section_is_overwritten_silently(application, client, colleague, section):
    url, column = url_of(application, section.code), section.fields[-1]
    days = ("2027-01-10", "2027-02-10")
    theirs, mine = {"first_start_on": days, "planned_sessions": days}.get(column, ("11", "22"))
    name = f"{column}-0-starts_on" if column == "planned_sessions" else column
    seen = seen_on(client.get(url))
    colleague.post(url, seen | {name: theirs})

    assert client.post(url, seen | {name: mine}).status_code == 409
    application.refresh_from_db()
    assert theirs in str(getattr(application, column))


def test_text_typed_into_a_dossier_filed_meanwhile_stays_on_the_page(owner, client):
    application = ApplicationFactory(complete=True, training=TrainingFactory(structure=owner.structure))
    url = url_of(application, "pedagogie")
    seen = seen_on(client.get(url))
    transitions.submit(application, by=owner.user, key="k1")

    page = client.post(url, seen | {"pedagogy": "Un texte tout neuf."})

    assert page.status_code == 409
    assert "Un texte tout neuf." in text_of(page)
    assert "Votre texte n'est pas enregistré" in text_of(page)


# --- By itself ------------------------------------------------------------------------------------------------------


def test_autosave_says_when_and_gives_the_versions(application, client):
    url = url_of(application, "pedagogie")

    answer = client.post(url, seen_on(client.get(url)) | {"pedagogy": "Du Python."}, **JSON)

    assert answer.json() == {
        "said": "Enregistré à 10\xa0h\xa000",
        "seen": seen_of(application, *BY_CODE["pedagogie"].fields),
        "is_unsaved": False,
        "conflicts": {},
        "overtaken": {},
    }


def test_autosave_takes_only_the_answers_sent(application, client):
    url, seen = url_of(application, "pedagogie"), seen_on(client.get(url_of(application, "pedagogie")))
    written(application, application.started_by, "Par projets.", name="projects")
    sent = {"seen-pedagogy": seen["seen-pedagogy"], "pedagogy": "Du Python."}

    answer = client.post(url, sent, **JSON)

    application.refresh_from_db()
    assert (answer.status_code, application.pedagogy, application.projects) == (200, "Du Python.", "Par projets.")


def test_autosave_tells_that_an_answer_is_wrong(application, client):
    url = url_of(application, "formation")
    seen = seen_on(client.get(url))
    answer = client.post(url, seen | {"on_site_percent": "150"}, **JSON).json()
    assert (answer["said"], answer["is_unsaved"]) == ("Une réponse est à corriger : elle n'est pas enregistrée", True)
    answer = client.post(url, seen | {"on_site_percent": "150", "summary": "Six mois."}, **JSON).json()
    assert answer["said"] == "Enregistré à 10\xa0h\xa000 ; une réponse est à corriger"


def test_a_disputed_autosave_carries_the_other_value_and_saves_the_rest(application, client, colleague, editor):
    url = url_of(application, "pedagogie")
    seen = seen_on(client.get(url))
    colleague.post(url, seen | {"pedagogy": "Du PHP.", "projects": ""})

    answer = client.post(url, seen | {"pedagogy": "Du Python.", "projects": "Par projets."}, **JSON)

    outcome = answer.json()
    conflict = outcome["conflicts"]["pedagogy"]
    assert (answer.status_code, outcome["is_unsaved"]) == (409, True)
    assert (conflict["value"], conflict["author"]) == ("Du PHP.", "Paul Le Gall")
    assert conflict["version"] == seen_of(application, "pedagogy")["pedagogy"]
    assert outcome["seen"]["pedagogy"] == seen["seen-pedagogy"]
    assert outcome["seen"]["projects"] == seen_of(application, "projects")["projects"]
    assert 'name="against-pedagogy"' in conflict["html"]


def test_autosave_tells_what_the_other_wrote_where_one_did_not(application, client, colleague):
    url = url_of(application, "pedagogie")
    seen = seen_on(client.get(url))
    colleague.post(url, seen | {"pedagogy": "Du PHP.", "projects": ""})

    answer = client.post(url, seen | {"pedagogy": "", "projects": "Par projets."}, **JSON)

    version = seen_of(application, "pedagogy")["pedagogy"]
    assert (answer.status_code, answer.json()["overtaken"]) == (
        200,
        {"pedagogy": {"value": "Du PHP.", "version": version}},
    )


def test_autosave_into_a_filed_dossier_stops(owner, client):
    application = ApplicationFactory(submitted=True, training=TrainingFactory(structure=owner.structure))
    answer = client.post(url_of(application, "pedagogie"), {"pedagogy": "Neuf."}, **JSON)
    assert (answer.status_code, answer.json()["is_stopped"]) == (409, True)


CONTROL = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


@pytest.mark.parametrize("sent", [{"pedagogy": "Du Python."}, {"pedagogy": "Du Python.", "projects": "Par projets."}])
def test_an_autosave_costs_eight_queries(application, client, sent, django_assert_max_num_queries):
    """Session, person, dossier with its right, lock, last versions, clock, answers, new versions."""
    url = url_of(application, "pedagogie")
    seen = seen_on(client.get(url))
    with django_assert_max_num_queries(10) as captured:
        client.post(url, seen | sent, **JSON)
    statements = [query["sql"] for query in captured.captured_queries]
    assert len([sql for sql in statements if not sql.startswith(CONTROL)]) == 8


# --- The page of versions -------------------------------------------------------------------------------------------


def versions_url(application, name="pedagogy"):
    return reverse("answer_versions", args=[application.reference, name])


def test_versions_are_listed_with_what_changed(application, client, owner, editor, frozen_clock):
    written(application, owner.user, "Du PHP et du SQL.")
    frozen_clock.advance(hours=1)
    written(application, editor, "Du Python et du SQL.")

    text = text_of(client.get(versions_url(application)))

    assert text.index("Version 2") < text.index("Version 1")
    assert "Paul Le Gall" in text
    assert "[retiré : </span>PHP " in text
    assert "[ajouté : </span>Python " in text
    assert "Rétablir la version 1" in text
    assert "Rétablir la version 2" not in text


def test_savings_of_one_sitting_are_read_as_one_unless_asked(application, client, owner, frozen_clock):
    for value in ("Un.", "Un. Deux.", "Un. Deux. Trois."):
        written(application, owner.user, value)
        frozen_clock.advance(minutes=2)

    folded, whole = client.get(versions_url(application)), client.get(versions_url(application) + "?tout=1")

    assert [passage.version.number for passage in folded.context["page_obj"]] == [3]
    assert "réunit 3 enregistrements" in text_of(folded)
    assert [passage.version.number for passage in whole.context["page_obj"]] == [3, 2, 1]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_versions_asks_as_much_for_three_as_for_one(
    application, client, owner, count, frozen_clock, django_assert_num_queries
):
    for number in range(count):
        written(application, owner.user, f"Texte {number}.")
        frozen_clock.advance(hours=1)
    with django_assert_num_queries(8):
        client.get(versions_url(application))


def test_a_version_is_restored_by_its_button(application, client, owner):
    written(application, owner.user, "Un.", "Deux.")
    page = client.get(versions_url(application))

    answer = client.post(versions_url(application), {"version": "1", "seen": page.context["seen"]})

    application.refresh_from_db()
    assert (answer.url, application.pedagogy) == (versions_url(application), "Un.")
    assert "La version 1 est rétablie" in text_of(client.get(answer.url))


def test_a_restoring_overtaken_by_a_colleague_is_explained(application, client, owner, editor):
    written(application, owner.user, "Un.", "Deux.")
    seen = client.get(versions_url(application)).context["seen"]
    written(application, editor, "Trois.")

    answer = client.post(versions_url(application), {"version": "1", "seen": seen}, follow=True)

    application.refresh_from_db()
    assert application.pedagogy == "Trois."
    assert "vient d'être modifiée" in text_of(answer)


@pytest.mark.parametrize("number", ["", "9", "²", "-1", "1;"])
def test_a_version_that_does_not_exist_is_not_found(application, client, owner, number):
    written(application, owner.user, "Un.")
    assert client.post(versions_url(application), {"version": number}).status_code == 404


def test_a_word_that_is_no_answer_is_not_found(application, client):
    assert client.get(versions_url(application, "state")).status_code == 404


def test_a_reader_reads_versions_and_restores_none(application, owner, client_for):
    written(application, owner.user, "Un.", "Deux.")
    reader = client_for(MembershipFactory(structure=owner.structure, role=MemberRole.READER).user)
    page = reader.get(versions_url(application))
    assert "Rétablir la version" not in text_of(page)
    assert reader.post(versions_url(application), {"version": "1"}).status_code == 403


def test_each_answer_leads_to_its_versions(application, client, owner):
    written(application, owner.user, "Un.", "Deux.")
    text = text_of(client.get(url_of(application, "pedagogie")))
    assert f'href="{versions_url(application)}">Versions de cette réponse (2)</a>' in text
    assert versions_url(application, "projects") not in text
