"""What must always hold of this floor. Each function yields French sentences; none means sound."""

from itertools import pairwise

from django.db.models import Exists, OuterRef, Subquery

from applications.models import Structure
from fabriques.arithmetic import FIGURES
from fabriques.checks import Yardstick, falls
from fabriques.models import Fabrique, FollowUpReport, ReportVersion
from labelling.models import Label


def broken():
    """Every broken invariant of this floor, one sentence each."""
    yield from labelled_structures_without_fabrique()
    yield from fabriques_without_label()
    yield from reports_unlike_their_last_version()
    yield from figures_fallen_without_a_word()


def _published_labels(structure):
    return Exists(Label.objects.filter(decision__published_at__isnull=False, training__structure=structure))


def labelled_structures_without_fabrique():
    """Structures with a published label and no page; `manage.py open_missing_fabriques` opens it."""
    lacking = Structure.objects.filter(_published_labels(OuterRef("pk")), fabrique=None)
    for pk in lacking.order_by("pk").values_list("pk", flat=True):
        yield f"Structure {pk} : label publié sans fabrique (manage.py open_missing_fabriques l'ouvre)."


def fabriques_without_label():
    for pk in (
        Fabrique.objects.filter(~_published_labels(OuterRef("structure"))).order_by("pk").values_list("pk", flat=True)
    ):
        yield f"Fabrique {pk} : ouverte sans label publié."


def reports_unlike_their_last_version():
    """A filed report says what its last version says."""
    last = ReportVersion.objects.filter(report=OuterRef("pk")).order_by("-number")
    filed = FollowUpReport.objects.filed().annotate(last_figures=Subquery(last.values("figures")[:1]))
    for row in filed.order_by("pk").values("pk", "last_figures", *FIGURES):
        kept = row["last_figures"] or {}
        if any(row[name] != kept.get(name) for name in FIGURES):
            yield f"Relevé {row['pk']} : ses nombres ne sont pas ceux de sa dernière version."


def figures_fallen_without_a_word():
    """A cumulative figure below the label's report before it is explained in one of the two reports."""
    filed = FollowUpReport.objects.filed().order_by("label_id", "campaign__starts_on")
    rows = filed.values("pk", "label_id", "fall_note", *FIGURES)
    for earlier, report in pairwise(rows.iterator(chunk_size=500)):
        is_explained = report["fall_note"] or earlier["fall_note"]
        if report["label_id"] == earlier["label_id"] and not is_explained and falls(report, Yardstick(earlier=earlier)):
            yield f"Relevé {report['pk']} : un nombre cumulé baisse sans explication."
