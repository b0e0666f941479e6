"""Forms of the foundation's pages: they validate, `capacities` writes."""

from django import forms

from gen_portal.core import clock
from gen_portal.core.models import Capacity, Role, User


class CapacityForm(forms.ModelForm):
    """Whom to give which role, for which ministry or region, from when to when."""

    email = forms.EmailField(
        label="Adresse électronique de la personne",
        help_text="Elle doit avoir un compte : demandez-lui d'abord de s'inscrire.",
        widget=forms.EmailInput({"autocomplete": "off"}),
    )

    class Meta:
        model = Capacity
        fields = ["email", "role", "ministry", "region", "from_on", "until_on"]
        widgets = {
            "from_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "until_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "ministry": "Pour un instructeur ; facultatif pour un membre du comité.",
            "region": "Pour un service régional seulement.",
            "until_on": "Laissez vide si la fin n'est pas connue.",
        }

    def clean_email(self):
        user = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if user is None:
            raise forms.ValidationError(
                "Aucun compte n'a cette adresse. Vérifiez-la, ou demandez à la personne de s'inscrire d'abord."
            )
        self.instance.user = user
        return user.email

    def clean(self):
        cleaned = super().clean()
        role, ministry, region = cleaned.get("role"), cleaned.get("ministry"), cleaned.get("region")
        if role == Role.REVIEWER and ministry is None:
            self.add_error("ministry", "Indiquez le ministère pour lequel cette personne évalue.")
        if role == Role.REGIONAL_SERVICE and region is None:
            self.add_error("region", "Indiquez la région de ce service.")
        if role and role != Role.REGIONAL_SERVICE and region is not None:
            self.add_error("region", "Seul un service régional a une région : laissez ce champ vide.")
        if role and role not in (Role.REVIEWER, Role.COMMITTEE_MEMBER) and ministry is not None:
            self.add_error("ministry", "Ce rôle n'a pas de ministère : laissez ce champ vide.")
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", "Le dernier jour précède le premier.")
        return cleaned


class FactorResetForm(forms.Form):
    """Whose second factor is lost, and how they were known."""

    email = forms.EmailField(
        label="Adresse électronique du compte", widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={"required": "Donnez l'adresse du compte.", "invalid": "Cette adresse n'est pas valide."},
    )  # fmt: skip
    checked_how = forms.CharField(
        label="Comment avez-vous vérifié son identité ?", max_length=1000, widget=forms.Textarea({"rows": 4}),
        help_text="Par exemple : rappelé au numéro de son service, pièce d'identité montrée en visioconférence.",
        error_messages={"required": "Dites comment : c'est ce que lira la seconde personne."},
    )  # fmt: skip

    def clean_email(self):
        self.user = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if self.user is None:
            raise forms.ValidationError("Aucun compte ouvert n'a cette adresse.")
        return self.user.email


class CapacityFilterForm(forms.Form):
    role = forms.ChoiceField(label="Rôle", required=False, choices=[("", "Tous les rôles"), *Role.choices])
    passees = forms.BooleanField(label="Montrer aussi les habilitations terminées", required=False)


class OutboxFilterForm(forms.Form):
    """Which mails to show."""

    STATES = (
        ("", "Tous les courriels"),
        ("a-traiter", "À traiter par l'équipe"),
        ("en-attente", "En attente d'envoi"),
        ("envoyes", "Envoyés"),
        ("annules", "Annulés"),
        ("retenus", "Retenus par l'équipe"),
        ("retournes", "Retournés à traiter"),
    )
    etat = forms.ChoiceField(label="État", required=False, choices=STATES)
    texte = forms.CharField(label="Destinataire ou objet", required=False, max_length=100)

    def matching(self, mails):
        """Those of some mails that answer the filter; a filter that makes no sense shows everything."""
        values = self.cleaned_data if self.is_valid() else {}
        return mails.in_state(values.get("etat")).mentioning(values.get("texte"))


class JournalFilterForm(forms.Form):
    """Which acts to show."""

    acte = forms.CharField(label="Acte", required=False, max_length=60)
    personne = forms.CharField(label="Auteur (nom ou adresse)", required=False, max_length=100)
    depuis = forms.DateField(label="Depuis le", required=False, widget=forms.DateInput({"type": "date"}))

    def period_start(self):
        day = self.cleaned_data.get("depuis")
        return clock.start_of(day) if day else None
