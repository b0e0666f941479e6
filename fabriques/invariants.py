"""What must always hold of this floor. Each function yields French sentences; none means sound."""

from django.db.models import Exists, OuterRef

from applications.models import Structure
from fabriques.models import Fabrique
from labelling.models import Label


def broken():
    """Every broken invariant of this floor, one sentence each."""
    yield from labelled_structures_without_fabrique()
    yield from fabriques_without_label()


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
