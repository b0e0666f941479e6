"""What a complete dossier answers, in every test."""

from datetime import date

from applications.models.tables import TABLES

#: Every answer of a complete dossier.
ANSWERS = {
    "activity_number": "53350000135",
    "structure_created_on": date(2012, 3, 14),
    "employee_count": 9,
    "trainer_count": 4,
    "network": "Réseau des ateliers du numérique (fictif)",
    "quality_marks": "Qualiopi",
    "manager_name": "Camille Guérin",
    "manager_role": "responsable pédagogique",
    "manager_email": "camille.guerin@structure.example",
    "manager_phone": "02 99 00 00 00",
    "summary": "Six mois pour apprendre le développement web par projets, avec des entreprises du bassin.",
    "novelty": "existing",
    "job_family": "dev",
    "target_jobs": "développeuse ou développeur web",
    "entry_level": "none",
    "certification": "attestation",
    "total_hours": 700,
    "week_count": 24,
    "company_week_count": 4,
    "pace": "full_time",
    "on_site_percent": 90,
    "session_count": 2,
    "seat_count": 15,
    "modules": [
        TABLES["modules"].line(
            title=title, hours=hours, skills="Concevoir, écrire et tester.", tools=tools, assessment="Projet présenté."
        )
        for title, hours, tools in (("Pages web", 340, "HTML, CSS, JavaScript"), ("Applications", 360, "Python, SQL"))
    ],
    "programme": "HTML et CSS (140 h), JavaScript (200 h), Python et bases de données (200 h), projet (160 h).",
    "pedagogy": "Projets en petits groupes, entraide entre apprenants, un référent pour quinze personnes.",
    "projects": "Le site d'une association du quartier, en équipes de trois.",
    "learner_support": "Une conseillère en insertion, deux jours par semaine.",
    "accessibility": "Un référent handicap ; postes et rythmes adaptés.",
    "sourcing_channels": ["employment_agency", "youth_centre"],
    "sourcing": "Réunions d'information avec la mission locale et les associations du quartier.",
    "women_percent": 40,
    "young_neet_percent": 50,
    "bac_or_below_percent": 80,
    "priority_area_percent": 30,
    "job_seeker_percent": 90,
    "dropout_measures": "Un point chaque semaine, un appel dès la première absence.",
    "learner_status": "Stagiaires de la formation professionnelle, rémunérés par la région.",
    "is_free": True,
    "teaching_payers": "La région et l'opérateur de compétences.",
    "partners": [
        TABLES["partners"].line(name="Mission locale", kind="employment", role="Oriente les jeunes.", has_letter=True)
    ],
    "partnerships": "Mission locale (orientation), trois entreprises (périodes d'immersion).",
    "employment_outlook": "Une quarantaine de recrutements par an dans le bassin d'emploi.",
    "positive_exit_3_months_percent": 60,
    "positive_exit_percent": 70,
    "leaver_follow_up": "Un appel à un, trois et six mois.",
    "total_budget_euros": 120_000,
    "requested_grant_euros": 60_000,
    "own_funds_euros": 0,
    "other_resources": "Région (40 000 €) et fonds propres (20 000 €).",
    "commits_to_free_access": True,
    "commits_to_follow_up": True,
    "commits_to_survey": True,
    "commits_to_logo": True,
    "commits_to_notify": True,
    "commits_to_privacy": True,
    "signatory_name": "Dominique Lefèvre",
    "signatory_role": "présidente",
}
