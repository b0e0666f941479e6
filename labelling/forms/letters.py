"""The form of a letter's template: it validates, the action writes."""

from django import forms

from labelling import letter_wording


class LetterTemplateForm(forms.Form):
    """The words of the letters of an outcome, and on which dossier to try them; `seen`: the version edited from."""

    subject_line = forms.CharField(label="Objet", max_length=150)
    text = forms.CharField(
        label="Texte",
        max_length=8000,
        widget=forms.Textarea({"rows": 22}),
        help_text="Une ligne vide sépare deux paragraphes ; **deux étoiles** mettent en gras ; un tiret commence une liste.",
    )
    decision = forms.ChoiceField(label="Aperçu sur le dossier", required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, outcome, decisions, **kwargs):
        super().__init__(*args, **kwargs)
        self._outcome, self._decisions = outcome, {str(decision.pk): decision for decision in decisions}
        if decisions:
            self.fields["decision"].choices = [(key, _named(each)) for key, each in self._decisions.items()]
        else:
            del self.fields["decision"]

    def clean_subject_line(self):
        return self._sound("subject_line", letter_wording.faults_of_subject)

    def clean_text(self):
        return self._sound("text", letter_wording.faults_of_text)

    def _sound(self, name, faults_of):
        text = self.cleaned_data[name].replace("\r\n", "\n")
        if faults := list(faults_of(self._outcome, text)):
            raise forms.ValidationError(faults)
        return text

    def words(self):
        """What is kept: the subject line, the text, and the version they come from."""
        return {name: self.cleaned_data[name] for name in ("subject_line", "text", "seen")}

    def chosen(self):
        """The decision to try the words on: the one asked for, or the first; None when none is ready."""
        key = getattr(self, "cleaned_data", {}).get("decision")
        return self._decisions.get(key) or next(iter(self._decisions.values()), None)


def _named(decision):
    application = decision.application
    return f"{application.training.structure.name} – {application.training.title}"
