"""What every request goes through: null bytes refused, maintenance, nothing kept by caches."""

import pytest
from django.conf import settings
from django.core.management import call_command

from gen_portal.core.tests.factories import UserFactory

PLAIN = "text/plain; charset=utf-8"


@pytest.mark.parametrize("url", ["/appels/%00/", "/?q=a%00b"])
def test_null_bytes_are_refused_before_anything_else(client, db, url, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get(url)
    assert (answer.status_code, answer.content.decode()) == (400, "Adresse invalide.")


def test_maintenance_closes_every_page_but_health(client, db, django_assert_num_queries, capsys):
    call_command("maintenance", "on")
    with django_assert_num_queries(0):
        answer = client.get("/mentions-legales/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "600")
    assert client.get("/sante/").content == b"ok"
    call_command("maintenance", "off")
    assert client.get("/mentions-legales/").status_code == 200
    call_command("maintenance", "off")


@pytest.mark.django_db
def test_static_files_carry_the_headers_too(client):
    sheet = client.get(f"{settings.STATIC_URL}css/gen.css")
    assert (sheet.status_code, len(sheet.getvalue()) > 0) == (200, True)
    sheet.close()


def test_pages_of_a_signed_in_person_are_never_kept(client_for):
    answer = client_for(UserFactory()).get("/mentions-legales/")
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
