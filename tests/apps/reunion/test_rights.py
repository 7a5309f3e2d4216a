"""Who sees what of a case, and who may do what: purpose, second pairs of eyes, proof, guardians, and the wish not to be found."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.apps.reunion.access import ACTIONS, Standing, available, may_see_whereabouts
from backend.apps.reunion.enums import CaseState, Side
from backend.apps.reunion.models import Case
from backend.apps.reunion.permissions import GRANTS
from backend.apps.reunion.permissions import Permission as P
from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.access.roles import Role
from backend.kernel.db.scope import open_scope
from backend.kernel.demonstration import TOWN, actor_of
from backend.kernel.faces import galleries
from backend.kernel.faces.models import FaceSearch
from tests.apps.rehab.test_rights import plausible
from tests.factories import hostile
from tests.factories.city import City, Person, Refused
from tests.factories.ledger import open_ledger
from tests.factories.reunion import (
    CHIEF,
    CIVIL,
    EXPERT,
    EXPERT_2,
    NEXT_CHIEF,
    NEXT_CIVIL,
    NEXT_POLICE,
    POLICE,
    STATION,
    found,
    look,
    missing,
    searched,
    step,
)
from tests.factories.supervision import CITIZEN, GRID, MEDIATOR, OFFICE, act, whose
from tests.kernel.db.test_row_level_security import COUNTY_PATH

MACHINE = system_actor("331024", COUNTY_PATH)


@pytest.fixture(autouse=True)
def yesterdays_reviews(request: pytest.FixtureRequest) -> Iterator[None]:
    """Reviews count by the day, and all tests of a worker have one day: this test's were yesterday's for the next one."""
    yield

    async def earlier() -> None:
        async with open_ledger(os.environ["DATABASE_ADMIN_URL"]) as ledger:
            await ledger.execute("update reunion_review set reviewed_at = reviewed_at - interval '2 days'")

    if "city" in request.fixturenames:
        asyncio.run(earlier())


TOWN_POLICE = "19900000025"
OUTSIDERS = (CITIZEN, GRID, MEDIATOR, OFFICE, TOWN_POLICE, NEXT_POLICE, NEXT_CHIEF, NEXT_CIVIL)
_NAMES = count(1)
#: Told apart by any ear.
_SYLLABLES = "海德塔龙志强元文星"
CANDIDATE = """id searchId rank otherCounty otherCode state ageGap comparison pictureUrl mayReview score likely cosine reviewCount
    reviews { reviewer verdict alike unlike } proofs { source } confirmations { organ }"""
TIMELINE = "timeline(first: 100) { edges { node { tag actorName fromState toState reason data } } }"


def new_name() -> str:
    """A name that sounds like nobody else's of the tests, who share a database."""
    rest, ones = divmod(next(_NAMES), len(_SYLLABLES))
    hundreds, tens = divmod(rest, len(_SYLLABLES))
    return "测" + "".join(_SYLLABLES[each % len(_SYLLABLES)] for each in (hundreds, tens, ones))


def told(**more: Any) -> dict[str, Any]:
    """Facts by which a search finds its other half without any picture."""
    return {"name": new_name(), "relatives": [f"{new_name()}"], "marks": "右眉断开一截", **more}


async def pair(
    city: City, facts: dict[str, Any] | None = None, guest: dict[str, Any] | None = None, **report: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same person on both sides, known by his words alone."""
    facts = facts or told()
    sought = await missing(city, facts={**facts, "sex": "MALE"}, **report)
    guest = {"facts": {"sex": "MALE", "placeText": "仙居县环城南路12号", "place": TOWN}, **(guest or {})}
    return sought, await found(city, **{**guest, "facts": {**facts, **guest["facts"]}})


async def sought_search(city: City, case: dict[str, Any]) -> dict[str, Any]:
    """The seeker's county looks for him."""
    police, chief = await city.sign_in(NEXT_POLICE), await city.sign_in(NEXT_CHIEF)
    await step(police, "recordQuickCheck", case, text="走失库无结果")
    await step(police, "requestFaceSearch", case, purpose="LOST_RESCUE", legalBasis="依据", necessity="快速查询无结果")
    await step(chief, "decideFaceSearch", case, approve=True, reason="同意")
    await city.work()
    await city.pass_time(seconds=30)
    await city.work()
    return {**case, **await look(police, case)}


async def candidates(person: Person, case: dict[str, Any], show: str = CANDIDATE) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await look(person, case, f"candidates {{ {show} }}"))["candidates"]
    return found


async def candidate(person: Person, case: dict[str, Any], other: dict[str, Any], show: str = CANDIDATE) -> dict[str, Any]:
    rows = await candidates(person, case, f"otherCode {show}")
    return next(each for each in rows if each["otherCode"] == other["code"])


async def review(person: Person, row: dict[str, Any], verdict: str = "SAME") -> dict[str, Any]:
    return await act(person, "reviewCandidate", show="case { id state }", candidateId=row["id"], verdict=verdict,
                     alike="眉眼相似", unlike="耳廓不同")  # fmt: skip


async def leading(city: City, case: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two experts took the pair for one person, and the police ask for proof."""
    experts = [await city.sign_in(EXPERT), await city.sign_in(EXPERT_2)]
    row = await candidate(experts[0], case, other)
    for expert in experts:
        await review(expert, row)
    mine = NEXT_POLICE if case["side"] == "SOUGHT" else POLICE
    return await step(await city.sign_in(mine), "askReunionVerification", case, text="请核实家属身份")


async def proven(city: City, case: dict[str, Any], kind: str = "DNA") -> dict[str, Any]:
    """With a proof, and confirmed by both organs."""
    mine = (NEXT_POLICE, NEXT_CIVIL) if case["side"] == "SOUGHT" else (POLICE, CIVIL)
    police, civil = [await city.sign_in(each) for each in mine]
    await step(police, "recordReunionProof", case, kind=kind, positive=True, source="省厅实验室 2026-0001")
    await step(police, "confirmReunionIdentity", case, text="证据充分,一致")
    case = await step(civil, "confirmReunionIdentity", case, text="家属身份属实")
    await city.pass_time(seconds=90)
    return case


async def refusal(person: Person, command: str, case: dict[str, Any], /, **fields: Any) -> str:
    """The first code a command is refused with."""
    with pytest.raises(Refused) as refused:
        await step(person, command, case, **fields)
    return str(refused.value.codes[0])


async def asked(person: Person, query: str, **variables: Any) -> Any:
    """The first field's value; the code instead, when the operation was refused."""
    answer = (await person.client.post("/graphql", json={"query": query, "variables": variables})).json()
    if answer.get("errors"):
        return answer["errors"][0]["extensions"]["code"]
    return next(iter(answer["data"].values()))


ONE = f"query($id: ID!) {{ reunionCase(id: $id) {{ id name facts {{ marks }} placeText {TIMELINE} }} }}"
LISTED = '{ reunionCases(first: 100) { edges { node { id name } } } }'


# ----------------------------------------------------------------------------------------------------- by reach


async def test_whoever_has_no_business_finds_no_such_case(city: City) -> None:
    _, guest = await pair(city)
    for phone in OUTSIDERS:
        person = await city.sign_in(phone)
        assert await asked(person, ONE, id=guest["id"]) in (None, "NOT_PERMITTED"), phone
        assert guest["id"] not in str(await asked(person, LISTED)), phone
    expert = await city.sign_in(EXPERT)
    assert await asked(expert, ONE, id=guest["id"]) is None, "an expert sees a case while its candidates wait for him"


def commands() -> list[str]:
    """Mutations about a case that exists."""
    from backend.apps.reunion.graphql import ReunionMutation

    fields = {field.python_name for field in ReunionMutation.__strawberry_definition__.fields}  # type: ignore[attr-defined]
    parts = [name.split("_") for name in fields - {"report_missing", "register_found"}]
    return sorted(first + "".join(part.capitalize() for part in rest) for first, *rest in parts)


async def refused_codes(person: Person, name: str, ids: dict[str, str]) -> list[str]:
    field = hostile.fields("mutation")[name]
    variables = {key: plausible(argument.type, key, ids) for key, argument in field.args.items()}
    answer = await person.ask(hostile.operation("mutation", name), **variables)
    return [error["code"] for error in answer[name]["errors"]]


async def test_out_of_reach_every_command_says_that_there_is_no_such_thing(city: City) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    row = await candidate(await city.sign_in(POLICE), guest, sought)
    ids = {"id": guest["id"], "candidateId": row["id"], "pictureId": str(uuid4()), "fileId": str(uuid4())}
    names = commands()
    assert len(names) > 18
    for phone in (CITIZEN, sought["phone"], TOWN_POLICE, NEXT_POLICE, NEXT_CHIEF, MEDIATOR):
        person = await city.sign_in(phone)
        for name in names:
            if name == "reviewCandidate" and phone in (CITIZEN, sought["phone"]):
                continue  # the test below
            assert await refused_codes(person, name, ids) in (["NOT_FOUND"], ["NOT_PERMITTED"]), (phone, name)
    async with city.client() as client:
        for name in names:
            assert await refused_codes(Person(client, ""), name, ids) == ["UNAUTHENTICATED"], name


async def test_a_private_person_who_reviews_is_refused_by_type(city: City) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    row = await candidate(await city.sign_in(POLICE), guest, sought)
    for phone in (CITIZEN, sought["phone"]):
        codes = await refused_codes(await city.sign_in(phone), "reviewCandidate", {"candidateId": row["id"]})
        assert codes in (["NOT_FOUND"], ["NOT_PERMITTED"])


async def test_a_colleague_without_the_role_is_not_permitted(city: City) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    people = {name: await city.sign_in(name) for name in (STATION, CIVIL, POLICE, CHIEF, EXPERT)}
    row = await candidate(people[POLICE], guest, sought)
    for phone in (STATION, CIVIL, CHIEF):
        with pytest.raises(Refused) as refused:
            await review(people[phone], row)
        assert refused.value.codes == ["NOT_PERMITTED"], phone
    for phone, command, fields in (
        (STATION, "decideFaceSearch", {"approve": True, "reason": "同意"}), (POLICE, "decideFaceSearch", {"approve": True, "reason": "同意"}),
        (CIVIL, "requestFaceSearch", {"purpose": "STRANDED_SEARCH", "legalBasis": "依据", "necessity": "需要"}),
        (EXPERT, "requestFaceSearch", {"purpose": "STRANDED_SEARCH", "legalBasis": "依据", "necessity": "需要"}),
        (STATION, "confirmReunionIdentity", {"text": "确认无误"}), (EXPERT, "confirmReunionIdentity", {"text": "确认无误"}),
        (CIVIL, "recordReunionProof", {"kind": "DNA", "positive": True, "source": "实验室"}), (CHIEF, "withdrawReunionCase", {"text": "撤回"}),
        (POLICE, "handOver", {"receiver": "某某", "idCheck": "已核对", "place": "站内"}), (EXPERT, "refuseContact", {"text": "不愿意"}),
    ):  # fmt: skip
        assert await refusal(people[phone], command, guest, **fields) == "NOT_PERMITTED", (phone, command)


def test_the_system_decides_nothing_and_each_power_is_its_offices() -> None:
    everything = frozenset({"picture", "choose_face", "my_review", "my_confirmation", "follow_up", "no_alarm", "adult"})
    for state in CaseState:
        assert available(Standing(MACHINE, Case(state=state), is_ours=True, waiting=everything)) == []
    for permission, roles in {
        P.APPROVE: {Role.POLICE_CHIEF}, P.SEARCH: {Role.POLICE_OFFICER}, P.PROVE: {Role.POLICE_OFFICER}, P.PLACE: {Role.CIVIL_AFFAIRS},
        P.CONFIRM: {Role.POLICE_OFFICER, Role.CIVIL_AFFAIRS}, P.REVIEW: {Role.FACE_EXPERT, Role.POLICE_OFFICER},
        P.TAKE_PART: {Role.PERSON}, P.RETURN: {Role.RESCUE_STATION},
    }.items():  # fmt: skip
        assert {role for role, granted in GRANTS.items() if permission in granted} == roles, permission
    for name in ("approve_search", "confirm_identity", "place"):
        assert ACTIONS[name].step_up, name


# ------------------------------------------------------------------------------------------------- the search


async def test_a_search_needs_a_case_a_purpose_its_grounds_and_a_check_before(city: City) -> None:
    _, guest = await pair(city)
    police, station = await city.sign_in(POLICE), await city.sign_in(STATION)
    whole = {"purpose": "STRANDED_SEARCH", "legalBasis": "依据", "necessity": "快速查询无结果"}
    assert await refusal(police, "requestFaceSearch", guest, **whole) == "WRONG_STATE"
    await step(station, "recordQuickCheck", guest, text="无结果")
    for missing_field in ("legalBasis", "necessity"):
        assert await refusal(police, "requestFaceSearch", guest, **{**whole, missing_field: " "}) == "REQUIRED"
    assert await refusal(police, "requestFaceSearch", guest, **{**whole, "purpose": "LOST_RESCUE"}) == "INVALID"
    await step(police, "requestFaceSearch", guest, **whole)
    chief = await city.sign_in(CHIEF)
    assert (await refusal(chief, "decideFaceSearch", guest, approve=False, reason="")) == "REQUIRED"
    (search,) = (await look(chief, guest, "searches { state decidedBy requestedBy necessity }"))["searches"]
    assert (search["state"], search["decidedBy"], search["necessity"]) == ("REQUESTED", None, whole["necessity"])


async def test_nobody_approves_what_he_asked_for_in_another_office_either(city: City, database: Any) -> None:
    _, guest = await pair(city)
    police, station = await city.sign_in(POLICE), await city.sign_in(STATION)
    await step(station, "recordQuickCheck", guest, text="无结果")
    await step(police, "requestFaceSearch", guest, purpose="STRANDED_SEARCH", legalBasis="依据", necessity="需要")
    both = replace(await actor_of(CHIEF), account_id=UUID(police.account_id))
    async with open_scope(both.scope):
        row = await FaceSearch.get(matter_id=guest["id"])
        with pytest.raises(Exception, match="SELF_CONFIRMED"):
            await galleries.decide_search(both, row, approve=True, reason="同意")


async def test_whoever_asked_does_not_review(city: City) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    police = await city.sign_in(POLICE)
    with pytest.raises(Refused) as refused:
        await review(police, await candidate(police, guest, sought))
    assert refused.value.codes == ["INVOLVED_BEFORE"]


# ------------------------------------------------------------------------------------------------ blind reviews

VERDICTS = ("SAME", "DIFFERENT", "UNSURE")


@pytest.mark.parametrize("verdict", ["SAME", "UNSURE"])
async def test_before_his_own_verdict_nothing_tells_a_reviewer_of_the_first_ones_or_of_any_score(city: City, verdict: str, database: Any) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    first, second = await city.sign_in(EXPERT), await city.sign_in(EXPERT_2)
    await review(first, await candidate(first, guest, sought), verdict)
    for phone in (EXPERT_2, CHIEF, STATION, CIVIL, POLICE):
        person = await city.sign_in(phone)
        seen = await candidate(person, guest, sought)
        assert (seen["reviews"], seen["score"], seen["likely"], seen["cosine"], seen["rank"]) == ([], None, None, None, None), phone
        assert set(seen["comparison"]) == {"fields"}
        assert all(set(each) == {"field", "verdict", "code", "data"} for each in seen["comparison"]["fields"])
        events = str((await look(person, guest, TIMELINE))["timeline"])
        assert "candidate:reviewed" in events
        assert [word for word in (f"'{verdict}'", "眉眼", "耳廓", "score", "cosine") if word in events] == []
    inbox = str(await asked(second, "{ inbox(first: 50) { edges { node { kind data } } } }"))
    assert "verdict" not in inbox
    async with open_ledger(database.admin_dsn) as ledger:
        rows = await ledger.fetch("select data::text as text from notification where matter_id = $1 union all "
                                  "select args::text from job where matter_id = $1", UUID(guest["id"]))  # fmt: skip
    assert [row["text"] for row in rows if f'"{verdict}"' in row["text"] or "score" in row["text"]] == []


async def like_three(city: City) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Three reports that fit a guest better and better."""
    facts = told(clothes="蓝色工装裤", dialect="wu.taizhou", originText="台州府城")
    given = [{"name": facts["name"]}, {name: facts[name] for name in ("name", "relatives", "marks")}, facts]
    reports = [await missing(city, facts=each) for each in given]
    return reports, await found(city, facts=facts)


async def test_the_order_of_a_blind_list_does_not_tell_the_ranks(city: City) -> None:
    """In ten searches the reader would be right by chance once in 100,000 runs."""
    for _ in range(10):
        _, guest = await like_three(city)
        guest = await searched(city, guest)
        blind = [each["otherCode"] for each in await candidates(await city.sign_in(EXPERT), guest)]
        async with open_scope(MACHINE.scope):
            from backend.apps.reunion.models import Candidate

            rows = await Candidate.filter(case_id=guest["id"]).order_by("rank")
        ranks = [row.other_code for row in rows]
        assert len(ranks) >= 3
        if blind not in (ranks, ranks[::-1]):
            return
    raise AssertionError("the order told the ranks every time")


async def test_where_two_disagree_a_third_decides(city: City) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    first, second, police = await city.sign_in(EXPERT), await city.sign_in(EXPERT_2), await city.sign_in(POLICE)
    row = await candidate(first, guest, sought)
    await review(first, row, "SAME")
    await review(second, row, "DIFFERENT")
    seen = await candidate(police, guest, sought)
    assert (seen["state"], seen["reviews"], seen["reviewCount"]) == ("OPEN", [], 2)
    for person in (first, second):
        with pytest.raises(Refused) as refused:
            await review(person, row)
        assert refused.value.codes == ["INVOLVED_BEFORE"]


async def test_the_third_is_an_expert(city: City) -> None:
    sought, guest = await pair(city)
    await sought_search(city, sought)
    first, second = await city.sign_in(EXPERT), await city.sign_in(EXPERT_2)
    row = await candidate(first, sought, guest)
    await review(first, row, "SAME")
    await review(second, row, "DIFFERENT")
    async with open_ledger(os.environ["DATABASE_ADMIN_URL"]) as ledger:
        # Somebody else asked: the officer of the next county is then no requester.
        await ledger.execute("set session_replication_role = replica")
        await ledger.execute("update face_search set requested_by = gen_random_uuid() where matter_id = $1", UUID(sought["id"]))
    with pytest.raises(Refused):
        await review(await city.sign_in(NEXT_POLICE), row, "SAME")


# ------------------------------------------------------------------------------------------------ rejected pairs


async def rejected(city: City, guest: dict[str, Any], sought: dict[str, Any]) -> None:
    experts = [await city.sign_in(EXPERT), await city.sign_in(EXPERT_2)]
    row = await candidate(experts[0], guest, sought)
    for expert in experts:
        await review(expert, row, "DIFFERENT")
    assert (await look(await city.sign_in(POLICE), guest))["state"] == "NO_MATCH"


async def its_day_comes(guest: dict[str, Any]) -> None:
    """Half a year is over: until then, and without anything new, a search would wait."""
    async with open_ledger(os.environ["DATABASE_ADMIN_URL"]) as ledger:
        await ledger.execute("update reunion_case set retry_on = null where id = $1", UUID(guest["id"]))


async def searched_again(city: City, guest: dict[str, Any]) -> list[str]:
    """Codes that the newest search lists."""
    police, chief = await city.sign_in(POLICE), await city.sign_in(CHIEF)
    await its_day_comes(guest)
    await step(police, "requestFaceSearch", guest, purpose="STRANDED_SEARCH", legalBasis="依据", necessity="有新材料")
    await step(chief, "decideFaceSearch", guest, approve=True, reason="同意")
    await city.work()
    seen = await look(police, guest, "searches { id } candidates { searchId otherCode }")
    return [each["otherCode"] for each in seen["candidates"] if each["searchId"] == seen["searches"][0]["id"]]


async def test_a_rejected_pair_stays_rejected_until_the_facts_change(city: City) -> None:
    facts = told()
    sought, guest = await pair(city, facts)
    guest = await searched(city, guest)
    await rejected(city, guest, sought)
    assert await searched_again(city, guest) == []
    police = await city.sign_in(NEXT_POLICE)
    await step(police, "correctReunionFacts", sought, facts={**facts, "sex": "MALE", "clothes": "蓝色工装裤"})
    assert await searched_again(city, guest) == [sought["code"]]


async def test_a_step_of_the_other_case_is_no_new_fact(city: City) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    await rejected(city, guest, sought)
    await step(await city.sign_in(NEXT_POLICE), "recordQuickCheck", sought, text="无结果")
    assert await searched_again(city, guest) == []


async def test_new_facts_of_ones_own_case_bring_a_rejected_pair_back(city: City) -> None:
    facts = told()
    sought, guest = await pair(city, facts)
    guest = await searched(city, guest)
    await rejected(city, guest, sought)
    await step(await city.sign_in(STATION), "correctReunionFacts", guest, facts={**facts, "clothes": "蓝色工装裤"})
    assert await searched_again(city, guest) == [sought["code"]]


async def test_a_pair_rejected_on_one_side_is_rejected_on_both(city: City) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    await rejected(city, guest, sought)
    sought = await sought_search(city, sought)
    assert guest["code"] not in [each["otherCode"] for each in await candidates(await city.sign_in(NEXT_POLICE), sought)]


# --------------------------------------------------------------------------------------------- proof and organs


async def test_a_face_is_no_proof_and_one_organ_is_not_two(city: City) -> None:
    sought, guest = await pair(city)
    guest = await leading(city, await searched(city, guest), sought)
    police, civil = await city.sign_in(POLICE), await city.sign_in(CIVIL)
    for person in (police, civil):
        assert await refusal(person, "confirmReunionIdentity", guest, text="长得一样") == "NOT_PROVEN"
    assert await refusal(police, "recordReunionProof", guest, kind="ACQUAINTANCES", positive=True, source="邻居张某") == "REQUIRED"
    await step(police, "recordReunionProof", guest, kind="DOCUMENT", positive=True, source="户口簿原件")
    await step(police, "confirmReunionIdentity", guest, text="证件核对一致")
    assert await refusal(police, "confirmReunionIdentity", guest, text="再确认一次") == "ALREADY_DECIDED"
    assert (await look(civil, guest))["state"] == "VERIFYING"
    both = replace(await actor_of(CIVIL), account_id=UUID(police.account_id))
    from backend.apps.reunion.inputs import ReunionStepInput
    from backend.apps.reunion.service import proofs

    version = (await look(civil, guest))["version"]
    async with open_scope(both.scope):
        with pytest.raises(Exception, match="SELF_CONFIRMED"):
            await proofs.confirm_identity(both, ReunionStepInput(id=guest["id"], version=version, text="我也代表民政"))
    assert (await step(civil, "confirmReunionIdentity", guest, text="家属身份属实"))["state"] == "IDENTITY_CONFIRMED"


async def child(city: City, **guest: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    facts = told()
    return await pair(city, facts, {"facts": {"born": "2018年"}, **guest}, kind="OTHER_MISSING")


async def test_a_child_is_proven_by_dna_alone_and_has_no_say_of_its_own(city: City) -> None:
    sought, guest = await child(city)
    assert guest["isMinor"]
    assert guest["alarm"] == "MINOR"
    station = await city.sign_in(STATION)
    assert await refusal(station, "refuseContact", guest, text="孩子说不想") == "NOT_PERMITTED"
    guest = await leading(city, await searched(city, guest), sought)
    police = await city.sign_in(POLICE)
    for kind in ("DOCUMENT", "FINGERPRINT"):
        await step(police, "recordReunionProof", guest, kind=kind, positive=True, source="出生医学证明")
        assert await refusal(police, "confirmReunionIdentity", guest, text="证件一致") == "NOT_PROVEN"
    guest = await proven(city, guest)
    assert guest["state"] == "IDENTITY_CONFIRMED"
    assert await refusal(station, "arrangeReturn", guest, plan="家属来接", wish="想回家") == "GUARDIAN_NEEDED"


async def test_a_child_whose_age_nobody_knows_is_a_child(city: City) -> None:
    guest = await found(city, facts=told(), conditions=["CHILD"])
    assert guest["alarm"] == "MINOR"
    assert guest["isMinor"]
    assert await refusal(await city.sign_in(STATION), "refuseContact", guest, text="孩子说不想") == "NOT_PERMITTED"


async def test_the_guardian_authoritys_agreement_can_follow_the_statutory_ground(city: City) -> None:
    _, guest = await child(city)
    await step(await city.sign_in(STATION), "recordReunionBasis", guest, basis="GUARDIAN_CONSENT", text="未保中心同意", guardianAgreed=True)


async def test_an_abducted_person_needs_dna_after_the_share_has_ended_too(city: City) -> None:
    sought, guest = await pair(city, kind="ABDUCTED")
    guest = await leading(city, await searched(city, guest), sought)
    await city.pass_time(days=31)
    police = await city.sign_in(POLICE)
    await step(police, "recordReunionProof", guest, kind="DOCUMENT", positive=True, source="出生医学证明")
    assert await refusal(police, "confirmReunionIdentity", guest, text="证件一致") == "NOT_PROVEN"


def test_where_a_child_is_nobody_else_learns_before_its_guardian_agreed() -> None:
    born = clock.now().date().replace(year=clock.now().year - 8)
    for state in (CaseState.IDENTITY_CONFIRMED, CaseState.RETURN_ARRANGED):
        row = Case(state=state, side=Side.FOUND, registered_at=clock.now(), born_from=born, born_to=born, kind="AT_STATION")
        assert not may_see_whereabouts(Standing(MACHINE, row))


# ------------------------------------------------------------------------------------------------------- family


async def test_a_family_sees_its_own_report_and_nothing_of_candidates(city: City) -> None:
    sought, guest = await pair(city)
    sought = await sought_search(city, sought)
    family = await whose(city, sought)
    seen = await look(family, sought, f"""name report {{ reporterName }} candidates {{ id }} searches {{ id }} clocks {{ id }} basisText quickCheck
        followUps {{ month }} availableActions {{ name }} {TIMELINE}""")  # fmt: skip
    assert (seen["candidates"], seen["searches"], seen["clocks"], seen["followUps"]) == ([], [], [], [])
    assert (seen["basisText"], seen["quickCheck"]) == (None, None)
    assert [each["name"] for each in seen["availableActions"]] == ["issue_status_link", "withdraw_report"]
    assert guest["code"] not in str(seen)
    tags = {each["node"]["tag"] for each in seen["timeline"]["edges"]}
    assert not [tag for tag in tags if "candidate" in tag or "lead" in tag or tag == "reunion:search:done"]
    assert [each["id"] for each in (edge["node"] for edge in (await asked(family, LISTED))["edges"])] == [sought["id"]]


async def test_a_family_is_not_told_of_a_lead_before_it_is_proven(city: City) -> None:
    sought, guest = await pair(city)
    sought = await leading(city, await sought_search(city, sought), guest)
    seen = await look(await whose(city, sought), sought, TIMELINE)
    assert not [word for word in ("CANDIDATES", "LEAD", "VERIFYING") if f"'{word}'" in str(seen)]


async def test_an_officer_has_no_official_part_in_his_own_familys_case(city: City) -> None:
    sought, _ = await pair(city, phone=NEXT_CHIEF)
    police, chief = await city.sign_in(NEXT_POLICE), await city.sign_in(NEXT_CHIEF)
    await step(police, "recordQuickCheck", sought, text="无结果")
    await step(police, "requestFaceSearch", sought, purpose="LOST_RESCUE", legalBasis="依据", necessity="需要")
    version = (await look(police, sought))["version"]
    with pytest.raises(Refused) as refused:
        await act(chief, "decideFaceSearch", show="case { id }", id=sought["id"], version=version, approve=True, reason="同意")
    assert refused.value.codes[0] in ("NOT_FOUND", "NOT_PERMITTED", "INVOLVED_BEFORE")


async def test_the_reporters_telephone_needs_a_reason_that_he_reads(city: City) -> None:
    sought, guest = await pair(city)
    police = await city.sign_in(NEXT_POLICE)
    for phone in (NEXT_CHIEF, POLICE, CITIZEN, EXPERT):
        with pytest.raises(Refused):
            await act(await city.sign_in(phone), "revealReporter", show="phone", id=sought["id"], reason="核对情况")
    with pytest.raises(Refused):
        await act(police, "revealReporter", show="phone", id=sought["id"], reason=" ")
    with pytest.raises(Refused):
        await act(await city.sign_in(STATION), "revealReporter", show="phone", id=guest["id"], reason="核对情况")
    assert (await act(police, "revealReporter", show="phone", id=sought["id"], reason="约家属采血"))["phone"] == sought["phone"]
    looks = (await look(police, sought, "looks { what reason }"))["looks"]
    assert {"what": "PHONE", "reason": "约家属采血"} in looks
    # What another county opened is no reason to ring.
    await searched(city, guest)
    with pytest.raises(Refused) as refused:
        await act(await city.sign_in(POLICE), "revealReporter", show="phone", id=sought["id"], reason="核对情况")
    assert refused.value.codes == ["NOT_FOUND"]


async def test_the_reporter_reads_who_had_his_telephone_and_why(city: City) -> None:
    sought, _ = await pair(city)
    await act(await city.sign_in(NEXT_POLICE), "revealReporter", show="phone", id=sought["id"], reason="约家属采血")
    looks = (await look(await whose(city, sought), sought, "looks { what reason }"))["looks"]
    assert {"what": "PHONE", "reason": "约家属采血"} in looks
