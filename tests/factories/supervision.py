"""The supervised person of the tests, his chain of people, and the steps that bring a case to where a test wants it."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from itertools import count
from typing import Any

from graphql import GraphQLSchema, build_schema, get_named_type

from backend.kernel import clock
from backend.kernel.demonstration import VILLAGE
from tests.factories.city import City, Person, Refused

#: Every case of the tests is another person's: tests of one worker share a database.
_NUMBERS = count(1)
WORKER, POLICE, PATROL = "19900000026", "19900000025", "19900000038"
OFFICE, OFFICE_2, CITY_OFFICE = "19900000035", "19900000036", "19900000042"
CHIEF = "19900000037"
NEIGHBOUR_WORKER, NEIGHBOUR_OFFICE = "19900000052", "19900000053"
GRID, VILLAGE_OFFICER, CITIZEN, MEDIATOR = "19900000011", "19900000012", "19900000001", "19900000013"

CASE = "case { id code version state band bandSince termFrom termTo hasPass }"
CASE_QUERY = f"query($id: ID!) {{ rehabCase(id: $id) {{ {CASE.removeprefix('case { ').removesuffix(' }')} %s }} }}"


@lru_cache(maxsize=1)
def _schema() -> GraphQLSchema:
    from backend.schema import sdl

    return build_schema(sdl())


async def act(
    person: Person, command: str, /, *, key: str = "", show: str = "", also: Any = None, **fields: Any
) -> dict[str, Any]:
    """Run mutation `command` with an input object; returns its payload without the errors. Raises Refused.

    `also` has the fields that are called as an argument here.
    """
    mutation = _schema().mutation_type
    assert mutation is not None
    kind = get_named_type(mutation.fields[command].args["input"].type).name
    payload_type = get_named_type(mutation.fields[command].type)
    shown = show or (CASE if "case" in payload_type.fields else "")
    query = f"mutation($input: {kind}!) {{ {command}(input: $input) {{ {shown} errors {{ code field data }} }} }}"
    headers = {"Idempotency-Key": key} if key else {}
    answer = await person.client.post("/graphql", json={"query": query, "variables": {"input": {**fields, **(also or {})}}}, headers=headers)
    body = answer.json()
    assert not body.get("errors"), body["errors"]
    payload: dict[str, Any] = body["data"][command]
    if payload.pop("errors"):
        raise Refused(answer.json()["data"][command]["errors"])
    return payload


async def step(person: Person, command: str, case: dict[str, Any], /, **fields: Any) -> dict[str, Any]:
    """A command on a case at its present version; returns the case."""
    mutation = _schema().mutation_type
    assert mutation is not None
    kind: Any = get_named_type(mutation.fields[command].args["input"].type)
    if "version" in kind.fields:
        fields.setdefault("version", (await look(person, case))["version"])
    if "id" in kind.fields:
        fields.setdefault("id", case["id"])
    done: dict[str, Any] = (await act(person, command, **fields))["case"]
    return {**case, **done}


async def look(person: Person, case: dict[str, Any], show: str = "") -> dict[str, Any]:
    """The case as this person sees it; an AssertionError when he does not."""
    found = (await person.ask(CASE_QUERY % show, id=case["id"]))["rehabCase"]
    assert found is not None
    return dict(found)


def new_phone() -> str:
    """A telephone that nobody of the tests has yet."""
    return f"1990001{next(_NUMBERS):04}"


async def whose(city: City, case: dict[str, Any]) -> Person:
    """The supervised person, signed in."""
    return await city.sign_in(case["phone"])


async def registered(city: City, phone: str = "", name: str = "测试丁四", **fields: Any) -> dict[str, Any]:
    """A case after a served order, taken up by the community police officer; `phone` is the person's."""
    police = await city.sign_in(POLICE)
    phone = phone or new_phone()
    given: dict[str, Any] = {
        "kind": "COMMUNITY_TREATMENT", "name": name, "phone": phone, "idNumber": "331024199001010016",
        "division": f"{VILLAGE}001", "orderNo": "仙公社戒决字〔2026〕1号",
        "servedOn": str((clock.now() - timedelta(days=2)).astimezone(clock.LOCAL).date()), **fields,
    }  # fmt: skip
    case = (await act(police, "registerRehabCase", **given))["case"]
    await city.work()
    return {**case, "phone": phone}


async def reported(city: City, **fields: Any) -> dict[str, Any]:
    """The person came to the township."""
    case = await registered(city, **fields)
    worker = await city.sign_in(WORKER)
    return await step(
        worker, "reportIn", case, placeText="茶溪村8号", homeLatitude=28.72, homeLongitude=120.6, fenceMetres=2000
    )


async def agreed(city: City, **fields: Any) -> dict[str, Any]:
    """Both signed the agreement."""
    case = await reported(city, **fields)
    worker, person = await city.sign_in(WORKER), await whose(city, case)
    await step(
        worker, "draftTreatmentAgreement", case, measures=[
            {"kind": "AGREED", "text": "按约定报到"}, {"kind": "SELF", "text": "每周与家人吃一次饭"},
        ], testPlan="第一年每月一次尿液检测", help="联系就业培训",
    )  # fmt: skip
    for signer in (person, worker):
        found = await look(signer, case, "agreement { paper { id sha256 mySignature } }")
        paper = found["agreement"]["paper"]
        assert paper["mySignature"] is False
        case = await step(signer, "signCasePaper", case, paperId=paper["id"], sha256=paper["sha256"])
    return case


async def started(city: City, **fields: Any) -> dict[str, Any]:
    """Supervision goes on, with its first duties planned."""
    case = await agreed(city, **fields)
    worker = await city.sign_in(WORKER)
    case = await step(worker, "startSupervision", case, firstTest="阴性,2026-01", firstVisit="已家访")
    await city.work()
    return case


async def green(city: City, **fields: Any) -> dict[str, Any]:
    """A person in the green band, by a named officer's decision for a while."""
    case = await started(city, **fields)
    office = await city.sign_in(OFFICE)
    until = (clock.now() + timedelta(days=60)).astimezone(clock.LOCAL).date()
    return await step(office, "overrideBand", case, band="C2", reason="长期稳定,单位和家庭反映良好", until=str(until))
