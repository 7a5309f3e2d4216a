"""Inputs about points, colours, objections and rule sets."""

from __future__ import annotations

from datetime import date

import strawberry
from strawberry import ID
from strawberry.scalars import JSON

from backend.apps.rehab.enums import Band, ObjectionTarget
from backend.apps.rehab.inputs import words as _words  # noqa: F401  (names the enums)


@strawberry.input
class RecordPointsInput:
    id: ID
    rule: str
    fact_on: date
    cause: str
    evidence: list[str] = strawberry.field(default_factory=list, description="Kinds of evidence at hand, as the rule names them.")
    excuse: str | None = None
    task_id: ID | None = None


@strawberry.input
class ConfirmPointsInput:
    id: ID
    entry_ids: list[ID]
    confirm: bool
    reason: str


@strawberry.input
class DecideBandInput:
    id: ID
    version: int
    proposal_id: ID
    accept: bool
    reason: str


@strawberry.input
class OverrideBandInput:
    id: ID
    version: int
    band: Band
    reason: str
    until: date


@strawberry.input
class FileObjectionInput:
    id: ID
    target: ObjectionTarget
    target_id: ID
    grounds: str


@strawberry.input
class FurtherReviewInput:
    objection_id: ID
    grounds: str


@strawberry.input
class DecideObjectionInput:
    objection_id: ID
    uphold: bool
    decision: str


@strawberry.input
class RuleSetInput:
    """`data` is the county's complete rule set, in the form of `rehabCityRules`."""

    data: JSON
    approval_no: str
    effective_from: date
    note: str | None = None


@strawberry.input
class RuleSetStepInput:
    rule_set_id: ID
    commit: bool
