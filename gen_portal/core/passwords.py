"""Passwords: Argon2id within 19–46 MiB on one lane (safety.md §5.1), and no password made of our own words."""

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError

from gen_portal.core.text import fold

OUR_WORDS = ("grande ecole du numerique", "grandeecole", "ecole", "numerique", "fabrique", "motdepasse", "password")


class Argon2Hasher(Argon2PasswordHasher):
    """About 80 ms a hash instead of the 536 ms of Django's default, so that sign-in survives the last evening."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1


class ObviousPasswordValidator:
    """Refuse a password that holds little besides the words of this site, or one short piece repeated."""

    def validate(self, password, user=None):
        rest = fold(password).replace(" ", "")
        for word in OUR_WORDS:
            rest = rest.replace(word.replace(" ", ""), "")
        symbols = {character for character in password if not character.isalnum() and not character.isspace()}
        if len({*rest, *symbols}) < 6:
            raise ValidationError(self.get_help_text(), code="password_obvious")

    def get_help_text(self):
        return "Choisissez une phrase à vous : ni les mots du site, ni un même morceau répété."
