"""The figures of a follow-up report as typed columns, and what the database holds true of them (arithmetic.py)."""

from functools import reduce
from operator import add, and_

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import LessThanOrEqual

from fabriques import arithmetic


class Questionnaire(models.IntegerChoices):
    """Which figures a report was asked for (docs/decisions/0040)."""

    FIRST = 1, "sept nombres"
    SECOND = 2, "questionnaire complet"


def _count(words):
    return models.PositiveIntegerField(words, null=True, blank=True)


class ReportFigures(models.Model):
    """Cumulative counts; all empty while awaited, and those that the first questionnaire did not ask stay empty."""

    received_count = _count("candidatures reçues")
    admitted_count = _count("personnes admises")
    sessions_held_count = _count("promotions commencées")
    started_count = _count("personnes entrées en formation")
    in_progress_count = _count("en formation")
    finished_count = _count("formation terminée")
    dropped_count = _count("abandons")
    women_count = _count("femmes")
    under_26_count = _count("moins de 26 ans")
    neet_count = _count("sans emploi ni formation avant l'entrée")
    young_neet_count = _count("moins de 26 ans sans emploi ni formation")
    bac_or_below_count = _count("niveau bac ou moins")
    priority_area_count = _count("habitants de quartiers prioritaires")
    rural_area_count = _count("habitants de zones rurales prioritaires")
    job_seeker_count = _count("demandeurs d'emploi")
    disabled_count = _count("personnes handicapées")
    certified_count = _count("certifications obtenues")
    exits_3_permanent_count = _count("CDI à 3 mois")
    exits_3_fixed_term_count = _count("CDD à 3 mois")
    exits_3_apprenticeship_count = _count("alternance à 3 mois")
    exits_3_business_count = _count("création d'entreprise à 3 mois")
    exits_3_training_count = _count("poursuite de formation à 3 mois")
    exits_3_other_count = _count("autre situation à 3 mois")
    exits_3_unknown_count = _count("situation inconnue à 3 mois")
    exits_6_permanent_count = _count("CDI à 6 mois")
    exits_6_fixed_term_count = _count("CDD à 6 mois")
    exits_6_apprenticeship_count = _count("alternance à 6 mois")
    exits_6_business_count = _count("création d'entreprise à 6 mois")
    exits_6_training_count = _count("poursuite de formation à 6 mois")
    exits_6_other_count = _count("autre situation à 6 mois")
    exits_6_unknown_count = _count("situation inconnue à 6 mois")

    class Meta:
        abstract = True


def _sum(names):
    return reduce(add, [F(name) for name in names])


def _given(names):
    return Q(**{f"{name}__isnull": False for name in names})


def _once_filed(name, condition):
    return models.CheckConstraint(name=name, condition=Q(filed_at=None) | condition)


def _hold(bounds):
    """Every bound; a figure that was not asked is NULL and fails none."""
    return reduce(and_, [Q(LessThanOrEqual(_sum(bound.parts), _sum(bound.wholes))) for bound in bounds])


CONSTRAINTS = [
    _once_filed(
        "a_filed_report_gives_every_figure",
        _given(arithmetic.FIRST_FIGURES) & (Q(questionnaire=Questionnaire.FIRST) | _given(arithmetic.FIGURES)),
    ),
    _once_filed("everybody_who_started_is_in_progress_finished_or_dropped", Q(started_count=_sum(arithmetic.FLOWS))),
    _once_filed("one_applies_then_is_admitted_then_starts", _hold(arithmetic.ENTRY_BOUNDS)),
    _once_filed("people_start_in_a_session", Q(started_count=0) | Q(sessions_held_count__gte=1)),
    _once_filed("a_part_never_passes_the_whole", _hold(arithmetic.PART_BOUNDS)),
    _once_filed("those_who_finished_are_certified_and_leave", _hold(arithmetic.EXIT_BOUNDS)),
]
