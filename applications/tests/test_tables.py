"""Tables of a dossier: what a cell accepts, what a spreadsheet gives, and a budget that adds up."""

import pytest
from django import forms
from django.http import QueryDict
from hypothesis import example, given
from hypothesis import strategies as st

from applications.figures import said_of_hours
from applications.forms.cells import read_cell, read_decimal
from applications.forms.pasting import parse_pasted
from applications.forms.rows import RowsField
from applications.models import Application
from applications.models.sections import said_of_balance
from applications.models.tables import TABLES, Cell, total
from gen_portal.core import phrases

EXPENSES, MODULES, PARTNERS = TABLES["expenses"], TABLES["modules"], TABLES["partners"]


def cell_of(table, name):
    return next(cell for cell in TABLES[table].cells if cell.name == name)


@pytest.mark.parametrize(
    ("table", "name", "typed", "kept"),
    [
        ("expenses", "amount_euros", "1 234,56 €", 1235),
        ("expenses", "amount_euros", "1\u202f234\u00a0€", 1234),
        ("expenses", "amount_euros", "1.234,50", 1235),
        ("expenses", "amount_euros", "1.234.567", 1234567),
        ("expenses", "amount_euros", "0.499", 0),
        ("expenses", "amount_euros", "", None),
        ("modules", "hours", " 70 ", 70),
        ("modules", "hours", "70,0", 70),
        ("milestones", "due_on", "15/09/2027", "2027-09-15"),
        ("milestones", "due_on", "2027-09-15", "2027-09-15"),
        ("expenses", "head", "Équipement et fournitures", "equipment"),
        ("expenses", "head", "EQUIPEMENT ET FOURNITURES", "equipment"),
        ("expenses", "head", "staff", "staff"),
        ("partners", "has_letter", "oui", True),
        ("partners", "has_letter", "", False),
        ("partners", "siren", "732 829 320", "732829320"),
    ],
)
def test_a_cell_is_read_as_france_writes(table, name, typed, kept):
    assert read_cell(cell_of(table, name), typed) == kept


@pytest.mark.parametrize(
    ("table", "name", "typed", "words"),
    [
        ("expenses", "amount_euros", "12.500", "écrivez 12500 ou 12,500"),
        ("expenses", "amount_euros", "1" + "0" * 28, "Écrivez un nombre de 0 à"),
        ("expenses", "amount_euros", "-5", "de 0 à 99"),
        ("expenses", "amount_euros", "mille", "Écrivez un nombre"),
        ("expenses", "amount_euros", "1e9", "Écrivez un nombre"),
        ("expenses", "amount_euros", "٣", "Écrivez un nombre"),
        ("modules", "hours", "3,5", "nombre entier"),
        ("modules", "hours", "10000", "de 0 à 9"),
        ("modules", "title", "x" * 201, "200 caractères au plus"),
        ("milestones", "due_on", "31/02/2027", "Écrivez une date"),
        ("expenses", "head", "salaires", "Choisissez dans la liste"),
        ("partners", "has_letter", "peut-être", "oui ou non"),
        ("partners", "siren", "123456789", "SIREN n'est pas valide"),
    ],
)
def test_a_wrong_cell_is_explained(table, name, typed, words):
    with pytest.raises(forms.ValidationError, match=words):
        read_cell(cell_of(table, name), typed)


# --- The lines of a page --------------------------------------------------------------------------------------------


def field(name="expenses"):
    return RowsField(name=name, table=TABLES[name])


def posted(text, name="expenses"):
    return field(name).widget.value_from_datadict(QueryDict(text), None, name)


def test_lines_come_in_the_order_of_their_numbers_and_empty_ones_go():
    lines = posted(
        "expenses-10-detail=b&expenses-2-detail=a&expenses-3-detail=+&expenses-x-detail=c&resources-1-funder=d"
    )
    assert [line["detail"] for line in lines] == ["a", "b"]


def test_a_line_may_be_incomplete_and_says_what_it_lacks():
    lines = field().clean(posted("expenses-0-detail=Salaires"))
    assert lines == [{"head": "", "detail": "Salaires", "amount_euros": None}]
    assert [(index, cell.name) for index, cell in EXPENSES.gaps(lines)] == [(0, "head"), (0, "amount_euros")]


def test_a_wrong_cell_keeps_the_table_back_and_stays_on_the_page():
    rows = field()
    typed = posted("expenses-0-detail=Salaires&expenses-0-amount_euros=beaucoup&expenses-1-amount_euros=12")

    with pytest.raises(forms.ValidationError) as refusal:
        rows.clean(typed)

    assert refusal.value.messages == ["Ligne 1, Montant : Écrivez un nombre, par exemple 1 250."]
    shown = rows.prepare_value(typed)
    assert [cell.value for cell in shown[0].cells] == ["", "Salaires", "beaucoup"]
    assert [bool(cell.error) for cell in shown[0].cells] == [False, False, True]
    assert [line.is_free for line in shown] == [False, False, True, True, True]


def test_a_table_has_a_longest_length():
    text = "&".join(f"expenses-{number}-detail=a" for number in range(61))
    with pytest.raises(forms.ValidationError, match="60 lignes au plus"):
        field().clean(posted(text))


# --- Spreadsheets ---------------------------------------------------------------------------------------------------


def test_a_sheet_with_the_columns_of_the_table_is_read_column_by_column():
    text = "Poste de dépense\tPrécision\tMontant\nPersonnel\tDeux formateurs\t62 000,40 €\nPromotion\t\t1500\n\tTotal\t63 500"
    assert parse_pasted(text, EXPENSES) == [
        {"head": "Personnel", "detail": "Deux formateurs", "amount_euros": "62 000,40 €"},
        {"head": "Promotion", "detail": "", "amount_euros": "1500"},
    ]


def test_a_sheet_with_other_columns_finds_its_cells():
    text = 'Salaire du formateur\t31\u202f000\r\n"Location\nde la salle"\t4 200,00\r\nDivers\tpersonnel\t12\tà préciser'
    assert parse_pasted(text, EXPENSES) == [
        {"head": "", "detail": "Salaire du formateur", "amount_euros": "31\u202f000"},
        {"head": "", "detail": "Location\nde la salle", "amount_euros": "4 200,00"},
        {"head": "personnel", "detail": "Divers – à préciser", "amount_euros": "12"},
    ]


def test_pasted_lines_follow_the_typed_ones_with_the_values_of_their_lists():
    lines = posted("expenses-0-detail=Salaires&expenses-paste=Location+de+salles+ou+de+locaux%09%09900")
    assert [(line["head"], line["detail"], line["amount_euros"]) for line in lines] == [
        ("", "Salaires", ""),
        ("premises", "", "900"),
    ]


def test_a_total_that_is_a_name_stays():
    assert parse_pasted("Total Énergies\tMécénat", TABLES["resources"])[0]["funder"] == "Total Énergies – Mécénat"


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters='"'), min_size=1, max_size=20
)
amounts = st.integers(0, 9_999_999).map(lambda cents: cents / 100)


def in_french(amount, thousands):
    return f"{amount:,.2f}".replace(",", thousands).replace(".", ",")


@given(
    st.lists(st.tuples(texts, amounts), min_size=1, max_size=20), st.sampled_from([" ", "\u00a0", "\u202f", ""]),
    st.sampled_from(["", " €", "\u00a0€"]), st.sampled_from(["\n", "\r\n"]),
)  # fmt: skip
def test_every_amount_of_a_sheet_is_read_and_adds_up(rows, thousands, unit, line_break):
    """What one copies from a French spreadsheet gives the same sum, whatever its spaces."""
    text = line_break.join(f"Poste {name}\t{in_french(amount, thousands)}{unit}" for name, amount in rows)

    lines = RowsField(name="expenses", table=EXPENSES).clean(parse_pasted(text, EXPENSES))

    assert [line["amount_euros"] for line in lines] == [int(amount + 0.5) for _, amount in rows]
    assert total(lines, "amount_euros") == sum(int(amount + 0.5) for _, amount in rows)


@given(st.text(max_size=300), st.sampled_from(sorted(TABLES)))
@example("Précision", "expenses")
@example("Intitulé du module", "modules")
def test_nothing_that_is_pasted_breaks_or_is_lost(text, name):
    """Any text gives lines of the table; every word of a line that is kept is in one of its cells."""
    table = TABLES[name]
    lines = parse_pasted(f"{text}\tbien gardé", table)
    assert all(set(line) == {cell.name for cell in table.cells} for line in lines)
    assert "bien gardé" in "".join("".join(line.values()) for line in lines)


@given(st.integers(0, 10**9), st.sampled_from([" ", "\u00a0", "\u202f"]))
def test_a_number_written_by_the_portal_is_read_back(number, thousands):
    assert read_decimal(phrases.number(number).replace(phrases.THIN, thousands)) == number


# --- Arithmetic -----------------------------------------------------------------------------------------------------

euros = st.one_of(st.none(), st.integers(0, 99_999_999))


@given(st.lists(euros, min_size=1, max_size=30), st.lists(euros, max_size=30), euros, euros)
def test_a_budget_adds_up(expenses, resources, grant, own):
    application = Application(
        expenses=[EXPENSES.line(amount_euros=amount) for amount in expenses],
        resources=[TABLES["resources"].line(amount_euros=amount) for amount in resources],
        requested_grant_euros=grant,
        own_funds_euros=own,
    )
    application.settle_totals()

    spent, received = sum(filter(None, expenses)), sum(filter(None, [*resources, grant, own]))
    assert (application.total_budget_euros, application.balance_euros) == (spent, received - spent)
    assert (said_of_balance(received - spent) == "Le budget est équilibré.") is (spent == received)
    if spent and grant is not None:
        assert abs(application.grant_share_percent - 100 * grant / spent) <= 0.0501


@given(st.integers(0, 5), st.integers(0, 40), st.integers(0, 2000), st.integers(0, 10**7))
def test_costs_are_known_only_when_their_divisor_is(sessions, seats, hours, amount):
    application = Application(session_count=sessions, seat_count=seats, total_hours=hours, total_budget_euros=amount)
    learners = sessions * seats
    assert (application.cost_per_learner_euros is None) is (learners == 0)
    assert (application.cost_per_hour_euros is None) is (learners * hours == 0)
    if learners:
        assert abs(application.cost_per_learner_euros * learners - amount) <= learners / 2


def test_without_expenses_there_is_no_total():
    application = Application(total_budget_euros=1)
    application.settle_totals()
    assert (application.total_budget_euros, application.balance_euros) == (None, None)


@pytest.mark.parametrize(
    ("announced", "described", "words"),
    [
        (700, 700, "Le compte est bon."),
        (700, 600, "Il reste 100 h à décrire, périodes en entreprise comprises."),
        (700, 720, "Les modules dépassent de 20 h."),
        (None, 720, ""),
        (700, 0, ""),
    ],
)
def test_hours_of_modules_are_compared_with_the_total(announced, described, words):
    application = Application(total_hours=announced, modules=[MODULES.line(title="Web", hours=described)])
    assert said_of_hours(application).replace(phrases.NBSP, " ") == words


def test_an_empty_cell_is_what_its_kind_says():
    blanks = {
        kind: Cell("a", "A", kind).blank for kind in ("text", "number", "euros", "day", "choice", "tick", "siren")
    }
    assert blanks == {"text": "", "number": None, "euros": None, "day": "", "choice": "", "tick": False, "siren": ""}
