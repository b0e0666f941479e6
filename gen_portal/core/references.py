"""Random public references: they cannot be guessed, nor do they tell how many there are."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread


LENGTH = 16
_MISREAD = str.maketrans("OIL", "011")


def new_reference(length=LENGTH):
    """`length` characters of 5 random bits each: 16 give 80 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def grouped(reference, size=4):
    """The same reference in groups, for a person to read aloud."""
    return "-".join(reference[i : i + size] for i in range(0, len(reference), size))


def as_typed(text):
    """The reference a person copied by hand: spaces, hyphens, small letters and the letters one misreads do not matter."""
    return "".join(c for c in text.upper() if c.isalnum()).translate(_MISREAD)


def looks_like_reference(text):
    """Whether it is worth looking for."""
    typed = as_typed(text)
    return len(typed) == LENGTH and set(typed) <= set(ALPHABET)
