"""On PostgreSQL a submitted review and its marks refuse every UPDATE and DELETE, and a second value every one from the start."""

from django.db import migrations

from gen_portal.core.append_only import append_only, frozen_when


class Migration(migrations.Migration):
    dependencies = [("labelling", "0010_second_opinions")]
    operations = [
        frozen_when(
            "labelling_review",
            "OLD.submitted_at IS NOT NULL",
            name="labelling_submitted_review_stays",
            message="a submitted review stays as it was submitted",
        ),
        frozen_when(
            "labelling_score",
            "EXISTS (SELECT FROM labelling_review WHERE id = OLD.review_id AND submitted_at IS NOT NULL)",
            name="labelling_submitted_score_stays",
            message="a mark of a submitted review stays as it was submitted",
        ),
        append_only(
            "labelling_secondopinion",
            name="labelling_second_opinion_stays",
            message="a second value stays as it was given",
        ),
    ]
