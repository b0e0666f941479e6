"""A thousand mails: through the outbox with a real worker, and in a bare loop over one connection to the same sink."""

import time

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction

from gen_portal.core import clock, outbox, tasks  # noqa: F401 – tasks tells the outbox how to wake a worker
from gen_portal.core.models import OutgoingEmail
from gen_portal.tests import servers

TEXT = """Bonjour,

Votre **relevé** de suivi est attendu jusqu'au 30 de ce mois. Il tient en sept nombres.

[Ouvrir le relevé](http://localhost/suivi/)
"""


def main(way, count, batch):
    """Seconds from the commit (or the first connection) to the last mail accepted."""
    return WAYS[way](int(count), batch)


def through_the_outbox(count, batch):
    mails = [
        {"key": f"bench:{batch}:{number}", "kind": "bench", "to": f"personne{number}@structure.example",
         "subject_line": "Un relevé est attendu", "markdown": TEXT}
        for number in range(count)
    ]  # fmt: skip
    with transaction.atomic():
        outbox.post_many(mails, at=clock.now())  # its commit asks a worker for `deliver_pending`
    begun = time.perf_counter()
    left = OutgoingEmail.objects.filter(key__startswith=f"bench:{batch}:", sent_at=None)
    while left.exists():
        if time.perf_counter() - begun > 120:
            raise TimeoutError(f"{left.count()} mails were still waiting after two minutes.")
        servers.pause()
    return time.perf_counter() - begun


def in_a_bare_loop(count, batch):
    row = OutgoingEmail.objects.filter(kind="bench").first()
    html = row.html_body if row else TEXT
    begun = time.perf_counter()
    with get_connection() as connection:
        for number in range(count):
            to = [f"personne{number}@structure.example"]
            message = EmailMultiAlternatives("Un relevé est attendu", TEXT, to=to, connection=connection)
            message.attach_alternative(html, "text/html")
            message.send()
    return time.perf_counter() - begun


WAYS = {"outbox": through_the_outbox, "loop": in_a_bare_loop}
