"""Fictitious structures in real towns, with their members, trainings and sites."""

from dataclasses import dataclass, field
from datetime import date

from stdnum import luhn

from applications.models import LegalForm, MemberRole, Membership, Site, Structure, Training
from gen_portal.core.text import fold
from gen_portal.demo.people import create_people
from gen_portal.demo.words import STREETS, STRUCTURE_BEGINNINGS, STRUCTURE_ENDS, TRAININGS

#: Shares of 2017 by status of the carrier: association 44 %, private 34 %, public body 13 %, the rest 9 % (domain.md §1.5).
FORMS = (
    *([LegalForm.ASSOCIATION] * 44),
    *([LegalForm.COMPANY] * 34),
    *([LegalForm.PUBLIC_BODY] * 13),
    *([LegalForm.LOCAL_AUTHORITY] * 5),
    *([LegalForm.INTEREST_GROUP] * 4),
)


@dataclass
class Carrier:
    """A structure of the demonstration with what hangs on it."""

    structure: Structure
    owner: object
    sites: list = field(default_factory=list)
    trainings: list = field(default_factory=list)
    kinds: list = field(default_factory=list)
    also_starts_on: date | None = None  # a session more, for each of its trainings


class StructureMaker:
    """Makes batches of structures; numbers and names never come twice."""

    def __init__(self, rng, atlas, history):
        self.rng, self.atlas, self.history = rng, atlas, history
        self.names, self.batch, self.siren = set(), 0, 99_000_000  # INSEE has given no number that begins with 99

    def make(self, count, *, site_count, training_count, at, town_of=None):
        """`count` structures created at an instant, with so many sites and trainings in all, each at least one."""
        self.batch += 1
        owners = create_people(self.rng, count, domain=f"structures-{self.batch}.example")
        towns = [town_of or self.atlas.town(index) for index in range(count)]
        rows = [self._structure(town, at, owner) for town, owner in zip(towns, owners, strict=True)]
        structures = Structure.objects.bulk_create(rows, batch_size=500)
        Membership.objects.bulk_create(
            Membership(structure=structure, user=owner, role=MemberRole.OWNER, since_at=at)
            for structure, owner in zip(structures, owners, strict=True)
        )
        carriers = [Carrier(structure, owner) for structure, owner in zip(structures, owners, strict=True)]
        for carrier in carriers:
            self.history.add(carrier.structure, "structure.created", by=carrier.owner, at=at)
        self._add_sites(carriers, site_count)
        self._add_trainings(carriers, training_count, at)
        return carriers

    def _structure(self, town, at, owner):
        name = self._name(town)
        return Structure(
            name=name,
            folded_name=fold(name),
            legal_form=self.rng.choice(FORMS),
            siret=self._siret(),
            street=f"{self.rng.randint(1, 90)} {self.rng.choice(STREETS)}",
            postcode=town.postcode_list[0],
            commune=town,
            website="",
            phone="",
            representative_name=owner.get_full_name(),
            representative_role=self.rng.choice(("présidente", "président", "directrice générale", "gérant")),
            created_at=at,
        )

    def _name(self, town):
        for beginning in self.rng.sample(STRUCTURE_BEGINNINGS, len(STRUCTURE_BEGINNINGS)):
            for end in self.rng.sample(STRUCTURE_ENDS, len(STRUCTURE_ENDS)):
                name = f"{beginning} {end.format(town=town.name)}"
                if name not in self.names:
                    self.names.add(name)
                    return name
        raise ValueError(f"no name left in {town}")

    def _siret(self):
        """A number with right keys, in a range that INSEE has given to nobody."""
        self.siren += 1
        siren = str(self.siren)
        siren += luhn.calc_check_digit(siren)
        establishment = f"{siren}{len(self.names) % 9999:04d}"
        return establishment + luhn.calc_check_digit(establishment)

    def _add_sites(self, carriers, count):
        homes = [self._site(carrier, carrier.structure.commune, "Site principal") for carrier in carriers]
        more = [carriers[index % len(carriers)] for index in range(max(0, count - len(carriers)))]
        others = [self._site(carrier, self._neighbour(carrier), "Antenne") for carrier in more]
        for carrier, site in zip([*carriers, *more], Site.objects.bulk_create([*homes, *others]), strict=True):
            carrier.sites.append(site)

    def _neighbour(self, carrier):
        """Another town of the same region where there is one."""
        towns = self.atlas.by_region.get(carrier.structure.commune.department.region_id, [])
        return self.rng.choice(towns) if towns else carrier.structure.commune

    def _site(self, carrier, town, kind):
        return Site(
            structure=carrier.structure,
            name=f"{kind} de {town.name}",
            street=f"{self.rng.randint(1, 120)} {self.rng.choice(STREETS)}",
            postcode=(town.postcode_list or [carrier.structure.postcode])[0],
            commune=town,
            is_in_priority_area=self.rng.random() < 0.35,
        )

    def _add_trainings(self, carriers, count, at):
        shares = [carriers[index % len(carriers)] for index in range(count)]
        rows = []
        for carrier in shares:
            kind = self.rng.choice([kind for kind in TRAININGS if kind not in carrier.kinds])
            carrier.kinds.append(kind)
            rows.append(Training(structure=carrier.structure, title=kind[1], created_at=at))
        for carrier, training in zip(shares, Training.objects.bulk_create(rows, batch_size=500), strict=True):
            carrier.trainings.append(training)
