"""Functions, keys, constraints, indexes and row-level security of the kernel's tables."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from backend.kernel.db.policy import (
    IN_STAFF_SCOPE,
    IS_ME,
    READ_WRITE,
    STAFF_APPENDS,
    Access,
    TenantTable,
    append_only,
    of_my_matters,
    person_table,
    plain_table,
    selves,
)

FUNCTIONS = [
    """
    create function refuse_change() returns trigger language plpgsql as $$
    begin
        raise exception '% is append-only', tg_table_name using errcode = '42501';
    end $$
    """,
    """
    create function event_data_digest(data jsonb) returns text language sql immutable as $$
        select encode(sha256(convert_to(data::text, 'UTF8')), 'hex')
    $$
    """,
    # The digest of everything but `data` itself, so that erased data leaves the chain whole.
    """
    create function event_digest(id uuid, county text, path text, seq bigint, app text, tag text, matter_id uuid,
        from_state text, to_state text, actor_id uuid, actor_name text, actor_role text, unit text,
        occurred_at timestamptz, recorded_at timestamptz, data_hash text, prev_hash text)
    returns text language sql stable as $$
        select encode(sha256(convert_to(jsonb_build_array(id, county, path, seq, app, tag, matter_id, from_state,
            to_state, actor_id, actor_name, actor_role, unit, extract(epoch from occurred_at),
            extract(epoch from recorded_at), data_hash, prev_hash)::text, 'UTF8')), 'hex')
    $$
    """,
    "create table event_head (county char(6) primary key, seq bigint not null, hash text not null)",
    # The lock on the head row makes commits of one county's events follow one another: the chain has no fork.
    """
    create function seal_event() returns trigger language plpgsql security definer
    set search_path = public as $$
    declare head event_head;
    begin
        insert into event_head values (new.county, 0, '') on conflict do nothing;
        select * into head from event_head where county = new.county for update;
        new.seq := head.seq + 1;
        new.prev_hash := head.hash;
        new.recorded_at := clock_timestamp();
        new.data_hash := event_data_digest(coalesce(new.data, '{}'::jsonb));
        new.hash := event_digest(new.id, new.county, new.path::text, new.seq, new.app, new.tag, new.matter_id,
            new.from_state, new.to_state, new.actor_id, new.actor_name, new.actor_role, new.unit,
            new.occurred_at, new.recorded_at, new.data_hash, new.prev_hash);
        update event_head set seq = new.seq, hash = new.hash where county = new.county;
        return new;
    end $$
    """,
    "create trigger event_seal before insert on event for each row execute function seal_event()",
    """
    create function open_matter(row_id uuid, matter uuid, place ltree, county_code text, account uuid,
        subject uuid, part text, at timestamptz) returns void language plpgsql security definer set search_path = public as $$
    begin
        perform pg_advisory_xact_lock(hashtextextended(matter::text, 0));
        if exists (select 1 from participant p where p.matter_id = matter) then
            raise exception 'matter is open already' using errcode = '42501';
        end if;
        if current_setting('role') = 'shanzhi_self'
            and account is distinct from nullif(current_setting('app.person', true), '')::uuid then
            raise exception 'a person opens matters for himself' using errcode = '42501';
        end if;
        if current_setting('role') = 'shanzhi_staff' and not coalesce(
            county_code = any (string_to_array(current_setting('app.counties', true), ','))
            and place <@ string_to_array(current_setting('app.scopes', true), ',')::ltree[], false) then
            raise exception 'not a place of this officer' using errcode = '42501';
        end if;
        insert into participant (id, county, path, matter_id, account_id, phone_index, subject_id, capacity, created_at)
        values (row_id, county_code, place, matter, account, '', subject, part, at);
    end $$
    """,
    # A person may learn which accounts to tell about a matter of his own, nothing else about them.
    """
    create function matter_accounts(matter uuid, county_code text) returns table (account_id uuid)
    language plpgsql security definer set search_path = public as $$
    begin
        if not exists (select 1 from participant p where p.matter_id = matter and p.county = county_code
            and p.account_id = nullif(current_setting('app.person', true), '')::uuid) then
            raise exception 'not a matter of this person' using errcode = '42501';
        end if;
        return query select distinct p.account_id from participant p
            where p.matter_id = matter and p.county = county_code and p.account_id is not null;
    end $$
    """,
    # Only the person himself, in whatever scope he acts: the columns are closed to staff and self.
    """
    create function own_phone() returns text language sql stable security definer set search_path = public as $$
        select phone from account where id = nullif(current_setting('app.person', true), '')::uuid
    $$
    """,
    """
    create function own_passkey_count() returns int language sql stable security definer set search_path = public as $$
        select count(*)::int from passkey where account_id = nullif(current_setting('app.person', true), '')::uuid
    $$
    """,
    # The row of a series belongs to the county; officers of its townships take numbers without seeing it.
    """
    create function next_number(row_id uuid, county_code text, place ltree, series_name text, in_year int)
    returns int language plpgsql security definer set search_path = public as $$
    declare given int;
    begin
        if not (county_code = any (coalesce(string_to_array(current_setting('app.counties', true), ','), '{}'))) then
            raise exception 'not a county of this actor' using errcode = '42501';
        end if;
        insert into number_sequence (id, county, path, series, year, last_number)
        values (row_id, county_code, subpath(place, 0, 3), series_name, in_year, 1)
        on conflict (county, series, year) do update set last_number = number_sequence.last_number + 1
        returning last_number into given;
        return given;
    end $$
    """,
    *(
        f"{verb} execute on function {name} {whom}"
        for name in ("open_matter", "matter_accounts", "own_phone", "own_passkey_count", "next_number")
        for verb, whom in (("revoke", "from public"), ("grant", "to shanzhi_staff, shanzhi_self"))
    ),
]

#: What was issued stays word for word; state and sealing time go on.
PAPER_TEXT = ("number", "title", "template", "template_version", "facts", "markdown", "html", "sha256", "sm3")
OWN_SIGNATURE = f"account_id = {IS_ME} or subject_id in (select p.subject_id from participant p)"
PAPERS = [
    (
        f"create trigger paper_text before update on paper for each row "
        f"when (({', '.join(f'old.{name}' for name in PAPER_TEXT)}) "
        f"is distinct from ({', '.join(f'new.{name}' for name in PAPER_TEXT)})) execute function refuse_change()"
    ),
    (
        f"create policy signs_for_himself on paper_signature as restrictive for update to shanzhi_self "
        f"using ({OWN_SIGNATURE}) with check ({OWN_SIGNATURE})"
    ),
]

OWNER_SEES = {"shanzhi_owner": Access(("select", "insert"), "true")}
OWNER_WRITES = {"shanzhi_owner": Access(("select", "insert", "update"), "true")}

TENANT_TABLES = [
    TenantTable(
        "participant",
        selves=Access(("select",), f"account_id = {IS_ME}"),
        others={**OWNER_SEES, "shanzhi_identity": Access(("select", "update"), "true")},
        unique=("county, matter_id, account_id, subject_id",),
        indexes=(
            "(matter_id, county)",
            "(account_id, matter_id, county)",
            "(phone_index) where account_id is null and phone_index <> ''",
        ),
    ),
    TenantTable(
        "event",
        staff=STAFF_APPENDS,
        selves=selves(privileges=("select", "insert")),
        others={"shanzhi_owner": Access(("select",), "true")},
        unique=("county, seq",),
        indexes=("(matter_id, county, seq)", "(county, app, tag, occurred_at)"),
    ),
    TenantTable(
        "job",
        selves=Access(("insert",), "false", of_my_matters()),
        others={"shanzhi_relay": Access(("select", "insert", "update", "delete"), "true")},
        indexes=("(run_at) where state = 'PENDING'", "(dedupe) where state = 'DEAD'", "(finished_at)"),
    ),
    TenantTable(
        "matter_clock",
        selves=selves(),
        others={"shanzhi_relay": Access(("select",), "true")},
        indexes=("(matter_id, county)", "(next_mark_at) where next_mark_at is not null"),
        checks={"ends_after_it_starts": "due_at >= started_at"},
    ),
    TenantTable(
        "extension_request",
        selves=selves(privileges=("select",)),
        indexes=("(matter_id, county)",),
        checks={"decided_by_another": "decided_by is null or decided_by <> requested_by"},
    ),
    TenantTable(
        "notification",
        staff=Access(READ_WRITE, f"account_id = {IS_ME}", f"account_id = {IS_ME} or ({IN_STAFF_SCOPE})"),
        selves=Access(READ_WRITE, f"account_id = {IS_ME}", f"account_id = {IS_ME} or {of_my_matters()}"),
        indexes=("(account_id, id desc)", "(account_id) where read_at is null"),
    ),
    TenantTable(
        "stored_file",
        selves=selves(privileges=("select", "insert")),
        indexes=("(matter_id, county)",),
    ),
    TenantTable("paper", selves=selves(), indexes=("(matter_id, county)",)),
    TenantTable(
        "paper_signature",
        selves=selves(),
        indexes=("(paper_id, county)", "(matter_id, county)"),
        checks={"signed_on_a_content": "(signed_at is null) = (signed_sha256 = '')"},
    ),
    TenantTable("number_sequence", others=OWNER_WRITES, unique=("county, series, year",)),
    TenantTable(
        "access_log",
        staff=STAFF_APPENDS,
        selves=selves(privileges=("select",)),
        indexes=("(matter_id, county)",),
        checks={"reason_given": "length(trim(reason)) >= 4"},
    ),
    TenantTable("inbound_message", unique=("county, source, external_id",)),
]

REFERENCE_TABLES = [
    *plain_table("division", staff="select", self="select", identity="select", relay="select"),
    *plain_table(
        "account",
        staff="select (id, display_name, phone_index)",
        self="select (id, display_name)",
        identity="select, insert, update",
    ),
    *plain_table("membership", staff="select", self="select", identity="select, insert, update", relay="select"),
    *plain_table("passkey", identity="select, insert, update, delete"),
    *person_table("upload"),
    *Access(("select", "delete"), "true").statements("upload", "shanzhi_relay"),
    *person_table("push_subscription"),
    *Access(("select", "delete"), "true").statements("push_subscription", "shanzhi_relay"),
    *person_table("idempotency_record"),
    *Access(("select", "delete"), "true").statements("idempotency_record", "shanzhi_relay"),
    "alter table idempotency_record add unique (account_id, key)",
    "alter table push_subscription add unique (account_id, endpoint)",
    "alter table passkey add unique (credential_id)",
    "create index division_path on division using gist (path)",
    "create index division_parent on division (parent)",
    "create index division_name on division using gin (full_name gin_trgm_ops)",
    "create index membership_path on membership using gist (path)",
    "create unique index job_dedupe on job (county, name, dedupe) where state = 'PENDING' and dedupe <> ''",
]


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        ops.RunSQL(FUNCTIONS),
        *(ops.RunSQL(table.statements()) for table in TENANT_TABLES),
        ops.RunSQL(PAPERS),
        ops.RunSQL(append_only("event") + append_only("access_log")),
        ops.RunSQL(REFERENCE_TABLES),
    ]
