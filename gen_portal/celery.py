"""The Celery application: one beat entry ticks every minute, the rest is nudged after a commit.

Correctness never relies on the broker: every task takes ids, may run zero, one or several times, and finds in the
database what is left to do.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gen_portal.settings")

app = Celery("gen_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
