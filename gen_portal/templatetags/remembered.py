"""What a dossier remembers of an earlier refusal: its pages stand on a floor that knows nothing of decisions."""

from django import template

from labelling.remembered import earlier_refusal

register = template.Library()


@register.simple_tag
def refusal_before(application):
    """`{% refusal_before application as refusal %}`: the EarlierRefusal of a dossier still to be filed, else nothing."""
    return earlier_refusal(application) if application.is_writable else None


@register.filter
def of_section(code, refusal):
    """`{{ section.code|of_section:refusal }}`: the reasons that concern one section."""
    return refusal.of_section(code)
