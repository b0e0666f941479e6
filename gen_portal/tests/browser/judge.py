"""What every page a browser test reaches is held against: axe, light and dark, 320 and 1280 px; no console message; no
sideways scroll."""

import re

from axe_playwright_python.sync_playwright import Axe

WIDTHS = (320, 1280)
#: The rules asked of axe in each scheme: only colours change in the dark, so only they are looked at again, in one width.
SCHEMES = {"light": {}, "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}}
LOOKS = ((320, "dark"), (320, "light"), (1280, "light"))
#: What Chromium says of a page that answers 4xx on purpose.
EXPECTED = ("Failed to load resource",)
#: What a page is made of: each kind of element with its classes, once.
PIECES = """() => [...new Set([...document.querySelectorAll("body *")].map(
    (piece) => `${piece.tagName}.${piece.getAttribute("class") ?? ""}`))].sort().join(" ")"""
_judged = set()


class Judge:
    """Looks at each page once, however often it is reached, and keeps what is wrong.

    Axe is asked once in a session about pages of one address made of the same pieces; the width of each is always measured.
    """

    def __init__(self):
        self.axe, self.seen, self.faults = Axe(), set(), []

    def hear(self, message):
        if message.type in ("error", "warning") and not any(words in message.text for words in EXPECTED):
            self.faults.append(f"console: {message.text}")

    def look(self, page):
        """Judge the page, unless one with the same address and title was judged; the view is left at 1280 px in light."""
        page.wait_for_load_state("load")  # a key pressed a moment ago may still be bringing the page
        place = (page.url.split("?")[0], page.title(), page.locator(".fr-alert--error").count())
        if place in self.seen:
            return
        self.seen.add(place)
        is_known = self._is_known(page)
        for width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            where = f"{place[0]} ({place[1]}), {width} px, {scheme}"
            self.measure(page, where) if is_known else self.hold(page, where, SCHEMES[scheme])

    def _is_known(self, page):
        """Whether a page of this session, at an address of the same shape, was made of the same pieces."""
        if not page.url.startswith("http"):
            return False
        shape = re.sub(r"[0-9A-Z]{4,}|[0-9]+", "…", page.url.split("/", 3)[3].split("?")[0])
        made_of = (shape, page.evaluate(PIECES))
        is_known = made_of in _judged
        _judged.add(made_of)
        return is_known

    def measure(self, page, where):
        """Nothing is wider than the page."""
        page.evaluate("document.fonts.ready.then(() => true)")
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if overflow > 0:
            self.faults.append(f"{where}: {overflow} px too wide")

    def hold(self, page, where, rules=SCHEMES["light"]):
        """Judge the page as it stands, in its width and scheme."""
        self.measure(page, where)
        for violation in self.axe.run(page, options=rules).response["violations"]:
            targets = ", ".join(str(node["target"]) for node in violation["nodes"][:3])
            self.faults.append(f"{where}: {violation['id']} at {targets}")
