"""What those who are invited to review, or to follow a region, receive."""


from gen_portal.core import outbox


def invited(user, capacity, *, is_new):
    """The arguments of `outbox.post`: what they are asked, from when, and how to come in. It carries no secret.

    Somebody who had no account chooses a password by the ordinary way, which proves that the address is theirs.
    """
    context = {
        "user": user, "capacity": capacity, "is_new": is_new, "sign_in_url": outbox.url_of("account_login"),
        "password_url": outbox.url_of("account_reset_password"),
    }  # fmt: skip
    subject_line, markdown = outbox.render("reviewer_invited", context)
    return {
        "key": f"reviewer_invited:{capacity.pk}", "kind": "reviewer_invited", "to": user.email,
        "subject_line": subject_line, "markdown": markdown, "about": user,
    }  # fmt: skip
