"""Paragraphs that letters share are rendered once, and read as if each letter had been rendered whole."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gen_portal.core import text as rendering
from gen_portal.core.text import safe_html

pytestmark = pytest.mark.once
PORTAL = "https://portail.example"
PIECES = (
    "Madame, Monsieur,", "« Un **mot** »", "**Fort** et *doux*", "*un", "70 000 € au plus", "1. un", "2) deux", "- puce",
    "* étoile", "> cité", "# Titre", "====", "---", "```", "~~~", "    code", "\tcode", "<b>gras</b>", "`bout", "[lien](a)",
    f"[portail]({PORTAL}/dossier/)", "[ailleurs](https://autre.example)", "[un]", "[un]: https://autre.example",
    "é\\", "  deux",
    "Ligne\nsuite",
    "fin  ", "\r", "a\rb", "&amp; <", "<https://autre.example>",
)  # fmt: skip
breaks = st.sampled_from(["\n\n", "\n\n", "\n", "\n\n\n", " \n\n", ""])
texts = st.lists(st.tuples(st.sampled_from(PIECES), breaks).map("".join), max_size=6).map("".join)


@settings(max_examples=400)
@given(texts, st.sampled_from(["", PORTAL]))
@example("Une phrase.\n\n[un]: https://autre.example\n\nVoir [un].", PORTAL)
@example("Un\n\n- puce\n\nDeux", "")
def test_a_text_cut_into_paragraphs_reads_as_a_whole(text, links_to):
    assert safe_html(text, links_to=links_to) == rendering._rendered(text, links_to)


def test_a_paragraph_that_letters_share_is_rendered_once_and_a_link_never_kept():
    rendering._paragraph.cache_clear()
    for name in ("Atelier", "Fablab"):
        html = safe_html(f"À {name}.\n\nVoies et délais de recours.\n\nVoir [le dossier]({PORTAL}/{name}/).", links_to=PORTAL)
        assert html == (
            f"<p>À {name}.</p>\n<p>Voies et délais de recours.</p>\n"
            f'<p>Voir <a href="{PORTAL}/{name}/">le dossier</a>.</p>\n'
        )
    kept = rendering._paragraph.cache_info()
    assert (kept.hits, kept.currsize) == (1, 3)
