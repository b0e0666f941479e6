"""What the forms of all sections share: columns become fields, nothing is required, and what is right may be stored."""

from django import forms
from django.utils.text import capfirst

from applications.forms.blank_choices import word_blank_choices
from applications.forms.rows import RowsField
from applications.models import Application, SourcingChannel
from applications.models.tables import TABLES

YES_NO = [("True", "Oui"), ("False", "Non")]


def answer_field(column, *, help_text="", **kwargs):
    """The form field of one answer: a table for a list of lines, boxes for a list of codes, Django's own otherwise."""
    label = capfirst(column.verbose_name)
    if column.name in TABLES:
        return RowsField(name=column.name, table=TABLES[column.name], label=label, help_text=help_text)
    if column.name == "sourcing_channels":
        boxes = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(
            label=label, choices=SourcingChannel.choices, widget=boxes, help_text=help_text
        )
    return column.formfield(help_text=help_text, **kwargs)


class AnswerMeta:
    """What the `Meta` of every section begins with."""

    model = Application
    formfield_callback = staticmethod(answer_field)


class SectionForm(forms.ModelForm):
    """One section; `accepted` holds the answers that may be stored, also when others are wrong."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
        word_blank_choices(self.fields)

    @property
    def accepted(self):
        return {name: value for name, value in self.cleaned_data.items() if name in self.fields}
