"""allauth's forms in our words: « adresse électronique », what a password must be said before it is typed."""

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp

EMAIL = "Adresse électronique"
PASSWORD = "Mot de passe"  # noqa: S105 – a label
LONG_ENOUGH = (
    "Quinze caractères au moins. Le plus simple : une phrase de quatre ou cinq mots sans rapport entre eux. "
    "Ni votre nom, ni les mots du site, ni un mot de passe courant."
)
CODE_HELP = "Les six chiffres affichés en ce moment par votre application, ou un de vos codes de secours."


def word(form, name, label, help_text=""):
    """Give a field its label and its help, where the form has it."""
    if name in form.fields:
        form.fields[name].label = label
        form.fields[name].help_text = help_text


def word_code(form, help_text):
    """A field for a six-digit code: the numeric keyboard, and no correction of what is typed."""
    word(form, "code", "Code", help_text)
    form.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocapitalize": "off", "spellcheck": "false"}


class LoginForm(account.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word(self, "login", EMAIL)
        word(self, "password", PASSWORD)


class SignupForm(account.SignupForm):
    field_order = ["first_name", "last_name", "email", "password1", "password2"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word(self, "email", EMAIL, "Celle de votre travail : un message de confirmation y sera envoyé.")
        word(self, "password1", PASSWORD, LONG_ENOUGH)
        word(self, "password2", "Le même mot de passe, une seconde fois")
        self.order_fields(self.field_order)


class AddEmailForm(account.AddEmailForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word(self, "email", "Nouvelle adresse électronique", "Un message de confirmation y sera envoyé.")


class ResetPasswordForm(account.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word(self, "email", EMAIL, "Celle de votre compte.")


class ResetPasswordKeyForm(account.ResetPasswordKeyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word(self, "password1", "Nouveau mot de passe", LONG_ENOUGH)
        word(self, "password2", "Le même, une seconde fois")


class ChangePasswordForm(account.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word(self, "oldpassword", "Mot de passe actuel")
        word(self, "password1", "Nouveau mot de passe", LONG_ENOUGH)
        word(self, "password2", "Le même, une seconde fois")


class ReauthenticateForm(account.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word(self, "password", PASSWORD)


class SecondFactorForm(mfa.AuthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word_code(self, CODE_HELP)


class SecondFactorAgainForm(mfa.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word_code(self, CODE_HELP)


class ActivateTOTPForm(totp.ActivateTOTPForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        word_code(self, "Les six chiffres que l'application affiche après avoir lu le dessin ou la clé.")
