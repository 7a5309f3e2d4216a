"""The demonstration city as tests use it: sign in as somebody, send GraphQL, let the worker work, move the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from arq import ArqRedis
from arq.constants import job_key_prefix
from arq.jobs import deserialize_job
from redis.asyncio import ConnectionPool
from starlette.applications import Starlette

from backend.kernel import clock
from backend.kernel.identity import service as identity
from backend.kernel.identity import sessions
from backend.kernel.jobs.queue import QUEUE, valkey
from backend.kernel.jobs.relay import relay_once
from backend.settings import settings

APPLICANT = "19900000001"
RESPONDENT = "19900000002"
STRANGER = "19900000003"
GRID_WORKER = "19900000011"
VILLAGE_OFFICER = "19900000012"
MEDIATOR = "19900000013"
DISPATCHER = "19900000021"
TOWN_LEADER = "19900000022"
JUSTICE_OFFICE = "19900000023"
COUNTY_CENTER = "19900000031"
COUNTY_CENTER_2 = "19900000032"
PROGRAM_OFFICE = "19900000034"
NEIGHBOUR_GRID_WORKER = "19900000051"


class Refused(AssertionError):
    """A command came back with errors; `codes` are theirs."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(str(errors))
        self.errors = errors
        self.codes = [error["code"] for error in errors]


@dataclass
class Person:
    """Somebody signed in."""

    client: httpx.AsyncClient
    account_id: str

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Data of an operation. Raises AssertionError with the GraphQL errors."""
        answer = await self.client.post("/graphql", json={"query": query, "variables": variables})
        body = answer.json()
        assert not body.get("errors"), body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    async def do(self, name: str, key: str = "", **fields: Any) -> dict[str, Any]:
        """Run mutation `name` with an input object; returns its dispute. Raises Refused."""
        kind = INPUTS[name]
        query = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ dispute {{ id code version state level }} errors {{ code field data }} }} }}"
        headers = {"Idempotency-Key": key} if key else {}
        answer = await self.client.post(
            "/graphql", json={"query": query, "variables": {"input": fields}}, headers=headers
        )
        body = answer.json()
        assert not body.get("errors"), body["errors"]
        payload = body["data"][name]
        if payload["errors"]:
            raise Refused(payload["errors"])
        dispute: dict[str, Any] = payload["dispute"]
        return dispute


INPUTS = {
    "reportDispute": "ReportDisputeInput", "triageDispute": "TriageInput", "assignDispute": "AssignInput",
    "redirectDispute": "RedirectInput", "returnDispute": "ReturnInput", "acceptDispute": "AcceptInput",
    "startMediation": "StartMediationInput", "replaceMediator": "ReplaceMediatorInput",
    "scheduleSession": "SessionInput", "respondToSession": "SessionResponseInput", "recordMinutes": "MinutesInput",
    "draftAgreement": "AgreementInput", "signPaper": "SignInput", "failMediation": "FailInput",
    "endMediation": "NoteInput", "escalateDispute": "EscalateInput", "sendDownDispute": "SendDownInput",
    "inviteJoint": "JointInput", "requestConfirmation": "ConfirmationRequestInput",
    "recordConfirmation": "ConfirmationResultInput", "recordPerformance": "PerformanceInput",
    "reportBreach": "BreachInput", "recordReturnVisit": "ReturnVisitInput", "closeDispute": "CloseInput",
    "rateDispute": "RateInput", "reopenDispute": "ReopenInput", "fileObjection": "ObjectionInput",
    "decideObjection": "ObjectionDecisionInput", "addMaterial": "NoteInput", "urgeDispute": "UrgeInput",
    "replyToSupervision": "SupervisionReplyInput", "askExtension": "ExtensionInput",
    "decideExtension": "ExtensionDecisionInput", "suspendClock": "SuspendInput", "flagRisk": "RiskInput",
}  # fmt: skip


@dataclass
class City:
    """The web application with its people and a worker that runs when told to."""

    app: Starlette
    arq: ArqRedis
    people: dict[str, Person] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[City]:
        from backend.web import create_app

        arq = ArqRedis(ConnectionPool.from_url(settings().valkey_url), default_queue_name=QUEUE)
        city = cls(create_app(), arq)
        try:
            yield city
        finally:
            for person in city.people.values():
                await person.client.aclose()
            await arq.aclose(close_connection_pool=True)

    def client(self) -> httpx.AsyncClient:
        """Somebody who is not signed in."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False), base_url="http://localhost:8000",
            headers={"X-Shanzhi-Client": "test"},
        )  # fmt: skip

    async def sign_in(self, phone: str) -> Person:
        """The person with this telephone, in the membership a new session starts with."""
        if phone not in self.people:
            account = await identity.account_of_phone(phone)
            membership = await identity.first_membership(account.id, "code")
            token, _ = await sessions.start(
                valkey(), account.id, membership_id=membership.id if membership else None, by="code", device="test"
            )
            client = self.client()
            client.cookies.set(sessions.COOKIE, token, domain="localhost.local")
            self.people[phone] = Person(client, str(account.id))
        return self.people[phone]

    async def pass_time(self, **by: float) -> None:
        """Move everybody's clock, then let sweeps and jobs run."""
        await clock.move(valkey(), timedelta(**by))
        await self.work()

    async def work(self) -> None:
        """Run sweeps, relay and jobs until nothing is left to do."""
        from backend.installed import INSTALLED
        from backend.kernel.jobs.runner import run_job
        from backend.worker import KERNEL_CRONS, handlers

        for cron in [*KERNEL_CRONS, *(cron for app in INSTALLED for cron in app.crons)]:
            await cron.sweep(clock.now())
        while await relay_once(self.arq):
            for raw in await self.arq.zrange(QUEUE, 0, -1):
                await self.arq.zrem(QUEUE, raw)
                job = f"{job_key_prefix}{raw.decode()}"
                job_id, county = deserialize_job(await self.arq.get(job) or b"").args
                await self.arq.delete(job)
                await run_job(handlers(), job_id, county)
