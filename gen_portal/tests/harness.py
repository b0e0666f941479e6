"""The strict harness: what production would forgive once and regret later fails in a test (house.md §8).

Each strictness bites only on our own models and templates, and test_harness.py shows that it does.
"""

import functools
import ipaddress
import random
import socket
from pathlib import Path

from django.conf import settings
from django.core import signals
from django.db.models.query import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.template import base
from django.template.defaulttags import ForNode
from django.test import Client
from django.test import client as client_module

OUR_APPS = {"portal", "core", "applications", "labelling", "fabriques"}
TEMPLATES = Path(settings.BASE_DIR) / "templates"
#: Filters made for a value that may be missing.
_FORGIVING_FILTERS = {"default", "default_if_none"}
#: Views whose answers may be read from elsewhere: points of the map, table, releases, API; `embed_…` alone may be framed.
READ_ELSEWHERE = {
    *("registry_points", "registry_points_version", "registry_columns_version", "registry_csv", "registry_schema"),
    "public_figures_csv",
    *("release_file", "api_schema", "api_places", "api_labels", "api_label", "api_fabriques", "api_figures"),
}
FRAMED_ELSEWHERE = {"embed_registry"}


class HarnessError(AssertionError):
    """Something that works by luck."""


def install():
    """Make this process strict; called once by the root conftest."""
    settings.WHITENOISE_AUTOREFRESH = (
        True  # looks static files up one by one: reading all of them costs 0.3 s per client
    )
    _shuffle_unordered_querysets()
    _refuse_vague_locks()
    _refuse_undefined_variables()
    _refuse_foreign_sockets()
    _check_headers_of_every_response()
    _keep_the_connection_of_a_test()


def _keep_the_connection_of_a_test():
    """Closing a file's response ends a request, and Django then closes a connection that is inside a transaction: a test's
    own one, on PostgreSQL, with the world it shares. Its client gets a hook that does nothing in place of that one."""
    signals.request_finished.disconnect(client_module.close_old_connections)
    signals.request_started.disconnect(client_module.close_old_connections)
    client_module.close_old_connections = _leave_it


def _leave_it(**kwargs):
    """The connection belongs to the test."""


# --- Querysets ----------------------------------------------------------------------------------------------------


def _shuffle_unordered_querysets():
    fetch_all, iterate = QuerySet._fetch_all, QuerySet._iterator

    @functools.wraps(fetch_all)
    def shuffling_fetch_all(self):
        is_fresh = self._result_cache is None
        fetch_all(self)
        if is_fresh and _has_no_order(self):
            random.shuffle(self._result_cache)

    @functools.wraps(iterate)
    def shuffling_iterate(self, *args):
        if not _has_no_order(self):
            yield from iterate(self, *args)
            return
        rows = list(iterate(self, *args))
        random.shuffle(rows)
        yield from rows

    QuerySet._fetch_all, QuerySet._iterator = shuffling_fetch_all, shuffling_iterate


def _has_no_order(queryset):
    return queryset.model._meta.app_label in OUR_APPS and not queryset.ordered


def _refuse_vague_locks():
    """A lock on a join without `of=` also locks the neighbours (and fails on the nullable side of an outer join)."""
    set_up = SQLCompiler.pre_sql_setup

    @functools.wraps(set_up)
    def checking_set_up(self, *args, **kwargs):
        answer = set_up(self, *args, **kwargs)
        query = self.query
        tables = [alias for alias in query.alias_map if query.alias_refcount.get(alias)]
        if query.select_for_update and not query.select_for_update_of and len(tables) > 1:
            raise HarnessError(f"select_for_update() joins {tables}: name what is locked with of=(…).")
        return answer

    SQLCompiler.pre_sql_setup = checking_set_up


# --- Templates ----------------------------------------------------------------------------------------------------


class StrictExpression(base.FilterExpression):
    """`{{ x }}`, `{% for … in x %}` and arguments of tags must exist; `{% if x %}` and `x|default:…` may ask."""

    def __init__(self, token, parser):
        super().__init__(token, parser)
        self.place = parser.origin.name if _is_ours(parser.origin) else ""
        self.must_exist = False

    def resolve(self, context, ignore_failures=False):
        may_miss = (ignore_failures and not self.must_exist) or _is_forgiving(self)
        if self.place and self.is_var and not may_miss:
            try:
                self.var.resolve(context)
            except base.VariableDoesNotExist as error:
                raise HarnessError(f"{self.place}: {self.token!r} is undefined.") from error
        return super().resolve(context, ignore_failures)


def _refuse_undefined_variables():
    build_for = ForNode.__init__

    @functools.wraps(build_for)
    def strict_for(self, loopvars, sequence, *args, **kwargs):
        build_for(self, loopvars, sequence, *args, **kwargs)
        sequence.must_exist = True

    base.FilterExpression, ForNode.__init__ = StrictExpression, strict_for


def _is_ours(origin):
    return origin is not None and Path(str(origin.name)).is_relative_to(TEMPLATES)


def _is_forgiving(expression):
    return any(function.__name__ in _FORGIVING_FILTERS for function, _ in expression.filters)


# --- Network ------------------------------------------------------------------------------------------------------


def _refuse_foreign_sockets():
    for name in ("connect", "connect_ex", "sendto"):
        _guard(name)


def _guard(name):
    original = getattr(socket.socket, name)

    @functools.wraps(original)
    def guarded(self, *args):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(args[-1][0]):
            raise HarnessError(f"A test reaches for {args[-1][0]}: only the loopback is allowed.")
        return original(self, *args)

    setattr(socket.socket, name, guarded)


def _is_loopback(host):
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


# --- Responses ----------------------------------------------------------------------------------------------------


def _check_headers_of_every_response():
    request = Client.request

    @functools.wraps(request)
    def checking_request(self, **environ):
        response = request(self, **environ)
        faults = list(missing_headers(response))
        if faults:
            raise HarnessError(f"{environ.get('PATH_INFO')} ({response.status_code}): {', '.join(faults)}")
        return response

    Client.request = checking_request


def missing_headers(response):
    """What a response lacks of the headers of safety.md, in words."""
    headers = response.headers
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe-" in policy:
        yield "Content-Security-Policy"
    if headers.get("X-Content-Type-Options") != "nosniff":
        yield "X-Content-Type-Options"
    if not headers.get("Referrer-Policy"):
        yield "Referrer-Policy"
    yield from _missing_walls(headers, policy, _view_name(response))
    if _is_signed_in(response) and "no-store" not in headers.get("Cache-Control", ""):
        yield "Cache-Control: no-store for a signed-in person"


def _missing_walls(headers, policy, view_name):
    is_framed = view_name in FRAMED_ELSEWHERE
    if headers.get("Cross-Origin-Resource-Policy") != "same-origin" and not (is_framed or view_name in READ_ELSEWHERE):
        yield "Cross-Origin-Resource-Policy"
    if headers.get("X-Frame-Options") != "DENY" and not is_framed:
        yield "X-Frame-Options"
    if "frame-ancestors 'none'" not in policy and not policy.startswith("sandbox") and not is_framed:
        yield "frame-ancestors"


def _view_name(response):
    match = getattr(getattr(response, "wsgi_request", None), "resolver_match", None)
    return match and match.view_name


def _is_signed_in(response):
    user = getattr(getattr(response, "wsgi_request", None), "user", None)
    return user is not None and user.is_authenticated
