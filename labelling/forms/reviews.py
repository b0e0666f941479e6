"""Forms of reviewing: who reviews for each ministry, the scoring grid, the reasons of a recusal, the reviewer's list."""

from dataclasses import dataclass

from django import forms

from labelling.actions.reviews import Draft
from labelling.models import Recommendation
from labelling.scoring import HIGHEST_MARK, LOWEST_MARK
from labelling.transitions.reviews import Place

MARKS = [(str(mark), str(mark)) for mark in range(LOWEST_MARK, HIGHEST_MARK + 1)]
NOBODY = ("", "Personne pour l'instant")


class AssignmentForm(forms.Form):
    """One choice per ministry; each remembers the assignment the officer saw, so that nobody is replaced unseen."""

    due_on = forms.DateField(
        label="À rendre au plus tard le",
        required=False,
        help_text="Pour les évaluations confiées maintenant ; les autres gardent leur date.",
    )

    def __init__(self, *args, seats, **kwargs):
        super().__init__(*args, **kwargs)
        self.seats = seats
        for ministry, held, candidates in seats.lines:
            self.fields[f"ministere_{ministry.pk}"] = forms.ChoiceField(
                label=ministry.short_name, required=False, choices=_choices(held, candidates),
                initial=str(held.reviewer_id) if held else "",
            )  # fmt: skip
            self.fields[f"vu_{ministry.pk}"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput, initial=held.pk if held else None
            )

    @property
    def lines(self):
        """Per ministry: the ministry, who holds the place, the choice, what was seen."""
        return [
            (ministry, held, self[f"ministere_{ministry.pk}"], self[f"vu_{ministry.pk}"])
            for ministry, held, _ in self.seats.lines
        ]

    def places(self):
        """What the officer wants, once the form is valid."""
        people = {str(c.user.pk): c.user for found in self.seats.candidates.values() for c in found}
        people |= {str(held.reviewer_id): held.reviewer for held in self.seats.held.values()}
        return [
            Place(m, people.get(self.cleaned_data[f"ministere_{m.pk}"]), self.cleaned_data[f"vu_{m.pk}"])
            for m, _, _ in self.seats.lines
        ]

    def show_refusals(self, refusal):
        for ministry, sentence in refusal.by_ministry.items():
            self.add_error(f"ministere_{ministry}", sentence)


def _choices(held, candidates):
    """Nobody, whoever holds the place even if they can no longer be chosen, then the others, the least busy first."""
    known = {candidate.user.pk for candidate in candidates}
    kept = []
    if held and held.reviewer_id not in known:
        kept = [(str(held.reviewer_id), f"{held.reviewer} – n'est plus proposé pour ce dossier")]
    found = sorted(candidates, key=lambda c: (c.load, c.user.last_name, c.user.pk))
    return [NOBODY, *kept, *((str(c.user.pk), c.label) for c in found)]


@dataclass(frozen=True)
class GridLine:
    """One criterion of the grid as the page shows it."""

    criterion: object
    mark: forms.BoundField
    comment: forms.BoundField | None
    usual_mark: object = None
    usual_count: int = 0


class ReviewForm(forms.Form):
    """The scoring grid of a call. Everything is optional while drafting: what lacks is said when one submits."""

    recommendation = forms.ChoiceField(
        label="Votre avis sur la candidature",
        required=False,
        choices=Recommendation.choices,
        widget=forms.RadioSelect({"data-gen-inline": True}),
    )
    comment = forms.CharField(
        label="Appréciation générale", required=False, max_length=4000, widget=forms.Textarea({"rows": 5})
    )

    note = forms.CharField(
        label="Vos notes personnelles", required=False, max_length=4000, widget=forms.Textarea({"rows": 3}),
        help_text="Personne d'autre ne les lit, même après le dépôt.",
    )  # fmt: skip

    def __init__(self, *args, criteria, usual=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.criteria, self.usual = criteria, usual or {}
        for criterion in criteria:
            self.fields[f"mark_{criterion.pk}"] = forms.TypedChoiceField(
                label="Note", required=False, choices=MARKS, coerce=int, empty_value=None,
                widget=forms.RadioSelect({"data-gen-inline": True}),
            )  # fmt: skip
            self.fields[f"comment_{criterion.pk}"] = forms.CharField(
                label="Commentaire", required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
            )

    @property
    def lines(self):
        return [
            GridLine(c, self[f"mark_{c.pk}"], self[f"comment_{c.pk}"], *self.usual.get(c.pk, (None, 0)))
            for c in self.criteria
        ]

    def draft(self):
        """What was typed, once the form is valid."""
        typed = self.cleaned_data
        marks = {c.pk: (typed[f"mark_{c.pk}"], typed[f"comment_{c.pk}"]) for c in self.criteria}
        return Draft(marks, typed["recommendation"], typed["comment"])

    @staticmethod
    def initial_of(review, note=""):
        """The values of a review being written, as this form names them."""
        if review is None:
            return {"note": note}
        initial = {"recommendation": review.recommendation, "comment": review.comment, "note": note}
        for score in review.scores.all():
            initial[f"mark_{score.criterion_id}"] = score.value
            initial[f"comment_{score.criterion_id}"] = score.comment
        return initial


class NoteForm(forms.Form):
    """The notes alone, once the review is submitted."""

    note = forms.CharField(
        label="Vos notes personnelles", required=False, max_length=4000, widget=forms.Textarea({"rows": 3}),
        help_text="Personne d'autre ne les lit.",
    )  # fmt: skip


class RecusalForm(forms.Form):
    """Why one cannot judge a dossier: a tie, for good, or a lack of time or skills, as long as nothing is submitted."""

    TIE, OTHER = "lien", "autre"
    cause = forms.ChoiceField(
        label="Pourquoi ?",
        choices=[
            (TIE, "J'ai un lien avec cette structure ou un partenaire du dossier"),
            (OTHER, "Je manque de temps, ou ce dossier n'est pas de ma compétence"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites si un lien d'intérêts est en cause : les suites ne sont pas les mêmes."},
    )
    reason = forms.CharField(
        label="Motif",
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Par exemple : un proche travaille dans cette structure. Seule l'équipe qui conduit l'appel le lit.",
        error_messages={"required": "Dites en quelques mots pourquoi vous ne pouvez pas juger ce dossier."},
    )

    def __init__(self, *args, is_submitted=False, **kwargs):
        super().__init__(*args, **kwargs)
        if is_submitted:  # only a tie withdraws a review that counts
            self.fields["cause"].choices = self.fields["cause"].choices[:1]
            self.fields["cause"].initial = self.TIE

    @property
    def is_tie(self):
        return self.cleaned_data["cause"] == self.TIE


class ReviewFilterForm(forms.Form):
    """Which of one's reviews to show."""

    STATES = (
        ("", "Toutes"), ("a-rendre", "À rendre"), ("en-retard", "En retard"), ("deposees", "Déposées"),
        ("non-rendues", "Non rendues"),
    )  # fmt: skip
    etat = forms.ChoiceField(label="État", required=False, choices=STATES)
    texte = forms.CharField(label="Structure, formation ou référence", required=False, max_length=100)

    def matching(self, assignments, today):
        """Those that answer the filter; a filter that makes no sense shows everything."""
        values = self.cleaned_data if self.is_valid() else {}
        shown = {
            "a-rendre": assignments.to_do,
            "en-retard": lambda: assignments.overdue(today),
            "deposees": assignments.done,
            "non-rendues": assignments.missed,
        }.get(values.get("etat"), lambda: assignments)()
        return shown.mentioning(values.get("texte", ""))
