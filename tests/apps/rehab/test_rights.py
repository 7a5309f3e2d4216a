"""Who sees what of a case through the API, and who may do what: role, link, state, and the law's own guards."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from backend.apps.rehab import rules
from backend.apps.rehab.access import ACTIONS, Standing, available
from backend.apps.rehab.enums import CaseState, LinkKind
from backend.apps.rehab.models import Case, CheckIn
from backend.apps.rehab.permissions import GRANTS
from backend.apps.rehab.permissions import Permission as P
from backend.apps.rehab.service import enrolment, rulebook, scoring
from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.access.roles import Role
from backend.kernel.db.scope import open_scope
from tests.apps.rehab.test_faces import clock_forward, demanded
from tests.factories import hostile
from tests.factories.city import PROGRAM_OFFICE, TOWN_LEADER, City, Person, Refused
from tests.factories.ledger import open_ledger
from tests.factories.supervision import (
    CHIEF,
    CITIZEN,
    GRID,
    MEDIATOR,
    NEIGHBOUR_OFFICE,
    NEIGHBOUR_WORKER,
    OFFICE,
    OFFICE_2,
    PATROL,
    POLICE,
    VILLAGE_OFFICER,
    WORKER,
    act,
    look,
    new_phone,
    started,
    step,
    whose,
)
from tests.kernel.db.test_row_level_security import COUNTY_PATH

MACHINE = system_actor("331024", COUNTY_PATH)
OUTSIDERS = (
    CITIZEN, GRID, MEDIATOR, NEIGHBOUR_OFFICE, NEIGHBOUR_WORKER, PATROL, PROGRAM_OFFICE, TOWN_LEADER, VILLAGE_OFFICER,
)  # fmt: skip
ANSWERS, NAME = "绝密答案:睡不好", "测试庚七"
WHOLE = """name phoneMasked looks { who what reason } lookups { officer } tests { id result paper { id } }
    checkIns { id mood wantsHelp answers outcome score problem latitude longitude accuracy placeHint portraitUrl enrolledUrl }
    chain { kind record } entries { rule cause } papers { id template } whistles { text } breaches { fact } leaves { reason }
    requests { text } objections { grounds } assessments { reason } agreement { testPlan }
    timeline(first: 100) { edges { node { tag reason data } } } enrolment { state portraitUrl } availableActions { name }"""


async def day(ahead: int = 0) -> str:
    return str((clock.now() + timedelta(days=ahead)).astimezone(clock.LOCAL).date())


async def watched(city: City) -> dict[str, Any]:
    """A case with a check-in in review, its picture, a test and its paper; ids and addresses beside it."""
    case = await started(city, name=NAME)
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    await act(
        person, "submitCheckIn", taskId=await demanded(city, case), mode="NO_FACE", capturedAt=clock.now().isoformat(),
        mood="STRUGGLING", wantsHelp=True, answers=ANSWERS, latitude=28.72, longitude=120.6, accuracy=20,
    )  # fmt: skip
    await step(worker, "recordDrugTest", case, kind="URINE", result="ONSITE_POSITIVE", place="白塔镇", witness="测试民警",
               sampleA="A1", sampleB="B1")  # fmt: skip
    await city.work()
    seen = await look(worker, case, "checkIns(first: 1) { id } tests { paper { id } } agreement { paper { id } } chain { id }")
    picture = BytesIO()
    Image.new("RGB", (64, 64), "#888").save(picture, "JPEG")
    async with open_scope(MACHINE.scope):
        row = await CheckIn.get(id=seen["checkIns"][0]["id"])
        file = await enrolment.keep_portrait(await Case.get(id=case["id"]), row, picture.getvalue(), "REVIEWED")
        row.portrait_id = file.id
        await row.save(update_fields=["portrait_id"])
    return {
        **case, "check_in": str(row.id), "picture": f"/files/{file.id}", "test_paper": seen["tests"][0]["paper"]["id"],
        "agreement": seen["agreement"]["paper"]["id"], "task": seen["chain"][0]["id"],
    }  # fmt: skip


async def asked(person: Person, query: str, **variables: Any) -> Any:
    """The first field's value; the code instead, when the operation was refused."""
    body = (await person.client.post("/graphql", json={"query": query, "variables": variables})).json()
    if body.get("errors"):
        return body["errors"][0]["extensions"]["code"]
    return next(iter(body["data"].values()))


async def opened(person: Person, case: dict[str, Any]) -> dict[str, bool]:
    """Which pictures and papers of the case this person gets, by address and by query."""
    found = {}
    for name, url in {
        "picture": case["picture"], "test": f"/papers/{case['test_paper']}.docx",
        "agreement": f"/papers/{case['agreement']}.docx",
    }.items():  # fmt: skip
        answer = await person.client.get(url)
        assert answer.status_code in (200, 404), answer.text
        found[name] = answer.status_code == 200
    for name in ("test_paper", "agreement"):
        paper = await asked(person, "query($id: ID!) { paper(id: $id) { html } }", id=case[name])
        assert (paper is not None) == found["test" if name == "test_paper" else name]
    return found


async def test_whoever_is_no_link_finds_no_such_case(city: City) -> None:
    case = await watched(city)
    for phone in (*OUTSIDERS, new_phone()):
        person = await city.sign_in(phone)
        for query, variables in (
            ("query($id: ID!) { rehabCase(id: $id) { id } }", {"id": case["id"]}),
            ("query($id: ID!) { rehabCheckIn(id: $id) { mood answers } }", {"id": case["check_in"]}),
            ("query($id: ID!) { myRehabTask(id: $id) { id } }", {"id": case["task"]}),
            ("query($id: ID!) { rehabAssignees(caseId: $id, kind: GRID) { name } }", {"id": case["id"]}),
        ):
            assert await asked(person, query, **variables) in (None, [], "NOT_PERMITTED"), (phone, query)
        for query in (
            "{ rehabCases(first: 100) { edges { node { id name } } } }",
            '{ rehabCases(filter: {search: "测试庚"}) { edges { node { id name } } } }',
            "{ rehabReviewQueue(first: 100) { edges { node { id caseId answers } } } }",
            "{ myRehabTasks(first: 100) { edges { node { caseId kind } } } }",
            "{ rehabMap { latitude task { caseId } } }",
            "{ myRehabCase { id name } }",
            "{ rehabTransfers { code } }",
        ):
            found = str(await asked(person, query))
            if "myRehabTasks" not in query or phone not in (GRID, VILLAGE_OFFICER):
                assert case["id"] not in found, (phone, query)
            assert ANSWERS not in found
        assert set((await opened(person, case)).values()) == {False}, phone


async def test_a_grid_member_knows_with_whom_and_where_and_no_more(city: City) -> None:
    case = await watched(city)
    grid = await city.sign_in(GRID)
    for _ in range(20):
        edges = (await grid.ask(
            "query($id: ID!) { myRehabTasks(filter: {caseId: $id}) { edges { node { id caseId kind link personName placeText record } } } }",
            id=case["id"],
        ))["myRehabTasks"]["edges"]  # fmt: skip
        mine = [edge["node"] for edge in edges if edge["node"]["caseId"] == case["id"]]
        if mine:
            break
        await city.pass_time(days=3)
    assert {(each["link"], each["personName"], each["record"]) for each in mine} == {("GRID", NAME, None)}
    assert await asked(grid, "query($id: ID!) { rehabCase(id: $id) { id } }", id=case["id"]) == "NOT_PERMITTED"


@pytest.mark.parametrize("phone", [WORKER, POLICE, OFFICE])
async def test_who_works_with_the_person_sees_his_words_tests_and_pictures(city: City, phone: str) -> None:
    case = await watched(city)
    officer = await city.sign_in(phone)
    seen = await look(officer, case, WHOLE)
    (check_in,) = seen["checkIns"]
    assert (check_in["mood"], check_in["answers"], check_in["wantsHelp"]) == ("STRUGGLING", ANSWERS, True)
    assert check_in["portraitUrl"] == case["picture"]
    assert [each["result"] for each in seen["tests"]] == ["ONSITE_POSITIVE"]
    assert case["phone"] not in str(seen)
    assert await opened(officer, case) == {"picture": True, "test": True, "agreement": True}


async def test_the_head_of_police_sees_the_case_and_neither_health_nor_pictures(city: City) -> None:
    case = await watched(city)
    chief = await city.sign_in(CHIEF)
    seen = await look(chief, case, WHOLE)
    (check_in,) = seen["checkIns"]
    for name in ("mood", "answers", "outcome", "score", "problem", "latitude", "longitude", "portraitUrl", "enrolledUrl"):
        assert check_in[name] is None, name
    assert not check_in["wantsHelp"]
    assert seen["tests"] == []
    assert "test_notice" not in [paper["template"] for paper in seen["papers"]]
    assert ANSWERS not in str(seen)
    assert await opened(chief, case) == {"picture": False, "test": False, "agreement": True}
    queue = await asked(chief, "{ rehabReviewQueue { edges { node { id } } } }")
    assert queue == "NOT_PERMITTED"


async def test_the_person_sees_everything_about_himself_but_the_engines_opinion(city: City) -> None:
    case = await watched(city)
    person = await whose(city, case)
    seen = await look(person, case, WHOLE)
    (check_in,) = seen["checkIns"]
    assert (check_in["answers"], check_in["outcome"], check_in["score"]) == (ANSWERS, None, None)
    assert [each["result"] for each in seen["tests"]] == ["ONSITE_POSITIVE"]
    assert seen["chain"] == seen["whistles"] == []
    assert seen["agreement"] is not None
    assert await opened(person, case) == {"picture": True, "test": True, "agreement": True}
    other = await started(city)
    assert await asked(person, "query($id: ID!) { rehabCase(id: $id) { id } }", id=other["id"]) is None


async def test_what_officers_say_to_each_other_is_not_in_the_persons_timeline(city: City) -> None:
    case = await watched(city)
    worker, person = await city.sign_in(WORKER), await whose(city, case)
    await step(worker, "blowWhistle", case, ground="SELF_HARM", text="担心本人安全", called=["POLICE"])
    tags = [each["node"]["tag"] for each in (await look(person, case, WHOLE))["timeline"]["edges"]]
    assert not [tag for tag in tags if "whistle" in tag or "missed" in tag or "warned" in tag]
    assert {"rehab:case:registered", "rehab:case:started", "rehab:check_in:submitted"} <= set(tags)


async def test_a_relative_is_shown_nothing_of_the_case(city: City) -> None:
    case = await watched(city)
    number = new_phone()
    await step(await whose(city, case), "inviteFamily", case, name="测试己六", phone=number)
    await city.work()
    relative = await city.sign_in(number)
    assert await asked(relative, "query($id: ID!) { rehabCase(id: $id) { id } }", id=case["id"]) is None
    assert await asked(relative, "query($id: ID!) { rehabCheckIn(id: $id) { mood } }", id=case["check_in"]) is None
    assert set((await opened(relative, case)).values()) == {False}
    for name in ("fileLeave", "submitCheckIn", "showPass", "inviteFamily", "consentToFace", "objectToRehab"):
        codes = await refused_codes(relative, name, {"id": case["id"], "taskId": case["task"]})
        assert codes == ["NOT_FOUND"], name
    with pytest.raises(AssertionError):
        await relative.ask("{ rehabReviewQueue { edges { node { id } } } }")


async def test_an_officer_has_no_official_part_in_a_relatives_case(city: City) -> None:
    case = await watched(city)
    office = await city.sign_in(OFFICE_2)
    assert (await look(office, case))["id"] == case["id"]
    await step(await whose(city, case), "inviteFamily", case, name="测试禁毒办乙", phone=OFFICE_2)
    await city.work()
    assert await asked(office, "query($id: ID!) { rehabCase(id: $id) { id } }", id=case["id"]) is None
    assert set((await opened(office, case)).values()) == {False}
    assert case["check_in"] not in str(await asked(office, "{ rehabReviewQueue(first: 100) { edges { node { id } } } }"))
    assert await refused_codes(office, "decideRehabObjection", {"objectionId": case["id"]}) == ["NOT_FOUND"]
    with pytest.raises(Refused) as refused:
        await act(office, "revealCaseContact", show="phone", id=case["id"], reason="核对联系方式")
    assert refused.value.codes == ["NOT_FOUND"]


# ------------------------------------------------------------------------------------------------------- looks


async def looks_of(city: City, case: dict[str, Any]) -> list[tuple[str, str]]:
    found = (await look(await whose(city, case), case, "looks { what reason who at }"))["looks"]
    return [(each["what"], each["reason"]) for each in found]


#: What an officer may read of a case beside its line in a list.
PARTS = (
    "checkIns { mood }", "tests { result }", "entries { cause }", "leaves { reason }", "requests { text }", "breaches { fact }",
    "phoneMasked", "timeline { edges { node { tag } } }", "assessments { reason }", "score { score }", "agreement { help }",
    "objections { grounds }", "papers { html }",
)  # fmt: skip
READINGS = (
    "query($id: ID!) { rehabCase(id: $id) { name } }",
    "query($check: ID!) { rehabCheckIn(id: $check) { mood answers } }",
    "{ rehabReviewQueue(first: 100) { edges { node { mood } } } }",
    *(f"{{ rehabCases(first: 100) {{ edges {{ node {{ {part} }} }} }} }}" for part in PARTS),
)


async def test_an_officers_reading_leaves_a_look_that_the_person_reads(city: City) -> None:
    case = await watched(city)
    office, person = await city.sign_in(OFFICE_2), await whose(city, case)
    for number, query in enumerate(READINGS):
        seen = (await look(person, case, "looks { who what }"))["looks"]
        assert [each["what"] for each in seen if each["who"].startswith("测试禁毒办乙")] == ["CASE"] * number, query
        named = {"id": case["id"], "check": case["check_in"]}
        await office.ask(query, **{name: value for name, value in named.items() if f"${name}:" in query})
        await clock_forward(timedelta(minutes=31))
    seen = (await look(person, case, "looks { who what reason }"))["looks"]
    assert [each["reason"] for each in seen if each["who"].startswith("测试禁毒办乙")] == ["日常管理"] * len(READINGS)


async def test_a_picture_looked_at_is_a_look(city: City) -> None:
    case = await watched(city)
    office = await city.sign_in(OFFICE_2)
    for _ in range(2):
        assert (await office.client.get(case["picture"])).status_code == 200
    assert [what for what, _ in await looks_of(city, case)].count("PICTURE") == 1


async def test_contact_data_needs_a_reason_and_every_reason_is_read_by_the_person(city: City) -> None:
    case = await watched(city)
    worker = await city.sign_in(WORKER)
    assert (await look(worker, case, "phoneMasked"))["phoneMasked"] not in (None, case["phone"])
    for reason in ("", " ", "查"):
        with pytest.raises(Refused) as refused:
            await act(worker, "revealCaseContact", show="phone", id=case["id"], reason=reason)
        assert refused.value.errors[0]["field"] == "reason"
    for reason in ("联系不上本人", "核对身份证号", "联系不上本人"):
        shown = await act(worker, "revealCaseContact", show="phone idNumber", id=case["id"], reason=reason)
        assert shown["phone"] == case["phone"]
    contact = [reason for what, reason in await looks_of(city, case) if what == "CONTACT"]
    assert sorted(contact) == sorted(["联系不上本人", "核对身份证号"])
    for phone in (CHIEF, GRID, PATROL, MEDIATOR):
        with pytest.raises(Refused) as refused:
            await act(await city.sign_in(phone), "revealCaseContact", show="phone", id=case["id"], reason="想看一下")
        assert refused.value.codes[0] in ("NOT_PERMITTED", "NOT_FOUND")


# ------------------------------------------------------------------------------------- every command, by reach


def plausible(kind: Any, name: str, ids: dict[str, str]) -> Any:
    """A value of this type that is in order as far as its form goes."""
    from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull

    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        return [plausible(kind.of_type, name, ids)]
    if isinstance(kind, GraphQLInputObjectType):
        needed = {key: each for key, each in kind.fields.items() if isinstance(each.type, GraphQLNonNull)}
        return {key: plausible(each.type, key, ids) for key, each in needed.items()}
    if isinstance(kind, GraphQLEnumType):
        return "NO_FACE" if "NO_FACE" in kind.values else min(kind.values)
    now = clock.now().isoformat()
    fixed = {"Boolean": True, "Int": 1, "Float": 1.0, "Date": now[:10], "DateTime": now, "JSON": {}}
    return fixed.get(kind.name, ids.get(name, "经过核实的说明文字"))


async def refused_codes(person: Person, name: str, ids: dict[str, str]) -> list[str]:
    field = hostile.fields("mutation")[name]
    variables = {key: plausible(argument.type, key, ids) for key, argument in field.args.items()}
    answer = await person.ask(hostile.operation("mutation", name), **variables)
    return [error["code"] for error in answer[name]["errors"]]


def of_a_case() -> list[str]:
    """Mutations that are about a case that exists."""
    from backend.apps.rehab.graphql import RehabMutation

    fields = {field.python_name for field in RehabMutation.__strawberry_definition__.fields}  # type: ignore[attr-defined]
    known = {hostile_name(name) for name in fields}
    return sorted(known - {"registerRehabCase", "verifyPass", "logOfflineLookups", "draftRuleSet", "tryRuleSet", "finishRuleSet"})


def hostile_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


async def test_out_of_reach_every_command_says_that_there_is_no_such_thing(city: City) -> None:
    case = await watched(city)
    ids = {"id": case["id"], "taskId": case["task"], "checkInId": case["check_in"], "paperId": case["agreement"]}
    names = of_a_case()
    assert len(names) > 50
    for phone in (NEIGHBOUR_WORKER, PATROL, MEDIATOR, CITIZEN):
        person = await city.sign_in(phone)
        for name in names:
            codes = await refused_codes(person, name, ids)
            assert codes in (["NOT_FOUND"], ["NOT_PERMITTED"]), (phone, name)
            if phone == CITIZEN and name not in ("answerTransfer",):
                assert codes == ["NOT_FOUND"], name
    async with city.client() as client:
        for name in names:
            assert await refused_codes(Person(client, ""), name, ids) == ["UNAUTHENTICATED"], name


# -------------------------------------------------------------------------- guards of the law (domain.md 14.3)


def test_the_system_has_no_action_in_any_state_and_isolation_is_the_chiefs() -> None:
    everything = frozenset({"check_in", "entry", "proposal", "breach", "objection", "leave", "request", "signature", "task"})
    for state in CaseState:
        assert available(Standing(MACHINE, Case(state=state), frozenset(LinkKind), waiting=everything)) == []
    assert [role for role, granted in GRANTS.items() if P.ISOLATE in granted] == [Role.POLICE_CHIEF]
    assert [role for role, granted in GRANTS.items() if P.DECIDE_BAND in granted] == [Role.ANTI_DRUG_OFFICE]
    for name in ("order_isolation", "decide_band", "override_band", "decide_objection", "confirm_breach", "report_serious_breach"):
        assert ACTIONS[name].step_up, name


async def test_the_system_puts_no_band(city: City) -> None:
    case = await started(city)
    async with open_scope(MACHINE.scope):
        with pytest.raises(AssertionError):
            await scoring.put_band(MACHINE, await Case.get(id=case["id"]), "A")  # type: ignore[arg-type]


async def isolated(city: City) -> dict[str, Any]:
    """A case through three breaches to the head of the police, with a band decided and an objection upheld on the way."""
    case = await started(city)
    worker, office, person = await city.sign_in(WORKER), await city.sign_in(OFFICE), await whose(city, case)
    await step(office, "overrideBand", case, band="A", reason="近期多次失联,家属反映明显", until=await day(60))
    (band,) = (await look(person, case, "assessments { id }"))["assessments"]
    await step(person, "objectToRehab", case, target="BAND", targetId=band["id"], grounds="家属说法不实")
    objection = (await look(person, case, "objections { id }"))["objections"][0]["id"]
    await act(await city.sign_in(OFFICE_2), "decideRehabObjection", objectionId=objection, uphold=True, decision="核实后家属已更正,恢复原等级。")
    for _ in range(3):
        await step(worker, "noteBreach", case, kind="TEST_EVADED", fact="未到场检测", clause="第三条", heard="本人称忘记了")
        rows = (await look(office, case, "breaches { id confirmedAt }"))["breaches"]
        waiting = next(row["id"] for row in rows if row["confirmedAt"] is None)
        await step(office, "confirmBreach", case, breachId=waiting, confirm=True, reason="经核实属实")
    await step(office, "reportSeriousBreach", case, text="三次逃避检测")
    for phone in (WORKER, POLICE, OFFICE):
        with pytest.raises(Refused) as refused:
            await step(await city.sign_in(phone), "orderIsolation", case, decisionNo="仙公强戒〔2026〕1号", reason="严重违反协议,依法决定")
        assert refused.value.codes == ["NOT_PERMITTED"]
    chief = await city.sign_in(CHIEF)
    return await step(chief, "orderIsolation", case, decisionNo="仙公强戒〔2026〕1号", reason="严重违反协议,依法决定")


async def test_every_band_and_isolation_in_the_log_was_decided_by_the_office_the_law_names(city: City, database: Any) -> None:
    case = await isolated(city)
    assert (case["state"], case["band"]) == ("ISOLATION_ORDERED", "B")
    await city.pass_time(days=8)
    async with open_ledger(database.admin_dsn) as ledger:
        decided = await ledger.fetch(
            """select tag, actor_role, actor_id, data->>'to_band' as band, matter_id from event where app = 'rehab'
               and (tag in ('rehab:band:decided', 'rehab:band:declined') or (to_state = 'ISOLATION_ORDERED' and from_state <> to_state))"""
        )
        wanted = {"rehab:band:decided": "ANTI_DRUG_OFFICE", "rehab:band:declined": "ANTI_DRUG_OFFICE", "rehab:isolation:ordered": "POLICE_CHIEF"}
        assert {(row["tag"], row["actor_role"]) for row in decided} <= set(wanted.items())
        assert all(row["actor_id"] is not None for row in decided)
        mine = [(row["tag"], row["band"]) for row in decided if str(row["matter_id"]) == case["id"]]
        assert mine == [("rehab:band:decided", "A"), ("rehab:band:decided", "B"), ("rehab:isolation:ordered", None)]
        # Whatever band a case has, the log says who gave it.
        rows = await ledger.fetch(
            """select c.band, (select e.data->>'to_band' from event e where e.matter_id = c.id and e.tag = 'rehab:band:decided'
                   order by e.seq desc limit 1) as said from rehab_case c where not exists (
                       select 1 from event t where t.matter_id = c.id and t.data->>'basis' like '转入%')"""
        )
        assert {(row["band"], row["said"] or "B") for row in rows} <= {(band, band) for band in ("A", "B", "C1", "C2")}
    person = await whose(city, case)
    notices = [paper["template"] for paper in (await look(person, case, "papers { template }"))["papers"]]
    assert notices.count("band_notice") == 2, "whoever changes a colour gives notice of it"


async def test_a_persons_own_view_holds_each_rule_text_that_was_applied_to_him(city: City) -> None:
    case = await started(city)
    worker, office, person = await city.sign_in(WORKER), await city.sign_in(OFFICE), await whose(city, case)
    for rule in rulebook.city().rules.values():
        evidence = [str(each) for each in rule.evidence[0]]
        await step(worker, "recordPoints", case, rule=rule.id, factOn=await day(), cause="核实的事实", evidence=evidence)
    lines = (await look(person, case, "entries { id rule ruleText { zh en } state counts }"))["entries"]
    assert {line["rule"] for line in lines} == set(rulebook.city().rules)
    for line in lines:
        text = rulebook.city().rules[line["rule"]].basis.text
        assert line["ruleText"] == {"zh": text.zh, "en": text.en}
        assert (line["state"], line["counts"]) == ("DRAFT", 0.0), "nothing counts before a second person confirmed it"
    await step(office, "confirmPoints", case, entryIds=[line["id"] for line in lines], confirm=True, reason="核实无误")
    book = (await look(person, case, "rulebook { rules { id text { zh } source } bands { name text { zh } } principles { zh } }"))["rulebook"]
    assert {rule["id"] for rule in book["rules"]} == set(rulebook.city().rules)
    assert all(rule["text"]["zh"] and rule["source"] for rule in book["rules"])
    assert [band["name"] for band in book["bands"]] == ["A", "B", "C1", "C2"]


async def test_a_contested_line_never_counts_until_it_is_decided(city: City) -> None:
    case = await started(city)
    worker, office, other, person = [await city.sign_in(each) for each in (WORKER, OFFICE, OFFICE_2, case["phone"])]
    await step(worker, "recordPoints", case, rule="sample_tampered", factOn=await day(), cause="样本温度异常",
               evidence=["WITNESS", "WITNESS", "RECORDING"])  # fmt: skip
    (line,) = (await look(office, case, "entries { id }"))["entries"]
    await step(office, "confirmPoints", case, entryIds=[line["id"]], confirm=True, reason="核实无误")
    await step(person, "objectToRehab", case, target="ENTRY", targetId=line["id"], grounds="样本当时放在车上")
    await city.pass_time(days=9)
    assert (await look(person, case, "score { score }"))["score"] == {"score": 60.0}
    objection = (await look(person, case, "objections { id }"))["objections"][0]["id"]
    await act(other, "decideRehabObjection", objectionId=objection, uphold=False, decision="证据充分,维持原记录。")
    assert (await look(person, case, "score { score }"))["score"] == {"score": 40.0}


async def test_an_objection_is_answered_after_supervision_has_ended_too(city: City) -> None:
    case = await started(city)
    office, other, person = [await city.sign_in(each) for each in (OFFICE, OFFICE_2, case["phone"])]
    await step(office, "overrideBand", case, band="A", reason="近期多次失联,家属反映明显", until=await day(60))
    (band,) = (await look(person, case, "assessments { id }"))["assessments"]
    await step(await city.sign_in(CHIEF), "terminateRehabCase", case, endType="ORDER_ANNULLED", document="复议决定书")
    await step(person, "objectToRehab", case, target="BAND", targetId=band["id"], grounds="家属说法不实")
    objection = (await look(person, case, "objections { id }"))["objections"][0]["id"]
    await act(other, "decideRehabObjection", objectionId=objection, uphold=True, decision="核实后家属已更正,异议成立。")
    seen = await look(person, case, "objections { state } chain { id }")
    assert (seen["objections"], seen["band"]) == ([{"state": "UPHELD"}], "A")
    assert (await person.ask("{ myRehabTasks { edges { node { id } } } }"))["myRehabTasks"]["edges"] == []


async def test_nobody_answers_a_request_about_himself(city: City) -> None:
    case = await started(city)
    person, worker, office = await whose(city, case), await city.sign_in(WORKER), await city.sign_in(OFFICE)
    await step(person, "fileRehabRequest", case, kind="CHANGE_WORKER", text="希望换一位社工")
    (request,) = (await look(person, case, "requests { id }"))["requests"]
    with pytest.raises(Refused) as refused:
        await act(worker, "decideRehabRequest", requestId=request["id"], grant=False, answer="不同意更换")
    assert refused.value.codes == ["NOT_PERMITTED"]
    await act(office, "decideRehabRequest", requestId=request["id"], grant=True, answer="同意,另行指派")


def test_statutory_limits_are_the_laws() -> None:
    lengths = {name: (rule.length, str(rule.unit)) for name, rule in rules.RULES.items() if rule.basis_mark == "law"}
    assert lengths["report"] == (15, "CD")
    assert lengths["release_notice"] == (7, "CD")
    assert rules.is_serious(3, 0, 0)
    assert UUID(int=0) == MACHINE.membership.id  # type: ignore[union-attr]
