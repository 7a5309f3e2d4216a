"""Permissions of oversight and the roles that carry them (`domain.md` 9.2, 1.12).

The first part of a permission is the purpose the database knows. `oversight` alone opens what one has a part in or what is
addressed to one's unit; `oversight_all` every clue of the place; `oversight_case` the investigation and shielded names.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from backend.kernel.access.roles import Role


class Permission(StrEnum):
    ANSWER = "oversight:suggestion:answer"
    APPROVE = "oversight:recommendation:approve"
    ASSIGN = "oversight:suggestion:assign"
    BASELINE = "oversight:baseline:state"
    CHECK = "oversight:check:sign"
    FIGURES = "oversight:figures:read"
    HAND_OVER = "oversight_source:clue:hand_over"
    INVESTIGATE = "oversight_case:log:read"
    JOIN = "oversight_deputy:clue:join"
    JOINT_CONGRESS = "oversight:joint:congress"
    JOINT_PROCURATORATE = "oversight:joint:procuratorate"
    RAISE = "oversight_deputy:clue:raise"
    RATE = "oversight:recommendation:rate"
    READ = "oversight:clue:read"
    READ_ALL = "oversight_all:clue:read"
    RECOMMEND = "oversight:recommendation:draft"
    REPLY = "oversight:recommendation:reply"
    SCREEN = "oversight:clue:screen"
    SIGN_CHECK = "oversight:check:record"
    SUGGEST = "oversight_deputy:suggestion:raise"


P = Permission

GRANTS: Mapping[Role, frozenset[str]] = {
    Role.CHIEF_PROSECUTOR: frozenset(
        {P.APPROVE, P.FIGURES, P.INVESTIGATE, P.JOINT_PROCURATORATE, P.READ, P.READ_ALL}
    ),
    Role.COUNTY_CENTER: frozenset({P.HAND_OVER}),
    Role.DEPUTY: frozenset({P.CHECK, P.JOIN, P.RAISE, P.RATE, P.READ, P.SUGGEST}),
    Role.NPC_OFFICE: frozenset({P.ASSIGN, P.BASELINE, P.FIGURES, P.JOINT_CONGRESS, P.READ, P.READ_ALL, P.SCREEN}),
    Role.PROGRAM_OFFICE: frozenset({P.FIGURES, P.READ_ALL}),
    Role.PROSECUTOR: frozenset({P.FIGURES, P.INVESTIGATE, P.READ, P.READ_ALL, P.RECOMMEND, P.SCREEN, P.SIGN_CHECK}),
    Role.SUPERVISED_UNIT: frozenset({P.ANSWER, P.READ, P.REPLY}),
}
