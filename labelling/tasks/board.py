"""The board of a call as one sheet, CSV, XLSX or ODS, written as its rows are read: five queries, however many there are."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied

from applications.models import Call
from gen_portal.core import access, jobs
from gen_portal.core.sheets import FORMATS
from labelling.board import Board, BoardFilter, dossiers_for
from labelling.board_export import COLUMNS, cells_of, lines_of_all
from labelling.models.packing import sealed_ids
from labelling.policies import reviews as policies

BOARD_EXPORT, BETWEEN_LOOKS = "board_export", 100
KEPT_FOR = timedelta(days=30)


def export_board(job, progress):
    """The board its asker may read today, with the filters and the sort they had."""
    user = access.as_of(job.requested_by, progress.taken_at)
    if not policies.can_see_board(user):
        raise PermissionDenied("the person who asked no longer runs calls")
    today, format_ = access.today(user), FORMATS[job.parameters.get("format", "csv")]
    call = Call.objects.get(slug=job.parameters["slug"])
    progress.note(sealed=sorted(sealed_ids(call, user)))
    board = Board(dossiers_for(user, call), BoardFilter(**job.parameters["asked"]), today, call)
    ranks, count = board.ranked()
    lines = _told(lines_of_all(board, ranks, job.parameters["sort"]), progress, count)
    stored = progress.pieces.store(
        lambda out: format_.write(out, COLUMNS, map(cells_of, lines)),
        name=f"tableau-{call.slug}-{today:%Y-%m-%d}.{format_.ending}", content_type=format_.content_type, by=user,
    )  # fmt: skip
    progress.tell(count, count)
    return stored


def _told(lines, progress, count):
    """The same lines; how many went by is told now and then, which is also where a cancelled job stops."""
    for number, line in enumerate(lines):
        if number % BETWEEN_LOOKS == 0:
            progress.tell_at_times(min(number, count), count)
        yield line


def may_read(job, user):
    """Who still runs calls, and is kept from no dossier that they were not already kept from when this was made."""
    if not policies.can_see_board(user):
        return False
    call = Call.objects.get(slug=job.parameters["slug"])
    return sealed_ids(call, user) <= set(job.parameters.get("sealed", ()))


jobs.register(
    BOARD_EXPORT, export_board, label="Export du tableau d'un appel", may_read=may_read, kept_for=KEPT_FOR
)
