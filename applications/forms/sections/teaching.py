"""What is taught, to whom, how and with whom: the sections from the training to its outlets."""

import re

from django import forms

from applications.forms.sections.base import YES_NO, AnswerMeta, SectionForm
from applications.models.sections import BY_CODE


class TrainingForm(SectionForm):
    class Meta(AnswerMeta):
        fields = BY_CODE["formation"].fields
        widgets = {"summary": forms.Textarea({"rows": 5}), "entry_conditions": forms.Textarea({"rows": 3})}
        help_texts = {
            "summary": "Trois à six phrases. Si la formation est labellisée, ce texte paraîtra au registre public.",
            "target_jobs": "Par exemple : développeuse web, technicien d'assistance.",
            "entry_conditions": "Facultatif. Âge, situation, motivation : ce que vous vérifiez à l'entrée.",
            "rncp_code": "Pour un titre ou une certification enregistrés, par exemple RNCP37674.",
            "certification_level": "Pour un diplôme, un titre ou une certification.",
            "total_hours": "Pour un apprenant, périodes en entreprise comprises.",
            "company_week_count": "Facultatif. Stages et périodes en entreprise. Écrivez 0 s'il n'y en a pas.",
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

    def clean(self):
        cleaned = super().clean()
        weeks, in_company = cleaned.get("week_count"), cleaned.get("company_week_count")
        if weeks is not None and in_company is not None and in_company > weeks:
            self.add_error("company_week_count", f"La formation dure {weeks} semaines : il ne peut y en avoir plus.")
        return cleaned


class ProgrammeForm(SectionForm):
    class Meta(AnswerMeta):
        fields = BY_CODE["programme"].fields
        widgets = {"programme": forms.Textarea({"rows": 8})}
        help_texts = {
            "modules": "Un module par ligne, dans l'ordre où ils se suivent. Leurs heures sont comparées à la durée "
            "totale de « La formation ».",
            "programme": "Facultatif. Ce que le tableau ne dit pas : progression, périodes en entreprise, jurys.",
        }


class PedagogyForm(SectionForm):
    class Meta(AnswerMeta):
        fields = BY_CODE["pedagogie"].fields
        widgets = dict.fromkeys(BY_CODE["pedagogie"].fields, forms.Textarea({"rows": 6}))
        help_texts = {
            "pedagogy": "Ce qui fait que l'on apprend chez vous, y compris quand on a quitté l'école.",
            "projects": "Pour qui, en équipe ou seul, avec quel résultat.",
            "peer_learning": "Facultatif.",
            "mentoring": "Facultatif. Parrains, marraines, tuteurs en entreprise : combien, à quel rythme.",
            "learner_support": "Logement, transport, garde d'enfants, santé, recherche d'emploi : qui aide, et quand.",
            "accessibility": "Référent handicap, adaptation des postes, des rythmes et des supports.",
        }


class AudienceForm(SectionForm):
    class Meta(AnswerMeta):
        fields = BY_CODE["publics"].fields
        widgets = {
            "sourcing": forms.Textarea({"rows": 7}),
            "dropout_measures": forms.Textarea({"rows": 6}),
            "learner_status": forms.Textarea({"rows": 4}),
        }
        help_texts = {
            "women_percent": "Parmi les apprenants que vous prévoyez d'accueillir. Le programme vise 30 % de femmes.",
            "young_neet_percent": "Une même personne peut compter dans plusieurs de ces parts.",
            "rural_area_percent": "Facultatif.",
            "disabled_percent": "Facultatif.",
            "sourcing_channels": "Cochez tout ce que vous utilisez.",
            "sourcing": "Comment vous les rencontrez, et comment vous les choisissez.",
            "dropout_measures": "Ce que vous faites pour que chacun aille au bout : suivi, alertes, aides.",
            "learner_status": "Stagiaires de la formation professionnelle, alternants, étudiants… et leur rémunération.",
        }


class FreeAccessForm(SectionForm):
    is_free = forms.TypedChoiceField(
        label="La formation est-elle gratuite pour l'apprenant ?",
        choices=YES_NO,
        coerce=lambda value: value == "True",
        empty_value=None,
        widget=forms.RadioSelect({"data-gen-inline": True}),
    )

    class Meta(AnswerMeta):
        fields = BY_CODE["gratuite"].fields
        widgets = dict.fromkeys(("teaching_payers", "learner_aids"), forms.Textarea({"rows": 4}))
        help_texts = {
            "cost_note": "Si la formation n'est pas gratuite : ce que paie l'apprenant, et ce qui peut l'aider.",
            "teaching_payers": "Région, service de l'emploi, opérateur de compétences, entreprises, fonds propres…",
            "learner_aids": "Facultatif. Bourses, restauration, transport, prêt d'ordinateur : qui les donne.",
        }


class PartnershipForm(SectionForm):
    class Meta(AnswerMeta):
        fields = BY_CODE["partenariats"].fields
        widgets = {"partnerships": forms.Textarea({"rows": 5})}
        help_texts = {
            "partners": "Un partenaire par ligne. Cochez « Lettre d'engagement » si elle est jointe au dossier.",
            "partnerships": "Facultatif. Ce que le tableau ne dit pas.",
        }


class EmploymentForm(SectionForm):
    class Meta(AnswerMeta):
        fields = BY_CODE["debouches"].fields
        widgets = {
            "employment_outlook": forms.Textarea({"rows": 7}),
            "employers": forms.Textarea({"rows": 4}),
            "leaver_follow_up": forms.Textarea({"rows": 4}),
        }
        help_texts = {
            "employment_outlook": "Les besoins des employeurs autour de vous, d'où vous les tenez, les emplois visés.",
            "employers": "Facultatif. Un employeur par ligne.",
            "positive_exit_3_months_percent": "Emploi, alternance, création d'entreprise ou formation, parmi les "
            "apprenants sortis.",
            "positive_exit_percent": "Les mêmes, six mois après la sortie.",
            "leaver_follow_up": "Qui les rappelle, quand, et ce que vous faites si la situation n'est pas bonne.",
        }
