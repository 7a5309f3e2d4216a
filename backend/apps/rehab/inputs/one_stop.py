"""Inputs about leave, requests, transfers, the pass and whistles."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from strawberry import ID

from backend.apps.rehab.enums import Finding, LinkKind, RequestKind, TaskKind, WhistleGround
from backend.apps.rehab.inputs import words as _words  # noqa: F401  (names the enums)


@strawberry.input
class LeaveInput:
    id: ID
    from_day: date
    to_day: date
    place: str
    reason: str


@strawberry.input
class LeaveChangeInput:
    """A later day of return with its reason, or neither: return, withdrawal."""

    leave_id: ID
    to_day: date | None = None
    reason: str | None = None


@strawberry.input
class DecideLeaveInput:
    leave_id: ID
    grant: bool
    note: str


@strawberry.input
class FileRequestInput:
    id: ID
    kind: RequestKind
    text: str
    to_division: str | None = None


@strawberry.input
class RequestStepInput:
    request_id: ID


@strawberry.input
class DecideRequestInput:
    request_id: ID
    grant: bool
    answer: str


@strawberry.input
class AnswerTransferInput:
    transfer_id: ID
    accept: bool
    reason: str
    drug_worker: ID | None = None
    police: ID | None = None


@strawberry.input
class VerifyPassInput:
    token: str
    reason: str


@strawberry.input
class OfflineLookupInput:
    token: str
    reason: str
    looked_at: datetime


@strawberry.input
class WhistleInput:
    id: ID
    ground: WhistleGround
    text: str
    called: list[LinkKind]


@strawberry.input
class AlarmInput:
    """From a link that does not see the case: a relative, the grid member, the village."""

    task_id: ID
    ground: WhistleGround
    text: str


@strawberry.input
class CloseWhistleInput:
    whistle_id: ID
    finding: Finding
    text: str


@strawberry.input
class RehabTaskFilter:
    kinds: list[TaskKind] | None = None
    open: bool | None = None
    case_id: ID | None = None
