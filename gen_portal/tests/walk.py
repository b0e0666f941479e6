"""A walk through every url of the portal by one person, byte for byte: what `test_two_worlds*.py` compare."""

import io
import os
import re
import zipfile

from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, reverse

from gen_portal.core import clock

IS_FULL = os.environ.get("GEN_FULL") == "1"
#: Pages about one's own account know nothing of dossiers, and some show a secret made anew each time.
LEFT_OUT = ("account_", "mfa_", "demo_", "session_")
#: Lists are also asked for sorted, filtered and searched (S2 and S3).
ASKED = "?tri=-rang&etat=deposees&avancement=complet&texte=numerique&ecart=on"
#: What else the pages of a board are asked, one thing at a time and together.
BOARD_ASKED = ("tri=ajustee", "tri=-ajustee", "ligne=1", "ligne=1&fragiles=on", "ecart=on", "avancement=incomplet",
               "tri=ajustee&ligne=1&fragiles=on&ecart=on&releve=1")  # fmt: skip
#: New at each request: the keys of forms, the mark of who writes one, and the seconds left in the session.
_TOKENS = re.compile(rb'((?:name="(?:csrfmiddlewaretoken|key|writer)" value|data-gen-seconds)=")[^"]*')
_WRITTEN_AT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def addresses(application, theirs):
    """Every url of the portal that a GET reaches, with every identifier that belongs to this dossier."""
    values = {
        "slug": [application.call.slug],
        "reference": [application.reference, application.training.structure.reference],
        "section": ["formation"],
        "pk": [application.attachments.get().pk, theirs.pk],
        "number": [1, application.submissions.latest_first().first().number],
        "kind": ["applications.application", "labelling.review"],
        "year": [clock.today().year],
        "quarter": [1],
        "name": ["summary"],
        "token": ["inconnu"],
        "extension": ["csv"],
        "step": ["opening"],
        "region": ["53"],
        "act": ["ouvrir"],
        "letter": ["refus"],
        "version": ["inconnue"],
        "person": [theirs.assignment.reviewer_id],
        "sha256": ["inconnue"],
        "size": ["petite"],
    }
    table = get_resolver().reverse_dict
    names = sorted(key for key in table if isinstance(key, str) and not key.startswith(LEFT_OUT))
    found = {}
    for name in names:
        for possibilities, *_ in table.getlist(name):
            for chosen in _products({param: values[param] for param in possibilities[0][1]}):
                if path := _path(name, chosen):
                    found[path] = name
    return sorted(found)


def asked_of_boards(application):
    """The pages that compare the dossiers of a call, with what they may be asked."""
    pages = [
        reverse(name, args=[application.call.slug]) for name in ("call_board", "disagreement_list", "decision_list")
    ]
    figures = reverse("board_figures", args=[application.call.slug])
    return [f"{page}?{asked}" for page in pages for asked in BOARD_ASKED] + [
        f"{figures}?releve=1",
        f"{figures}?releve=9",
    ]


def _products(values):
    found = [{}]
    for param, options in values.items():
        found = [{**chosen, param: option} for chosen in found for option in options]
    return found


def _path(name, chosen):
    """Nothing for an identifier that this url cannot hold (a number in letters, for instance)."""
    try:
        return reverse(name, kwargs=chosen)
    except NoReverseMatch:
        return ""


def seen_by(client, paths):
    """What a person gets of each url: status, where it leads, how many queries it cost, and every byte."""
    seen = {}
    for path in paths:
        seen[path] = _asked_for(client, path)
        if seen[path][0] == 200 and "?" not in path:
            seen[path + ASKED] = _asked_for(client, path + ASKED)
    return seen


def _asked_for(client, path):
    reset_queries()  # a walk makes more of them than Django keeps
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.close()
    return answer.status_code, answer.headers.get("Location"), len(queries), settled(answer, _TOKENS.sub(rb"\1", body))


def settled(answer, body):
    """What was sent; of a spreadsheet every entry, but the second of the real time at which it was written."""
    if not answer.headers.get("Content-Disposition", "").rstrip('"').endswith((".xlsx", ".ods")):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as entries:
        return [(name, _WRITTEN_AT.sub(rb"\1", entries.read(name))) for name in entries.namelist()]


def turns_of(changes):
    """The changes between two looks: all of them at once, each by itself with `GEN_FULL=1`."""
    return [(change,) for change in changes] if IS_FULL else [tuple(changes)]
