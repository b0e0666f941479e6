"""Random public references: they cannot be guessed, nor do they tell how many there are."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread


def new_reference(length=16):
    """`length` characters of 5 random bits each: 16 give 80 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def grouped(reference, size=4):
    """The same reference in groups, for a person to read aloud."""
    return "-".join(reference[i : i + size] for i in range(0, len(reference), size))
