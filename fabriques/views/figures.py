"""The figures of the follow-up against the targets, quarter after quarter: the country, a region, a structure, a training."""

from django.http import Http404
from django.shortcuts import render

from fabriques import figures as rules
from fabriques import policies
from fabriques.forms.progress import FiguresForm
from fabriques.scopes import scope_for, series_of
from fabriques.views.campaigns import as_file
from gen_portal.core import access, clock, phrases
from gen_portal.core.charts import bars

SHOWN = 8  # quarters
COLUMNS = (
    "Trimestre",
    "Relevés attendus",
    "Relevés transmis",
    "Labels en vigueur",
    "Fabriques",
    "Personnes formées ou en formation",
    "Personnes entrées",
    "Abandons",
    "Part des femmes (%)",
    "Moins de 26 ans sans emploi ni formation (%)",
    "Quartiers prioritaires (%)",
)


def figures_page(request):
    """Who: officer, director, regional service. Question: where are we against the targets? Leaves with: the answer."""
    scope, form = _scope(request)
    found = series_of(scope)[-SHOWN:]
    context = {"scope": scope, "form": form, "series": found[::-1], "charts": _charts(scope, found)}
    return render(request, "fabriques/figures_page.html", context)


def figures_export(request, kind):
    """The table of the page, every quarter, as a CSV or XLSX file."""
    scope, _ = _scope(request)
    rows = [cells_of(figures) for figures in series_of(scope)]
    return as_file(kind, f"chiffres-{clock.today():%Y-%m-%d}", "Chiffres du suivi", COLUMNS, rows)


def _scope(request):
    access.require(policies.can_follow_campaigns(request.user))
    asked = {name: request.GET.get(param, "") for param, name in PARAMS}
    scope = scope_for(request.user, **asked)
    if scope is None:
        raise Http404
    return scope, FiguresForm(initial={"region": scope.region}, user=request.user)


PARAMS = (("region", "region"), ("structure", "structure"), ("formation", "label"))


def cells_of(figures):
    """One quarter, in the order of `COLUMNS`."""
    return (
        quarter_words(figures),
        figures.quarter.owed_count,
        figures.answered_count,
        figures.label_count,
        figures.fabrique_count,
        figures.people_count,
        figures.totals["started_count"],
        figures.totals["dropped_count"],
        figures.women_percent,
        figures.young_neet_percent,
        figures.priority_area_percent,
    )


def quarter_words(figures):
    """« T4 2025 »."""
    return f"T{figures.number} {figures.year}"


def _charts(scope, found):
    """One chart per target; the targets in counts are the country's, those in percent hold for everybody."""
    national = scope.is_country
    return [
        _counts("fabriques", "Fabriques", found, "fabrique_count", rules.TARGET_FABRIQUES if national else None),
        _counts(
            *("personnes", "Personnes formées ou en formation", found, "people_count"),
            rules.TARGET_PEOPLE if national else None,
        ),
        _shares("femmes", "Part des femmes", found, "women_percent", rules.TARGET_WOMEN),
        _shares(
            *("jeunes", "Moins de 26 ans sans emploi ni formation", found, "young_neet_percent"),
            rules.TARGET_YOUNG_WITHOUT_WORK,
        ),
        _shares("quartiers", "Habitants de quartiers prioritaires", found, "priority_area_percent", None),
    ]


def _counts(key, title, found, name, target):
    points = [_point(figures, getattr(figures, name), "") for figures in found]
    words = f"objectif : {phrases.number(target)}" if target else ""
    return bars(key, title, points, target=target, note=words)


def _shares(key, title, found, name, target):
    points = [_point(figures, getattr(figures, name), f"{phrases.NBSP}%") for figures in found]
    words = f"objectif : {target}{phrases.NBSP}%" if target else ""
    return bars(key, title, points, target=target, note=words)


def _point(figures, value, unit):
    words = "" if value is None else phrases.number(value) + unit
    return quarter_words(figures), value, words
