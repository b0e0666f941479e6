"""On PostgreSQL a closed meeting, with its points, votes, attendance and sittings, refuses every UPDATE and DELETE; a sealed
one receives nothing more; none closes over a live point; minutes stay as they were sealed."""

from django.db import migrations

from gen_portal.core.append_only import append_only, frozen_when

CLOSED = "EXISTS (SELECT FROM labelling_committeemeeting WHERE id = OLD.meeting_id AND state = 'closed')"
VOTE_CLOSED = """EXISTS (
    SELECT FROM labelling_agendaitem item JOIN labelling_committeemeeting meeting ON meeting.id = item.meeting_id
    WHERE item.id = OLD.item_id AND meeting.state = 'closed')"""
GUARDS = """
CREATE FUNCTION labelling_meeting_closes_over_nothing_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'closed' AND EXISTS (
        SELECT FROM labelling_agendaitem WHERE meeting_id = NEW.id AND state = 'live') THEN
        RAISE EXCEPTION 'a closed meeting has no live item' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER labelling_meeting_closes_over_nothing_live BEFORE UPDATE ON labelling_committeemeeting
    FOR EACH ROW EXECUTE FUNCTION labelling_meeting_closes_over_nothing_live();
CREATE FUNCTION labelling_closed_meeting_has_no_live_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'live' AND EXISTS (
        SELECT FROM labelling_committeemeeting WHERE id = NEW.meeting_id AND state = 'closed') THEN
        RAISE EXCEPTION 'a closed meeting has no live item' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER labelling_closed_meeting_has_no_live_item BEFORE INSERT ON labelling_agendaitem
    FOR EACH ROW EXECUTE FUNCTION labelling_closed_meeting_has_no_live_item();
"""
UNGUARDED = """
DROP TRIGGER labelling_meeting_closes_over_nothing_live ON labelling_committeemeeting;
DROP FUNCTION labelling_meeting_closes_over_nothing_live();
DROP TRIGGER labelling_closed_meeting_has_no_live_item ON labelling_agendaitem;
DROP FUNCTION labelling_closed_meeting_has_no_live_item();
"""
SEALED = """
CREATE FUNCTION labelling_sealed_meeting_receives_no_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM labelling_minutes WHERE meeting_id = {meeting}) THEN
        RAISE EXCEPTION 'a sealed meeting receives nothing more' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER labelling_sealed_meeting_receives_no_{name} BEFORE INSERT ON labelling_{name}
    FOR EACH ROW EXECUTE FUNCTION labelling_sealed_meeting_receives_no_{name}();
"""
UNSEALED = """
DROP TRIGGER labelling_sealed_meeting_receives_no_{name} ON labelling_{name};
DROP FUNCTION labelling_sealed_meeting_receives_no_{name}();
"""
RECEIVING = {
    "agendaitem": "NEW.meeting_id",
    "attendance": "NEW.meeting_id",
    "sitting": "NEW.meeting_id",
    "vote": "(SELECT meeting_id FROM labelling_agendaitem WHERE id = NEW.item_id)",
}


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GUARDS)
        for name, meeting in RECEIVING.items():
            schema_editor.execute(SEALED.format(name=name, meeting=meeting))


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(UNGUARDED)
        for name in RECEIVING:
            schema_editor.execute(UNSEALED.format(name=name))


def stays(name, condition, message):
    return frozen_when(f"labelling_{name}", condition, name=f"labelling_closed_{name}_stays", message=message)


class Migration(migrations.Migration):
    dependencies = [("labelling", "0020_committee_meetings")]
    operations = [
        stays("committeemeeting", "OLD.state = 'closed'", "a closed meeting stays as it was"),
        stays("agendaitem", CLOSED, "a point of a closed meeting stays as it was"),
        stays("attendance", CLOSED, "the attendance of a closed meeting stays as it was"),
        stays("sitting", CLOSED, "a closed meeting sat when it sat"),
        stays("vote", VOTE_CLOSED, "a vote of a closed meeting stays as it was cast"),
        append_only("labelling_minutes", name="labelling_minutes_stay", message="minutes stay as they were sealed"),
        migrations.RunPython(guard, unguard),
    ]
