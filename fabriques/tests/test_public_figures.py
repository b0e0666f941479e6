"""The public page of progress: every figure opens a list of as many, keeps its address, and hides what is of few."""

import csv
import io
import re
from datetime import date

import pytest
from django.urls import reverse

from applications.tests.factories import CallFactory
from fabriques.models import ReportVersion
from fabriques.tests.factories import SOUND, FollowUpCampaignFactory, FollowUpReportFactory
from fabriques.tests.test_registry_any_day import award, lose, noon
from gen_portal.core.tests.factories import CommuneFactory
from labelling.models import Decision

pytestmark = pytest.mark.django_db
PAGE, FILE = reverse("public_figures"), reverse("public_figures_csv")
BEGAN, ENDS, ASKED = date(2025, 2, 3), date(2028, 2, 3), date(2026, 2, 20)
MAIN = re.compile(r"<main.*</main>", re.DOTALL)


@pytest.fixture(autouse=True)
def campaign(frozen_clock):
    """10 March 2026; the last quarter of 2025 was closed on 9 February."""
    return FollowUpCampaignFactory()


def file_report(label, campaign, number=1, on=date(2026, 1, 20), **counts):
    """A filing of a label for a quarter: twenty started, as `SOUND` says, unless told."""
    report = campaign.reports.filter(label=label).first() or FollowUpReportFactory(label=label, campaign=campaign)
    return ReportVersion.objects.create(report=report, number=number, figures={**SOUND, **counts}, filed_at=noon(on))


def labelled(title, commune=None, call=None):
    label = award(title, BEGAN, BEGAN, ENDS)
    if commune:
        structure = label.training.structure
        structure.commune = commune
        structure.save()
        label.label_sites.update(commune=commune)
    return label


def rows_of(client, on=ASKED, **asked):
    """Rows of the file, by figure, cut, code and day."""
    text = client.get(FILE, {"au": on.isoformat()}).content.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text), delimiter=";")
    return {(row["chiffre"], row["decoupe"], row["code"], row["date"]): row for row in rows}


def main_of(client, on):
    return MAIN.search(client.get(PAGE, {"au": on.isoformat()}).content.decode())[0].replace("\xa0", " ")


def test_every_figure_of_the_registry_opens_a_list_of_as_many(client, campaign):
    """On the day asked and at the end of the quarter, by region and by call: a label lost and known late among them."""
    island = CommuneFactory(overseas=True)
    lost, _, _ = labelled("Développement web"), labelled("Médiation", island), labelled("Réseaux", island)
    lose(lost, date(2025, 12, 31), date(2026, 2, 15))
    page = client.get(PAGE, {"au": ASKED.isoformat()})

    fabriques, trainings, *_ = page.context["figures"]
    opened = client.get(fabriques.list_url).context
    assert (fabriques.told.value, trainings.told.value) == (2, 2)
    assert (opened["headline"].fabrique_count, opened["headline"].training_count, opened["training_count"]) == (2, 2, 2)
    [quarter] = page.context["quarters"]
    opened = client.get(quarter.registry_url).context
    assert (quarter.closing.fabrique_count, quarter.closing.training_count) == (3, 3)
    assert (opened["fabrique_count"], opened["training_count"]) == (3, 3)
    rows = [row for cut in page.context["cuts"] for row in cut.labelled]
    lists = [client.get(row.url).context for row in rows]
    counts = [(row.training_count, row.fabrique_count) for row in rows]
    assert counts == [(listed["training_count"], listed["fabrique_count"]) for listed in lists]
    assert [(row.name, row.training_count) for row in page.context["cuts"][0].labelled] == [
        (island.department.region.name, 2)
    ]


def test_a_figure_given_once_never_changes(client, campaign):
    label, other = labelled("Développement web"), labelled("Médiation", CommuneFactory(overseas=True))
    file_report(label, campaign)
    file_report(other, campaign, on=date(2026, 2, 9))
    before = main_of(client, ASKED), client.get(FILE, {"au": ASKED.isoformat()}).content

    file_report(label, campaign, number=2, on=date(2026, 2, 21), started_count=90, in_progress_count=82)
    lose(other, date(2025, 12, 1), date(2026, 3, 1))
    award("Réseaux", date(2026, 3, 1), BEGAN, ENDS)

    assert (main_of(client, ASKED), client.get(FILE, {"au": ASKED.isoformat()}).content) == before
    assert main_of(client, date(2026, 3, 10)) != before[0]


def test_people_are_those_of_the_last_quarter_closed_before_the_day(client, campaign):
    file_report(labelled("Développement web"), campaign, dropped_count=5, finished_count=3)
    FollowUpReportFactory(label=labelled("Médiation"), campaign=campaign)

    assert "Aucun trimestre arrêté à cette date" in main_of(client, date(2026, 2, 9))
    page = main_of(client, date(2026, 2, 10))

    assert "arrêté le 9 février 2026 sur 1 relevé transmis pour 2 attendus" in page
    assert "8 sur 20 personnes" in page
    row = rows_of(client)["femmes", "pays", "", "2025-12-31"]
    told = [
        row[name] for name in ("connu_le", "valeur", "unite", "nombre", "sur", "releves_transmis", "releves_attendus")
    ]
    assert told == ["2026-02-09", "40,0", "%", "8", "20", "1", "2"]


def test_what_is_of_few_is_on_no_face(client, campaign):
    brittany, island = CommuneFactory(), CommuneFactory(overseas=True)
    file_report(labelled("Développement web", brittany), campaign, in_progress_count=33, finished_count=7, dropped_count=6,
                started_count=46)  # fmt: skip
    file_report(labelled("Médiation", island), campaign, in_progress_count=3, finished_count=0, started_count=3,
                dropped_count=0, women_count=1)  # fmt: skip

    rows = rows_of(client)
    codes = [commune.department.region_id for commune in (brittany, island)]
    hidden = [rows[name, "region", code, "2025-12-31"] for name in ("personnes", "femmes") for code in codes]
    page = client.get(PAGE, {"au": ASKED.isoformat()})

    assert [(row["valeur"], row["masque"]) for row in hidden] == [("", "oui")] * 4
    assert rows["personnes", "pays", "", "2025-12-31"]["valeur"] == "43"
    assert [row.people.is_hidden for row in page.context["cuts"][0].people] == [True, True]
    assert "le nombre est de moins de 5 personnes" in page.content.decode()


def test_file_and_page_say_the_same(client, campaign):
    for title, commune in (("Développement web", CommuneFactory()), ("Médiation", CommuneFactory(overseas=True))):
        file_report(labelled(title, commune), campaign)

    rows, page = rows_of(client), client.get(PAGE, {"au": ASKED.isoformat()})

    for figure in page.context["figures"]:
        row = rows[figure.definition.key, "pays", "", figure.holds_on.isoformat()]
        assert row["valeur"] == ("" if figure.told.value is None else str(figure.told.value).replace(".", ","))
    for cut in page.context["cuts"]:
        file_rows = [row for key, row in rows.items() if key[:2] == ("personnes", cut.cut) and key[3] == "2025-12-31"]
        assert {(row.name, str(row.people.value)) for row in cut.people} == {
            (row["nom"], row["valeur"]) for row in file_rows
        }


@pytest.mark.parametrize("typed", ["2026-03-11", "hier"])
def test_a_day_to_come_or_no_day_at_all_is_named_and_today_shown(client, typed):
    page = client.get(PAGE, {"au": typed})

    assert (page.status_code, page.context["found"].day) == (200, date(2026, 3, 10))
    assert list(page.context["form"].errors) == ["au"]


def test_a_label_that_is_not_published_counts_nowhere(client, campaign):
    file_report(labelled("Développement web"), campaign)
    Decision.objects.update(published_at=None)

    rows = rows_of(client)

    assert {row["valeur"] for row in rows.values()} == {"0", ""}
    assert {key[1] for key in rows} == {"pays"}


def test_a_portal_without_anything_says_so(client, campaign):
    campaign.delete()

    page = client.get(PAGE).content.decode()

    assert [words in page for words in ("Aucun trimestre arrêté", "Aucune formation n'était labellisée")] == [
        True,
        True,
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(client, campaign, django_assert_num_queries, count):
    """As many labels, regions, calls and quarters."""
    communes = [CommuneFactory(), CommuneFactory(overseas=True), CommuneFactory(code="14581", name="Aurseulles")][
        :count
    ]
    quarters = [campaign, *[FollowUpCampaignFactory(starts_on=date(2025, month, 1)) for month in (7, 4)]]
    for number, commune in enumerate(communes):
        label = labelled(f"Formation {number}", commune)
        Decision.objects.filter(pk=label.decision_id).update(
            cut_off=CallFactory(title=f"Appel {number}").cut_offs.first()
        )
        for quarter in quarters[:count]:
            file_report(label, quarter)

    with django_assert_num_queries(13):
        client.get(PAGE)
    with django_assert_num_queries(13):
        client.get(FILE)
