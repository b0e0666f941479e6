"""The WSGI entry point; it refuses to start with settings that would publish demo secrets."""

import os

from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gen_portal.settings")

application = get_wsgi_application()

if errors := [fault for fault in run_checks(tags=[Tags.security]) if fault.is_serious()]:
    raise ImproperlyConfigured(" ".join(str(fault) for fault in errors))
