"""Reads of the desk between counties. Every one starts from `access.assists`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tortoise.expressions import Q, RawSQL

from backend.apps.reunion import access
from backend.apps.reunion.enums import AssistAddressee, AssistScope, AssistState, ReplyState
from backend.apps.reunion.models import Assist, AssistReply, AssistThanks, Candidate
from backend.apps.reunion.permissions import Permission
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.errors import Refusal
from backend.kernel.graphql.pages import Page, newest_first, oldest_first
from backend.kernel.identity.models import Membership
from backend.kernel.validation import as_id

LIVING = (AssistState.OPEN, AssistState.ANSWERED)
MOST_EXPERTS = 200


async def assists(actor: Actor, scope: AssistScope, *, is_open: bool | None, first: int, after: str | None) -> Page[Assist]:
    """Requests of the desk: what waits by its limit, the nearest first; everything else newest first."""
    query = access.assists(actor).filter(_in_scope(actor, scope))
    if scope == AssistScope.BOARD:
        query = query.filter(state=AssistState.OPEN, expires_at__gt=clock.now())
    elif is_open is not None:
        query = query.filter(state=AssistState.OPEN) if is_open else query.exclude(state=AssistState.OPEN)
    if scope == AssistScope.BOARD or is_open:
        return await oldest_first(query, by="due_at", first=first, after=after)
    return await newest_first(query, by="asked_at", first=first, after=after)


def _in_scope(actor: Actor, scope: AssistScope) -> Q:
    member = actor.membership
    # Paths come from the table of divisions: digits and dots only.
    below = f"'{member.path}'::ltree" if member is not None else "''::ltree"
    ours = Q(county__in=list(member.counties) if member else [], id__in=RawSQL(f"(select a.id from reunion_assist a where a.path <@ {below})"))
    if scope == AssistScope.BOARD:
        return Q(addressee=AssistAddressee.BOARD)
    if scope == AssistScope.MINE:
        return ours
    if actor.role == Role.FACE_EXPERT:
        return Q(to_account=actor.account_id)
    asked = f"(select a.id from reunion_assist a where a.addressee = 'COUNTY' and a.to_path <@ {below})"
    taken = f"(select r.assist_id from reunion_assist_reply r where not r.by_expert and r.path <@ {below})"
    return Q(id__in=RawSQL(asked)) | Q(addressee=AssistAddressee.BOARD, id__in=RawSQL(taken))


async def assist(actor: Actor, assist_id: str) -> Assist | None:
    """One request, or None when there is none within reach."""
    try:
        wanted = as_id(assist_id)
    except Refusal:
        return None
    return await access.assists(actor).filter(id=wanted).first()


@dataclass(frozen=True)
class Expert:
    """One of the roster, with what he did for the asking place."""

    row: Membership
    answered: int
    thanked: int


async def experts(actor: Actor) -> list[Expert]:
    """Experts of every level in office, the highest first; whoever may ask may invite them."""
    actor.require(Permission.ASSIST_ASK)
    now = clock.now()
    rows = await Membership.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=now), role=Role.FACE_EXPERT, active_from__lte=now
    ).limit(MOST_EXPERTS)
    replies = await AssistReply.filter(by_expert=True, state=ReplyState.ANSWERED).only("id", "helper_id")
    answered = Counter(each.helper_id for each in replies)
    thanked = Counter(each.helper_id for each in await AssistThanks.filter(by_expert=True).only("id", "helper_id"))
    rows.sort(key=lambda row: (row.path.count("."), row.path, row.name, row.id))
    return [Expert(row, answered[row.account_id], thanked[row.account_id]) for row in rows]


async def is_letter_to(actor: Actor, assist_id: UUID) -> bool:
    """Whether a paper of this subject is the letter to the actor's county."""
    if not (actor.is_staff and actor.may(Permission.ASSIST_ANSWER)):
        return False
    row = await access.assists(actor).filter(id=assist_id, addressee=AssistAddressee.COUNTY).first()
    return row is not None and access.is_asked(actor, row)


async def chosen_pictures(actor: Actor, case_ids: Sequence[UUID]) -> list[frozenset[str] | None]:
    """Of cases that another county opened: the pictures it chose for us; None where it opened all, for a candidate of ours."""
    compared = set(await Candidate.filter(other_id__in=list(case_ids)).values_list("other_id", flat=True))
    chosen: dict[UUID, set[str]] = {case_id: set() for case_id in case_ids}
    asked = actor.may(Permission.ASSIST_ANSWER)
    for row in await access.assists(actor).filter(case_id__in=list(case_ids), state__in=LIVING) if asked else []:
        if access.is_asked(actor, row):
            chosen[row.case_id].update(row.pictures)
    return [None if case_id in compared else frozenset(chosen[case_id]) for case_id in case_ids]
