"""Forms of a mail to a list: its words, then the confirmation of what was read."""

import secrets

from django import forms
from django.core import signing

from fabriques import list_mails

_SALT = "fabriques.list_mail.seen"


class ListMailForm(forms.Form):
    """The words, and on whom to try them."""

    subject_line = forms.CharField(label="Objet", max_length=150)
    text = forms.CharField(
        label="Texte",
        max_length=4000,
        widget=forms.Textarea({"rows": 14}),
        help_text="Une ligne vide sépare deux paragraphes ; **deux étoiles** mettent en gras.",
    )
    recipient = forms.ChoiceField(label="Aperçu pour", required=False)

    def __init__(self, *args, mailing, **kwargs):
        super().__init__(*args, **kwargs)
        self._mails = {str(mail.user.pk): mail for mail in mailing.mails}
        self.fields["recipient"].choices = [
            (key, f"{mail.user} – {mail.structures}") for key, mail in self._mails.items()
        ]

    def clean(self):
        cleaned = super().clean()
        if found := list(list_mails.faults(cleaned.get("subject_line", ""), cleaned.get("text", ""))):
            self.add_error(None, found)
        return cleaned

    def chosen_mail(self):
        """The mail to show the words on: the one asked for, or the first; None when nobody would receive it."""
        return self._mails.get(self.cleaned_data.get("recipient")) or next(iter(self._mails.values()), None)


class SendForm(forms.Form):
    """The same words with what was read of the list: nothing else is sent."""

    subject_line = forms.CharField(max_length=150, widget=forms.HiddenInput)
    text = forms.CharField(max_length=4000, widget=forms.HiddenInput)
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)

    def clean_seen(self):
        try:
            return signing.loads(self.cleaned_data["seen"], salt=_SALT)
        except signing.BadSignature as fault:
            raise forms.ValidationError("L'aperçu n'est plus lisible : demandez-le de nouveau.") from fault


def send_form(words, mailing):
    """The confirmation of words for a list, with a key of its own."""
    seen = signing.dumps(mailing.seen(), salt=_SALT, compress=True)
    return SendForm(initial={"key": secrets.token_hex(16), "seen": seen, **words})
