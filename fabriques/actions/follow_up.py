"""The quarterly follow-up: campaigns that open by themselves and reminders that leave once."""


def run_follow_up(now):
    """What the clock does every minute."""
