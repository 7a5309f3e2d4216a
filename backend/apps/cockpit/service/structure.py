"""The programme's structure: tracks and key units, indicators, honours."""

from __future__ import annotations

import math
from datetime import timedelta

from backend.apps.cockpit import rules
from backend.apps.cockpit.inputs import DefinePillarInput, RecordHonourInput, SetIndicatorInput
from backend.apps.cockpit.models import Honour, Indicator, Pillar, Scene
from backend.apps.cockpit.permissions import Permission as P
from backend.apps.cockpit.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.service import record
from backend.kernel.db.connection import execute
from backend.kernel.db.models import new_id
from backend.kernel.errors import not_found
from backend.kernel.tenancy.models import Division
from backend.kernel.validation import Checks, as_id

LARGEST = 1e9


async def define_pillar(actor: Actor, request: DefinePillarInput) -> Pillar:
    """Who leads a track or key unit in a place; said again it replaces what stood there."""
    actor.require(P.MANAGE)
    division = await common.own_division(actor, request.division)
    checks = Checks()
    if request.code not in rules.CODES[request.kind]:
        checks.refuse("INVALID", "code")
    texts = {
        "lead_unit": checks.text("leadUnit", request.lead_unit, least=2, most=100),
        "leader": checks.text("leader", request.leader, most=50),
        "duty": checks.text("duty", request.duty, most=1000),
    }
    checks.done()
    await _alone(f"pillar:{division.code}:{request.kind}:{request.code}")
    row = await Pillar.filter(path=division.path, kind=request.kind, code=request.code).select_for_update().first()
    fresh = row is None
    if row is None:
        row = Pillar(county=division.county, path=division.path, id=new_id(), kind=request.kind, code=request.code)
    row.update_from_dict({**texts, "updated_at": clock.now()})
    await row.save(force_create=fresh)
    await record(actor, "cockpit:pillar:defined", row, code=request.code)
    return row


async def set_indicator(actor: Actor, request: SetIndicatorInput) -> Indicator:
    """A target for a place, valid from a day on; the newest valid one counts."""
    actor.require(P.MANAGE)
    division = await common.own_division(actor, request.division)
    values = _checked_indicator(request)
    await _alone(f"indicator:{division.code}:{values['code']}")
    row = await Indicator.filter(path=division.path, code=values["code"], valid_from=request.valid_from).select_for_update().first()
    fresh = row is None
    if row is None:
        row = Indicator(county=division.county, path=division.path, id=new_id(), valid_from=request.valid_from)
    row.update_from_dict({**values, "updated_at": clock.now()})
    await row.save(force_create=fresh)
    await record(
        actor, "cockpit:indicator:set", row, code=row.code, target=row.target, value=row.value, better=row.better,
        tolerance=row.tolerance, valid_from=str(row.valid_from),
    )  # fmt: skip
    return row


def _checked_indicator(request: SetIndicatorInput) -> dict[str, object]:
    checks = Checks()
    app, key = checks.text("app", request.app, most=30), checks.text("key", request.key, most=60)
    own = checks.text("code", request.code, most=60)
    if bool(app) != bool(key):
        checks.refuse("REQUIRED", "key" if app else "app")
    elif not app and not own:
        checks.refuse("REQUIRED", "code")
    values: dict[str, object] = {
        "code": f"{app}:{key}" if app else own, "app": app, "key": key, "better": request.better, "target": request.target,
        "name": checks.text("name", request.name, least=2, most=100),
        "owner_unit": checks.text("ownerUnit", request.owner_unit, least=2, most=100),
        "formula": checks.text("formula", request.formula, most=500), "unit": checks.text("unit", request.unit, most=10),
        "tolerance": request.tolerance, "value": request.value,
    }  # fmt: skip
    checks.number("target", request.target, least=-LARGEST, most=LARGEST)
    checks.number("tolerance", request.tolerance, least=0, most=LARGEST)
    checks.number("value", request.value, least=-LARGEST, most=LARGEST)
    # What an application computes nobody enters (`domain.md` 11.4).
    if app and request.value is not None:
        checks.refuse("INVALID", "value")
    day = common.today()
    checks.day("validFrom", request.valid_from, least=day - timedelta(days=3660), most=day + timedelta(days=3660))
    checks.done()
    assert math.isfinite(request.target)
    return values


async def record_honour(actor: Actor, request: RecordHonourInput) -> Honour:
    """成果/荣誉 of a scene, or of the programme as a whole; never of a person."""
    actor.require(P.MANAGE)
    place: Division | Scene = await common.own_division(actor, request.division)
    scene = await Scene.get_or_none(id=as_id(request.scene_id, "sceneId")) if request.scene_id else None
    if request.scene_id and scene is None:
        raise not_found("sceneId")
    place = scene or place
    checks = Checks()
    texts = {
        "name": checks.text("name", request.name, least=2, most=200),
        "document": checks.text("document", request.document, most=200),
    }
    checks.day("awardedOn", request.awarded_on, least=common.today() - timedelta(days=3660), most=common.today())
    checks.done()
    row = Honour(
        county=place.county, path=place.path, id=new_id(), scene_id=scene.id if scene else None, level=request.level,
        awarded_on=request.awarded_on, at=clock.now(), **texts,
    )  # fmt: skip
    row.files = await common.attach_files(actor, request.file_ids, row)
    await row.save(force_create=True)
    await record(actor, "cockpit:honour:recorded", row, level=request.level, scene=scene.code if scene else None)
    return row


async def _alone(what: str) -> None:
    """Two at once: the second waits, and finds what the first wrote."""
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"cockpit:{what}")
