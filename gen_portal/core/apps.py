from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gen_portal.core"
    label = "core"
    verbose_name = "Fondations"

    def ready(self):
        """Checks and tasks register themselves when imported, so that every process refuses a demo in production and wakes
        a worker after a commit; allauth tells when somebody has enrolled a second factor."""
        from allauth.mfa.signals import authenticator_added  # noqa: PLC0415 – only once the models are ready

        from gen_portal.core import accounts, checks, tasks  # noqa: F401, PLC0415

        authenticator_added.connect(accounts.count_enrolment, dispatch_uid="count_enrolment")
