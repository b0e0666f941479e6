"""The sections of a dossier as forms. A draft may be incomplete: only what is wrong is refused, and the rest is kept."""

import re

from django import forms

from applications.forms.blank_choices import word_blank_choices
from applications.models import Application, Site
from applications.models.sections import BY_CODE, ceiling_euros
from gen_portal.core import phrases

_YES_NO = [("True", "Oui"), ("False", "Non")]


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


class TrainingForm(SectionForm):
    class Meta:
        model = Application
        fields = BY_CODE["formation"].fields
        widgets = {"summary": forms.Textarea({"rows": 5})}
        help_texts = {
            "summary": "Trois à six phrases. Si la formation est labellisée, ce texte paraîtra au registre public.",
            "target_jobs": "Par exemple : développeuse web, technicien d'assistance.",
            "rncp_code": "Pour un titre ou une certification enregistrés, par exemple RNCP37674.",
            "total_hours": "Pour un apprenant, périodes en entreprise comprises.",
            "on_site_percent": "Le reste se suit à distance. De 0 à 100.",
            "session_count": "Pendant la durée du label.",
            "seat_count": "L'appel attend au moins dix apprenants par promotion.",
        }

    def clean_rncp_code(self):
        code = re.sub(r"[\s.-]", "", self.cleaned_data["rncp_code"]).upper()
        if not code:
            return ""
        code = code if code.startswith("RNCP") else f"RNCP{code}"
        if not re.fullmatch(r"RNCP\d{3,6}", code):
            raise forms.ValidationError("Un code RNCP s'écrit « RNCP » suivi de 3 à 6 chiffres, par exemple RNCP37674.")
        return code


class PedagogyForm(SectionForm):
    class Meta:
        model = Application
        fields = BY_CODE["programme"].fields
        widgets = {"programme": forms.Textarea({"rows": 14}), "pedagogy": forms.Textarea({"rows": 12})}
        help_texts = {
            "programme": "Les modules, leur durée, les outils et la façon dont les acquis sont évalués.",
            "pedagogy": "Projets, entraide, tutorat, accueil des personnes handicapées, lutte contre l'abandon.",
        }


class AudienceForm(SectionForm):
    is_free = forms.TypedChoiceField(
        label="La formation est-elle gratuite pour l'apprenant ?",
        choices=_YES_NO,
        coerce=lambda value: value == "True",
        empty_value=None,
        widget=forms.RadioSelect({"data-gen-inline": True}),
    )

    class Meta:
        model = Application
        fields = BY_CODE["publics"].fields
        widgets = {"sourcing": forms.Textarea({"rows": 9})}
        help_texts = {
            "sourcing": "Avec quels partenaires vous trouvez les apprenants, et comment vous les choisissez.",
            "women_percent": "Parmi les apprenants que vous prévoyez d'accueillir. Le programme vise 30 % de femmes.",
            "young_neet_percent": "Parmi les apprenants. Une même personne peut compter dans plusieurs de ces parts.",
            "cost_note": "Si la formation n'est pas gratuite : ce que paie l'apprenant, et ce qui peut l'aider.",
        }


class PartnershipForm(SectionForm):
    class Meta:
        model = Application
        fields = BY_CODE["partenariats"].fields
        widgets = {
            "partnerships": forms.Textarea({"rows": 8}),
            "employment_outlook": forms.Textarea({"rows": 8}),
        }
        help_texts = {
            "partnerships": "Un partenaire par ligne : son nom, son rôle, et si une lettre d'engagement est jointe.",
            "employment_outlook": "Les besoins des employeurs autour de vous, et les emplois visés.",
            "positive_exit_percent": "Emploi, alternance, création d'entreprise ou formation, parmi les apprenants sortis.",
        }


class BudgetForm(SectionForm):
    class Meta:
        model = Application
        fields = BY_CODE["budget"].fields
        widgets = {"other_resources": forms.Textarea({"rows": 6})}
        help_texts = {
            "total_budget_euros": "Coût complet de toutes les promotions prévues, en euros entiers.",
            "requested_grant_euros": "Subvention d'amorçage, versée une fois. Écrivez 0 si vous demandez le label seul.",
            "other_resources": "Un financeur par ligne : son nom, le montant, et s'il est demandé ou obtenu.",
        }

    def clean(self):
        cleaned = super().clean()
        total, requested = cleaned.get("total_budget_euros"), cleaned.get("requested_grant_euros")
        if total is None or requested is None:
            return cleaned
        self.instance.total_budget_euros = total
        limit = ceiling_euros(self.instance)
        if requested > total:
            self.add_error("requested_grant_euros", "La subvention demandée dépasse le budget total.")
        elif limit is not None and requested > limit:
            self.add_error(
                "requested_grant_euros",
                f"Pour ce budget, l'appel permet de demander {phrases.euros(limit)} au plus. "
                "Corrigez l'un ou l'autre montant.",
            )
        return cleaned


class CommitmentForm(SectionForm):
    class Meta:
        model = Application
        fields = BY_CODE["engagements"].fields
        labels = {
            "commits_to_free_access": "Dire à chaque candidat, avant son inscription, si la formation est gratuite",
            "commits_to_follow_up": "Transmettre chaque trimestre les chiffres de suivi de la formation",
            "commits_to_notify": "Signaler sans attendre tout changement : contenu, lieu, calendrier, partenaires",
            "signatory_name": "Nom du signataire",
        }
        help_texts = {
            "commits_to_free_access": "Si elle ne l'est pas, dire aussi ce qui reste à sa charge.",
            "signatory_name": "La personne qui engage la structure ; le dépôt par un responsable vaut signature.",
            "signatory_role": "Par exemple : présidente, directeur général.",
        }


class _SiteChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, site):
        return f"{site.name}, {site.street}, {site.postcode} {site.commune.name}"


class SitesForm(forms.Form):
    """Which places of the structure the dossier is about."""

    sites = _SiteChoice(
        label="Sites de la formation",
        queryset=Site.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Cochez tous les lieux où cette formation sera donnée.",
    )

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sites"].queryset = instance.training.structure.sites.for_page()
        self.initial["sites"] = list(instance.sites.order_by("pk"))

    @property
    def accepted(self):
        if "sites" not in self.cleaned_data:
            return {}
        return {"sites": list(self.cleaned_data["sites"])}


FORMS = {
    "formation": TrainingForm,
    "programme": PedagogyForm,
    "publics": AudienceForm,
    "partenariats": PartnershipForm,
    "sites": SitesForm,
    "budget": BudgetForm,
    "engagements": CommitmentForm,
}


def section_form(section, application, data=None):
    """The form of a section, filled with what is stored or with what was just typed."""
    return FORMS[section.code](data, instance=application)
