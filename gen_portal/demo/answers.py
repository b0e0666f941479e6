"""The answers of a demonstration dossier, in the words of small associations; their numbers hold together."""

from datetime import timedelta

from applications.models.tables import TABLES
from gen_portal.demo import words

WEEKS = (16, 20, 24, 28, 32, 36)
_MODULES = (
    ("Découverte et remise à niveau", "Se repérer dans les métiers, travailler en équipe.", "Suite bureautique, Git"),
    (
        "Bases techniques",
        "Choisir ses outils, suivre une documentation, corriger ses erreurs.",
        "Éditeur de code, Linux",
    ),
    ("Projet pour un commanditaire local", "Comprendre un besoin, livrer, présenter.", "Maquettes, tableau de tâches"),
    ("Recherche d'emploi et bilan", "Présenter ses réalisations, préparer un entretien.", "Portfolio en ligne"),
)
_PARTNERS = (
    ("Mission locale du territoire", "employment", "Repère et oriente les jeunes."),
    ("Agence pour l'emploi", "employment", "Finance et oriente les demandeurs d'emploi."),
    ("Communauté d'agglomération", "local_authority", "Prête les locaux."),
    ("Entreprise de services numériques du bassin", "company", "Accueille en période d'immersion, siège aux jurys."),
    ("Centre social du quartier", "association", "Accueille les réunions d'information."),
)
_EXPENSES = (
    ("staff", "Formateurs et coordination", 62),
    ("equipment", "Postes et licences des apprenants", 15),
    ("premises", "Location des salles", 12),
    ("promotion", "Réunions d'information, affiches", 4),
)
_TEXTS = {
    "projects": "Chaque équipe réalise un site ou un outil pour une association ou un commerce du territoire.",
    "peer_learning": "Revues de travail entre pairs chaque matin ; les plus avancés expliquent aux autres.",
    "mentoring": "Un parrain ou une marraine du métier pour deux apprenants, une rencontre par mois.",
    "learner_support": "Une conseillère en insertion, deux jours par semaine : logement, transport, santé, emploi.",
    "accessibility": "Locaux de plain-pied, référent handicap, postes et rythmes adaptés à chacun.",
    "dropout_measures": "Point individuel chaque semaine, appel dès la première absence, fonds d'aide à la mobilité.",
    "learner_status": "Stagiaires de la formation professionnelle, rémunérés par la région.",
    "teaching_payers": "La région et le service public de l'emploi ; le reste est payé par la structure.",
    "learner_aids": "Prêt d'un ordinateur, tarif réduit au restaurant interentreprises.",
    "employers": "Deux entreprises de services numériques et la communauté d'agglomération recrutent chaque année.",
    "leaver_follow_up": "Un appel à un, trois et six mois ; un nouvel accompagnement pour qui n'a pas d'emploi.",
}
_PROMISES = ("free_access", "follow_up", "survey", "logo", "notify", "privacy")


def answers_of(rng, call, carrier, index, started_at):
    """Every answer of a complete dossier, as the columns of an application."""
    weeks = rng.choice(WEEKS)
    training = _training(rng, weeks, started_at)
    calendar = _calendar(training, weeks, carrier.also_starts_on)
    return {
        **_structure(rng, carrier),
        "summary": rng.choice(words.SUMMARIES),
        "job_family": carrier.kinds[index][0],
        "target_jobs": carrier.kinds[index][2],
        **training,
        "modules": _modules(training["total_hours"]),
        "programme": rng.choice(words.PROGRAMMES),
        "pedagogy": rng.choice(words.PEDAGOGIES),
        **_TEXTS,
        **_audience(rng),
        **_cost(rng),
        "partners": _partners(rng),
        "partnerships": rng.choice(words.PARTNERSHIPS),
        "employment_outlook": rng.choice(words.OUTLOOKS),
        "positive_exit_3_months_percent": rng.choice((50, 55, 60)),
        "positive_exit_percent": rng.choice((60, 65, 70, 75, 80)),
        **_budget(rng, call),
        **calendar,
        **{f"commits_to_{promise}": True for promise in _PROMISES},
        "signatory_name": carrier.structure.representative_name,
        "signatory_role": carrier.structure.representative_role,
    }


def leave_gaps(application):
    """A draft is a dossier under way: its last sections are still to be written."""
    for name in ("partnerships", "employment_outlook", "leaver_follow_up", "signatory_name", "signatory_role"):
        setattr(application, name, "")
    application.positive_exit_percent = application.requested_grant_euros = application.first_start_on = None
    application.partners, application.resources, application.planned_sessions = [], [], []
    application.modules = application.modules[:2]
    for promise in _PROMISES:
        setattr(application, f"commits_to_{promise}", False)


def _structure(rng, carrier):
    name = carrier.owner.get_full_name()
    return {
        "activity_number": f"{rng.randrange(11, 95)}{rng.randrange(10**8, 10**9)}",
        "structure_created_on": carrier.structure.created_at.date() - timedelta(days=rng.randint(900, 6000)),
        "employee_count": rng.randint(3, 40),
        "trainer_count": rng.randint(2, 6),
        "quality_marks": rng.choice(("Qualiopi", "Qualiopi", "")),
        "manager_name": name,
        "manager_role": rng.choice(("responsable pédagogique", "coordinatrice", "directeur")),
        "manager_email": carrier.owner.email,
        "manager_phone": "01 99 00 00 00",
    }


def _training(rng, weeks, started_at):
    return {
        "novelty": rng.choice(("new", "existing")),
        "entry_level": rng.choice(("none", "none", "none", "cap", "bac")),
        "certification": rng.choice(("none", "attestation", "attestation")),
        "total_hours": weeks * rng.choice((28, 30, 35)),
        "week_count": weeks,
        "company_week_count": weeks // 6,
        "pace": rng.choice(("full_time", "full_time", "part_time")),
        "on_site_percent": rng.choice((60, 80, 90, 100, 100)),
        "session_count": rng.choice((1, 2, 2, 3)),
        "seat_count": rng.choice((10, 12, 14, 15, 16, 20)),
        "first_start_on": (started_at + timedelta(days=rng.randint(120, 260))).date(),
    }


def _modules(total_hours):
    """Four modules whose hours add up to those of the training."""
    parts = [total_hours * share // 100 for share in (15, 45, 30)]
    hours = [*parts, total_hours - sum(parts)]
    return [
        TABLES["modules"].line(
            title=title, hours=count, skills=skills, tools=tools, assessment="Présentation à un jury."
        )
        for (title, skills, tools), count in zip(_MODULES, hours, strict=True)
    ]


def _audience(rng):
    return {
        "women_percent": rng.choice((25, 30, 30, 35, 40, 50)),
        "young_neet_percent": rng.choice((40, 50, 50, 60, 70)),
        "bac_or_below_percent": rng.choice((60, 70, 80, 90)),
        "priority_area_percent": rng.choice((10, 20, 30, 40)),
        "rural_area_percent": rng.choice((0, 0, 10, 30)),
        "job_seeker_percent": rng.choice((70, 80, 90, 100)),
        "sourcing_channels": ["employment_agency", "youth_centre", "association", "events"],
        "sourcing": rng.choice(words.SOURCINGS),
    }


def _cost(rng):
    """Nearly nine trainings of ten are free (domain.md §5.2: 87 % in 2016)."""
    is_free = rng.random() < 0.87
    return {"is_free": is_free, "cost_note": "" if is_free else "Une participation de 50 € aux frais de dossier."}


def _partners(rng):
    return [
        TABLES["partners"].line(name=name, kind=kind, role=role, has_letter=rng.random() < 0.6)
        for name, kind, role in rng.sample(_PARTNERS, 3)
    ]


def _budget(rng, call):
    """Expenses by head, and resources that balance them."""
    total = rng.randrange(48_000, 190_000, 1_000)
    ceiling = call.grant_rule.ceiling_euros(total_budget_euros=total, granted_to_structure_euros=0)
    grant = min(ceiling or total, total * rng.randint(30, 70) // 100)
    own = total // 10
    heads = [(head, detail, total * share // 100) for head, detail, share in _EXPENSES]
    heads.append(("other", "Déplacements et assurance", total - sum(amount for *_, amount in heads)))
    region = (total - grant - own) * 2 // 3
    return {
        "expenses": [TABLES["expenses"].line(head=head, detail=text, amount_euros=cost) for head, text, cost in heads],
        "total_budget_euros": total,
        "requested_grant_euros": grant,
        "own_funds_euros": own,
        "resources": [
            TABLES["resources"].line(funder="Région", status="obtained", amount_euros=region),
            TABLES["resources"].line(
                funder="Entreprises partenaires", status="asked", amount_euros=total - grant - own - region
            ),
        ],
        "other_resources": "Deux entreprises prêtent du matériel, non compté ici.",
    }


def _calendar(training, weeks, also_starts_on):
    first = training["first_start_on"]
    sessions = []
    starts = [first + timedelta(weeks=number * (weeks + 4)) for number in range(training["session_count"])]
    if also_starts_on:
        training["session_count"] += 1
        starts.append(also_starts_on)
    for starts_on in starts:
        ends_on = starts_on + timedelta(weeks=weeks)
        sessions.append((starts_on.isoformat(), ends_on.isoformat()))
    return {
        "milestones": [
            TABLES["milestones"].line(
                label="Ouverture des inscriptions", due_on=(first - timedelta(days=60)).isoformat()
            ),
            TABLES["milestones"].line(label="Sélection", due_on=(first - timedelta(days=20)).isoformat()),
        ],
        "planned_sessions": [
            TABLES["planned_sessions"].line(starts_on=starts_on, ends_on=ends_on, seat_count=training["seat_count"])
            for starts_on, ends_on in sessions
        ],
    }
