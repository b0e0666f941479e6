"""Who must not judge a dossier: the ties a person declared, and those the portal finds by itself. Pure functions.

Source of the rule: domain.md §7 (a reviewer draws no benefit; warning when a body of theirs is the applicant or a partner,
by SIREN or by name) and bar.md, gap 8. An answer is a list of sentences in French that name the tie; an empty one lets
the person judge.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

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

    @cached_property
    def key(self):
        return "".join(letter if letter.isalnum() else " " for letter in fold(self.name)).split()


@dataclass(frozen=True)
class Judge:
    """A person who may be entrusted with dossiers, and the bodies of their declaration in force."""

    pk: int
    email: str
    bodies: tuple = ()

    @cached_property
    def domain(self):
        return domain_of(self.email)


@dataclass(frozen=True)
class Case:
    """What a dossier says of its people: the structure, its members (key and address), its named partners."""

    structure: Body
    members: tuple = ()
    partners: tuple = ()

    @cached_property
    def domains(self):
        """Whose address has which domain that tells an employer."""
        return tuple((pk, domain) for pk, email in self.members if (domain := domain_of(email)))


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
    domain = judge.domain
    if domain and any(pk != judge.pk and other == domain for pk, other in case.domains):
        found.append(f"a une adresse du même domaine qu'un membre de la structure ({domain})")
    return found


def tied_pairs(judges, cases):
    """(key of the case, key of the judge) of all that have a tie: what `ties` says of each pair, without asking them all.

    `judges` by key, `cases` by key. Only whoever shares a person, a domain, a SIREN or a name with a case is compared.
    """
    index = defaultdict(set)
    for judge in judges.values():
        for mark in _marks_of_judge(judge):
            index[mark].add(judge.pk)
    for key, case in cases.items():
        suspects = set().union(*(index.get(mark, ()) for mark in _marks_of_case(case)))
        yield from ((key, pk) for pk in suspects if ties(judges[pk], case))


def _marks_of_judge(judge):
    return {("person", judge.pk), ("domain", judge.domain), *_marks_of_bodies(judge.bodies)}


def _marks_of_case(case):
    people = {("person", pk) for pk, _ in case.members}
    return people | {("domain", domain) for _, domain in case.domains} | _marks_of_bodies((case.structure, *case.partners))


def _marks_of_bodies(bodies):
    sirens = {("siren", body.siren) for body in bodies if body.siren}
    return sirens | {("name", *body.key) for body in bodies if body.key}
