"""What follows from the answers of a section, in words, as its page shows them; scripts say the same while one types."""

from applications.models.sections import label_of, said_of_balance
from gen_portal.core import phrases


def figures_of(application, section):
    """What the page of a section shows beside its answers, by name; nothing for most of them."""
    if section.code == "programme":
        return {"hours_said": said_of_hours(application)}
    if section.code == "publics":
        shares = [name for name in section.fields if name.endswith("_percent")]
        return {"audience": [_share(application, name) for name in shares]}
    if section.code == "budget":
        balance = application.balance_euros
        return {"balance": "" if balance is None else said_of_balance(balance)}
    return {}


def said_of_hours(application):
    """How the hours of the modules compare with those of the training; nothing while one of them is not known."""
    described, announced = application.module_hours, application.total_hours
    if not described or not announced:
        return ""
    if described == announced:
        return "Le compte est bon."
    gap = f"{phrases.number(abs(announced - described))}{phrases.NBSP}h"
    if described < announced:
        return f"Il reste {gap} à décrire, périodes en entreprise comprises."
    return f"Les modules dépassent de {gap}."


def _share(application, name):
    """A share of the learners as people, rounded to the nearest, halves upwards."""
    percent, learners = getattr(application, name), application.learner_count
    label = label_of(name).removesuffix(", en %")
    if percent is None or not learners:
        return {"name": name, "label": label, "text": "à calculer"}
    count = (percent * learners + 50) // 100
    return {"name": name, "label": label, "text": f"{phrases.number(count)} personne{'s' if count > 1 else ''}"}
