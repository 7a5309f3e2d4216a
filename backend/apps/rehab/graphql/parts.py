"""Rows that hang on a case, as GraphQL shows them to whoever may open it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry import ID
from strawberry.scalars import JSON

from backend.apps.rehab import enums as e
from backend.apps.rehab import loaders, models, rules
from backend.apps.rehab.service import common
from backend.kernel.faces.models import FaceEnrolment
from backend.kernel.files.service import file_url
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.types import Division, Paper, division_of


def _url(file_id: UUID | None) -> str | None:
    return file_url(file_id) if file_id else None


async def _paper(info: Info, paper_id: UUID | None) -> Paper | None:
    if paper_id is None:
        return None
    row = await info.context.load(kernel_loaders.papers, paper_id)
    return Paper.of(row) if row else None


@strawberry.type(description="Who is this link of the chain now, with an office telephone.")
class RehabLink:
    id: ID
    kind: e.LinkKind
    name: str
    agency_name: str | None
    phone: str | None
    has_signed_in: bool

    @classmethod
    def of(cls, row: models.Link) -> RehabLink:
        return cls(
            id=ID(str(row.id)), kind=row.kind, name=row.name, agency_name=row.agency_name or None,
            phone=row.duty_phone or None, has_signed_in=row.account_id is not None,
        )  # fmt: skip


@strawberry.type(description="约定管 (AGREED) or 自我管 (SELF).")
class RehabMeasure:
    kind: e.MeasureKind
    text: str


@strawberry.type
class RehabAgreement:
    id: ID
    measures: list[RehabMeasure]
    test_plan: str
    help: str
    drafted_at: datetime
    effective_at: datetime | None
    row: strawberry.Private[models.Agreement]

    @classmethod
    def of(cls, row: models.Agreement) -> RehabAgreement:
        measures = [RehabMeasure(kind=e.MeasureKind(each["kind"]), text=each["text"]) for each in row.measures]
        return cls(
            id=ID(str(row.id)), measures=measures, test_plan=row.test_plan, help=row.help, drafted_at=row.drafted_at,
            effective_at=row.effective_at, row=row,
        )  # fmt: skip

    @strawberry.field
    async def paper(self, info: Info) -> Paper | None:
        return await _paper(info, self.row.paper_id)


@strawberry.type(description="A duty with its window. `why` says how the window came about.")
class RehabTask:
    id: ID
    case_id: ID
    case_code: str
    kind: e.TaskKind
    link: e.LinkKind
    assignee: str
    source: e.TaskSource
    opens_at: datetime
    due_at: datetime
    why: JSON
    state: e.TaskState
    done_at: datetime | None
    late: bool
    excuse: e.Excuse | None
    is_mine: bool
    row: strawberry.Private[models.Task]

    @classmethod
    def of(cls, row: models.Task, info: Info) -> RehabTask:
        membership = info.context.actor.membership
        mine = row.membership_id == membership.id if membership else row.membership_id is None
        return cls(
            id=ID(str(row.id)), case_id=ID(str(row.case_id)), case_code=row.case_code, kind=row.kind, link=row.link,
            assignee=row.assignee, source=row.source, opens_at=row.opens_at, due_at=row.due_at, why=JSON(row.why),
            state=row.state, done_at=row.done_at, late=row.late, excuse=row.excuse, is_mine=mine, row=row,
        )  # fmt: skip

    @strawberry.field(description="The person's name: whoever has the duty has to know with whom.")
    async def person_name(self, info: Info) -> str | None:
        case = await info.context.load(loaders.cases, self.row.case_id)
        return case.name if case else None

    @strawberry.field(description="Where, for visits.")
    async def place_text(self, info: Info) -> str | None:
        case = await info.context.load(loaders.cases, self.row.case_id)
        return case.place_text or None if case and self.is_mine else None

    @strawberry.field(description="What was recorded, for whoever recorded it and who answers for the case.")
    async def record(self) -> str | None:
        return common.unseal("task", "record", self.row.id, self.row.record_sealed, self.row.county) or None


@strawberry.type(description="A check-in. Mood, words and pictures are there for the person and the responsible links only.")
class RehabCheckIn:
    id: ID
    case_id: ID
    mode: e.CheckInMode
    state: e.CheckInState
    captured_at: datetime
    received_at: datetime
    place_hint: e.PlaceHint
    accuracy: float | None
    problem: str | None
    attempts: int
    sent_anyway: bool
    reviewed_at: datetime | None
    review_note: str | None
    row: strawberry.Private[models.CheckIn]
    open: strawberry.Private[bool]

    @classmethod
    def of(cls, row: models.CheckIn, *, may_see: bool) -> RehabCheckIn:
        return cls(
            id=ID(str(row.id)), case_id=ID(str(row.case_id)), mode=row.mode, state=row.state,
            captured_at=row.captured_at, received_at=row.received_at, place_hint=row.place_hint, accuracy=row.accuracy,
            problem=row.problem or None if may_see else None, attempts=row.attempts, sent_anyway=row.sent_anyway,
            reviewed_at=row.reviewed_at, review_note=row.review_note or None, row=row, open=may_see,
        )  # fmt: skip

    @strawberry.field
    def mood(self) -> e.Mood | None:
        return self.row.mood if self.open else None

    @strawberry.field
    def wants_help(self) -> bool:
        return self.row.wants_help and self.open

    @strawberry.field
    def answers(self) -> str | None:
        if not self.open:
            return None
        return common.unseal("check_in", "answers", self.row.id, self.row.answers_sealed, self.row.county) or None

    @strawberry.field(description="What the engine found, for the officer who reviews.")
    def outcome(self, info: Info) -> str | None:
        return self.row.outcome or None if self.open and info.context.actor.is_staff else None

    @strawberry.field(description="Likeness of 0 to 1, for the officer who reviews; never a verdict.")
    def score(self, info: Info) -> float | None:
        return self.row.score if self.open and info.context.actor.is_staff else None

    @strawberry.field
    def latitude(self, info: Info) -> float | None:
        return self.row.latitude if self.open else None

    @strawberry.field
    def longitude(self, info: Info) -> float | None:
        return self.row.longitude if self.open else None

    @strawberry.field(description="The frame to compare.")
    def portrait_url(self) -> str | None:
        return _url(self.row.portrait_id) if self.open else None

    @strawberry.field(description="The confirmed enrolment's picture, beside it.")
    async def enrolled_url(self, info: Info) -> str | None:
        if not (self.open and info.context.actor.is_staff):
            return None
        rows = await info.context.load(loaders.enrolments, self.row.case_id)
        return next((_url(row.portrait_id) for row in rows if row.state == "ACTIVE"), None)

    @strawberry.field
    async def task(self, info: Info) -> RehabTask | None:
        row = await info.context.load(loaders.tasks, self.row.task_id)
        return RehabTask.of(row, info) if row else None

    @strawberry.field
    async def person_name(self, info: Info) -> str | None:
        case = await info.context.load(loaders.cases, self.row.case_id)
        return case.name if case else None


@strawberry.type
class RehabEnrolment:
    id: ID
    state: str
    consent_at: datetime
    confirmed_at: datetime | None
    renew_by: date | None
    problem: str | None
    captured: bool
    portrait_url: str | None

    @classmethod
    def of(cls, row: FaceEnrolment, *, may_see: bool) -> RehabEnrolment:
        return cls(
            id=ID(str(row.id)), state=row.state, consent_at=row.consent_at, confirmed_at=row.confirmed_at,
            renew_by=row.renew_by, problem=row.problem or None if may_see else None, captured=row.sheet_id is not None,
            portrait_url=_url(row.portrait_id) if may_see else None,
        )  # fmt: skip


@strawberry.type
class RehabDrugTest:
    id: ID
    kind: e.TestKind
    done_at: datetime
    place: str
    sampler: str
    witness: str
    result: e.TestResult
    lab: str | None
    lab_asked_at: datetime | None
    row: strawberry.Private[models.DrugTest]

    @classmethod
    def of(cls, row: models.DrugTest) -> RehabDrugTest:
        return cls(
            id=ID(str(row.id)), kind=row.kind, done_at=row.done_at, place=row.place, sampler=row.sampler,
            witness=row.witness, result=row.result, lab=row.lab or None, lab_asked_at=row.lab_asked_at, row=row,
        )  # fmt: skip

    @strawberry.field
    async def paper(self, info: Info) -> Paper | None:
        return await _paper(info, self.row.paper_id)


@strawberry.type
class RehabLeave:
    id: ID
    from_day: date
    to_day: date
    place: str
    reason: str
    state: e.LeaveState
    fast_lane: bool
    filed_at: datetime
    decided_at: datetime | None
    note: str | None
    extend_to: date | None
    extend_reason: str | None
    returned_at: datetime | None
    row: strawberry.Private[models.Leave]

    @classmethod
    def of(cls, row: models.Leave) -> RehabLeave:
        return cls(
            id=ID(str(row.id)), from_day=row.from_day, to_day=row.to_day, place=row.place, reason=row.reason,
            state=row.state, fast_lane=row.fast_lane, filed_at=row.filed_at, decided_at=row.decided_at,
            note=row.note or None, extend_to=row.extend_to, extend_reason=row.extend_reason or None,
            returned_at=row.returned_at, row=row,
        )  # fmt: skip

    @strawberry.field
    async def paper(self, info: Info) -> Paper | None:
        return await _paper(info, self.row.paper_id)


@strawberry.type
class RehabRequest:
    id: ID
    kind: e.RequestKind
    text: str
    state: e.RequestState
    filed_at: datetime
    handler: str | None
    decided_at: datetime | None
    answer: str | None
    to_division_code: strawberry.Private[str]

    @classmethod
    def of(cls, row: models.Request) -> RehabRequest:
        return cls(
            id=ID(str(row.id)), kind=row.kind, text=row.text, state=row.state, filed_at=row.filed_at,
            handler=row.handler or None, decided_at=row.decided_at, answer=row.answer or None,
            to_division_code=row.to_division or "",
        )  # fmt: skip

    @strawberry.field(description="Where a transfer would go.")
    async def to_division(self, info: Info) -> Division | None:
        return await division_of(info, self.to_division_code) if self.to_division_code else None


@strawberry.type(description="A police officer verified the pass.")
class RehabPassLookup:
    id: ID
    officer: str
    agency_name: str
    reason: str
    answer: bool
    offline: bool
    looked_at: datetime

    @classmethod
    def of(cls, row: models.PassLookup) -> RehabPassLookup:
        return cls(
            id=ID(str(row.id)), officer=row.officer, agency_name=row.agency_name, reason=row.reason, answer=row.answer,
            offline=row.offline, looked_at=row.looked_at,
        )  # fmt: skip


@strawberry.type
class RehabWhistle:
    id: ID
    ground: e.WhistleGround
    text: str
    blown_by: str
    blown_at: datetime
    state: e.WhistleState
    finding: e.Finding | None
    closing: str | None
    closed_by: str | None
    closed_at: datetime | None

    @classmethod
    def of(cls, row: models.Whistle) -> RehabWhistle:
        return cls(
            id=ID(str(row.id)), ground=row.ground,
            text=common.unseal("whistle", "text", row.id, row.text_sealed, row.county), blown_by=row.blown_by_name,
            blown_at=row.blown_at, state=row.state, finding=row.finding,
            closing=common.unseal("whistle", "closing", row.id, row.closing_sealed, row.county) or None,
            closed_by=row.closed_by_name or None, closed_at=row.closed_at,
        )  # fmt: skip


@strawberry.type
class RehabBreach:
    id: ID
    kind: e.BreachKind
    fact: str
    clause: str
    heard: str
    recorded_at: datetime
    confirmed_at: datetime | None
    dropped_at: datetime | None
    row: strawberry.Private[models.Breach]

    @classmethod
    def of(cls, row: models.Breach) -> RehabBreach:
        return cls(
            id=ID(str(row.id)), kind=row.kind, fact=row.fact, clause=row.clause, heard=row.heard,
            recorded_at=row.recorded_at, confirmed_at=row.confirmed_at, dropped_at=row.dropped_at, row=row,
        )  # fmt: skip

    @strawberry.field
    async def paper(self, info: Info) -> Paper | None:
        return await _paper(info, self.row.paper_id)


@strawberry.type(description="What the actor may do next; `requires` names the fields that have to be filled.")
class RehabAction:
    name: str
    requires: list[str]
    step_up: bool


def source_of(rule: str) -> str | None:
    """The legal or other source of a limit."""
    return rules.RULES[rule].source if rule in rules.RULES else None


