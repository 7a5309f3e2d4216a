"""Permissions of reunion and the roles that carry them (`domain.md` 2.2, 1.12)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from backend.kernel.access.roles import Role


class Permission(StrEnum):
    APPROVE = "reunion:search:approve"
    ASSIST_ANSWER = "reunion:assist:answer"
    ASSIST_ASK = "reunion:assist:ask"
    BULLETIN = "reunion:bulletin:publish"
    BULLETIN_DECIDE = "reunion:bulletin:decide"
    CARE = "reunion:care:write"
    CONFIRM = "reunion:identity:confirm"
    FIGURES = "reunion:figures:read"
    FOLLOW = "reunion:follow_up:record"
    GIVE = "reunion:task:give"
    IMPORT = "reunion:import:run"
    PLACE = "reunion:placement:decide"
    PROVE = "reunion:proof:record"
    READ = "reunion:case:read"
    REGISTER = "reunion:case:register"
    RETURN = "reunion:return:arrange"
    REVEAL = "reunion:reporter:reveal"
    REVIEW = "reunion:candidate:review"
    SEARCH = "reunion:search:request"
    STATUS_LINK = "reunion:status_link:issue"
    TAKE_PART = "reunion:case:take_part"
    TIP_ANSWER = "reunion:tip:answer"
    TIP_LEAVE = "reunion:tip:leave"
    WITHDRAW = "reunion:case:withdraw"
    #: Helpers work for a purpose of its own: what the database keeps for `reunion`, every case among it, stays closed to them.
    DO_TASK = "reunion_tasks:task:do"


P = Permission

GRANTS: Mapping[Role, frozenset[str]] = {
    Role.CIVIL_AFFAIRS: frozenset(
        {
            P.ASSIST_ANSWER,
            P.CARE,
            P.CONFIRM,
            P.DO_TASK,
            P.FIGURES,
            P.FOLLOW,
            P.GIVE,
            P.PLACE,
            P.READ,
            P.REVEAL,
            P.STATUS_LINK,
            P.TIP_ANSWER,
        }
    ),
    Role.FACE_EXPERT: frozenset({P.ASSIST_ANSWER, P.READ, P.REVIEW}),
    Role.GRID_WORKER: frozenset({P.DO_TASK}),
    Role.PERSON: frozenset({P.READ, P.STATUS_LINK, P.TAKE_PART, P.TIP_LEAVE}),
    Role.POLICE_CHIEF: frozenset(
        {P.APPROVE, P.ASSIST_ANSWER, P.ASSIST_ASK, P.BULLETIN_DECIDE, P.FIGURES, P.READ}
    ),
    Role.POLICE_OFFICER: frozenset(
        {
            P.ASSIST_ANSWER,
            P.ASSIST_ASK,
            P.BULLETIN,
            P.CARE,
            P.CONFIRM,
            P.DO_TASK,
            P.GIVE,
            P.IMPORT,
            P.PROVE,
            P.READ,
            P.REGISTER,
            P.REVEAL,
            P.REVIEW,
            P.SEARCH,
            P.STATUS_LINK,
            P.TIP_ANSWER,
            P.WITHDRAW,
        }
    ),
    Role.PROGRAM_OFFICE: frozenset({P.FIGURES}),
    Role.RESCUE_STATION: frozenset(
        {
            P.ASSIST_ANSWER,
            P.BULLETIN,
            P.CARE,
            P.DO_TASK,
            P.FOLLOW,
            P.GIVE,
            P.IMPORT,
            P.READ,
            P.REGISTER,
            P.RETURN,
            P.REVEAL,
            P.STATUS_LINK,
            P.TIP_ANSWER,
            P.WITHDRAW,
        }
    ),
    Role.SOCIAL_WORKER: frozenset({P.DO_TASK}),
    Role.VILLAGE_OFFICER: frozenset({P.DO_TASK}),
}
