"""The case and what is done in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise import fields

from backend.apps.rehab import enums as e
from backend.kernel.db.fields import CodeField
from backend.kernel.db.models import TenantModel


class Case(TenantModel):
    """One person's treatment in the community. `path` is the grid or village that carries it."""

    code: str = CodeField()
    version: int = fields.IntField(default=1)
    state: e.CaseState = fields.CharEnumField(e.CaseState, max_length=20)
    kind: e.CaseKind = fields.CharEnumField(e.CaseKind, max_length=24)
    subject_id: UUID = fields.UUIDField()  # the person, as participants and face templates name him
    name: str = fields.TextField()
    name_index: str = CodeField(default="")
    phone_sealed: str = fields.TextField(default="")
    phone_index: str = CodeField(default="")
    id_number_sealed: str = fields.TextField(default="")
    birth_date: date | None = fields.DateField(null=True)
    division: str = CodeField()
    place_text: str = fields.TextField(default="")  # agreed place of living
    home_latitude: float | None = fields.FloatField(null=True)
    home_longitude: float | None = fields.FloatField(null=True)
    fence_metres: int = fields.IntField(default=3000)
    order_no: str = fields.TextField(default="")
    served_on: date | None = fields.DateField(null=True)
    report_due: datetime | None = fields.DatetimeField(null=True)
    reported_at: datetime | None = fields.DatetimeField(null=True)
    term_from: date | None = fields.DateField(null=True)
    term_to: date | None = fields.DateField(null=True)  # last day
    started_at: datetime | None = fields.DatetimeField(null=True)
    suspended_on: date | None = fields.DateField(null=True)
    # Here and in no event: a hospital is a matter of health.
    suspend_cause: e.SuspendCause | None = fields.CharEnumField(e.SuspendCause, max_length=16, null=True)
    ended_at: datetime | None = fields.DatetimeField(null=True)
    end_type: e.EndType | None = fields.CharEnumField(e.EndType, max_length=16, null=True)
    band: e.Band = fields.CharEnumField(e.Band, max_length=2, default=e.Band.B)
    band_since: date | None = fields.DateField(null=True)
    band_reviewed_on: date | None = fields.DateField(null=True)
    override_until: date | None = fields.DateField(null=True)
    planned_on: date | None = fields.DateField(null=True)  # day the tasks were last planned
    registered_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "rehab_case"


class Link(TenantModel):
    """Who is this link of the chain, from `since` to `until`. Family members have an account, officers a membership."""

    case_id: UUID = fields.UUIDField()
    kind: e.LinkKind = fields.CharEnumField(e.LinkKind, max_length=12)
    membership_id: UUID | None = fields.UUIDField(null=True)
    account_id: UUID | None = fields.UUIDField(null=True)
    phone_index: str = CodeField(default="")  # a relative who has not signed in yet
    name: str = fields.TextField()
    agency_name: str = fields.TextField(default="")
    duty_phone: str = fields.TextField(default="")
    since: datetime = fields.DatetimeField()
    until: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "rehab_link"


class Agreement(TenantModel):
    """社区戒毒(康复)协议: what both agreed (约定管) and what the person set himself (自我管)."""

    case_id: UUID = fields.UUIDField()
    measures: list[dict[str, str]] = fields.JSONField(default=list)  # {"kind": MeasureKind, "text": …}
    test_plan: str = fields.TextField()
    help: str = fields.TextField()
    paper_id: UUID = fields.UUIDField()
    drafted_at: datetime = fields.DatetimeField()
    effective_at: datetime | None = fields.DatetimeField(null=True)
    withdrawn_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "rehab_agreement"


class Task(TenantModel):
    """One duty of one link, with its window. `next_at` is the next instant at which something has to be said or done."""

    case_id: UUID = fields.UUIDField()
    case_code: str = CodeField()
    kind: e.TaskKind = fields.CharEnumField(e.TaskKind, max_length=16)
    link: e.LinkKind = fields.CharEnumField(e.LinkKind, max_length=12)
    membership_id: UUID | None = fields.UUIDField(null=True)  # an officer's duty …
    subject_id: UUID | None = fields.UUIDField(null=True)  # … or a private person's, as participants name him
    assignee: str = fields.TextField(default="")
    source: e.TaskSource = fields.CharEnumField(e.TaskSource, max_length=12)
    source_id: UUID | None = fields.UUIDField(null=True)
    plan_key: str = CodeField(default="")  # the same planned duty is made once
    opens_at: datetime = fields.DatetimeField()
    due_at: datetime = fields.DatetimeField()
    why: dict[str, Any] = fields.JSONField(default=dict)  # how the window came about
    state: e.TaskState = fields.CharEnumField(e.TaskState, max_length=12, default=e.TaskState.OPEN)
    reminded: int = fields.IntField(default=0)  # 0 nothing, 1 opened, 2 half time, 3 last day, then days since missed
    next_at: datetime | None = fields.DatetimeField(null=True)
    done_at: datetime | None = fields.DatetimeField(null=True)
    done_by: UUID | None = fields.UUIDField(null=True)
    late = fields.BooleanField(default=False)
    excuse: e.Excuse | None = fields.CharEnumField(e.Excuse, max_length=20, null=True)
    record_sealed: str = fields.TextField(default="")

    class Meta:
        table = "rehab_task"


class CheckIn(TenantModel):
    """One answer to a CHECK_IN task. `outcome` and `score` are the engine's, `decision` a person's."""

    case_id: UUID = fields.UUIDField()
    task_id: UUID = fields.UUIDField()
    mode: e.CheckInMode = fields.CharEnumField(e.CheckInMode, max_length=8)
    state: e.CheckInState = fields.CharEnumField(e.CheckInState, max_length=12)
    challenge_id: UUID | None = fields.UUIDField(null=True)
    captured_at: datetime = fields.DatetimeField()
    received_at: datetime = fields.DatetimeField()
    skew_seconds: int = fields.IntField(default=0)
    latitude: float | None = fields.FloatField(null=True)
    longitude: float | None = fields.FloatField(null=True)
    accuracy: float | None = fields.FloatField(null=True)  # metres
    place_hint: e.PlaceHint = fields.CharEnumField(e.PlaceHint, max_length=12, default=e.PlaceHint.UNKNOWN)
    mood: e.Mood | None = fields.CharEnumField(e.Mood, max_length=12, null=True)
    wants_help = fields.BooleanField(default=False)
    answers_sealed: str = fields.TextField(default="")
    picture_id: UUID | None = fields.UUIDField(null=True)
    portrait_id: UUID | None = fields.UUIDField(null=True)
    burst: dict[str, Any] = fields.JSONField(default=dict)  # columns, count, frame times
    outcome: str = CodeField(default="")
    problem: str = CodeField(default="")
    score: float | None = fields.FloatField(null=True)
    attempts: int = fields.IntField(default=1)
    sent_anyway = fields.BooleanField(default=False)
    wait_until: datetime | None = fields.DatetimeField(null=True)  # then a RETAKE nobody made goes to a person
    reviewed_by: UUID | None = fields.UUIDField(null=True)
    reviewed_at: datetime | None = fields.DatetimeField(null=True)
    review_note: str = fields.TextField(default="")

    class Meta:
        table = "rehab_check_in"


class DrugTest(TenantModel):
    """吸毒检测. Two people take the sample; the person may ask for a laboratory."""

    case_id: UUID = fields.UUIDField()
    task_id: UUID | None = fields.UUIDField(null=True)
    kind: e.TestKind = fields.CharEnumField(e.TestKind, max_length=8)
    done_at: datetime = fields.DatetimeField()
    place: str = fields.TextField()
    sampler: str = fields.TextField()
    witness: str = fields.TextField()
    sample_a: str = fields.TextField(default="")
    sample_b: str = fields.TextField(default="")
    result: e.TestResult = fields.CharEnumField(e.TestResult, max_length=16)
    lab: str = fields.TextField(default="")
    lab_at: datetime | None = fields.DatetimeField(null=True)
    lab_asked_at: datetime | None = fields.DatetimeField(null=True)
    lab_reason: str = fields.TextField(default="")
    recorded_by: UUID = fields.UUIDField()
    paper_id: UUID | None = fields.UUIDField(null=True)

    class Meta:
        table = "rehab_drug_test"


class Leave(TenantModel):
    """外出报告. More than three days out of the county need a written report before (戒毒条例 19)."""

    case_id: UUID = fields.UUIDField()
    from_day: date = fields.DateField()
    to_day: date = fields.DateField()
    place: str = fields.TextField()
    reason: str = fields.TextField()
    state: e.LeaveState = fields.CharEnumField(e.LeaveState, max_length=16)
    fast_lane = fields.BooleanField(default=False)
    filed_at: datetime = fields.DatetimeField()
    decided_by: UUID | None = fields.UUIDField(null=True)
    decided_at: datetime | None = fields.DatetimeField(null=True)
    note: str = fields.TextField(default="")
    extend_to: date | None = fields.DateField(null=True)  # asked for, not yet answered
    extend_reason: str = fields.TextField(default="")
    returned_at: datetime | None = fields.DatetimeField(null=True)
    overdue_told_on: date | None = fields.DateField(null=True)
    paper_id: UUID | None = fields.UUIDField(null=True)

    class Meta:
        table = "rehab_leave"


class Request(TenantModel):
    """一网通办: what the person applies for; its steps are the case's events."""

    case_id: UUID = fields.UUIDField()
    kind: e.RequestKind = fields.CharEnumField(e.RequestKind, max_length=16)
    text: str = fields.TextField()
    to_division: str = CodeField(default="")
    state: e.RequestState = fields.CharEnumField(e.RequestState, max_length=12)
    filed_at: datetime = fields.DatetimeField()
    handler: str = fields.TextField(default="")
    decided_by: UUID | None = fields.UUIDField(null=True)
    decided_at: datetime | None = fields.DatetimeField(null=True)
    answer: str = fields.TextField(default="")

    class Meta:
        table = "rehab_request"


class PassLookup(TenantModel):
    """A police officer on duty verified the pass; the person sees every one."""

    case_id: UUID = fields.UUIDField()
    token_hash: str = CodeField()
    officer_id: UUID = fields.UUIDField()
    officer: str = fields.TextField()
    agency_name: str = fields.TextField()
    reason: str = fields.TextField()
    answer = fields.BooleanField()
    offline = fields.BooleanField(default=False)
    looked_at: datetime = fields.DatetimeField()
    logged_at: datetime = fields.DatetimeField()

    class Meta:
        table = "rehab_pass_lookup"


class Whistle(TenantModel):
    """安保吹哨: people called together for a named ground; each call is a task with a limit."""

    case_id: UUID = fields.UUIDField()
    ground: e.WhistleGround = fields.CharEnumField(e.WhistleGround, max_length=16)
    text_sealed: str = fields.TextField()
    blown_by: UUID | None = fields.UUIDField(null=True)
    blown_by_name: str = fields.TextField()
    blown_at: datetime = fields.DatetimeField()
    state: e.WhistleState = fields.CharEnumField(e.WhistleState, max_length=8)
    finding: e.Finding | None = fields.CharEnumField(e.Finding, max_length=12, null=True)
    closing_sealed: str = fields.TextField(default="")
    closed_by_name: str = fields.TextField(default="")
    closed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "rehab_whistle"


class Breach(TenantModel):
    """违反协议: recorded by one, the person heard, confirmed by another."""

    case_id: UUID = fields.UUIDField()
    kind: e.BreachKind = fields.CharEnumField(e.BreachKind, max_length=20)
    fact: str = fields.TextField()
    clause: str = fields.TextField()
    heard: str = fields.TextField()  # what the person said to it
    days_away: int = fields.IntField(default=0)
    recorded_by: UUID = fields.UUIDField()
    recorded_at: datetime = fields.DatetimeField()
    confirmed_by: UUID | None = fields.UUIDField(null=True)
    confirmed_at: datetime | None = fields.DatetimeField(null=True)
    dropped_at: datetime | None = fields.DatetimeField(null=True)
    paper_id: UUID | None = fields.UUIDField(null=True)

    class Meta:
        table = "rehab_breach"


class Transfer(TenantModel):
    """A case on its way to another county. `county` is where it goes, `from_county` where it comes from."""

    from_county: str = CodeField()
    from_case: UUID = fields.UUIDField()
    code: str = CodeField()
    division: str = CodeField()
    packet_sealed: str = fields.TextField()
    state: e.TransferState = fields.CharEnumField(e.TransferState, max_length=12)
    sent_at: datetime = fields.DatetimeField()
    sent_by_name: str = fields.TextField()
    answered_at: datetime | None = fields.DatetimeField(null=True)
    answer: str = fields.TextField(default="")
    new_case: UUID | None = fields.UUIDField(null=True)

    class Meta:
        table = "rehab_transfer"
