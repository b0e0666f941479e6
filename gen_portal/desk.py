"""« Mon bureau »: for each role a person has, what waits for them and why, one query a line.

Each section says what it is about even when nothing waits: an empty desk is an answer too.
"""

from dataclasses import dataclass, field

from django.urls import reverse

from applications.models import Application, ApplicationState, Call, Invitation, Structure
from applications.models.officers import followed_by
from fabriques.models import FollowUpCampaign, FollowUpReport, FuseTrip, ProgressPoint
from fabriques.recipients import unreachable_members
from gen_portal import desk_pages
from gen_portal.core import access, phrases, territory
from gen_portal.core.models import OutgoingEmail, Role, SecondFactorReset
from labelling.models import Assignment, CommitteeMeeting, Decision, Disagreement, SignatureDelegation
from labelling.models.board import to_decide_by_call
from labelling.models.countersigning import waiting_count
from labelling.models.docket import Step
from labelling.models.regional import dossiers_of
from labelling.regional import standings_in

SHOWN = 8  # lines of a section; its own page shows the rest


@dataclass(frozen=True)
class Line:
    """One thing to do: what, why now, where."""

    title: str
    why: str
    url: str
    is_late: bool = False


@dataclass(frozen=True)
class Section:
    """What one role waits for. `more` leads to the whole list; `nothing` is said when there are no lines."""

    title: str
    nothing: str
    lines: list = field(default_factory=list)
    more_url: str = ""
    more_label: str = ""


def sections_for(user, now, today):
    """Every section of a person's desk, in the order of urgency for them."""
    found = [section for role, build in BY_ROLE if access.has_role(user, role) for section in build(user, now, today)]
    invited = invitation_sections(user, now)
    structures = list(Structure.objects.of_member(user).for_page())
    if structures or not (found or invited):
        found = [*structure_sections(user, structures, now, today), *found]
    return [*invited, *found]


# --- Everybody -----------------------------------------------------------------------------------------------------
def invitation_sections(user, now):
    """Places offered to one of the person's addresses; nothing when there is none."""
    invitations = Invitation.objects.addressed_to(user).open(now).for_page()
    lines = [
        Line(
            f"Rejoindre {invitation.structure.name}",
            f"{invitation.invited_by} vous y invite, jusqu'au {phrases.instant(invitation.expires_at)}.",
            reverse("invitation_received", args=[invitation.reference]),
        )
        for invitation in invitations[:SHOWN]
    ]
    return [Section("Invitations", "", lines)] if lines else []


# --- Structures ----------------------------------------------------------------------------------------------------
def structure_sections(user, structures, now, today):
    """Dossiers to finish or complete, follow-up reports to file; for a newcomer, the first step."""
    if not structures:
        first = Line(
            "Inscrire votre structure",
            "Son numéro SIRET et son adresse suffisent ; vous pourrez ensuite candidater.",
            reverse("structure_create"),
        )
        return [Section("Pour commencer", "", [first], reverse("call_list"), "Voir les appels")]
    zone = structures[0].time_zone
    return [*_unreachable(user), _dossiers(user, now, zone), _reports(user, today), *_pages(user, today)]


def _pages(user, today):
    lines = [Line(*told) for told in desk_pages.own_pages(user)]
    return [Section("Ma fabrique", "", lines, *desk_pages.directory(user, today))] if lines else []


def _unreachable(user):
    """Owners learn that mails to one of their people come back."""
    owned = Structure.objects.owned_by(user)
    lines = [
        Line(
            f"Les courriels à {member.user.email} nous reviennent",
            f"{structure.name} : plus rien n'est envoyé à cette adresse. Choisissez qui prévenir.",
            reverse("contact_list", args=[structure.reference]),
            True,
        )
        for structure, member in unreachable_members(owned)
    ]
    return [Section("Courriels du suivi", "", lines)] if lines else []


def _dossiers(user, now, zone):
    waiting = Application.objects.of_member(user).awaiting_author().for_page().with_timetable()
    lines = [_dossier_line(application, now, zone) for application in waiting[:SHOWN]]
    return Section(
        "Mes candidatures",
        "Aucun dossier n'attend votre plume.",
        lines,
        reverse("application_list"),
        "Toutes mes candidatures",
    )


def _dossier_line(application, now, zone):
    url = reverse("application_page", args=[application.reference])
    if application.state == ApplicationState.RETURNED:
        why = f"Un complément est demandé, à transmettre jusqu'au {phrases.day(application.completion_due_on)} inclus."
        return Line(application.training.title, why, url)
    cut_off = application.call.open_cut_off(now)
    if cut_off is None:
        return Line(application.training.title, "L'appel est clos : ce brouillon ne peut plus être déposé.", url, True)
    deadline = territory.describe_deadline(cut_off.closes_at, zone)
    return Line(application.training.title, f"Brouillon à déposer avant le {deadline}.", url)


def _reports(user, today):
    reports = FollowUpReport.objects.of_member(user).waiting_for_structure().for_page()
    lines = [_report_line(report, today) for report in reports[:SHOWN]]
    return Section(
        "Suivi trimestriel", "Aucun relevé n'est attendu.", lines, reverse("report_list"), "Tous mes relevés"
    )


def _report_line(report, today):
    """A report to file, or to correct as an officer asked."""
    due_on = report.asked_back_due_on or report.campaign.due_on
    is_late = today > due_on
    what = "Correction" if report.asked_back_due_on else "Suivi"
    why = (
        f"{what} {'attendu' if what == 'Suivi' else 'attendue'} depuis" if is_late else f"{what} à transmettre jusqu’à"
    )
    title, url = f"{report.label.title}, {report.campaign}", reverse("report_page", args=[report.reference])
    return Line(title, f"{why} la fin du {phrases.day(due_on)}.", url, is_late)


# --- Reviewers -----------------------------------------------------------------------------------------------------
def reviewer_sections(user, now, today):
    assignments = Assignment.objects.visible_to(user).to_do().for_page()
    lines = [_declaration_line(waiting) for waiting in Assignment.objects.undeclared_calls(user)]
    lines += [_assignment_line(assignment, today) for assignment in assignments[:SHOWN]]
    nothing = "Aucune évaluation ne vous attend."
    return [Section("Mes évaluations", nothing, lines, reverse("review_list"), "Toutes mes évaluations")]


def _declaration_line(waiting):
    url = reverse("declaration_sign", args=[waiting.call.slug])
    return Line(f"Déclarer mes intérêts : {waiting.call.title}", f"{waiting.words.capitalize()}.", url)


def _assignment_line(assignment, today):
    is_late = assignment.due_on is not None and assignment.due_on < today
    due = f"à rendre le {phrases.day(assignment.due_on)}" if assignment.due_on else "sans date fixée"
    why = f"{assignment.application.training.structure.name} – {due}{', en retard' if is_late else ''}."
    url = reverse("review_page", args=[assignment.application.reference])
    return Line(assignment.application.training.title, why, url, is_late)


# --- Those who run the calls ---------------------------------------------------------------------------------------
def officer_sections(user, now, today):
    lines = [*_reset_lines(user, now), *_fuse_lines(), *_call_lines(user), *_disagreement_lines(user)]
    lines += _condition_lines(user, today)
    lines += [*_delegated_lines(user, today), *_meeting_lines(user), *_mail_lines(user)]
    lines += [*(Line(*told) for told in desk_pages.pages_to_look_at())]
    lines += [*_report_lines(user, today), *_late_point_lines(today)]
    nothing = "Rien n'attend : les dossiers déposés sont tous vérifiés et confiés."
    return [Section("À faire pour les appels en cours", nothing, lines, reverse("call_staff_list"), "Gérer les appels")]


def _reset_lines(user, now):
    """Lost phones that wait for a second person."""
    if count := SecondFactorReset.objects.waiting_for(user, now).count():
        what = _count(count, "téléphone perdu", "téléphones perdus")
        yield Line(what, "La remise à zéro attend une seconde personne.", reverse("factor_reset_list"), True)


def _call_lines(user):
    """Per call: dossiers to check, dossiers without all their reviewers, decisions ready to publish."""
    for call in Call.objects.with_work(user):
        slug = [call.slug]
        if call.submitted_count:
            what = _count(call.submitted_count, "dossier à vérifier", "dossiers à vérifier")
            url, why = reverse("admissibility_list", args=slug), f"{call} : recevabilité à prononcer."
            own = followed_by(call.applications.waiting().open_to(user), user, access.today(user)).count()
            if own:
                url, why = f"{url}?etat=submitted&miens=on", f"{call} : {what} en tout."
                what = _count(own, "dossier que vous suivez à vérifier", "dossiers que vous suivez à vérifier")
            yield Line(what, why, url)
        if call.admissible_count:
            what = _count(call.admissible_count, "dossier recevable à confier", "dossiers recevables à confier")
            yield Line(
                what,
                f"{call} : un instructeur par ministère.",
                f"{reverse('admissibility_list', args=slug)}?etat=admissible",
            )
    for call_title, slug, count in Decision.objects.visible_to(user).ready().by_call():
        what = _count(count, "décision prête à publier", "décisions prêtes à publier")
        yield Line(what, f"{call_title} : signées et contresignées.", reverse("decision_list", args=[slug]))


def _delegated_lines(user, today):
    """Decisions that await a signature which somebody delegated to the person."""
    for delegation in SignatureDelegation.objects.in_force(today).to(user).select_related("delegator"):
        decisions, is_first = Decision.objects.visible_to(user), delegation.role == Role.DIRECTOR
        waiting = decisions.to_sign() if is_first else decisions.to_countersign()
        step = Step.TO_SIGN if is_first else Step.TO_COUNTERSIGN
        for call_title, slug, count in waiting.by_call():
            what = _count(count, f"décision {step.label}", f"décisions {step.label}")
            why = f"{call_title} : {delegation}, jusqu'au {phrases.day(delegation.until_on)} inclus."
            yield Line(what, why, f"{reverse('decision_list', args=[slug])}?etape={step}")


def _disagreement_lines(user):
    """Reviews that disagree, and that nobody has arbitrated."""
    for title, slug, count in Disagreement.objects.waiting_by_call(user):
        what = _count(count, "désaccord entre évaluations", "désaccords entre évaluations")
        yield Line(what, f"{title} : à faire relire, ou à arbitrer.", reverse("disagreement_list", args=[slug]))


def _condition_lines(user, today):
    """Conditions of labels that the person sees to, about the day they are due on."""
    for decision in Decision.objects.visible_to(user).with_conditions_to_check(user, today)[:SHOWN]:
        due, is_late = phrases.day(decision.conditions_due_on), decision.conditions_due_on < today
        why = f"{decision.application.training.title} : à remplir au plus tard le {due}."
        url = reverse("decision_edit", args=[decision.application.reference])
        yield Line(f"Conditions à vérifier : {decision.application.structure.name}", why, url, is_late)


def _fuse_lines():
    """The reminders stopped by themselves: nothing leaves until somebody decides."""
    for trip in FuseTrip.objects.open():
        what = _count(len(trip.mails), "courriel imprévu", "courriels imprévus")
        yield Line(
            f"Relances arrêtées : {what}",
            "Rien ne part tant que personne ne décide : libérer ou écarter.",
            reverse("fuse_page", args=[trip.pk]),
            True,
        )


def _mail_lines(user):
    counts = OutgoingEmail.objects.open_to(user).counts()
    if counts["bounced"]:
        what = _count(counts["bounced"], "courriel retourné", "courriels retournés")
        why = "Le destinataire ne les a pas reçus : joignez-le autrement, ou dites que l'adresse marche."
        yield Line(what, why, f"{reverse('outbox_list')}?etat=retournes", True)
    stuck = counts["needing_staff"]
    if stuck:
        what = _count(stuck, "courriel à traiter", "courriels à traiter")
        yield Line(
            what, "Refusés par le relais, ou d'envoi incertain.", f"{reverse('outbox_list')}?etat=a-traiter", True
        )


def _report_lines(user, today):
    """Reports to review, corrections that do not come, late reports, trainings « en défaut », as this person sees them."""
    reports = FollowUpReport.objects.visible_to(user)
    if count := reports.to_review(today).count():
        what = _count(count, "relevé de suivi à relire", "relevés de suivi à relire")
        yield Line(what, "Transmis par les structures, du plus ancien au plus récent.", reverse("review_queue"))
    if count := reports.overdue_corrections(today).count():
        what = _count(count, "relevé redemandé sans réponse", "relevés redemandés sans réponse")
        yield Line(what, "Le jour donné pour corriger est passé.", f"{reverse('review_queue')}?etat=redemandes", True)
    latest = FollowUpCampaign.objects.latest_first().first()
    if latest and (count := reports.of_campaign(latest).late(today).count()):
        what = _count(count, "relevé de suivi en retard", "relevés de suivi en retard")
        url = reverse("campaign_page", args=[latest.year, latest.quarter])
        yield Line(
            what, "Le délai est passé ; les relances partent seules.", f"{url}?etat=en-retard#titre-releves", True
        )
    if count := reports.silent_trainings(today).count():
        what = _count(count, "formation en défaut", "formations en défaut")
        why = "Aucun relevé malgré toutes les relances : à appeler."
        yield Line(what, why, reverse("silent_list"), True)


def _late_point_lines(today):
    """Progress points that regions have not filed in time."""
    if count := ProgressPoint.objects.late(today).count():
        what = _count(count, "point d'avancement en retard", "points d'avancement en retard")
        why = "Le délai de la région est passé."
        yield Line(what, why, f"{reverse('progress_list')}?etat=en-retard", True)


def _point_lines(user, today):
    """Progress points that the person's regional service has still to file."""
    for point in ProgressPoint.objects.visible_to(user).to_file(today).for_page()[:SHOWN]:
        is_late = today > point.due_on
        when = f"Attendu depuis le {phrases.day(point.due_on)}." if is_late else f"Pour le {phrases.day(point.due_on)}."
        url = reverse("progress_page", args=[point.reference])
        yield Line(f"Point d'avancement au {phrases.day(point.last_on)}", when, url, is_late)


def _meeting_lines(user):
    """Meetings of the committee that are planned, open or adjourned."""
    for meeting in CommitteeMeeting.objects.visible_to(user).unfinished().for_page()[:SHOWN]:
        name = "meeting_live" if meeting.is_open else "meeting_page"
        when = "Elle est ouverte" if meeting.is_open else f"Prévue le {phrases.instant(meeting.planned_at)}"
        why = f"{meeting.cut_off.call}. {when}, {meeting.place}."
        yield Line(f"Comité : {meeting}", why, reverse(name, args=[meeting.pk]))


def member_sections(user, now, today):
    lines = list(_meeting_lines(user))
    if count := waiting_count(user):
        what = _count(count, "évaluation à contresigner", "évaluations à contresigner")
        lines.append(Line(what, "Déposées par les instructeurs de votre ministère.", reverse("countersign_list")))
    nothing = "Aucune séance n'est prévue, aucune évaluation n'attend votre contreseing."
    return [Section("Mon ministère", nothing, lines, reverse("countersign_list"), "Toutes les évaluations")]


def director_sections(user, now, today):
    lines = [
        Line(
            _count(count, "dossier à décider", "dossiers à décider"),
            f"{title} : toutes les évaluations sont rendues.",
            reverse("decision_list", args=[slug]),
        )
        for title, slug, count in to_decide_by_call(user, today)
    ]
    lines += _meeting_lines(user)
    return [
        Section(
            "Décisions à signer",
            "Aucun dossier n'attend votre décision.",
            lines,
            reverse("call_staff_list"),
            "Tous les appels",
        )
    ]


def second_sections(user, now, today):
    waiting = Decision.objects.visible_to(user).to_countersign().for_page()
    lines = [
        Line(
            decision.application.training.title,
            f"{decision.get_outcome_display().capitalize()} – signée le {phrases.day(decision.first_signed_at)}.",
            reverse("decision_countersign", args=[decision.pk]),
        )
        for decision in waiting[:SHOWN]
    ]
    nothing = "Aucune décision n'attend votre contreseing."
    return [Section("Décisions à contresigner", nothing, lines, reverse("call_staff_list"), "Tous les appels")]


def regional_sections(user, now, today):
    region = next(capacity.region for capacity in access.capacities(user) if capacity.role == Role.REGIONAL_SERVICE)
    nothing = f"Rien n'attend votre service. La carte montre les formations labellisées de votre région ({region})."
    lines = [*_opinion_lines(user, region, today), *_point_lines(user, today), *_report_lines(user, today)]
    more = f"{reverse('registry')}?region={region.code}"
    return [Section("Ma région", nothing, lines, more, f"Voir les fabriques : {region}")]


def _opinion_lines(user, region, today):
    """Dossiers that wait for the opinion of the person's region."""
    waiting = dossiers_of(region, user).to_give(today)
    if count := waiting.count():
        first, *_ = standings_in(region, waiting.for_page()[:1], today)
        what = _count(count, "avis régional à donner", "avis régionaux à donner")
        why = f"Le prochain est attendu jusqu'au {phrases.day(first.due_on)}."
        yield Line(what, why, reverse("regional_list_of", args=[region.pk]), first.is_late)


def admin_sections(user, now, today):
    nothing = "Les droits se donnent et se retirent sur la page des habilitations."
    lines = list(_reset_lines(user, now))
    return [Section("Habilitations", nothing, lines, reverse("capacity_list"), "Voir les habilitations")]


BY_ROLE = (
    (Role.REVIEWER, reviewer_sections),
    (Role.COMMITTEE_MEMBER, member_sections),
    (Role.OFFICER, officer_sections),
    (Role.DIRECTOR, director_sections),
    (Role.SECOND_SIGNATORY, second_sections),
    (Role.REGIONAL_SERVICE, regional_sections),
    (Role.TECHNICAL_ADMIN, admin_sections),
)


def _count(count, one, many):
    return f"1 {one}" if count == 1 else f"{phrases.number(count)} {many}"
