"""The public figures as rows of a file: one figure, of one day, of one row of the country, of the regions or of the calls."""

from fabriques.closings import SHARES, Told
from fabriques.figure_sheet import FABRIQUES, PARTS, PEOPLE, TRAININGS
from fabriques.secrecy import COUNTRY
from gen_portal.core.sheets import Column, Kind

COLUMNS = [
    Column("chiffre", None),
    Column("decoupe", None),
    Column("code", None),
    Column("nom", None),
    Column("date", None),
    Column("connu_le", None),
    Column("valeur", None, Kind.DECIMAL),
    Column("unite", None),
    Column("nombre", None, Kind.WHOLE),
    Column("sur", None, Kind.WHOLE),
    Column("releves_transmis", None, Kind.WHOLE),
    Column("releves_attendus", None, Kind.WHOLE),
    Column("masque", None),
]
NAMES = [column.title for column in COLUMNS]


def rows_of(found):
    """Those of the day, then those of each closed quarter, oldest first."""
    head = found.headline
    yield _row(found, FABRIQUES, COUNTRY, found.day, found.day, Told(head.fabrique_count))
    yield _row(found, TRAININGS, COUNTRY, found.day, found.day, Told(head.training_count))
    for each in found.labelled:
        row = (each.cut, each.key)
        yield _row(found, TRAININGS, row, found.day, found.day, Told(each.training_count))
        yield _row(found, FABRIQUES, row, found.day, found.day, Told(each.fabrique_count))
    for closing in found.closings:
        yield from _of_quarter(found, closing)


def _of_quarter(found, closing):
    days = (closing.term.last_on, closing.term.closed_on)
    yield _row(found, FABRIQUES, COUNTRY, *days, Told(closing.fabrique_count))
    yield _row(found, TRAININGS, COUNTRY, *days, Told(closing.training_count))
    for row in (COUNTRY, *closing.rows):
        counts = (closing.answered[row], closing.owed[row])
        yield _row(found, PEOPLE, row, *days, closing.people(row), reports=counts)
        for name, definition in zip(SHARES, PARTS, strict=True):
            exact = closing.exact(name) if row == COUNTRY else None
            parts = (exact.part, exact.whole) if exact else (None, None)
            yield _row(found, definition, row, *days, closing.percent(name, row), parts, counts)


def _row(found, definition, row, on, known_on, told, parts=(None, None), reports=(None, None)):
    cut, key = row
    return [
        definition.key, str(cut), key, found.names.get(row, key), on.isoformat(), known_on.isoformat(), told.value,
        "%" if definition.unit else "", *parts, *reports, "oui" if told.is_hidden else "non",
    ]  # fmt: skip
