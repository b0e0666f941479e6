"""What a select says before one has chosen."""

from django import forms


def word_blank_choices(fields):
    """« Choisissez » rather than dashes, in every select of a form that may still be empty."""
    for field in fields.values():
        if isinstance(field.widget, forms.Select) and not isinstance(field, forms.ModelChoiceField):
            field.choices = [(value, label if value else "Choisissez") for value, label in field.choices]
