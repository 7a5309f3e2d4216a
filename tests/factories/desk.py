"""Help between counties, as tests ask for it: a helper county beside the demonstration's two, and experts from elsewhere."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.roles import Role
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.demonstration import SINCE
from backend.kernel.identity import service as identity
from backend.kernel.identity.models import Membership
from backend.kernel.tenancy.service import find
from tests.factories.city import City, Person
from tests.factories.reunion import look
from tests.factories.supervision import act

ASSIST = "assist { id state addressee dueAt expiresAt toCounty { code } mayEnd mayTake mayAnswer replies { id state finding } }"
#: Counties that are no part of any other test of reunion: 三门, 玉环.
HELPER, SECOND_HELPER = "19900009101", "19900009102"
_PLACES = {HELPER: "331022", SECOND_HELPER: "331083"}
_NUMBERS = count(1)


async def officer_of(city: City, phone: str, role: Role, county: str) -> Person:
    """Signed in as an officer of this county, in office for long."""
    account = await identity.account_of_phone(phone, f"测试{phone[-4:]}")
    async with open_scope(Scope(DbRole.IDENTITY)):
        if not await Membership.filter(account_id=account.id).exists():
            division = await find(county)
            assert division is not None
            await identity.add_membership(
                account, role=role, name=f"测试{phone[-4:]}", agency=f"{division.name}公安局", division=division,
                active_from=clock.now() - SINCE,
            )  # fmt: skip
    return await city.sign_in(phone)


async def expert_of(city: City, county: str) -> Person:
    return await officer_of(city, f"1990000{9200 + next(_NUMBERS):04}", Role.FACE_EXPERT, county)


async def helpers(city: City) -> None:
    for phone, county in _PLACES.items():
        await officer_of(city, phone, Role.POLICE_OFFICER, county)


def request_for(case: dict[str, Any], addressee: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": case["id"], "version": case["version"], "addressee": addressee, "legalBasis": "民发〔2015〕158号",
        "purpose": "CROSS_REGION", "question": "请协助核实是否有相似的走失人员", **fields,
    }  # fmt: skip


def helping_county(case: dict[str, Any], county: str, **fields: Any) -> dict[str, Any]:
    return request_for(case, "COUNTY", county=county, **fields)


async def ask(person: Person, case: dict[str, Any], *, county: str, **fields: Any) -> dict[str, Any]:
    """Of a county, at the case's present version; returns the request."""
    case = {**case, **await look(person, case)}
    return dict((await act(person, "askAssist", show=ASSIST, **helping_county(case, county, **fields)))["assist"])


async def invite(person: Person, case: dict[str, Any], expert: Person, **fields: Any) -> dict[str, Any]:
    case = {**case, **await look(person, case)}
    async with open_scope(Scope(DbRole.IDENTITY)):
        member = await Membership.get(account_id=UUID(expert.account_id), role=Role.FACE_EXPERT)
    given = request_for(case, "EXPERT", expertId=str(member.id), **fields)
    return dict((await act(person, "askAssist", show=ASSIST, **given))["assist"])


async def on_board(person: Person, case: dict[str, Any], **fields: Any) -> dict[str, Any]:
    case = {**case, **await look(person, case)}
    return dict((await act(person, "askAssist", show=ASSIST, **request_for(case, "BOARD", **fields)))["assist"])


async def reply(person: Person, request: dict[str, Any], finding: str, reasons: str) -> dict[str, Any]:
    return dict((await act(person, "answerAssist", show=ASSIST, id=request["id"], finding=finding, reasons=reasons))["assist"])


async def read(person: Person, request: dict[str, Any], show: str = "") -> dict[str, Any]:
    """The request as this person sees it; an AssertionError when he does not."""
    found = (await person.ask(f"query($id: ID!) {{ reunionAssist(id: $id) {{ id state {show} }} }}", id=request["id"]))["reunionAssist"]
    assert found is not None
    return dict(found)


async def desk(person: Person, scope: str, **given: Any) -> list[dict[str, Any]]:
    """The first hundred of a list, as ids and states."""
    query = "query($s: ReunionAssistScope!, $o: Boolean) { reunionAssists(scope: $s, first: 100, open: $o) { edges { node { id state } } } }"
    found = await person.ask(query, s=scope, o=given.get("open"))
    return [edge["node"] for edge in found["reunionAssists"]["edges"]]


async def kinds(person: Person, request: dict[str, Any]) -> list[str]:
    """What the person was told about this request, without the application's name."""
    query = "query($after: String) { inbox(first: 100, after: $after) { edges { node { kind matterId } } pageInfo { hasNextPage endCursor } } }"
    found, after = [], None
    while True:
        inbox = (await person.ask(query, after=after))["inbox"]
        found += [edge["node"]["kind"] for edge in inbox["edges"] if edge["node"]["matterId"] == request["id"]]
        if not inbox["pageInfo"]["hasNextPage"]:
            return [kind.removeprefix("reunion.assist.") for kind in found]
        after = inbox["pageInfo"]["endCursor"]


async def hear(city: City) -> None:
    """Sweeps and jobs, until each county knows what the other did."""
    await city.pass_time(seconds=6)
