"""Sessions: a list of devices, revocation at once, an end, and the memberships one may act as."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.kernel import clock
from backend.kernel.db.scope import open_scope
from backend.kernel.identity import service, sessions
from backend.kernel.identity.models import Membership
from backend.kernel.jobs.queue import valkey
from backend.settings import settings
from tests.factories.city import APPLICANT, COUNTY_CENTER, DISPATCHER, MEDIATOR, STRANGER, City, Person
from tests.factories.disputes import DETAIL, accepted

VIEWER = "{ viewer { accountId active { role } memberships { id role } } }"


async def viewer(person: Person) -> Any:
    return (await person.ask(VIEWER))["viewer"]


async def second_device(city: City, person: Person) -> Person:
    """The same account on another device."""
    from uuid import UUID

    token, _ = await sessions.start(
        valkey(), UUID(person.account_id), membership_id=None, by="code", device="another"
    )
    client = city.client()
    client.cookies.set(sessions.COOKIE, token, domain="localhost.local")
    return Person(client, person.account_id)


async def test_devices_are_listed_and_each_can_be_ended(city: City) -> None:
    one = await city.sign_in(APPLICANT)
    other = await second_device(city, one)
    listed = (await one.client.get("/auth/sessions")).json()
    assert {each["device"] for each in listed} == {"test", "another"}
    assert [each["device"] for each in listed if each["current"]] == ["test"]
    away = next(each["id"] for each in listed if each["device"] == "another")
    assert (await one.client.delete(f"/auth/sessions/{away}")).status_code == 204
    assert await viewer(other) is None
    assert (await viewer(one))["accountId"] == one.account_id
    await other.client.aclose()


async def test_a_foreign_device_cannot_be_ended(city: City) -> None:
    one, stranger = await city.sign_in(APPLICANT), await city.sign_in(STRANGER)
    (listed,) = (await one.client.get("/auth/sessions")).json()
    assert (await stranger.client.delete(f"/auth/sessions/{listed['id']}")).status_code == 404
    assert await viewer(one)


async def test_sign_out_ends_the_session_and_not_only_the_cookie(city: City) -> None:
    one = await city.sign_in(APPLICANT)
    token = one.client.cookies[sessions.COOKIE]
    assert (await one.client.post("/auth/sign-out")).status_code == 204
    async with city.client() as client:
        client.cookies.set(sessions.COOKIE, token, domain="localhost.local")
        assert (await client.get("/auth/sessions")).status_code == 401


async def test_a_session_ends_two_weeks_after_its_last_use(city: City) -> None:
    one = await city.sign_in(APPLICANT)
    (key,) = await valkey().keys("session:*")
    assert 0 < await valkey().ttl(key) <= sessions.IDLE.total_seconds()
    await valkey().expire(key, 60)
    with clock.shifted(sessions.TOUCH + timedelta(seconds=1)):
        await sessions.find(valkey(), one.client.cookies[sessions.COOKIE])
    assert await valkey().ttl(key) > 3600
    await valkey().delete(key)
    assert await viewer(one) is None


async def test_a_revoked_session_is_not_brought_back_by_a_request_under_way(city: City) -> None:
    one = await city.sign_in(APPLICANT)
    session = await sessions.find(valkey(), one.client.cookies[sessions.COOKIE])
    assert session is not None
    await sessions.revoke(valkey(), session.account, session.id)
    await sessions.change(valkey(), session, membership_id="")
    assert await viewer(one) is None


async def test_one_may_act_through_an_own_membership_or_privately(city: City) -> None:
    mediator = await city.sign_in(MEDIATOR)
    before = await viewer(mediator)
    assert before["active"]["role"] == "MEDIATOR"
    assert (await mediator.client.post("/auth/membership", json={"membershipId": None})).status_code == 204
    assert (await viewer(mediator))["active"] is None
    own = before["memberships"][0]["id"]
    assert (await mediator.client.post("/auth/membership", json={"membershipId": own})).status_code == 204
    assert (await viewer(mediator))["active"]["role"] == "MEDIATOR"


@pytest.mark.parametrize("wanted", ["x", 7, [], {}, "\u0000"])
async def test_a_membership_that_is_none_is_refused(city: City, wanted: Any) -> None:
    mediator = await city.sign_in(MEDIATOR)
    answer = await mediator.client.post("/auth/membership", json={"membershipId": wanted})
    assert (answer.status_code, answer.json()["field"]) == (400, "membershipId")


async def test_a_foreign_membership_looks_like_none(city: City) -> None:
    foreign = (await viewer(await city.sign_in(DISPATCHER)))["memberships"][0]["id"]
    mediator = await city.sign_in(MEDIATOR)
    for wanted in (foreign, str(uuid4())):
        answer = await mediator.client.post("/auth/membership", json={"membershipId": wanted})
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert (await viewer(mediator))["active"]["role"] == "MEDIATOR"


async def test_an_ended_membership_ends_what_was_done_through_it(city: City) -> None:
    centre = await city.sign_in(COUNTY_CENTER)
    own = (await viewer(centre))["memberships"][0]["id"]
    async with open_scope(service.IDENTITY):
        await Membership.filter(id=own).update(ended_at=clock.now())
    service.forget_actors()
    try:
        assert await viewer(centre) is None
        answer = await centre.client.post("/auth/membership", json={"membershipId": own})
        assert answer.status_code == 401
    finally:
        async with open_scope(service.IDENTITY):
            await Membership.filter(id=own).update(ended_at=None)
        service.forget_actors()


async def test_outside_the_demonstration_staff_do_not_come_in_by_code(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "demo", False)
    mediator = await city.sign_in(MEDIATOR)
    seen = await viewer(mediator)
    assert seen["active"] is None
    answer = await mediator.client.post(
        "/auth/membership", json={"membershipId": seen["memberships"][0]["id"]}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "PASSKEY_REQUIRED")


async def test_outside_the_demonstration_a_reveal_asks_for_a_step_up(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispute = await accepted(city)
    mediator = await city.sign_in(MEDIATOR)
    party = (await mediator.ask(DETAIL, id=dispute["id"]))["dispute"]["parties"][0]["id"]
    reveal = "mutation($input: RevealInput!) { revealPartyContact(input: $input) { phone errors { code } } }"
    wanted = {"partyId": party, "reason": "联系当事人到场"}
    monkeypatch.setattr(settings(), "demo", False)
    refused = (await mediator.ask(reveal, input=wanted))["revealPartyContact"]
    assert refused == {"phone": None, "errors": [{"code": "STEP_UP_REQUIRED"}]}
    session = await sessions.find(valkey(), mediator.client.cookies[sessions.COOKIE])
    assert session is not None
    await sessions.change(valkey(), session, stepped_up_at=clock.now().isoformat())
    assert (await mediator.ask(reveal, input=wanted))["revealPartyContact"]["phone"] == APPLICANT
    await sessions.change(valkey(), session, stepped_up_at=(clock.now() - timedelta(minutes=6)).isoformat())
    assert (await mediator.ask(reveal, input=wanted))["revealPartyContact"]["errors"] == [
        {"code": "STEP_UP_REQUIRED"}
    ]


async def test_a_session_ends_three_months_after_the_signing_in(city: City) -> None:
    one = await city.sign_in(APPLICANT)
    token = one.client.cookies[sessions.COOKIE]
    with clock.shifted(sessions.LONGEST - timedelta(hours=1)):
        assert await sessions.find(valkey(), token)
    with clock.shifted(sessions.LONGEST + timedelta(hours=1)):
        assert await sessions.find(valkey(), token) is None
    assert await viewer(one) is None
