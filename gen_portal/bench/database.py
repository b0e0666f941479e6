"""The databases measured: loaded once with the demonstration at full size, kept, and copied for each run.

A run writes in its copy only, which is thrown away: every run starts from the same rows.
"""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from gen_portal.tests import servers

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "var" / "bench"
#: What the rows depend on: a change in one of these remakes the databases.
_SOURCES = ("gen_portal/demo/*.py", "*/migrations/*.py", "gen_portal/core/migrations/*.py", "applications/archive.py")


def environment(url, name, **others):
    """Settings close to production, without HTTPS since nothing stands before gunicorn here."""
    chosen = {
        "DATABASE_URL": url,
        "FILES_ROOT": str(FOLDER / "files" / name),
        "HTTPS": "0",
        "DEBUG": "0",
        "DEMO": "0",
        "SECRET_KEY": "only-for-benchmarks-" + "x" * 50,
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        "DJANGO_SETTINGS_MODULE": "gen_portal.settings",
        "EMAIL_URL": "dummymail://",
    }
    kept = {key: value for key, value in os.environ.items() if key not in ("REDIS_URL", "EMAIL_LOOKUP_URL")}
    return {**kept, **chosen, **others}


def monday():
    """The day of the demonstration: its dates hold for a week."""
    today = date.today()
    return today - timedelta(days=today.weekday())


def fingerprint():
    """Of everything that decides the rows of a database."""
    digest = hashlib.sha256(monday().isoformat().encode())
    for pattern in _SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def fill(url, name, count):
    """Migrate an empty database and load the demonstration with so many dossiers in its large call."""
    env = environment(url, name)
    (FOLDER / "files" / name).mkdir(parents=True, exist_ok=True)
    commands = (
        ["migrate", "--verbosity", "0"],
        ["createcachetable"],
        ["load_demo", "--scale", "full", "--applications", str(count), "--today", monday().isoformat()],
    )
    for command in commands:
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)  # noqa: S603


class PostgreSQL:
    """Databases of one server; `url` must be allowed to create databases, and its own is left alone."""

    def __init__(self, url):
        self.url = url

    @property
    def description(self):
        version, fsync = self._ask("SHOW server_version")[0], self._ask("SHOW fsync")[0]
        return f"PostgreSQL {version.split()[0]}, fsync {fsync}"

    def prepare(self, count, *, fresh):
        """The name of the database with `count` reviewed dossiers, made if it is missing or stale."""
        name = f"gen_bench_{count}"
        made = self._ask(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        )  # fmt: skip
        if fresh or made != (fingerprint(),):
            self._drop(name)
            self._do("CREATE DATABASE {}", name)
            fill(self._url_of(name), name, count)
            self._do("VACUUM ANALYZE", database=name)
            self._do("COMMENT ON DATABASE {} IS {}", name, literal=fingerprint())
        return name

    @contextmanager
    def copy(self, name):
        """The url of a copy for one run."""
        copied = f"{name}_run"
        self._drop(copied)
        self._do("CREATE DATABASE {} TEMPLATE {}", copied, name)
        try:
            self._do("VACUUM ANALYZE", database=copied)
            yield self._url_of(copied)
        finally:
            self._drop(copied)

    def _url_of(self, name):
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def _drop(self, name):
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _do(self, statement, *names, literal=None, database=None):
        parts = [sql.Identifier(name) for name in names] + ([sql.Literal(literal)] if literal else [])
        with self._connection(database) as cursor:
            cursor.execute(sql.SQL(statement).format(*parts))

    def _ask(self, statement, values=()):
        with self._connection() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()

    @contextmanager
    def _connection(self, database=None):
        connection = psycopg2.connect(self._url_of(database) if database else self.url)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()


class SQLite:
    """The same in files, where PostgreSQL is not installed."""

    description = "SQLite: PostgreSQL is not installed here, so these figures say nothing about production"

    def prepare(self, count, *, fresh):
        name = f"gen_bench_{count}"
        path, mark = self._path(name), self._path(name).with_suffix(".made")
        if fresh or not mark.exists() or mark.read_text() != fingerprint():
            for old in FOLDER.glob(f"{name}.*"):
                old.unlink()
            fill(f"sqlite:///{path}", name, count)
            mark.write_text(fingerprint())
        return name

    @contextmanager
    def copy(self, name):
        copied = self._path(f"{name}_run")
        shutil.copyfile(self._path(name), copied)
        try:
            yield f"sqlite:///{copied}"
        finally:
            for left in FOLDER.glob(f"{name}_run.*"):
                left.unlink()

    def _path(self, name):
        FOLDER.mkdir(parents=True, exist_ok=True)
        return FOLDER / f"{name}.sqlite3"


@contextmanager
def source(url):
    """Where the databases live: the server given, else a cluster of our own, else files."""
    if url.startswith("postgres"):
        yield PostgreSQL(url)
        return
    try:
        servers.program("postgres")
    except FileNotFoundError:
        yield SQLite()
        return
    with _own_cluster() as own:
        yield PostgreSQL(own)


@contextmanager
def _own_cluster():
    """A cluster kept between runs, started for this one only, on a port of its own, durable as production is."""
    folder, port = FOLDER / "postgresql", servers.free_port()
    options = {"cwd": "/", "stderr": subprocess.DEVNULL, **servers.as_postgres()}
    if not (folder / "PG_VERSION").exists():
        _create_cluster(folder, options)
    command = [
        *(servers.program("postgres"), "-D", str(folder), "-p", str(port), "-h", "127.0.0.1", "-k", ""),
        *("-c", "max_connections=60", "-c", "shared_buffers=256MB", "-c", "max_wal_size=2GB"),
    ]
    url = f"postgres://gen@127.0.0.1:{port}/postgres"
    with (FOLDER / "postgresql.log").open("ab") as log:
        with servers.running(command, port, stop_with=signal.SIGINT, **{**options, "stderr": log}) as started:
            _wait_until_it_accepts(url, started)
            yield url


def _wait_until_it_accepts(url, started):
    """A server that recovers from a crash listens before it accepts."""
    while started.poll() is None:
        try:
            psycopg2.connect(url).close()
        except psycopg2.OperationalError:
            servers.pause()
        else:
            return
    raise RuntimeError("The cluster of the benchmark does not start: see var/bench/postgresql.log.")


def _create_cluster(folder, options):
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    initdb = servers.program("initdb")
    command = [initdb, "-D", str(folder), "--username=gen", "--auth=trust", "--encoding=UTF8", "--no-locale"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **options)  # noqa: S603
