"""The filters of the staff map: the list, the map, the file and the mail read the same url."""

from django import forms

from applications.models import Call
from fabriques import policies
from fabriques.forms.registry import DepartmentField
from fabriques.forms.review import ScopedForm
from fabriques.layers.shapes import Asked
from fabriques.layers.table import LAYERS, layers_for
from gen_portal.core.models import Department

MONTHS, INHABITANTS = 6, 20_000
_BY = {
    "subventions": [("", "label"), ("structure", "structure"), ("departement", "département")],
    "couverture": [("", "département"), ("region", "région")],
}


def _numbers(label, choices, default):
    return forms.TypedChoiceField(label=label, required=False, coerce=int, empty_value=default, choices=choices)


class LayerFilterForm(ScopedForm):
    """A layer and its filters. A filter that makes no sense is named beside its field and leaves the others at work."""

    couche = forms.CharField(required=False, widget=forms.HiddenInput)
    departement = DepartmentField(
        label="Département", required=False, queryset=Department.objects.none(), empty_label="Tous les départements"
    )
    appel = forms.ModelChoiceField(
        label="Appel",
        required=False,
        queryset=Call.objects.filter(published_at__isnull=False).order_by("-opens_at"),
        to_field_name="slug",
        empty_label="Tous les appels",
    )
    par = forms.ChoiceField(label="Une ligne par", required=False)
    mois = _numbers("Fin d'ici", [(n, f"{n} mois") for n in (3, 6, 12, 24)], MONTHS)
    habitants = _numbers(
        "Communes d'au moins",
        [(n, f"{n:,} habitants".replace(",", "\u202f")) for n in (5_000, 10_000, INHABITANTS, 50_000, 100_000)],
        INHABITANTS,
    )
    seulement = forms.BooleanField(required=False)
    field_order = ("couche", "par", "mois", "habitants", "region", "departement", "appel", "seulement")

    def __init__(self, query, *, user, today):
        super().__init__(query.copy(), user=user)
        self._user, self._today = user, today
        self.layers = layers_for(user)
        self.layer = LAYERS.get(query.get("couche", ""), self.layers[0])
        self.data["couche"] = self.layer.code
        self.data.setdefault("mois", str(MONTHS))
        self.data.setdefault("habitants", str(INHABITANTS))
        self.fields["departement"].queryset = Department.objects.filter(region__in=self.fields["region"].queryset)
        self.fields["par"].choices = _BY.get(self.layer.code, [])
        self._leave_out()

    def _leave_out(self):
        """The fields that the layer does not read."""
        for name in {"par", "mois", "habitants"} - set(self.layer.filters):
            del self.fields[name]
        if self.tells_pressing:
            self.fields["seulement"].label = f"Seulement : {self.layer.pressing}"
        else:
            del self.fields["seulement"]

    @property
    def sees_dossiers(self):
        return policies.can_view_grants(self._user)

    @property
    def tells_pressing(self):
        """Whether the layer has two kinds of marks for this person: a regional service is not told of dossiers."""
        return bool(self.layer.pressing) and (self.layer.code != "fins" or self.sees_dossiers)

    def asked_of_layer(self):
        """What the layer is asked."""
        asked = self.asked()
        return Asked(
            user=self._user,
            today=self._today,
            regions=tuple(region.pk for region in self.fields["region"].queryset),
            region=asked.get("region"),
            department=asked.get("departement"),
            call=asked.get("appel"),
            only_pressing=bool(asked.get("seulement")),
            by=asked.get("par", ""),
            months=asked.get("mois", MONTHS),
            inhabitants=asked.get("habitants", INHABITANTS),
            sees_dossiers=self.sees_dossiers,
        )

    def described(self):
        """The layer and its filters, in words."""
        asked, layer = self.asked(), self.layer
        told = [layer.title]
        told += [f"fin d'ici {asked['mois']} mois"] if "mois" in asked else []
        told += [layer.pressing] if asked.get("seulement") else []
        return ", ".join([*told, *(str(asked[name]) for name in ("region", "departement", "appel") if name in asked)])
