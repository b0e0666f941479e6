"""Links sent to signatories, for tests."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from applications import links
from applications.models import SignatureRequest
from applications.models.signature import REQUEST_LIFE
from applications.tests.factories import ApplicationFactory
from gen_portal.core import clock


class SignatureRequestFactory(DjangoModelFactory):
    """A link sent to a signatory a day ago, not used yet; `token` is what its address says."""

    class Meta:
        model = SignatureRequest

    class Params:
        token = factory.LazyFunction(links.new_token)

    application = factory.SubFactory(ApplicationFactory, complete=True)
    email = "signataire@exemple.fr"
    token_hash = factory.LazyAttribute(lambda request: links.hashed(request.token))
    requested_by = factory.SelfAttribute("application.started_by")
    sent_at = factory.LazyFunction(lambda: clock.now() - timedelta(days=1))
    expires_at = factory.LazyAttribute(lambda request: request.sent_at + REQUEST_LIFE)
