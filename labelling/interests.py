"""Who must not judge a dossier: the ties a person declared, and those the portal finds by itself. Pure functions.

Source of the rule: domain.md §7 (a reviewer draws no benefit; warning when a body of theirs is the applicant or a partner,
by SIREN or by name) and bar.md, gap 8. An answer is a list of sentences in French that name the tie; an empty one lets
the person judge.
"""

from dataclasses import dataclass

from gen_portal.core.text import fold

_PROVIDERS = """
gmail.com googlemail.com orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr numericable.fr hotmail.com hotmail.fr
outlook.com outlook.fr live.fr live.com msn.com yahoo.fr yahoo.com icloud.com me.com aol.com gmx.fr gmx.com proton.me
protonmail.com mailo.com
"""
#: Providers whose addresses say nothing of an employer.
PUBLIC_MAIL = frozenset(_PROVIDERS.split())


@dataclass(frozen=True)
class Body:
    """A body as somebody wrote it: its name, its SIREN (nine digits, or nothing), and what links the person to it."""

    name: str
    siren: str = ""
    link: str = ""

    def is_same(self, other):
        """The SIREN decides where both have one; else the names, without case, accents nor punctuation."""
        if self.siren and other.siren:
            return self.siren == other.siren
        return bool(self.key) and self.key == other.key

    @property
    def key(self):
        return "".join(letter if letter.isalnum() else " " for letter in fold(self.name)).split()


@dataclass(frozen=True)
class Judge:
    """A person who may be entrusted with dossiers, and the bodies of their declaration in force."""

    pk: int
    email: str
    bodies: tuple = ()


@dataclass(frozen=True)
class Case:
    """What a dossier says of its people: the structure, its members (key and address), its named partners."""

    structure: Body
    members: tuple = ()
    partners: tuple = ()


def domain_of(email):
    """The domain of an address when it tells an employer; nothing for a public provider."""
    domain = email.rpartition("@")[2].lower()
    return "" if domain in PUBLIC_MAIL else domain


def ties(judge, case):
    """Every tie of a person with a dossier, the strongest first."""
    found = []
    if any(pk == judge.pk for pk, _ in case.members):
        found.append("est membre de la structure")
    for body in judge.bodies:
        if body.is_same(case.structure):
            found.append(f"a déclaré un lien avec la structure : {body.name} ({body.link})")
        elif any(body.is_same(partner) for partner in case.partners):
            found.append(f"a déclaré un lien avec un partenaire du dossier : {body.name} ({body.link})")
    domain = domain_of(judge.email)
    if domain and any(pk != judge.pk and domain_of(email) == domain for pk, email in case.members):
        found.append(f"a une adresse du même domaine qu'un membre de la structure ({domain})")
    return found
