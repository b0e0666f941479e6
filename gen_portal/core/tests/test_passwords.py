"""Passwords: a cost that survives the last evening, and none made of our own words."""

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from gen_portal.core.models import User


def test_argon2_within_its_limits_on_one_lane():
    hasher = identify_hasher(make_password("peu importe"))
    assert (hasher.algorithm, hasher.memory_cost, hasher.time_cost, hasher.parallelism) == ("argon2", 19 * 1024, 2, 1)


@pytest.mark.parametrize(
    "password",
    [
        "trop-court-9Xz",
        "passwordpassword",
        "GrandeÉcoleDuNumérique",
        "fabrique numérique 123",
        "motdepassemotdepasse",
        "aaaaaaaaaaaaaaaaaaaa",
        "abababababababababab",
        "claire.montfort@ministere",
    ],
)
def test_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, User(email="claire.montfort@ministere.example", last_name="Montfort"))


@pytest.mark.parametrize(
    "password",
    [
        "le vieux moulin tourne encore",
        "correct-cheval-pile-agrafe",
        "§!%&/()=?*+~#<>|[]{}",
        "漢字仮名交じり文は読みやすいと思う",
    ],
)
def test_accepted(password):
    assert validate_password(password, User(email="claire.montfort@ministere.example")) is None
