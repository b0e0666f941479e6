"""The directory that fabriques read: what each teaches, offers and seeks, and whom to reach. Nothing of a page held back."""

from dataclasses import dataclass

from applications.models import EntryLevel
from fabriques.models import NetworkTag, OfferKind

COLUMNS = (
    "Fabrique", "Commune", "Région", "Familles de métiers", "Niveaux d'entrée", "Propose", "Recherche", "Contacts",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One fabrique, as its row shows it (made of `FabriqueQuerySet.for_directory`)."""

    fabrique: object
    families: list
    levels: list
    offered: list
    sought: list
    contacts: list

    @property
    def says_something(self):
        return bool(self.offered or self.sought or self.contacts)


def entry_of(fabrique):
    labels = [label for training in fabrique.structure.trainings.all() for label in training.labels.all()]
    page = getattr(fabrique, "page", None)
    is_silent = page is not None and page.is_held
    offers = [] if is_silent else list(fabrique.offers.all())
    return Entry(
        fabrique,
        families=sorted({label.get_job_family_display() for label in labels}),
        levels=[words for value, words in EntryLevel.choices if any(label.entry_level == value for label in labels)],
        offered=_subjects(offers, OfferKind.OFFERS),
        sought=_subjects(offers, OfferKind.SEEKS),
        contacts=[] if is_silent else fabrique.shared_contacts,
    )


def _subjects(offers, kind):
    """In the order of the list that fabriques choose from."""
    said = {offer.tag for offer in offers if offer.kind == kind}
    return [label for tag, label in NetworkTag.choices if tag in said]


def cells_of(entry):
    """The row of an entry in a file, under `COLUMNS`."""
    structure = entry.fabrique.structure
    contacts = [
        ", ".join(filter(None, (str(contact), contact.email, contact.phone))) for contact in entry.contacts
    ]  # fmt: skip
    lists = (entry.families, entry.levels, entry.offered, entry.sought, contacts)
    place = (structure.name, structure.commune.name, structure.commune.department.region.name)
    return [*place, *(" ; ".join(values) for values in lists)]
