"""What the figures of a board are asked for, kept in the url."""

from django import forms

from labelling.forms.board import cut_off_choices


class BoardFiguresForm(forms.Form):
    """The whole call or one of its cut-offs; choices come from the dossiers, as on the board."""

    releve = forms.ChoiceField(label="Relevé", required=False)

    def __init__(self, *args, facets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["releve"].choices = cut_off_choices(facets)

    @property
    def cut_off(self):
        """The number of the one chosen; nothing for the whole call, and for one that makes no sense."""
        self.is_valid()
        return self.cleaned_data.get("releve", "")
