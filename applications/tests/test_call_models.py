"""Calls as the timetable tells them: the calls of 2015 and 2016 exactly, standings, ceilings, deadlines in words."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from applications import deadlines, defaults
from applications.actions import calls
from applications.forms.instants import closing_instant, opening_instant
from applications.models import Application, Call, CallStanding, GrantRule
from applications.tests.factories import CallFactory, CutOffFactory, MembershipFactory, StructureFactory
from gen_portal.core import clock
from gen_portal.core.tests.factories import UserFactory

RULE_2015 = {"per_label_euros": 70_000, "per_structure_euros": None, "max_share_percent": None, "eligible_heads": []}
RULE_2016 = {"per_label_euros": 70_000, "per_structure_euros": 180_000, "max_share_percent": None, "eligible_heads": []}
#: The heads LMI18 names: staff, equipment and supplies, rent, documentation, patents or licences, promotion.
HEADS_2018 = ["staff", "equipment", "premises", "documentation", "licences", "promotion"]
RULE_2018 = {
    "per_label_euros": None, "per_structure_euros": None, "max_share_percent": 80, "eligible_heads": HEADS_2018
}  # fmt: skip

#: The calls as they were held: opening, last days, budget in euros, months of the label, rule; and what follows from them.
HISTORY = {
    "2015": {
        "opens_on": date(2015, 9, 17),
        "last_days": [date(2015, 10, 19)],
        "money": {"budget_euros": 5_000_000, "label_months": 12},
        "rule": RULE_2015,
        "closings": [datetime(2015, 10, 19, 22, tzinfo=UTC)],
        "deadlines": ["lundi 19\u00a0octobre 2015 à minuit (24\u00a0h\u00a000), heure de Paris"],
        "explained": "La subvention d'amorçage ne dépasse pas 70\u202f000\u00a0€ par label.",
    },
    "2016": {
        "opens_on": date(2016, 8, 23),
        "last_days": [date(2016, 9, 23), date(2016, 11, 25), date(2017, 2, 24)],
        "money": {"budget_euros": 10_000_000, "label_months": 36},
        "rule": RULE_2016,
        "closings": [
            datetime(2016, 9, 23, 22, tzinfo=UTC),
            datetime(2016, 11, 25, 23, tzinfo=UTC),
            datetime(2017, 2, 24, 23, tzinfo=UTC),
        ],
        "deadlines": [
            "vendredi 23\u00a0septembre 2016 à minuit (24\u00a0h\u00a000), heure de Paris",
            "vendredi 25\u00a0novembre 2016 à minuit (24\u00a0h\u00a000), heure de Paris",
            "vendredi 24\u00a0février 2017 à minuit (24\u00a0h\u00a000), heure de Paris",
        ],
        "explained": (
            "La subvention d'amorçage ne dépasse pas 70\u202f000\u00a0€ par label, "
            "ni 180\u202f000\u00a0€ au total pour une même structure."
        ),
    },
}


def hold(facts, by):
    """A call of the past, written and published with the clock set before its opening."""
    clock.freeze(clock.start_of(facts["opens_on"]) - timedelta(hours=12))
    values = {"title": "Appel à labellisation", "summary": "Des formations au numérique.", "text": "Former."}
    values |= {"contact_name": "Équipe des appels", "contact_email": "appels@gen.example"}
    opens_at = clock.start_of(facts["opens_on"])
    call = calls.create_call(values, opens_at=opens_at, by=by)
    cut_offs = [(closing_instant(day), None) for day in facts["last_days"]]
    calls.set_timetable(call, opens_at=opens_at, cut_offs=cut_offs, by=by)
    calls.set_grid(call, defaults.CRITERIA, is_fictional=True, by=by)
    calls.set_rule(call, facts["rule"], by=by, **facts["money"])
    return calls.publish_call(call, by=by)


@pytest.mark.parametrize("year", HISTORY)
def test_past_calls_are_represented_exactly(year, db):
    facts = HISTORY[year]
    call = hold(facts, UserFactory())

    assert [cut_off.closes_at for cut_off in call.timetable] == facts["closings"]
    assert [cut_off.last_day for cut_off in call.timetable] == facts["last_days"]
    assert [cut_off.closing_time for cut_off in call.timetable] == [None] * len(facts["closings"])
    assert [cut_off.deadline for cut_off in call.timetable] == facts["deadlines"]
    assert {name: getattr(call, name) for name in facts["money"]} == facts["money"]
    assert {name: getattr(call.grant_rule, name) for name in facts["rule"]} == facts["rule"]
    assert call.grant_rule.explained == facts["explained"]
    assert (call.weight_sum, call.is_grid_fictional) == (100, True)


CEILINGS = [
    # rule, budget of the training, already granted to the structure, the most that may be granted (euros)
    (RULE_2015, 200_000, 0, 70_000),
    (RULE_2015, 200_000, 700_000, 70_000),
    (RULE_2016, 200_000, 0, 70_000),
    (RULE_2016, 200_000, 110_000, 70_000),
    (RULE_2016, 200_000, 140_000, 40_000),
    (RULE_2016, 200_000, 180_000, 0),
    (RULE_2016, 200_000, 200_000, 0),
    (RULE_2018, 100_000, 0, 80_000),
    (RULE_2018, 100_001, 500_000, 80_000),
    (RULE_2018, 0, 0, 0),
    (RULE_2016 | {"max_share_percent": 80}, 50_000, 170_000, 10_000),
    (RULE_2016 | {"max_share_percent": 80}, 50_000, 0, 40_000),
    ({}, 100_000, 0, None),
]


@pytest.mark.parametrize("rule, budget, granted, ceiling", CEILINGS)
def test_ceiling_is_the_lowest_limit_that_applies(rule, budget, granted, ceiling):
    found = GrantRule(**rule).ceiling_euros(total_budget_euros=budget, granted_to_structure_euros=granted)
    assert found == ceiling


EXAMPLES = [
    (RULE_2018 | {"eligible_heads": []}, "au plus 80\u202f000\u00a0€."),
    (RULE_2016, "au plus 70\u202f000\u00a0€."),
    ({"per_label_euros": 300_000}, "au plus 100\u202f000\u00a0€."),
]


@pytest.mark.parametrize("rule, end", EXAMPLES)
def test_a_rule_gives_an_example_on_a_budget_of_100_000_euros(rule, end):
    assert GrantRule(**rule).example == (
        "Par exemple, pour un budget de 100\u202f000\u00a0€ et une structure qui n'a encore rien reçu dans cet appel : "
        + end
    )


def test_a_rule_names_the_eligible_heads_and_counts_them_alone():
    rule = GrantRule(**RULE_2018)
    lines = [{"head": "staff", "amount_euros": 60_000}, {"head": "other", "amount_euros": 40_000}, {"head": ""}]
    application = Application(expenses=lines, total_budget_euros=100_000)

    assert rule.explained == (
        "La subvention d'amorçage ne dépasse pas 80 % des dépenses éligibles de la formation. Dépenses éligibles : "
        "personnel, équipement et fournitures, location de salles ou de locaux, documentation, brevets ou licences et "
        "promotion."
    )
    assert (rule.counted_euros(application), GrantRule().counted_euros(application)) == (60_000, 100_000)


def test_a_rule_without_limits_says_so():
    rule = GrantRule()
    assert (rule.has_limits, rule.example) == (False, "")
    assert rule.explained == "Aucun plafond ne s'applique à la subvention d'amorçage."


def test_closings_are_exclusive_ends_in_legal_time():
    assert opening_instant(date(2026, 3, 10)) == datetime(2026, 3, 9, 23, tzinfo=UTC)
    assert closing_instant(date(2026, 3, 28)) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert closing_instant(date(2026, 3, 29)) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert closing_instant(date(2026, 7, 1), time(18, 30)) == datetime(2026, 7, 1, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "day, hour, sentence",
    [
        (date(2016, 10, 30), time(2, 30), "À Paris, 2\u00a0h\u00a030 existe deux fois le 30\u00a0octobre 2016"),
        (date(2017, 3, 26), time(2, 30), "À Paris, 2\u00a0h\u00a030 n'existe pas le 26\u00a0mars 2017"),
        (date(2017, 3, 27), time(0), "laissez l'heure vide plutôt que d'écrire minuit"),
    ],
)
def test_hours_that_could_be_misread_are_refused(day, hour, sentence):
    with pytest.raises(ValidationError) as refusal:
        closing_instant(day, hour)
    assert sentence in refusal.value.message


def test_standings_follow_the_timetable(frozen_clock):
    soon, later = frozen_clock.at + timedelta(days=1), frozen_clock.at + timedelta(days=40)
    closed = CallFactory(closed=True)
    draft = CallFactory(unpublished=True)
    upcoming = CallFactory(opens_at=soon)
    late = CallFactory(bare=True)
    CutOffFactory(call=late, number=1, closes_at=later)
    open_call = CallFactory(cut_off_days=(-5, 20))

    shown = Call.objects.with_standing(clock.now()).for_public_list()
    assert [(call, call.standing) for call in shown] == [
        (open_call, CallStanding.OPEN),
        (late, CallStanding.OPEN),
        (upcoming, CallStanding.UPCOMING),
        (closed, CallStanding.CLOSED),
        (draft, CallStanding.DRAFT),
    ]
    assert open_call.open_cut_off(clock.now()).number == 2


def test_a_call_closes_at_its_last_instant_and_not_before(frozen_clock):
    call = CallFactory(cut_off_days=(10,))
    closes_at = call.timetable[-1].closes_at
    standings = [
        Call.objects.with_standing(at).get(pk=call.pk).standing
        for at in (closes_at - timedelta(microseconds=1), closes_at)
    ]
    assert standings == [CallStanding.OPEN, CallStanding.CLOSED]


def test_overseas_deadlines_are_told_in_the_time_of_the_place():
    told = deadlines.overseas(datetime(2016, 11, 25, 23, tzinfo=UTC))
    assert [(one.places, one.instant) for one in told[:1] + told[-1:]] == [
        ("À Tahiti", "25\u00a0novembre 2016 à 13\u00a0h\u00a000"),
        ("À Wallis-et-Futuna", "26\u00a0novembre 2016 à 11\u00a0h\u00a000"),
    ]
    assert {one.instant for one in told if "Guadeloupe" in one.places} == {"25\u00a0novembre 2016 à 19\u00a0h\u00a000"}


def test_a_local_midnight_ends_the_day_before():
    told = deadlines.overseas(datetime(2016, 11, 25, 13, tzinfo=UTC))
    assert {one.instant for one in told if "Calédonie" in one.places} == {"25\u00a0novembre 2016 à 24\u00a0h\u00a000"}


def test_a_member_reads_the_deadline_of_each_overseas_town_once(db):
    user = UserFactory()
    for structure in (StructureFactory(), StructureFactory(overseas=True), StructureFactory(overseas=True)):
        MembershipFactory(user=user, structure=structure)
    told = deadlines.own(datetime(2016, 11, 25, 23, tzinfo=UTC), user)
    assert told == ["le 26\u00a0novembre 2016 à 3\u00a0h\u00a000 à Saint-Denis (heure locale)"]


def test_a_specification_is_kept_as_it_was_received(frozen_clock):
    call = CallFactory(unpublished=True)
    calls.change_call(call, {}, specification=SimpleUploadedFile("c.pdf", b"%PDF-1.4 x"), by=UserFactory())
    stored = Call.objects.get(pk=call.pk).specification
    with stored.content.open("rb") as kept:
        assert kept.read() == b"%PDF-1.4 x"
    assert (stored.name, stored.content_type, stored.size_bytes) == ("c.pdf", "application/pdf", 10)
