"""A person at a browser: signs in as one does, fills forms by the names of their fields, and has every page looked at."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

PASSWORD = "cheval-agrafe-pile-correcte"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TOTP_PERIOD = 30


class Person:
    """One browser context of one person, on the live portal."""

    def __init__(self, context, base, judge):
        self.context, self.page, self.base, self.judge = context, context.new_page(), base, judge
        self.page.set_default_timeout(15_000)
        self.page.on("console", judge.hear)

    def go(self, path):
        self.page.goto(self.base + path)
        self.look()

    def look(self):
        """Have the present page judged (see judge.py)."""
        self.judge.look(self.page)

    def click(self, text, *, role="link", within="main"):
        """Follow a link, or press a button, by its words; then look where that leads."""
        self.page.locator(within).get_by_role(role, name=text).first.click()
        self.page.wait_for_load_state()
        self.look()

    def press(self, text, **options):
        self.click(text, role="button", **options)

    def fill(self, **fields):
        """Type in fields by their names."""
        for name, value in fields.items():
            self.page.locator(f'main [name="{name}"]').fill(str(value))

    def choose(self, **fields):
        """Choose options of selects by their values or labels."""
        for name, value in fields.items():
            self.page.locator(f'main select[name="{name}"]').select_option(value)

    def check(self, name, value=None):
        """Tick a box, or a radio by its value, from the keyboard."""
        self.tick(self.page.locator(f'main [name="{name}"]' + (f'[value="{value}"]' if value is not None else "")))

    def tick(self, choice):
        """Tick a box or a radio from the keyboard; it must be ticked afterwards."""
        choice.focus()
        if not choice.is_checked():
            self.page.keyboard.press("Space")
        assert choice.is_checked()

    def join(self, name, file):
        """Choose a file: {name, mimeType, buffer}."""
        self.page.locator(f'main input[type="file"][name="{name}"]').first.set_input_files(file)

    def text(self):
        return self.page.inner_text("main")

    def sign_in(self, email, *, second_factor=False):
        self.go("/compte/connexion/")
        self.fill(login=email, password=PASSWORD)
        self.press("Se connecter")
        if second_factor:
            self.give_code()

    def give_code(self):
        """Type the code of the moment; then look where that leads."""
        self.type_code()
        self.look()

    def type_code(self):
        """The code must not turn over between reading and typing."""
        if time.time() % TOTP_PERIOD > TOTP_PERIOD - 3:
            self.page.wait_for_timeout(3_500)
        self.fill(code=format_hotp_value(hotp_value(SECRET, int(time.time()) // TOTP_PERIOD)))
        self.page.locator('main button[type="submit"]').first.click()
        self.page.wait_for_load_state()
