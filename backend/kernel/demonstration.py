"""People and grids of the demonstration city. Names are artificial on purpose; the numbers reach nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import asyncpg

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.grants import permissions_of
from backend.kernel.access.roles import Role
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.identity import service as identity
from backend.kernel.identity.models import Account, Membership
from backend.kernel.tenancy.models import Division

R = TypeVar("R")
T = TypeVar("T")

VILLAGE = "331024103279"  # 仙居县白塔镇茶溪村
TOWN = "331024103"
COUNTY = "331024"
GRIDS = 3
#: In office for longer than the played history is.
SINCE = timedelta(days=400)


@dataclass(frozen=True)
class Person:
    role: Role
    name: str
    phone: str
    agency: str = ""
    division: str = ""
    force: str = ""
    duty_phone: str = ""


PEOPLE = (
    Person(Role.PERSON, "测试甲一", "19900000001"),
    Person(Role.PERSON, "测试乙二", "19900000002"),
    Person(Role.PERSON, "测试丙三", "19900000003"),
    Person(Role.PERSON, "测试丁四", "19900000004"),
    Person(Role.PERSON, "测试戊五", "19900000005"),
    Person(Role.PERSON, "测试己六", "19900000006"),
    Person(Role.GRID_WORKER, "测试网格员", "19900000011", "茶溪村第1网格", f"{VILLAGE}001", "", "0576-00000011"),
    Person(Role.VILLAGE_OFFICER, "测试村干部", "19900000012", "茶溪村村民委员会", VILLAGE, "SELF_RULE", "0576-00000012"),
    Person(Role.MEDIATOR, "测试调解员", "19900000013", "茶溪村人民调解委员会", VILLAGE, "VIRTUE", "0576-00000013"),
    Person(Role.TOWN_DISPATCHER, "测试指挥员", "19900000021", "白塔镇综合信息指挥室", TOWN, "", "0576-00000021"),
    Person(Role.TOWN_LEADER, "测试镇领导", "19900000022", "白塔镇人民政府", TOWN, "", "0576-00000022"),
    Person(Role.JUSTICE_OFFICE, "测试司法所长", "19900000023", "白塔司法所", TOWN, "LAW", "0576-00000023"),
    Person(Role.MEDIATOR, "测试乡贤", "19900000024", "白塔镇人民调解委员会", TOWN, "VIRTUE", "0576-00000024"),
    Person(Role.POLICE_OFFICER, "测试民警", "19900000025", "白塔派出所", TOWN, "LAW", "0576-00000025"),
    Person(Role.DRUG_WORKER, "测试禁毒社工", "19900000026", "白塔镇禁毒工作站", TOWN, "", "0576-00000026"),
    Person(Role.COUNTY_CENTER, "测试县中心甲", "19900000031", "仙居县社会治理中心", COUNTY, "", "0576-00000031"),
    Person(Role.COUNTY_CENTER, "测试县中心乙", "19900000032", "仙居县社会治理中心督查科", COUNTY, "", "0576-00000032"),
    Person(Role.LAWYER, "测试律师", "19900000033", "仙居县公共法律服务中心", COUNTY, "LAW", "0576-00000033"),
    Person(Role.PROGRAM_OFFICE, "测试专班", "19900000034", "仙居县数字法治专班", COUNTY),
    Person(Role.ANTI_DRUG_OFFICE, "测试禁毒办甲", "19900000035", "仙居县禁毒办", COUNTY, "", "0576-00000035"),
    Person(Role.ANTI_DRUG_OFFICE, "测试禁毒办乙", "19900000036", "仙居县禁毒办综合科", COUNTY, "", "0576-00000036"),
    Person(Role.POLICE_CHIEF, "测试公安负责人", "19900000037", "仙居县公安局", COUNTY),
    Person(Role.POLICE_OFFICER, "测试巡逻民警", "19900000038", "仙居县公安局巡特警大队", COUNTY, "", "0576-00000038"),
    Person(Role.ANTI_DRUG_OFFICE, "测试市禁毒办", "19900000042", "台州市禁毒办", "3310"),
    Person(Role.PROGRAM_OFFICE, "测试市专班", "19900000041", "台州市数字法治专班", "3310"),
    Person(Role.RESCUE_STATION, "测试救助站", "19900000061", "仙居县救助管理站", COUNTY, "", "0576-00000061"),
    Person(Role.CIVIL_AFFAIRS, "测试民政干部", "19900000062", "仙居县民政局", COUNTY, "", "0576-00000062"),
    Person(Role.FACE_EXPERT, "测试人像专家甲", "19900000063", "台州市公安局", "3310"),
    Person(Role.FACE_EXPERT, "测试人像专家乙", "19900000064", "台州市公安局刑侦支队", "3310"),
    Person(Role.POLICE_OFFICER, "测试邻县民警", "19900000071", "天台县公安局", "331023", "", "0576-00000071"),
    Person(Role.POLICE_CHIEF, "测试邻县公安负责人", "19900000072", "天台县公安局", "331023"),
    Person(Role.CIVIL_AFFAIRS, "测试邻县民政干部", "19900000073", "天台县民政局", "331023", "", "0576-00000073"),
    Person(Role.DEPUTY, "测试代表甲", "19900000081", "仙居县人大代表第一小组", COUNTY),
    Person(Role.DEPUTY, "测试代表乙", "19900000082", "仙居县人大代表第二小组", COUNTY),
    Person(Role.NPC_OFFICE, "测试代表工委", "19900000083", "仙居县人大常委会代表工作委员会", COUNTY, "", "0576-00000083"),
    Person(Role.PROSECUTOR, "测试检察官", "19900000084", "仙居县人民检察院", COUNTY, "", "0576-00000084"),
    Person(Role.CHIEF_PROSECUTOR, "测试检察长", "19900000085", "仙居县人民检察院", COUNTY),
    Person(Role.SUPERVISED_UNIT, "测试被监督单位", "19900000086", "仙居县测试行政执法局", COUNTY, "", "0576-00000086"),
    Person(Role.SUPERVISED_UNIT, "测试另一单位", "19900000087", "仙居县测试市场监管局", COUNTY, "", "0576-00000087"),
    Person(Role.SECTOR_REGULATOR, "测试监管员", "19900000091", "仙居县测试应急管理局", COUNTY, "", "0576-00000091"),
    Person(Role.GRID_WORKER, "测试邻县网格员", "19900000051", "后岸村第1网格", "331023104001001"),
    Person(Role.DRUG_WORKER, "测试邻县禁毒社工", "19900000052", "天台县白鹤镇禁毒工作站", "331023101"),
    Person(Role.ANTI_DRUG_OFFICE, "测试邻县禁毒办", "19900000053", "天台县禁毒办", "331023"),
)  # fmt: skip


async def make_grids(owner: asyncpg.Connection) -> None:
    """Sample grids under every village of the demonstration township, and one in the next county. Run as owner."""
    await owner.execute(
        """insert into division (code, name, level, parent, path, full_name, former_names, successor, valid_from)
           select v.code || lpad(n::text, 3, '0'), '第' || n || '网格', 'GRID', v.code,
                  (v.path::text || '.' || v.code || lpad(n::text, 3, '0'))::ltree, v.full_name || '第' || n || '网格',
                  '[]', '', current_date
           from division v, generate_series(1, $2) n
           where v.level = 'VILLAGE' and v.valid_to is null and v.parent = any ($1)
           on conflict do nothing""",
        [TOWN, "331023104"],
        GRIDS,
    )


#: About where the counties' seats lie, for the scheme map: rounded, and of our own knowledge.
SEATS = {
    "331002": (28.7, 121.4), "331003": (28.6, 121.2), "331004": (28.5, 121.4), "331022": (29.1, 121.4), "331023": (29.1, 121.0),
    "331024": (28.8, 120.7), "331081": (28.3, 121.4), "331082": (28.9, 121.1), "331083": (28.1, 121.2),
}  # fmt: skip


async def place_seats(owner: asyncpg.Connection) -> None:
    """Positions of the demonstration city's counties, where they have none. Run as owner."""
    await owner.executemany(
        "update division set latitude = $2, longitude = $3 where code = $1 and latitude is null",
        [(code, *seat) for code, seat in SEATS.items()],
    )


async def make_people() -> None:
    """Accounts and memberships that are not there yet."""
    for person in PEOPLE:
        account = await identity.account_of_phone(person.phone, person.name)
        async with open_scope(Scope(DbRole.IDENTITY)):
            if person.role is not Role.PERSON and not await Membership.filter(account_id=account.id).exists():
                await identity.add_membership(
                    account, role=person.role, name=person.name, agency=person.agency,
                    division=await _division(person), force=person.force, duty_phone=person.duty_phone,
                    active_from=clock.now() - SINCE,
                )  # fmt: skip
            await Account.filter(id=account.id, display_name="").update(display_name=person.name)


async def actor_of(phone: str) -> Actor:
    """A demonstration person as actor, in the membership a new session starts with, with a fresh passkey step-up."""
    account = await identity.account_of_phone(phone)
    membership = await identity.first_membership(account.id, "passkey")
    async with open_scope(Scope(DbRole.IDENTITY)):
        active = await identity.active(membership) if membership else None
    permissions = permissions_of(active.role if active else Role.PERSON)
    return Actor(account.id, account.display_name, active, permissions, stepped_up_at=clock.now())


async def play_as(actor: Actor, work: Callable[[Actor, R], Awaitable[T]], request: R) -> T:
    """One command of the demonstration's past, in a transaction of its own."""
    async with open_scope(actor.scope):
        return await work(actor, request)


async def _division(person: Person) -> Division:
    """The person's division, or the first grid of the township meant."""
    found = await Division.get_or_none(code=person.division)
    if found is None:
        found = await Division.filter(level="GRID", code__startswith=person.division[:9]).order_by("code").first()
    assert found is not None, person.division
    return found


