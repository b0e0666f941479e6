"""The minute's tick asks the antivirus about files, and tells structures what it found."""

import pytest

from applications.tests.factories import AttachmentFactory
from gen_portal.core import tasks
from gen_portal.core.models import ScanState, StoredFile
from gen_portal.tasks import tick

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("url, asked", [("", []), ("tcp://127.0.0.1:1", [tasks.scan_files])])
def test_the_tick_asks_where_there_is_an_antivirus(settings, monkeypatch, url, asked):
    settings.CLAMAV_URL, seen = url, []
    monkeypatch.setattr(tasks, "enqueue", lambda task, *args: seen.append(task))
    tick()
    assert [task for task in seen if task is tasks.scan_files] == asked


def test_the_tick_tells_a_virus_once(mails):
    attachment = AttachmentFactory()
    StoredFile.objects.filter(pk=attachment.file_id).update(scan=ScanState.INFECTED, scan_found="Eicar")
    tick()
    tick()
    assert len(mails(kind="application_virus")) == 1
