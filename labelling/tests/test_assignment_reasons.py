"""The limits of a problem pair by pair, what a proposal says of itself, and the French sentences."""

from dataclasses import replace
from datetime import date

import pytest

from labelling.assignment.problem import Aim, Dossier, Limit, Pair, Problem, Reviewer, ministry_key, region_key
from labelling.assignment.proposal import Removal, Shortage, propose
from labelling.assignment.reasons import Because, Reason, reasons, sentence, shortage_sentence

pytestmark = pytest.mark.once

FROM, DUE = date(2026, 11, 2), date(2026, 11, 30)
WORK, REGION = ministry_key(1), region_key("11")
DOSSIER = Dossier(1, frozenset([WORK]), frozenset(["11"]), "dev")
ANNE = Reviewer(10, WORK, 30, 11, frozenset(["11"]), frozenset(["dev"]))
BOB = Reviewer(11, WORK, 30)
PREFECT = Reviewer(12, REGION, 30, regions=frozenset(["11"]))


def problem_of(*reviewers, dossiers=(DOSSIER,), **more):
    return Problem(tuple(dossiers), reviewers, FROM, DUE, **more)


# --- Limits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("from_on", "until_on", "is_there"),
    [
        (None, None, True),
        (FROM, DUE, True),
        (date(2026, 11, 3), None, False),
        (None, date(2026, 11, 29), False),
        (date(2026, 10, 1), date(2026, 12, 1), True),
    ],
)
def test_a_reviewer_is_there_from_the_first_day_to_the_due_day(from_on, until_on, is_there):
    away = replace(ANNE, from_on=from_on, until_on=until_on)
    assert away.is_available(FROM, DUE) is is_there
    assert problem_of(away).limit_of(Pair(1, WORK, 10)) == (None if is_there else Limit.UNAVAILABLE)


@pytest.mark.parametrize(
    ("pair", "limit"),
    [
        (Pair(1, WORK, 10), None),
        (Pair(2, WORK, 10), Limit.UNKNOWN),
        (Pair(1, WORK, 99), Limit.UNKNOWN),
        (Pair(1, WORK, 11), Limit.CONFLICT),
        (Pair(1, WORK, 12), Limit.AUTHORITY),
        (Pair(1, REGION, 12), Limit.AUTHORITY),
    ],
)
def test_the_limit_of_one_pair(pair, limit):
    problem = problem_of(ANNE, BOB, PREFECT, conflicts=frozenset([(1, 11)]))

    assert problem.limit_of(pair) == limit
    assert problem.breaches([pair]) == ([(pair, limit)] if limit else [])


def test_a_place_is_for_one_person_and_a_person_has_one_place_of_a_dossier():
    both = [Pair(1, WORK, 10), Pair(1, WORK, 11)]
    assert problem_of(ANNE, BOB).breaches(both) == [(pair, Limit.TWICE) for pair in both]

    begun = Pair(1, REGION, 10)
    problem = problem_of(ANNE, present=frozenset([begun]), begun=frozenset([begun]))
    assert problem.breaches([begun, Pair(1, WORK, 10)]) == [(Pair(1, WORK, 10), Limit.TWICE)]


def test_loads_elsewhere_count_in_the_maximum():
    dossiers = [replace(DOSSIER, key=key) for key in (1, 2)]
    pairs = [Pair(1, WORK, 10), Pair(2, WORK, 10)]

    assert problem_of(replace(ANNE, max_load=13), dossiers=dossiers).breaches(pairs) == []
    assert problem_of(replace(ANNE, max_load=12), dossiers=dossiers).breaches(pairs) == [
        (pair, Limit.FULL) for pair in pairs
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"dossiers": (DOSSIER, DOSSIER)}, "Listed twice as dossier: 1"),
        ({"reviewers": (ANNE, replace(ANNE, authority=REGION))}, "Listed twice as reviewer: 10"),
        ({"present": frozenset([Pair(1, WORK, 10), Pair(1, WORK, 11)])}, r"Listed twice as place: \(1, 'ministry:1'\)"),
        ({"begun": frozenset([Pair(1, WORK, 10)])}, "Begun pairs are not present"),
    ],
)
def test_a_problem_that_makes_no_sense_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        replace(problem_of(ANNE, BOB), **wrong)


# --- What a proposal says -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "limit"),
    [
        ({}, Limit.UNKNOWN),
        ({"reviewers": (ANNE, BOB), "conflicts": frozenset([(1, 10)])}, Limit.CONFLICT),
        ({"reviewers": (replace(ANNE, until_on=FROM), BOB)}, Limit.UNAVAILABLE),
        ({"reviewers": (replace(ANNE, max_load=11), BOB)}, Limit.FULL),
        ({"reviewers": (replace(ANNE, authority=REGION), BOB)}, Limit.AUTHORITY),
        ({"reviewers": (replace(ANNE, elsewhere_count=29), BOB)}, None),
    ],
)
def test_a_removal_says_what_is_in_the_way(now, limit):
    problem = replace(problem_of(BOB, present=frozenset([Pair(1, WORK, 10)])), **now)
    assert propose(problem).removed == (Removal(Pair(1, WORK, 10), limit),)


def test_a_begun_review_stays_with_somebody_absent_or_gone_but_not_in_conflict():
    begun = frozenset([Pair(1, WORK, 10)])
    gone = problem_of(BOB, present=begun, begun=begun)
    absent = replace(gone, reviewers=(replace(ANNE, until_on=FROM), BOB))

    assert {*propose(gone).pairs} == begun
    assert {*propose(absent).pairs} == begun
    assert propose(replace(absent, conflicts=frozenset([(1, 10)]))).pairs == (Pair(1, WORK, 11),)


def test_nothing_to_assign_is_an_empty_proposal():
    assert propose(problem_of(ANNE, dossiers=())).pairs == ()


def reasons_of(problem, reviewer, aim=Aim.LEAST_COST):
    return reasons(problem, propose(problem, aim=aim))[Pair(1, WORK, reviewer)]


def test_reasons_of_a_pair_that_suits():
    problem = problem_of(ANNE, replace(BOB, elsewhere_count=20), earlier=frozenset([(1, 10)]))
    assert reasons_of(problem, 10) == (
        Reason(Because.EARLIER), Reason(Because.REGION), Reason(Because.JOB_FAMILY), Reason(Because.LOAD, 12, 30)
    )  # fmt: skip


def test_who_stands_in_is_named_first():
    problem = problem_of(replace(ANNE, absences=((DUE, DUE),)), BOB, PREFECT, stand_ins=frozenset([(1, 11)]))
    assert reasons_of(problem, 11)[:2] == (Reason(Because.ONLY), Reason(Because.STAND_IN))
    assert sentence(reasons_of(problem, 11)).startswith(
        "Seule personne possible ; suppléant de la personne qui l'avait"
    )


def test_who_stands_in_takes_the_dossier_of_the_absent_before_a_better_match():
    absent, match = replace(ANNE, absences=((FROM, DUE),)), replace(ANNE, key=13)
    present = frozenset([Pair(1, WORK, 10)])
    problem = problem_of(absent, BOB, match, present=present, stand_ins=frozenset([(1, 11)]))
    proposal = propose(problem, aim=Aim.FEWEST_CHANGES)
    assert (proposal.removed, proposal.added) == (
        (Removal(Pair(1, WORK, 10), Limit.UNAVAILABLE),),
        (Pair(1, WORK, 11),),
    )


def test_reasons_say_when_nobody_possible_has_what_was_preferred():
    problem = problem_of(ANNE, BOB, conflicts=frozenset([(1, 10)]))
    assert reasons_of(problem, 11) == (
        Reason(Because.ONLY), Reason(Because.NO_REGION), Reason(Because.NO_JOB_FAMILY), Reason(Because.LOAD, 1, 30)
    )  # fmt: skip


def test_reasons_of_a_light_load_name_no_preference():
    problem = problem_of(ANNE, BOB)
    assert reasons_of(problem, 11) == (Reason(Because.LOAD, 1, 30),)


def test_reasons_of_todays_pairs():
    today = frozenset([Pair(1, WORK, 11)])
    kept = problem_of(ANNE, BOB, present=today)
    gone = problem_of(ANNE, present=today, begun=today)

    assert reasons_of(kept, 11)[0] == Reason(Because.KEPT)
    assert reasons_of(replace(kept, begun=today), 11) == (Reason(Because.BEGUN), Reason(Because.LOAD, 1, 30))
    assert reasons_of(gone, 11) == (Reason(Because.BEGUN),)


# --- Sentences ----------------------------------------------------------------------------------------------------


def test_a_sentence_of_reasons():
    found = [Reason(because) for because in Because if because is not Because.LOAD]
    assert sentence([*found, Reason(Because.LOAD, 12, 30)]).split(" ; ") == [
        "Évaluation déjà commencée",
        "garde ce dossier",
        "seule personne possible",
        "suppléant de la personne qui l'avait",
        "avait le dossier précédent de cette formation",
        "connaît la région",
        "connaît la famille de métiers",
        "aucune personne possible ne connaît la région",
        "aucune personne possible ne connaît la famille de métiers",
        "12 dossiers sur 30 au plus.",
    ]
    assert sentence([Reason(Because.LOAD, 1, 30)]) == "1 dossier sur 30 au plus."
    assert sentence([]) == ""


REFERENCES = {key: f"GEN-{key}" for key in range(1, 20)}
NAMES = {10: "Anne", 11: "Bob", 12: "Chloé"}


def test_a_shortage_names_places_dossiers_and_people():
    dossiers = [replace(DOSSIER, key=key) for key in range(1, 14)]
    people = replace(ANNE, max_load=21), replace(BOB, max_load=0), replace(BOB, key=12, until_on=FROM)
    (shortage,) = propose(problem_of(*people, dossiers=dossiers)).shortages

    assert shortage_sentence(shortage, authority="Ministère du Travail", dossiers=REFERENCES, reviewers=NAMES) == (
        "Ministère du Travail : il manque 3 places pour 13 dossiers (GEN-1, GEN-2, GEN-3, GEN-4, GEN-5, GEN-6, GEN-7, "
        "GEN-8, GEN-9, GEN-10 et 3 autres). Peuvent en prendre 10 en tout : Anne. "
        "Ne le peuvent pas : Bob (charge maximale atteinte), Chloé (indisponible)."
    )


def test_a_shortage_of_one_dossier_that_is_in_conflict_with_all():
    (shortage,) = propose(problem_of(ANNE, conflicts=frozenset([(1, 10)]))).shortages

    assert shortage_sentence(shortage, authority="Ministère du Travail", dossiers=REFERENCES, reviewers=NAMES) == (
        "Ministère du Travail : il manque 1 place pour 1 dossier (GEN-1). Personne ne peut en prendre. "
        "Ne le peuvent pas : Anne (lien d'intérêts, ou dossier rendu)."
    )


def test_an_authority_without_anybody_lacks_all_its_places():
    (shortage,) = propose(problem_of()).shortages
    said = shortage_sentence(shortage, authority="Ministère du Travail", dossiers=REFERENCES, reviewers=NAMES)

    assert shortage == Shortage(WORK, (1,), (), 0, ())
    assert said == "Ministère du Travail : il manque 1 place pour 1 dossier (GEN-1). Personne ne peut en prendre."
