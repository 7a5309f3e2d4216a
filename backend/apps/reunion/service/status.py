"""A link for the family: how far the search is, in plain words, without signing in. It names nobody."""

from __future__ import annotations

from typing import Any

from backend.apps.reunion import access, rules
from backend.apps.reunion.enums import CaseState
from backend.apps.reunion.inputs import StatusLinkInput
from backend.apps.reunion.models import Bulletin, Case
from backend.apps.reunion.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.models import Event
from backend.kernel.errors import not_found
from backend.kernel.identity.models import Membership
from backend.kernel.links import service as links
from backend.kernel.links.models import Link

KIND = "family_status"
MOST_STEPS = 20


async def issue_status_link(actor: Actor, request: StatusLinkInput) -> tuple[Case, str]:
    """A new link; the one given out before opens nothing any more."""
    case = (await common.begin(actor, request.id, "issue_status_link")).case
    token = await links.issue(case, KIND, until=clock.now() + rules.STATUS_LINK_FOR)
    await common.note(actor, case, "status_link:issued")
    return case, token


async def end_status_link(actor: Actor, request: StatusLinkInput) -> Case:
    """The link opens nothing any more."""
    case = (await common.begin(actor, request.id, "end_status_link")).case
    await links.end(case, KIND)
    await common.note(actor, case, "status_link:ended")
    return case


async def read(actor: Actor, link: Link, _: dict[str, Any]) -> dict[str, Any]:
    """What the holder of a status link sees: the state as a family is told it, the steps with their days, whom to call."""
    case = await Case.get_or_none(id=link.matter_id)
    if case is None or case.state == CaseState.WITHDRAWN:
        raise not_found("token")
    events = Event.filter(matter_id=case.id, tag__in=access.FAMILY_TAGS).order_by("-occurred_at", "-id").limit(MOST_STEPS)
    officer = await Membership.get_or_none(id=case.registered_by)
    public = await Bulletin.filter(case_id=case.id, state="PUBLISHED").exists()
    return {
        "code": case.code, "state": access.family_state(case.state), "home": case.reunion_kind is not None, "registeredAt": case.registered_at.isoformat(),
        "updatedAt": case.updated_at.isoformat(), "agency": case.agency_name, "phone": officer.duty_phone if officer else "",
        "bulletin": public, "expiresAt": link.expires_at.isoformat(),
        "steps": [{"tag": row.tag, "at": row.occurred_at.isoformat()} for row in await events],
    }  # fmt: skip
