"""What a request does to the database, counted in process: queries, and model instances made out of rows."""

from contextlib import contextmanager

from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

_BOUNDARIES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")  # of a transaction: they ask nothing


@contextmanager
def counted_instances():
    """A list that grows by one class for each instance made from a row inside the block."""
    made, original = [], Model.from_db.__func__

    def from_db(cls, *args, **kwargs):
        made.append(cls.__name__)
        return original(cls, *args, **kwargs)

    Model.from_db = classmethod(from_db)
    try:
        yield made
    finally:
        Model.from_db = classmethod(original)


def _send(client, request):
    if request.get("form") is not None:
        return client.post(request["path"], request["form"])
    return client.get(request["path"])


def count(request):
    """Queries, instances and status of a request asked a second time, once what is kept between requests is known."""
    client = Client(headers={"host": "127.0.0.1"})
    if request.get("cookie"):
        name, _, value = request["cookie"].partition("=")
        client.cookies[name] = value
    _send(client, request)
    with CaptureQueriesContext(connection) as queries, counted_instances() as made:
        response = _send(client, request)
    statements = [query["sql"] for query in queries if not query["sql"].startswith(_BOUNDARIES)]
    return {"queries": len(statements), "instances": len(made), "seen": response.status_code, "statements": statements}
