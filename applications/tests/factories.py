"""A call, a structure with its people, a dossier in any state: sound worlds, that `check_invariants` accepts.

Days are counted from `clock.today()`, so stop the clock (`frozen_clock`) before making what must not move.
"""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from applications import archive, links
from applications.models import (
    Application,
    ApplicationState,
    Attachment,
    Call,
    Criterion,
    CutOff,
    GrantRule,
    Incident,
    Invitation,
    JournalAction,
    LegalForm,
    MemberRole,
    Membership,
    RequiredDocument,
    Signature,
    SignatureKind,
    Site,
    Structure,
    Submission,
    Training,
)
from applications.models.members import INVITATION_LIFE
from applications.models.tables import TABLES
from applications.tests.answers import ANSWERS
from gen_portal.core import clock, files
from gen_portal.core.references import grouped, new_reference
from gen_portal.core.tests.factories import CommuneFactory, UserFactory
from gen_portal.core.workflow import record

GRID = (
    ("local", "Ancrage territorial", 20),
    ("content", "Contenu et pédagogie", 25),
    ("audience", "Publics cibles", 25),
    ("partners", "Partenariats", 15),
    ("employment", "Débouchés", 15),
)
PDF = b"%PDF-1.4\n% fictif\n"


def _days_from_now(count):
    return factory.LazyFunction(lambda: clock.start_of(clock.today() + timedelta(days=count)))


def siret(number):
    """A valid and fictitious SIRET: INSEE has given no SIREN that begins with 99."""
    siren = _with_key(f"99{number:06d}")
    return _with_key(f"{siren}0001")


def _with_key(digits):
    total = sum(sum(divmod(2 * int(d), 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


class StructureFactory(DjangoModelFactory):
    """An association in Rennes; `overseas=True` puts it in Saint-Denis de La Réunion."""

    class Meta:
        model = Structure

    name = factory.Sequence(lambda n: f"Atelier numérique {n}")
    legal_form = LegalForm.ASSOCIATION
    siret = factory.Sequence(siret)
    street = "12 rue des Tanneurs"
    postcode = "35000"
    commune = factory.SubFactory(CommuneFactory)
    representative_name = "Dominique Lefèvre"
    representative_role = "présidente"
    created_at = _days_from_now(-400)

    class Params:
        overseas = factory.Trait(commune=factory.SubFactory(CommuneFactory, overseas=True), postcode="97400")


class MembershipFactory(DjangoModelFactory):
    """An owner, unless `role` is given."""

    class Meta:
        model = Membership

    structure = factory.SubFactory(StructureFactory)
    user = factory.SubFactory(UserFactory)
    role = MemberRole.OWNER
    since_at = _days_from_now(-400)


class InvitationFactory(DjangoModelFactory):
    """A place of reader offered a day ago to an address without account, by an owner; `token` is what its link says."""

    class Meta:
        model = Invitation

    class Params:
        token = factory.LazyFunction(links.new_token)

    structure = factory.SubFactory(StructureFactory)
    email = factory.Sequence(lambda n: f"invitee{n}@exemple.fr")
    role = MemberRole.READER
    token_hash = factory.LazyAttribute(lambda invitation: links.hashed(invitation.token))
    invited_by = factory.LazyAttribute(lambda invitation: _owner_of(invitation.structure))
    sent_at = factory.LazyFunction(lambda: clock.now() - timedelta(days=1))
    expires_at = factory.LazyAttribute(lambda invitation: invitation.sent_at + INVITATION_LIFE)


class CutOffFactory(DjangoModelFactory):
    class Meta:
        model = CutOff

    call = factory.SubFactory("applications.tests.factories.CallFactory", bare=True)
    number = factory.LazyAttribute(lambda cut_off: cut_off.call.cut_offs.count() + 1)
    closes_at = factory.LazyAttribute(
        lambda cut_off: clock.start_of(clock.today() + timedelta(days=30 * cut_off.number))
    )
    results_expected_on = factory.LazyAttribute(lambda cut_off: clock.day_of(cut_off.closes_at) + timedelta(days=45))


class CriterionFactory(DjangoModelFactory):
    class Meta:
        model = Criterion

    call = factory.SubFactory("applications.tests.factories.CallFactory", bare=True)
    code = factory.Sequence(lambda n: f"critere-{n}")
    label = factory.LazyAttribute(lambda criterion: f"Critère {criterion.code}")
    weight_percent = 20
    position = factory.Sequence(lambda n: n)


class GrantRuleFactory(DjangoModelFactory):
    """70 000 € per label, 180 000 € per structure, half of the budget at most."""

    class Meta:
        model = GrantRule

    call = factory.SubFactory("applications.tests.factories.CallFactory", bare=True)
    per_label_euros = 70_000
    per_structure_euros = 180_000
    max_share_percent = 50


class RequiredDocumentFactory(DjangoModelFactory):
    class Meta:
        model = RequiredDocument

    call = factory.SubFactory("applications.tests.factories.CallFactory", bare=True)
    label = factory.Sequence(lambda n: f"Statuts {n}")


class CallFactory(DjangoModelFactory):
    """A call published and open, with two cut-offs (in 30 and 60 days), its grid and its grant rule.

    `unpublished=True`: a draft. `closed=True`: both cut-offs are past. `bare=True`: nothing hangs on it.
    """

    class Meta:
        model = Call

    slug = factory.Sequence(lambda n: f"appel-{n}")
    title = factory.Sequence(lambda n: f"Appel à projets {n}")
    summary = "Labelliser des formations au numérique, courtes et ouvertes à tous."
    text = "## Objet\n\nFormer partout en France aux métiers du numérique."
    contact_name = "L'équipe des appels"
    contact_email = "appels@gen.example"
    opens_at = _days_from_now(-30)
    published_at = _days_from_now(-30)
    budget_euros = 5_000_000
    bare = False
    cut_off_days = (30, 60)

    class Params:
        unpublished = factory.Trait(published_at=None)
        closed = factory.Trait(
            opens_at=_days_from_now(-100), published_at=_days_from_now(-100), cut_off_days=(-60, -30)
        )

    @classmethod
    def _create(cls, model_class, *args, bare, cut_off_days, **kwargs):
        call = super()._create(model_class, *args, **kwargs)
        if not bare:
            _equip(call, cut_off_days)
        return call


def _equip(call, cut_off_days):
    for number, days in enumerate(cut_off_days, start=1):
        closes_at = clock.start_of(clock.today() + timedelta(days=days))
        CutOffFactory(call=call, number=number, closes_at=closes_at)
    for position, (code, label, weight) in enumerate(GRID, start=1):
        CriterionFactory(call=call, code=code, label=label, weight_percent=weight, position=position)
    GrantRuleFactory(call=call)


class IncidentFactory(DjangoModelFactory):
    """A proposal to move a closing by two days, not signed."""

    class Meta:
        model = Incident

    cut_off = factory.SubFactory(CutOffFactory)
    reason = "Le portail n'a pas répondu pendant trois heures."
    from_at = factory.SelfAttribute("cut_off.closes_at")
    until_at = factory.LazyAttribute(lambda incident: incident.from_at + timedelta(days=2))
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = factory.LazyFunction(clock.now)


class TrainingFactory(DjangoModelFactory):
    class Meta:
        model = Training

    structure = factory.SubFactory(StructureFactory)
    title = factory.Sequence(lambda n: f"Développement web {n}")
    created_at = _days_from_now(-20)


class SiteFactory(DjangoModelFactory):
    class Meta:
        model = Site

    structure = factory.SubFactory(StructureFactory)
    name = factory.Sequence(lambda n: f"Le Hangar {n}")
    street = "3 quai de la Gare"
    postcode = factory.LazyAttribute(lambda site: site.structure.postcode)
    commune = factory.LazyAttribute(lambda site: site.structure.commune)


class AttachmentFactory(DjangoModelFactory):
    class Meta:
        model = Attachment

    application = factory.SubFactory("applications.tests.factories.ApplicationFactory")
    joined_at = factory.LazyFunction(clock.now)
    file = factory.LazyAttribute(
        lambda attachment: files.store(
            PDF, name="statuts.pdf", content_type="application/pdf", by=attachment.application.started_by
        )
    )


def _balancing(answers):
    """What the budget still needs, given by the region."""
    left = answers.total_budget_euros - answers.requested_grant_euros - answers.own_funds_euros
    return [TABLES["resources"].line(funder="Région", status="obtained", amount_euros=left)] if left > 0 else []


class ApplicationFactory(DjangoModelFactory):
    """A draft with nothing in it but its training; the owner of the structure began it.

    Traits: `complete` (every answer and a site), `submitted`, `returned`, `admissible`, `inadmissible`, `under_review`,
    `decided`, `withdrawn` (complete, filed in the first cut-off, with submission and journal).
    """

    class Meta:
        model = Application

    call = factory.SubFactory(CallFactory)
    training = factory.SubFactory(TrainingFactory)
    started_by = factory.LazyAttribute(lambda application: _owner_of(application.training.structure))
    started_at = _days_from_now(-10)
    changed_at = _days_from_now(-10)
    with_site = False

    class Params:
        complete = factory.Trait(
            with_site=True,
            first_start_on=factory.LazyFunction(lambda: clock.today() + timedelta(days=200)),
            planned_sessions=factory.LazyAttribute(
                lambda answers: [
                    TABLES["planned_sessions"].line(starts_on=answers.first_start_on.isoformat(), seat_count=15)
                ]
            ),
            expenses=factory.LazyAttribute(
                lambda answers: [TABLES["expenses"].line(head="staff", amount_euros=answers.total_budget_euros)]
            ),
            resources=factory.LazyAttribute(_balancing),
            **(ANSWERS | {"signatory_name": factory.LazyAttribute(lambda row: row.started_by.get_full_name())}),
        )
        filed = factory.Trait(
            complete=True,
            cut_off=factory.LazyAttribute(lambda application: application.call.cut_offs.order_by("number").first()),
            submitted_at=_days_from_now(-2),
        )
        submitted = factory.Trait(filed=True, state=ApplicationState.SUBMITTED)
        returned = factory.Trait(
            filed=True,
            state=ApplicationState.RETURNED,
            completion_request="Merci de joindre la lettre de la mission locale.",
            completion_due_on=factory.LazyFunction(lambda: clock.today() + timedelta(days=10)),
        )
        admissible = factory.Trait(filed=True, state=ApplicationState.ADMISSIBLE)
        inadmissible = factory.Trait(
            filed=True,
            state=ApplicationState.INADMISSIBLE,
            ended_at=_days_from_now(-1),
            inadmissible_reason="La formation est payante pour les apprenants.",
        )
        under_review = factory.Trait(filed=True, state=ApplicationState.UNDER_REVIEW)
        decided = factory.Trait(filed=True, state=ApplicationState.DECIDED)
        withdrawn = factory.Trait(filed=True, state=ApplicationState.WITHDRAWN, ended_at=_days_from_now(-1))

    @classmethod
    def _create(cls, model_class, *args, with_site, **kwargs):
        application = super()._create(model_class, *args, **kwargs)
        if with_site:
            application.sites.add(SiteFactory(structure=application.training.structure))
        record(application, JournalAction.STARTED, by=application.started_by, at=application.started_at)
        if application.submitted_at:
            SubmissionFactory(application=application)
        for action in _ACTS_TO[application.state]:
            record(application, action, by=None, at=clock.now())
        return application


#: The acts after the filing that lead to each state.
_ACTS_TO = {
    ApplicationState.DRAFT: (),
    ApplicationState.SUBMITTED: (),
    ApplicationState.RETURNED: (JournalAction.RETURNED,),
    ApplicationState.ADMISSIBLE: (JournalAction.DECLARED_ADMISSIBLE,),
    ApplicationState.INADMISSIBLE: (JournalAction.DECLARED_INADMISSIBLE,),
    ApplicationState.UNDER_REVIEW: (JournalAction.DECLARED_ADMISSIBLE, JournalAction.REVIEW_STARTED),
    ApplicationState.DECIDED: (
        JournalAction.DECLARED_ADMISSIBLE,
        JournalAction.REVIEW_STARTED,
        JournalAction.CLOSED,
    ),
    ApplicationState.WITHDRAWN: (JournalAction.WITHDRAWN,),
}


def _owner_of(structure):
    membership = structure.memberships.filter(role=MemberRole.OWNER).order_by("pk").first()
    return (membership or MembershipFactory(structure=structure)).user


def _signed_archive(filing):
    """What `submit` keeps: the content as its declared signatory signed it at the instant of the filing."""
    content = archive.build(archive.for_archiving([filing.application])[0])
    signature = Signature.objects.create(
        application=filing.application,
        kind=SignatureKind.REPRESENTATIVE,
        name=filing.application.signatory_name or "Camille Martin",
        role=filing.application.signatory_role or "présidente",
        content_sha256=archive.digest(content),
        signed_at=filing.filed_at,
        signed_by=filing.filed_by,
    )
    return archive.signed(content, signature)


class SubmissionFactory(DjangoModelFactory):
    """The filing of a dossier at its `submitted_at`, archived as `submit` archives it."""

    class Meta:
        model = Submission

    application = factory.SubFactory(ApplicationFactory)
    number = factory.LazyFunction(lambda: f"GEN-2026-{grouped(new_reference(12))}")
    idempotency_key = factory.LazyFunction(new_reference)
    cut_off = factory.SelfAttribute("application.cut_off")
    filed_at = factory.SelfAttribute("application.submitted_at")
    filed_by = factory.SelfAttribute("application.started_by")
    archive = factory.LazyAttribute(lambda filing: _signed_archive(filing))
    sha256 = factory.LazyAttribute(lambda filing: archive.digest(filing.archive))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        filing = super()._create(model_class, *args, **kwargs)
        record(
            filing.application,
            JournalAction.SUBMITTED,
            by=filing.filed_by,
            at=filing.filed_at,
            note=f"Dépôt {filing.number}",
        )
        return filing
