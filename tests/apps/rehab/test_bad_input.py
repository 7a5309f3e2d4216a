"""Whatever is sent to supervision, by whomever: a well-formed refusal with code and field, never an internal error, no trace."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.apps.rehab import tokens
from backend.apps.rehab.service import rule_sets, rulebook
from backend.kernel import clock
from backend.kernel.errors import Refusals
from backend.kernel.identity import limits
from backend.kernel.points.override import check_override
from backend.kernel.points.rules import load_rule_set
from tests.apps.rehab.test_faces import demanded, enrolled
from tests.apps.rehab.test_row_level_security import busy
from tests.apps.rehab.test_rule_sets import county_rules, draft, in_days
from tests.factories import hostile
from tests.factories.captures import capture, challenge, check_in_fields
from tests.factories.city import City, Refused
from tests.factories.ledger import digest, open_ledger
from tests.factories.parts import of_others
from tests.factories.supervision import (
    CHIEF,
    CITIZEN,
    NEIGHBOUR_OFFICE,
    NEIGHBOUR_WORKER,
    OFFICE,
    PATROL,
    POLICE,
    WORKER,
    act,
    green,
    look,
    registered,
    started,
    step,
    whose,
)

BOUNDED = settings(
    deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
#: A refusal for the shape of what was sent names where.
OF_A_FIELD = ("INVALID", "REQUIRED", "TOO_LONG", "TOO_SHORT", "NOT_FOUND")
#: Reading a case leaves a look: nothing else may change.
LOOKS = {"access_log"}
MUTATIONS, QUERIES = (
    sorted(
        name for name in hostile.fields(kind)
        if name not in of_others("rehab", kind) and name in of_others("mediation", kind)
    )
    for kind in ("mutation", "query")
)  # fmt: skip


@dataclass
class Town:
    """A city in the middle of its work."""

    city: City
    ledger: asyncpg.Connection
    known: hostile.Known
    person: str

    @property
    def people(self) -> tuple[str, ...]:
        return ("", self.person, WORKER, POLICE, OFFICE, CHIEF, PATROL, CITIZEN, NEIGHBOUR_WORKER)

    async def send(self, phone: str, content: bytes) -> httpx.Response:
        client = (await self.city.sign_in(phone)).client if phone else self.city.client()
        return await client.post("/graphql", content=content, headers={"Content-Type": "application/json"})


@pytest.fixture
async def town(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(limits, "COMMANDS_BY_ACCOUNT", limits.Limit("commands", 10**9, 60))
    case = await busy(city, database)
    await registered(city)
    await draft(await city.sign_in(OFFICE), county_rules())
    await step(await whose(city, case), "fileRehabRequest", case, kind="TRANSFER", text="到天台工作", toDivision="331023101213")
    office = await city.sign_in(OFFICE)
    requests = (await look(office, case, "requests { id kind }"))["requests"]
    transfer = next(each["id"] for each in requests if each["kind"] == "TRANSFER")
    await act(office, "decideRehabRequest", requestId=transfer, grant=True, answer="同意转出")
    async with open_ledger(database.admin_dsn) as ledger:
        yield Town(city, ledger, hostile.Known(await existing(ledger)), case["phone"])


async def existing(ledger: asyncpg.Connection) -> dict[str, list[str]]:
    """Ids by the name of the argument that takes them."""
    tables = {
        "id": "rehab_case", "taskId": "rehab_task", "checkInId": "rehab_check_in", "enrolmentId": "face_enrolment",
        "testId": "rehab_drug_test", "proposalId": "rehab_assessment", "targetId": "rehab_point_entry",
        "objectionId": "rehab_objection", "leaveId": "rehab_leave", "requestId": "rehab_request",
        "transferId": "rehab_transfer", "whistleId": "rehab_whistle", "breachId": "rehab_breach",
        "entryIds": "rehab_point_entry", "ruleSetId": "rehab_rule_set", "membership": "membership", "paperId": "paper",
        "fileId": "stored_file", "challengeId": "face_challenge",
    }  # fmt: skip
    found = {
        name: [row["id"] for row in await ledger.fetch(f"select id::text from {table} order by id desc limit 40")]
        for name, table in tables.items()
    }
    assert all(found.values()), found
    members = dict.fromkeys(("drugWorker", "police", "grid", "village"), found["membership"])
    places = {key: ["331024103279001", "331024103", "331023101213"] for key in ("division", "toDivision")}
    return {**found, **members, **places, "caseId": found["id"], "signatureFileId": found["fileId"], "fileIds": found["fileId"]}


def refusals(answer: httpx.Response) -> list[dict[str, Any]]:
    """What was refused; fails when the answer is not one a client can deal with."""
    assert answer.status_code in (200, 400, 413), answer.text[:500]
    content = answer.json()
    if answer.status_code == 413:
        return [content]
    found = [content] if "code" in content else []
    for error in content.get("errors", []):
        assert error.get("extensions", {}).get("code") != "INTERNAL", content
        found.append(error)
    for payload in (content.get("data") or {}).values():
        found += payload.get("errors", []) if isinstance(payload, dict) else []
    return found


async def attack(town: Town, kind: str, name: str, data: st.DataObject) -> None:
    variables = data.draw(hostile.arguments(hostile.fields(kind)[name], town.known))
    phone = data.draw(st.sampled_from(town.people))
    before = await digest(town.ledger)
    refused = refusals(await town.send(phone, hostile.body(hostile.operation(kind, name), variables)))
    if refused or kind == "query":
        after = await digest(town.ledger)
        changed = {table for table in after if after[table] != before.get(table)}
        assert changed <= (LOOKS if kind == "query" else set()), (name, refused, changed)
    for error in refused:
        if error.get("code") in OF_A_FIELD:
            assert error["field"], (name, error)


def test_every_mutation_of_supervision_is_attacked() -> None:
    assert len(MUTATIONS) > 60
    assert {"submitCheckIn", "enrolFace", "draftRuleSet", "logOfflineLookups", "answerTransfer"} <= set(MUTATIONS)


@settings(BOUNDED, max_examples=12)
@given(data=st.data())
async def test_a_mutation_refuses_by_type_and_leaves_no_trace(town: Town, data: st.DataObject) -> None:
    for name in MUTATIONS:
        await attack(town, "mutation", name, data)


@settings(BOUNDED, max_examples=10)
@given(data=st.data())
async def test_a_query_refuses_by_type_and_changes_nothing_but_who_looked(town: Town, data: st.DataObject) -> None:
    for name in QUERIES:
        await attack(town, "query", name, data)


# -------------------------------------------------------------------------------- one by one, with an answer each


async def codes(city: City, who: str, command: str, /, **fields: Any) -> list[tuple[str, str | None]]:
    """(code, field) of each refusal of a command."""
    with pytest.raises(Refused) as refused:
        await act(await city.sign_in(who), command, **fields)
    return [(error["code"], error["field"]) for error in refused.value.errors]


YEAR_1, YEAR_9999 = "0001-01-01", "9999-12-31"


@pytest.mark.parametrize(("first", "last"), [(YEAR_1, YEAR_1), (YEAR_9999, YEAR_9999), (YEAR_1, YEAR_9999), (YEAR_9999, YEAR_1)])
async def test_journeys_at_the_ends_of_time_are_refused(city: City, first: str, last: str) -> None:
    case = await started(city)
    found = await codes(city, case["phone"], "fileLeave", id=case["id"], fromDay=first, toDay=last, place="杭州", reason="看病")
    assert ("INVALID", "fromDay") in found


@pytest.mark.parametrize("day", [YEAR_1, YEAR_9999])
async def test_days_at_the_ends_of_time_are_refused_everywhere(city: City, day: str) -> None:
    case = await started(city)
    version = (await look(await city.sign_in(OFFICE), case))["version"]
    one, other = {"id": case["id"]}, {"id": case["id"], "version": version}
    for phone, command, field, fields in (
        (WORKER, "recordPoints", "factOn", {**one, "rule": "course_done", "cause": "参加课程", "evidence": ["CERTIFICATE"]}),
        (OFFICE, "overrideBand", "until", {**other, "band": "C2", "reason": "长期稳定,单位反映良好"}),
        (OFFICE, "draftRuleSet", "effectiveFrom", {"data": county_rules(), "approvalNo": "仙禁毒办〔2026〕9号"}),
        (POLICE, "registerRehabCase", "servedOn", {
            "kind": "COMMUNITY_TREATMENT", "name": "测试", "phone": "19900010001", "idNumber": "331024199001010016",
            "division": "331024103279001", "orderNo": "1"}),
    ):  # fmt: skip
        assert await codes(city, phone, command, **fields, **{field: day}) == [("INVALID", field)], command


MOMENTS = ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-23T00:00:00")


@pytest.mark.parametrize("moment", MOMENTS)
async def test_moments_at_the_ends_of_time_are_refused_or_bounded(city: City, moment: str) -> None:
    case = await green(city)
    person, officer = await whose(city, case), await city.sign_in(PATROL)
    task = await demanded(city, case)
    assert await codes(city, case["phone"], "submitCheckIn", taskId=task, mode="NO_FACE", capturedAt=moment) == [("INVALID", "capturedAt")]
    assert await codes(city, WORKER, "recordDrugTest", id=case["id"], kind="URINE", result="NEGATIVE", place="白塔镇", witness="测试民警",
                       sampleA="A", sampleB="B", doneAt=moment) == [("INVALID", "doneAt")]  # fmt: skip
    shown = await person.ask("mutation($id: ID!) { showPass(id: $id) { tokens { text } } }", id=case["id"])
    log = "mutation($all: [OfflineLookupInput!]!) { logOfflineLookups(lookups: $all) { ok errors { code field } } }"
    lookups = [{"token": shown["showPass"]["tokens"][0]["text"], "reason": "夜间检查", "lookedAt": moment}]
    answer = (await officer.ask(log, all=lookups))["logOfflineLookups"]
    # A clock that is ahead is set back to now; one from before there was a pass is refused.
    assert answer["ok"] or answer["errors"] == [{"code": "INVALID", "field": "lookups.0.lookedAt"}]


async def test_a_phone_whose_clock_is_a_century_ahead_is_no_error_of_ours(city: City) -> None:
    case = await enrolled(city)
    person, task = await whose(city, case), await demanded(city, case)
    asked = await challenge(person, case)
    taken = await capture(person, asked, check_in_fields(task), skew=timedelta(days=36_500))
    with contextlib.suppress(Refused):
        await act(person, "submitCheckIn", taskId=task, mode="ONLINE", capturedAt=clock.now().isoformat(), capture=taken)


async def test_places_nowhere_on_earth_are_refused(city: City) -> None:
    case = await started(city)
    task = await demanded(city, case)
    given = {"taskId": task, "mode": "NO_FACE", "capturedAt": clock.now().isoformat()}
    for place, field in (
        ({"latitude": 90.1, "longitude": 0}, "latitude"), ({"latitude": 0, "longitude": -180.5}, "longitude"),
        ({"latitude": 1e308, "longitude": 1e308}, "latitude"), ({"latitude": 28.7}, "latitude"),
        ({"latitude": 28.7, "longitude": 120.6, "accuracy": -1}, "accuracy"),
    ):  # fmt: skip
        assert ("INVALID", field) in await codes(city, case["phone"], "submitCheckIn", **given, **place)
    person = await city.sign_in(case["phone"])
    query = hostile.operation("mutation", "submitCheckIn")
    for number in (float("nan"), float("inf"), -float("inf")):
        body = hostile.body(query, {"input": {**given, "latitude": number, "longitude": 120.6}})
        answer = await person.client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
        assert refusals(answer), number
    assert (await look(person, case, "checkIns { id }"))["checkIns"] == []


async def test_endless_numbers_lists_and_texts_are_refused(city: City) -> None:
    case = await started(city)
    one = {"id": case["id"]}
    for phone, command, field, fields in (
        (WORKER, "demandCheckIn", "hours", {**one, "reason": "请今天报到", "hours": 10**9}),
        (WORKER, "demandCheckIn", "hours", {**one, "reason": "请今天报到", "hours": -1}),
        (WORKER, "demandCheckIn", "reason", {**one, "reason": "字" * 30_000, "hours": 4}),
        (OFFICE, "confirmPoints", "entryIds", {**one, "entryIds": [str(uuid4())] * 10_000, "confirm": True, "reason": "属实"}),
        (WORKER, "blowWhistle", "called", {**one, "ground": "THREAT", "text": "有人威胁", "called": ["GRID"] * 10_000}),
        (WORKER, "noteBreach", "daysAway", {**one, "version": 1, "kind": "LEFT_WITHOUT_LEAVE", "fact": "离开未报告", "clause": "第三条",
                                            "heard": "忘记了", "daysAway": 2**31 - 1}),
        (PATROL, "verifyPass", "token", {"token": "A" * 100_000, "reason": "路面例行检查"}),
    ):  # fmt: skip
        if "version" in fields:
            fields["version"] = (await look(await city.sign_in(OFFICE), case))["version"]
        found = await codes(city, phone, command, **fields)
        assert [each[1] for each in found] == [field], (command, found)


async def test_a_token_of_a_megabyte_is_not_even_read(city: City) -> None:
    officer = await city.sign_in(PATROL)
    given = {"token": "A" * 1_000_000, "reason": "路面例行检查"}
    body = hostile.body(hostile.operation("mutation", "verifyPass"), {"input": given})
    answer = await officer.client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b'{"query": ' + b"9" * 6000 + b"}", b"\xff\xfe", b'"x"', b"null"])
async def test_bodies_that_are_no_request_are_refused(city: City, body: bytes) -> None:
    officer = await city.sign_in(PATROL)
    answer = await officer.client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text


async def test_ids_of_other_counties_and_of_nothing_look_the_same(city: City) -> None:
    case = await started(city)
    for wrong in (case["id"], str(uuid4()), "x", "", "331024"):
        for command, field, fields in (
            ("demandCheckIn", "id", {"id": wrong, "reason": "请今天报到"}),
            ("revealCaseContact", "id", {"id": wrong, "reason": "核对联系方式"}),
            ("completeRehabTask", "taskId", {"taskId": wrong, "text": "走访"}),
            ("reviewCheckIn", "checkInId", {"checkInId": wrong, "accept": True, "note": "核实"}),
            ("recordLabResult", "testId", {"testId": wrong, "lab": "省检测中心", "result": "NEGATIVE"}),
        ):
            assert await codes(city, NEIGHBOUR_WORKER, command, **fields) == [("NOT_FOUND", field)], (command, wrong)


# ----------------------------------------------------------------------------------------------- rules of a county


@pytest.mark.parametrize(
    "data",
    [
        None, [], 7, "x", {}, {"rules": {}}, {"\x00": 1}, {"a" * 100_000: 1}, {"measures": {"\ud800": 1}}, {"version": 10**400},
        {"version": 2**64}, {"rules": [[]] * 10_000}, {"bands": [{"measures": {"contact_days": float("nan")}}]},
    ],
)  # fmt: skip
async def test_nonsense_for_rules_is_refused(city: City, data: Any) -> None:
    office = await city.sign_in(OFFICE)
    given = {"data": data, "approvalNo": "仙禁毒办〔2026〕9号", "effectiveFrom": in_days(40)}
    body = hostile.body(hostile.operation("mutation", "draftRuleSet"), {"input": given})
    assert refusals(await office.client.post("/graphql", content=body, headers={"Content-Type": "application/json"}))


async def test_rules_nested_without_end_are_refused(city: City) -> None:
    office = await city.sign_in(OFFICE)
    for depth in (50, 300, 900, 20_000):
        given = {"data": "NESTED", "approvalNo": "仙禁毒办〔2026〕9号", "effectiveFrom": in_days(40)}
        body = hostile.body(hostile.operation("mutation", "draftRuleSet"), {"input": given})
        nested = b'{"a":' * depth + b"1" + b"}" * depth
        answer = await office.client.post(
            "/graphql", content=body.replace(b'"NESTED"', nested), headers={"Content-Type": "application/json"}
        )
        assert refusals(answer), depth


@pytest.mark.parametrize(
    ("name", "value"),
    [("contact_days", 0), ("contact_days", -7), ("contact_days", "每周"), ("contact_days", True), ("contact_days", 7.5),
     ("visit_days", 10_000), ("visit_days", None), ("review_months", 0)],
)  # fmt: skip
async def test_frequencies_no_duty_can_be_planned_by_are_refused(city: City, name: str, value: Any) -> None:
    data = county_rules()
    measures = data["bands"][1]["measures"]
    measures.pop(name) if value is None else measures.update({name: value})
    with pytest.raises(Refused) as refused:
        await draft(await city.sign_in(OFFICE), data)
    assert [error["field"] for error in refused.value.errors][-1] == f"bands.B.measures.{name}"


def mutated(data: dict[str, Any], path: list[int], value: Any) -> dict[str, Any]:
    """The rules with one leaf or branch, found by walking `path`, put to `value`."""
    made: Any = copy.deepcopy(data)
    at, steps = made, list(path)
    while True:
        keys = sorted(at) if isinstance(at, dict) else list(range(len(at)))
        key = keys[steps.pop(0) % len(keys)]
        inner = at[key]
        if not steps or not isinstance(inner, dict | list) or not inner:
            at[key] = value
            return dict(made)
        at = inner


@settings(BOUNDED, max_examples=400)
@given(
    path=st.lists(st.integers(0, 60), min_size=1, max_size=5),
    value=st.one_of(hostile.HOSTILE_JSON, st.integers(-200, 200), st.floats(-60, 60), st.booleans()),
)
def test_rules_that_are_taken_are_inside_the_citys_limits_and_can_be_planned_by(path: list[int], value: Any) -> None:
    data = mutated(rulebook.city_data(), path, value)
    city = rulebook.city()
    data = data | {"version": 7, "key": "rehab.331024", "overrides": city.reference, "approval": "x"}
    try:
        rules = load_rule_set(data)
    except Refusals as problem:
        assert all(each.code for each in problem.items)
        return
    today = clock.now().date()
    if check_override(rules, city, today.replace(year=today.year + 1), today) or rule_sets.unusable_measures(rules):
        return
    for rule_id, rule in city.rules.items():
        assert abs(rules.rules[rule_id].points - rule.points) <= abs(rule.points) * 3 / 10
        assert rules.rules[rule_id].feature is rule.feature
        assert set(rule.excuses) <= set(rules.rules[rule_id].excuses)
    for mine, theirs in zip(rules.bands, city.bands, strict=True):
        assert abs(mine.lower - theirs.lower) <= 5
        assert 1 <= int(mine.measures["contact_days"]) <= 366


# ---------------------------------------------------------------------------------------------------------- pass


@pytest.mark.parametrize("token", ["", " ", "AAAA", "A" * 199, "=" * 40, "../../x", "绿码", "0" * tokens.LENGTH])
async def test_what_is_no_token_is_answered_no(city: City, token: str) -> None:
    done = await act(await city.sign_in(PATROL), "verifyPass", show="answer { valid }", token=token, reason="路面例行检查")
    assert done["answer"]["valid"] is False


async def test_answers_of_another_county_are_its_own(city: City) -> None:
    there = await city.sign_in(NEIGHBOUR_OFFICE)
    for wrong in ("x", str(uuid4())):
        with pytest.raises(Refused) as refused:
            await act(there, "answerTransfer", show="ok", transferId=wrong, accept=True, reason="接收")
        assert refused.value.codes == ["NOT_FOUND"]
