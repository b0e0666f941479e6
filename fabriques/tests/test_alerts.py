"""An alert: asked for without telling anything, confirmed once, told each place once, erased when stopped."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import IntegrityError
from django.urls import reverse

from applications import links
from fabriques import messages
from fabriques.actions import alerts
from fabriques.forms.registry import saved_search
from fabriques.models import Frequency, SearchAlert
from fabriques.tests.factories import FabriqueFactory
from gen_portal.core import clock
from gen_portal.core.models import OutgoingEmail
from gen_portal.core.models.mail import FORGOTTEN_ADDRESS
from gen_portal.core.workflow import Refused
from labelling.models import Decision

pytestmark = pytest.mark.django_db
ASK = reverse("alert_ask")
EMAIL = "apprenante@exemple.fr"


@pytest.fixture(autouse=True)
def _tuesday_morning(frozen_clock):
    """10 March 2026 is a Tuesday."""
    cache.clear()


def mails(kind):
    return list(OutgoingEmail.objects.filter(kind=kind).order_by("pk"))


def start(query="famille=mediation", frequency=Frequency.DAILY, email=EMAIL):
    token = links.new_token()
    SearchAlert.objects.create(
        email=email, query=query, frequency=frequency, token_hash=links.hashed(token), asked_at=clock.now()
    )
    return alerts.confirm_alert(token)


def publish(name, at, **label):
    fabrique = FabriqueFactory(structure__name=name, **{f"label__{key}": value for key, value in label.items()})
    Decision.objects.filter(label=fabrique.label).update(published_at=at)
    return fabrique.label


def sent(now):
    return alerts.send_alerts(now, saved_search)


# --- Asking and confirming ---------------------------------------------------------------------------------------------


def test_an_alert_is_asked_for_and_starts_with_the_link_of_its_mail(client):
    page = client.post(f"{ASK}?famille=mediation&gratuite=on&au=2020-01-01", {"email": EMAIL, "frequency": "daily"})

    alert, (mail,) = SearchAlert.objects.get(), mails("alert_confirm")
    assert "Regardez vos courriels" in page.content.decode()
    assert (alert.email, alert.query, alert.confirmed_at) == (EMAIL, "famille=mediation&gratuite=on", None)
    assert "- Famille de métiers : Médiation et formation numériques\n- Gratuites pour les apprenants" in mail.text_body
    link = mail.text_body.split("[Confirmer l'alerte](")[1].split(")")[0].removeprefix("http://testserver")
    assert alert.token_hash not in mail.text_body
    assert [mail.is_secret, mail.headers["List-Unsubscribe-Post"]] == [True, "List-Unsubscribe=One-Click"]
    assert SearchAlert.objects.filter(confirmed_at=None).count() == 1
    client.get(link)
    assert SearchAlert.objects.filter(confirmed_at=None).count() == 1
    assert "L'alerte est en service" in client.post(link).content.decode()
    assert "Ce lien a déjà servi" in client.post(link).content.decode().replace("&#x27;", "'")


def test_nobody_learns_whether_an_address_is_known(client):
    alert = start("famille=mediation")
    url, form = f"{ASK}?famille=mediation", {"frequency": "daily"}

    known = client.post(url, form | {"email": EMAIL.upper()})
    unknown = client.post(url, form | {"email": "autre@exemple.fr"})
    again = client.post(url, form | {"email": "autre@exemple.fr"})

    bodies = {page.content.split(b"csrf")[0] for page in (known, unknown, again)}
    assert [page.status_code for page in (known, unknown, again)] == [200] * 3
    assert len(bodies) == 1
    assert [mail.to_address for mail in mails("alert_known")] == [EMAIL]
    assert [mail.to_address for mail in mails("alert_confirm")] == ["autre@exemple.fr"]
    alert.refresh_from_db()
    assert alert.confirmed_at is not None


@pytest.mark.parametrize(
    "form, error",
    [
        ({"email": "pas une adresse"}, "email"),
        ({"email": EMAIL, "frequency": "hourly"}, "frequency"),
        ({"email": EMAIL, "frequency": "daily", "site_internet": "http://robot"}, "site_internet"),
    ],
)
def test_what_is_not_an_alert_writes_to_nobody(client, form, error):
    page = client.post(ASK, form)

    assert error in page.context["form"].errors
    assert (SearchAlert.objects.count(), OutgoingEmail.objects.count()) == (0, 0)


def test_an_address_is_written_to_five_times_a_day_at_most(client):
    families = ("mediation", "design", "reseau", "web", "ecrit", "autre")

    pages = [client.post(f"{ASK}?texte={name}", {"email": EMAIL, "frequency": "daily"}) for name in families]

    assert ["Trop de demandes" in page.content.decode() for page in pages] == [False] * 5 + [True]
    assert len(mails("alert_confirm")) == 5


def test_a_link_of_a_week_ago_is_refused_and_its_alert_forgotten(frozen_clock, client):
    client.post(ASK, {"email": EMAIL, "frequency": "daily"})
    token = mails("alert_confirm")[0].text_body.split("confirmer/")[1].split("/")[0]
    frozen_clock.advance(days=7)

    with pytest.raises(Refused, match="n'est plus valable"):
        alerts.confirm_alert(token)
    alerts.forget_lapsed(clock.now())

    assert SearchAlert.objects.count() == 0
    assert OutgoingEmail.objects.filter(to_address=EMAIL).count() == 0


# --- Telling -----------------------------------------------------------------------------------------------------------


def test_new_places_are_told_once_in_the_morning(frozen_clock):
    frozen_clock.advance(days=-2)
    publish("Ancienne", clock.now(), job_family="mediation")
    frozen_clock.advance(days=2)
    start()
    publish("Nouvelle", clock.now(), job_family="mediation", title="Médiation *numérique*")
    publish("Autre famille", clock.now(), job_family="design")
    assert sent(clock.now()) == 0

    frozen_clock.set(datetime(2026, 3, 11, 5, 30, tzinfo=UTC))  # 6:30 in Paris
    early = sent(clock.now())
    frozen_clock.advance(hours=1)
    counts = [sent(clock.now()) for _ in range(3)]

    (mail,) = mails("search_alert")
    assert (early, counts) == (0, [1, 0, 0])
    assert [name in mail.text_body for name in ("Nouvelle", "Ancienne", "Autre famille", r"\*numérique\*")] == [
        True,
        False,
        False,
        True,
    ]
    assert mail.subject_line == "1 nouvelle formation répond à votre alerte"


def test_a_week_waits_for_its_monday_and_catches_up(frozen_clock):
    start(frequency=Frequency.WEEKLY)
    publish("Nouvelle", clock.now(), job_family="mediation")

    frozen_clock.set(datetime(2026, 3, 15, 10, tzinfo=UTC))
    sunday = sent(clock.now())
    frozen_clock.set(datetime(2026, 3, 17, 10, tzinfo=UTC))  # the Monday was missed

    assert (sunday, sent(clock.now())) == (0, 1)
    assert str(SearchAlert.objects.get().next_on) == "2026-03-23"


def test_what_was_published_during_the_night_of_a_mail_is_told_by_the_next_one(frozen_clock):
    start()
    frozen_clock.set(datetime(2026, 3, 11, 8, tzinfo=UTC))
    sent(clock.now())
    publish("De la nuit", datetime(2026, 3, 11, 3, tzinfo=UTC), job_family="mediation")  # its commit came later

    frozen_clock.set(datetime(2026, 3, 12, 8, tzinfo=UTC))

    assert sent(clock.now()) == 1


def test_nothing_new_writes_nothing_and_costs_the_same_for_each(frozen_clock, django_assert_num_queries):
    start()
    frozen_clock.set(datetime(2026, 3, 11, 8, tzinfo=UTC))

    assert sent(clock.now()) == 0
    with django_assert_num_queries(1):
        alerts.send_alerts(datetime(2026, 3, 11, 9, tzinfo=UTC), saved_search)
    assert mails("search_alert") == []


# --- Stopping ----------------------------------------------------------------------------------------------------------


def test_one_click_stops_an_alert_and_erases_its_address(client, frozen_clock):
    alert = start()
    publish("Nouvelle", clock.now(), job_family="mediation")
    frozen_clock.set(datetime(2026, 3, 11, 8, tzinfo=UTC))
    sent(clock.now())
    link = mails("search_alert")[0].headers["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")

    client.get(link)
    assert SearchAlert.objects.count() == 1
    first, again = client.post(link), client.post(link)

    assert ["votre adresse est effacée" in page.content.decode() for page in (first, again)] == [True, True]
    assert SearchAlert.objects.count() == 0
    (mail,) = mails("search_alert")
    assert (mail.to_address, mail.text_body, mail.headers, mail.cancelled_at is None) == (
        FORGOTTEN_ADDRESS,
        "",
        {},
        False,
    )
    assert client.post(reverse("alert_stop", args=[messages.stop_token(alert)[:-2] + "xx"])).status_code == 404


@pytest.mark.parametrize(
    "columns",
    [{"confirmed_at": datetime(2026, 3, 1, tzinfo=UTC)}, {"next_on": "2026-03-10"}],
    ids=["confirmed without a day", "a day without confirmation"],
)
def test_an_alert_is_confirmed_whole(columns):
    with pytest.raises(IntegrityError):
        SearchAlert.objects.create(email=EMAIL, query="", asked_at=clock.now(), **columns)
