"""A mistake told from the page of a label: kept, told to the right officer, closed once, and who told it forgotten."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.urls import reverse

from applications.models import DossierOfficer
from fabriques.models import ErrorReport, ErrorState
from fabriques.tests.factories import FabriqueFactory
from fabriques.transitions.error_reports import correct_error, dismiss_error
from gen_portal.core import clock
from gen_portal.core.models import JournalEntry, OutgoingEmail, Role, User
from gen_portal.core.tests.factories import CapacityFactory
from gen_portal.core.workflow import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def label(frozen_clock):
    cache.clear()
    return FabriqueFactory(label__title="Médiation").label


@pytest.fixture
def officer(frozen_clock):
    return CapacityFactory().user


def told(label, **columns):
    return ErrorReport.objects.create(
        label=label, text="Fermé.", received_at=datetime(2026, 3, 1, tzinfo=UTC), **columns
    )


def test_a_mistake_is_kept_and_told_to_the_officer_of_the_dossier(client, label, officer):
    named = CapacityFactory().user
    application = label.decision.application
    DossierOfficer.objects.create(call=application.call, application=application, officer=named)
    form = {"text": "L'adresse a *changé*.", "name": "Camille", "email": "camille@exemple.fr"}

    response = client.post(reverse("label_error", args=[label.reference]), form)

    report, mail = ErrorReport.objects.get(), OutgoingEmail.objects.get(kind="error_told")
    assert response.url == reverse("label_page", args=[label.reference])
    assert (report.text, report.name, report.state) == ("L'adresse a *changé*.", "Camille", ErrorState.OPEN)
    assert mail.to_address == named.email
    assert [words in mail.text_body for words in (r"\*changé\*", "camille@exemple.fr")] == [True, False]


def test_without_a_named_officer_all_are_told(client, label, officer):
    CapacityFactory()
    client.post(reverse("label_error", args=[label.reference]), {"text": "Fermé."})

    told_to = OutgoingEmail.objects.filter(kind="error_told").values_list("to_address", flat=True)
    officers = User.objects.in_capacity(Role.OFFICER, today=clock.today())
    assert sorted(told_to) == sorted(officers.values_list("email", flat=True))


@pytest.mark.parametrize("form, field", [({"text": ""}, "text"), ({"text": "Fermé.", "site_internet": "x"}, "site_internet")])
def test_nothing_is_kept_of_an_empty_form_nor_of_a_program(client, label, form, field):
    page = client.post(reverse("label_error", args=[label.reference]), form)

    assert field in page.context["form"].errors
    assert ErrorReport.objects.count() == 0


def test_the_eleventh_of_an_hour_is_refused(client, label):
    url = reverse("label_error", args=[label.reference])

    answers = [client.post(url, {"text": f"Erreur {number}"}).status_code for number in range(11)]

    assert answers == [302] * 10 + [200]
    assert ErrorReport.objects.count() == 10


def test_an_officer_closes_it_and_nothing_is_left_of_who_told_it(client_for, label, officer):
    report = told(label, name="Camille", email="camille@exemple.fr")
    client = client_for(officer)
    assert "camille@exemple.fr" in client.get(reverse("error_list")).content.decode()

    client.post(reverse("error_close", args=[report.pk]), {"outcome": "corrected"})

    report.refresh_from_db()
    assert (report.state, report.name, report.email, report.closed_by) == (ErrorState.CORRECTED, "", "", officer)
    assert JournalEntry.objects.get(subject_type="fabriques.errorreport").action == "errorreport.corrected"


def test_it_is_closed_once_and_not_without_a_word_when_nothing_follows(label, officer):
    report = told(label)
    with pytest.raises(Refused, match="pourquoi"):
        dismiss_error(report, by=officer, note=" ")
    dismiss_error(report, by=officer, note="C'est exact.")

    with pytest.raises(Refused, match="sans suite"):
        correct_error(report, by=officer)

    report.refresh_from_db()
    assert (report.state, report.note) == (ErrorState.DISMISSED, "C'est exact.")


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_list_do_not_grow(client_for, label, officer, django_assert_num_queries, count):
    for _ in range(count):
        told(label)
    client = client_for(officer)
    client.get(reverse("error_list"))

    with django_assert_num_queries(4):
        client.get(reverse("error_list"))
