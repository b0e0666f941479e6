"""When a meeting sat, and who was there when."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from labelling.models.meeting import CommitteeMeeting
from labelling.models.partaking import people_kept_from


class Sitting(models.Model):
    """A stretch of a meeting, from its opening or its resumption to its adjournment or its closing."""

    meeting = models.ForeignKey(CommitteeMeeting, models.PROTECT, verbose_name="séance", related_name="sittings")
    began_at = models.DateTimeField("commencée")
    ended_at = models.DateTimeField("terminée", null=True, blank=True)

    class Meta:
        verbose_name = "partie de séance"
        verbose_name_plural = "parties de séance"
        ordering = ["began_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_sitting_at_a_time_in_a_meeting", fields=["meeting"], condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="a_sitting_ends_after_it_begins", condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at"))
            ),
        ]

    def __str__(self):
        return f"{self.meeting} : {self.began_at}"


class AttendanceQuerySet(models.QuerySet):
    def present(self):
        return self.filter(left_at=None)

    def of(self, person):
        return self.filter(person=person)

    def for_page(self):
        return self.select_related("person").order_by(
            "person__last_name", "person__first_name", "person_id", "arrived_at"
        )


class Attendance(models.Model):
    """A member's presence, from their arrival to their departure; who comes back has another one."""

    meeting = models.ForeignKey(CommitteeMeeting, models.PROTECT, verbose_name="séance", related_name="attendances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="personne", related_name="+")
    arrived_at = models.DateTimeField("arrivée")
    left_at = models.DateTimeField("départ", null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "présence"
        constraints = [
            models.UniqueConstraint(
                name="a_person_is_present_once_in_a_meeting", fields=["meeting", "person"], condition=Q(left_at=None)
            ),
            models.CheckConstraint(
                name="a_person_leaves_after_they_arrive",
                condition=Q(left_at=None) | Q(left_at__gte=F("arrived_at")),
            ),
        ]

    def __str__(self):
        return f"{self.person} : {self.meeting}"


def is_present(meeting, user):
    return meeting.attendances.present().of(user).exists()


def has_attended(meeting, user):
    return meeting.attendances.of(user).exists()


def split_for(item):
    """Keys of the members present who take part in a point, and of those present who leave the room for it."""
    present = set(item.meeting.attendances.present().values_list("person", flat=True))
    away = people_kept_from(item.application)
    return sorted(present - away), sorted(present & away)
