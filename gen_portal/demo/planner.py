"""What PostgreSQL must be told after many rows came at once."""

from django.db import connection


def let_the_planner_know():
    """Without fresh statistics PostgreSQL plans for empty tables, and reads for minutes; nothing to do on SQLite."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
