"""What « Mon bureau » says of the pages that fabriques write: (title, why, address, is late) of each line."""

from django.urls import reverse

from fabriques.models import Fabrique, FabriquePage
from fabriques.policies import can_read_network, can_write_page
from gen_portal.core import phrases

_SHOWN = 8  # as of every section of the desk


def own_pages(user):
    """Members of a fabrique learn where its page stands."""
    for fabrique in Fabrique.objects.of_member(user).for_page().with_own_page()[:_SHOWN]:
        page, structure = getattr(fabrique, "page", None), fabrique.structure
        why = f"Elle est {page.get_state_display()}." if page else "Présentez-la au public : textes, photos, contacts."
        name = "page_edit" if can_write_page(user, fabrique) else "page_versions"
        url, is_late = reverse(name, args=[structure.reference]), page is not None and page.is_held
        yield f"Page publique de {structure.name}", why, url, is_late


def directory(user, today):
    """Address and words of the directory, empty for whom it does not exist."""
    return (reverse("network_list"), "Annuaire des fabriques") if can_read_network(user, today) else ("", "")


def pages_to_look_at():
    """Pages that were held back, then corrected: an officer looks again."""
    if count := FabriquePage.objects.to_look_at().count():
        what = "1 page de fabrique à relire" if count == 1 else f"{phrases.number(count)} pages de fabriques à relire"
        yield what, "Retenues, puis corrigées par leurs structures.", f"{reverse('page_list')}?etat=asked"
