"""Forms of the regional opinion: the list of a service, the opinion, what a call asks."""

from django import forms

from applications.models import Call
from labelling.models import Recommendation, TacitRule


class RegionalFilterForm(forms.Form):
    """Which dossiers of the region to show; by default those whose opinion is still expected."""

    STATES = (
        ("", "Avis à donner"), ("donnes", "Avis donnés"), ("reputes", "Réputés favorables"), ("tous", "Tous les dossiers"),
    )  # fmt: skip
    etat = forms.ChoiceField(label="Avis", required=False, choices=STATES)
    appel = forms.ChoiceField(label="Appel", required=False)
    texte = forms.CharField(label="Structure, formation ou numéro", required=False, max_length=100)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        calls = Call.objects.filter(regional_opinion_rule__isnull=False).order_by("-opens_at")
        self.fields["appel"].choices = [("", "Tous les appels"), *((call.slug, call.title) for call in calls)]

    def matching(self, dossiers, today):
        """Those that answer the filter; a filter that makes no sense shows those to give."""
        values = self.cleaned_data if self.is_valid() else {}
        shown = {
            "donnes": dossiers.with_opinion,
            "reputes": lambda: dossiers.settled(today),
            "tous": dossiers.all,
        }.get(values.get("etat"), lambda: dossiers.to_give(today))()
        return shown.of_call(values.get("appel")).mentioning(values.get("texte", ""))


class RegionalOpinionForm(forms.Form):
    """The opinion of a region, given once."""

    verdict = forms.ChoiceField(
        label="Avis de la région", choices=Recommendation.choices, widget=forms.RadioSelect({"data-gen-inline": True}),
        error_messages={"required": "Choisissez un avis."},
    )  # fmt: skip
    text = forms.CharField(
        label="Motifs", required=False, max_length=4000, widget=forms.Textarea({"rows": 8}),
        help_text="Besoin local, partenaires, autres formations proches. Obligatoires pour un avis réservé ou défavorable.",
    )  # fmt: skip

    def clean(self):
        is_silent = not self.cleaned_data.get("text", "").strip()
        if is_silent and self.cleaned_data.get("verdict") in (Recommendation.RESERVED, Recommendation.UNFAVOURABLE):
            self.add_error("text", "Un avis réservé ou défavorable dit pourquoi : écrivez ses motifs.")
        return self.cleaned_data


class StandBackForm(forms.Form):
    """Why somebody of a service does not give this opinion."""

    reason = forms.CharField(
        label="Pourquoi ?", max_length=1000, widget=forms.Textarea({"rows": 4}),
        help_text="Seuls les chargés de mission lisent ce motif.",
        error_messages={"required": "Dites en quelques mots pourquoi vous vous déportez."},
    )  # fmt: skip


class RegionalRuleForm(forms.Form):
    """What a call asks of the regions."""

    days_count = forms.IntegerField(
        label="Jours pour donner un avis", min_value=1, max_value=365, help_text="À compter du dépôt de chaque dossier."
    )
    tacit = forms.ChoiceField(
        label="À l'échéance, le silence vaut", choices=TacitRule.choices, widget=forms.RadioSelect
    )  # fmt: skip
