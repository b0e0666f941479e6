"""The board of the large call exported in each format, beside PostgreSQL's COPY of the same rows; nothing is kept.

`inside exporting seconds`: medians over a few rounds, in turn. `inside exporting growth <format>`: alone in its process.
"""

import os
import resource
import statistics
import tempfile
import time

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from applications.models import Call
from gen_portal.bench.targets import CALL, OFFICER
from gen_portal.core import access, clock, jobs
from gen_portal.core.archives import Archive
from gen_portal.core.models import User
from labelling.board import Board, BoardFilter, dossiers_for
from labelling.models.board_opinions import packed_sides
from labelling.packing import dossiers_of, pack
from labelling.tasks import BOARD_EXPORT

ROUNDS, FORMATS, PACKED = 15, ("csv", "xlsx", "ods"), 30
#: One statement that gives what the cells are made of: the rows of the board with what ministries and regions say.
_COPY = """
    COPY (SELECT board.*, said.packed, regional.packed FROM ({rows}) board
          LEFT JOIN ({places}) said ON said.application_id = board.pk
          LEFT JOIN ({regional}) regional ON regional.application_id = board.pk) TO STDOUT CSV
"""


def main(part, *arguments):
    return {"seconds": seconds, "growth": growth}[part](*arguments)


def seconds():
    """Seconds of COPY and of each format, whole jobs; rows; queries that read; seconds to pack a dossier."""
    ways = {"copy": _copy} | {name: lambda name=name: _export(name) for name in FORMATS}
    rounds = [{name: _timed(way) for name, way in ways.items()} for _ in range(ROUNDS)]
    job = _asked("csv")
    with CaptureQueriesContext(connection) as queries:
        job = _done(job)
    return {
        "seconds": {name: statistics.median(each[name] for each in rounds) for name in ways},
        "rows": job.total_count, "pack": _packing_seconds(),
        "reading": len([query for query in queries if _is_reading(query["sql"])]),
        "all": len([query for query in queries if not query["sql"].startswith(("BEGIN", "COMMIT"))]),
    }  # fmt: skip


def growth(name):
    """Megabytes that a process grows by when it exports the whole board, once it has exported nothing of it."""
    _export(name, text="aucun dossier ne porte ces mots")
    before = _peak_mb()
    _export(name)
    return _peak_mb() - before


def _peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(way):
    begun = time.perf_counter()
    way()
    return time.perf_counter() - begun


def _is_reading(sql):
    """Not the clock, nor what the job says of itself and of its file."""
    own = ("clock", "core_backgroundjob", "core_storedfile")
    return sql.startswith(("SELECT", "DECLARE", "(")) and not any(name in sql for name in own)


def _export(name, *, text=""):
    return _done(_asked(name, text=text))


def _asked(name, *, text=""):
    parameters = {"slug": CALL, "asked": {"text": text}, "sort": "", "format": name}
    return jobs.ask(BOARD_EXPORT, by=User.objects.get(email=OFFICER), parameters=parameters)


def _done(job):
    """The job run whole; what it made is thrown away."""
    jobs.run(job.pk)
    job.refresh_from_db()
    if job.result is None:
        raise RuntimeError(f"the export ended as {job.state}")
    default_storage.delete(job.result.content.name)
    return job


def _board():
    user = access.as_of(User.objects.get(email=OFFICER), clock.now())
    call = Call.objects.get(slug=CALL)
    return Board(dossiers_for(user, call), BoardFilter(), access.today(user), call), user


def _copy():
    """The same rows to a file as safe as a private one."""
    board, _ = _board()
    rows = board.matching().rows(board.today).sorted_by("")
    places, regional = packed_sides(board.dossiers.order_by().values("pk"))
    with connection.cursor() as cursor, tempfile.TemporaryFile(dir=default_storage.location) as out:
        parts = {"rows": rows, "places": places, "regional": regional}
        statements = {
            name: cursor.cursor.mogrify(*part.query.sql_with_params()).decode() for name, part in parts.items()
        }
        cursor.cursor.copy_expert(_COPY.format(**statements), out)
        os.fsync(out.fileno())


def _packing_seconds():
    """Of one dossier of the archive, on average."""
    board, user = _board()
    keys = board.ordered_keys("")[:PACKED]
    begun = time.perf_counter()
    with transaction.atomic(), tempfile.TemporaryFile(dir=default_storage.location) as out, Archive(out) as archive:
        for dossier in dossiers_of(keys, user).values():
            pack(dossier, archive)
    return (time.perf_counter() - begun) / len(keys)
