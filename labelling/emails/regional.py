"""What the service of a region receives: the dossiers that arrived."""


from gen_portal.core import clock, outbox
from gen_portal.core.models import Capacity, Role, User
from gen_portal.core.workflow import lock_rows

KIND = "regional_digest"
#: The condition under which a digest still leaves.
GUARD = "region_is_served"


def key_of(user, region, monday):
    """One digest a person, region and week."""
    return f"{KIND}:{monday.isoformat()}:{region.pk}:{user.pk}"


def region_is_served(email):
    """Whether its person still serves the region."""
    _, _, region, _ = email.key.split(":")
    held = Capacity.objects.in_force(clock.today()).filter(user=email.subject_id, user__is_active=True)
    return held.filter(role=Role.REGIONAL_SERVICE, region=region).exists()


def lock_people(emails):
    """Lock the people of these mails, in one order: a capacity cannot end in between."""
    lock_rows(User.objects.filter(pk__in=[email.subject_id for email in emails]))


def digest(user, region, monday, count, standings):
    """The arguments of `outbox.post`: the first of these dossiers, and how many they are in all."""
    url = outbox.url_of("regional_list_of", region.pk)
    context = {"user": user, "region": region, "count": count, "standings": standings, "url": url,
               "more_count": count - len(standings)}  # fmt: skip
    subject_line, markdown = outbox.render(KIND, context)
    return {
        "key": key_of(user, region, monday), "kind": KIND, "to": user.email, "subject_line": subject_line,
        "markdown": markdown, "about": user, "guard": GUARD,
    }  # fmt: skip
