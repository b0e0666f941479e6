"""The seven steps of a dossier, each as its people do it on the pages; nothing is written to the database behind them."""

import re
from datetime import timedelta

from gen_portal.core import clock, delivery
from gen_portal.demo import pdf
from gen_portal.tests.browser.person import PASSWORD
from labelling.models.interests import STATEMENTS

TITLE = "Appel à labellisation de printemps"
TRAINING = "Développeuse ou développeur d'applications accessibles à tous"
FILE = {
    "name": "piece.pdf",
    "mimeType": "application/pdf",
    "buffer": pdf.one_page("Pièce", "Document fictif."),
}
TEXT = "Un besoin établi avec les entreprises et la mission locale du territoire, pour des personnes éloignées de l'emploi."
SECTIONS = {
    "fill": {
        "structure": {"structure_created_on": "2015-03-02", "employee_count": 6, "trainer_count": 3,
                      "manager_name": "Jeanne Kermarrec", "manager_role": "directrice",
                      "manager_email": "jeanne@gueret.example", "manager_phone": "01 99 00 00 00"},
        "formation": {"summary": TEXT, "target_jobs": "développeuse web", "total_hours": 700, "week_count": 24,
                      "on_site_percent": 90, "session_count": 2, "seat_count": 15},
        "programme": {"modules-0-title": "Applications web", "modules-0-hours": 700, "modules-0-skills": TEXT,
                      "modules-0-assessment": "Projet présenté à un jury"},
        "pedagogie": {"pedagogy": TEXT, "projects": TEXT, "learner_support": TEXT, "accessibility": TEXT},
        "publics": {"women_percent": 40, "young_neet_percent": 50, "bac_or_below_percent": 80,
                    "priority_area_percent": 30, "job_seeker_percent": 90, "sourcing": TEXT, "dropout_measures": TEXT,
                    "learner_status": TEXT},
        "gratuite": {"teaching_payers": TEXT},
        "partenariats": {"partners-0-name": "Mission locale", "partners-0-role": "Oriente les jeunes"},
        "debouches": {"employment_outlook": TEXT, "positive_exit_3_months_percent": 60, "positive_exit_percent": 70,
                      "leaver_follow_up": TEXT},
        "budget": {"expenses-0-amount_euros": "120 000", "requested_grant_euros": 60000, "own_funds_euros": 60000},
        "calendrier": {"planned_sessions-0-seat_count": 15},
        "engagements": {"signatory_name": "Jeanne Kermarrec", "signatory_role": "présidente"},
    },
    "choose": {
        "formation": {"novelty": "new", "job_family": "dev", "entry_level": "none", "certification": "attestation",
                      "pace": "full_time"},
        "partenariats": {"partners-0-kind": "employment"},
        "budget": {"expenses-0-head": "staff"},
    },
    "day": {"formation": "first_start_on", "calendrier": "planned_sessions-0-starts_on"},
    "check": {
        "engagements": [f"commits_to_{what}" for what in
                        ("free_access", "follow_up", "survey", "logo", "notify", "privacy")],
    },
    "first": {"publics": "sourcing_channels", "gratuite": "is_free"},
}  # fmt: skip


def prepare_call(officer, today):
    """Step 1: an officer writes a call and publishes it; returns its public address."""
    officer.go("/gestion/appels/nouveau/")
    officer.fill(
        title=TITLE,
        summary="Des formations courtes et ouvertes à tous.",
        text="## Objet\n\nFormer partout.",
        contact_name="L'équipe des appels",
        contact_email="appels@gen.example",
        opens_on=today.isoformat(),
        target_fabriques=40,
        target_people=1000,
    )
    officer.join("specification_file", FILE)
    officer.press("Créer l'appel")
    _fill_timetable(officer, today)
    officer.press("passer à la grille")
    officer.press("passer à la subvention")
    officer.fill(budget_euros=500000, per_label_euros=70000, per_structure_euros=180000)
    officer.press("passer aux pièces")
    officer.press("relire l'appel")
    officer.press("Publier cet appel")
    slug = re.search(r"/gestion/appels/([^/]+)/", officer.page.url) or re.search(r"/appels/([^/]+)/", officer.page.url)
    return f"/appels/{slug.group(1)}/"


def _fill_timetable(officer, today):
    officer.page.get_by_role("button", name="Ajouter un relevé").click()
    for row, days in enumerate((30, 75)):
        officer.fill(
            **{
                f"releves-{row}-last_day": (today + timedelta(days=days)).isoformat(),
                f"releves-{row}-results_expected_on": (today + timedelta(days=days + 40)).isoformat(),
            }
        )


def sign_up(visitor, email, sink):
    """Step 2, beginning: a visitor makes an account and confirms the address by the mail."""
    visitor.go("/compte/inscription/")
    visitor.fill(first_name="Jeanne", last_name="Kermarrec", email=email, password1=PASSWORD, password2=PASSWORD)
    visitor.press("Créer mon compte")
    delivery.deliver()
    link = re.search(r"http\S+/adresse-a-confirmer/[^\s)>]+", _text(_last(sink, email))).group(0)
    visitor.page.goto(link)
    visitor.look()
    visitor.press("Oui, confirmer cette adresse")


def apply(owner, call_path):
    """Step 2, middle: the structure by SIRET and address, the dossier section by section, the documents."""
    owner.go(call_path)
    owner.click("Candidater")
    owner.click("Inscrire ma structure")
    owner.fill(
        name="Atelier numérique des Monts de Guéret et de la Creuse",
        siret="35600000009075",
        street="3 rue des Tisserands",
        postcode="23000",
        commune_name="Guéret",
        representative_name="Jeanne Kermarrec",
        representative_role="présidente",
    )
    owner.choose(legal_form="association")
    owner.press("Inscrire")
    owner.fill(title=TRAINING)
    owner.press("Commencer le dossier")
    dossier = re.search(r"/candidatures/[^/]+/", owner.page.url).group(0)
    _answer(owner, dossier)
    _add_site(owner, dossier)
    _join_documents(owner, dossier)
    return dossier


def _answer(owner, dossier):
    for section, fields in SECTIONS["fill"].items():
        owner.go(f"{dossier}{section}/")
        owner.fill(**fields)
        owner.choose(**SECTIONS["choose"].get(section, {}))
        if section in SECTIONS["day"]:
            owner.fill(**{SECTIONS["day"][section]: (clock.today() + timedelta(days=150)).isoformat()})
        if section in SECTIONS["first"]:
            owner.tick(owner.page.locator(f'main [name="{SECTIONS["first"][section]}"]').first)
        for name in SECTIONS["check"].get(section, ()):
            owner.check(name)
        owner.press("Enregistrer et continuer")


def _add_site(owner, dossier):
    owner.go(f"{dossier}sites/")
    owner.click("Ajouter un site")
    owner.fill(name="La Halle", street="1 place du Marché", postcode="23000", commune_name="Guéret")
    owner.press("Ajouter le site")


def _join_documents(owner, dossier):
    owner.go(f"{dossier}pieces/")
    slots = owner.page.locator('main section:has(.fr-badge:text-is("obligatoire"))')
    slots.first.wait_for()
    for left in range(slots.count(), 0, -1):
        slots.first.locator('input[type="file"]').set_input_files(FILE)
        slots.first.locator('button[type="submit"]').click()
        slots.nth(left - 1).wait_for(state="detached")  # the file is sent first, then the page comes back
        owner.page.wait_for_load_state()
    owner.look()


def submit(owner, dossier, email, sink):
    """Step 2, end: the filing, its receipt on screen and by mail; returns the number."""
    owner.go(f"{dossier}deposer/")
    owner.check("signature")
    owner.press("Déposer le dossier")
    number = re.search(r"GEN-\d{4}(-[0-9A-Z]{4}){3}", owner.text()).group(0)
    delivery.deliver()
    assert number in _text(_last(sink, email))
    return number


def admit_and_assign(officer, dossier, staff):
    """Step 3: admissible, then one reviewer per ministry."""
    reference = dossier.split("/")[2]
    officer.go(f"/gestion/candidatures/{reference}/recevabilite/")
    officer.click("Recevable")
    officer.press("Déclarer recevable")
    officer.go(f"/gestion/candidatures/{reference}/evaluateurs/")
    for reviewer in staff.reviewers:
        capacity = reviewer.capacities.get()
        officer.choose(**{f"ministere_{capacity.ministry_id}": str(reviewer.pk)})
    officer.press("Enregistrer la répartition")


def review(reviewer, dossier, mark):
    """Step 4: interests declared, every criterion marked and commented, an opinion, the review handed in."""
    reference = dossier.split("/")[2]
    reviewer.go(f"/evaluations/{reference}/")
    for name in ("has_nothing", *STATEMENTS):
        reviewer.check(name)
    reviewer.press("Signer ma déclaration")
    reviewer.go(f"/evaluations/{reference}/")
    marks = reviewer.page.locator(f'main [name^="mark_"][value="{mark}"]')
    comments = reviewer.page.locator('main textarea[name^="comment_"]')
    assert marks.count() == comments.count() == 5
    for index in range(5):
        reviewer.tick(marks.nth(index))
        comments.nth(index).fill(f"Observation {index + 1} : {TEXT}")
    reviewer.check("recommendation", "favourable")
    reviewer.press("Relire et déposer")
    reviewer.press("Déposer définitivement")


def decide(director, dossier):
    """Step 5: the director decides and signs."""
    reference = dossier.split("/")[2]
    director.go(f"/gestion/candidatures/{reference}/decision/")
    director.check("outcome", "labelled")
    director.fill(reasons=TEXT, grant_euros=60000)
    director.press("Enregistrer la décision")
    director.click("Relire et signer")
    director.press("Signer")


def _last(sink, email):
    """The latest message to somebody."""
    return [message for message in sink.messages if email in message["To"]][-1]


def _text(message):
    return message.get_body(preferencelist=("plain",)).get_content()
