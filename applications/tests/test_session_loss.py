"""A session that ends in the middle of a section loses nothing: what was sent waits, for its writer and nobody else."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from applications.tests.factories import ApplicationFactory, MembershipFactory, TrainingFactory
from applications.tests.test_sections import seen_on, text_of, url_of
from gen_portal.core import sessions

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def owner(frozen_clock):
    return MembershipFactory()


@pytest.fixture
def application(owner):
    return ApplicationFactory(training=TrainingFactory(structure=owner.structure))


def form_on(page):
    """The hidden inputs of a section's page."""
    return seen_on(page) | {"writer": page.context["page"].writer_mark}


def end_session(client):
    session = client.session
    session["session_active_at"] = time.time() - 5 * 3600
    session.save()


@pytest.fixture
def sent(owner, application, client_for):
    """A client whose session ended before it sent its text, and what the portal answered."""
    client, url = client_for(owner.user), url_of(application, "programme")
    hidden = form_on(client.get(url))
    end_session(client)
    answer = client.post(url, hidden | {"programme": "Trois pages écrites ce soir.", "pedagogy": ""})
    return client, url, answer


def test_what_was_sent_after_the_end_is_given_back_after_signing_in(sent, owner, application):
    client, url, answer = sent
    assert answer.url == f"{reverse('account_login')}?next={url}"
    assert "Ce que vous avez écrit est gardé" in text_of(client.get(answer.url))

    client.force_login(owner.user)
    page = client.get(url)

    assert "Trois pages écrites ce soir.</textarea>" in text_of(page)
    assert "Rien de cela n'est encore enregistré" in text_of(page)
    client.post(url, form_on(page) | {"programme": "Trois pages écrites ce soir.", "pedagogy": ""})
    application.refresh_from_db()
    assert application.programme == "Trois pages écrites ce soir."
    assert "avant la fin de la session" not in text_of(client.get(url))


def test_nobody_else_is_given_it_and_it_is_thrown_away(sent, owner):
    client, url, _ = sent
    colleague = MembershipFactory(structure=owner.structure).user

    client.force_login(colleague)

    assert "Trois pages" not in text_of(client.get(url))
    assert "typed_before_sign_in" not in client.session


def test_what_a_colleague_wrote_meanwhile_is_not_overwritten(sent, owner, application, client_for):
    client, url, _ = sent
    colleague = client_for(MembershipFactory(structure=owner.structure).user)
    colleague.post(url, seen_on(colleague.get(url)) | {"programme": "Une autre idée.", "pedagogy": ""})
    client.force_login(owner.user)

    page = client.get(url)
    again = client.post(url, form_on(page) | {"programme": "Trois pages écrites ce soir.", "pedagogy": ""})

    application.refresh_from_db()
    assert (again.status_code, application.programme) == (409, "Une autre idée.")
    assert "Trois pages écrites ce soir.</textarea>" in text_of(again)


def test_one_may_start_again_from_what_is_saved(sent, owner):
    client, url, _ = sent
    client.force_login(owner.user)
    client.post(url, {"renoncer": "1"})
    assert "Trois pages" not in text_of(client.get(url))


@pytest.mark.parametrize("writer", ["", "1:faux:faux"])
def test_a_form_without_its_writer_is_not_kept(application, writer):
    client, url = Client(), url_of(application, "programme")
    answer = client.post(url, {"writer": writer, "programme": "Intrus."})
    assert "typed_before_sign_in" not in client.session
    assert "rien n'a été enregistré" in text_of(client.get(answer.url))


def test_what_is_kept_for_a_visitor_is_bounded(application, owner):
    client, mark = Client(), sessions.writer_mark(owner.user)
    fits = {"writer": mark, "programme": "a" * (sessions.MAX_TYPED_CHARACTERS - 500)}
    client.post(url_of(application, "programme"), fits)
    client.post(url_of(application, "publics"), {"writer": mark, "sourcing": "b" * 1000})
    assert list(client.session["typed_before_sign_in"]) == [url_of(application, "programme")]


def test_the_autosave_of_somebody_signed_out_is_told_so_and_kept(application, owner, client_for):
    client, url = client_for(owner.user), url_of(application, "programme")
    hidden = form_on(client.get(url))
    end_session(client)

    answer = client.post(url, hidden | {"programme": "Un texte."}, HTTP_ACCEPT="application/json")

    assert (answer.status_code, answer.json()["sign_in_url"]) == (
        401,
        f"{reverse('account_login')}?next=%2F{url[1:].replace('/', '%2F')}",
    )
    client.force_login(owner.user)
    assert "Un texte.</textarea>" in text_of(client.get(url))
