"""Faces and retention: keys, constraints, policies. Rows that name their application stay unseen by officers of others."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from backend.kernel.db.policy import (
    IN_STAFF_SCOPE,
    IS_ME,
    READ_WRITE,
    Access,
    Reference,
    TenantTable,
    only_for_purpose,
    only_for_purpose_of_matter,
)

#: A relative takes part in the same matter, but a face is the business of its owner alone.
OWN_FACE = "(subject_id, county) in (select p.subject_id, p.county from participant p)"
OWN_TEMPLATE = "(enrolment_id, county) in (select e.id, e.county from face_enrolment e)"
BESIDE_THE_VECTOR = "id, county, path, matter_id, enrolment_id, model, quality, created_at"
RELAY_FINDS = {"shanzhi_relay": Access(("select",), "true")}

TABLES = [
    TenantTable(
        "face_enrolment",
        selves=Access(READ_WRITE, OWN_FACE),
        others=RELAY_FINDS,
        indexes=("(matter_id, county)", "(renew_by) where state = 'ACTIVE'"),
    ),
    TenantTable(
        "face_template",
        # Whether there is one, whose, how good: never the vector, which `face_vectors` gives to the system alone.
        staff=Access((f"select ({BESIDE_THE_VECTOR})", "insert", "delete"), IN_STAFF_SCOPE),
        others={"shanzhi_owner": Access(("select",), "true")},
        # The person may have his templates deleted at any time; the vector itself is closed to him too.
        selves=Access(("select (id, county, matter_id, enrolment_id)", "delete"), OWN_TEMPLATE),
        references=(Reference("enrolment_id", "face_enrolment"),),
        indexes=("(enrolment_id, county)", "(matter_id, county)"),
        checks={"vectors_are_sealed": "vector <> ''"},
    ),
    TenantTable(
        "face_challenge",
        selves=Access(READ_WRITE, OWN_FACE),
        indexes=("(subject_id, county, issued_at desc)",),
        checks={"ends_after_it_starts": "expires_at > issued_at"},
    ),
    TenantTable(
        "retention",
        others={"shanzhi_owner": Access(("select",), "true"), **RELAY_FINDS},
        indexes=("(file_id, county)", "(erase_at) where erased_at is null"),
        checks={"basis_given": "basis <> ''"},
    ),
]

ERASE = [
    # Functions that act for an officer beyond his place leave a job behind.
    *Access(("insert",), "true").statements("job", "shanzhi_owner"),
    *Access(("select", "delete"), "true").statements("stored_file", "shanzhi_owner"),
    # Nobody may delete files; this deletes those whose period is over, and nothing else.
    """
    create function erase_stored_file(file uuid, county_code text, now timestamptz) returns void
    language plpgsql security definer set search_path = public as $$
    begin
        if current_setting('app.purpose', true) is distinct from '*' then
            raise exception 'only the system erases' using errcode = '42501';
        end if;
        if not exists (select 1 from retention r where r.file_id = file and r.county = county_code
            and r.erased_at is null and r.erase_at <= now) then
            raise exception 'this file is still kept' using errcode = '42501';
        end if;
        delete from stored_file where id = file and county = county_code;
    end $$
    """,
    "revoke execute on function erase_stored_file from public",
    "grant execute on function erase_stored_file to shanzhi_staff",
]

#: Vectors are compared by the system's jobs, in their own county, and by nobody else.
VECTORS = [
    """
    create function face_vectors(enrolments uuid[]) returns table (id uuid, county text, enrolment_id uuid, model text, vector text)
    language plpgsql stable security definer set search_path = public as $$
    begin
        if current_setting('app.purpose', true) is distinct from '*' then
            raise exception 'only the system compares' using errcode = '42501';
        end if;
        return query select t.id, t.county::text, t.enrolment_id, t.model::text, t.vector from face_template t
            where t.enrolment_id = any (enrolments)
                and t.county = any (string_to_array(current_setting('app.counties', true), ','))
            order by t.id;
    end $$
    """,
    "revoke execute on function face_vectors from public",
    "grant execute on function face_vectors to shanzhi_staff",
]

#: Rows that name no application belong to the one that their matter's first event names.
PURPOSE_OF_MATTER = [
    """
    create function matter_app(matter uuid, county_code text) returns text
    language sql stable security definer set search_path = public as $$
        select e.app from event e where e.matter_id = matter and e.county = county_code and e.app <> 'kernel'
            order by e.seq limit 1
    $$
    """,
    "revoke execute on function matter_app from public",
    "grant execute on function matter_app to shanzhi_staff",
    *(
        only_for_purpose_of_matter(table)
        for table in (
            "access_log", "extension_request", "face_challenge", "face_enrolment", "face_template", "job", "paper_signature",
            "participant", "retention",
        )
    ),
]

#: A private person's event says that it is his, or, of an anonymous report, nobody's.
OWN_EVENTS = [
    f"""create policy in_his_own_name on event as restrictive for insert to shanzhi_self
        with check ((actor_id is null or actor_id = {IS_ME}) and actor_role = 'PERSON')"""
]

#: Files kept before they named their application: its events name it.
BACKFILL = [
    "alter table stored_file no force row level security",
    """update stored_file f set app = coalesce(
           (select e.app from event e where e.matter_id = f.matter_id and e.county = f.county limit 1), '')""",
    "alter table stored_file force row level security",
]


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_faces_retention")]

    operations = [
        *(ops.RunSQL(table.statements()) for table in TABLES),
        ops.RunSQL(BACKFILL),
        ops.RunSQL(ERASE),
        ops.RunSQL(VECTORS),
        ops.RunSQL(PURPOSE_OF_MATTER),
        ops.RunSQL(OWN_EVENTS),
        ops.RunSQL([only_for_purpose(table, "app") for table in ("event", "matter_clock", "paper", "stored_file")]),
    ]
