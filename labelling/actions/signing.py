"""What keeps decisions from being signed: who may, on what ground, with which money. One reading for one or a thousand."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from applications.models import ApplicationState, Membership
from gen_portal.core import clock
from gen_portal.core.phrases import euros
from gen_portal.core.workflow import Refused
from labelling.actions.decisions import DecisionRefused, check_deferral, limits_within
from labelling.decision_reasons import lacking_in, lacking_sentence
from labelling.models import Decision, Disagreement, Recusal, ReviewFigures, SignatureDelegation
from labelling.models.decision import MIN_REVIEWS_FOR_A_LABEL
from labelling.models.delegation import other_role

LEFT = "Ce n'est plus possible : ce dossier n'est plus en évaluation."
MEMBER = "Vous êtes membre de la structure qui candidate : vous ne pouvez pas signer cette décision."
RECUSED = "Vous vous êtes déporté de ce dossier : vous ne pouvez pas signer cette décision."
SIGNED = "Cette décision porte déjà la signature du directeur."
UNSIGNED = "Cette décision ne porte pas la signature du directeur : elle ne peut pas être contresignée."
COUNTERSIGNED = "Cette décision est déjà contresignée."
SAME_PERSON = "Vous avez déjà signé cette décision : une autre personne doit la contresigner."
SAME_NAME = "Cette décision est déjà signée au même nom : une autre personne doit la contresigner."
MOVED = "Cette décision porte sur un relevé que le dossier a quitté : préparez-en une autre."
TOO_FEW = "Un label demande les évaluations déposées d'au moins deux ministères : attendez-les avant de signer."
DISPUTED = "Les évaluations de ce dossier s'opposent : arbitrez le désaccord avant de signer un label."


# --- Who ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Right:
    """To give one of the two signatures: one's own, or in the name of somebody, within an amount."""

    delegations: tuple = ()
    is_own: bool = False

    def delegation_for(self, grant_euros):
        """By which delegation a decision with such a grant is signed; None by one's own right. Refused beyond all."""
        if self.is_own:
            return None
        found = [each for each in self.delegations if not _is_beyond(each, grant_euros)]
        if not found:
            raise Refused(self.objection(grant_euros))
        return found[0]

    def objection(self, grant_euros):
        """Why no such grant may be signed by this right, empty when it may."""
        if self.is_own or not all(_is_beyond(each, grant_euros) for each in self.delegations):
            return ""
        most = max(each.max_grant_euros for each in self.delegations)
        return f"Votre délégation de signature ne va que jusqu'à une subvention de {euros(most)}."


def _is_beyond(delegation, grant_euros):
    return delegation.max_grant_euros is not None and grant_euros > delegation.max_grant_euros


def right_of(person, role, at):
    """The right of a person to give a signature at an instant, None without one; asked of the database, not of the request.

    Who holds the other signature, or signs for it, gives none for this one.
    """
    today = clock.day_of(at)
    held = set(person.capacities.in_force(today).values_list("role", flat=True))
    if role in held:
        return Right(is_own=True)
    found = SignatureDelegation.objects.in_force(today)
    if other_role(role) in held or found.held_by(person, other_role(role)).exists():
        return None
    delegations = tuple(found.held_by(person, role))
    return Right(delegations) if delegations else None


# --- On what ground -------------------------------------------------------------------------------------------------


def objections_to_signing(decisions, *, by, right, left_euros):
    """{decision: why it cannot be signed} by keys, for decisions with their dossiers, in the order in which money is given.

    The grants of those that can be signed are counted one after the other against the rule and the envelope.
    """
    kept, ground, purse = _kept_from(decisions, by), Ground(decisions), Purse(decisions, left_euros)
    found = {}
    for decision in decisions:
        sentence = (
            _left(decision) or kept.get(decision.pk) or (SIGNED if decision.is_signed else "")
            or ground.objection(decision) or right.objection(decision.grant_euros) or purse.objection(decision)
        )  # fmt: skip
        if sentence:
            found[decision.pk] = sentence
        else:
            purse.take(decision)
    return found


def objections_to_countersigning(decisions, *, by, right):
    """The same of the second signature, which moves no money."""
    kept = _kept_from(decisions, by)
    found = {each.pk: _left(each) or kept.get(each.pk) or _unready(each, by, right) for each in decisions}
    return {pk: sentence for pk, sentence in found.items() if sentence}


def _left(decision):
    return "" if decision.application.state == ApplicationState.UNDER_REVIEW else LEFT


def _unready(decision, by, right):
    if not decision.is_signed:
        return UNSIGNED
    if decision.is_countersigned:
        return COUNTERSIGNED
    if decision.first_signatory_id == by.pk:
        return SAME_PERSON
    first = decision.first_delegation
    in_whose_name = {each.delegator_id for each in right.delegations} | {by.pk}
    if decision.first_signatory_id in in_whose_name or (first and first.delegator_id in in_whose_name):
        return SAME_NAME
    return right.objection(decision.grant_euros)


def _kept_from(decisions, person):
    """Those of a structure of theirs or on a dossier from which they withdrew."""
    structures = set(Membership.objects.filter(user=person).values_list("structure", flat=True))
    dossiers = [decision.application_id for decision in decisions]
    recused = set(Recusal.objects.filter(user=person, application__in=dossiers).values_list("application", flat=True))
    found = {}
    for decision in decisions:
        if decision.application.training.structure_id in structures:
            found[decision.pk] = MEMBER
        elif decision.application_id in recused:
            found[decision.pk] = RECUSED
    return found


class Ground:
    """What decisions stand on: the present cut-off, a place to be deferred to, reviews for a label, reasons for a refusal.

    Each is read once for all, and only where one of them asks for it.
    """

    def __init__(self, decisions):
        self.decisions, self.deferrals = decisions, {}
        self.dossiers = [decision.application_id for decision in decisions]

    @cached_property
    def counts(self):
        return dict(ReviewFigures.objects.filter(pk__in=self.dossiers).values_list("pk", "review_count"))

    @cached_property
    def disputed(self):
        found = Disagreement.objects.open().filter(application__in=self.dossiers)
        return set(found.values_list("application", flat=True))

    @cached_property
    def lacking(self):
        return lacking_in(self.decisions)

    def objection(self, decision):
        if decision.cut_off_id != decision.application.cut_off_id:
            return MOVED
        if decision.is_labelling:
            return self.of_a_label(decision.application_id)
        if decision.pk in self.lacking:
            return lacking_sentence(self.lacking[decision.pk])
        return self.of_a_deferral(decision.application, decision.outcome)

    def of_a_label(self, dossier):
        if self.counts.get(dossier, 0) < MIN_REVIEWS_FOR_A_LABEL:
            return TOO_FEW
        return DISPUTED if dossier in self.disputed else ""

    def of_a_deferral(self, application, outcome):
        """Asked once per cut-off."""
        key = (application.cut_off_id, outcome)
        if key not in self.deferrals:
            try:
                check_deferral(application, outcome)
            except DecisionRefused as refusal:
                self.deferrals[key] = str(refusal)
        return self.deferrals.setdefault(key, "")


# --- With which money -----------------------------------------------------------------------------------------------


class Purse:
    """What remains of the envelope, and of the ceiling of each structure, as grants are counted one after the other."""

    def __init__(self, decisions, left_euros):
        self.left_euros, self.given = left_euros, defaultdict(int)
        calls = {decision.application.call_id for decision in decisions}
        structures = {decision.application.training.structure_id for decision in decisions}
        signed = Decision.objects.signed().filter(
            application__call__in=calls, application__training__structure__in=structures, grant_euros__gt=0
        )
        self.own = defaultdict(int)
        rows = signed.values_list("application", "application__training__structure", "application__call", "grant_euros")
        for dossier, structure, call, amount in rows:
            self.given[structure, call] += amount
            self.own[dossier] += amount

    def limits(self, application):
        """What may still be granted to a dossier."""
        given = self.given[self._key(application)] - self.own[application.pk]
        return limits_within(application, granted_to_structure_euros=given, left_euros=self.left_euros)

    def objection(self, decision):
        if not decision.grant_euros:
            return ""
        return self.limits(decision.application).objection(decision.grant_euros)

    def take(self, decision):
        self.left_euros -= decision.grant_euros
        self.promise(decision)

    def promise(self, decision):
        """Count a grant against the ceiling of its structure only: what is prepared commits nothing yet."""
        self.given[self._key(decision.application)] += decision.grant_euros

    @staticmethod
    def _key(application):
        return application.training.structure_id, application.call_id
