"""Permissions of the cockpit and the roles that carry them (`domain.md` 1.2, 11.4).

The first part of a permission is the purpose the database knows. `cockpit` alone opens what is one's own; `cockpit_all` the
programme of the place; `cockpit_safety` its places and hazards.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from backend.kernel.access.roles import Role


class Permission(StrEnum):
    ANSWER = "cockpit:problem:answer"
    ASSIGN = "cockpit:action:assign"
    CHECK = "cockpit:action:check"
    CONVENE = "cockpit:meeting:convene"
    DISTRIBUTE = "cockpit:problem:assign"
    DO = "cockpit:action:do"
    FIGURES = "cockpit:figures:read"
    FIND = "cockpit_safety:hazard:find"
    GRADE = "cockpit_safety:hazard:grade"
    GRADE_MAJOR = "cockpit_safety:hazard:grade_major"
    MANAGE = "cockpit:programme:manage"
    READ = "cockpit:programme:open"
    READ_ALL = "cockpit_all:programme:read"
    RECTIFY = "cockpit_safety:hazard:rectify"
    REGISTER = "cockpit_safety:place:register"
    REPORT = "cockpit:problem:report"
    VERIFY = "cockpit_safety:hazard:verify"


P = Permission
_HANDS = frozenset({P.DO, P.FIND, P.READ, P.RECTIFY})
_LEADS = frozenset({P.ANSWER, P.ASSIGN, P.CHECK, P.CONVENE, P.FIGURES, P.READ_ALL, P.REPORT})

GRANTS: Mapping[Role, frozenset[str]] = {
    Role.COUNTY_CENTER: _HANDS | {P.ANSWER, P.FIGURES, P.READ_ALL, P.REPORT},
    Role.GRID_WORKER: frozenset({P.FIND, P.READ, P.RECTIFY}),
    Role.PROGRAM_OFFICE: _HANDS | _LEADS | {P.DISTRIBUTE, P.MANAGE},
    Role.SECTOR_REGULATOR: _HANDS | {P.ANSWER, P.GRADE, P.GRADE_MAJOR, P.REGISTER, P.VERIFY},
    Role.TOWN_LEADER: _HANDS | _LEADS | {P.GRADE, P.REGISTER, P.VERIFY},
    Role.VILLAGE_OFFICER: _HANDS,
}
