"""Going about a page with the keyboard alone."""

PATIENCE_TABS = 80  # a page with more stops than this before what one looks for is a bad page


def reach(person, target, key="Tab"):
    """Go to an element with the keyboard alone; fails when it takes too many stops."""
    target.wait_for()
    for _ in range(PATIENCE_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        person.page.keyboard.press(key)
    raise AssertionError(f"{target} not reached in {PATIENCE_TABS} stops")


def follow(person, target):
    """Reach a link or a button, press Enter, wait for where it leads."""
    reach(person, target)
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    person.look()


def forbid_mouse(person):
    """From the next page on, a mouse that presses is a fault for the judge (see judge.py)."""
    person.context.add_init_script("addEventListener('mousedown', () => console.error('the mouse was used'), true)")
