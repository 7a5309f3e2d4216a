"""Commands and jobs of oversight twice, out of order, two at once, killed in the middle, too late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.apps.oversight.service import common
from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.db.scope import open_scope
from tests.apps.rehab.test_under_fire import outcomes
from tests.factories.city import City, Refused
from tests.factories.ledger import digest, open_ledger
from tests.factories.oversight import (
    CHIEF,
    DEPUTY,
    DEPUTY_2,
    PROSECUTOR,
    RAISED,
    UNIT,
    accepted,
    assessed,
    checked,
    digest_of,
    do,
    drafted,
    filed,
    later,
    look,
    raised,
    replied,
    served,
    step,
    told,
    visit,
)
from tests.kernel.db.test_row_level_security import COUNTY_PATH


async def test_a_clue_sent_twice_is_one(city: City) -> None:
    deputy = await city.sign_in(DEPUTY)
    key = str(uuid4())
    first = await do(deputy, "raiseClue", key=key, **RAISED)
    again = await do(deputy, "raiseClue", key=key, **RAISED)
    assert first["id"] == again["id"]
    with pytest.raises(Refused) as refused:
        await do(deputy, "raiseClue", key=key, **{**RAISED, "title": "完全不同的一件事情"})
    assert refused.value.codes == ["IDEMPOTENCY_MISMATCH"]


async def test_two_screen_at_once_and_one_does(city: City) -> None:
    clue = await raised(city)
    prosecutor = await city.sign_in(PROSECUTOR)
    given = {"id": clue["id"], "version": clue["version"], "decision": "ACCEPT", "reason": "属于监督范围"}
    assert await outcomes(*(do(prosecutor, "screenClue", **given) for _ in range(3))) == ["CONFLICT", "CONFLICT", "DONE"]


async def test_two_taps_of_joining_are_one_part(city: City, database: Any) -> None:
    clue = await raised(city)
    other = await city.sign_in(DEPUTY_2)
    ends = await outcomes(*(do(other, "joinClue", id=clue["id"]) for _ in range(3)))
    assert ends == ["ALREADY_DONE", "ALREADY_DONE", "DONE"]
    assert (await look(other, clue))["supporters"] == 2


async def test_a_check_from_a_phone_without_network_counts_once(city: City, database: Any) -> None:
    _, row = await served(city)
    row = await replied(city, row)
    prosecutor, deputy = await city.sign_in(PROSECUTOR), await city.sign_in(DEPUTY)
    check = str(uuid4())
    given = visit(check, row, deputy)
    assert await outcomes(*(do(prosecutor, "recordOnSiteCheck", **given) for _ in range(3))) == ["DONE"] * 3
    async with open_ledger(database.admin_dsn) as ledger:
        assert await ledger.fetchval("select count(*) from oversight_check where id = $1", UUID(check)) == 1
        assert await ledger.fetchval("select count(*) from paper where subject_id = $1", UUID(check)) == 1
    with pytest.raises(Refused) as refused:
        await do(prosecutor, "recordOnSiteCheck", **{**given, "finding": "另一种说法,与先前不同"})
    assert refused.value.codes == ["IDEMPOTENCY_MISMATCH"]
    with pytest.raises(Refused) as refused:
        await do(prosecutor, "recordOnSiteCheck", **{**given, "checkId": str(uuid4())})
    assert refused.value.codes == ["ALREADY_ASKED"]
    digest_seen = await digest_of(deputy, row, check)
    ends = await outcomes(
        *(do(person, "signOnSiteCheck", checkId=check, sha256=digest_seen) for person in (prosecutor, deputy, prosecutor, deputy))
    )
    assert ends == ["DONE", "DONE", "WRONG_STATE", "WRONG_STATE"]
    assert (await look(deputy, row, what="recommendation"))["state"] == "VERIFIED"
    assert (await do(prosecutor, "recordOnSiteCheck", **given))["state"] == "VERIFIED", "sent once more when the network came back"


async def test_a_check_that_one_of_them_does_not_sign_makes_room_for_another(city: City) -> None:
    _, row = await served(city)
    row = await replied(city, row)
    prosecutor, deputy = await city.sign_in(PROSECUTOR), await city.sign_in(DEPUTY)
    check = str(uuid4())
    await do(prosecutor, "recordOnSiteCheck", **visit(check, row, deputy))
    seen = await digest_of(deputy, row, check)
    with pytest.raises(Refused) as refused:
        await do(deputy, "withdrawOnSiteCheck", checkId=check, reason="与所见不符")
    assert refused.value.codes == ["NOT_PERMITTED"]
    await do(prosecutor, "withdrawOnSiteCheck", checkId=check, reason="代表认为与所见不符")
    for command, fields in (("signOnSiteCheck", {"sha256": seen}), ("withdrawOnSiteCheck", {"reason": "再撤回一次"})):
        with pytest.raises(Refused) as refused:
            await do(prosecutor, command, checkId=check, **fields)
        assert refused.value.codes[0] in ("WRONG_STATE", "ALREADY_DECIDED")
    assert (await checked(city, row))["state"] == "VERIFIED"


async def test_a_visit_before_the_reply_verifies_nothing(city: City) -> None:
    _, row = await served(city)
    deputy = await city.sign_in(DEPUTY)
    early = visit(str(uuid4()), row, deputy)
    await city.pass_time(minutes=30)
    row = await replied(city, row)
    with pytest.raises(Refused) as refused:
        await do(await city.sign_in(PROSECUTOR), "recordOnSiteCheck", **early)
    assert [(error["code"], error["field"]) for error in refused.value.errors] == [("INVALID", "visitedAt")]


@pytest.mark.parametrize("ahead", [0, 4])
async def test_a_check_signed_after_the_next_reply_says_nothing_about_it(city: City, ahead: int) -> None:
    """Also when the phone's clock was ahead, so that the visit seems to be later than the reply."""
    _, row = await served(city)
    row = await checked(city, await replied(city, row), verdict="NOT")
    prosecutor, deputy = await city.sign_in(PROSECUTOR), await city.sign_in(DEPUTY)
    check = str(uuid4())
    visited = {"visitedAt": (clock.now() + timedelta(minutes=ahead)).isoformat()}
    await do(prosecutor, "recordOnSiteCheck", **{**visit(check, row, deputy, "NOT"), **visited})
    given = {"checkId": check, "sha256": await digest_of(deputy, row, check)}
    await do(prosecutor, "signOnSiteCheck", **given)
    row = await replied(city, row)
    with pytest.raises(Refused) as refused:
        await do(deputy, "signOnSiteCheck", **given)
    assert refused.value.codes == ["WRONG_STATE"]
    assert (await look(deputy, row, what="recommendation"))["state"] == "REPLIED"
    await do(prosecutor, "withdrawOnSiteCheck", checkId=check, reason="在新的回复之前查看")
    assert (await checked(city, row))["state"] == "VERIFIED"


async def test_a_check_of_before_the_rework_says_nothing_about_it(city: City) -> None:
    _, row = await served(city)
    row = await checked(city, await replied(city, row), verdict="PARTLY")
    prosecutor, deputy = await city.sign_in(PROSECUTOR), await city.sign_in(DEPUTY)
    check = str(uuid4())
    await do(prosecutor, "recordOnSiteCheck", **visit(check, row, deputy))
    given = {"checkId": check, "sha256": await digest_of(deputy, row, check)}
    await do(prosecutor, "signOnSiteCheck", **given)
    await do(deputy, "rateRecommendation", id=row["id"], process=2, result=1, words="只做了一半")
    for state in ("REWORK", "REPLIED"):
        with pytest.raises(Refused) as refused:
            await do(deputy, "signOnSiteCheck", **given)
        assert refused.value.codes == ["WRONG_STATE"]
        row = await look(deputy, row, what="recommendation")
        assert (row["state"], row["round"]) == (state, 2)
        if state == "REWORK":
            row = await replied(city, row)


async def test_two_are_dissatisfied_at_once_and_it_is_redone_once(city: City, database: Any) -> None:
    clue = await raised(city)
    other, deputy = await city.sign_in(DEPUTY_2), await city.sign_in(DEPUTY)
    await do(other, "joinClue", id=clue["id"])
    _, row = await served(city, clue)
    row = await checked(city, await replied(city, row))
    bad = {"id": row["id"], "process": 1, "result": 1, "words": "没有解决"}
    ends = await outcomes(do(deputy, "rateRecommendation", **bad), do(other, "rateRecommendation", **bad))
    assert ends == ["DONE", "WRONG_STATE"], "the second one rates what the rework brings"
    async with open_ledger(database.admin_dsn) as ledger:
        reworks = "select count(*) from event where matter_id = $1 and tag = 'oversight:recommendation:rework'"
        assert await ledger.fetchval(reworks, UUID(row["id"])) == 1
        row = await checked(city, await replied(city, row))
        await do(other, "rateRecommendation", **bad)
        assert (await look(other, row, what="recommendation"))["state"] == "VERIFIED"
        assert await ledger.fetchval(reworks, UUID(row["id"])) == 1


async def test_two_replies_at_once_are_one(city: City) -> None:
    _, row = await served(city)
    unit = await city.sign_in(UNIT)
    given = {"id": row["id"], "version": row["version"], "replyClass": "C", "text": "经研究暂不可行,理由如下所列。", "measures": ["暂不可行", "暂不可行"]}
    assert await outcomes(do(unit, "replyToRecommendation", **given), do(unit, "replyToRecommendation", **given)) == ["CONFLICT", "DONE"]


async def test_out_of_order_is_refused_and_leaves_no_trace(city: City, database: Any) -> None:
    clue = await accepted(city)
    chief, prosecutor = await city.sign_in(CHIEF), await city.sign_in(PROSECUTOR)
    async with open_ledger(database.admin_dsn) as ledger:
        before = await digest(ledger)
        for person, command, fields in (
            (chief, "fileOversightCase", {"caseType": "OTHER", "reason": "越过评估"}), (chief, "closeOversightCase", {"text": "直接结案"}),
            (chief, "sueOversightCase", {"court": "测试法院", "reason": "直接起诉"}), (prosecutor, "screenClue", {"decision": "REJECT", "reason": "重新考虑"}),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                await step(person, command, clue, **fields)
            assert refused.value.codes == ["WRONG_STATE"], command
        assert await digest(ledger) == before


async def test_an_old_version_is_a_conflict(city: City) -> None:
    clue = await assessed(city)
    with pytest.raises(Refused) as refused:
        await step(await city.sign_in(CHIEF), "fileOversightCase", clue, version=1, caseType="OTHER", reason="符合条件")
    assert refused.value.codes == ["CONFLICT"]


async def test_killed_in_the_middle_nothing_is_half_done(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    row = await drafted(city, await filed(city))
    row = await step(await city.sign_in(CHIEF), "decideRecommendation", row, approve=True, opinion="同意发出")
    prosecutor = await city.sign_in(PROSECUTOR)

    async def dies(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(common, "tell_parts", dies)
        async with open_ledger(database.admin_dsn) as ledger:
            before = await digest(ledger)
            with pytest.raises(AssertionError):
                await step(prosecutor, "serveRecommendation", row, text="宣告送达")
            assert await digest(ledger) == before
    row = await step(prosecutor, "serveRecommendation", row, text="宣告送达")
    assert row["state"] == "SERVED"
    number = (await look(prosecutor, row, "papers { number }", what="recommendation"))["papers"][0]["number"]
    assert number.startswith("检建〔2026〕")


async def test_credit_is_shared_once_however_often_the_job_runs(city: City) -> None:
    from backend.apps.oversight.service.clues import share_credit

    first, second = await raised(city), await raised(city, DEPUTY_2)
    prosecutor = await city.sign_in(PROSECUTOR)
    await step(prosecutor, "screenClue", second, decision="MERGE", reason="同一问题并案", into=first["id"])
    await city.work()
    system = system_actor("331024", COUNTY_PATH)
    for _ in range(2):
        async with open_scope(system.scope):
            await share_credit(system, second["id"])
    assert (await look(prosecutor, first))["supporters"] == 2


async def test_limits_remind_whom_they_bind_and_a_lawful_delay_moves_the_day(city: City, database: Any) -> None:
    clue, row = await served(city)
    unit, chief = await city.sign_in(UNIT), await city.sign_in(CHIEF)
    await step(unit, "askReplyExtension", row, days=40, basis="工程建设工期规定", reason="雨季无法施工")
    await step(chief, "decideReplyExtension", row, grant=True, opinion="同意延长")
    await later(city, days=62)
    async with open_ledger(database.admin_dsn) as ledger:
        marks = "select count(*) from event where matter_id = $1 and tag = 'oversight:clock:mark' and data->>'rule' like 'reply%'"
        assert await ledger.fetchval(marks, UUID(row["id"])) == 0, "nobody is in default inside a granted delay"
        await later(city, days=45)
        assert await ledger.fetchval(marks, UUID(row["id"])) == 1
        await later(city, days=16)
        chief = await city.sign_in(CHIEF)
        assert (await look(chief, clue))["trigger"] == "OVERDUE"
        await later(city, days=16)
        triggers = "select count(*) from event where matter_id = $1 and tag = 'oversight:joint:triggered'"
        assert await ledger.fetchval(triggers, UUID(clue["id"])) == 1
    await step(await city.sign_in(CHIEF), "escalateRecommendation", row, to="仙居县人民政府", reason="逾期未回复")
    row = await replied(city, row, replyClass="C", text="逾期系因工程受阻,现回复如下。", measures=["说明理由", "说明理由"])
    assert row["state"] == "REPLIED"


async def test_a_promise_is_looked_at_on_its_day(city: City) -> None:
    clue, row = await served(city)
    row = await replied(city, row, replyClass="B", promises=[{"text": "全部管网改造完成", "dueOn": "2027-03-01"}])
    prosecutor = await city.sign_in(PROSECUTOR)
    (promise,) = (await look(prosecutor, row, "promises { id state } clocks { rule }", what="recommendation"))["promises"]
    await later(city, days=100)
    prosecutor = await city.sign_in(PROSECUTOR)
    row = {**row, **await do(prosecutor, "checkPromise", promiseId=promise["id"], kept=False, finding="管网改造尚未完成")}
    with pytest.raises(Refused) as refused:
        await do(prosecutor, "checkPromise", promiseId=promise["id"], kept=True, finding="再看一次已完成")
    assert refused.value.codes == ["ALREADY_DECIDED"]
    await city.work()
    assert "PROMISE_BROKEN" in await told(city, DEPUTY, clue)


async def test_a_session_that_ended_does_nothing(city: City) -> None:
    clue = await raised(city)
    answer = await city.client().post(
        "/graphql", json={"query": "query($id: ID!) { oversightClue(id: $id) { id } }", "variables": {"id": clue["id"]}}
    )
    assert "UNAUTHENTICATED" in answer.text or '"oversightClue":null' in answer.text
    assert clue["code"] not in answer.text
