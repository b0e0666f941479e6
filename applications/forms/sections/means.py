"""Who carries the training, where, with what money, when, and what the structure promises."""

import re

from django import forms

from applications.forms.sections.base import AnswerMeta, SectionForm
from applications.models import Site
from applications.models.sections import BY_CODE, ceiling_euros
from applications.models.tables import total
from gen_portal.core import phrases


class StructureForm(SectionForm):
    class Meta(AnswerMeta):
        fields = BY_CODE["structure"].fields
        widgets = {
            "prior_labels": forms.Textarea({"rows": 3}),
            "activity_number": forms.TextInput({"inputmode": "numeric"}),
            "manager_phone": forms.TextInput({"type": "tel"}),
        }
        help_texts = {
            "activity_number": "11 chiffres, donnés par la préfecture de région. Indispensable si la formation est déjà "
            "dispensée.",
            "structure_created_on": "Celle des statuts ou de l'immatriculation.",
            "trainer_count": "Ceux qui enseigneront dans cette formation.",
            "network": "Facultatif. Le réseau ou la fédération dont vous êtes membre.",
            "quality_marks": "Facultatif. Qualiopi, ESUS, marque d'un réseau…",
            "prior_labels": "Facultatif. Formations déjà labellisées, et en quelle année.",
            "manager_name": "La personne que l'équipe des appels peut appeler.",
        }

    def clean_activity_number(self):
        number = re.sub(r"\s", "", self.cleaned_data["activity_number"])
        if number and not re.fullmatch(r"\d{11}", number, re.ASCII):
            raise forms.ValidationError("Un numéro de déclaration d'activité compte 11 chiffres.")
        return number


class BudgetForm(SectionForm):
    class Meta(AnswerMeta):
        fields = BY_CODE["budget"].fields
        widgets = {"other_resources": forms.Textarea({"rows": 4})}
        help_texts = {
            "expenses": "Une dépense par ligne, toutes promotions comprises. Les centimes sont arrondis à l'euro.",
            "requested_grant_euros": "Subvention d'amorçage, versée une fois. Écrivez 0 si vous demandez le label seul.",
            "own_funds_euros": "Facultatif. Ce que la structure apporte elle-même.",
            "resources": "Tous les financeurs, sauf la subvention demandée ici et vos fonds propres.",
            "other_resources": "Facultatif. Apports en nature, conditions d'un financement…",
        }

    def clean(self):
        cleaned = super().clean()
        requested, expenses = cleaned.get("requested_grant_euros"), cleaned.get("expenses")
        if requested is None or not expenses:
            return cleaned
        self.instance.total_budget_euros = budget = total(expenses, "amount_euros")
        limit = ceiling_euros(self.instance)
        if requested > budget:
            self.add_error("requested_grant_euros", "La subvention demandée dépasse le budget total.")
        elif limit is not None and requested > limit:
            self.add_error(
                "requested_grant_euros",
                f"Pour ce budget, l'appel permet de demander {phrases.euros(limit)} au plus. "
                "Corrigez l'un ou l'autre montant.",
            )
        return cleaned


class CalendarForm(SectionForm):
    class Meta(AnswerMeta):
        fields = BY_CODE["calendrier"].fields
        help_texts = {
            "milestones": "Facultatif. Recrutement des formateurs, ouverture des inscriptions, sélection, bilan…",
            "planned_sessions": "Une promotion par ligne. Si la formation est labellisée, la première date paraîtra au "
            "registre public.",
        }


class CommitmentForm(SectionForm):
    class Meta(AnswerMeta):
        fields = BY_CODE["engagements"].fields
        labels = {
            "commits_to_free_access": "Dire à chaque candidat, avant son inscription, si la formation est gratuite",
            "commits_to_follow_up": "Transmettre chaque trimestre les chiffres de suivi de la formation",
            "commits_to_survey": "Répondre aux enquêtes du programme, et y inviter les apprenants",
            "commits_to_logo": "N'utiliser le nom et le logo du label que pour la formation labellisée, tant qu'elle l'est",
            "commits_to_notify": "Signaler sans attendre tout changement : contenu, lieu, calendrier, partenaires",
            "commits_to_privacy": "Dire aux apprenants quelles données les concernant sont transmises, et pourquoi",
            "signatory_name": "Nom du signataire",
        }
        help_texts = {
            "commits_to_free_access": "Si elle ne l'est pas, dire aussi ce qui reste à sa charge.",
            "commits_to_privacy": "Le suivi ne transmet que des nombres, jamais de noms.",
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
        self.initial["sites"] = list(instance.sites.all())

    @property
    def accepted(self):
        if "sites" not in self.cleaned_data:
            return {}
        return {"sites": list(self.cleaned_data["sites"])}
