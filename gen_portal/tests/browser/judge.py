"""What every page a browser test reaches is held against: axe, light and dark, 320 and 1280 px; no console message; no
sideways scroll."""

from axe_playwright_python.sync_playwright import Axe

WIDTHS = (320, 1280)
#: The rules asked of axe in each scheme: only colours change in the dark, so only they are looked at again.
SCHEMES = {"light": {}, "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}}
#: What Chromium says of a page that answers 4xx on purpose.
EXPECTED = ("Failed to load resource",)


class Judge:
    """Looks at each page once, however often it is reached, and keeps what is wrong."""

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
        for width in WIDTHS:
            for scheme, rules in SCHEMES.items():
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme)
                self.hold(page, f"{place[0]} ({place[1]}), {width} px, {scheme}", rules)
        page.emulate_media(color_scheme="light")

    def hold(self, page, where, rules=SCHEMES["light"]):
        """Judge the page as it stands, in its width and scheme."""
        page.evaluate("document.fonts.ready.then(() => true)")
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if overflow > 0:
            self.faults.append(f"{where}: {overflow} px too wide")
        for violation in self.axe.run(page, options=rules).response["violations"]:
            targets = ", ".join(str(node["target"]) for node in violation["nodes"][:3])
            self.faults.append(f"{where}: {violation['id']} at {targets}")
