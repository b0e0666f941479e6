"""The antivirus: whatever the daemon answers, a file is judged or waits, and while it waits nobody else reads it."""

import socket

import pytest

from gen_portal.core import files
from gen_portal.core.files import scanning
from gen_portal.core.models import ScanState, StoredFile
from gen_portal.core.tests.corpus import EICAR
from gen_portal.core.tests.fake_clamd import running_clamd

pytestmark = pytest.mark.django_db
CLEAN, INFECTED, PENDING, NOT_SCANNED = (
    ScanState.CLEAN, ScanState.INFECTED, ScanState.PENDING, ScanState.NOT_SCANNED,
)  # fmt: skip


def store(content=b"contenu"):
    return files.store(content, name="a.pdf", content_type="application/pdf", by=None)


def states():
    return [(row.scan, row.scan_found, files.is_readable(row)) for row in StoredFile.objects.order_by("pk")]


@pytest.fixture
def short_delay(settings):
    settings.CLAMAV_TIMEOUT = 0.5


def test_without_a_daemon_nothing_is_scanned_and_files_are_read(settings):
    assert settings.CLAMAV_URL == ""
    store()
    assert (scanning.scan_waiting(), states()) == (0, [(NOT_SCANNED, "", True)])


@pytest.mark.parametrize("is_unix", [False, True])
def test_clean_and_infected_files_get_their_verdict(settings, frozen_clock, tmp_path, is_unix):
    with running_clamd(path=tmp_path / "clamd" if is_unix else None) as (daemon, settings.CLAMAV_URL):
        large = b"x" * 200_000
        store(large), store(EICAR), store(b"")
        assert states() == [(PENDING, "", False)] * 3
        assert (scanning.scan_waiting(), daemon.received) == (3, [large, EICAR, b""])
        assert states() == [(CLEAN, "", True), (INFECTED, "Eicar-Test-Signature", False), (CLEAN, "", True)]
        assert scanning.scan_waiting() == 0
    assert [row.scan_tried_at for row in StoredFile.objects.order_by("pk")] == [frozen_clock.at] * 3


@pytest.mark.parametrize(
    "mode, asked_count", [("silent", 1), ("dribble", 1), ("empty", 1), ("garbage", 2), ("error", 2)]
)
def test_an_answer_that_is_no_verdict_leaves_files_waiting(settings, short_delay, caplog, mode, asked_count):
    """A daemon that does not answer ends the pass; one that answers something else is asked about the next file."""
    with running_clamd(mode) as (daemon, settings.CLAMAV_URL):
        store(), store()
        assert scanning.scan_waiting() == 0
        assert (states(), len(daemon.received)) == ([(PENDING, "", False)] * 2, asked_count)
        daemon.mode = "judge"
        daemon.over.set()
        settings.CLAMAV_TIMEOUT = 10
        assert (scanning.scan_waiting(), states()) == (2, [(CLEAN, "", True)] * 2)
    assert "antivirus" in caplog.text


def test_a_daemon_that_refuses_leaves_files_waiting(settings, short_delay, caplog):
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{closed_soon.getsockname()[1]}"
    store()
    assert (scanning.scan_waiting(), states()) == (0, [(PENDING, "", False)])
    assert "antivirus unreachable (ConnectionRefusedError)" in caplog.text


def test_files_received_before_there_was_a_daemon_are_withheld_then_scanned(settings):
    store()
    with running_clamd() as (_, settings.CLAMAV_URL):
        assert states() == [(NOT_SCANNED, "", False)]
        scanning.scan_waiting()
    assert states() == [(CLEAN, "", True)]


def test_a_file_without_content_does_not_stop_the_others(settings, caplog):
    with running_clamd() as (_, settings.CLAMAV_URL):
        lost = store()
        lost.content.storage.delete(lost.content.name)
        store()
        assert (scanning.scan_waiting(), [state for state, *_ in states()]) == (1, [PENDING, CLEAN])


def test_a_pass_ends_in_time_for_its_task(settings, monkeypatch):
    monkeypatch.setattr(scanning, "_PASS_SECONDS", -1)
    with running_clamd() as (daemon, settings.CLAMAV_URL):
        store()
        assert (scanning.scan_waiting(), daemon.received) == (0, [])


def test_the_least_recently_tried_is_asked_first(settings, frozen_clock):
    with running_clamd("error") as (daemon, settings.CLAMAV_URL):
        first = store(b"un")
        scanning.scan_waiting()
        frozen_clock.advance(minutes=1)
        store(b"deux")
        daemon.received.clear()
        daemon.mode = "judge"
        assert (scanning.scan_waiting(), daemon.received) == (2, [b"deux", b"un"])
    assert StoredFile.objects.get(pk=first.pk).scan == CLEAN


def test_each_state_says_why_a_file_is_withheld(settings):
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"
    found = {scan: files.why_withheld(StoredFile(scan=scan)) for scan in ScanState}
    assert found[CLEAN] == ""
    assert "attend l'analyse" in found[PENDING]
    assert found[NOT_SCANNED] == found[PENDING]
    assert "a trouvé un virus" in found[INFECTED]
