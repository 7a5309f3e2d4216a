"""Commands of supervision twice, out of order, two at once, killed in the middle; and the ledger under any sequence of them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.apps.rehab.models import Case
from backend.apps.rehab.service import ledger, rulebook
from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.db.scope import open_scope
from backend.kernel.identity import limits
from backend.kernel.jobs.runner import run_job
from backend.kernel.workflow import matters
from tests.apps.rehab.test_faces import clock_forward, demanded
from tests.factories.city import City, Person, Refused
from tests.factories.ledger import open_ledger
from tests.factories.supervision import (
    CHIEF,
    NEIGHBOUR_OFFICE,
    OFFICE,
    OFFICE_2,
    POLICE,
    WORKER,
    act,
    green,
    look,
    new_phone,
    registered,
    started,
    step,
    whose,
)
from tests.kernel.db.test_row_level_security import COUNTY_PATH

MACHINE = system_actor("331024", COUNTY_PATH)
NEIGHBOUR_VILLAGE = "331023101213"


def today(ahead: int = 0) -> str:
    return str((clock.now() + timedelta(days=ahead)).astimezone(clock.LOCAL).date())


async def outcomes(*commands: Awaitable[Any]) -> list[str]:
    """DONE or the first error code of each, sorted; anything else that is raised fails the test."""
    ends = await asyncio.gather(*commands, return_exceptions=True)
    found = []
    for end in ends:
        if isinstance(end, BaseException) and not isinstance(end, Refused):
            raise end
        found.append(end.codes[0] if isinstance(end, Refused) else "DONE")
    return sorted(found)


async def drafted_line(city: City, case: dict[str, Any], rule: str = "sample_tampered") -> str:
    evidence = {"sample_tampered": ["WITNESS", "WITNESS", "RECORDING"], "course_done": ["CERTIFICATE"]}[rule]
    worker = await city.sign_in(WORKER)
    await step(worker, "recordPoints", case, rule=rule, factOn=today(), cause="核实的事实", evidence=evidence)
    lines = (await look(worker, case, "entries { id rule }"))["entries"]
    return next(str(line["id"]) for line in lines if line["rule"] == rule)


async def confirmed_line(city: City, case: dict[str, Any]) -> str:
    line = await drafted_line(city, case)
    await step(await city.sign_in(OFFICE), "confirmPoints", case, entryIds=[line], confirm=True, reason="核实无误")
    return line


# ------------------------------------------------------------------------------------------------- two at once


async def test_two_confirm_one_line_and_one_mark_is_written(city: City, database: Any) -> None:
    case = await started(city)
    line = await drafted_line(city, case)
    given = {"id": case["id"], "entryIds": [line], "confirm": True, "reason": "核实无误"}
    people = [await city.sign_in(phone) for phone in (OFFICE, OFFICE_2, OFFICE)]
    assert await outcomes(*(act(each, "confirmPoints", **given) for each in people)) == ["ALREADY_DECIDED", "ALREADY_DECIDED", "DONE"]
    assert await marks(database, line) == ["CONFIRMED"]


async def marks(database: Any, line: str) -> list[str]:
    async with open_ledger(database.admin_dsn) as raw:
        rows = await raw.fetch("select mark from rehab_point_mark where entry_id = $1 order by marked_at, id", UUID(line))
    return [row["mark"] for row in rows]


async def test_two_decide_one_proposal_and_one_is_told_that_it_changed(city: City) -> None:
    case = await started(city)
    office, other = await city.sign_in(OFFICE), await city.sign_in(OFFICE_2)
    await confirmed_line(city, case)
    await drafted_line(city, case, "course_done")
    await step(await city.sign_in(WORKER), "recordPoints", case, rule="test_missed", factOn=today(), cause="未到场检测",
               evidence=["PLAN", "CONTACT_TRY", "CONTACT_TRY"])  # fmt: skip
    lines = (await look(office, case, "entries { id rule }"))["entries"]
    await step(office, "confirmPoints", case, confirm=True, reason="核实无误",
               entryIds=[line["id"] for line in lines if line["rule"] == "test_missed"])  # fmt: skip
    await city.work()
    seen = await look(office, case, "assessments { id state }")
    (proposal,) = [each["id"] for each in seen["assessments"] if each["state"] == "PROPOSED"]
    given = {"id": case["id"], "version": seen["version"], "proposalId": proposal, "accept": True, "reason": "按规则调整"}
    assert await outcomes(*(act(each, "decideBand", **given) for each in (office, other, office))) == ["CONFLICT", "CONFLICT", "DONE"]
    seen = await look(office, case, "assessments { state } papers { template }")
    assert [each["state"] for each in seen["assessments"]] == ["DECIDED"]
    assert [each["template"] for each in seen["papers"]].count("band_notice") == 1


async def test_two_check_ins_for_one_task_are_one(city: City) -> None:
    case = await started(city)
    person = await whose(city, case)
    given = {"taskId": await demanded(city, case), "mode": "NO_FACE", "capturedAt": clock.now().isoformat()}
    ends = await outcomes(*(act(person, "submitCheckIn", **given) for _ in range(3)))
    assert ends[-1:] != ["INTERNAL"]
    assert ends.count("DONE") == 1
    assert set(ends) <= {"DONE", "ALREADY_SENT", "WRONG_STATE"}
    assert len((await look(person, case, "checkIns { id }"))["checkIns"]) == 1


async def test_two_demands_are_one(city: City) -> None:
    case = await started(city)
    worker, police = await city.sign_in(WORKER), await city.sign_in(POLICE)
    task = await demanded(city, case)
    await act(await whose(city, case), "submitCheckIn", taskId=task, mode="NO_FACE", capturedAt=clock.now().isoformat())
    check_in = (await look(worker, case, "checkIns { id }"))["checkIns"][0]["id"]
    await act(worker, "reviewCheckIn", checkInId=check_in, accept=True, note="电话核实")
    given = {"id": case["id"], "reason": "请今天报到", "hours": 4}
    assert await outcomes(*(act(each, "demandCheckIn", **given) for each in (worker, police, worker))) == [
        "ALREADY_OPEN", "ALREADY_OPEN", "DONE",
    ]  # fmt: skip


async def test_two_objections_to_one_line_are_one(city: City, database: Any) -> None:
    case = await started(city)
    person, line = await whose(city, case), await confirmed_line(city, case)
    given = {"id": case["id"], "target": "ENTRY", "targetId": line, "grounds": "样本当时放在车上"}
    assert await outcomes(*(act(person, "objectToRehab", **given) for _ in range(3))) == ["ALREADY_OBJECTED", "ALREADY_OBJECTED", "DONE"]
    assert await marks(database, line) == ["CONFIRMED", "CONTESTED"]


async def test_two_answers_to_one_objection_are_one(city: City, database: Any) -> None:
    case = await started(city)
    person, line = await whose(city, case), await confirmed_line(city, case)
    await step(person, "objectToRehab", case, target="ENTRY", targetId=line, grounds="样本当时放在车上")
    objection = (await look(person, case, "objections { id }"))["objections"][0]["id"]
    other = await city.sign_in(OFFICE_2)
    answers = [
        act(other, "decideRehabObjection", objectionId=objection, uphold=uphold, decision="经核实作出答复如下。")
        for uphold in (True, False, True)
    ]
    assert await outcomes(*answers) == ["DONE", "WRONG_STATE", "WRONG_STATE"]
    assert len(await marks(database, line)) == 3


async def sent_away(city: City, case: dict[str, Any]) -> str:
    """A granted transfer to the next county; its id there."""
    person, office = await whose(city, case), await city.sign_in(OFFICE)
    await step(person, "fileRehabRequest", case, kind="TRANSFER", text="到天台工作", toDivision=NEIGHBOUR_VILLAGE)
    requests = (await look(office, case, "requests { id state }"))["requests"]
    request = next(each["id"] for each in requests if each["state"] == "FILED")
    await act(office, "decideRehabRequest", requestId=request, grant=True, answer="同意转出")
    waiting = (await (await city.sign_in(NEIGHBOUR_OFFICE)).ask("{ rehabTransfers { id code } }"))["rehabTransfers"]
    return next(str(each["id"]) for each in waiting if each["code"] == case["code"])


async def test_a_transfer_is_accepted_once(city: City, database: Any) -> None:
    case = await started(city)
    transfer = await sent_away(city, case)
    there = await city.sign_in(NEIGHBOUR_OFFICE)
    answers = [act(there, "answerTransfer", show="ok", transferId=transfer, accept=accept, reason="接收") for accept in (True, True, False)]
    ends = await outcomes(*answers)
    assert ends.count("DONE") == 1
    assert ends.count("WRONG_STATE") == 2
    async with open_ledger(database.admin_dsn) as raw:
        index = await raw.fetchval("select phone_index from rehab_case where id = $1", UUID(case["id"]))
        assert await raw.fetchval("select count(*) from rehab_case where phone_index = $1 and county = '331023'", index) <= 1


async def test_a_case_goes_to_one_county_at_a_time_and_from_where_it_may(city: City) -> None:
    case = await started(city)
    await sent_away(city, case)
    person, office = await whose(city, case), await city.sign_in(OFFICE)
    await step(person, "fileRehabRequest", case, kind="TRANSFER", text="改到别处", toDivision=NEIGHBOUR_VILLAGE)
    requests = (await look(office, case, "requests { id state }"))["requests"]
    request = next(each["id"] for each in requests if each["state"] == "FILED")
    with pytest.raises(Refused) as refused:
        await act(office, "decideRehabRequest", requestId=request, grant=True, answer="同意转出")
    assert refused.value.codes == ["ALREADY_OPEN"]
    ordered = await registered(city)
    await step(await whose(city, ordered), "fileRehabRequest", ordered, kind="TRANSFER", text="到天台报到", toDivision=NEIGHBOUR_VILLAGE)
    (waiting,) = (await look(office, ordered, "requests { id }"))["requests"]
    with pytest.raises(Refused) as refused:
        await act(office, "decideRehabRequest", requestId=waiting["id"], grant=True, answer="同意转出")
    assert refused.value.codes == ["TRANSITION_REFUSED"] or refused.value.codes == ["WRONG_STATE"]


async def test_whatever_happens_to_a_case_on_its_way_it_ends_here_once_it_is_taken_over(city: City) -> None:
    case = await started(city)
    transfer = await sent_away(city, case)
    office = await city.sign_in(OFFICE)
    await step(office, "suspendRehabCase", case, cause="HOSPITAL", document="住院证明")
    await act(await city.sign_in(NEIGHBOUR_OFFICE), "answerTransfer", show="ok", transferId=transfer, accept=True, reason="接收")
    await city.work()
    assert (await look(office, case))["state"] == "TRANSFERRED"


async def test_one_person_registered_by_two_officers_at_once_has_one_case(city: City) -> None:
    police, phone = await city.sign_in(POLICE), new_phone()
    given = {
        "kind": "VOLUNTARY", "name": "测试辛八", "phone": phone, "idNumber": "331024199001010016", "division": "331024103279001",
    }  # fmt: skip
    assert await outcomes(*(act(police, "registerRehabCase", **given) for _ in range(3))) == [
        "ALREADY_REGISTERED", "ALREADY_REGISTERED", "DONE",
    ]  # fmt: skip


async def test_both_sign_at_once_and_the_agreement_is_in_force_once(city: City) -> None:
    from tests.factories.supervision import reported

    case = await reported(city)
    worker, person = await city.sign_in(WORKER), await whose(city, case)
    await step(worker, "draftTreatmentAgreement", case, measures=[{"kind": "AGREED", "text": "按约定报到"}],
               testPlan="第一年每月一次", help="联系就业培训")  # fmt: skip
    paper = (await look(worker, case, "agreement { paper { id sha256 } }"))["agreement"]["paper"]
    given = {"id": case["id"], "paperId": paper["id"], "sha256": paper["sha256"]}
    ends = await outcomes(*(act(each, "signCasePaper", **given) for each in (worker, person, worker, person)))
    assert ends.count("DONE") == 2
    seen = await look(worker, case, "timeline(first: 100) { edges { node { tag } } }")
    assert seen["state"] == "AGREED"
    assert [edge["node"]["tag"] for edge in seen["timeline"]["edges"]].count("rehab:agreement:signed") == 1


# ----------------------------------------------------------------------------------------- twice, out of order


#: Command → (who, what is sent with a new case's own ids).
TWICE: dict[str, tuple[str, dict[str, Any]]] = {
    "demandCheckIn": ("worker", {"reason": "请今天报到", "hours": 4}),
    "recordPoints": ("worker", {"rule": "course_done", "cause": "参加课程", "evidence": ["CERTIFICATE"], "factOn": "today"}),
    "recordDrugTest": ("worker", {"kind": "URINE", "result": "NEGATIVE", "place": "白塔镇", "witness": "测试民警", "sampleA": "A", "sampleB": "B"}),
    "noteBreach": ("worker", {"kind": "DUTY_MISSED", "fact": "未参加课程", "clause": "第三条", "heard": "忘记了", "version": "now"}),
    "blowWhistle": ("worker", {"ground": "OUT_OF_CONTACT", "text": "三天联系不上", "called": ["POLICE"]}),
    "suspendRehabCase": ("office", {"cause": "HOSPITAL", "document": "住院证明", "version": "now"}),
    "overrideBand": ("office", {"band": "C1", "reason": "长期稳定,单位反映良好", "until": "today", "version": "now"}),
    "fileLeave": ("person", {"fromDay": "today", "toDay": "today", "place": "杭州", "reason": "看病"}),
    "fileRehabRequest": ("person", {"kind": "WORK", "text": "想学电工"}),
    "inviteFamily": ("person", {"name": "测试己六", "phone": "phone"}),
    "consentToFace": ("person", {"consentVersion": "2026-11", "agreed": True}),
}


async def test_one_tap_sent_twice_is_one_step_and_another_key_is_judged_anew(city: City, database: Any) -> None:
    case = await started(city)
    who = {"worker": await city.sign_in(WORKER), "office": await city.sign_in(OFFICE), "person": await whose(city, case)}
    async with open_ledger(database.admin_dsn) as raw:
        for name in (*[each for each in TWICE if each != "suspendRehabCase"], "suspendRehabCase"):
            actor, given = who[TWICE[name][0]], dict(TWICE[name][1])
            version = (await look(who["office"], case))["version"]
            given = {
                key: {"today": today(), "now": version, "phone": case["phone"][:-1] + "x"}.get(value, value) if isinstance(value, str)
                else value for key, value in given.items()
            }  # fmt: skip
            if name == "inviteFamily":
                given["phone"] = case.setdefault("relative", new_phone())
            key = f"{case['id']}:{name}"
            try:
                first = await act(actor, name, key=key, id=case["id"], **given)
            except Refused as problem:
                assert name == "demandCheckIn" and problem.codes == ["ALREADY_OPEN"], (name, problem)
                continue
            events = await events_of(raw, case)
            again = await act(actor, name, key=key, id=case["id"], **given)
            assert again["case"]["id"] == first["case"]["id"]
            assert await events_of(raw, case) == events, name
            with pytest.raises(Refused) as refused:
                await act(actor, name, key=key, **{**given, "id": str(uuid4())})
            assert refused.value.codes == ["IDEMPOTENCY_MISMATCH"], name
            try:
                await act(actor, name, key=f"{key}:again", id=case["id"], **given)
            except Refused as problem:
                assert await events_of(raw, case) == events, (name, problem)


async def events_of(raw: asyncpg.Connection, case: dict[str, Any]) -> int:
    return int(await raw.fetchval("select count(*) from event where matter_id = $1", UUID(case["id"])))


@pytest.mark.parametrize(
    ("phone", "name", "fields"),
    [
        (WORKER, "startSupervision", {"firstTest": "阴性", "firstVisit": "已家访"}),
        (WORKER, "noteBreach", {"kind": "DUTY_MISSED", "fact": "未参加课程", "clause": "第三条", "heard": "本人称忘记了"}),
        (OFFICE, "resumeRehabCase", {"text": "出院小结"}),
        (OFFICE, "settleBreach", {"text": "已改正"}),
        (OFFICE, "reportSeriousBreach", {"text": "三次逃避检测"}),
        (OFFICE, "beginFollowUp", {"text": "已送达"}),
        (OFFICE, "exitRehabCase", {"text": "三年未复吸"}),
        (OFFICE, "overrideBand", {"band": "C2", "reason": "长期稳定,单位反映良好", "until": "2027-01-01"}),
        (POLICE, "settleRelapse", {"text": "转自愿治疗"}),
        (CHIEF, "orderIsolation", {"decisionNo": "仙公强戒〔2026〕1号", "reason": "严重违反协议,依法决定"}),
    ],
)
async def test_steps_out_of_order_are_refused_and_change_nothing(city: City, phone: str, name: str, fields: dict[str, Any]) -> None:
    case = await registered(city)
    person = await city.sign_in(phone)
    with pytest.raises(Refused) as refused:
        await step(person, name, case, **fields)
    assert refused.value.codes[0] in ("WRONG_STATE", "TRANSITION_REFUSED")
    assert (await look(person, case))["version"] == case["version"]


async def test_a_page_that_is_out_of_date_changes_nothing(city: City) -> None:
    case = await started(city)
    worker, office = await city.sign_in(WORKER), await city.sign_in(OFFICE)
    version = (await look(office, case))["version"]
    await step(worker, "recordPoints", case, rule="course_done", factOn=today(), cause="参加课程", evidence=["CERTIFICATE"])
    for name, fields in (
        ("suspendRehabCase", {"cause": "HOSPITAL", "document": "住院证明"}),
        ("overrideBand", {"band": "C2", "reason": "长期稳定,单位反映良好", "until": today(9)}),
    ):
        with pytest.raises(Refused) as refused:
            await act(office, name, id=case["id"], version=version, **fields)
        assert (refused.value.codes, refused.value.errors[0]["field"]) == (["CONFLICT"], "version")
    assert (await look(office, case))["state"] == "IN_PROGRESS"


async def test_a_session_that_ended_in_between_changes_nothing(city: City) -> None:
    case = await started(city)
    person = await city.sign_in(WORKER)
    await person.client.post("/auth/sign-out")
    city.people.pop(WORKER)
    with pytest.raises(Refused) as refused:
        await act(person, "demandCheckIn", id=case["id"], reason="请今天报到", hours=4)
    assert refused.value.codes == ["UNAUTHENTICATED"]


async def test_rows_of_another_case_are_not_found_under_this_one(city: City) -> None:
    mine, other = await started(city), await started(city)
    office, line = await city.sign_in(OFFICE), await drafted_line(city, other)
    for name, fields in (
        ("confirmPoints", {"entryIds": [line], "confirm": True, "reason": "核实无误"}),
        ("decideBand", {"proposalId": line, "accept": True, "reason": "按规则调整"}),
        ("confirmBreach", {"breachId": line, "confirm": True, "reason": "经核实"}),
    ):
        with pytest.raises(Refused) as refused:
            await step(office, name, mine, **fields)
        assert refused.value.codes == ["NOT_FOUND"], name
    with pytest.raises(Refused) as refused:
        await step(await whose(city, mine), "objectToRehab", mine, target="ENTRY", targetId=line, grounds="不是我的")
    assert refused.value.codes == ["NOT_FOUND"]


async def test_duties_come_back_with_their_band_and_after_a_suspension(city: City, database: Any) -> None:
    case = await started(city)
    office = await city.sign_in(OFFICE)
    open_now = "select plan_key from rehab_task where case_id = $1 and state = 'OPEN' and plan_key <> ''"
    async with open_ledger(database.admin_dsn) as raw:
        planned = {row["plan_key"] for row in await raw.fetch(open_now, UUID(case["id"]))}
        assert planned
        for band in ("C2", "B"):
            await step(office, "overrideBand", case, band=band, reason="试行一段时间后再调整", until=today(9))
        assert planned <= {row["plan_key"] for row in await raw.fetch(open_now, UUID(case["id"]))}
        await step(office, "suspendRehabCase", case, cause="HOSPITAL", document="住院证明")
        assert await raw.fetch(open_now, UUID(case["id"])) == []
        await step(office, "overrideBand", case, band="C1", reason="住院期间家属反映良好", until=today(9))
        assert await raw.fetch(open_now, UUID(case["id"])) == [], "nothing is asked of anybody while it stands still"
        await step(office, "overrideBand", case, band="B", reason="恢复原等级,继续观察", until=today(9))
        await step(office, "resumeRehabCase", case, text="出院小结")
        assert planned <= {row["plan_key"] for row in await raw.fetch(open_now, UUID(case["id"]))}


# ---------------------------------------------------------------------------------------- killed in the middle


async def test_a_command_killed_in_the_middle_leaves_no_trace(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after rows were written and before the commit."""
    case = await started(city)
    office, line = await city.sign_in(OFFICE), await drafted_line(city, case)
    given = {"id": case["id"], "entryIds": [line], "confirm": True, "reason": "核实无误"}

    async def dies(*_: Any, **__: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as crash:
        crash.setattr(matters, "record", dies)
        with pytest.raises((asyncio.CancelledError, AssertionError)):
            await act(office, "confirmPoints", key="crash-of-points", **given)
    assert await marks(database, line) == []
    await act(office, "confirmPoints", key="crash-of-points", **given)
    assert await marks(database, line) == ["CONFIRMED"]


async def test_every_job_of_supervision_can_be_done_again(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each job first dies after its work, then is done, then is handed over once more."""
    from backend.worker import handlers

    seen: dict[str, int] = defaultdict(int)
    plain = handlers()

    def dying(name: str, work: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def run(*args: Any, **given: Any) -> None:
            seen[name] += 1
            await work(*args, **given)
            if seen[name] == 1:
                raise RuntimeError("killed")

        return run

    monkeypatch.setattr("backend.worker.handlers", lambda: {name: dying(name, work) for name, work in plain.items()})
    case = await green(city)
    person, worker = await whose(city, case), await city.sign_in(WORKER)
    await step(person, "fileLeave", case, fromDay=today(), toDay=today(), place="杭州", reason="看病")
    await step(worker, "blowWhistle", case, ground="OUT_OF_CONTACT", text="三天联系不上", called=["GRID", "POLICE"])
    await step(person, "inviteFamily", case, name="测试己六", phone=new_phone())
    await act(person, "submitCheckIn", taskId=await demanded(city, case), mode="NO_FACE", mood="LOW", wantsHelp=True,
              capturedAt=clock.now().isoformat())  # fmt: skip
    for _ in range(4):
        await city.pass_time(hours=8)
    jobs = {name for name in seen if name.startswith("rehab.")}
    assert {"rehab.task", "rehab.plan", "rehab.concern", "rehab.call_links", "rehab.acknowledge_leave", "rehab.invite_family"} <= jobs
    async with open_ledger(database.admin_dsn) as raw:
        done = await raw.fetch("select id::text, county, name from job where matter_id = $1 and state = 'DONE'", UUID(case["id"]))
        waiting = await raw.fetch("select name, last_error from job where matter_id = $1 and state <> 'DONE'", UUID(case["id"]))
        assert [row["name"] for row in waiting if row["name"].startswith("rehab.")] == []
        before = await told(raw, case)
        for row in done:
            assert await run_job(plain, row["id"], row["county"]) == "GONE"
        assert await told(raw, case) == before
        assert before["WHISTLE"] == 2
        assert before["CALL_BACK"] == 1
        assert before["family"] == 1
        assert before["leave"] == 1


async def told(raw: asyncpg.Connection, case: dict[str, Any]) -> dict[str, int]:
    """How much of everything jobs make there is."""
    rows = await raw.fetch("select kind, count(*) as n from rehab_task where case_id = $1 group by 1", UUID(case["id"]))
    found = {row["kind"]: row["n"] for row in rows}
    for name, sql in {
        "family": "select count(*) from participant where matter_id = $1 and capacity = 'FAMILY'",
        "leave": "select count(*) from event where matter_id = $1 and tag = 'rehab:leave:answered'",
        "notices": "select count(*) from notification where matter_id = $1",
        "events": "select count(*) from event where matter_id = $1",
    }.items():
        found[name] = await raw.fetchval(sql, UUID(case["id"]))
    return found


# --------------------------------------------------------------------------------------- the ledger, whatever comes


LINES = ("sample_tampered", "test_missed", "course_done", "work_three_months", "lab_relapse", "unreachable_month")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("record", "record", "confirm", "confirm", "drop", "contest", "uphold", "dismiss", "later")),
        st.integers(0, 5), st.sampled_from(LINES), st.integers(0, 20),
    ),
    min_size=6, max_size=16,
)  # fmt: skip
BOUNDED = settings(
    max_examples=8, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@BOUNDED
@given(steps=STEPS)
async def test_whatever_is_recorded_confirmed_contested_and_decided_the_sum_is_the_rules(
    fresh: None, city: City, database: Any, steps: list[tuple[str, int, str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "COMMANDS_BY_ACCOUNT", limits.Limit("commands", 10**9, 60))
    city.people.clear()
    case = await started(city)
    # Facts lie a few days back at the most: let the term begin before them.
    await clock_forward(timedelta(days=21))
    before: list[str] = []
    async with open_ledger(database.admin_dsn) as raw:
        for what, number, rule, ago in steps:
            # Nobody stays signed in for as long as the examples take together.
            city.people.clear()
            people = [await city.sign_in(phone) for phone in (WORKER, OFFICE, OFFICE_2, case["phone"])]
            await one_step(people, case, what, number, rule, ago)
            now = await lines_of(raw, case)
            assert now[: len(before)] == before, "what was said stays said"
            before = now
            await compare(raw, people[3], case)
    # The other tests of this database need not hear of it any more.
    await step(await city.sign_in(CHIEF), "terminateRehabCase", case, endType="ORDER_ANNULLED", document="复议决定书")


async def one_step(people: list[Person], case: dict[str, Any], what: str, number: int, rule: str, ago: int) -> None:
    worker, office, other, person = people
    lines = (await look(office, case, "entries { id } objections { id state }"))
    entry = lines["entries"][number % len(lines["entries"])]["id"] if lines["entries"] else str(uuid4())
    waiting = [each["id"] for each in lines["objections"] if each["state"] == "FILED"]
    found = rulebook.city().rules[rule]
    try:
        if what == "record":
            await step(worker, "recordPoints", case, rule=rule, factOn=today(-ago), cause="核实的事实",
                       evidence=[str(each) for each in found.evidence[0]], excuse="MEDICAL" if found.excuses and number == 0 else None)  # fmt: skip
        elif what in ("confirm", "drop"):
            await step(office, "confirmPoints", case, entryIds=[entry], confirm=what == "confirm", reason="核实无误")
        elif what == "contest":
            await step(person, "objectToRehab", case, target="ENTRY", targetId=entry, grounds="与事实不符")
        elif what in ("uphold", "dismiss"):
            given = {"objectionId": (waiting or [str(uuid4())])[0], "decision": "经核实作出答复如下。"}
            await act(other, "decideRehabObjection", uphold=what == "uphold", **given)
        else:
            await clock_forward(timedelta(days=number))
    except Refused as problem:
        assert problem.codes[0] in ("ALREADY_RECORDED", "ALREADY_DECIDED", "NOT_FOUND", "ALREADY_OBJECTED", "WRONG_STATE", "OBJECTION_LATE"), problem


async def lines_of(raw: asyncpg.Connection, case: dict[str, Any]) -> list[str]:
    """Every line and mark, in the order they were written."""
    rows = await raw.fetch(
        """select recorded_at as at, id, e::text as row from rehab_point_entry e where case_id = $1 union all
           select marked_at, id, m::text from rehab_point_mark m where case_id = $1 order by 1, 2""", UUID(case["id"]),
    )  # fmt: skip
    return [row["row"] for row in rows]


async def compare(raw: asyncpg.Connection, person: Person, case: dict[str, Any]) -> None:
    """The score shown, and the engine's of any earlier day, are those of a sum done by hand from the raw tables."""
    seen = await look(person, case, "score { score } entries { id state counts }")
    tables = await tables_of(raw, case)
    assert Decimal(str(seen["score"]["score"])) == by_hand(*tables, date.fromisoformat(today()))
    for entry in seen["entries"]:
        if entry["state"] in ("DRAFT", "REVOKED"):
            assert entry["counts"] == 0.0, "nothing counts unconfirmed"
    async with open_scope(MACHINE.scope):
        row = await Case.get(id=case["id"])
        for back in (1, 5, 13, 20):
            on = date.fromisoformat(today(-back))
            assert (await ledger.standing(row, on)).score == by_hand(*tables, on), on


Tables = tuple[date, list[Any], dict[UUID, list[Any]]]


async def tables_of(raw: asyncpg.Connection, case: dict[str, Any]) -> Tables:
    entries = await raw.fetch("select * from rehab_point_entry where case_id = $1", UUID(case["id"]))
    said: dict[UUID, list[Any]] = defaultdict(list)
    for mark in await raw.fetch("select * from rehab_point_mark where case_id = $1 order by marked_at, id", UUID(case["id"])):
        said[mark["entry_id"]].append(mark)
    opened = await raw.fetchval("select term_from from rehab_case where id = $1", UUID(case["id"]))
    return opened, list(entries), said


def by_hand(opened: date, entries: list[Any], said: dict[UUID, list[Any]], on: date) -> Decimal:
    """`domain.md` 1.8.1 and 6.6 for facts that have not begun to fade: 60, yearly caps, 30 a quarter, 0 to 100."""
    caps = {rule.id: (rule.category, rule.cap_per_year) for rule in rulebook.city().rules.values()}
    total, years, quarters = Decimal(60), defaultdict[Any, Decimal](Decimal), defaultdict[Any, Decimal](Decimal)
    for entry in sorted(entries, key=lambda row: (row["fact_on"], str(row["id"])), reverse=True):
        points, fact = Decimal(str(entry["points"])), entry["fact_on"]
        known = [mark["mark"] for mark in said[entry["id"]] if local(mark["marked_at"]) <= on]
        state = known[-1] if known else "DRAFT"
        counts = state in ("CONFIRMED", "UPHELD") or (state == "CONTESTED" and points > 0)
        if not counts or entry["excuse"] or fact < opened or fact > on or local(entry["recorded_at"]) > on:
            continue
        category, cap = caps[entry["rule"]]
        if points > 0:
            left = cap - years[category, fact.year] if cap is not None else points
            points = max(Decimal(0), min(points, left))
            years[category, fact.year] += points
        else:
            quarter = (fact.year, (fact.month - 1) // 3)
            points = -max(Decimal(0), min(-points, Decimal(30) - quarters[quarter]))
            quarters[quarter] -= points
        total += points
    return max(Decimal(0), min(Decimal(100), total))


def local(moment: datetime) -> date:
    return moment.astimezone(UTC).astimezone(clock.LOCAL).date()
