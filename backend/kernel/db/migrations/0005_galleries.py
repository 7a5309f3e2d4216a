"""Galleries of faces and their searches: tables, policies, the codes of the coarse stage, and the one search there is."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from backend.kernel.db.fields import CodeField, CountyField, HalfVectorField, LTreeField
from backend.kernel.db.models import new_id
from backend.kernel.db.policy import (
    IN_STAFF_SCOPE,
    READ_WRITE,
    Access,
    TenantTable,
    for_purpose,
    only_for_purpose,
)

SYSTEM = f"{IN_STAFF_SCOPE} and " + for_purpose("'*'")
BESIDE_THE_VECTOR = "id, county, path, gallery, matter_id, subject_id, file_id, model, quality, created_at"
OWNER_READS = {"shanzhi_owner": Access(("select",), "true")}

TABLES = [
    TenantTable(
        "face_search",
        staff=Access(READ_WRITE, IN_STAFF_SCOPE),
        others={**OWNER_READS, "shanzhi_relay": Access(("select",), "true")},
        indexes=("(matter_id, county)", "(expires_at) where state in ('REQUESTED', 'APPROVED')"),
        checks={
            "two_persons": "decided_by <> requested_by",
            "decided_by_somebody": "state not in ('APPROVED', 'REFUSED', 'DONE') or (decided_by is not null "
            "and decided_at is not null)",
            "thirty_days_at_most": "expires_at > requested_at and expires_at <= requested_at + interval '30 days'",
            "run_within_its_term": "(searched_at is not null) >= (state = 'DONE') and state not in ('REQUESTED', 'REFUSED') >= (searched_at is not null) "
            "and coalesce(searched_at < expires_at, true)",
            "state_known": "state in ('REQUESTED', 'APPROVED', 'REFUSED', 'DONE', 'EXPIRED')",
            "says_why": "purpose <> '' and legal_basis <> '' and necessity <> ''",
            "names_galleries": "jsonb_typeof(galleries) = 'array' and jsonb_array_length(galleries) > 0",
        },
    ),
    TenantTable(
        "gallery_face",
        # The system's jobs alone put faces in and take them out, in their own county, and read back no vector.
        staff=Access((f"select ({BESIDE_THE_VECTOR})", "insert", "delete"), SYSTEM),
        others={"shanzhi_owner": Access(("select", "delete"), "true")},
        unique=("county, file_id, model",),
        indexes=("(matter_id, county)",),
    ),
]

#: What was asked for and approved cannot become another request afterwards.
REQUEST = (
    "matter_id", "app", "purpose", "legal_basis", "necessity", "galleries", "emergency", "requested_by", "requested_at",
    "expires_at",
)  # fmt: skip
WORD_FOR_WORD = [
    only_for_purpose("face_search", "app"),
    f"create policy purpose_of_new on face_search as restrictive for insert to shanzhi_staff with check ({for_purpose('app')})",
    (
        f"create trigger face_search_request before update on face_search for each row "
        f"when (({', '.join(f'old.{name}' for name in REQUEST)}) is distinct from "
        f"({', '.join(f'new.{name}' for name in REQUEST)})) execute function refuse_change()"
    ),
]

#: No role touches the codes; a trigger fills them from `gallery_face`. There is no path and no B-tree, so that a face
#: takes less than 150 bytes: ids sort by time, so that block ranges find the few pages a deletion has to look at.
CODES = [
    """
    create table gallery_code (code bit(512) not null, face_id uuid not null, county char(6) not null, gallery text not null)
        partition by list (gallery)
    """,
    """
    create index gallery_code_faces on gallery_code using brin (face_id uuid_minmax_multi_ops)
        with (pages_per_range = 16, autosummarize = on)
    """,
    """
    create function keep_gallery_codes() returns trigger
    language plpgsql security definer set search_path = public as $$
    begin
        if tg_op <> 'INSERT' then
            delete from gallery_code c where c.gallery = old.gallery and c.face_id = old.id and c.county = old.county;
        end if;
        if tg_op <> 'DELETE' then
            insert into gallery_code (code, face_id, county, gallery)
                values (binary_quantize(new.vector)::bit(512), new.id, new.county, new.gallery);
        end if;
        return null;
    end $$
    """,
    """
    create trigger gallery_face_codes after insert or delete or update of id, county, gallery, vector on gallery_face
        for each row execute function keep_gallery_codes()
    """,
    """
    create trigger gallery_face_no_truncate before truncate on gallery_face
        for each statement execute function refuse_change()
    """,
    # Whoever erases a picture, its face goes with it.
    """
    create function drop_faces_of_file() returns trigger
    language plpgsql security definer set search_path = public as $$
    begin
        delete from gallery_face g where g.file_id = old.id and g.county = old.county;
        return null;
    end $$
    """,
    "create trigger stored_file_faces after delete on stored_file for each row execute function drop_faces_of_file()",
]

#: Guard of every look into the galleries: the system, in its own county, for a search that somebody approved.
APPROVED = """
create function approved_search(search uuid, county_code text, now timestamptz) returns face_search
language plpgsql stable security definer set search_path = public as $$
declare asked face_search;
begin
    if current_setting('app.purpose', true) is distinct from '*' then
        raise exception 'only the system searches' using errcode = '42501';
    end if;
    if not coalesce(county_code = any (string_to_array(current_setting('app.counties', true), ',')), false) then
        raise exception 'not a county of this job' using errcode = '42501';
    end if;
    select * into asked from face_search s
        where s.id = search and s.county = county_code and s.state = 'APPROVED' and now < s.expires_at;
    if not found then
        raise exception 'no approved search' using errcode = '42501';
    end if;
    return asked;
end $$
"""

#: First the Hamming distance of all codes, then the exact cosine of the nearest. The galleries' own tables are named, so
#: that no other is opened and no row asked which gallery it is of. Codes 248 bits apart, at a cosine of about 0.05, are
#: those of strangers: sorting is spared them. 200 faces go on, or one in a thousand of a large gallery: mates at a cosine
#: of 0.4 are among them in more than 99.8 %. MATERIALIZED keeps the stages apart. There is no HNSW index on purpose: it
#: misses mates, and a planner that sees one takes it.
SEARCH = """
create function search_gallery(search uuid, county_code text, probe halfvec, model_name text, most int, now timestamptz)
returns table (face_id uuid, county text, matter_id uuid, subject_id uuid, file_id uuid, cosine real)
language plpgsql stable security definer set search_path = public as $$
declare asked face_search := approved_search(search, county_code, now); codes text; kept bigint;
begin
    select string_agg(format('select c.code, c.face_id, c.county from %I c where c.code <~> $1 < 248', part), ' union all '),
            greatest(200, sum(pg_relation_size(part::regclass)) / 140000)
        into codes, kept
        from (select 'gallery_code_' || replace(name, '.', '_') as part
            from jsonb_array_elements_text(asked.galleries) name) parts;
    return query execute format($statement$
        with coarse as materialized (select c.face_id, c.county from (%s) c order by c.code <~> $1 limit %s)
        select g.id, g.county::text, g.matter_id, g.subject_id, g.file_id, (1 - (g.vector <=> $2))::real
        from coarse join gallery_face g on g.id = coarse.face_id and g.county = coarse.county
        where g.model = $3 and g.matter_id <> $4
        order by g.vector <=> $2, g.id limit $5
        $statement$, codes, kept)
    using binary_quantize(probe)::bit(512), probe, model_name, asked.matter_id, most;
end $$
"""

COUNT = """
create function count_gallery(search uuid, county_code text, now timestamptz) returns bigint
language plpgsql stable security definer set search_path = public as $$
declare asked face_search := approved_search(search, county_code, now); counted bigint;
begin
    execute format('select count(*) from gallery_code where gallery in (%s)',
        (select string_agg(quote_literal(name), ', ') from jsonb_array_elements_text(asked.galleries) name)) into counted;
    return counted;
end $$
"""

FUNCTIONS = [
    APPROVED,
    SEARCH,
    COUNT,
    *(
        f"revoke execute on function {name} from public"
        for name in ("approved_search", "search_gallery", "count_gallery", "keep_gallery_codes", "drop_faces_of_file")
    ),
    *(f"grant execute on function {name} to shanzhi_staff" for name in ("search_gallery", "count_gallery")),
]


class Migration(migrations.Migration):
    dependencies = [('kernel', '0004_faces_security')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FaceSearch',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('matter_id', fields.UUIDField()),
                ('app', CodeField(generated=False, null=False, unique=False)),
                ('purpose', CodeField(generated=False, null=False, unique=False)),
                ('legal_basis', fields.TextField(unique=False)),
                ('necessity', fields.TextField(unique=False)),
                ('galleries', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('state', CodeField(default='REQUESTED', generated=False, null=False, unique=False)),
                ('emergency', fields.BooleanField(default=False)),
                ('requested_by', fields.UUIDField()),
                ('requested_by_name', CodeField(generated=False, null=False, unique=False)),
                ('requested_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('decided_by', fields.UUIDField(null=True)),
                ('decided_by_name', CodeField(default='', generated=False, null=False, unique=False)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('decision_reason', fields.TextField(default='', unique=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('searched_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('model', CodeField(default='', generated=False, null=False, unique=False)),
                ('scanned', fields.IntField(default=0)),
            ],
            options={'table': 'face_search', 'app': 'kernel', 'pk_attr': 'id', 'table_description': "A request to look for one matter's face in named galleries, and what somebody else decided about it."},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='GalleryFace',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('gallery', CodeField(generated=False, null=False, unique=False)),
                ('matter_id', fields.UUIDField()),
                ('subject_id', fields.UUIDField()),
                ('file_id', fields.UUIDField()),
                ('model', CodeField(generated=False, null=False, unique=False)),
                ('vector', HalfVectorField(generated=False, null=False, unique=False)),
                ('quality', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'gallery_face', 'app': 'kernel', 'pk_attr': 'id', 'table_description': 'The face of one picture of one matter in a purpose-made gallery; only `galleries` writes and compares it.'},
            bases=['TenantModel'],
        ),
        *(ops.RunSQL(table.statements()) for table in TABLES),
        ops.RunSQL(WORD_FOR_WORD),
        ops.RunSQL(CODES),
        ops.RunSQL(FUNCTIONS),
    ]
