"""The follow-up reports owed and past their due day, one line per training."""

from django.db.models import F
from django.urls import reverse

from fabriques.layers.shapes import Column, Found, Line, Spot
from fabriques.models import FollowUpReport, ReportStanding
from gen_portal.core import phrases

_STRUCTURE = "label__training__structure"
_TOWN = f"{_STRUCTURE}__commune"
COLUMNS = (
    Column("Formation"),
    Column("Structure"),
    Column("Département"),
    Column("Attendu jusqu'au", "day"),
    Column("Relevés manquants", "number"),
    Column("Situation"),
)
DEFINITION = (
    "Formations dont le dernier relevé dû n'est pas venu à son échéance, aucun autre n'ayant été transmis depuis. "
    "« En défaut » : trente jours après l'échéance."
)


def late_reports(asked):
    """Of several late reports of a training, the latest stands for all; the longest silence first."""
    reports = FollowUpReport.objects.visible_to(asked.user).behind(asked.today)
    rows = reports.filter(**asked.within(f"{_TOWN}__department", "label__decision__application__call"))
    rows = rows.order_by("-missing_count", "campaign__due_on", "label__title", "pk").values(
        "pk", "reference", "standing", "missing_count",
        title=F("label__title"), structure=F(_STRUCTURE), structure_name=F(f"{_STRUCTURE}__name"),
        due_on=F("campaign__due_on"), town=F(f"{_TOWN}__name"), department=F(f"{_TOWN}__department"),
        department_name=F(f"{_TOWN}__department__name"), latitude=F(f"{_TOWN}__latitude"),
        longitude=F(f"{_TOWN}__longitude"),
    )  # fmt: skip
    return Found(COLUMNS, [_line(row) for row in rows], DEFINITION)


def _line(row):
    return Line(
        key=f"r{row['pk']}",
        title=row["title"],
        path=reverse("report_page", args=[row["reference"]]),
        cells=(
            row["structure_name"],
            department_words(row),
            row["due_on"],
            row["missing_count"],
            ReportStanding(row["standing"]).label,
        ),
        spot=spot_of(row),
        is_pressing=row["standing"] == ReportStanding.IN_DEFAULT,
        structure=row["structure"],
        told=f"relevé attendu jusqu'au {phrases.day(row['due_on'])}",
    )


def department_words(row):
    return f"{row['department_name']} ({row['department']})"


def spot_of(row):
    return Spot(f"{row['town']} ({row['department']})", row["latitude"], row["longitude"])
