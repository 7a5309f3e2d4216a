"""A supervised person on a phone of his own, and his officers' phones, for stories in the browser."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from backend.kernel import clock
from backend.kernel.demonstration import VILLAGE
from tests.browser.phone import Phone
from tests.factories.supervision import POLICE, WORKER

_NUMBERS = count(1)


class Staff:
    """Officers' phones, for what the story does not look at."""

    def __init__(self, make: Callable[..., Phone]) -> None:
        self._make = make
        self._phones: dict[str, Phone] = {}

    def __getitem__(self, number: str) -> Phone:
        if number not in self._phones:
            self._phones[number] = self._make()
            self._phones[number].enter(number)
        return self._phones[number]


def command(phone: Phone, name: str, kind: str, /, show: str = "case { id version }", **fields: Any) -> dict[str, Any]:
    query = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {show} errors {{ code field }} }} }}"
    payload: dict[str, Any] = phone.api(query, input=fields)[name]
    assert not payload["errors"], payload["errors"]
    return payload


def seen(phone: Phone, case: str, show: str) -> dict[str, Any]:
    found: dict[str, Any] = phone.api(f"query($id: ID!) {{ rehabCase(id: $id) {{ id version {show} }} }}", id=case)["rehabCase"]
    return found


def supervised(make: Callable[..., Phone], staff: Staff, **look: str) -> tuple[str, Phone]:
    """A person under supervision, signed in on a phone of his own with this `look`, and the id of his case."""
    number = f"1990002{next(_NUMBERS):04}"
    person = make(**look)
    person.enter(number)
    today = str(clock.now().astimezone(clock.LOCAL).date())
    police, worker = staff[POLICE], staff[WORKER]
    case = command(
        police, "registerRehabCase", "RegisterCaseInput", kind="COMMUNITY_TREATMENT", name="测试庚七", phone=number,
        idNumber="331024199001010016", division=f"{VILLAGE}001", orderNo="仙公社戒决字〔2026〕7号", servedOn=today,
    )["case"]["id"]  # fmt: skip
    version = seen(worker, case, "")["version"]
    command(worker, "reportIn", "ReportInInput", id=case, version=version, placeText="茶溪村9号")
    command(
        worker, "draftTreatmentAgreement", "TreatmentAgreementInput", id=case, version=seen(worker, case, "")["version"],
        measures=[{"kind": "AGREED", "text": "按约定报到"}], testPlan="每月一次尿液检测", help="联系就业培训",
    )  # fmt: skip
    for signer in (person, worker):
        paper = seen(signer, case, "agreement { paper { id sha256 } }")["agreement"]["paper"]
        command(signer, "signCasePaper", "SignCaseInput", id=case, paperId=paper["id"], sha256=paper["sha256"])
    command(
        worker, "startSupervision", "StartSupervisionInput", id=case, version=seen(worker, case, "")["version"],
        firstTest="首次检测", firstVisit="首次家访",
    )  # fmt: skip
    return case, person


def demand(staff: Staff, person: Phone, case: str) -> str:
    """An open check-in; returns the task."""
    tasks = "{ myRehabTasks(filter: {kinds: [CHECK_IN]}) { edges { node { id } } } }"
    found = person.api(tasks)["myRehabTasks"]["edges"]
    if not found:
        command(staff[WORKER], "demandCheckIn", "DemandCheckInInput", id=case, reason="请今天签到", hours=4)
        found = person.api(tasks)["myRehabTasks"]["edges"]
    return str(found[0]["node"]["id"])
