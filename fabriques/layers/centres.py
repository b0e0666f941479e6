"""The departments with their population and their middle, both counted from their communes."""

from django.db.models import Avg, Sum

from fabriques.layers.shapes import Spot
from gen_portal.core.models import Department


def departments():
    """Each with `population` (None where no commune's is known) and the mean position of its communes; one query."""
    return Department.objects.select_related("region").annotate(
        population=Sum("commune__population"), latitude=Avg("commune__latitude"), longitude=Avg("commune__longitude")
    ).order_by("code")  # fmt: skip


def spot_of(department):
    return Spot(str(department), department.latitude, department.longitude)


def spots_of_departments():
    return {department.code: spot_of(department) for department in departments()}
