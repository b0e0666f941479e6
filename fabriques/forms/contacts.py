"""Forms of the follow-up's contacts: they validate, `actions.contacts` writes."""

from django import forms

from gen_portal.core.models import User


class ContactsForm(forms.Form):
    """Which members of a structure receive the mails of the follow-up."""

    people = forms.ModelMultipleChoiceField(
        label="Personnes qui reçoivent les courriels du suivi",
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins une personne : quelqu'un doit être prévenu."},
    )

    def __init__(self, *args, members, **kwargs):
        receiving = [member.user.pk for member in members if member.is_receiving]
        super().__init__(*args, initial={"people": receiving}, **kwargs)
        self.fields["people"].queryset = User.objects.filter(pk__in=[member.user.pk for member in members]).by_name()
        self._words = {member.user.pk: _in_words(member) for member in members}
        self.fields["people"].label_from_instance = lambda user: self._words[user.pk]


def _in_words(member):
    returned = " – ses courriels nous reviennent" if member.is_unreachable else ""
    return f"{member.user} ({member.user.email}), {member.role_label}{returned}"
