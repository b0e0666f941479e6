"""The portal's web process, that dies where GEN_DIES_AT says (gen_portal.tests.doomed)."""

from gen_portal.tests import doomed
from gen_portal.wsgi import application

__all__ = ["application"]

doomed.arm()
