"""A place where a training is given, with the point of the map where it stands when it is known."""

from django import forms

from applications.forms.addresses import AddressForm
from applications.models import Site
from gen_portal.core import phrases
from gen_portal.core.geography.distance import distance_km

_FARTHEST_KM = 150  # from the middle of the widest commune of Guyane to its edge, with room to spare


class DegreesField(forms.DecimalField):
    """Degrees with five decimals (about a metre), with a comma or a full stop."""

    def to_python(self, value):
        number = super().to_python((value or "").strip().replace(",", ".").replace("−", "-"))
        return None if number is None else round(number, 5)


class SiteForm(AddressForm):
    """A place where the training is given."""

    latitude = DegreesField(
        label="Latitude", required=False, min_value=-90, max_value=90, widget=forms.TextInput({"inputmode": "decimal"})
    )
    longitude = DegreesField(
        label="Longitude",
        required=False,
        min_value=-180,
        max_value=180,
        widget=forms.TextInput({"inputmode": "decimal"}),
    )

    class Meta:
        model = Site
        fields = [
            *("name", "street", "postcode", "commune_name", "commune", "latitude", "longitude"),
            *("is_in_priority_area", "is_in_rural_area", "seat_count", "equipment", "opens_on"),
        ]
        widgets = {"equipment": forms.Textarea({"rows": 4})}
        help_texts = {
            "name": "Le nom sous lequel on le connaît, par exemple « La Halle aux idées ».",
            "is_in_priority_area": "Quartier prioritaire de la politique de la ville, à l'adresse du site.",
            "is_in_rural_area": "Commune classée en zone de revitalisation rurale.",
            "seat_count": "Apprenants que le lieu peut recevoir en même temps.",
            "equipment": "Postes, connexion, ateliers, accès aux personnes à mobilité réduite…",
            "opens_on": "Celle où le lieu a accueilli ou accueillera du public.",
        }

    def clean(self):
        cleaned = super().clean()
        latitude, longitude, commune = (cleaned.get(name) for name in ("latitude", "longitude", "commune"))
        if "latitude" in cleaned and "longitude" in cleaned and (latitude is None) != (longitude is None):
            missing = "latitude" if latitude is None else "longitude"
            self.add_error(missing, "Donnez la latitude et la longitude, ou aucune des deux.")
        elif latitude is not None and longitude is not None and commune and commune.latitude is not None:
            far = distance_km((latitude, longitude), (commune.latitude, commune.longitude))
            if far > _FARTHEST_KM:
                self.add_error(
                    "latitude",
                    f"Ce point est à {phrases.number(round(far))} km de {commune.name} : vérifiez les deux nombres.",
                )
        return cleaned
