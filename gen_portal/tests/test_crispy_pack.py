"""The form pack: whatever the field, an error is one click away, and what describes a control exists."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms

pytestmark = pytest.mark.once

CHOICES = [("a", "Un"), ("b", "Deux")]


class EveryField(forms.Form):
    name = forms.CharField(label="Intitulé", help_text="Court.")
    summary = forms.CharField(label="Résumé", max_length=20, widget=forms.Textarea)
    seats = forms.IntegerField(label="Places")
    day = forms.DateField(label="Début")
    instant = forms.DateTimeField(label="Instant")
    closing = forms.SplitDateTimeField(label="Clôture", help_text="Heure de Paris.")
    region = forms.ChoiceField(label="Région", choices=CHOICES)
    regions = forms.MultipleChoiceField(label="Régions", choices=CHOICES)
    opinion = forms.ChoiceField(label="Avis", choices=CHOICES, widget=forms.RadioSelect)
    publics = forms.MultipleChoiceField(label="Publics", choices=CHOICES, widget=forms.CheckboxSelectMultiple)
    nothing = forms.MultipleChoiceField(label="Sans choix", choices=[], widget=forms.CheckboxSelectMultiple)
    birthday = forms.DateField(label="Date composée", widget=forms.SelectDateWidget(years=[2016, 2017]))
    budget = forms.FileField(label="Budget", help_text="PDF.")
    oath = forms.BooleanField(label="Attestation", help_text="Sur l'honneur.")
    password = forms.CharField(label="Mot de passe", widget=forms.PasswordInput)

    def clean(self):
        self.add_error(None, "Les dates ne vont pas ensemble.")


class Page(HTMLParser):
    """What a page has by way of ids, links inside it, and descriptions."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.targets, self.described, self.tags = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.targets += [attrs["href"][1:]] if attrs.get("href", "").startswith("#") else []
        for name in ("aria-describedby", "aria-labelledby", "for"):
            self.described += attrs.get(name, "").split()

    def control(self, name):
        return next(attrs for _, attrs in self.tags if attrs.get("name") == name)


def laid_out(layout=None):
    helper = FormHelper()
    helper.layout = layout
    helper.add_input(Submit("save", "Enregistrer"))
    return helper


LAYOUTS = {
    "all fields": None,
    "in fieldsets": Layout(Fieldset("Tout", *EveryField.base_fields)),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("prefix", [None, "dossier"])
def test_each_error_links_to_an_element_of_the_page(layout, prefix):
    form = EveryField({"irrelevant": "x"}, prefix=prefix)
    page = Page(render_crispy_form(form, laid_out(layout)))
    assert len(page.targets) == len(EveryField.base_fields)
    assert [target for target in page.targets if target not in page.ids] == []


@pytest.mark.parametrize("data", [None, {"irrelevant": "x"}], ids=["blank", "with errors"])
def test_ids_are_unique_and_descriptions_exist(data):
    page = Page(render_crispy_form(EveryField(data), laid_out()))
    assert sorted(set(page.ids)) == sorted(page.ids)
    assert [name for name in page.described if name not in page.ids] == []


def test_errors_of_a_formset_stand_in_one_summary_with_links():
    lines = forms.formset_factory(EveryField, extra=2)
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-name": "x", "form-1-name": "y"}
    html = render_crispy_form(lines(data), laid_out())
    page = Page(html)
    assert html.count("data-gen-errors") == 1
    assert len(page.targets) == 2 * (len(EveryField.base_fields) - 1)
    assert [target for target in page.targets if target not in page.ids] == []
    assert sorted(set(page.ids)) == sorted(page.ids)


def test_a_text_area_is_counted_and_never_cut():
    area = Page(render_crispy_form(EveryField(), laid_out())).control("summary")
    assert "maxlength" not in area
    assert area["data-gen-counter"] == "20"
    assert area["aria-describedby"] == "id_summary_limit"


def test_what_was_typed_comes_back():
    typed = {"name": "Développer", "summary": "x" * 30, "seats": "douze", "opinion": "b", "publics": ["a", "b"]}
    html = render_crispy_form(EveryField(typed), laid_out())
    page = Page(html)
    checked = [(attrs["name"], attrs["value"]) for _, attrs in page.tags if "checked" in attrs]
    assert page.control("name")["value"] == "Développer"
    assert page.control("seats")["value"] == "douze"
    assert "x" * 30 in html
    assert checked == [("opinion", "b"), ("publics", "a"), ("publics", "b")]


def test_native_pickers_get_values_they_can_read():
    instant = datetime(2017, 2, 24, 17, 0, tzinfo=UTC)
    form = EveryField(initial={"day": instant.date(), "instant": instant, "closing": instant})
    page = Page(render_crispy_form(form, laid_out()))
    expected = {
        "day": ("date", "2017-02-24"),
        "instant": ("datetime-local", "2017-02-24T18:00"),
        "closing_0": ("date", "2017-02-24"),
        "closing_1": ("time", "18:00"),
    }
    assert {name: (page.control(name)["type"], page.control(name)["value"]) for name in expected} == expected


def test_no_style_nor_script_is_written_in_a_form():
    page = Page(render_crispy_form(EveryField({"irrelevant": "x"}), laid_out()))
    assert [tag for tag, attrs in page.tags if tag in ("script", "style") or "style" in attrs] == []
