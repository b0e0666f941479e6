"""What the portal ships with: written after each migration, where it lacks."""

from django.apps import apps as installed

from labelling.actions.letters import ship_templates


def ship_after_migrating(sender, apps=installed, **_):
    """The first version of the letters, once their table exists (also after a test empties the database)."""
    try:
        model = apps.get_model("labelling", "LetterTemplate")
    except LookupError:
        return
    ship_templates(model)
