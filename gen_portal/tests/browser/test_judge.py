"""The judge bites: what it must find wrong on a page, it finds."""

import pytest

from gen_portal.tests.browser.judge import Judge

pytestmark = pytest.mark.browser
HEAD = "<!doctype html><html lang='fr'><head><title>Essai</title></head><body><main><h1>Essai</h1>"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<p>Rien à redire.</p>", ""),
        ("<p><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='></p>", "image-alt"),
        ("<p style='color:#ccc;background:#fff'>Texte trop pâle</p>", "color-contrast"),
        ("<div style='width:900px;height:1px'></div>", "px too wide"),
        ("<script>console.error('cassé')</script>", "console: cassé"),
    ],
)
def test_the_judge_finds(browser, body, fault):
    page, judge = browser.new_page(), Judge()
    page.on("console", judge.hear)
    page.set_content(f"{HEAD}{body}</main></body></html>")

    judge.look(page)
    page.close()

    assert bool(judge.faults) == bool(fault)
    assert fault in " ".join(judge.faults)
