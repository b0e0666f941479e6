"""Forms of the officers' desk: which dossiers to show, and the three answers about admissibility."""

from django import forms

from applications.models import ApplicationState
from applications.models.officers import followed_by
from gen_portal.core.models import Region

_SHOWN = [state for state in ApplicationState if state not in (ApplicationState.DRAFT, ApplicationState.WITHDRAWN)]


class AdmissibilityFilterForm(forms.Form):
    """Filters kept in the address; what makes no sense there filters nothing."""

    texte = forms.CharField(
        label="Structure, formation, SIRET ou numéro", required=False, max_length=100, widget=forms.TextInput
    )
    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[("", "Tous les états"), *((s.value, s.label.capitalize()) for s in _SHOWN)],
    )
    releve = forms.TypedChoiceField(label="Relevé", required=False, empty_value=None)
    region = forms.ModelChoiceField(
        label="Région", required=False, queryset=Region.objects.order_by("is_overseas", "name"), empty_label="Toutes"
    )

    miens = forms.BooleanField(label="Ceux que je suis", required=False)

    def __init__(self, *args, call, **kwargs):
        super().__init__(*args, **kwargs)
        cut_offs = {str(cut_off.number): cut_off for cut_off in call.cut_offs.all()}  # read with the call
        self.fields["releve"].choices = [("", "Tous"), *cut_offs.items()]
        self.fields["releve"].coerce = cut_offs.get

    def matching(self, applications, user, today):
        """The dossiers that answer the filters."""
        self.is_valid()
        values = self.cleaned_data
        if values.get("miens"):
            applications = followed_by(applications, user, today)
        return (
            applications.mentioning(values.get("texte", ""))
            .in_state(values.get("etat"))
            .in_cut_off(values.get("releve"))
            .in_region(values.get("region"))
        )


class InadmissibleForm(forms.Form):
    reason = forms.CharField(
        label="Motif",
        max_length=4000,
        widget=forms.Textarea({"rows": 8}),
        help_text="La structure le lira tel quel. Citez la condition du cahier des charges qui n'est pas remplie.",
        error_messages={"required": "Indiquez le motif : il est dû pour toute décision défavorable."},
    )


class CompletionForm(forms.Form):
    request = forms.CharField(
        label="Ce qui est demandé",
        max_length=4000,
        widget=forms.Textarea({"rows": 8}),
        help_text="La structure le lira tel quel. Dites ce qui manque et sous quelle forme l'envoyer.",
        error_messages={"required": "Indiquez ce qui manque : c'est ce que la structure lira."},
    )
    due_on = forms.DateField(
        label="Attendu jusqu'au (inclus)",
        widget=forms.DateInput,
        help_text="Jusqu'à minuit ce jour-là, heure de Paris.",
    )
