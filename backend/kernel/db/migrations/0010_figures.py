"""Figures kept ready: facts, cells and marks, which the system alone writes."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from backend.kernel.db.fields import CodeField, CountyField, FloatsField, LTreeField
from backend.kernel.db.models import new_id
from backend.kernel.db.policy import IN_STAFF_SCOPE, OWNER, Access, TenantTable, for_purpose, only_for_purpose

KEPT = Access(("select", "insert", "update", "delete"), IN_STAFF_SCOPE)
#: How far a county has been read is no secret from anybody in it.
IN_COUNTY = "county = any ((select string_to_array(current_setting('app.counties', true), ','))::bpchar[])"
OWNER_READS = {OWNER: Access(("select",), "true")}

TABLES = (
    TenantTable(
        "figure_fact", staff=KEPT, others=OWNER_READS,
        indexes=("(matter_id, county)", "(county, key, month)", "(county, at) where ahead"),
        checks={"month_starts": "extract(day from month) = 1"},
    ),
    TenantTable("figure_cell", staff=KEPT, unique=("county, division, app, key, month",)),
    TenantTable("figure_mark", staff=Access(("select", "insert", "update"), IN_COUNTY), others=OWNER_READS, unique=("county",)),
)  # fmt: skip

#: Figures are never stored by hand (`architecture.md`): no officer writes them, whatever his role.
BY_SYSTEM = for_purpose("''")
NOT_BY_HAND = [
    f"create policy by_system_{verb} on {table.name} as restrictive for {verb} to shanzhi_staff {word} ({BY_SYSTEM})"
    for table in TABLES
    for verb, word in (("insert", "with check"), ("update", "using"), ("delete", "using"))
    if verb in table.staff.privileges
]

#: Ids that rise with time where the server has them (PostgreSQL 18): a million in one go fill the index from one end.
ORDERED = """
do $$ begin
    execute format('create function figure_id() returns uuid language sql volatile as $f$ select %s() $f$',
        case when current_setting('server_version_num')::int >= 180000 then 'uuidv7' else 'gen_random_uuid' end);
end $$
"""
#: Counties whose cells are behind: events came, a fact or a file's erasure fell due, or a month began. A city's own rows are a tenant too.
DUE = [
    """
    create function figures_due(now timestamptz) returns table (county text, path text)
    language sql stable security definer set search_path = public as $$
        select h.county::text, d.path::text
        from event_head h
        join division d on d.code = h.county or (d.level in ('CITY', 'PROVINCE') and rpad(d.code, 6, '0') = h.county)
        left join figure_mark m on m.county = h.county
        where m.id is null or m.seq < h.seq
            or date_trunc('month', m.at at time zone 'Asia/Shanghai') < date_trunc('month', $1 at time zone 'Asia/Shanghai')
            or exists (select 1 from figure_fact f where f.county = h.county and f.ahead and f.at <= $1)
            or exists (select 1 from retention r where r.county = h.county and r.erased_at is null
                and r.erase_at > m.at and r.erase_at <= $1)
    $$
    """,
    # A county in which nothing happened is right up to now.
    """
    create function figures_as_of(codes text[], now timestamptz) returns timestamptz
    language sql stable security definer set search_path = public as $$
        select case when bool_or(due.county is not null and m.at is null) then null
            else min(case when due.county is null then $2 else m.at end) end
        from unnest(codes) code left join figures_due($2) due on due.county = code left join figure_mark m on m.county = code
    $$
    """,
    "revoke execute on function figures_as_of from public",
    "grant execute on function figures_as_of to shanzhi_staff",
    "revoke execute on function figures_due from public",
    "grant execute on function figures_due to shanzhi_relay",
]


class Migration(migrations.Migration):
    dependencies = [("kernel", "0009_erase_uploads")]

    initial = False

    operations = [
        ops.CreateModel(
            name='FigureCell',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('division', CodeField(generated=False, null=False, unique=False)),
                ('app', CodeField(generated=False, null=False, unique=False)),
                ('key', CodeField(generated=False, null=False, unique=False)),
                ('month', fields.DateField()),
                ('rows', fields.IntField()),
                ('counted', fields.IntField()),
                ('matters', fields.IntField()),
                ('total', fields.FloatField()),
                ('spread', FloatsField(null=True, generated=False, unique=False)),
            ],
            options={'table': 'figure_cell', 'app': 'kernel', 'pk_attr': 'id', 'table_description': "The facts of one figure, month and division, summed; `path` is the division's, of a county, township or village."},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='FigureFact',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('app', CodeField(generated=False, null=False, unique=False)),
                ('key', CodeField(generated=False, null=False, unique=False)),
                ('matter_id', fields.UUIDField()),
                ('month', fields.DateField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('counted', fields.BooleanField()),
                ('value', fields.FloatField(null=True)),
                ('ahead', fields.BooleanField()),
            ],
            options={'table': 'figure_fact', 'app': 'kernel', 'pk_attr': 'id', 'table_description': 'One row of a formula, in the month it counts in. `at` may lie ahead: then it does not count yet.'},
            bases=['TenantModel'],
        ),
        ops.CreateModel(
            name='FigureMark',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('county', CountyField(generated=False, null=False, unique=False)),
                ('path', LTreeField(generated=False, null=False, unique=False)),
                ('seq', fields.BigIntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'figure_mark', 'app': 'kernel', 'pk_attr': 'id', 'table_description': "Up to which event, and which instant, the county's cells are right."},
            bases=['TenantModel'],
        ),
        *(ops.RunSQL(table.statements()) for table in TABLES),
        # A path index would cost a row more than the row; facts are found by matter and by cell, cells by their key.
        ops.RunSQL(["drop index figure_fact_path", "drop index figure_cell_path", ORDERED]),
        # Which matters are behind a figure is for those who work in its application; how many, for the cockpit.
        ops.RunSQL([only_for_purpose("figure_fact", "app"), only_for_purpose("figure_cell", "'cockpit_all'")]),
        ops.RunSQL(NOT_BY_HAND + DUE),
    ]
