"""A case from the served order to its end, through the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.kernel import clock
from tests.apps.rehab.test_faces import demanded
from tests.factories.city import City, Refused
from tests.factories.supervision import (
    OFFICE,
    OFFICE_2,
    WORKER,
    act,
    look,
    started,
    step,
    whose,
)


async def test_from_order_to_supervision(city: City) -> None:
    case = await started(city)
    assert case["state"] == "IN_PROGRESS"
    worker = await city.sign_in(WORKER)
    seen = await look(worker, case, "links { kind name } chain { kind link state opensAt dueAt } availableActions { name }")
    assert {link["kind"] for link in seen["links"]} == {"DRUG_WORKER", "POLICE", "GRID", "VILLAGE", "OFFICE"}
    person = await whose(city, case)
    mine = await person.ask("{ myRehabCase { id band nextTask { kind opensAt } entries { rule } score { score band } } }")
    assert mine["myRehabCase"]["id"] == case["id"]
    office = await city.sign_in(OFFICE)
    await look(office, case)


async def test_a_check_in_without_a_face_waits_for_a_person(city: City) -> None:
    case = await started(city)
    task = {"id": await demanded(city, case)}
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    await act(
        person, "submitCheckIn", taskId=task["id"], mode="NO_FACE", capturedAt=clock.now().isoformat(), mood="LOW",
        wantsHelp=True, answers="睡不好", latitude=28.72, longitude=120.6, accuracy=20,
    )  # fmt: skip
    await city.work()
    queue = await worker.ask("{ rehabReviewQueue(first: 100) { edges { node { id caseId mood wantsHelp answers placeHint problem state } } } }")
    (edge,) = [edge for edge in queue["rehabReviewQueue"]["edges"] if edge["node"]["caseId"] == case["id"]]
    assert edge["node"]["answers"] == "睡不好"
    assert edge["node"]["placeHint"] == "INSIDE"
    chain = (await look(worker, case, "chain { kind link state }"))["chain"]
    assert any(each["kind"] == "CALL_BACK" for each in chain)
    await act(worker, "reviewCheckIn", checkInId=edge["node"]["id"], accept=True, note="电话核实本人")
    await city.work()
    seen = await look(worker, case, "checkIns { state reviewNote } entries { rule state points }")
    assert seen["checkIns"][0]["state"] == "ACCEPTED"
    assert seen["entries"] == [{"rule": "contact_on_time", "state": "DRAFT", "points": 1.0}]


QUEUE = """query($first: Int!, $after: String, $caseId: ID) { rehabReviewQueue(first: $first, after: $after, caseId: $caseId) {
    edges { node { caseId wantsHelp receivedAt } } pageInfo { hasNextPage endCursor } } }"""


async def test_who_asks_for_help_is_first_in_line_then_who_waits_longest(city: City) -> None:
    cases = [await started(city) for _ in range(4)]
    for number, case in enumerate(cases):
        person = await whose(city, case)
        await act(person, "submitCheckIn", taskId=await demanded(city, case), mode="NO_FACE",
                  capturedAt=clock.now().isoformat(), wantsHelp=number % 2 == 1)  # fmt: skip
    await city.work()
    worker = await city.sign_in(WORKER)
    seen, after = [], None
    while True:
        page = (await worker.ask(QUEUE, first=1, after=after))["rehabReviewQueue"]
        seen += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    mine = [case["id"] for case in cases]
    assert [each["caseId"] for each in seen if each["caseId"] in mine] == [mine[1], mine[3], mine[0], mine[2]]
    assert seen == sorted(seen, key=lambda each: (not each["wantsHelp"], each["receivedAt"]))
    (only,) = (await worker.ask(QUEUE, first=9, caseId=mine[2]))["rehabReviewQueue"]["edges"]
    assert only["node"]["caseId"] == mine[2]


async def test_points_band_and_objection(city: City) -> None:
    case = await started(city)
    worker, office, other = [await city.sign_in(each) for each in (WORKER, OFFICE, OFFICE_2)]
    person = await whose(city, case)
    today = str(clock.now().astimezone(clock.LOCAL).date())
    await step(worker, "recordPoints", case, rule="sample_tampered", factOn=today, cause="样本温度异常",
               evidence=["WITNESS", "WITNESS", "RECORDING"])  # fmt: skip
    entry = (await look(office, case, "entries { id state }"))["entries"][0]
    with pytest.raises(Refused) as refused:
        await step(worker, "confirmPoints", case, entryIds=[entry["id"]], confirm=True, reason="属实")
    assert refused.value.codes == ["SELF_CONFIRMED"]
    await step(office, "confirmPoints", case, entryIds=[entry["id"]], confirm=True, reason="两名见证人及录像")
    await city.work()
    seen = await look(office, case, "score { score band } assessments { state fromBand toBand } entries { state counts }")
    assert seen["score"] == {"score": 40.0, "band": "B"}
    await step(person, "objectToRehab", case, target="ENTRY", targetId=entry["id"], grounds="样本当时放在车上")
    await city.work()
    seen = await look(person, case, "score { score } entries { state counts whyNot } objections { id state }")
    assert seen["score"] == {"score": 60.0}
    assert seen["entries"][0]["state"] == "CONTESTED"
    objection = seen["objections"][0]["id"]
    with pytest.raises(Refused) as refused:
        await act(office, "decideRehabObjection", objectionId=objection, uphold=False, decision="证据充分,维持原记录。")
    assert refused.value.codes == ["INVOLVED_BEFORE"]
    await act(other, "decideRehabObjection", objectionId=objection, uphold=True, decision="样本保管不规范,予以撤销。")
    await city.work()
    seen = await look(person, case, "entries { state } objections { state decidedBy }")
    assert seen["entries"][0]["state"] == "REVOKED"
    assert seen["objections"][0]["state"] == "UPHELD"


async def test_a_band_moves_by_a_named_persons_decision_only(city: City) -> None:
    case = await started(city)
    worker, office = [await city.sign_in(each) for each in (WORKER, OFFICE)]
    person = await whose(city, case)
    day = clock.now().astimezone(clock.LOCAL).date()
    for rule, evidence in (("sample_tampered", ["WITNESS", "WITNESS", "RECORDING"]), ("test_missed", ["PLAN", "CONTACT_TRY", "CONTACT_TRY"])):
        await step(worker, "recordPoints", case, rule=rule, factOn=str(day), cause="核实的事实", evidence=evidence)
    ids = [each["id"] for each in (await look(office, case, "entries { id }"))["entries"]]
    await step(office, "confirmPoints", case, entryIds=ids, confirm=True, reason="核实无误")
    await city.work()
    seen = await look(office, case, "assessments { id state fromBand toBand explanation }")
    assert seen["band"] == "B"
    proposal = seen["assessments"][0]
    assert (proposal["state"], proposal["toBand"]) == ("PROPOSED", "A")
    assert (await look(person, case, "assessments { id }"))["assessments"] == []
    case = await step(office, "decideBand", case, proposalId=proposal["id"], accept=True, reason="按规则调整,加强帮扶")
    assert case["band"] == "A"
    told = await look(person, case, "assessments { state decidedBy reason paper { title } }")
    assert told["assessments"][0]["decidedBy"] == "测试禁毒办甲"
    case = await step(
        office, "overrideBand", case, band="B", reason="本人主动配合治疗,家庭支持良好", until=str(day + timedelta(days=30))
    )
    assert case["band"] == "B"
    await city.pass_time(days=31)
    seen = await look(office, case, "assessments { state cause toBand } overrideUntil")
    assert seen["overrideUntil"] is None
    assert seen["band"] == "B"
    assert [each["toBand"] for each in seen["assessments"] if each["state"] == "PROPOSED"] == ["A"]
