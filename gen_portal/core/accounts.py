"""Accounts: allauth adapted to the portal. Its mails go through the outbox, and people give their name."""

import secrets

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.db import transaction

from gen_portal.core import outbox
from gen_portal.core.models import User

#: Mails that only inform; the others carry a link that gives access, and their body is erased once sent.
_NOTICES = ("email_changed", "email_deleted", "password_changed", "password_set", "unknown_account")


class AccountAdapter(DefaultAccountAdapter):
    """Posts allauth's mails to the outbox instead of sending them inside the request (no timing oracle, no loss)."""

    def send_mail(self, template_prefix, email, context):
        name = template_prefix.rsplit("/", 1)[-1]
        message = self.render_mail(template_prefix, email, {**context, "request": self.request, "email": email})
        with transaction.atomic():
            outbox.post(
                key=f"account:{name}:{secrets.token_hex(12)}",
                kind=f"account_{name}",
                to=email,
                subject_line=message.subject,
                markdown=message.body,
                is_secret=name not in _NOTICES,
            )


def open_account(email, *, first_name, last_name):
    """An account for somebody who is invited: nobody can sign in to it before its address received a password link.

    The address is held for verified, since the only way in goes through it. The caller's transaction is the caller's.
    """
    user = User.objects.create_user(email, first_name=first_name, last_name=last_name)  # without a usable password
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def count_enrolment(request, user, authenticator, **kwargs):
    """The code typed to enrol is a second factor given just now: it is not asked again on the next page."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", type=authenticator.type)


class SignupNameForm(forms.Form):
    """What the sign-up form asks beside the e-mail and the password."""

    first_name = forms.CharField(label="Prénom", max_length=80, widget=forms.TextInput({"autocomplete": "given-name"}))
    last_name = forms.CharField(label="Nom", max_length=80, widget=forms.TextInput({"autocomplete": "family-name"}))

    def signup(self, request, user):
        user.first_name = self.cleaned_data["first_name"]
        user.last_name = self.cleaned_data["last_name"]
        user.save(update_fields=["first_name", "last_name"])
