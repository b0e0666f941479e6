"""What the people of a structure do among themselves: an invitation that waits, a link to sign, answers written by two.

It goes through the same acts as the pages, after the bulk of the history is written.
"""

from datetime import timedelta

from applications.actions import answers, members, signature
from applications.models import Application, LegalForm, MemberRole, Membership
from gen_portal.core import clock
from gen_portal.demo.people import create_people

NO_SIRET_YET = "Collectif Clavier libre"
SUMMARIES = (
    "Six mois pour apprendre le développement web.",
    "Six mois pour apprendre le développement web par projets, avec trois entreprises du bassin d'emploi.",
    "Six mois pour apprendre le développement web par projets, avec cinq entreprises du bassin d'emploi, sans prérequis.",
)


class Team:
    """Adds the life of two structures to a scenario whose history is written."""

    def __init__(self, scenario, call):
        self.story, self.call, self.structure = scenario, call, scenario.mainland.structure
        self.owner = scenario.users["responsable@structure.example"]
        self.editor = scenario.users["redacteur@structure.example"]
        self.now = clock.now()

    def load(self):
        self._people()
        self._signature()
        self._versions()
        self._without_siret()
        self.story.say("Vie de deux structures : invitation, signature par lien, versions, association sans SIRET.")

    def _people(self):
        """Three members, and a treasurer who has not answered yet."""
        [reader] = create_people(self.story.rng, 1, domain="lecture.structure.example")
        at = self.now - timedelta(days=30)
        Membership.objects.create(structure=self.structure, user=reader, role=MemberRole.READER, since_at=at)
        members.invite_member(
            self.structure, email="tresoriere@structure.example", role=MemberRole.EDITOR, by=self.owner
        )

    def _drafts(self):
        """The dossiers that the structure is writing, the one that lacks nothing first."""
        drafts = Application.objects.drafts_of(self.call).of_structure(self.structure).order_by("pk")
        return sorted(drafts, key=lambda draft: draft.signatory_name == "")

    def _signature(self):
        ready = self._drafts()[0]
        signature.request_signature(ready, email="presidence@structure.example", by=self.owner)

    def _versions(self):
        """Two people correct the summary of the draft on three days."""
        draft = self._drafts()[-1]
        for days, text in zip((6, 4, 2), SUMMARIES, strict=True):
            by = self.editor if days == 4 else self.owner
            answers.write_answers(draft, {"summary": text}, by=by, at=self.now - timedelta(days=days))

    def _without_siret(self):
        """An association that awaits its SIRET drafts with its RNA number; the editor answers for it."""
        others = Application.objects.drafts_of(self.call).exclude(training__structure=self.structure).for_page()
        draft = others.order_by("pk").first()
        structure = draft.training.structure
        structure.name, structure.siret, structure.rna = NO_SIRET_YET, "", "W353001234"
        structure.legal_form = LegalForm.ASSOCIATION
        structure.save()
        at = self.now - timedelta(days=20)
        Membership.objects.create(structure=structure, user=self.editor, role=MemberRole.OWNER, since_at=at)
