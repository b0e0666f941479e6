"""Ties: same SIREN, same name, partner, membership, mail domain; and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelling.interests import PUBLIC_MAIL, Body, Case, Judge, tied_pairs, ties

STRUCTURE = Body("Les Ateliers du Code – Guéret", "732829320")
PARTNER = Body("Mission locale de la Creuse")
CASE = Case(STRUCTURE, members=((1, "ana@ateliers.example"), (2, "bo@gmail.com")), partners=(PARTNER,))


def judge(*bodies, pk=9, email="juge@ministere.example"):
    return Judge(pk, email, bodies)


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (judge(Body("Tout autre nom", "732829320", "employeur actuel")), "lien avec la structure"),
        (judge(Body("LES ATELIERS DU CODE - GUERET", "", "mandat")), "lien avec la structure"),
        (judge(Body("mission locale de la creuse", "443061841", "proche")), "partenaire du dossier"),
        (judge(pk=1), "est membre de la structure"),
        (judge(email="cy@ATELIERS.example"), "même domaine"),
    ],
)
def test_each_kind_of_tie_is_named(person, words):
    [found] = ties(person, CASE)
    assert words in found


@pytest.mark.parametrize(
    "person",
    [
        judge(Body("Les Ateliers du Code – Guéret", "443061841", "employeur")),  # another body of the same name
        judge(Body("Les Ateliers", "", "employeur")),  # a part of the name is not the name
        judge(Body("–", "", "employeur")),
        judge(email="cy@gmail.com"),
        judge(email="cy@sub.ateliers.example"),
    ],
)
def test_no_tie_is_made_up(person):
    assert ties(person, CASE) == []


def test_the_link_declared_is_told():
    [found] = ties(judge(Body("Mission locale de la Creuse", "", "mandat ou fonction dirigeante")), CASE)
    assert found == (
        "a déclaré un lien avec un partenaire du dossier : Mission locale de la Creuse (mandat ou fonction dirigeante)"
    )


names = st.text(alphabet="abé -'É", max_size=6)
bodies = st.builds(Body, names, st.sampled_from(["", "732829320", "443061841"]))
emails = st.sampled_from(["x@a.example", "y@A.EXAMPLE", "z@b.example", "w@gmail.com"])


@given(bodies, bodies)
def test_being_the_same_body_goes_both_ways(one, other):
    assert one.is_same(other) == other.is_same(one)
    assert one.is_same(one) == bool(one.siren or one.key)


@given(st.lists(bodies, max_size=3), st.lists(bodies, max_size=3), emails, emails, st.integers(1, 2), st.integers(1, 2))
def test_more_facts_never_clear_a_tie(declared, partners, own, member, pk, member_pk):
    """Whatever else is declared or named, a tie that was there stays."""
    case = Case(STRUCTURE, ((member_pk, member),), tuple(partners))
    few, many = judge(*declared[:1], pk=pk, email=own), judge(*declared, pk=pk, email=own)
    assert bool(ties(few, case)) <= bool(ties(many, case))
    assert bool(ties(many, Case(STRUCTURE, case.members, ()))) <= bool(ties(many, case))


def test_providers_are_written_as_domains():
    assert {name for name in PUBLIC_MAIL if name != name.lower() or "." not in name or "@" in name} == set()


WORDS = st.sampled_from(["Ateliers du Port", "ateliers du port", "Le Phare", ""])
BODIES = st.builds(Body, WORDS, st.sampled_from(["732829320", "552100554", ""]), st.just("employeur"))
MAILS = st.sampled_from(["a@port.fr", "b@port.fr", "c@gmail.com", "d@phare.fr"])
JUDGES = st.lists(st.tuples(MAILS, st.lists(BODIES, max_size=2)), max_size=4)
CASES = st.lists(
    st.builds(Case, BODIES, st.lists(st.tuples(st.integers(0, 4), MAILS), max_size=2).map(tuple),
              st.lists(BODIES, max_size=2).map(tuple)), max_size=4,
)  # fmt: skip


@given(JUDGES, CASES)
def test_tied_pairs_are_those_of_each_pair_asked_alone(people, dossiers):
    judges = {pk: Judge(pk, email, tuple(bodies)) for pk, (email, bodies) in enumerate(people)}
    cases = dict(enumerate(dossiers))
    expected = {(key, pk) for key, case in cases.items() for pk, judge in judges.items() if ties(judge, case)}
    assert set(tied_pairs(judges, cases)) == expected
