"""Throw-away PostgreSQL and Redis on private ports, for the checks that a demo on SQLite cannot make.

`python -m gen_portal.tests.servers command…` runs a command with DATABASE_URL and REDIS_URL set to fresh ones, and
returns its exit code. Data lie in a temporary directory, durability is off: nothing here is meant to last.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

#: Durability off; and no autovacuum: it would count the rows of a test that is still in its transaction as none, and a plan
#: made on that reads for minutes.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "autovacuum=off")
_START_SECONDS = 60


def free_port():
    """A port of the loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for_port(port, process):
    """Return once something answers on a port; raises when the process ends first, or after a minute."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} stopped with code {process.returncode} before it listened.")
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        pause()
    raise TimeoutError(f"{process.args[0]} did not listen on {port}.")


def pause():
    """Wait a little between two looks at another process."""
    time.sleep(0.05)


def program(name):
    """Path of a server's program, on the PATH or where Debian puts PostgreSQL's."""
    found = shutil.which(name) or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed (Debian: postgresql, redis-server).")
    return found


@contextmanager
def running(command, port, *, stop_with=signal.SIGTERM, **options):
    """A server that listens on a port, stopped at the end."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **options)
    try:
        wait_for_port(port, process)
        yield process
    finally:
        process.send_signal(stop_with)
        process.wait(timeout=_START_SECONDS)


def as_postgres():
    """PostgreSQL refuses to run as root: options of subprocess that make it run as its own user."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


@contextmanager
def postgresql():
    """The url of an empty database of a fresh cluster."""
    folder, port = Path(tempfile.mkdtemp(prefix="gen-postgresql-")), free_port()
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        cluster = str(folder / "cluster")
        options = {"cwd": folder, "stderr": subprocess.DEVNULL, **as_postgres()}
        subprocess.run(
            [program("initdb"), "--pgdata", cluster, "--username=gen", "--auth=trust", "--encoding=UTF8", "--no-locale"],
            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **options,
        )  # fmt: skip
        settings = [part for setting in _FAST for part in ("-c", setting)]
        command = [program("postgres"), "-D", cluster, "-p", str(port), "-h", "127.0.0.1", "-k", str(folder), *settings]
        with running(command, port, stop_with=signal.SIGINT, **options):
            yield f"postgres://gen@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis():
    """The url of an empty Redis that keeps nothing on disk."""
    port = free_port()
    command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with tempfile.TemporaryDirectory(prefix="gen-redis-") as folder, running(command, port, cwd=folder):
        yield f"redis://127.0.0.1:{port}/0"


def main(command):
    """Run a command with both servers up; its exit code is ours. When we are stopped, so is all it started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with ExitStack() as servers:
        urls = {
            "DATABASE_URL": servers.enter_context(postgresql()),
            "REDIS_URL": servers.enter_context(redis()),
        }
        process = subprocess.Popen(command, env={**os.environ, **urls}, start_new_session=True)
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
