"""The pass: green people only, good for a minute, yes or no for an officer on duty, nothing for anybody else."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.apps.rehab import tokens
from backend.kernel import clock
from tests.factories.city import City, Person, Refused
from tests.factories.supervision import (
    CITIZEN,
    MEDIATOR,
    OFFICE,
    PATROL,
    WORKER,
    act,
    green,
    look,
    started,
    step,
    whose,
)

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


async def shown(person: Person, case: dict[str, Any]) -> list[dict[str, Any]]:
    done = await person.ask(
        "mutation($id: ID!) { showPass(id: $id) { tokens { text startsAt expiresAt } errors { code } } }", id=case["id"]
    )
    if done["showPass"]["errors"]:
        raise Refused(done["showPass"]["errors"])
    return list(done["showPass"]["tokens"])


async def verified(officer: Person, token: str, reason: str = "路面例行检查") -> bool:
    done = await act(officer, "verifyPass", show="answer { valid }", token=token, reason=reason)
    return bool(done["answer"]["valid"])


async def test_an_officer_on_duty_gets_yes_and_the_person_reads_it(city: City) -> None:
    case = await green(city)
    person, officer = await whose(city, case), await city.sign_in(PATROL)
    token = (await shown(person, case))[0]["text"]
    assert await verified(officer, token)
    assert await verified(officer, token)
    await city.work()
    (found,) = (await look(person, case, "lookups { officer agencyName reason answer offline }"))["lookups"]
    assert found == {
        "officer": "测试巡逻民警", "agencyName": "仙居县公安局巡特警大队", "reason": "路面例行检查", "answer": True, "offline": False,
    }  # fmt: skip
    inbox = await person.ask("{ inbox { edges { node { kind data } } } }")
    assert "rehab.pass.looked_at" in [edge["node"]["kind"] for edge in inbox["inbox"]["edges"]]
    with pytest.raises(AssertionError):
        await look(officer, case)


@pytest.mark.parametrize("phone", [CITIZEN, MEDIATOR, WORKER, OFFICE])
async def test_nobody_else_learns_anything(city: City, phone: str) -> None:
    case = await green(city)
    token = (await shown(await whose(city, case), case))[0]["text"]
    stranger = await city.sign_in(phone)
    with pytest.raises(Refused) as refused:
        await verified(stranger, token)
    assert refused.value.codes == ["NOT_PERMITTED"]
    answer = await stranger.client.post("/graphql", json={"query": "{ rehabPassKeys { keys { publicKey } } }"})
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_PERMITTED"


async def test_a_screenshot_is_worth_nothing_after_a_minute(city: City) -> None:
    case = await green(city)
    person, officer = await whose(city, case), await city.sign_in(PATROL)
    first, *_, last = [token["text"] for token in await shown(person, case)]
    assert not await verified(officer, last)
    await city.pass_time(seconds=61)
    assert not await verified(officer, first)


async def test_who_is_not_green_has_no_pass_and_losing_the_colour_ends_it(city: City) -> None:
    case = await started(city)
    with pytest.raises(Refused) as refused:
        await shown(await whose(city, case), case)
    assert refused.value.codes == ["NO_PASS"]
    case = await green(city)
    person, office, officer = await whose(city, case), await city.sign_in(OFFICE), await city.sign_in(PATROL)
    token = (await shown(person, case))[0]["text"]
    await step(office, "suspendRehabCase", case, cause="HOSPITAL", document="住院证明")
    assert not await verified(officer, token)


async def test_look_ups_made_offline_are_logged_once(city: City) -> None:
    case = await green(city)
    person, officer = await whose(city, case), await city.sign_in(PATROL)
    token = (await shown(person, case))[0]["text"]
    seen_at = clock.now()
    await city.pass_time(hours=2)
    log = """mutation($all: [OfflineLookupInput!]!) { logOfflineLookups(lookups: $all) { ok errors { code field } } }"""
    lookups = [
        {"token": token, "reason": "夜间检查", "lookedAt": seen_at.isoformat()},
        {"token": "A" * len(token), "reason": "夜间检查", "lookedAt": seen_at.isoformat()},
    ]
    for _ in range(2):
        assert (await officer.ask(log, all=lookups))["logOfflineLookups"] == {"ok": True, "errors": []}
    (found,) = (await look(person, case, "lookups { answer offline lookedAt }"))["lookups"]
    assert (found["answer"], found["offline"]) == (True, True)
    assert datetime.fromisoformat(found["lookedAt"]) == seen_at


@pytest.mark.usefixtures("database")
class TestTokens:
    """The pure token, with the installation's keys."""

    def test_it_opens_again_and_says_when_it_is_good(self) -> None:
        case_id = uuid4()
        opened = tokens.open_token(tokens.issue("331024", case_id, NOW).text)
        assert opened is not None
        assert (opened.case_id, opened.county) == (case_id, "331024")
        assert opened.is_good(NOW)
        assert opened.is_good(NOW + tokens.GOOD_FOR)
        assert not opened.is_good(NOW + tokens.GOOD_FOR + timedelta(seconds=1))
        assert not opened.is_good(NOW - tokens.TOLERANCE - timedelta(seconds=1))

    def test_it_can_be_checked_with_the_public_key_alone(self) -> None:
        text = tokens.issue("331024", uuid4(), NOW).text
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        key = Ed25519PublicKey.from_public_bytes(tokens.public_key(int.from_bytes(raw[1:5])))
        key.verify(raw[-64:], raw[:-64])

    def test_it_names_nobody(self) -> None:
        case_id = uuid4()
        one, other = tokens.issue("331024", case_id, NOW).text, tokens.issue("331024", case_id, NOW).text
        raw = urlsafe_b64decode(one + "=" * (-len(one) % 4))
        assert case_id.bytes not in raw
        # Two codes of one person have nothing in common but header and time.
        assert urlsafe_b64decode(other + "=" * (-len(other) % 4))[9:] != raw[9:]

    @settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(place=st.integers(0, tokens.LENGTH - 1), flip=st.integers(1, 255))
    def test_one_changed_byte_is_no_token(self, place: int, flip: int) -> None:
        text = tokens.issue("331024", uuid4(), NOW).text
        raw = bytearray(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        raw[place] ^= flip
        assert tokens.open_token(urlsafe_b64encode(bytes(raw)).decode().rstrip("=")) is None

    @settings(max_examples=300)
    @given(text=st.text(max_size=400))
    def test_any_text_is_survived(self, text: str) -> None:
        assert tokens.open_token(text) is None
