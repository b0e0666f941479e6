"""Labels awarded before: their sessions, their share on the spot and the areas of their sites, from the archived filing."""

from django.db import migrations

BATCH = 200


def answers_of(content):
    rows = (row for section in content["sections"] for row in section["answers"])
    return {row["field"]: row.get("value", row["text"]) for row in rows}


def sessions_of(kept):
    dated = [line for line in kept.get("planned_sessions") or [] if line.get("starts_on")]
    announced = kept.get("first_start_on")
    return dated or ([{"starts_on": announced}] if announced else [])


def read_again(apps, schema_editor):
    label_model = apps.get_model("labelling", "Label")
    session_model = apps.get_model("labelling", "LabelSession")
    for label in label_model.objects.select_related("submission").order_by("pk").iterator(chunk_size=BATCH):
        content = label.submission.archive
        kept = answers_of(content)
        label.on_site_percent = kept.get("on_site_percent")
        if label.on_site_percent == "":
            label.on_site_percent = None
        label.save(update_fields=["on_site_percent"])
        session_model.objects.bulk_create(
            session_model(
                label=label,
                starts_on=line["starts_on"],
                ends_on=line.get("ends_on") or None,
                seat_count=line.get("seat_count"),
                place=line.get("place", ""),
            )
            for line in sessions_of(kept)
        )
        areas = [site["id"] for site in content["sites"] if site.get("is_in_priority_area")]
        label.label_sites.filter(site__in=areas).update(is_in_priority_area=True)


class Migration(migrations.Migration):
    dependencies = [("labelling", "0060_what_a_learner_searches")]
    operations = [migrations.RunPython(read_again, migrations.RunPython.noop, elidable=True)]
