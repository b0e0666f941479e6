"""The test database is migrated once, then copied: each process of the tests, and each later run, starts from the copy.

What is copied was made by the migrations themselves; its name holds a digest of all that they are made of, so that a changed
migration makes another one.
"""

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from functools import cache

import psycopg2
from django.conf import settings
from django.db.backends.signals import connection_created

from gen_portal.tests import servers

FOLDER = settings.VAR_DIR / "tests"


@cache
def digest():
    """Of the migrations, of what they call, and of the locked libraries."""
    root = settings.BASE_DIR
    called = ("gen_portal/core/append_only.py", "fabriques/change_log.py", "requirements.txt")
    made_of = [*root.glob("**/migrations/*.py"), *(root / path for path in called)]
    made_of = sorted(path for path in made_of if ".venv" not in path.parts)
    content = hashlib.sha256()
    for path in made_of:
        content.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return content.hexdigest()[:16]


def use(connection):
    """Have this connection's test database begin as a copy; called before the test database is created."""
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = _postgresql(connection.settings_dict)
    else:
        _fill(connection, _sqlite())


@contextmanager
def _alone():
    """One process at a time: the others wait for what it makes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _kept(suffix):
    """The file of the present digest; those of other digests are gone."""
    kept = FOLDER / f"template-{digest()}{suffix}"
    for old in FOLDER.glob(f"template-*{suffix}"):
        if old != kept:
            old.unlink()
    return kept


def _migrate(url):
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"], check=True, cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url}, stdin=subprocess.DEVNULL,
    )  # fmt: skip


# --- SQLite ---------------------------------------------------------------------------------------------------------
def _sqlite():
    """The file to copy."""
    with _alone():
        kept = _kept(".sqlite3")
        if not kept.exists():
            made = kept.with_suffix(".part")
            made.unlink(missing_ok=True)
            _migrate(f"sqlite:///{made}")
            made.rename(kept)
    return kept


def _fill(connection, kept):
    """Copy the file into the database in memory as soon as that exists."""

    def copy(connection, **kwargs):
        connection_created.disconnect(copy, dispatch_uid="template")
        with sqlite3.connect(kept) as source:
            source.backup(connection.connection)
        source.close()

    connection_created.connect(copy, dispatch_uid="template", weak=False)


# --- PostgreSQL -----------------------------------------------------------------------------------------------------
def _postgresql(database):
    """The name of a database to copy on the server of the tests: restored from the file kept, else migrated."""
    name = f"gen_template_{digest()}"
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    with _alone():
        if _created(f"{url}/postgres", name):
            _made(f"{url}/{name}", _kept(".sql"))
    return name


def _created(url, name):
    """Whether the database was not there yet."""
    session = psycopg2.connect(url)
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        is_new = cursor.fetchone() is None
        if is_new:
            cursor.execute(f"CREATE DATABASE {name}")
    session.close()
    return is_new


def _made(url, kept):
    if kept.exists():
        _run("psql", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={kept}", url)
        return
    _migrate(url)
    made = kept.with_suffix(".part")
    _run("pg_dump", "--no-owner", f"--file={made}", url)
    made.rename(kept)


def _run(name, *arguments):
    command = [servers.program(name), *arguments]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
