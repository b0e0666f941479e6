"""Servers of the benchmark: gunicorn with two plain workers, and the processor time those workers spend."""

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gen_portal.bench.database import FOLDER, ROOT
from gen_portal.tests import servers

WORKERS = 2


@dataclass(frozen=True)
class Server:
    """A running gunicorn: where it listens, and its workers."""

    port: int
    workers: tuple

    def cpu_seconds(self):
        """Processor time spent by the workers since they started."""
        return sum(_cpu_seconds(worker) for worker in self.workers)

    def memory_mb(self):
        """Memory of the largest worker."""
        return max(_resident_kb(worker) for worker in self.workers) // 1024


def _cpu_seconds(pid):
    """Nanoseconds in schedstat; a sync worker has one thread."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def _resident_kb(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def _children(pid):
    return tuple(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


@contextmanager
def gunicorn(env, name):
    """The portal, or whatever DJANGO_SETTINGS_MODULE says, served until the end of the block; its log in var/bench."""
    port = servers.free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "gen_portal.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--workers", str(WORKERS), "--no-control-socket", "--access-logfile", "/dev/null"),
    ]
    with (FOLDER / f"{name}.log").open("wb") as log:
        with _started(command, port, env, log) as started:
            while len(_children(started.pid)) < WORKERS:
                servers.pause()
            yield Server(port, _children(started.pid))


@contextmanager
def _started(command, port, env, log):
    started = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603
    try:
        servers.wait_for_port(port, started)
        yield started
    finally:
        started.terminate()
        started.wait(timeout=60)


@contextmanager
def celery(env, name):
    """A worker with two child processes, ready before the block begins."""
    command = [
        *(sys.executable, "-m", "celery", "-A", "gen_portal.celery", "worker", "--concurrency", str(WORKERS)),
        *("--loglevel", "INFO", "--without-mingle", "--without-gossip"),
    ]
    path = FOLDER / f"{name}.log"
    with path.open("wb") as log:
        started = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603
    try:
        while "ready" not in path.read_text(errors="replace"):
            if started.poll() is not None:
                raise RuntimeError(f"The worker stopped with code {started.returncode}: see {path.name}.")
            servers.pause()
        yield
    finally:
        started.terminate()
        started.wait(timeout=60)
