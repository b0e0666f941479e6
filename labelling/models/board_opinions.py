"""What ministries and regions say of all the dossiers of a board: one query, one packed text per dossier and side."""

from django.db.models import Aggregate, Case, CharField, F, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from labelling.models.regional import RegionalOpinion
from labelling.models.review import Assignment
from labelling.models.second_opinion import recommendation_in_force

_BETWEEN_PARTS, _BETWEEN_OPINIONS = "\x1f", "\x1e"  # in no name
_SILENCE = ("", "")


class Joined(Aggregate):
    """The texts of a group in one, in no order, each behind the same mark."""

    function, output_field = "STRING_AGG", TextField()

    def __init__(self, text, **extra):
        super().__init__(text, Value(_BETWEEN_OPINIONS), **extra)

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)


def packed_opinions(application_ids, *, chunk_size=None):
    """By key of dossier: the opinions of ministries, those of regions, for `unpacked`."""
    places, regional = packed_sides(application_ids)
    rows = places.union(regional, all=True).order_by("side")
    found = {}
    for pk, is_regional, packed in rows.iterator(chunk_size=chunk_size) if chunk_size else rows:
        found[pk] = (found.get(pk, _SILENCE)[0], packed) if is_regional else (packed, "")
    return found


def said_in_force():
    """Expression on places: the recommendation in force of their review, submitted or not."""
    return Coalesce(recommendation_in_force("review"), "review__recommendation")


def place_name():
    """Expression on places: the ministry, said to be a third reader where it is."""
    third = Concat("ministry__short_name", Value(" (troisième lecteur)"))
    return Case(When(is_third_reader=True, then=third), default=F("ministry__short_name"), output_field=CharField())


def packed_sides(application_ids):
    """What ministries say, what regions say: rows of (dossier, side, packed text)."""
    submitted = Case(When(review__submitted_at__isnull=False, then=said_in_force()), default=Value(""))
    places = Assignment.objects.current().filter(application__in=application_ids)
    regional = RegionalOpinion.objects.filter(application__in=application_ids)
    return (
        _packed(places, 0, F("ministry__position"), place_name(), submitted),
        _packed(regional, 1, Value(0), F("region__name"), F("verdict")),
    )


def _packed(rows, side, rank, name, said):
    text = Concat(
        Cast(rank, TextField()), Value(_BETWEEN_PARTS), name, Value(_BETWEEN_PARTS), said, output_field=TextField()
    )
    groups = rows.order_by().values("application_id").annotate(side=Value(side), packed=Joined(text))
    return groups.values_list("application_id", "side", "packed")


def unpacked(packed):
    """(who, recommendation or nothing) of each opinion, in the order of the ministries, then of the names."""
    if not packed:
        return []
    parts = (one.split(_BETWEEN_PARTS) for one in packed.split(_BETWEEN_OPINIONS))
    return [(name, said) for _, name, said in sorted((int(rank), name, said) for rank, name, said in parts)]
