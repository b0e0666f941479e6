"""Clients of people who signed in, without a password being hashed nor a code typed."""

import time
from types import SimpleNamespace

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.test import Client


def signed_in(user, *, second_factor_age=0, lasting_seconds=0):
    """A client whose session says that this person gave a password, and a second factor so many seconds ago.

    None leaves the second factor out; otherwise whoever holds a capacity gets one. `lasting_seconds` is how much later the
    session ends than it would.
    """
    client = Client()
    client.force_login(user)
    at, session = time.time() + lasting_seconds, client.session
    session["session_began_at"] = session["session_active_at"] = at
    request = SimpleNamespace(session=session)
    record_authentication(request, user, "password", at=at, email=user.email)
    if second_factor_age is not None:
        record_authentication(request, user, "mfa", at=at - second_factor_age, type="totp")
        if user.capacities.exists():
            Authenticator.objects.get_or_create(
                user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "JBSWY3DPEHPK3PXP"}}
            )
    session.save()
    return client
