"""Writes the reference geography into the database: what is new is added, what changed is corrected."""

from django.db import transaction

from gen_portal.core.models import Commune, Department, Region
from gen_portal.core.text import fold


@transaction.atomic
def load(regions, departments, communes):
    """All or nothing, as often as wanted. A row that has left the files stays: sites may stand in it."""
    _upsert(
        Region,
        [
            Region(
                code=row.code,
                name=row.name,
                time_zone=row.time_zone,
                is_overseas=row.is_overseas,
                is_collectivity=row.is_collectivity,
            )
            for row in regions
        ],
    )
    _upsert(Department, [Department(code=row.code, name=row.name, region_id=row.region) for row in departments])
    _upsert(Commune, [_commune(row) for row in communes])


def _commune(row):
    return Commune(
        code=row.code,
        name=row.name,
        folded_name=fold(row.name),
        department_id=row.department,
        postcodes=row.postcodes,
        population=row.population,
        latitude=row.latitude,
        longitude=row.longitude,
        time_zone=row.time_zone,
    )


def _upsert(model, rows):
    columns = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model.objects.bulk_create(
        rows, batch_size=2000, update_conflicts=True, unique_fields=["code"], update_fields=columns
    )
