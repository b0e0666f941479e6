"""The people of the demonstration: the published accounts with their capacities, and the others, who cannot sign in."""

from datetime import date, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password

from applications.models import JobFamily
from gen_portal.core import clock
from gen_portal.core.models import Capacity, Ministry, Region, Role, User
from gen_portal.core.text import fold
from gen_portal.demo.accounts import ACCOUNTS, PASSWORD
from gen_portal.demo.words import FIRST_NAMES, LAST_NAMES
from labelling.models import ReviewerAbsence, ReviewerTerms

SINCE = date(2015, 9, 17)
ROLES = {
    "instructeur@ministere.example": (Role.REVIEWER, "emploi"),
    "numerique@ministere.example": (Role.REVIEWER, "numerique"),
    "education@ministere.example": (Role.REVIEWER, "education"),
    "ville@ministere.example": (Role.REVIEWER, "ville"),
    "comite@ministere.example": (Role.COMMITTEE_MEMBER, "emploi"),
    "charge@gen.example": (Role.OFFICER, None),
    "directeur@gen.example": (Role.DIRECTOR, None),
    "signataire@gen.example": (Role.SECOND_SIGNATORY, None),
    "admin@gen.example": (Role.TECHNICAL_ADMIN, None),
}
REGION_OF_THE_SERVICE = "53"
KNOWN_REGIONS = ("53", "11", "93", "04", "32")


def create_accounts():
    """The published accounts, by e-mail, with password, verified address, capacity, second factor."""
    password = make_password(PASSWORD)
    users = {}
    for account in ACCOUNTS:
        users[account.email] = User.objects.create(
            email=account.email, first_name=account.first_name, last_name=account.last_name, password=password
        )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users.values()
    )
    _give_capacities(users)
    return users


def _give_capacities(users):
    ministries = {ministry.code: ministry for ministry in Ministry.objects.all()}
    secrets = {account.email: account.totp_secret for account in ACCOUNTS}
    for email, (role, ministry) in ROLES.items():
        Capacity.objects.create(user=users[email], role=role, ministry=ministries.get(ministry), from_on=SINCE)
    service = users["region@service.example"]
    region = Region.objects.get(code=REGION_OF_THE_SERVICE)
    Capacity.objects.create(user=service, role=Role.REGIONAL_SERVICE, region=region, from_on=SINCE)
    for email in (*ROLES, service.email):
        Authenticator.objects.create(
            user=users[email], type=Authenticator.Type.TOTP, data={"secret": encrypt(secrets[email])}
        )
        RecoveryCodes.activate(users[email])


def create_reviewers(rng, users, *, per_ministry):
    """By ministry, the published reviewer first and others beside them; a newcomer has nothing to review yet."""
    reviewers = {}
    for ministry in Ministry.objects.order_by("position"):
        published = next(users[email] for email, (_, code) in ROLES.items() if code == ministry.code)
        *others, newcomer = create_people(rng, per_ministry, domain=f"{ministry.code}.ministere.example")
        Capacity.objects.bulk_create(
            Capacity(user=user, role=Role.REVIEWER, ministry=ministry, from_on=SINCE) for user in (*others, newcomer)
        )
        reviewers[ministry] = [published, *others]
    return reviewers


def agree(reviewers, today):
    """What some of the reviewers agreed to: a load, families and regions they know, who stands in; one is away soon."""
    now, families = clock.start_of(today), JobFamily.values
    for index, people in enumerate(reviewers.values()):
        first, second, *_ = people
        terms = ReviewerTerms.objects.create(
            user=first, max_load=60, job_families=families[index : index + 2], substitute=second, changed_at=now
        )
        terms.regions.set(Region.objects.filter(pk__in=KNOWN_REGIONS[index : index + 2]))
        ReviewerTerms.objects.create(user=second, max_load=30 + 5 * index, changed_at=now)
        if index % 2:
            first_day = today + timedelta(days=10)
            ReviewerAbsence.objects.create(user=second, from_on=first_day, until_on=first_day + timedelta(days=13))


def create_people(rng, count, *, domain):
    """People without a password: they exist, they cannot sign in."""
    people = []
    for index in range(count):
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        name = f"{fold(first)}.{fold(last)}.{index + 1}".replace(" ", "-")
        people.append(User(email=f"{name}@{domain}", first_name=first, last_name=last, password="!"))  # noqa: S106
    return User.objects.bulk_create(people, batch_size=500)
