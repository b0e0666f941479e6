"""The places of a structure, described from one of its dossiers; what was filed keeps the place as it was.

A sheet has parts, each with its version, as answers have (docs/decisions/0028): what somebody else changed meanwhile is
never overwritten, and every sheet that was stored can be taken up again.
"""

from dataclasses import dataclass

from django.db import transaction

from applications.actions import answers
from applications.models import WRITABLE_STATES, Site, SiteVersion
from applications.models.sections import SITES
from applications.models.site_versions import PARTS, part_of, sheet_of, sheet_of_site, versions_of
from gen_portal.core import clock
from gen_portal.core.workflow import lock


@dataclass(frozen=True)
class SavedSheet:
    """The place as it is now, the parts just stored, those that wait for a choice, and the last version of the sheet."""

    site: Site
    parts: tuple
    conflicts: tuple
    last: SiteVersion | None


@transaction.atomic
def add_site(application, *, by, **values):
    """Describe a new place of the structure and put it in the dossier."""
    application, now = lock(application, *WRITABLE_STATES), clock.now()
    site = Site.objects.create(structure_id=application.training.structure_id, **values)
    SiteVersion.objects.create(site=site, number=1, sheet=sheet_of_site(site), by=by, at=now)
    sites = [*application.sites.order_by("pk"), site]
    answers.write_answers(application, {SITES: sites}, by=by, at=now)
    return site


@transaction.atomic
def describe_site(application, site, *, seen, by, **values):
    """Store the parts of the sheet that this writer changed; the other drafts of the structure see them too.

    `seen` gives by part the version before their eyes; a part without one was not sent. What somebody else changed meanwhile
    stays as it is and comes back as a conflict.
    """
    application = lock(application, *WRITABLE_STATES)
    site, now = lock(site), clock.now()
    before, wanted = sheet_of_site(site), sheet_of(values)
    present, mine = versions_of(before), versions_of(wanted)
    sent = [part for part in PARTS if part in seen and mine[part] not in (seen[part], present[part])]
    kept = tuple(part for part in sent if present[part] == seen[part])
    if kept:
        columns = [name for part in kept for name in PARTS[part]]
        for name in columns:
            setattr(site, name, values[name])
        site.save(update_fields=columns)
        _add_version(site, before, by=by, at=now, began_at=application.started_at)
        application.changed_at = now
        application.save(update_fields=["changed_at"])
    conflicts = tuple(part for part in sent if part not in kept)
    return SavedSheet(site, kept, conflicts, site.versions.latest_first().first() if conflicts else None)


def _add_version(site, before, *, by, at, began_at):
    """The sheet as it is now; before it, by nobody, the one it replaces where no row says it yet."""
    last = site.versions.latest_first().first()
    number = last.number if last else 0
    rows = []
    if last is None or last.sheet != before:
        number += 1
        rows.append(SiteVersion(site=site, number=number, sheet=before, by=None, at=began_at))
    rows.append(SiteVersion(site=site, number=number + 1, sheet=sheet_of_site(site), by=by, at=at))
    SiteVersion.objects.bulk_create(rows)


def changed_parts(earlier, later):
    """The parts in which two sheets differ, in their order."""
    return [part for part in PARTS if part_of(earlier, part) != part_of(later, part)]
