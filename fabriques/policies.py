"""Who may do what on this floor: pure functions of a person and an object, one query at most."""

from applications.models import MemberRole
from applications.policies.dossiers import role_in
from fabriques.models import Fabrique
from gen_portal.core import access
from gen_portal.core.models import Role


def can_file_report(user, report):
    """Owners and editors of the structure; readers read."""
    roles = (MemberRole.OWNER, MemberRole.EDITOR)
    return user.memberships.filter(structure=report.label.training.structure_id, role__in=roles).exists()


def can_view_report(user, report):
    """The structure's members, the service of its region, and those who follow the whole programme."""
    if access.has_role(user, Role.OFFICER, Role.DIRECTOR):
        return True
    structure = report.label.training.structure
    if structure.commune.department.region_id in access.regions(user):
        return True
    return user.memberships.filter(structure=structure).exists()


def can_read_unscanned(user, report):
    """Its structure reads what it joined even before the antivirus did; nobody else does."""
    return user.memberships.filter(structure=report.label.training.structure_id).exists()


def can_follow_campaigns(user):
    """See how a campaign goes: officers and the director; a regional service, for its region."""
    return access.has_role(user, Role.OFFICER, Role.DIRECTOR, Role.REGIONAL_SERVICE)


def can_review_reports(user):
    """Accept, ask back or flag a filed report: officers."""
    return access.has_role(user, Role.OFFICER)


def can_set_progress(user):
    """Say until when a call asks regions for progress points, and their targets: officers."""
    return access.has_role(user, Role.OFFICER)


def can_view_progress(user, point):
    """Those who follow the whole programme, and the service of the region."""
    return access.has_role(user, Role.OFFICER, Role.DIRECTOR) or point.region_id in access.regions(user)


def can_file_progress(user, point):
    """The service of the region."""
    return point.region_id in access.regions(user)


def can_choose_contacts(user, structure):
    """Say who receives the mails of the follow-up: the structure's owners."""
    return user.memberships.filter(structure=structure, role=MemberRole.OWNER).exists()


def can_hold_reminders(user):
    """Set, hold and release reminders, settle the fuse: officers."""
    return access.has_role(user, Role.OFFICER)


def can_view_forecast(user):
    """Read what will be sent to whom, in every region: officers and the director."""
    return access.has_role(user, Role.OFFICER, Role.DIRECTOR)


def can_release_registry(user):
    """Publish a dated release of the open data: officers and the director."""
    return access.has_role(user, Role.OFFICER, Role.DIRECTOR)


def can_close_errors(user):
    """Read the mistakes told by readers of the registry, and say what became of them: officers."""
    return access.has_role(user, Role.OFFICER)


def can_view_grants(user):
    """Read the amounts granted: officers and the director; a regional service is told of labels, not of money."""
    return access.has_role(user, Role.OFFICER, Role.DIRECTOR)


def can_write_to_structures(user):
    """Write to the structures of a list of the staff map: officers."""
    return access.has_role(user, Role.OFFICER)


def can_write_page(user, fabrique):
    """Write the draft of a fabrique's page, its contacts and its offers: the structure's owners and editors."""
    return role_in(user, fabrique.structure_id) in (MemberRole.OWNER, MemberRole.EDITOR)


def can_publish_page(user, fabrique):
    """An owner engages the structure: publishes the page, takes it down, asks for another look."""
    return role_in(user, fabrique.structure_id) == MemberRole.OWNER


def can_look_at_pages(user):
    """Read the pages that fabriques publish, to hold one back: officers."""
    return access.has_role(user, Role.OFFICER)


def can_hold_page(user, page):
    """Hold back and release a page: an officer who does not belong to its structure."""
    return can_look_at_pages(user) and not role_in(user, page.fabrique.structure_id)


def can_read_network(user, today):
    """The directory is for the fabriques of the day, and for those who run the calls."""
    if access.has_role(user, Role.OFFICER, Role.DIRECTOR, Role.SECOND_SIGNATORY):
        return True
    return Fabrique.objects.of_member(user).with_label_in_force(today).exists()


def fabriques_written_by(user, today):
    """The fabriques of the day for which a person may speak in the directory."""
    roles = (MemberRole.OWNER, MemberRole.EDITOR)
    return Fabrique.objects.written_by(user, roles).with_label_in_force(today).for_page()


def can_export_network(user):
    """Take the directory away as a file: those who run the calls."""
    return access.has_role(user, Role.OFFICER, Role.DIRECTOR)
