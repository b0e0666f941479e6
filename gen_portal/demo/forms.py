"""The sign-in form of the demonstration: one click on an account prefills it, password included."""

from gen_portal.account_forms import LoginForm
from gen_portal.demo.accounts import ACCOUNTS, PASSWORD


class DemoLoginForm(LoginForm):
    """Prefilled with the account named by `?compte=`; the second factor is still asked."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        wanted = self.request.GET.get("compte", "") if self.request else ""
        if any(account.email == wanted for account in ACCOUNTS):
            self.initial["login"] = wanted
            self.initial["password"] = PASSWORD
            self.fields["password"].widget.render_value = True
