"""Keeping a sheet of reports before it is filed: the same content sent twice by one person is one upload."""

import hashlib

from django.db import IntegrityError, transaction

from fabriques.models import ReportUpload
from gen_portal.core import clock, files


def keep_upload(content, *, name, content_type, by):
    """The upload of this content by this person, kept now or already."""
    digest = hashlib.sha256(content).hexdigest()
    known = ReportUpload.objects.of(by)
    try:
        return known.get(sha256=digest)
    except ReportUpload.DoesNotExist:
        pass
    try:
        return _create(content, digest, name=name, content_type=content_type, by=by)
    except IntegrityError:  # a second click kept it meanwhile
        return known.get(sha256=digest)


@transaction.atomic
def _create(content, digest, *, name, content_type, by):
    stored = files.store(content, name=name, content_type=content_type, by=by)
    return ReportUpload.objects.create(file=stored, sha256=digest, uploaded_at=clock.now(), uploaded_by=by)
