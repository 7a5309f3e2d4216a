"""隐患: found on the spot, graded, ordered to be rectified, rectified with proof, verified by another person: a closed loop."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import date, timedelta

import orjson

from backend.apps.cockpit import access, papers, rules
from backend.apps.cockpit.enums import HazardState
from backend.apps.cockpit.inputs import (
    FindHazardInput,
    GradeHazardInput,
    OrderRectificationInput,
    RectifyHazardInput,
    RegisterPlaceInput,
    VerifyHazardInput,
)
from backend.apps.cockpit.models import Hazard, Rectification, SafetyPlace
from backend.apps.cockpit.permissions import Permission as P
from backend.apps.cockpit.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.db.connection import execute
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.calendar import end_of_day
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.identity.models import Membership
from backend.kernel.privacy import vault
from backend.kernel.tenancy.service import lies_in
from backend.kernel.validation import Checks, as_id, text_of
from backend.kernel.workflow.matters import officers

_steps = common.hazard_steps
GRADERS = (Role.SECTOR_REGULATOR, Role.TOWN_LEADER)


async def register_place(actor: Actor, request: RegisterPlaceInput) -> SafetyPlace:
    """A place of a key unit. Its duty telephone is sealed; the place is neither published nor ranked."""
    actor.require(P.REGISTER)
    division = await common.own_division(actor, request.division)
    checks = Checks()
    texts = {
        "name": checks.text("name", request.name, least=2, most=100),
        "address": checks.text("address", request.address, most=200),
    }
    contact = checks.text("contact", request.contact, most=30)
    checks.done()
    row = SafetyPlace(
        county=division.county, path=division.path, id=new_id(), unit=request.unit, registered_at=clock.now(), **texts
    )
    row.contact = vault.seal("cockpit_place", "contact", row.id, contact, row.county)
    await row.save(force_create=True)
    await record(actor, "cockpit:place:registered", row, unit_kind=request.unit)
    return row


async def find_hazard(actor: Actor, request: FindHazardInput) -> Hazard:
    """What was seen. Made on the phone, perhaps without a network: its id makes it count once.

    Raises:
        Refusal: `IDEMPOTENCY_MISMATCH` for another hazard under the same id.
    """
    actor.require(P.FIND)
    hazard_id = as_id(request.hazard_id, "hazardId")
    division = await common.own_division(actor, request.division)
    digest = hashlib.sha256(orjson.dumps(asdict(request), default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"cockpit:hazard:{hazard_id}")
    known = await access.hazards(actor).get_or_none(id=hazard_id)
    if known is not None:
        if known.request_hash != digest or known.finder != actor.account_id:
            raise Refusal("IDEMPOTENCY_MISMATCH", "hazardId")
        return known
    place = await _place(actor, request)
    checks = Checks()
    texts = {
        "place_text": checks.text("placeText", request.place_text, least=2, most=200),
        "text": checks.text("text", request.text, least=2, most=3000),
    }
    checks.number("latitude", request.latitude, least=-90, most=90)
    checks.number("longitude", request.longitude, least=-180, most=180)
    # A phone's clock may be a little ahead; without a network it may wait for days.
    now = clock.now()
    checks.moment("foundAt", request.found_at, least=now - timedelta(days=30), most=now + timedelta(minutes=5))
    checks.done()
    hazard = Hazard(
        county=division.county, path=place.path if place else division.path, id=hazard_id,
        code=rules.new_code(division.county, common.today(), "H"), state=HazardState.FOUND, unit=request.unit,
        place_id=place.id if place else None, latitude=request.latitude, longitude=request.longitude, found_at=request.found_at,
        finder=common.account_of(actor), finder_name=common.name_of(actor), request_hash=digest, updated_at=now, **texts,
    )  # fmt: skip
    hazard.files = await common.attach_files(actor, request.file_ids, hazard)
    await hazard.save(force_create=True)
    await clocks.start(hazard, common.APP, rules.RULES["grade_hazard"], now)
    await _steps.note(actor, hazard, "hazard:found", unit_kind=hazard.unit)
    await common.tell_officers(hazard, "hazard.found", *GRADERS, but=actor.account_id)
    return hazard


async def _place(actor: Actor, request: FindHazardInput) -> SafetyPlace | None:
    if request.place_id is None:
        return None
    row = await access.places(actor).get_or_none(id=as_id(request.place_id, "placeId"))
    if row is None:
        raise not_found("placeId")
    if row.unit != request.unit:
        raise Refusal("INVALID", "unit")
    return row


async def grade_hazard(actor: Actor, request: GradeHazardInput) -> Hazard:
    """General, major, or no hazard; a major one is the regulator's to name."""
    hazard: Hazard = await common.begin(actor, Hazard, request.id, "grade", request.version)
    hazard.reason = text_of(request.reason, "reason", least=2)
    await common.meet(hazard, "grade_hazard")
    if request.grade is None:
        hazard.ended_at = clock.now()
        await _steps.move(actor, hazard, "dismiss", "hazard:dismissed", {"reason": hazard.reason})
        await _steps.tell([hazard.finder], "hazard.dismissed", hazard)
        return hazard
    if request.grade == "MAJOR" and not actor.may(P.GRADE_MAJOR):
        raise not_permitted(P.GRADE_MAJOR)
    hazard.grade, hazard.graded_by, hazard.graded_name = request.grade, actor.account_id, common.name_of(actor)
    await clocks.start(hazard, common.APP, rules.RULES["order_hazard"], clock.now())
    await _steps.move(actor, hazard, "grade", "hazard:graded", {"grade": request.grade}, grade=request.grade)
    return hazard


async def order_rectification(actor: Actor, request: OrderRectificationInput) -> Hazard:
    """Who puts it right until when, as a paper (隐患整改通知单). Ordered again, the earlier order is over."""
    hazard: Hazard = await common.begin(actor, Hazard, request.id, "order", request.version)
    assert hazard.grade is not None
    owner = await _rectifier(actor, hazard, str(request.owner))
    checks = Checks()
    hazard.demand = checks.text("demand", request.demand, least=2)
    _check_due(checks, hazard, request.due_on)
    checks.done()
    hazard.owner, hazard.owner_name, hazard.owner_unit = owner.account_id, owner.name, owner.agency_name
    await _start_rectifying(hazard, request.due_on)
    paper = await papers.notice(actor, hazard, request.due_on)
    await common.meet(hazard, "order_hazard")
    await _steps.move(
        actor, hazard, "order", "hazard:ordered", {"owner": owner.id, "demand": hazard.demand}, due=str(request.due_on),
        number=paper.number,
    )  # fmt: skip
    await _steps.tell([owner.account_id], "hazard.ordered", hazard)
    return hazard


async def rectifiers(actor: Actor, hazard: Hazard) -> list[Membership]:
    """Who may be ordered to put it right: officers of the actor's place who reach the hazard, for theirs contains it."""
    assert actor.membership is not None
    rows = await officers(hazard, *common.roles_with(P.RECTIFY))
    return [row for row in rows if lies_in(row.path, actor.membership.path)]


async def _rectifier(actor: Actor, hazard: Hazard, membership_id: str) -> Membership:
    wanted = as_id(membership_id, "owner")
    for row in await rectifiers(actor, hazard):
        if row.id == wanted:
            return row
    raise not_found("owner")


def _check_due(checks: Checks, hazard: Hazard, due: date) -> None:
    assert hazard.grade is not None
    today = common.today()
    checks.day("dueOn", due, least=today, most=today + timedelta(days=rules.MOST_HAZARD_DAYS[hazard.grade]))


async def _start_rectifying(hazard: Hazard, due: date) -> None:
    await common.meet(hazard, "rectify_hazard")
    rule = rules.until("rectify_hazard", due, common.today(), "隐患整改通知单确定的期限")
    await clocks.start(hazard, common.APP, rule, clock.now())
    hazard.due_at = end_of_day(due)


async def rectify_hazard(actor: Actor, request: RectifyHazardInput) -> Hazard:
    """Put right, with a picture; another person verifies. Raises `REQUIRED` on `fileIds` without one."""
    hazard: Hazard = await common.begin(actor, Hazard, request.id, "rectify", request.version)
    checks = Checks()
    text = checks.text("text", request.text, least=2)
    checks.items("fileIds", request.file_ids, least=1, most=common.MOST_FILES)
    checks.done()
    row_id = new_id()
    files = await common.attach_files(actor, request.file_ids, hazard, subject_id=row_id)
    await Rectification(
        **place_of(hazard), id=row_id, hazard_id=hazard.id, round=hazard.round, text=text, files=files,
        by=common.account_of(actor), by_name=common.name_of(actor), at=clock.now(),
    ).save(force_create=True)  # fmt: skip
    await common.meet(hazard, "rectify_hazard")
    await clocks.start(hazard, common.APP, rules.RULES["verify_hazard"], clock.now())
    await _steps.move(actor, hazard, "rectify", "hazard:rectified", {"text": text}, round=hazard.round)
    await common.tell_officers(hazard, "hazard.rectified", *GRADERS, but=actor.account_id)
    return hazard


async def verify_hazard(actor: Actor, request: VerifyHazardInput) -> Hazard:
    """Another person has looked: the loop is closed, or it goes back with a new day."""
    hazard: Hazard = await common.begin(actor, Hazard, request.id, "verify", request.version)
    row = await Rectification.filter(hazard_id=hazard.id, round=hazard.round).select_for_update().get()
    if row.by == actor.account_id:
        raise Refusal("INVOLVED_BEFORE")
    checks = Checks()
    row.finding = checks.text("finding", request.finding, least=2)
    if not request.passed:
        if request.due_on is None:
            checks.refuse("REQUIRED", "dueOn")
        else:
            _check_due(checks, hazard, request.due_on)
    checks.done()
    row.verified, row.verifier, row.verifier_name, row.verified_at = request.passed, actor.account_id, common.name_of(actor), clock.now()
    await row.save(update_fields=["verified", "finding", "verifier", "verifier_name", "verified_at"])
    await common.meet(hazard, "verify_hazard")
    await (_close(actor, hazard, row) if request.passed else _send_back(actor, hazard, row, request.due_on))
    await _steps.tell([hazard.owner, hazard.finder], "hazard.verified", hazard, passed=request.passed)
    return hazard


async def _close(actor: Actor, hazard: Hazard, row: Rectification) -> None:
    hazard.ended_at = clock.now()
    in_time = hazard.due_at is not None and row.at <= hazard.due_at
    await common.meet_all(hazard)
    await _steps.move(actor, hazard, "close", "hazard:closed", {"finding": row.finding}, in_time=in_time, round=hazard.round, grade=hazard.grade)


async def _send_back(actor: Actor, hazard: Hazard, row: Rectification, due: date | None) -> None:
    assert due is not None
    hazard.round += 1
    await _start_rectifying(hazard, due)
    await _steps.move(actor, hazard, "send_back", "hazard:sent_back", {"finding": row.finding}, round=hazard.round, due=str(due))
