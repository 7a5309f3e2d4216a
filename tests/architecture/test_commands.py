"""A command changes data and writes its event: found in the code, and counted while the story runs."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from backend.installed import INSTALLED
from backend.kernel.audit.service import record
from tests.architecture.commands import commands_of, records
from tests.factories import supervision
from tests.factories.city import APPLICANT, MEDIATOR, TOWN_LEADER, City, Person
from tests.factories.disputes import agreed
from tests.factories.hostile import fields
from tests.factories.ledger import open_ledger

#: Mutations of an account's own settings; they concern no matter.
PERSONAL = {"markNotificationsRead", "removePushSubscription", "renameAccount", "savePushSubscription"}
#: Application → its commands, by name.
COMMANDS = {
    manifest.name: commands_of(sys.modules[manifest.mutation.__module__])
    for manifest in INSTALLED
    if manifest.mutation is not None
}


def test_every_mutation_runs_a_command_that_is_looked_at() -> None:
    for manifest in INSTALLED:
        brought = getattr(manifest.mutation, "__strawberry_definition__").fields  # noqa: B009  # Strawberry adds it
        assert len(COMMANDS[manifest.name]) == len(brought), manifest.name
    assert sum(len(found) for found in COMMANDS.values()) == len(set(fields("mutation")) - PERSONAL)


@pytest.mark.parametrize(("app", "name"), [(app, name) for app, found in COMMANDS.items() for name in sorted(found)])
def test_a_command_writes_an_event(app: str, name: str) -> None:
    assert records(COMMANDS[app][name])


async def writes(matter: Any) -> None:
    await record(matter, "x", matter)


async def writes_by_another(matter: Any) -> None:
    await writes(matter)


async def writes_nothing(matter: Any) -> None:
    await matter.save()


@pytest.mark.parametrize(
    ("work", "expected"), [(writes, True), (writes_by_another, True), (writes_nothing, False)]
)
def test_a_command_without_an_event_would_be_found(
    work: Callable[..., Awaitable[None]], expected: bool
) -> None:
    assert records(work) is expected


async def test_each_step_of_the_story_adds_an_event_by_whoever_took_it(
    city: City, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Person.do
    async with open_ledger(database.admin_dsn) as ledger:

        async def counted(self: Person, name: str, key: str = "", **given: Any) -> dict[str, Any]:
            before = await ledger.fetchval("select count(*) from event where actor_id = $1", self.account_id)
            result = await plain(self, name, key, **given)
            after = await ledger.fetchval("select count(*) from event where actor_id = $1", self.account_id)
            assert after > before, name
            return result

        monkeypatch.setattr(Person, "do", counted)
        dispute = await agreed(city)
        mediator = await city.sign_in(MEDIATOR)
        dispute = await mediator.do(
            "recordPerformance", id=dispute["id"], version=dispute["version"], statement="已当面付清"
        )
        leader = await city.sign_in(TOWN_LEADER)
        dispute = await leader.do(
            "recordReturnVisit", id=dispute["id"], version=dispute["version"], performance="PERFORMED",
            satisfaction="SATISFIED", notes="",
        )  # fmt: skip
        await leader.do(
            "closeDispute", id=dispute["id"], version=dispute["version"], closeType="AGREED_PERFORMED",
            checklist=["AGREEMENT_OR_REDIRECT_ON_FILE", "PERFORMANCE_SEEN", "RETURN_VISIT_DONE", "PARTIES_TOLD"],
        )  # fmt: skip
        applicant = await city.sign_in(APPLICANT)
        await applicant.do("rateDispute", id=dispute["id"], process="SATISFIED", result="SATISFIED")


async def test_each_step_of_supervision_adds_an_event_by_whoever_took_it(
    city: City, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, taken = supervision.act, []
    async with open_ledger(database.admin_dsn) as ledger:

        async def counted(person: Person, command: str, /, **given: Any) -> dict[str, Any]:
            before = await ledger.fetchval("select count(*) from event where actor_id = $1", person.account_id)
            result = await plain(person, command, **given)
            after = await ledger.fetchval("select count(*) from event where actor_id = $1", person.account_id)
            assert after > before, command
            taken.append(command)
            return result

        monkeypatch.setattr(supervision, "act", counted)
        case = await supervision.green(city)
        person, worker = await supervision.whose(city, case), await city.sign_in(supervision.WORKER)
        await supervision.step(person, "consentToFace", case, consentVersion="2026-11", agreed=False)
        await supervision.step(person, "fileRehabRequest", case, kind="WORK", text="想学电工")
        await supervision.step(worker, "blowWhistle", case, ground="THREAT", text="有人上门威胁", called=["POLICE"])
        await counted(worker, "revealCaseContact", show="phone", id=case["id"], reason="核对联系方式")
    assert {"registerRehabCase", "reportIn", "draftTreatmentAgreement", "signCasePaper", "startSupervision", "overrideBand"} <= set(taken)
