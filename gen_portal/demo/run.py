"""`make run`: prepares the embedded portal once, then runs web server, worker and beat until Ctrl-C.

Nothing here is for production: see docs/operations.md for that.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = ROOT / "var"
START_WITHIN = 60  # seconds


def environment(port):
    """The embedded settings, unless the caller chose others."""
    chosen = {
        "DEMO": "1",
        "HTTPS": "0",
        "DJANGO_SETTINGS_MODULE": "gen_portal.settings",
        "PORTAL_URL": f"http://localhost:{port}",
    }
    return {**chosen, **os.environ, "PYTHONUNBUFFERED": "1"}


def prepare(env):
    """Migrate, and load the demonstration the first time only."""
    for folder in ("broker/queue", "broker/control", "files", "static"):
        (VAR / folder).mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "manage.py", "prepare_demo"], cwd=ROOT, env=env, check=True)


def commands(port):
    """What runs, and the name its log takes in var/."""
    celery = [sys.executable, "-m", "celery", "-A", "gen_portal.celery"]
    return {
        "web": [
            *(sys.executable, "-m", "gunicorn", "gen_portal.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--workers", "2", "--threads", "4", "--no-control-socket", "--access-logfile", "/dev/null"),
        ],
        "worker": [
            *celery,
            "worker",
            "--concurrency",
            "1",
            "--loglevel",
            "INFO",
            "--without-mingle",
            "--without-gossip",
        ],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""],
    }


def start(env, port):
    """Start everything, each with its log in var/."""
    started = {}
    for name, command in commands(port).items():
        log = (VAR / f"{name}.log").open("ab")
        started[name] = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    return started


def wait_until_ready(port, started):
    """Until the health page answers; the name of what died first, if something did."""
    limit = time.monotonic() + START_WITHIN
    while time.monotonic() < limit:
        dead = next((name for name, process in started.items() if process.poll() is not None), None)
        if dead:
            return dead
        try:
            with urlopen(f"http://127.0.0.1:{port}/sante/", timeout=2) as answer:
                if answer.status == 200:
                    return None
        except (URLError, OSError):
            time.sleep(0.2)
    return "web"


def stop(started):
    """Ask everything to stop, then insist."""
    for process in started.values():
        if process.poll() is None:
            process.terminate()
    for process in started.values():
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def main():
    """Exit codes: 0 after Ctrl-C, 1 when something could not start or died."""
    port = int(os.environ.get("PORT", "8000"))
    if not port_is_free(port):
        print(f"Le port {port} est déjà pris. Choisissez-en un autre : make run PORT=8001")
        return 1
    env = environment(port)
    prepare(env)
    shutil.rmtree(VAR / "broker" / "control", ignore_errors=True)
    (VAR / "broker" / "control").mkdir(parents=True, exist_ok=True)
    started = start(env, port)
    stopping = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopping.set())
    try:
        dead = wait_until_ready(port, started)
        if dead:
            print(f"Le portail n'a pas pu démarrer : voyez var/{dead}.log.")
            return 1
        print(f"Le portail est prêt : http://localhost:{port}/ (Ctrl-C pour l'arrêter)", flush=True)
        while not stopping.wait(1):
            dead = next((name for name, process in started.items() if process.poll() is not None), None)
            if dead:
                print(f"« {dead} » s'est arrêté : voyez var/{dead}.log.")
                return 1
    finally:
        stop(started)
    return 0


if __name__ == "__main__":
    sys.exit(main())
