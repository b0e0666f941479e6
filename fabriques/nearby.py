"""The commune that somebody means by a name or a postcode: one, several to choose between, or those of a name alike."""

import re
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.functions import Length

from fabriques.spelling import mistakes_forgiven, nearest
from gen_portal.core.models import Commune
from gen_portal.core.models.territory import ARTICLES, LARGEST_FIRST
from gen_portal.core.text import fold

#: So many communes one can choose between on a page.
SHOWN_COUNT = 12
_WITH_DEPARTMENT = re.compile(r"^(?P<name>.+?)\s*\((?P<department>[0-9][0-9AaBb]?[0-9]?)\)$")
_NARROW_SQL = "SELECT set_config('pg_trgm.similarity_threshold', '0.1', true)"


@dataclass(frozen=True)
class Search:
    """What was found: the commune when it is sure; those to choose between, which are guesses when `is_guess`."""

    commune: Commune | None = None
    choices: list = field(default_factory=list)
    is_guess: bool = False


def commune_meant(text):
    """By « Mende », « mende (48) » or « 48000 »: a postcode shared by several communes means the largest."""
    written = _WITH_DEPARTMENT.match(text.strip())
    if written:
        return _one_or_choices(_named(written["name"]).filter(department=written["department"].upper())) or _alike(
            fold(written["name"])
        )
    words = fold(text)
    if words.isdigit():
        largest = list(Commune.objects.filter(postcodes__contains=f"|{words}|").order_by(*LARGEST_FIRST)[:SHOWN_COUNT])
        return Search(largest[0], largest[1:]) if largest else Search()
    if not words:
        return Search()
    return _one_or_choices(_named(text)) or _one_or_choices(Commune.objects.matching(text)) or _alike(words)


def communes_beginning(text):
    """What one may go on typing, the largest first."""
    return list(Commune.objects.matching(text)[:SHOWN_COUNT]) if len(fold(text)) > 1 else []


def _named(name):
    """The communes of exactly this name, with or without its article."""
    names = [article + fold(name) for article in ARTICLES]
    return Commune.objects.filter(folded_name__in=names).order_by(*LARGEST_FIRST)


def _one_or_choices(communes):
    found = list(communes[:SHOWN_COUNT])
    if not found:
        return None
    return Search(found[0]) if len(found) == 1 else Search(choices=found)


def _alike(words):
    """The communes whose name is this one with a mistake or two, the nearest and largest first."""
    if not mistakes_forgiven(words):
        return Search()
    limit = mistakes_forgiven(words)
    long = Q(length__gte=len(words) - limit, length__lte=len(words) + limit)
    candidates = Commune.objects.alias(length=Length("folded_name")).filter(long)
    with transaction.atomic():
        names = _narrowed(candidates, words).order_by("folded_name").values_list("folded_name", flat=True).distinct()
        near = nearest(words, list(names))[:SHOWN_COUNT]
    found = Commune.objects.filter(folded_name__in=near).order_by(*LARGEST_FIRST)
    ordered = sorted(found, key=lambda commune: near.index(commune.folded_name))
    return Search(choices=ordered[:SHOWN_COUNT], is_guess=True)


def _narrowed(communes, words):
    """On PostgreSQL, those that share enough trigrams, by their index; the edit distance decides everywhere."""
    if connection.vendor != "postgresql":
        return communes
    with connection.cursor() as cursor:
        cursor.execute(_NARROW_SQL)
    return communes.filter(_Alike(F("folded_name"), Value(words)))


class _Alike(Func):
    """PostgreSQL's `%` of pg_trgm."""

    template = "(%(expressions)s)"
    arg_joiner = " %% "
    output_field = BooleanField()
