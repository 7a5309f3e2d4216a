"""Permissions of mediation and the roles that carry them (`domain.md` 1.2, 1.12, 3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from backend.kernel.access.roles import Role


class Permission(StrEnum):
    ACCEPT = "mediation:dispute:accept"
    ANALYSE = "mediation:signal:analyse"
    ASSIGN = "mediation:dispute:assign"
    CLOSE = "mediation:dispute:close"
    CONTRIBUTE = "mediation:dispute:contribute"
    DECIDE_SCORES = "mediation:score:decide"
    EXPORT = "mediation:dispute:export"
    FIGURES = "mediation:figures:read"
    MEDIATE = "mediation:dispute:mediate"
    READ = "mediation:dispute:read"
    REOPEN = "mediation:dispute:reopen"
    REPORT = "mediation:dispute:report"
    REVEAL = "mediation:party:reveal"
    SCORES = "mediation:score:read"
    SUPERVISE = "mediation:dispute:supervise"
    TAKE_PART = "mediation:dispute:take_part"
    TRIAGE = "mediation:dispute:triage"


P = Permission
_HANDLER = frozenset(
    {P.ACCEPT, P.CONTRIBUTE, P.MEDIATE, P.READ, P.REPORT, P.REVEAL, P.SCORES}
)
_DISPATCHER = frozenset(
    {P.ASSIGN, P.CONTRIBUTE, P.EXPORT, P.FIGURES, P.READ, P.REPORT, P.REVEAL, P.SCORES, P.SUPERVISE, P.TRIAGE}
)

GRANTS: Mapping[Role, frozenset[str]] = {
    Role.COUNTY_CENTER: _DISPATCHER | _HANDLER | {P.ANALYSE, P.CLOSE, P.DECIDE_SCORES, P.REOPEN},
    Role.GRID_WORKER: _HANDLER,
    Role.JUSTICE_OFFICE: _HANDLER,
    Role.LAWYER: _HANDLER - {P.ACCEPT},
    Role.MEDIATION_COMMITTEE: _HANDLER,
    Role.MEDIATOR: _HANDLER,
    Role.PERSON: frozenset({P.REPORT, P.READ, P.TAKE_PART}),
    Role.PETITION_OFFICE: frozenset({P.READ, P.REPORT}),
    Role.POLICE_OFFICER: _HANDLER - {P.ACCEPT},
    Role.PROGRAM_OFFICE: frozenset({P.ANALYSE, P.EXPORT, P.FIGURES, P.READ, P.SCORES}),
    Role.TOWN_DISPATCHER: _DISPATCHER,
    Role.TOWN_LEADER: (_DISPATCHER - {P.TRIAGE}) | {P.CLOSE},
    Role.VILLAGE_OFFICER: _HANDLER,
}
