"""The places of a structure, described from one of its dossiers; what was filed keeps the place as it was."""

from django.db import transaction

from applications.actions import answers
from applications.models import WRITABLE_STATES, Site
from applications.models.sections import SITES
from gen_portal.core import clock
from gen_portal.core.workflow import lock


@transaction.atomic
def add_site(application, *, by, **values):
    """Describe a new place of the structure and put it in the dossier."""
    application = lock(application, *WRITABLE_STATES)
    site = Site.objects.create(structure_id=application.training.structure_id, **values)
    sites = [*application.sites.order_by("pk"), site]
    answers.write_answers(application, {SITES: sites}, by=by, at=clock.now())
    return site


@transaction.atomic
def describe_site(application, site, **values):
    """Complete or correct a place of the structure; its other drafts see it too."""
    application = lock(application, *WRITABLE_STATES)
    site = lock(site)
    for name, value in values.items():
        setattr(site, name, value)
    site.save(update_fields=list(values))
    application.changed_at = clock.now()
    application.save(update_fields=["changed_at"])
    return site
