"""The list query without GraphQL and without the ORM's queries: what the same data costs at the least.

One route, one SQL statement that returns the finished JSON. Session check, scope, database role and policies are the
product's own; so is the pool of asyncpg connections. There is no log line and no metric.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.installed import models, register
from backend.kernel.db.connection import connected
from backend.kernel.db.scope import open_scope
from backend.kernel.identity.http import required_caller
from backend.kernel.jobs.queue import close_valkey

INSTANT = """'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'"""
DISPUTES = f"""
with page as (
    select d.*, row_number() over (order by d.updated_at desc, d.id desc) as place,
        translate(rtrim(replace(encode(convert_to(
            '["' || to_char(d.updated_at at time zone 'UTC', {INSTANT}) || '","' || d.id || '"]', 'UTF8'), 'base64'),
            E'\\n', ''), '='), '+/', '-_') as cursor
    from (select * from mediation_dispute where county = $1 order by updated_at desc, id desc limit $2 + 1) d)
select json_build_object('data', json_build_object('disputes', json_build_object(
    'edges', coalesce(json_agg(json_build_object('cursor', d.cursor, 'node', json_build_object(
        'id', d.id, 'code', d.code, 'state', d.state, 'version', d.version, 'title', d.title,
        'category', d.category, 'severity', d.severity, 'level', d.level, 'violence', d.violence,
        'registeredAt', d.registered_at, 'updatedAt', d.updated_at, 'placeText', nullif(d.place_text, ''),
        'division', json_build_object(
            'code', v.code, 'name', v.name, 'level', v.level, 'fullName', v.full_name),
        'responsible', case when r.id is not null then json_build_object('name', r.name, 'role', r.role) end,
        'clock', case when c.id is not null then json_build_object(
            'id', c.id, 'rule', c.rule, 'dueAt', c.due_at, 'state', c.state,
            'colour', case when c.due_at < now() then 'RED' when c.yellow_at <= now() then 'YELLOW' else 'BLUE' end,
            'usedFraction', least(1, extract(epoch from now() - c.started_at)
                / extract(epoch from c.due_at - c.started_at))::float) end
    )) order by d.place) filter (where d.place <= $2), '[]'),
    'pageInfo', json_build_object(
        'hasNextPage', count(*) > $2, 'endCursor', max(d.cursor) filter (where d.place = least($2, d.place)
            and d.place = (select max(place) from page where place <= $2)))
)))::text
from page d
join division v on v.code = d.division
left join matter_clock c on c.id = d.active_clock and c.county = d.county
left join lateral (
    select * from mediation_responsibility r where r.dispute_id = d.id and r.county = d.county and r.until is null
    order by r.since desc limit 1) r on true
"""


async def disputes(request: Request) -> Response:
    """Twenty disputes of the caller's county, newest change first."""
    _, actor = await required_caller(request)
    assert actor.membership is not None
    async with open_scope(actor.scope) as scope, scope as connection:
        text = await connection.fetchval(DISPUTES, actor.membership.county, 20)
    return Response(text, media_type="application/json")


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    register()
    async with connected(models()):
        yield
    await close_valkey()


def create_app() -> Starlette:
    return Starlette(routes=[Route("/disputes", disputes)], lifespan=lifespan)
