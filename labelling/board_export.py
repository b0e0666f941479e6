"""The columns of an exported board, each on one line, and its lines as the database gives them, never all at once."""

from applications.models import ApplicationState, JobFamily
from gen_portal.core.sheets import Column, Kind
from labelling.board import BoardLine
from labelling.opinions import Said

CHUNK = 2000
_FAMILIES, _STATES = dict(JobFamily.choices), dict(ApplicationState.choices)

COLUMNS = (
    Column("Rang", lambda line: line.rank, Kind.WHOLE),
    Column("Référence", lambda line: line.row.reference),
    Column("Formation", lambda line: line.row.title),
    Column("Structure", lambda line: line.row.structure_name),
    Column("Commune", lambda line: line.row.commune_name),
    Column("Région", lambda line: line.row.region_name),
    Column("Famille de métiers", lambda line: _FAMILIES.get(line.row.job_family, "")),
    Column("Relevé", lambda line: line.row.cut_off_number, Kind.WHOLE),
    Column("Moyenne", lambda line: line.row.mean, Kind.DECIMAL),
    Column("Moyenne ajustée", lambda line: line.adjusted, Kind.DECIMAL),
    Column("Moyenne des premières valeurs", lambda line: line.row.first_mean, Kind.DECIMAL),
    Column("Rang au mieux", lambda line: line.interval and line.interval.best, Kind.WHOLE),
    Column("Rang au pire", lambda line: line.interval and line.interval.worst, Kind.WHOLE),
    Column("Écart", lambda line: line.row.spread, Kind.DECIMAL),
    Column("Désaccord ouvert", lambda line: "oui" if line.is_flagged else "non"),
    Column("Évaluations déposées", lambda line: line.row.review_count, Kind.WHOLE),
    Column("Évaluations attendues", lambda line: line.row.expected_count, Kind.WHOLE),
    Column("Avis", lambda line: line.opinions.words),
    Column("Avis régional", lambda line: line.regional.words),
    Column("Subvention demandée (€)", lambda line: line.row.requested_grant_euros, Kind.WHOLE),
    Column("État", lambda line: _STATES[line.row.state]),
    Column("Décision", lambda line: line.decision_words),
)
_READS = tuple(column.read for column in COLUMNS)


def cells_of(line):
    """The cells of one dossier, in the order of `COLUMNS`."""
    return [read(line) for read in _READS]


def lines_of_all(board, ranks, sort):
    """Every line of a board in its order: two queries beside what is compared, both by a cursor of the server. What was said
    is packed, and read of all the dossiers whatever the filter: its search would cost more. A mean that appeared since the
    ranks has none."""
    said, compared = Said(board.dossiers.order_by().values("pk"), chunk_size=CHUNK), board.compared
    for row in board.all_rows(sort, chunk_size=CHUNK):
        yield BoardLine(
            row, ranks.get(row.mean), *said.of(row.pk), compared.means.get(row.pk), compared.intervals.get(row.pk)
        )
