"""A card in a coat pocket. Whoever finds its bearer calls, or tells us with one tap, and learns nothing about him."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from backend.apps.reunion import access, rules
from backend.apps.reunion.enums import CardCallState, CaseKind, Side
from backend.apps.reunion.inputs import CareRowInput, CloseCallInput, IssueCardInput, TaskStepInput
from backend.apps.reunion.models import CardCall, Case, HomeCard
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import common
from backend.apps.reunion.workflow import ENDED
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.identity.limits import Limit
from backend.kernel.identity.models import Membership
from backend.kernel.links import service as links
from backend.kernel.links.models import Link
from backend.kernel.privacy.identifiers import normalise_phone
from backend.kernel.validation import Checks, as_id
from backend.kernel.workflow.machine import WrongState
from backend.kernel.workflow.matters import touch

KIND: Final = "card"
#: Anybody may scan a card; telling us is counted more closely.
CALLS_BY_ADDRESS: Final = Limit("card-calls-address", 10, 600)
#: A card that was copied must not ring for ever: beyond this many unanswered calls a new one changes nothing.
MOST_UNANSWERED: Final = 20
DUTY: Final = (Role.RESCUE_STATION, Role.CIVIL_AFFAIRS, Role.POLICE_OFFICER)


@dataclass(frozen=True)
class IssuedCard:
    """The only moment at which the token is known. `id` is the case's, so that a repeat finds it again."""

    id: UUID
    case: Case
    token: str | None


# --------------------------------------------------------------------------------------------------- by officers


async def issue_home_card(actor: Actor, request: IssueCardInput) -> IssuedCard:
    """A new card; the one before it opens nothing from now on."""
    case = (await common.begin(actor, request.id, "issue_home_card", request.version)).case
    if case.side != Side.FOUND or case.kind == CaseKind.DECEASED:
        raise Refusal("INVALID", "id")
    assert actor.membership is not None
    phone = (request.duty_phone or "").strip() or (await Membership.get(id=actor.membership.id)).duty_phone
    _require_phone(phone)
    await _end(case)
    until = clock.now() + timedelta(days=rules.CARD_DAYS)
    card = await HomeCard.create(
        **place_of(case), id=new_id(), case_id=case.id, agency_name=actor.membership.agency_name, duty_phone=phone,
        issued_by_name=actor.membership.name, issued_at=clock.now(), expires_at=until,
    )  # fmt: skip
    token = await links.issue(case, KIND, until=until, subject_id=card.id)
    await common.note(actor, case, "card:issued", card=str(card.id))
    return IssuedCard(case.id, case, token)


def _require_phone(phone: str) -> None:
    checks = Checks()
    if not phone:
        checks.refuse("REQUIRED", "dutyPhone")
    else:
        try:
            normalise_phone(phone)
        except Refusal as problem:
            checks.refuse(problem.code, "dutyPhone")
    checks.done()


async def end_home_card(actor: Actor, request: CareRowInput) -> Case:
    """The card was lost, or is not wanted any more."""
    actor.require(Permission.CARE)
    case = await common.find(actor, as_id(request.id))
    if not access.is_ours(actor, case):
        raise not_permitted(Permission.CARE)
    checks = Checks()
    checks.text("reason", request.reason, least=4, most=500)
    checks.done()
    if not await HomeCard.filter(case_id=case.id, ended_at__isnull=True).exists():
        raise Refusal("ALREADY_DECIDED")
    await _end(case)
    await common.note(actor, case, "card:ended")
    return case


async def _end(case: Case) -> None:
    await links.end(case, KIND)
    await HomeCard.filter(case_id=case.id, ended_at__isnull=True).update(ended_at=clock.now())


async def living(case: Case) -> HomeCard | None:
    """The card that opens its page now."""
    row = await HomeCard.filter(case_id=case.id, ended_at__isnull=True).first()
    return row if row is not None and row.expires_at > clock.now() else None


async def answer_card_call(actor: Actor, request: TaskStepInput) -> CardCall:
    """I take care of it: the others need not."""
    call = await _call(actor, request.id, (CardCallState.OPEN,))
    assert actor.membership is not None
    call.state, call.answered_at, call.answered_by_name = CardCallState.ANSWERED, clock.now(), actor.membership.name
    await call.save()
    await clocks.meet(call.case_id, "card_call", clock.now(), subject_id=call.id)
    await _noted(actor, call, "card:answered")
    return call


async def close_card_call(actor: Actor, request: CloseCallInput) -> CardCall:
    """How it ended; the new find, if one was registered."""
    call = await _call(actor, request.id, (CardCallState.OPEN, CardCallState.ANSWERED))
    checks = Checks()
    outcome = checks.text("outcome", request.outcome, least=2, most=1000)
    checks.done()
    code = (request.code or "").strip().upper()
    if code:
        find = await access.readable(actor).filter(code=code, county=call.county, side=Side.FOUND).first()
        if find is None or not access.is_ours(actor, find) or find.id == call.case_id:
            raise not_found("code")
        call.new_case = find.id
    assert actor.membership is not None
    call.state, call.closed_at, call.outcome = CardCallState.CLOSED, clock.now(), outcome
    call.answered_at, call.answered_by_name = call.answered_at or clock.now(), call.answered_by_name or actor.membership.name
    await call.save()
    await clocks.meet(call.case_id, "card_call", clock.now(), subject_id=call.id)
    await _noted(actor, call, "card:call_closed")
    return call


async def _call(actor: Actor, call_id: str, states: tuple[CardCallState, ...]) -> CardCall:
    """The call, locked after its case. Raises `NOT_FOUND`, `NOT_PERMITTED`, `WRONG_STATE`."""
    actor.require(Permission.CARE)
    known = await CardCall.get_or_none(id=as_id(call_id))
    if known is None:
        raise not_found("id")
    case = await common.find(actor, known.case_id)
    if not access.is_ours(actor, case):
        raise not_permitted(Permission.CARE)
    call = await CardCall.filter(id=known.id).select_for_update().get()
    if call.state not in states:
        raise WrongState("answer_card_call", call.state, frozenset(states))
    return call


async def _noted(actor: Actor, call: CardCall, tag: str) -> None:
    await common.note(actor, await Case.get(id=call.case_id), tag, call=str(call.id))


# --------------------------------------------------------------------------------------------------- by a finder


async def shown(actor: Actor, link: Link, given: dict[str, Any]) -> dict[str, Any]:
    """What a card's page says: whom to call. Nothing about the bearer, and nothing that two cards would share but this."""
    _, card = await _card(link)
    return {"agency": card.agency_name, "dutyPhone": card.duty_phone}


async def found(actor: Actor, link: Link, given: dict[str, Any]) -> dict[str, Any]:
    """Somebody stands beside him: the officers on duty hear it at once. Told twice is told once."""
    case, card = await _card(link)
    key, place, phone = _key(given), _place(given), _phone(given)
    known = await CardCall.get_or_none(card_id=card.id, key=key)
    if known is None:
        known = await _tell(actor, case, card, key, place, phone)
    return {"toldAt": known.told_at.isoformat()}


async def _card(link: Link) -> tuple[Case, HomeCard]:
    """The case, locked, with the card. Raises `NOT_FOUND` as for a link that opens nothing."""
    case = await Case.filter(id=link.matter_id).select_for_update().first()
    card = await HomeCard.get_or_none(id=link.subject_id, ended_at__isnull=True)
    if case is None or card is None or case.state in ENDED:
        raise not_found("token")
    return case, card


async def _tell(actor: Actor, case: Case, card: HomeCard, key: UUID, place: str, phone: str) -> CardCall:
    waiting = CardCall.filter(case_id=case.id, state=CardCallState.OPEN).order_by("-told_at")
    if await waiting.count() >= MOST_UNANSWERED:
        newest = await waiting.first()
        assert newest is not None
        return newest
    row_id, now = new_id(), clock.now()
    call = await CardCall.create(
        **place_of(case), id=row_id, case_id=case.id, card_id=card.id, key=key, state=CardCallState.OPEN, told_at=now,
        place_sealed=common.seal("card_call", "place", row_id, place, case.county) if place else "",
        phone_sealed=common.seal("card_call", "phone", row_id, phone, case.county) if phone else "",
    )  # fmt: skip
    await clocks.start(case, common.APP, rules.RULES["card_call"], now, subject_id=call.id)
    await record(actor, "reunion:card:called", case, call=str(call.id), place=bool(place))
    await common.tell(await common.accounts(case, *DUTY), "card.called", case)
    await touch(case)
    return call


def _key(given: dict[str, Any]) -> UUID:
    try:
        return UUID(given["key"])
    except (KeyError, ValueError, AttributeError, TypeError):
        raise Refusal("INVALID", "key") from None


def _place(given: dict[str, Any]) -> str:
    """Latitude and longitude as text; empty when the finder does not say."""
    if given.get("latitude") is None and given.get("longitude") is None:
        return ""
    spot = []
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = given.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > most:
            raise Refusal("INVALID", name)
        spot.append(f"{value:.5f}")
    return ",".join(spot)


def _phone(given: dict[str, Any]) -> str:
    value = given.get("phone") or ""
    if not isinstance(value, str):
        raise Refusal("INVALID", "phone")
    if not value.strip():
        return ""
    try:
        return normalise_phone(value)
    except Refusal as problem:
        raise Refusal(problem.code, "phone") from None


async def forget(case: Case) -> None:
    """Cards and what finders said go with the case."""
    await _end(case)
    await CardCall.filter(case_id=case.id).delete()
    await HomeCard.filter(case_id=case.id).delete()
