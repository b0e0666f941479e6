"""The texts of reminders: an allow-list of placeholders, one substitution, nothing that reads or leads elsewhere."""

import pytest

from fabriques import wording
from fabriques.models import ReminderStep
from gen_portal.core import placeholders
from gen_portal.core.outbox import mail_html
from gen_portal.core.text import plain_text

ALLOWED = "{{ prenom }}, {{ structure }}, {{ trimestre }}, {{ echeance }}, {{ nombre_releves }}, {{ releves }}"


@pytest.mark.parametrize("step", ReminderStep)
def test_the_portal_s_own_texts_are_sound(step):
    default = wording.DEFAULTS[step]

    assert list(wording.faults_of_subject(default.subject_line)) == []
    assert list(wording.faults_of_text(default.text)) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "{{ mot_de_passe }} {{ releves }}",
            f"« {{{{ mot_de_passe }}}} » n'existe pas. Vous pouvez utiliser : {ALLOWED}.",
        ),
        ("{{ settings.SECRET_KEY }} {{releves}}", "« {{ settings.SECRET_KEY }} » n'existe pas."),
        ("{{ prenom|safe }} {{ releves }}", "« {{ prenom|safe }} » n'existe pas."),
        ("{% include 'x' %} {{ releves }}", "Il reste des accolades qui n'encadrent rien"),
        ("{{ releves }} {{ prenom", "Il reste des accolades qui n'encadrent rien"),
        ("Bonjour {{ prenom }}", "Le texte doit contenir {{ releves }}"),
    ],
)
def test_what_is_not_on_the_list_is_refused_with_the_list(text, fault):
    assert [sentence.startswith(fault) for sentence in wording.faults_of_text(text)] == [True]


def test_a_subject_line_holds_no_list():
    assert len(list(wording.faults_of_subject("À faire : {{ releves }}"))) == 1


def test_what_is_put_in_is_never_read_again():
    values = {"prenom": "{{ structure }}", "structure": "secret"}

    assert placeholders.fill("Bonjour {{prenom}}", values) == "Bonjour {{ structure }}"


@pytest.mark.parametrize("name", ["[cliquez](https://ailleurs.example)", "**Gras** _x_ <b>", "C++ & C# (Nantes) #1"])
def test_a_name_is_text_in_both_parts(name):
    markdown = f"Pour {placeholders.escaped(name)}."

    assert plain_text(markdown) == f"Pour {name}."
    html = mail_html(markdown)
    assert "<a" not in html
    assert "<strong>" not in html


def test_links_read_well_without_formatting():
    text = "## Titre\n\n- [Développement \\[web\\]](https://x.example/suivi/AB/)\n\n**Merci**"

    assert plain_text(text) == "Titre\n\n- Développement [web] : https://x.example/suivi/AB/\n\nMerci"
