"""The frame of the portal: the foundation (`core`) below, the roof (urls, views, demo) above."""

from gen_portal.celery import app as celery_app

__all__ = ["celery_app"]
