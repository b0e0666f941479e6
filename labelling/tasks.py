"""Long work of this floor: the board of a call as a CSV file."""

import csv
import io

from django.core.exceptions import PermissionDenied

from applications.models import ApplicationState, Call, JobFamily
from gen_portal.core import clock, files, jobs
from gen_portal.core.text import csv_cell
from labelling.board import Board, BoardFilter, dossiers_for
from labelling.policies import reviews as policies

BOARD_EXPORT = "board_export"
BATCH = 500
COLUMNS = (
    "Rang", "Référence", "Formation", "Structure", "Commune", "Région", "Famille de métiers", "Relevé", "Moyenne",
    "Moyenne ajustée", "Moyenne des premières valeurs", "Rang au mieux", "Rang au pire",
    "Écart", "Désaccord ouvert", "Évaluations déposées", "Évaluations attendues", "Avis", "Avis régional",
    "Subvention demandée (€)", "État", "Décision",
)  # fmt: skip


def export_board(job, progress):
    """The board its asker may read today, with the filters and the sort they had: semicolons, decimal commas, UTF-8."""
    user, today = job.requested_by, clock.today()
    if not policies.can_see_board(user):
        raise PermissionDenied("the person who asked no longer runs calls")
    call = Call.objects.get(slug=job.parameters["slug"])
    board = Board(dossiers_for(user, call), BoardFilter(**job.parameters["asked"]), today, call)
    ranks, _ = board.ranked()
    rows = list(board.rows(job.parameters["sort"]))
    content = io.StringIO()
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for start in range(0, len(rows), BATCH):
        for line in board.lines_of(rows[start : start + BATCH], ranks):
            writer.writerow([csv_cell(cell) for cell in cells_of(line)])
        progress.tell(min(start + BATCH, len(rows)), len(rows))
    return files.store(
        content.getvalue().encode("utf-8-sig"), name=f"tableau-{call.slug}-{today:%Y-%m-%d}.csv",
        content_type="text/csv; charset=utf-8", by=user,
    )  # fmt: skip


def cells_of(line):
    """The cells of one dossier, in the order of `COLUMNS`."""
    row = line.row
    return (
        line.rank, row.reference, row.title, row.structure_name, row.commune_name, row.region_name,
        JobFamily(row.job_family).label if row.job_family else "", row.cut_off_number, _decimal(row.mean),
        _decimal(line.adjusted), _decimal(row.first_mean), line.interval and line.interval.best,
        line.interval and line.interval.worst,
        _decimal(row.spread), "oui" if line.is_flagged else "non", row.review_count, row.expected_count,
        _said(line.opinions), _said(line.regional), row.requested_grant_euros,
        ApplicationState(row.state).label, line.decision_words,
    )  # fmt: skip


def _said(opinions):
    return ", ".join(f"{opinion.ministry} : {opinion.words}" for opinion in opinions)


def _decimal(value):
    return "" if value is None else str(value).replace(".", ",")


jobs.register(BOARD_EXPORT, export_board, label="Export du tableau d'un appel")
