"""The four calls of the demonstration: facts of 2015 and 2016 from domain.md §1, but for the weights, which are ours."""

from datetime import date, timedelta

from applications import defaults
from applications.models import Call, Criterion, CutOff, GrantRule, RequiredDocument
from gen_portal.core import clock
from gen_portal.demo import pdf
from gen_portal.demo.words import CRITERIA, DOCUMENTS

CONTACT = {"contact_name": "Équipe des appels de la GEN", "contact_email": "appels@gen.example"}
TEXT = "\n\n".join(
    (
        "## Pourquoi cet appel",
        "La Grande école du numérique soutient des formations courtes aux métiers du numérique, ouvertes à des personnes "
        "éloignées de l'emploi : jeunes sans diplôme, femmes, habitants des quartiers prioritaires.",
        "## Qui peut candidater",
        "- associations, entreprises, établissements publics, collectivités ;\n- seules ou avec des partenaires ;\n"
        "- pour une formation existante ou à créer.",
        "## Ce qui est attendu",
        "Un ancrage local réel, un accès sans condition de diplôme, une pédagogie active, un accompagnement vers l'emploi.",
    )
)


#: Where a dossier answers for each criterion, as the portal offers it.
_SECTIONS = {criterion["code"]: criterion["section"] for criterion in defaults.CRITERIA}


def _kinds_of(label):
    """A budget is a spreadsheet or a PDF; the rest may be photographed."""
    is_budget = "budget" in label.lower()
    return {"accepts_images": not is_budget, "accepts_sheets": is_budget}


def first_call(history, officer):
    """Autumn 2015: opened 17 September, closed 19 October, 5 M€, 70,000 € per label, labels of one year."""
    opens_on = date(2015, 9, 17)
    return _call(
        history,
        officer,
        slug="premier-appel-2015",
        title="Premier appel à labellisation, automne 2015",
        opens_on=opens_on,
        budget_euros=5_000_000,
        label_months=12,
        rule={"per_label_euros": 70_000},
        last_days=[date(2015, 10, 19)],
        results=[date(2015, 11, 30)],
        target_fabriques=40,
    )


def second_call(history, officer):
    """Opened 23 August 2016, three cut-offs, 10 M€, 70,000 € per label and at most 180,000 € per structure."""
    return _call(
        history,
        officer,
        slug="deuxieme-appel-2016",
        title="Deuxième appel à labellisation, 2016-2017",
        opens_on=date(2016, 8, 23),
        budget_euros=10_000_000,
        label_months=36,
        rule={"per_label_euros": 70_000, "per_structure_euros": 180_000},
        last_days=[date(2016, 9, 23), date(2016, 11, 25), date(2017, 2, 24)],
        results=[date(2016, 11, 15), date(2017, 1, 31), date(2017, 5, 15)],
        target_fabriques=200,
        target_people=10_000,
    )


def last_year_call(history, officer, *, published_on):
    """A fictitious call decided a year before the demonstration's day: at most 80 % of the budget, as in 2018."""
    year = published_on.year
    return _call(
        history,
        officer,
        slug=f"appel-{year}",
        title=f"Appel à labellisation {year}",
        opens_on=published_on - timedelta(days=150),
        budget_euros=9_000_000,
        label_months=36,
        rule={"per_label_euros": 70_000, "per_structure_euros": 180_000, "max_share_percent": 80},
        last_days=[published_on - timedelta(days=70)],
        results=[published_on],
        target_fabriques=200,
        target_people=10_000,
    )


def open_call(history, officer, *, today):
    """The call in progress: one cut-off published, one being judged, one to come."""
    last_days = [today - timedelta(days=75), today - timedelta(days=12), today + timedelta(days=18)]
    return _call(
        history,
        officer,
        slug=f"appel-{today.year}-en-cours",
        title=f"Appel à labellisation {today.year}-{today.year + 1}",
        opens_on=today - timedelta(days=130),
        budget_euros=4_000_000,
        label_months=36,
        rule={"per_label_euros": 70_000, "per_structure_euros": 180_000, "max_share_percent": 80},
        last_days=last_days,
        results=[day + timedelta(days=60) for day in last_days],
        target_fabriques=60,
        target_people=2_500,
        grace_minutes=15,
        is_grace_shown=True,
    )


def large_call(history, officer, *, today):
    """A call of 5,000 dossiers, for benchmarks only."""
    return _call(
        history,
        officer,
        slug="appel-grande-echelle",
        title="Appel à grande échelle",
        opens_on=today - timedelta(days=120),
        budget_euros=100_000_000,
        label_months=36,
        rule={"per_label_euros": 70_000, "per_structure_euros": 180_000},
        last_days=[today - timedelta(days=40)],
        results=[today + timedelta(days=40)],
    )


def _call(history, officer, *, opens_on, rule, last_days, results, **fields):
    opens_at = clock.start_of(opens_on)
    specification = pdf.stored("cahier-des-charges.pdf", "Cahier des charges", fields["title"], at=opens_at)
    call = Call.objects.create(
        specification=specification,
        summary="La Grande école du numérique labellise des formations courtes aux métiers du numérique, ouvertes à "
        "celles et ceux que l'emploi oublie, et aide certaines d'entre elles à démarrer.",
        text=TEXT,
        opens_at=opens_at,
        published_at=opens_at - timedelta(hours=12),
        is_grid_fictional=True,
        **CONTACT,
        **fields,
    )
    GrantRule.objects.create(call=call, **rule)
    CutOff.objects.bulk_create(
        CutOff(call=call, number=number, closes_at=clock.end_of(last_day), results_expected_on=results_on)
        for number, (last_day, results_on) in enumerate(zip(last_days, results, strict=True), start=1)
    )
    Criterion.objects.bulk_create(
        Criterion(
            call=call,
            code=code,
            label=label,
            weight_percent=weight,
            guidance=guidance,
            position=position,
            section=_SECTIONS[code],
        )
        for position, (code, label, weight, guidance) in enumerate(CRITERIA, start=1)
    )
    RequiredDocument.objects.bulk_create(
        RequiredDocument(call=call, label=label, is_mandatory=is_mandatory, position=position, **_kinds_of(label))
        for position, (label, is_mandatory) in enumerate(DOCUMENTS, start=1)
    )
    history.add(call, "call.created", by=officer, at=opens_at - timedelta(days=20))
    history.add(call, "call.published", by=officer, at=call.published_at)
    return call
