"""Where a label stands on a day, in words: a question to its dates and to its dated events, never a state."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models

from gen_portal.core.phrases import day
from labelling.models import Label, LabelEventKind
from labelling.models.label import FINAL_EVENTS

_ONE_DAY = timedelta(days=1)


class StandingKind(models.TextChoices):
    """In the order in which a public page lists them."""

    IN_FORCE = "in_force", "en vigueur"
    UPCOMING = "upcoming", "à venir"
    EXPIRED = "expired", "arrivé à son terme"
    GIVEN_UP = "given_up", "abandonné"
    REVOKED = "revoked", "retiré"


_RANKS = {kind: rank for rank, kind in enumerate(StandingKind)}
_SENTENCES = {
    StandingKind.IN_FORCE: "En vigueur depuis le {first}, jusqu'au {last} inclus.",
    StandingKind.UPCOMING: "Prendra effet le {first}, jusqu'au {last} inclus.",
    StandingKind.EXPIRED: "Arrivé à son terme : il était en vigueur du {first} au {last}.",
    StandingKind.GIVEN_UP: "Abandonné par la structure à compter du {lost} : il était en vigueur du {first} au {last}.",
    StandingKind.REVOKED: "Retiré à compter du {lost} : il était en vigueur du {first} au {last}.",
}
_NEVER_BEGUN = {
    StandingKind.GIVEN_UP: "Abandonné par la structure le {lost}, avant d'avoir pris effet.",
    StandingKind.REVOKED: "Retiré le {lost}, avant d'avoir pris effet.",
}


@dataclass(frozen=True)
class Standing:
    """A label and where it stands. `over_on` is the first day without it, if nothing changes."""

    label: Label
    kind: StandingKind
    over_on: date

    @property
    def is_in_force(self):
        return self.kind == StandingKind.IN_FORCE

    @property
    def words(self):
        return self.kind.label

    @property
    def sentence(self):
        never_begun = self.over_on <= self.label.starts_on
        pattern = _NEVER_BEGUN.get(self.kind, "") if never_begun else ""
        return (pattern or _SENTENCES[self.kind]).format(
            first=day(self.label.starts_on), last=day(self.over_on - _ONE_DAY), lost=day(self.over_on)
        )


@dataclass(frozen=True)
class Milestone:
    """Something that happened to a label, or will: the day, and what in words."""

    on: date
    words: str


_MILESTONES = {
    LabelEventKind.AWARDED: "Label attribué.",
    LabelEventKind.SUSPENDED: "Label suspendu.",
    LabelEventKind.RESUMED: "Label rétabli.",
    LabelEventKind.GIVEN_UP: "Label abandonné par la structure.",
    LabelEventKind.REVOKED: "Label retiré par la Grande école du numérique.",
}


def history_of(standing, on):
    """What happened to a label, oldest first, and its term where nothing ended it before; reasons stay with the staff."""
    label = standing.label
    told = [Milestone(event.effective_on, _MILESTONES[event.kind]) for event in label.events.all()]
    if standing.over_on == label.ends_on:
        ended = "Arrivé à son terme." if label.ends_on <= on else "Terme prévu."
        told.append(Milestone(label.ends_on - _ONE_DAY, ended))
    return told


def standing_of(label, on, known_before=None):
    """Where a label stands on a day, from its events (prefetched where there are several labels); known before an instant."""
    losses = [
        event
        for event in label.events.all()
        if event.kind in FINAL_EVENTS
        and event.effective_on < label.ends_on
        and (known_before is None or event.known_at < known_before)
    ]
    loss = min(losses, key=lambda event: event.effective_on, default=None)
    over_on = loss.effective_on if loss else label.ends_on
    return Standing(label, _kind(label, loss, on), over_on)


def _kind(label, loss, on):
    if loss and loss.effective_on <= on:
        return StandingKind.GIVEN_UP if loss.kind == LabelEventKind.GIVEN_UP else StandingKind.REVOKED
    if label.ends_on <= on:
        return StandingKind.EXPIRED
    return StandingKind.UPCOMING if on < label.starts_on else StandingKind.IN_FORCE


def standings(labels, on):
    """Each label with its standing, those in force first, otherwise in the order given."""
    return sorted((standing_of(label, on) for label in labels), key=lambda standing: _RANKS[standing.kind])
