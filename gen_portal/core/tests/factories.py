"""People, their rights, and a few places for tests. No password is hashed: tests sign in with `client_for`."""

from datetime import date

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from gen_portal.core.models import Capacity, Commune, Department, LegalBody, Ministry, Region, Role, User
from gen_portal.core.text import fold

LONG_AGO = date(2015, 1, 1)


class UserFactory(DjangoModelFactory):
    """A person with a verified address and no usable password."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne@maison{n}.exemple.fr")  # nobody works where another does
    first_name = "Camille"
    last_name = factory.Sequence(lambda n: f"Martin {n}")
    password = "!"

    @factory.post_generation
    def verified_email(self, create, extracted, **kwargs):
        if create and extracted is not False:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "53"
    name = "Bretagne"
    time_zone = "Europe/Paris"

    class Params:
        overseas = factory.Trait(code="04", name="La Réunion", time_zone="Indian/Reunion", is_overseas=True)


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department
        django_get_or_create = ("code",)

    code = "35"
    name = "Ille-et-Vilaine"
    region = factory.SubFactory(RegionFactory)

    class Params:
        overseas = factory.Trait(code="974", name="La Réunion", region__overseas=True)


class CommuneFactory(DjangoModelFactory):
    """Rennes, or Saint-Denis (`overseas=True`)."""

    class Meta:
        model = Commune
        django_get_or_create = ("code",)

    code = "35238"
    name = "Rennes"
    folded_name = factory.LazyAttribute(lambda commune: fold(commune.name))
    department = factory.SubFactory(DepartmentFactory)
    postcodes = "|35000|35200|35700|"
    population = 222_485
    latitude = "48.11340"
    longitude = "-1.67570"
    time_zone = "Europe/Paris"

    class Params:
        overseas = factory.Trait(
            code="97411",
            name="Saint-Denis",
            department__overseas=True,
            postcodes="|97400|97417|97490|",
            population=153_810,
            latitude="-20.87890",
            longitude="55.44810",
            time_zone="Indian/Reunion",
        )


class MinistryFactory(DjangoModelFactory):
    class Meta:
        model = Ministry
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"ministere-{n}")
    name = factory.LazyAttribute(lambda ministry: f"Ministère chargé de l'affaire {ministry.code}")
    short_name = factory.LazyAttribute(lambda ministry: ministry.code.capitalize())
    from_on = LONG_AGO
    position = factory.Sequence(lambda n: n)


class LegalBodyFactory(DjangoModelFactory):
    class Meta:
        model = LegalBody

    name = "Groupement d'intérêt public fictif"
    address = "1, rue de l'Exemple, 75000 Paris"
    signatory_name = "Dominique Exemple"
    signatory_title = "Direction"
    phone = "01 00 00 00 00"
    email = "contact@gen.example"
    silence_meaning = "Le silence gardé deux mois vaut rejet (article L. 231-4 du code fictif)."
    remedies = "Recours gracieux dans les deux mois, ou tribunal administratif (article R. 421-1)."
    from_on = LONG_AGO


class CapacityFactory(DjangoModelFactory):
    """A right in force since long ago: an officer's, unless a role is given. A reviewer gets a ministry, a regional
    service a region."""

    class Meta:
        model = Capacity

    user = factory.SubFactory(UserFactory)
    role = Role.OFFICER
    from_on = LONG_AGO
    ministry = factory.Maybe(
        factory.LazyAttribute(lambda capacity: capacity.role == Role.REVIEWER),
        factory.SubFactory(MinistryFactory),
        None,
    )
    region = factory.Maybe(
        factory.LazyAttribute(lambda capacity: capacity.role == Role.REGIONAL_SERVICE),
        factory.SubFactory(RegionFactory),
        None,
    )
