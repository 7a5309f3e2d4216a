"""Permissions of reunion and the roles that carry them (`domain.md` 2.2, 1.12)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from backend.kernel.access.roles import Role


class Permission(StrEnum):
    APPROVE = "reunion:search:approve"
    CONFIRM = "reunion:identity:confirm"
    FIGURES = "reunion:figures:read"
    FOLLOW = "reunion:follow_up:record"
    PLACE = "reunion:placement:decide"
    PROVE = "reunion:proof:record"
    READ = "reunion:case:read"
    REGISTER = "reunion:case:register"
    RETURN = "reunion:return:arrange"
    REVEAL = "reunion:reporter:reveal"
    REVIEW = "reunion:candidate:review"
    SEARCH = "reunion:search:request"
    TAKE_PART = "reunion:case:take_part"
    WITHDRAW = "reunion:case:withdraw"


P = Permission

GRANTS: Mapping[Role, frozenset[str]] = {
    Role.CIVIL_AFFAIRS: frozenset({P.CONFIRM, P.FIGURES, P.FOLLOW, P.PLACE, P.READ, P.REVEAL}),
    Role.FACE_EXPERT: frozenset({P.READ, P.REVIEW}),
    Role.PERSON: frozenset({P.READ, P.TAKE_PART}),
    Role.POLICE_CHIEF: frozenset({P.APPROVE, P.FIGURES, P.READ}),
    Role.POLICE_OFFICER: frozenset(
        {P.CONFIRM, P.PROVE, P.READ, P.REGISTER, P.REVEAL, P.REVIEW, P.SEARCH, P.WITHDRAW}
    ),
    Role.PROGRAM_OFFICE: frozenset({P.FIGURES}),
    Role.RESCUE_STATION: frozenset({P.FOLLOW, P.READ, P.REGISTER, P.RETURN, P.REVEAL, P.WITHDRAW}),
}
