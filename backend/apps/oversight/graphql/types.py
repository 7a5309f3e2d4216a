"""Clues, recommendations and joint projects as GraphQL shows them to whoever may open them."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from strawberry import ID

from backend.apps.oversight import access, loaders, models, rules
from backend.apps.oversight import enums as e
from backend.apps.oversight.graphql.matters import MatterFields
from backend.apps.oversight.graphql.parts import (
    OversightCheck,
    OversightDelay,
    OversightLogEntry,
    OversightMeeting,
    OversightPart,
    OversightPromise,
    OversightRating,
    OversightRatingMeans,
    OversightReply,
    files_of,
)
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.errors import UserError
from backend.kernel.graphql.types import Division, StoredFile, division_of


@strawberry.type(description="检察建议: what one agency is asked to put right, and how that goes.")
class OversightRecommendation(MatterFields):
    id: ID
    code: str
    version: int
    state: e.RecommendationState
    case_type: e.CaseType
    unit_name: str
    source_text: str
    facts: str
    danger: str
    demands: list[str]
    basis: str
    urgent: bool
    round: int
    objection: str | None
    objection_result: e.ObjectionResult | None
    objection_opinion: str | None
    escalated_to: str | None
    escalation_reason: str | None
    served_at: datetime | None
    updated_at: datetime
    ended_at: datetime | None
    row: strawberry.Private[models.Recommendation]

    @classmethod
    def of(cls, row: models.Recommendation) -> OversightRecommendation:
        return cls(
            id=ID(str(row.id)), code=row.code, version=row.version, state=row.state, case_type=row.case_type,
            unit_name=row.unit_name, source_text=row.source_text, facts=row.facts, danger=row.danger, demands=list(row.demands),
            basis=row.basis, urgent=row.urgent, round=row.round, objection=row.objection or None,
            objection_result=row.objection_result, objection_opinion=row.objection_opinion or None,
            escalated_to=row.escalated_to or None, escalation_reason=row.escalation_reason or None,
            served_at=row.served_at, updated_at=row.updated_at, ended_at=row.ended_at, row=row,
        )  # fmt: skip

    @strawberry.field(description="The clue; empty for the agency, which must not learn who raised it.")
    async def clue(self, info: Info) -> OversightClue | None:
        row = await info.context.load(loaders.clues, self.row.clue_id)
        return OversightClue.of(row) if row else None

    @strawberry.field
    async def replies(self, info: Info) -> list[OversightReply]:
        return [OversightReply.of(each) for each in await info.context.load(loaders.replies, self.row.id)]

    @strawberry.field
    async def promises(self, info: Info) -> list[OversightPromise]:
        return [OversightPromise.of(each) for each in await info.context.load(loaders.promises, self.row.id)]

    @strawberry.field
    async def checks(self, info: Info) -> list[OversightCheck]:
        return [OversightCheck.of(each) for each in await info.context.load(loaders.checks, self.row.id)]

    @strawberry.field
    async def ratings(self, info: Info) -> list[OversightRating]:
        return [OversightRating.of(each) for each in await info.context.load(loaders.ratings, self.row.id)]

    @strawberry.field
    async def rating_means(self, info: Info) -> OversightRatingMeans:
        rows = await info.context.load(loaders.ratings, self.row.id)
        return OversightRatingMeans(
            process=rules.mean([each.process for each in rows]), result=rules.mean([each.result for each in rows]), count=len(rows)
        )

    @strawberry.field(description="Why it takes longer, where it lawfully does.")
    async def delays(self, info: Info) -> list[OversightDelay]:
        return [OversightDelay.of(each) for each in await info.context.load(kernel_loaders.extensions_of_matter, self.row.id)]


@strawberry.type(description="A clue or proposal, and from its filing on the case.")
class OversightClue(MatterFields):
    id: ID
    code: str
    version: int
    kind: e.ClueKind
    source: e.ClueSource
    state: e.ClueState
    field: e.Field
    title: str
    content: str
    place_text: str | None
    source_app: str | None
    source_code: str | None
    source_category: str | None
    supporters: int
    reason: str | None
    organ: str | None
    court: str | None
    case_type: e.CaseType | None
    case_no: str | None
    trigger: e.Trigger | None
    raised_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    erased_at: datetime | None
    row: strawberry.Private[models.Clue]

    @classmethod
    def of(cls, row: models.Clue) -> OversightClue:
        return cls(
            id=ID(str(row.id)), code=row.code, version=row.version, kind=row.kind, source=row.source, state=row.state,
            field=row.field, title=row.title, content=row.content, place_text=row.place_text or None,
            source_app=row.source_app or None, source_code=row.source_code or None, source_category=row.source_category or None,
            supporters=row.supporters, reason=row.reason or None, organ=row.organ or None, court=row.court or None, case_type=row.case_type,
            case_no=row.case_no or None, trigger=row.trigger, raised_at=row.raised_at, updated_at=row.updated_at,
            ended_at=row.ended_at, erased_at=row.erased_at, row=row,
        )  # fmt: skip

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return await division_of(info, self.row.path.rsplit(".", 1)[-1])

    @strawberry.field(description="Who has a part in it, as far as the reader may know: my own, and names that are not shielded.")
    async def parts(self, info: Info) -> list[OversightPart]:
        return [OversightPart.of(each) for each in await info.context.load(loaders.parts, self.row.id)]

    @strawberry.field(description="The clue this one was merged into, for whoever may open it.")
    async def merged_into(self, info: Info) -> OversightClue | None:
        row = await info.context.load(loaders.clues, self.row.merged_into) if self.row.merged_into else None
        return OversightClue.of(row) if row else None

    @strawberry.field
    async def files(self, info: Info) -> list[StoredFile]:
        return await files_of(info, list(self.row.files))

    @strawberry.field(description="Where it is; for the procuratorate, which goes there. Of a shielded author it would say where he stood.")
    async def latitude(self, info: Info) -> float | None:
        return self.row.latitude if access.works_on_cases(info.context.actor) else None

    @strawberry.field
    async def longitude(self, info: Info) -> float | None:
        return self.row.longitude if access.works_on_cases(info.context.actor) else None

    @strawberry.field(description="Points that order the work; the procuratorate's.")
    async def score(self, info: Info) -> int | None:
        return self.row.score if access.works_on_cases(info.context.actor) else None

    @strawberry.field
    async def assessment(self, info: Info) -> str | None:
        return self.row.assessment or None if access.works_on_cases(info.context.actor) else None

    @strawberry.field(description="The investigation; the procuratorate's.")
    async def log(self, info: Info) -> list[OversightLogEntry]:
        return [OversightLogEntry.of(each) for each in await info.context.load(loaders.log, self.row.id)]

    @strawberry.field
    async def recommendations(self, info: Info) -> list[OversightRecommendation]:
        return [OversightRecommendation.of(each) for each in await info.context.load(loaders.recommendations, self.row.id)]


@strawberry.type(description="联合督办: what congress and procuratorate look after together.")
class OversightJointProject(MatterFields):
    id: ID
    code: str
    version: int
    state: e.JointState
    subject: str
    basis: str
    form: e.JointForm
    proposed_side: e.Side
    opinion: str | None
    leader: str | None
    plan: str | None
    due_on: date | None
    result: str | None
    reason: str | None
    updated_at: datetime
    row: strawberry.Private[models.JointProject]

    @classmethod
    def of(cls, row: models.JointProject) -> OversightJointProject:
        return cls(
            id=ID(str(row.id)), code=row.code, version=row.version, state=row.state, subject=row.subject, basis=row.basis,
            form=row.form, proposed_side=row.proposed_side, opinion=row.opinion or None, leader=row.leader or None,
            plan=row.plan or None, due_on=row.due_on, result=row.result or None, reason=row.reason or None,
            updated_at=row.updated_at, row=row,
        )  # fmt: skip

    @strawberry.field
    async def clues(self, info: Info) -> list[OversightClue]:
        items = await info.context.load(loaders.items, self.row.id)
        rows = await info.context.load_many(loaders.clues, [item.clue_id for item in items])
        return [OversightClue.of(row) for row in rows if row is not None]

    @strawberry.field
    async def meetings(self, info: Info) -> list[OversightMeeting]:
        return [OversightMeeting.of(each) for each in await info.context.load(loaders.meetings, self.row.id)]


@strawberry.type
class OversightCluePayload:
    clue: OversightClue | None
    errors: list[UserError]


@strawberry.type
class OversightRecommendationPayload:
    recommendation: OversightRecommendation | None
    errors: list[UserError]


@strawberry.type
class OversightJointPayload:
    project: OversightJointProject | None
    errors: list[UserError]
