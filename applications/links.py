"""Secret links: a token that only a mail carries, and the hash that the database keeps of it."""

import hashlib

from gen_portal.core.references import new_reference

_LENGTH = 32  # characters of 5 random bits: 160 bits, so a plain hash is enough


def new_token():
    return new_reference(_LENGTH)


def hashed(token):
    """SHA-256 (hex): who reads the database cannot rebuild the link."""
    return hashlib.sha256(token.encode()).hexdigest()


def masked(email):
    """« ca…@exemple.fr »: enough to recognise one's own address, not enough to learn another's."""
    name, _, domain = email.partition("@")
    return f"{name[:2]}…@{domain}"
