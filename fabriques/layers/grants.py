"""The seed grants of published labels: by label, by structure or by department."""

from collections import defaultdict
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse

from applications.models import Application
from fabriques.layers.centres import spots_of_departments
from fabriques.layers.reports import department_words, spot_of
from fabriques.layers.shapes import Column, Found, Line
from gen_portal.core import phrases
from labelling.models import Decision, Grant

_STRUCTURE = "label__training__structure"
_TOWN = f"{_STRUCTURE}__commune"
_AMOUNT = Column("Montant", "euros", "euros")
COLUMNS = {
    "": (Column("Formation"), Column("Structure"), Column("Département"), Column("Appel"), _AMOUNT),
    "structure": (Column("Structure"), Column("Département"), Column("Labels subventionnés", "number"), _AMOUNT),
    "departement": (Column("Département"), Column("Région"), Column("Labels subventionnés", "number"), _AMOUNT),
}
DEFINITION = "Subventions d'amorçage des labels publiés, qu'ils soient encore en vigueur ou non."


def grants(asked):
    """The largest amount first. Of the decisions that the person may see, and of no dossier they withdrew from."""
    rows = Grant.objects.filter(
        label__decision__in=Decision.objects.visible_to(asked.user).filter(published_at__isnull=False).values("pk"),
        label__training__structure__fabrique__isnull=False,
        **asked.within(f"{_TOWN}__department", "label__decision__application__call"),
    )
    rows = rows.exclude(label__decision__application__in=Application.objects.hidden_from(asked.user).values("pk"))
    rows = list(rows.order_by("-amount_euros", "label__title", "pk").values(
        "amount_euros", label_pk=F("label"), title=F("label__title"), reference=F("label__reference"),
        call=F("label__decision__application__call__title"), structure=F(_STRUCTURE),
        structure_name=F(f"{_STRUCTURE}__name"), slug=F(f"{_STRUCTURE}__fabrique__slug"), town=F(f"{_TOWN}__name"),
        department=F(f"{_TOWN}__department"), department_name=F(f"{_TOWN}__department__name"),
        region_name=F(f"{_TOWN}__department__region__name"), latitude=F(f"{_TOWN}__latitude"),
        longitude=F(f"{_TOWN}__longitude"),
    ))  # fmt: skip
    lines = _GROUPED[asked.by](rows, asked)
    total = f"{phrases.euros(sum(row['amount_euros'] for row in rows))} en tout"
    return Found(COLUMNS[asked.by], lines, DEFINITION, total)


def _by_label(rows, asked):
    return [
        Line(
            key=f"l{row['label_pk']}",
            title=row["title"],
            path=reverse("label_page", args=[row["reference"]]),
            cells=(row["structure_name"], department_words(row), row["call"], row["amount_euros"]),
            spot=spot_of(row),
            structure=row["structure"],
            told=f"subvention attribuée après l'appel « {row['call']} »",
        )
        for row in rows
    ]


def _by_structure(rows, asked):
    lines = []
    for own in _together(rows, "structure"):
        first, amount = own[0], sum(row["amount_euros"] for row in own)
        path = reverse("fabrique_page", args=[first["slug"]])
        cells = (department_words(first), len(own), amount)
        lines.append(Line(f"s{first['structure']}", first["structure_name"], path, cells, spot_of(first)))
    return sorted(lines, key=_largest_first)


def _by_department(rows, asked):
    spots, lines = spots_of_departments(), []
    for own in _together(rows, "department"):
        first, amount = own[0], sum(row["amount_euros"] for row in own)
        kept = {"couche": "subventions", "departement": first["department"]}
        kept |= {"appel": asked.call.slug} if asked.call else {}
        path = f"{reverse('staff_map')}?{urlencode(kept)}"
        cells = (first["region_name"], len(own), amount)
        spot = spots[first["department"]]
        lines.append(Line(f"d{first['department']}", department_words(first), path, cells, spot))
    return sorted(lines, key=_largest_first)


_GROUPED = {"": _by_label, "structure": _by_structure, "departement": _by_department}


def _together(rows, name):
    groups = defaultdict(list)
    for row in rows:
        groups[row[name]].append(row)
    return groups.values()


def _largest_first(line):
    return -line.cells[-1], line.title
