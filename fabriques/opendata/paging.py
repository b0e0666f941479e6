"""Pages by cursor: each begins after the last row of the one before, so a new row neither repeats nor hides another, and
the last page costs what the first does.
"""

import base64
import binascii

from fabriques.opendata.problems import Problem

DEFAULT, LARGEST = 50, 200
_BAD = {"parametre": "curseur", "message": "Ce curseur n'en est pas un : suivez le lien « suivant » d'une page."}


def cursor_of(kind, pk):
    """Opaque: a page gives it, nobody makes one."""
    return base64.urlsafe_b64encode(f"{kind}:{pk}".encode()).decode().rstrip("=")


def after(kind, cursor):
    """The key of the last row already read, 0 at the beginning."""
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        key = int(text.removeprefix(f"{kind}:"))
    except (binascii.Error, ValueError):
        key = 0
    if not 0 < key < 2**62 or cursor != cursor_of(kind, key):
        raise Problem(400, "Paramètre refusé", [_BAD])
    return key


def size_of(text):
    """How many rows were asked for."""
    if not text:
        return DEFAULT
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LARGEST and len(text) < 10):
        fault = {"parametre": "par_page", "message": f"Écrivez un nombre de 1 à {LARGEST}."}
        raise Problem(400, "Paramètre refusé", [fault])
    return int(text)


def page_of(rows, key_name, *, cursor, kind, size):
    """(keys of a page, cursor of the following one or None) of a queryset."""
    found = list(
        rows.filter(**{f"{key_name}__gt": after(kind, cursor)})
        .order_by(key_name)
        .values_list(key_name, flat=True)[: size + 1]
    )
    following = cursor_of(kind, found[size - 1]) if len(found) > size else None
    return found[:size], following
