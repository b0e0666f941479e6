"""The strict harness bites: each strictness is shown the carelessness it is there for, and lets the careful way pass."""

import socket

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.template import Engine, Origin, Template
from django.template.context import Context
from django.test import Client

from gen_portal.core.models import Capacity, User
from gen_portal.core.tests.factories import CapacityFactory, MinistryFactory, UserFactory
from gen_portal.tests import harness
from gen_portal.tests.harness import HarnessError

pytestmark = pytest.mark.once


def orders_seen(read):
    return {tuple(read()) for _ in range(20)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "read",
    [
        lambda: User.objects.values_list("pk", flat=True),
        lambda: [user.pk for user in User.objects.all()],
        lambda: [user.pk for user in User.objects.iterator()],
        lambda: [row["pk"] for row in User.objects.values("pk")[:8]],
    ],
    ids=["values", "objects", "iterator", "slice"],
)
def test_unordered_querysets_come_back_shuffled(read):
    UserFactory.create_batch(8)
    assert len(orders_seen(read)) > 1


@pytest.mark.django_db
def test_ordered_querysets_keep_their_order():
    UserFactory.create_batch(8)
    assert len(orders_seen(lambda: User.objects.order_by("pk").values_list("pk", flat=True))) == 1
    MinistryFactory.create_batch(4)
    assert len(orders_seen(lambda: MinistryFactory._meta.model.objects.values_list("pk", flat=True))) == 1


@pytest.mark.django_db
def test_lock_on_a_join_without_of_fails(compiled):
    CapacityFactory()
    vague = Capacity.objects.select_related("user").select_for_update()
    with pytest.raises(HarnessError, match="name what is locked"):
        compiled(vague)


@pytest.mark.django_db
def test_lock_on_a_join_with_of_passes(compiled):
    capacity = CapacityFactory()
    precise = Capacity.objects.filter(pk=capacity.pk).select_related("user").select_for_update(of=("self",))
    compiled(precise)
    compiled(Capacity.objects.filter(pk=capacity.pk).select_for_update())


@pytest.fixture
def compiled():
    """Compile a queryset as its execution would: the check needs no rows, nor a database that locks them."""
    return lambda queryset: queryset.query.get_compiler("default").as_sql()


def render(source, *, name="templates/essai.html", **context):
    """Render a source as if it were a file of ours (or of a package, by its name)."""
    origin = Origin(name=str(settings.BASE_DIR / name))
    engine = Engine.get_default()
    return Template(source, origin=origin, engine=engine).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{{ absent }}",
        "{{ user.absent }}",
        "{{ absent|upper }}",
        "{% for row in absent %}{% endfor %}",
        "{% with a=absent %}{% endwith %}",
    ],
)
def test_undefined_variable_fails_in_our_templates(source):
    with pytest.raises(HarnessError, match="is undefined"):
        render(source, user=UserFactory.build())


@pytest.mark.parametrize("source", ["{% if absent %}{% endif %}", '{{ absent|default:"" }}', "{{ present }}"])
def test_asking_whether_a_variable_exists_passes(source):
    assert render(source, present="") == ""


def test_templates_of_packages_are_left_alone():
    assert render("{{ absent }}", name=".venv/essai.html") == ""


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443)])
def test_no_socket_leaves_the_loopback(address):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock, pytest.raises(HarnessError, match="loopback"):
        sock.connect(address)


def test_sockets_of_the_loopback_pass():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def response_without(header, value=None):
    response = HttpResponse(headers=SOUND_HEADERS)
    del response.headers[header]
    if value:
        response.headers[header] = value
    return response


SOUND_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@pytest.mark.parametrize("header", SOUND_HEADERS)
def test_a_response_without_one_header_is_faulty(header):
    assert header in list(harness.missing_headers(response_without(header)))


def test_a_policy_with_unsafe_in_it_is_faulty():
    lax = "default-src 'none'; frame-ancestors 'none'; style-src 'unsafe-inline'"
    response = response_without("Content-Security-Policy", lax)
    assert list(harness.missing_headers(response)) == ["Content-Security-Policy"]


def test_a_sound_response_passes():
    assert list(harness.missing_headers(HttpResponse(headers=SOUND_HEADERS))) == []


@pytest.mark.django_db
def test_a_page_for_a_signed_in_person_must_not_be_kept(rf):
    response = HttpResponse(headers=SOUND_HEADERS)
    response.wsgi_request = rf.get("/")
    response.wsgi_request.user = UserFactory()
    assert list(harness.missing_headers(response)) == ["Cache-Control: no-store for a signed-in person"]


@pytest.mark.django_db
def test_the_test_client_checks_every_response(settings):
    settings.X_FRAME_OPTIONS = "SAMEORIGIN"
    with pytest.raises(HarnessError, match="X-Frame-Options"):
        Client().get("/sante/")


def test_files_and_mails_of_tests_stay_in_the_process():
    assert not settings.FILES_ROOT.is_relative_to(settings.BASE_DIR)
    assert settings.EMAIL_BACKEND == "django.core.mail.backends.locmem.EmailBackend"
