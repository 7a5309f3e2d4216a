"""What the county states about its own figures."""

from __future__ import annotations

from backend.apps.oversight import figures
from backend.apps.oversight.inputs import BaselineInput
from backend.apps.oversight.models import Baseline
from backend.apps.oversight.permissions import Permission as P
from backend.apps.oversight.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.service import record
from backend.kernel.db.models import new_id
from backend.kernel.errors import not_found, not_permitted
from backend.kernel.metrics.asking import FIRST_DAY
from backend.kernel.validation import Checks


async def state_baseline(actor: Actor, request: BaselineInput) -> Baseline:
    """What a figure was before, in which period and by what source. A later statement takes the place of this one.

    Raises:
        Refusal: `NOT_FOUND` on `figure` for one that is not measured in days.
    """
    actor.require(P.BASELINE)
    assert actor.membership is not None
    county = actor.membership.path
    # A city states none, and a township does not speak for its county.
    if county.count(".") != 2:
        raise not_permitted(P.BASELINE)
    formula = figures.FORMULAS.get(request.figure)
    if formula is None or formula.unit != "d":
        raise not_found("figure")
    checks = Checks()
    checks.number("days", request.days, least=0, most=3650)
    checks.day("firstOn", request.first_on, least=FIRST_DAY, most=common.today())
    checks.day("lastOn", request.last_on, least=max(request.first_on, FIRST_DAY), most=max(common.today(), request.first_on))
    source = checks.text("source", request.source, least=4, most=500)
    checks.done()
    row = Baseline(
        id=new_id(), county=actor.membership.county, path=county, figure=request.figure, days=request.days, first_on=request.first_on,
        last_on=request.last_on, source=source, by=common.account_of(actor), at=clock.now(),
    )  # fmt: skip
    await row.save(force_create=True)
    await record(actor, "oversight:baseline:stated", row, figure=row.figure, days=row.days, first=str(row.first_on), last=str(row.last_on))
    return row
