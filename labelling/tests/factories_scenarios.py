"""Dossiers to put in order, and a working scenario of them."""

from itertools import count

from applications.tests.factories import ApplicationFactory
from gen_portal.core.models import Role
from gen_portal.core.tests.factories import CapacityFactory
from labelling.actions.scenarios import open_scenario
from labelling.tests.factories import ReviewFiguresFactory

_NUMBERS = count(1)


def officer():
    return CapacityFactory(role=Role.OFFICER).user


def ranked(cut_off, *means, **fields):
    """One dossier under review per mean (None: no review yet), asking 40 000 € of 100 000 €; references grow."""
    told = {"requested_grant_euros": 40_000, "total_budget_euros": 100_000, "session_count": 2, "seat_count": 10}
    found = []
    for mean in means:
        told["reference"] = f"GEN-LIGNE-{next(_NUMBERS):04}"
        application = ApplicationFactory(
            under_review=True, call=cut_off.call, cut_off=cut_off, **(told | {"women_percent": 30} | fields)
        )
        if mean is not None:
            ReviewFiguresFactory(application=application, mean=mean)
        found.append(application)
    return found


def opened(cut_off, *means, **fields):
    """(working scenario, dossiers in the order of the means)."""
    dossiers = ranked(cut_off, *means, **fields)
    return open_scenario(cut_off, by=officer()), dossiers
