"""The labels in force that end within some months, and those whose structure has filed a new dossier since."""

from datetime import timedelta

from django.db.models import F, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce, Least
from django.urls import reverse

from applications.models import Application
from fabriques.layers.reports import department_words, spot_of
from fabriques.layers.shapes import Column, Found, Line
from fabriques.models.registry import public_labels
from gen_portal.core import clock, phrases
from labelling.models import LabelEvent
from labelling.models.label import FINAL_EVENTS

_STRUCTURE = "training__structure"
_TOWN = f"{_STRUCTURE}__commune"
COLUMNS = (
    Column("Formation"),
    Column("Structure"),
    Column("Département"),
    Column("Dernier jour", "day"),
    Column("Jours restants", "number"),
)
NEW_DOSSIER = Column("Nouveau dossier déposé")


def ending_labels(asked):
    """Those that end first come first. Whether a new dossier was filed is told to those who run the calls."""
    until = clock.add_months(asked.today, asked.months)
    labels = with_end(public_labels().in_force(asked.today)).filter(over_on__lte=until)
    labels = labels.filter(**asked.within(f"{_TOWN}__department", "decision__application__call"))
    rows = labels.annotate(asked_in=_asked_in(asked.user)).order_by("over_on", "title", "pk").values(
        "pk", "reference", "title", "over_on", "asked_in", structure=F(_STRUCTURE),
        structure_name=F(f"{_STRUCTURE}__name"), town=F(f"{_TOWN}__name"), department=F(f"{_TOWN}__department"),
        department_name=F(f"{_TOWN}__department__name"), latitude=F(f"{_TOWN}__latitude"),
        longitude=F(f"{_TOWN}__longitude"),
    )  # fmt: skip
    columns = (*COLUMNS, NEW_DOSSIER) if asked.sees_dossiers else COLUMNS
    definition = (
        f"Labels en vigueur dont le dernier jour vient d'ici {asked.months} mois, le {phrases.day(until)} au plus tard."
    )
    if asked.sees_dossiers:
        definition += " Un nouveau dossier est celui de la même formation, déposé depuis l'attribution du label."
    return Found(columns, [_line(row, asked) for row in rows], definition)


def with_end(labels):
    """Adds `over_on`, the first day without the label: its term, or its loss when that comes before."""
    losses = LabelEvent.objects.filter(label=OuterRef("pk"), kind__in=FINAL_EVENTS).order_by().values("label")
    lost_on = Subquery(losses.annotate(day=Min("effective_on")).values("day"))
    return labels.annotate(over_on=Least("ends_on", Coalesce(lost_on, F("ends_on"))))


def _asked_in(user):
    """The call of the latest dossier that a person may see, of the same training, filed after the label was published."""
    later = Application.objects.visible_to(user).filter(
        training=OuterRef("training"), submitted_at__gt=OuterRef("decision__published_at")
    )
    return Subquery(later.order_by("-submitted_at", "-pk").values("call__title")[:1])


def _line(row, asked):
    last_on = row["over_on"] - timedelta(days=1)
    cells = (row["structure_name"], department_words(row), last_on, (last_on - asked.today).days)
    return Line(
        key=f"l{row['pk']}",
        title=row["title"],
        path=reverse("label_page", args=[row["reference"]]),
        cells=(*cells, row["asked_in"]) if asked.sees_dossiers else cells,
        spot=spot_of(row),
        is_pressing=asked.sees_dossiers and row["asked_in"] is None,
        structure=row["structure"],
        told=f"label en vigueur jusqu'au {phrases.day(last_on)} inclus",
    )
