"""What is asked of the lines of a cut-off: where a dossier goes, how many labels and grants, a name for a copy."""

from django import forms


class DrawForm(forms.Form):
    """Where one of the two lines goes, as a number of dossiers; the other one stays where it is."""

    labels = forms.IntegerField(label="Labels", required=False, min_value=0, max_value=99_999)
    grants = forms.IntegerField(label="Dossiers subventionnés", required=False, min_value=0, max_value=99_999)


class MoveForm(forms.Form):
    """A button of the table: « this dossier before that one », by their references; no second one: after all."""

    move = forms.CharField(max_length=60)

    def clean_move(self):
        moved, _, before = self.cleaned_data["move"].partition(" ")
        return moved, before


class PlaceForm(forms.Form):
    """Where one dossier goes, and why; `choices` of the others in their order."""

    LAST, HERE = "dernier", ""
    before = forms.ChoiceField(label="Placer ce dossier juste avant", required=False)
    exception = forms.CharField(
        label="Dérogation", required=False, max_length=1000, widget=forms.Textarea({"rows": 4}),
        help_text="Pourquoi ce dossier est placé devant un mieux classé, ou derrière un moins bien classé. Lue en séance, "
        "reprise au procès-verbal. Vide : pas de dérogation.",
    )  # fmt: skip

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        listed = [(str(key), words) for key, words in others]
        self.fields["before"].choices = [(self.HERE, "Laisser à sa place"), *listed, (self.LAST, "Tout à la fin")]


class CopyForm(forms.Form):
    name = forms.CharField(
        label="Nom du scénario", max_length=80, help_text="Par exemple : « Une par région », « Sans plafond »."
    )


class RestoreForm(forms.Form):
    exception = forms.CharField(
        label="Dérogation", required=False, max_length=1000, widget=forms.Textarea({"rows": 4}),
        help_text="Pour les dossiers que ce scénario fait passer derrière un moins bien classé sans dire pourquoi.",
    )  # fmt: skip


class CompareForm(forms.Form):
    """Two scenarios of a cut-off side by side."""

    a = forms.ChoiceField(label="Scénario")
    b = forms.ChoiceField(label="Comparé à")

    def __init__(self, asked, *, scenarios):
        """Before anything is asked, the first two."""
        first_two = {name: str(each.pk) for name, each in zip("ab", scenarios, strict=False)}
        super().__init__(asked if "a" in asked else None, initial=first_two)
        for field in self.fields.values():
            field.choices = [(str(each.pk), each.name) for each in scenarios]

    def chosen(self):
        """The keys of both, None where one is not asked for or does not exist."""
        chosen = self.cleaned_data if self.is_valid() else {}
        return tuple(int(chosen[name]) if name in chosen else None for name in ("a", "b"))


class SuggestionForm(forms.Form):
    """The minima a suggestion holds; an empty one asks nothing."""

    name = forms.CharField(label="Nom du scénario à créer", max_length=80)
    max_labels = forms.IntegerField(label="Labels, au plus", min_value=1, max_value=99_999)
    women_percent = forms.IntegerField(
        label="Femmes parmi les apprenants, au moins, en %", required=False, min_value=0, max_value=100
    )
    priority_area_percent = forms.IntegerField(
        label="Habitants de quartiers prioritaires, au moins, en %", required=False, min_value=0, max_value=100
    )
    overseas_count = forms.IntegerField(label="Labels outre-mer, au moins", required=False, min_value=0, max_value=9999)
    every_region = forms.BooleanField(label="Au moins un label dans chaque région qui a un dossier", required=False)
