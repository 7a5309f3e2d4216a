"""Permissions of supervision and the roles that carry them (`domain.md` 1.2, 1.12, 6.2).

Beside the role, what somebody is to the case decides (`access`): its link, the person, family, or neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from backend.kernel.access.roles import Role


class Permission(StrEnum):
    AGREE = "rehab:agreement:draft"
    BLOW = "rehab:whistle:blow"
    COMMIT_RULES = "rehab:ruleset:commit"
    CONFIRM_BREACH = "rehab:breach:confirm"
    CONFIRM_FACE = "rehab:face:confirm"
    CONFIRM_POINTS = "rehab:point:confirm"
    DECIDE_BAND = "rehab:band:decide"
    DECIDE_LEAVE = "rehab:leave:decide"
    DECIDE_OBJECTION = "rehab:objection:decide"
    DECIDE_REQUEST = "rehab:request:decide"
    DEMAND = "rehab:check_in:demand"
    DO_TASK = "rehab:task:do"
    DRAFT_RULES = "rehab:ruleset:draft"
    END = "rehab:case:end"
    EXCUSE = "rehab:task:excuse"
    EXIT = "rehab:case:exit"
    FIGURES = "rehab:figures:read"
    FINAL_OBJECTION = "rehab:objection:final"
    ISOLATE = "rehab:isolation:decide"
    LINKS = "rehab:chain:assign"
    NOTE_BREACH = "rehab:breach:note"
    READ = "rehab:case:read"
    RECORD_POINTS = "rehab:point:record"
    RECORD_TEST = "rehab:test:record"
    REGISTER = "rehab:case:register"
    REPORT_IN = "rehab:case:report_in"
    REVEAL = "rehab:person:reveal"
    REVIEW = "rehab:check_in:review"
    SUSPEND = "rehab:case:suspend"
    TAKE_PART = "rehab:case:take_part"
    TRANSFER = "rehab:case:transfer"
    VERIFY_PASS = "rehab:pass:verify"


P = Permission
_WORKER = frozenset(
    {
        P.AGREE, P.BLOW, P.CONFIRM_FACE, P.CONFIRM_POINTS, P.DECIDE_LEAVE, P.DECIDE_REQUEST, P.DEMAND, P.DO_TASK,
        P.EXCUSE, P.NOTE_BREACH, P.READ, P.RECORD_POINTS, P.RECORD_TEST, P.REPORT_IN, P.REVEAL, P.REVIEW,
    }
)  # fmt: skip
_POLICE = frozenset(
    {
        P.BLOW, P.CONFIRM_FACE, P.DEMAND, P.DO_TASK, P.END, P.READ, P.RECORD_POINTS, P.RECORD_TEST, P.REGISTER,
        P.REVEAL, P.REVIEW, P.VERIFY_PASS,
    }
)  # fmt: skip

GRANTS: Mapping[Role, frozenset[str]] = {
    Role.ANTI_DRUG_OFFICE: frozenset(
        {
            P.BLOW, P.COMMIT_RULES, P.CONFIRM_BREACH, P.CONFIRM_FACE, P.CONFIRM_POINTS, P.DECIDE_BAND, P.DECIDE_LEAVE,
            P.DECIDE_OBJECTION, P.DECIDE_REQUEST, P.DEMAND, P.DO_TASK, P.DRAFT_RULES,
            P.EXCUSE, P.EXIT, P.FIGURES, P.FINAL_OBJECTION, P.LINKS, P.READ, P.REVEAL, P.REVIEW, P.SUSPEND, P.TRANSFER,
        }
    ),
    Role.DRUG_WORKER: _WORKER,
    Role.GRID_WORKER: frozenset({P.BLOW, P.DO_TASK}),
    Role.PERSON: frozenset({P.BLOW, P.READ, P.TAKE_PART}),
    Role.POLICE_CHIEF: frozenset({P.END, P.FIGURES, P.ISOLATE, P.READ, P.VERIFY_PASS}),
    Role.POLICE_OFFICER: _POLICE,
    Role.PROGRAM_OFFICE: frozenset({P.FIGURES}),
    Role.TOWN_LEADER: frozenset({P.FIGURES}),
    Role.VILLAGE_OFFICER: frozenset({P.BLOW, P.DO_TASK}),
}  # fmt: skip
