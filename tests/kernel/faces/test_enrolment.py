"""Consent, templates and their end, on the real database with the real engine."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import numpy as np
import pytest

from backend.kernel import clock
from backend.kernel.db.connection import execute, fetch
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import open_scope
from backend.kernel.errors import Refusal
from backend.kernel.faces import service
from backend.kernel.faces.judging import open_vector
from backend.kernel.faces.models import FaceEnrolment, FaceTemplate
from backend.kernel.privacy.encryption import EncryptionError
from backend.settings import settings
from tests.factories import faces as made
from tests.kernel.faces.cases import ENROL, Case, sheet_for

YEAR = timedelta(days=366)


@pytest.fixture
async def case(product: object) -> Case:
    return await Case().open()


async def templates(case: Case) -> list[FaceTemplate]:
    """As a job reads them."""
    async with open_scope(case.job.scope):
        enrolments = await FaceEnrolment.filter(matter_id=case.matter.id).values_list("id", flat=True)
        rows = await fetch("select * from face_vectors($1)", list(enrolments))
    return [FaceTemplate(**row) for row in rows]


async def test_consent_pictures_and_a_person_who_confirms(case: Case) -> None:
    proposed = await case.proposed()
    assert (proposed.state, proposed.consent_version) == ("PENDING", "face-1")
    assert proposed.account_id == case.person.account_id
    assert clock.now() - proposed.consent_at < timedelta(minutes=1)
    challenge = await case.used(ENROL)
    judged = await case.read(proposed, challenge, sheet_for(challenge, made.astronaut()))
    assert (judged.outcome, judged.problem) == ("MATCH", "")
    assert judged.best_frame.startswith(b"\xff\xd8")
    assert 2 <= len(await templates(case)) <= 5
    assert (await case.enrolment(proposed)).state == "PENDING", "a machine enrols nobody"
    async with open_scope(case.officer.scope):
        active = await service.confirm_enrolment(case.officer, proposed, accept=True)
        with pytest.raises(Refusal) as caught:
            await service.confirm_enrolment(case.officer, proposed, accept=True)
    assert caught.value.code == "WRONG_STATE"
    assert (active.state, active.confirmed_by) == ("ACTIVE", case.officer.account_id)
    assert active.renew_by is not None
    assert (active.renew_by - clock.now().astimezone(clock.LOCAL).date()).days == settings().face_renew_days


async def test_templates_are_sealed_to_their_row(case: Case) -> None:
    await case.enrol(made.astronaut())
    first, second, *_ = await templates(case)
    vector = open_vector(first)
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-2)
    text = first.vector
    assert text.startswith("v1:")
    for kind in ("<f2", "<f4"):
        assert vector.astype(kind).tobytes().hex()[:32] not in text.encode().hex()
    second.vector = first.vector
    with pytest.raises(EncryptionError):
        open_vector(second)
    first.county = "331004"
    with pytest.raises(EncryptionError):
        open_vector(first)


@pytest.mark.parametrize("who", ["person", "officer"])
@pytest.mark.parametrize("sql", ["select vector from face_template", "select vector from face_vectors('{}')"])
async def test_nobody_but_a_job_sees_a_template(case: Case, who: str, sql: str) -> None:
    await case.enrol(made.astronaut())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with open_scope(getattr(case, who).scope):
            await fetch(sql)


async def test_one_proposal_at_a_time(case: Case) -> None:
    done = await asyncio.gather(case.proposed(), case.proposed(), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["FaceEnrolment", "Refusal"]
    (refused,) = [each for each in done if isinstance(each, Refusal)]
    assert refused.code == "ENROLMENT_PENDING"


async def test_bad_pictures_are_named_and_a_new_proposal_takes_their_place(case: Case) -> None:
    proposed = await case.proposed()
    challenge = await case.used(ENROL)
    judged = await case.read(proposed, challenge, made.contact_sheet(made.still(made.astronaut())))
    assert (judged.outcome, judged.problem) == ("NOT_LIVE", "STILL_PICTURE")
    assert (await case.enrolment(proposed)).problem == "STILL_PICTURE"
    assert await templates(case) == []
    async with open_scope(case.officer.scope):
        with pytest.raises(Refusal) as caught:
            await service.confirm_enrolment(case.officer, proposed, accept=True)
    assert caught.value.code == "NO_TEMPLATES"
    again = await case.proposed()
    assert (await case.enrolment(proposed)).state == "REFUSED"
    assert (await case.enrolment(again)).problem == ""


async def test_a_job_done_twice_leaves_one_set_of_templates(case: Case) -> None:
    proposed = await case.proposed()
    challenge = await case.used(ENROL)
    sheet = sheet_for(challenge, made.astronaut())
    assert (await case.read(proposed, challenge, sheet)).outcome == "MATCH"
    first = await templates(case)
    assert (await case.read(proposed, challenge, sheet)).outcome == "MATCH", "its own pictures are no repetition"
    second = await templates(case)
    assert len(second) == len(first)
    assert {each.id for each in first}.isdisjoint(each.id for each in second)


async def test_refused_by_the_person_who_looks(case: Case) -> None:
    refused = await case.enrol(made.astronaut(), accept=False)
    assert (refused.state, refused.renew_by) == ("REFUSED", None)
    assert await templates(case) == []


async def test_a_new_enrolment_replaces_the_old_one(case: Case) -> None:
    first = await case.enrol(made.astronaut())
    old = {each.id for each in await templates(case)}
    second = await case.enrol(made.basketball_player(), seed=8)
    assert (await case.enrolment(first)).state == "ENDED"
    assert (await case.enrolment(second)).state == "ACTIVE"
    left = await templates(case)
    assert left
    assert old.isdisjoint(each.id for each in left)
    assert {each.enrolment_id for each in left} == {second.id}


async def test_the_old_one_holds_until_the_new_one_is_confirmed(case: Case) -> None:
    first = await case.enrol(made.astronaut())
    await case.proposed()
    assert (await case.enrolment(first)).state == "ACTIVE"
    assert await templates(case)


async def test_consent_withdrawn_by_the_person_himself(case: Case) -> None:
    active = await case.enrol(made.astronaut())
    pending = await case.proposed()
    other = await Case(subject_id=new_id()).open()
    await other.enrol(made.basketball_player())
    async with open_scope(case.person.scope):
        withdrawn = await service.withdraw(case.person, case.matter, case.subject_id)
    assert {each.id for each in withdrawn} == {active.id, pending.id}
    row = await case.enrolment(active)
    assert row.state == "WITHDRAWN"
    assert row.withdrawn_at is not None
    assert await templates(case) == []
    assert await templates(other), "nobody else's"
    async with open_scope(case.person.scope):
        assert await service.withdraw(case.person, case.matter, case.subject_id) == []


async def test_nothing_is_made_of_pictures_whose_consent_is_gone(case: Case) -> None:
    proposed = await case.proposed()
    challenge = await case.used(ENROL)
    async with open_scope(case.person.scope):
        await service.withdraw(case.person, case.matter, case.subject_id)
    judged = await case.read(proposed, challenge, sheet_for(challenge, made.astronaut()))
    assert judged.outcome == "NOT_ENROLLED"
    assert await templates(case) == []


async def test_the_end_of_the_purpose(case: Case) -> None:
    active = await case.enrol(made.astronaut())
    async with open_scope(case.job.scope):
        assert [each.id for each in await service.end(case.matter, case.subject_id)] == [active.id]
    assert (await case.enrolment(active)).state == "ENDED"
    assert await templates(case) == []


async def waiting_jobs(case: Case, enrolment: FaceEnrolment) -> list[str]:
    async with open_scope(case.job.scope):
        rows = await fetch(
            "select args->>'enrolment_id' as enrolment from job where name = $1 and dedupe = $2",
            service.EXPIRE_JOB, str(enrolment.id),
        )  # fmt: skip
        return [row["enrolment"] for row in rows]


async def test_an_enrolment_past_its_day_is_found_and_ended(case: Case) -> None:
    active = await case.enrol(made.astronaut())
    await service.sweep_renewals(clock.now())
    assert await waiting_jobs(case, active) == []
    async with open_scope(case.job.scope):
        await service.expire(case.job, str(active.id))
    assert (await case.enrolment(active)).state == "ACTIVE", "a job that came too early"
    with clock.shifted(YEAR):
        for _ in range(2):
            await service.sweep_renewals(clock.now())
        assert await waiting_jobs(case, active) == [str(active.id)]
        for _ in range(2):
            async with open_scope(case.job.scope):
                await service.expire(case.job, str(active.id))
    assert (await case.enrolment(active)).state == "EXPIRED"
    assert await templates(case) == []
    async with open_scope(case.job.scope):
        await execute("update job set state = 'DONE' where name = $1", service.EXPIRE_JOB)
