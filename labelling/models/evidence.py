"""What the portal knows of ties, as `labelling.interests` wants it: read for one dossier and many people, or the reverse."""

from collections import defaultdict

from applications.models import Membership
from labelling.interests import Body, Case, Judge, ties
from labelling.models.interests import InterestDeclaration, LinkKind


def judges(users):
    """These people with the bodies of their latest declaration, in one query."""
    users = list(users)
    declared = {row.user_id: row.links for row in InterestDeclaration.objects.latest_of(users)}
    return {user.pk: Judge(user.pk, user.email, bodies_of(declared.get(user.pk, ()))) for user in users}


def bodies_of(links):
    """The bodies of a declaration, named with what links the person to them."""
    return tuple(Body(link["name"], link["siren"], LinkKind(link["kind"]).label) for link in links)


def cases(applications):
    """What each of these dossiers (with its structure) says of its people, in one query."""
    applications = list(applications)
    members = defaultdict(list)
    rows = Membership.objects.filter(structure__in={a.training.structure_id for a in applications})
    for structure, pk, email in rows.order_by("pk").values_list("structure_id", "user_id", "user__email"):
        members[structure].append((pk, email))
    return {application.pk: _case(application, members) for application in applications}


def _case(application, members):
    structure = application.training.structure
    partners = (Body(line.get("name", ""), line.get("siren", "")) for line in application.partners)
    return Case(Body(structure.name, structure.siren), tuple(members[structure.pk]), tuple(partners))


def ties_of(user, application):
    """Every tie of one person with one dossier, as sentences."""
    return ties(judges([user])[user.pk], cases([application])[application.pk])
