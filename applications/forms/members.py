"""Forms about the people of a structure."""

from django import forms

from applications.models import MemberRole

#: What each role allows, in the words of its choice.
ROLES = (
    (MemberRole.OWNER, "Responsable : écrit, dépose et retire les dossiers, invite et retire des membres"),
    (MemberRole.EDITOR, "Rédacteur : écrit les dossiers et y joint les pièces"),
    (MemberRole.READER, "Lecteur : lit les dossiers, ne change rien"),
)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Rôle", choices=ROLES, widget=forms.RadioSelect, initial=MemberRole.EDITOR)


class InvitationForm(RoleForm):
    """To whom, to do what."""

    email = forms.EmailField(
        label="Adresse électronique",
        help_text="Celle que cette personne lit : seul le titulaire de cette adresse pourra accepter.",
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    field_order = ["email", "role"]
