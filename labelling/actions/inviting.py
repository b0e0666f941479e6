"""Reviewers and regional services come in, many at once: an account where there is none, a capacity, terms, one mail each."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from gen_portal.core import accounts, capacities, clock, outbox
from gen_portal.core.models import Capacity, Ministry, Region, Role, User
from gen_portal.core.workflow import lock_rows, record
from labelling.emails import people as emails
from labelling.models import JournalAction, ReviewerTerms


@dataclass(frozen=True)
class Guest:
    """One person to invite: for a ministry (as a reviewer) or a region (as its service), from a day to a day included.

    `max_load` and `substitute_email` are for reviewers; the substitute is in the same list or reviews already.
    """

    email: str
    first_name: str
    last_name: str
    ministry: Ministry | None
    region: Region | None
    from_on: date
    until_on: date | None = None
    max_load: int | None = None
    substitute_email: str = ""

    @property
    def role(self):
        return Role.REVIEWER if self.ministry else Role.REGIONAL_SERVICE

    @property
    def place(self):
        return self.ministry or self.region


@transaction.atomic
def invite(guests, *, by):
    """Give each guest their capacity, whole list or nothing; returns how many capacities are new.

    Who already has this capacity on these very days keeps it: a list sent twice invites once. Raises Refused, naming the
    person, when one has it on other days that overlap.
    """
    now = clock.now()
    known = {user.email: user for user in User.objects.filter(email__in=[guest.email for guest in guests])}
    lock_rows(User.objects.filter(pk__in=[user.pk for user in known.values()]))
    mails = []
    for guest in guests:
        user = known.get(guest.email)
        is_new = user is None
        if is_new:
            user = accounts.open_account(guest.email, first_name=guest.first_name, last_name=guest.last_name)
            known[guest.email] = user
        if capacity := _grant(user, guest, by):
            mails.append(emails.invited(user, capacity, is_new=is_new))
    for guest in guests:
        if guest.role == Role.REVIEWER:
            _agree(known[guest.email], guest, now, by)
    outbox.post_many(mails, at=now)
    return len(mails)


def _grant(user, guest, by):
    """The new capacity; None when the person has it on these days."""
    wanted = {
        "role": guest.role, "ministry": guest.ministry, "region": guest.region, "from_on": guest.from_on,
        "until_on": guest.until_on,
    }  # fmt: skip
    if Capacity.objects.filter(user=user, **wanted).exists():
        return None
    return capacities.grant(user, by=by, **wanted)


def _agree(user, guest, now, by):
    """The terms of the list; what it leaves empty stays as it was."""
    substitute = User.objects.get(email=guest.substitute_email) if guest.substitute_email else None
    wanted = {"max_load": guest.max_load, "substitute": substitute}
    said = {name: value for name, value in wanted.items() if value is not None}
    before = ReviewerTerms.objects.filter(user=user).first()
    if not said or (before is not None and all(getattr(before, name) == value for name, value in said.items())):
        return
    ReviewerTerms.objects.update_or_create(user=user, defaults={**said, "changed_at": now})
    note = f"{guest.max_load or 'sans limite de'} dossiers au plus ; suppléant : {substitute or 'inchangé'}"
    record(user, JournalAction.TERMS_CHANGED, by=by, at=now, note=note)
