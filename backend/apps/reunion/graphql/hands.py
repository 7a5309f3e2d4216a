"""Tasks as GraphQL shows them: whole to the officers of the case, and to a helper the little that his task needs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import ID

from backend.apps.reunion import access, loaders, models, queries, rules
from backend.apps.reunion import enums as e
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import hands
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.models import Event as EventRow
from backend.kernel.errors import not_found
from backend.kernel.files.service import file_url
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError
from backend.kernel.graphql.pages import Connection


@strawberry.type(description="One thing that an agency or a helper is asked to do. Who the case is about is not among it.")
class ReunionTask:
    id: ID
    case_id: ID | None = strawberry.field(description="Empty for a helper, who cannot open the case.")
    case_code: str
    case_side: e.Side
    case_kind: e.CaseKind
    emergency: bool
    kind: e.TaskKind
    state: e.TaskState
    instruction: str
    role: str
    assignee: str | None
    assignee_agency: str | None
    given_by: str
    given_by_agency: str
    given_by_phone: str | None
    given_at: datetime
    due_at: datetime
    due_source: str
    late: bool
    accepted_at: datetime | None
    done_at: datetime | None
    settled_at: datetime | None
    result: str | None
    picture_url: str | None
    reason: str | None
    actions: list[str]

    @classmethod
    def of(cls, actor: Actor, row: models.HandTask, *, ours: bool) -> ReunionTask:
        """`ours`: the reader works on the case."""
        return cls(
            id=ID(str(row.id)), case_id=ID(str(row.case_id)) if ours else None, case_code=row.case_code, case_side=row.case_side,
            case_kind=row.case_kind, emergency=row.emergency, kind=row.kind, state=row.state, instruction=row.instruction,
            role=row.role, assignee=row.assignee_name or None, assignee_agency=row.assignee_agency or None,
            given_by=row.given_by_name, given_by_agency=row.given_by_agency, given_by_phone=row.given_by_phone or None,
            given_at=row.given_at, due_at=row.due_at, due_source=rules.RULES[row.rule].source, late=hands.late(row, clock.now()),
            accepted_at=row.accepted_at, done_at=row.done_at, settled_at=row.settled_at, result=row.result or None,
            picture_url=file_url(row.file_id) if ours and row.file_id else None, reason=row.reason or None,
            actions=access.task_actions(actor, row, ours=ours),
        )  # fmt: skip


@strawberry.type(description="A step of the closed loop from the find to the follow-up: who took it, and when.")
class ReunionLoopStep:
    step: e.LoopStage
    at: datetime | None
    by: str | None
    unit: str | None

    @classmethod
    def of(cls, step: e.LoopStage, row: EventRow | None) -> ReunionLoopStep:
        if row is None:
            return cls(step=step, at=None, by=None, unit=None)
        return cls(step=step, at=row.occurred_at, by=row.actor_name or None, unit=row.unit or None)


@strawberry.type(description="Somebody who can be asked by name.")
class ReunionHelper:
    id: ID
    name: str
    agency: str


@strawberry.type
class ReunionTaskPayload:
    task: ReunionTask | None
    errors: list[UserError]


async def shown(info: Info, row: models.HandTask) -> ReunionTask:
    """The task as this reader sees it; whether the case is his is asked of the database."""
    actor = info.context.actor
    case = await info.context.load(loaders.cases, row.case_id) if actor.may(Permission.READ) else None
    return ReunionTask.of(actor, row, ours=case is not None and access.is_ours(actor, case))


async def reload_task(actor: Actor, task_id: UUID) -> models.HandTask:
    """The task a repeated command answered with the first time."""
    row = await models.HandTask.get_or_none(id=task_id)
    if row is None or not await queries.may_see_task(actor, row):
        raise not_found("id")
    return row


def answer(info: Info, row: models.HandTask | None, errors: list[UserError]) -> ReunionTaskPayload:
    """A payload; whoever settles a task works on its case, and whoever does one need not."""
    if row is None:
        return ReunionTaskPayload(task=None, errors=errors)
    actor = info.context.actor
    return ReunionTaskPayload(task=ReunionTask.of(actor, row, ours=actor.may(Permission.GIVE)), errors=errors)


@strawberry.type
class HandsQuery:
    @strawberry.field(description="Tasks for me, or for my agency; open ones first by their limit, or what is over, newest first.")
    async def reunion_tasks(
        self, info: Info, open: bool = True, first: int = 20, after: str | None = None
    ) -> Connection[ReunionTask]:
        actor = info.context.actor
        page = await queries.tasks(actor, open=open, first=first, after=after)
        ours = {row.case_id for row in page.rows} if actor.may(Permission.READ) else set()
        known: Any = await info.context.load_many(loaders.cases, sorted(ours))
        mine = {case.id for case in known if case is not None and access.is_ours(actor, case)}
        return page.connection(lambda row: ReunionTask.of(actor, row, ours=row.case_id in mine))

    @strawberry.field
    async def reunion_task(self, info: Info, id: ID) -> ReunionTask | None:
        row = await queries.task(info.context.actor, id)
        return await shown(info, row) if row else None

    @strawberry.field(description="Who may be asked by name in this role, for this case.")
    async def reunion_helpers(self, info: Info, case_id: ID, role: str) -> list[ReunionHelper]:
        rows = await queries.helpers(info.context.actor, case_id, role)
        return [ReunionHelper(id=ID(str(row.id)), name=row.name, agency=row.agency_name) for row in rows]
