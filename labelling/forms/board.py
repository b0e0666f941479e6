"""The filters of the board, each kept in the url."""

import sys

from django import forms

from applications.models import JobFamily
from labelling.board import COMPLETE, INCOMPLETE, BoardFilter

PAGE_SIZES = (("50", "50 par page"), ("250", "250 par page"), ("tout", "Toutes sur une page"))


def cut_off_choices(facets):
    """All cut-offs, then each that has dossiers, with how many."""
    cut_offs = {}
    for facet in facets:
        cut_offs[facet.cut_off_number] = cut_offs.get(facet.cut_off_number, 0) + facet.count
    found = ((str(number), f"Relevé n° {number} ({count})") for number, count in sorted(cut_offs.items()))
    return [("", "Tous les relevés"), *found]


#: Columns that may be left out, by their names in the url; none named: all of them.
COLUMNS = (
    ("region", "Région"), ("releve", "Relevé"), ("ajustee", "Moyenne ajustée"), ("ecart", "Écart"),
    ("avis", "Évaluations"), ("montant", "Subvention demandée"), ("decision", "Décision"),
)  # fmt: skip


class BoardFilterForm(forms.Form):
    """Choices of cut-offs and regions come from the dossiers themselves, with how many they are."""

    PROGRESS = (("", "Toutes"), (COMPLETE, "Toutes les évaluations déposées"), (INCOMPLETE, "Évaluations en attente"))
    texte = forms.CharField(label="Structure, formation ou référence", required=False, max_length=100)
    releve = forms.ChoiceField(label="Relevé", required=False)
    region = forms.ChoiceField(label="Région", required=False)
    famille = forms.ChoiceField(
        label="Famille de métiers", required=False, choices=[("", "Toutes les familles"), *JobFamily.choices]
    )
    avancement = forms.ChoiceField(label="Évaluations", required=False, choices=PROGRESS)
    par_page = forms.ChoiceField(label="Lignes", required=False, choices=PAGE_SIZES)
    ligne = forms.IntegerField(
        label="Ligne envisagée", required=False, min_value=1, max_value=9999, help_text="Nombre de labels, par exemple 40."
    )
    fragiles = forms.BooleanField(label="Rangs fragiles autour de la ligne seulement", required=False)
    ecart = forms.BooleanField(label="Désaccords ouverts seulement", required=False)

    colonnes = forms.MultipleChoiceField(
        label="Colonnes", required=False, choices=COLUMNS, widget=forms.CheckboxSelectMultiple({"data-gen-inline": True})
    )

    def __init__(self, *args, facets, **kwargs):
        super().__init__(*args, **kwargs)
        regions = {}
        for facet in facets:
            key = facet.region_name, facet.region_code
            regions[key] = regions.get(key, 0) + facet.count
        self.fields["releve"].choices = cut_off_choices(facets)
        self.fields["region"].choices = [
            ("", "Toutes les régions"),
            *((code, f"{name} ({count})") for (name, code), count in sorted(regions.items())),
        ]

    @property
    def values(self):
        """The valid part of what was asked: a filter that makes no sense is left out."""
        self.is_valid()
        return self.cleaned_data

    @property
    def page_size(self):
        """Rows on a page; no call has so many dossiers as the number that stands for all of them."""
        asked = self.values.get("par_page") or "50"
        return sys.maxsize if asked == "tout" else int(asked)

    @property
    def columns(self):
        """Names of the columns to show."""
        return set(self.values.get("colonnes") or (name for name, _ in COLUMNS))

    def asked(self):
        """The same as plain values."""
        return BoardFilter(
            text=self.values.get("texte", ""),
            cut_off=self.values.get("releve", ""),
            region=self.values.get("region", ""),
            family=self.values.get("famille", ""),
            progress=self.values.get("avancement", ""),
            flagged=self.values.get("ecart", False),
            line=self.values.get("ligne"),
            fragile=self.values.get("fragiles", False) and bool(self.values.get("ligne")),
        )
