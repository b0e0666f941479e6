"""A structure at its browser: a report with a mistake, corrected and filed; a sheet of fifty lines with three mistakes."""

import pytest
from django.urls import reverse

from applications.tests.factories import MembershipFactory
from fabriques.forms.report_uploads import HEADERS, template_rows
from fabriques.models import FollowUpReport, ReportDraft
from fabriques.tests.factories import SOUND, FollowUpReportFactory
from gen_portal.core import spreadsheets
from gen_portal.tests.browser.person import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def report(portal):
    return FollowUpReportFactory()


@pytest.fixture
def owner(report, arrive):
    user = MembershipFactory(structure=report.label.training.structure).user
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    person = arrive()
    person.user = user
    person.sign_in(user.email)
    return person


def test_a_mistake_is_told_while_typing_then_corrected_and_filed(report, owner):
    owner.go(reverse("report_page", args=[report.reference]))
    owner.fill(**SOUND | {"dropped_count": 9})
    said = owner.page.locator('[data-gen-group="parcours"] [data-gen-said]')
    assert "12 + 5 + 9 = 26, mais vous indiquez 20" in said.inner_text()

    owner.press("Vérifier avant de transmettre")
    assert "12 + 5 + 9 = 26" in owner.text()
    owner.fill(dropped_count=3)
    assert said.inner_text() == "Le compte est bon : 12 + 5 + 3 = 20."
    owner.press("Vérifier avant de transmettre")
    owner.press("Transmettre le relevé")

    assert "Le relevé est transmis" in owner.text()
    assert FollowUpReport.objects.get(pk=report.pk).figures() == SOUND


def test_the_draft_saves_itself(report, owner):
    owner.go(reverse("report_page", args=[report.reference]))
    owner.fill(women_count=8)

    owner.page.get_by_text("Brouillon enregistré à").wait_for()

    assert ReportDraft.objects.get(report=report).typed["women_count"] == "8"


@pytest.mark.thorough
def test_fifty_lines_with_three_mistakes_are_mended_and_filed(report, owner):
    structure = report.label.training.structure
    for _ in range(49):
        FollowUpReportFactory(label__decision__application__training__structure=structure)
    rows = [row | SOUND for row in template_rows(owner.user)]
    right = spreadsheets.as_xlsx(HEADERS, rows)
    rows[4] |= {"dropped_count": 9}
    rows[20] |= {"women_count": "huit"}
    rows[44] |= {"difficulties": "Écrire à lea@exemple.fr"}

    owner.go(reverse("upload_create"))
    _send(owner, spreadsheets.as_xlsx(HEADERS, rows))
    assert "3 erreurs sur 3 lignes : rien n'a été transmis" in owner.text()
    lines = [text for text in ("Ligne 6,", "Ligne 22,", "Ligne 46,") if text in owner.text()]
    assert (len(lines), FollowUpReport.objects.filed().count()) == (3, 0)

    _send(owner, right)
    assert "50 relevés sont prêts" in owner.text()
    owner.press("Transmettre ces relevés")
    assert "50 relevés sont transmis" in owner.text()
    assert FollowUpReport.objects.filed().count() == 50


def _send(owner, content):
    owner.join("file", {"name": "releves.xlsx", "mimeType": spreadsheets.XLSX_TYPE, "buffer": content})
    owner.press("Relire ce fichier")
