"""What a figure takes along to the agenda of a consultation: the server's value and target, and matters it really counts."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import open_scope
from backend.kernel.deadlines.calendar import add_months
from backend.kernel.demonstration import COUNTY, TOWN
from backend.kernel.metrics.models import FigureFact
from backend.kernel.tenancy.service import county_path
from tests.apps.cockpit.test_board import refreshed
from tests.factories import cockpit as c
from tests.factories.city import City, Person, Refused
from tests.factories.disputes import reported

AGENDA = "agenda { app key period value target matterIds division { code } }"


async def item(person: Person, **figure: Any) -> dict[str, Any]:
    """The newest point of the agenda on which this person puts the figure."""
    meeting = await c.do(person, "addToConsultation", **{"app": "mediation", "division": COUNTY, "month": c.day()[:7], **figure})
    return dict((await c.look(person, "meeting", meeting, AGENDA))["agenda"][-1])


async def test_value_and_target_are_the_boards(fresh: None, city: City) -> None:
    await reported(city)
    await reported(city)
    await refreshed()
    office = await city.sign_in(c.OFFICE)
    for division, target in ((COUNTY, 30), (TOWN, 20)):
        await c.do(
            office, "setIndicator", division=division, app="mediation", key="registered_total", name="登记总数", ownerUnit="县专班",
            target=target, better="HIGHER", validFrom=c.day(),
        )  # fmt: skip
    assert [(each["value"], each["target"]) for each in (
        await item(office, key="registered_total"), await item(office, key="registered_total", division=TOWN),
        # Two disputes say nothing about a rate, and nobody has set a target for it.
        await item(office, key="local_resolution"),
    )] == [(2, 30), (2, 20), (None, None)]  # fmt: skip


async def test_only_matters_that_the_figure_counts_go_along(fresh: None, city: City) -> None:
    dispute, hazard = await reported(city), await c.found(city)
    await refreshed()
    office = await city.sign_in(c.OFFICE)
    given = [str(uuid4()), dispute["id"], hazard["id"], dispute["id"]]
    assert (await item(office, key="registered_total", matterIds=given))["matterIds"] == [dispute["id"]]
    elsewhere = "331024101"
    assert (await item(office, key="registered_total", division=elsewhere, matterIds=given))["matterIds"] == []
    before = str(add_months(date.fromisoformat(c.day()), -1))[:7]
    meeting = await c.do(
        await city.sign_in(c.LEADER), "addToConsultation", app="mediation", key="registered_total", division=TOWN, month=before, matterIds=given,
    )  # fmt: skip
    (of_the_town,) = (await c.look(office, "meeting", meeting, AGENDA))["agenda"]
    assert (of_the_town["period"], of_the_town["matterIds"]) == (before, [])


async def test_matters_of_children_and_supervised_persons_never_go_along(fresh: None, city: City) -> None:
    actor, matter = system_actor(COUNTY, await county_path(COUNTY)), new_id()
    async with open_scope(actor.scope):
        await FigureFact.create(
            id=new_id(), county=COUNTY, path=await county_path(COUNTY), app="rehab", key="contact_rate", matter_id=matter,
            month=date.fromisoformat(c.day()).replace(day=1), at=clock.now(), counted=True, value=None, ahead=False,
        )  # fmt: skip
    office = await city.sign_in(c.OFFICE)
    assert (await item(office, app="rehab", key="contact_rate", matterIds=[str(matter)]))["matterIds"] == []


async def test_there_is_no_such_figure(city: City) -> None:
    for figure in ({"app": "mediation", "key": "action_done"}, {"app": "nothing", "key": "registered_total"}, {"app": "", "key": ""}):
        with pytest.raises(Refused) as refused:
            await item(await city.sign_in(c.OFFICE), **figure)
        assert [(error["code"], error["field"]) for error in refused.value.errors] == [("NOT_FOUND", "key")]
