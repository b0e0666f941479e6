"""The rows of the board as HTML, without the template engine: five thousand of them fit in one page (docs/decisions/0106).

Every text goes through `escape`. Classes of cells are one letter (static/css/reviewing.css): there are thousands of them.
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from html import escape

from django.urls import reverse
from django.utils.safestring import mark_safe

from gen_portal.core.phrases import euros

_NOTHING = "–"
_PLACE = "REFERENCE"


def rows_html(lines, columns, *, can_decide):
    """The `<tr>` of these lines, with those of the columns that are shown."""
    urls = Urls(can_decide=can_decide)
    cells = [cell for name, cell in _CELLS if name is None or name in columns]
    return mark_safe("".join(_row(line, cells, urls) for line in lines))


class Urls:
    """Where the links of a row lead; reversed once, not once per row."""

    def __init__(self, *, can_decide):
        self._dossier, self._disagreement, self._decision = (
            reverse(name, args=[_PLACE]) for name in ("assignment_edit", "disagreement_page", "decision_edit")
        )
        self.can_decide = can_decide

    def dossier(self, row):
        return self._dossier.replace(_PLACE, row.reference)

    def disagreement(self, row):
        return self._disagreement.replace(_PLACE, row.reference)

    def decision(self, row):
        return self._decision.replace(_PLACE, row.reference)


def _row(line, cells, urls):
    mark = " class=f" if line.is_flagged else ""
    return f"<tr{mark}>{''.join([cell(line, urls) for cell in cells])}</tr>\n"


def _rank(line, _):
    interval = line.interval
    moves = f"<small>{line.interval_words}</small>" if interval and interval.best != interval.worst else ""
    return f"<td class=n>{line.rank or _NOTHING}{moves}</td>"


def _title(line, urls):
    row = line.row
    fragile = f"<em>Rang fragile : {escape(line.fragile_words)}</em>" if line.is_fragile else ""
    who = escape(f"{row.structure_name}, {row.commune_name}")
    return f'<th scope=row><a href="{urls.dossier(row)}">{escape(row.title)}</a><span>{who}</span>{fragile}</th>'


def _region(line, _):
    return f"<td>{escape(line.row.region_name or '')}</td>"


def _cut_off(line, _):
    return f"<td class=n>{line.row.cut_off_number}</td>"


def _mean(line, _):
    row = line.row
    first = f"<small>d'abord {_decimal(row.first_mean)}</small>" if row.first_mean != row.mean else ""
    return f"<td class=n>{_NOTHING if row.mean is None else f'<b>{_decimal(row.mean)}</b>'}{first}</td>"


def _adjusted(line, _):
    return f"<td class=n>{_decimal(line.adjusted)}</td>"


def _spread(line, urls):
    flag = f'<a href="{urls.disagreement(line.row)}">{line.disagreement_words}</a>' if line.is_flagged else ""
    return f"<td class=n>{_decimal(line.row.spread, 2)}{flag}</td>"


def _opinions(line, _):
    said = f"{_chips(line.opinions)}{_chips(line.regional)}"
    return f"<td class=o>{line.row.review_count} sur {line.row.expected_count}{said}</td>"


def _grant(line, _):
    return f"<td class=n>{_amount(line.row.requested_grant_euros)}</td>"


def _decision(line, urls):
    words = escape(line.decision_words)
    if not urls.can_decide:
        return f"<td>{words or _NOTHING}</td>"
    return f'<td><a href="{urls.decision(line.row)}">{words or "préparer"}</a></td>'


#: Cells in the order of the heads of the template; those without a name are always shown.
_CELLS = (
    (None, _rank), (None, _title), ("region", _region), ("releve", _cut_off), (None, _mean), ("ajustee", _adjusted),
    ("ecart", _spread), ("avis", _opinions), ("montant", _grant), ("decision", _decision),
)  # fmt: skip


@lru_cache(maxsize=4096)
def _chips(opinions):
    """The badges of one side; the same for all the dossiers that hear the same."""
    if not opinions:
        return ""
    badges = (f"<li{_tone(opinion)}>{escape(f'{opinion.ministry} : {opinion.words}')}</li>" for opinion in opinions)
    return f"<ul class=gen-opinions>{''.join(badges)}</ul>"


def _tone(opinion):
    return f" class={opinion.kind[0]}" if opinion.kind else ""


@lru_cache(maxsize=4096)
def _decimal(value, digits=3):
    """« 3,250 », rounded half up as the portal's pages do; a dash without value."""
    if value is None:
        return _NOTHING
    return str(value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)).replace(".", ",")


@lru_cache(maxsize=4096)
def _amount(value):
    return _NOTHING if value is None else euros(value)
