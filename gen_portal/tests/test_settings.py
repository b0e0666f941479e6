"""Production settings, as a process that has only these variables reads them."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

PRODUCTION = {"DEBUG": "0", "SECRET_KEY": "kP0v" * 20 + "xQ7-z_", "ALLOWED_HOSTS": "portail.exemple.fr"}
KEPT = ("PATH", "HOME", "LANG", "LC_ALL")


def run(*arguments, **variables):
    """Run Python in the repository with these variables alone."""
    environment = {name: os.environ[name] for name in KEPT if name in os.environ} | variables
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def read(expression, **variables):
    """What an expression of the settings is worth in such a process."""
    code = f"from gen_portal import settings; print({expression})"
    answer = run("-c", code, **variables)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def test_check_deploy_is_clean_with_three_variables():
    answer = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "System check identified no issues (0 silenced).\n"


def test_production_needs_a_secret_key_and_hosts():
    assert "SECRET_KEY" in run("manage.py", "check", "--deploy", ALLOWED_HOSTS="portail.exemple.fr").stderr
    answer = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", SECRET_KEY=PRODUCTION["SECRET_KEY"])
    assert "security.W020" in answer.stderr


def test_the_demonstration_is_refused_in_production():
    answer = run("manage.py", "check", **PRODUCTION, DEMO="1", HTTPS="1")
    assert answer.returncode == 1
    assert "core.E001" in answer.stderr


def test_the_web_server_refuses_to_start_the_demonstration_in_production():
    answer = run("-c", "import gen_portal.wsgi", **PRODUCTION, DEMO="1", HTTPS="1")
    assert answer.returncode == 1
    assert "ImproperlyConfigured" in answer.stderr
    assert "core.E001" in answer.stderr


@pytest.mark.parametrize("variables", [PRODUCTION, {"DEMO": "1"}], ids=["production", "demonstration"])
def test_the_web_server_starts(variables):
    answer = run("-c", "import gen_portal.wsgi", **variables)
    assert answer.returncode == 0, answer.stderr


def test_production_cookies_and_clock():
    names = "settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE"
    assert read(names, **PRODUCTION) == "__Host-gen_session __Host-gen_csrf True"
    assert read("settings.CLOCK_IS_MOVABLE, settings.SECURE_HSTS_SECONDS", **PRODUCTION) == "False 63072000"


def test_a_host_with_its_subdomains_is_trusted_with_them():
    hosts = PRODUCTION | {"ALLOWED_HOSTS": "portail.exemple.fr,.gen.example"}
    assert read("settings.CSRF_TRUSTED_ORIGINS", **hosts) == "['https://portail.exemple.fr', 'https://*.gen.example']"


def test_debug_turns_https_off_and_nothing_else_does():
    assert read("settings.HTTPS", DEBUG="1") == "False"
    assert read("settings.HTTPS", **PRODUCTION) == "True"


def test_a_process_that_solves_nothing_does_not_load_the_solver():
    """The parts of scipy weigh 37 MB and 0.2 s: pages, worker and commands start without them."""
    code = (
        "import django, sys; django.setup(); import gen_portal.urls, gen_portal.tasks, labelling.proposing;"
        "print(sorted({'scipy.optimize', 'scipy.sparse'} & sys.modules.keys()))"
    )
    done = run("-c", code, DJANGO_SETTINGS_MODULE="gen_portal.settings", **PRODUCTION)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
