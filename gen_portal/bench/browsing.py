"""What the public map costs a browser: until its first clusters are drawn, and the longest time nothing answers."""

import statistics

from playwright.sync_api import sync_playwright

from gen_portal.tests.servers import program

ROUNDS, STEPS = 5, 12
#: Kept from the start of the page: the stretches of over 50 ms in which the browser answers nothing.
_WATCH = """
    window.blocked = [];
    new PerformanceObserver((list) => window.blocked.push(...list.getEntries().map((each) => each.duration)))
        .observe({ type: "longtask", buffered: true });
"""
_SETTLED = "() => new Promise((done) => requestIdleCallback(() => done(performance.now()), { timeout: 10000 }))"
_ON_SCREEN = "() => document.querySelector('.leaflet-marker-icon') ? performance.now() : false"


def measure(port):
    """Milliseconds, medians of a few visits by a browser that keeps nothing: `first` clusters from the click, `blocked` the
    longest stretch until the page is at rest, `panned` the longest while the map is moved and zoomed by the keyboard."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=["--no-sandbox"])
        visits = [_visit(browser, f"http://127.0.0.1:{port}/fabriques/") for _ in range(ROUNDS)]
        browser.close()
    return {name: statistics.median(visit[name] for visit in visits) for name in visits[0]}


def _visit(browser, url):
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.add_init_script(_WATCH)
        page.goto(url)
        first = page.wait_for_function(_ON_SCREEN, polling="raf").json_value()
        page.evaluate(_SETTLED)
        blocked = page.evaluate("Math.max(0, ...blocked.splice(0))")
        page.locator(".leaflet-container").first.focus()
        for number in range(STEPS):
            page.keyboard.press("+" if number % 3 == 0 else ("ArrowRight", "ArrowDown")[number % 2])
            page.evaluate(_SETTLED)
        return {"first": first, "blocked": blocked, "panned": page.evaluate("Math.max(0, ...blocked)")}
