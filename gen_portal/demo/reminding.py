"""What happens to the reminders of the demonstration: a run that stopped itself, mails kept back, one that came back.

It goes through the same acts as the pages, after the bulk of the history is written.
"""

from datetime import timedelta

from fabriques.actions import contacts, fuse, holds
from fabriques.models import FollowUpReport, FuseTrip, JournalAction, Reminder
from fabriques.transitions.filing import file_report
from gen_portal.core import bounces, clock
from gen_portal.core.workflow import record

HELD_BECAUSE = "La structure déménage : nous l'appelons, ne pas lui écrire d'ici là."
NO_SUCH_USER = "La boîte de cette personne n'existe plus"
MORE_PRECISE = "Deux candidatures reçues par courrier n'avaient pas été comptées."


class Reminding:
    """Adds to a scenario whose follow-up campaigns are played."""

    def __init__(self, scenario):
        self.story, self.structure = scenario, scenario.mainland.structure
        self.officer = scenario.officer
        self.reports = FollowUpReport.objects.of_latest_campaign().for_reminding().order_by("pk")

    def load(self):
        late = list({report.label.training.structure: report for report in self.reports.awaited()})
        late = [structure for structure in late if structure != self.structure]
        self._bounce(late[0])
        self._hold(late[1])
        self._blow(late[2:5])
        self._correct()
        self._choose_contacts()
        self.story.say("Relances : fusible, retenue, retour d'un courriel, correction d'un relevé.")

    def _bounce(self, structure):
        """An address that no longer exists: staff see it, and the owners of the structure."""
        last = Reminder.objects.filter(report__label__training__structure=structure).order_by("pk").last()
        mail = last.email
        bounces.take_in(bounces.Bounce(mail.message_id, mail.to_address, True, "5.1.1", NO_SUCH_USER))

    def _hold(self, structure):
        holds.hold_reminders(structure=structure, note=HELD_BECAUSE, by=self.officer)

    def _blow(self, structures):
        """Labels recorded by mistake had people written to whom nobody foresaw: nothing left, and they were set aside."""
        at = clock.now() - timedelta(hours=20)
        members = [structure.memberships.select_related("user").order_by("pk")[0] for structure in structures]
        mails = [self._unforeseen(member, at) for member in members]
        trip = FuseTrip.objects.create(tripped_at=at, foreseen_count=4, planned_count=4 + len(mails), mails=mails)
        record(trip, JournalAction.FUSE_BLOWN, by=None, at=at, note=f"{len(mails)} courriels imprévus")
        fuse.set_aside_unforeseen(trip, by=self.officer)

    def _unforeseen(self, member, at):
        return {
            "key": f"{at:%Y-%m}:opening:{member.structure_id}:{member.user_id}",
            "leaves_on": clock.day_of(at).isoformat(),
            "recipient": str(member.user),
            "address": member.user.email,
            "why": "responsable de la structure",
            "structure": member.structure.name,
            "step": "30 jours après l'échéance",
            "report_count": 1,
        }

    def _correct(self):
        """A report that officers have not read yet is filed again with two applications more."""
        filed = self.reports.filed().filter(accepted_at=None, asked_back_at=None, flagged_at=None)
        report = filed.exclude(label__training__structure=self.structure)[0]
        figures = report.figures()
        figures["received_count"] += 2
        texts = {name: getattr(report, name) for name in ("difficulties", "fall_note", "deviation_note")}
        texts["deviation_note"] = texts["deviation_note"] or MORE_PRECISE
        file_report(report, by=report.filed_by, figures=figures, **texts)

    def _choose_contacts(self):
        owner = self.story.users["responsable@structure.example"]
        editor = self.story.users["redacteur@structure.example"]
        contacts.choose_contacts(self.structure, users=[owner, editor], by=owner)
