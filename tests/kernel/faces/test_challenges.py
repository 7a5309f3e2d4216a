"""Challenges: issued, sealed, used once, in time; with phones whose clocks are wrong."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backend.kernel import clock
from backend.kernel.db.scope import open_scope
from backend.kernel.errors import Refusal
from backend.kernel.faces import service
from backend.kernel.faces.challenges import MOST_UNUSED, Capture, seal_of, seal_text
from backend.kernel.faces.models import FaceChallenge
from backend.settings import settings
from tests.kernel.faces.cases import ENROL, FIELDS, VERIFY, Case, captured
from tests.kernel.files.people import NEIGHBOUR_TOWN, officer, person

HOUR = timedelta(hours=1)
VECTOR = "18dbd9547c878ade4152ae4ba121f6ef3b48a7327a7a3a87f0733d38b56c77b2"


@pytest.fixture
async def case(product: object) -> Case:
    return await Case().open()


async def refusal(case: Case, capture: Capture, **options: object) -> str:
    with pytest.raises(Refusal) as caught:
        await case.take(capture, **options)  # type: ignore[arg-type]
    return caught.value.code


def test_the_seal_is_the_phones() -> None:
    """The vector of the phone app's own test."""
    taken = datetime.fromisoformat("2026-07-06T09:02:03.004+08:00")
    capture = Capture("", 6, 38, [], taken, taken, "ab" * 32, "")
    text = seal_text("n-1", capture, {"longitude": "121.5", "latitude": "31.2", "answer.mood": "还好"})
    key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert seal_of(key, text) == "e6d6b610945e4edb749bdc17b0744e5638d7c0c63a5947188907dcc917487a4a"


def test_the_seal_has_one_exact_form() -> None:
    capture = Capture(
        "0190a000-0000-7000-8000-000000000001", 4, 3, [1000, 1450, 1900],
        datetime(2026, 3, 2, 9, 30, 5, 123999, tzinfo=UTC), datetime(2026, 3, 2, 17, 30, 0, tzinfo=clock.LOCAL),
        "ab" * 32, "",
    )  # fmt: skip
    text = seal_text("n0nce", capture, {"place": "28.65,121.26", "note": "都好 = 100%", "mood": ""})
    assert text == "n0nce\n2026-03-02T09:30:05.123Z\n" + "ab" * 32 + "\n3\nmood=\nnote=都好 = 100%\nplace=28.65,121.26"
    assert seal_of("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", text) == VECTOR
    with pytest.raises(Refusal):
        seal_text("n0nce", capture, {"mood": "GOOD\nnote=forged"})


async def test_a_fresh_challenge(case: Case) -> None:
    first, second = await case.challenge(), await case.challenge(offline=True, count=1)
    assert len(first.nonce) == 64
    assert len(urlsafe_b64decode(first.seal_key + "=")) == 32
    assert {first.nonce, first.seal_key}.isdisjoint({second.nonce, second.seal_key})
    assert len(set(first.gestures)) == 3
    assert set(first.gestures) <= set(settings().face_gestures.split(","))
    assert first.expires_at - first.issued_at == timedelta(minutes=3)
    assert second.expires_at - second.issued_at == timedelta(hours=72)
    assert (first.used_at, first.account_id, first.county) == (None, case.person.account_id, case.matter.county)


async def test_at_most_so_many_wait(case: Case) -> None:
    for count in (0, MOST_UNUSED + 1):
        with pytest.raises(Refusal):
            await case.challenge(count=count)
    oldest = await case.challenge(offline=True)

    async def another() -> None:
        async with open_scope(case.person.scope):
            await service.new_challenges(case.person, case.matter, case.subject_id, VERIFY, count=3, offline=True)

    await asyncio.gather(another(), another())
    async with open_scope(case.officer.scope):
        waiting = await FaceChallenge.filter(subject_id=case.subject_id, used_at=None, expires_at__gt=clock.now())
    assert len(waiting) == MOST_UNUSED
    assert oldest.id not in {each.id for each in waiting}
    assert await refusal(case, captured(oldest, b"x", after=timedelta(seconds=9))) == "CHALLENGE_EXPIRED"


async def test_it_is_used_once(case: Case) -> None:
    challenge = await case.challenge()
    capture = captured(challenge, b"x")
    taken = await case.take(capture)
    assert taken.challenge.id == challenge.id
    assert taken.challenge.used_at is not None
    assert await refusal(case, capture) == "CHALLENGE_USED"


async def test_of_two_at_once_one_wins(case: Case) -> None:
    capture = captured(await case.challenge(), b"x")
    done = await asyncio.gather(case.take(capture), case.take(capture), return_exceptions=True)
    assert sorted(each.code if isinstance(each, Refusal) else "TAKEN" for each in done) == ["CHALLENGE_USED", "TAKEN"]


async def test_it_belongs_to_one_person_matter_and_purpose(case: Case) -> None:
    challenge = await case.challenge()
    capture = captured(challenge, b"x")
    other = await Case().open()
    for stranger in (person(), officer(NEIGHBOUR_TOWN), case.officer, other.person):
        assert await refusal(case, capture, actor=stranger) == "NOT_FOUND"
    assert await refusal(other, capture, actor=case.person) == "NOT_FOUND"
    assert await refusal(case, capture, purpose=ENROL) == "NOT_FOUND"
    assert await refusal(case, replace(capture, challenge_id="no id")) == "NOT_FOUND"
    assert (await case.take(capture)).challenge.purpose == VERIFY


async def test_whatever_was_changed_breaks_the_seal(case: Case) -> None:
    challenge = await case.challenge()
    capture = captured(challenge, b"x")
    second = timedelta(seconds=1)
    changed = [
        replace(capture, count=2, frame_times_ms=[0, 450], columns=2),
        replace(capture, captured_at=capture.captured_at + second),
        replace(capture, picture_sha256="0" * 64),
        replace(capture, seal="0" * 64),
        replace(capture, seal=""),
        replace(capture, seal="不是十六进制"),
        replace(capture, seal="\ud800"),
        replace(capture, seal=captured(await case.challenge(), b"x").seal),
    ]
    for each in changed:
        assert await refusal(case, each) == "SEAL_BROKEN"
    for fields in ({}, {**FIELDS, "note": "\ud800"}, {**FIELDS, "mood": "BAD"}, {**FIELDS, "more": ""}, {"mood": "GOOD\nnote=" + FIELDS["note"]}):
        assert await refusal(case, capture, fields=fields) == "SEAL_BROKEN"
    for grid in ({"count": 4}, {"columns": 0}, {"columns": 9}, {"count": 41, "frame_times_ms": list(range(41))}):
        assert await refusal(case, replace(capture, **grid)) == "BAD_SHEET"
    for moment in (datetime(2026, 3, 2), datetime(9999, 12, 31, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)):
        assert await refusal(case, replace(capture, captured_at=moment)) == "INVALID"
        assert await refusal(case, replace(capture, challenge_received_at=moment)) == "INVALID"
    assert (await case.take(replace(capture, seal=capture.seal.upper()))).challenge.id == challenge.id


@pytest.mark.parametrize("ahead", [timedelta(), 5 * HOUR, -300 * HOUR])
async def test_a_phone_with_a_wrong_clock(case: Case, ahead: timedelta) -> None:
    challenge = await case.challenge(offline=True)
    with clock.shifted(60 * HOUR):
        taken = await case.take(captured(challenge, b"x", phone_ahead=ahead, after=2 * HOUR))
        assert taken.captured_at == challenge.issued_at + 2 * HOUR
        assert taken.skew_seconds == ahead.total_seconds()


async def test_sent_late_but_captured_in_time(case: Case) -> None:
    challenge = await case.challenge(offline=True)
    with clock.shifted(200 * HOUR):
        taken = await case.take(captured(challenge, b"x", after=71 * HOUR))
    assert taken.captured_at == challenge.issued_at + 71 * HOUR


async def test_captured_too_late(case: Case) -> None:
    online = await case.challenge()
    offline = await case.challenge(offline=True)
    with clock.shifted(200 * HOUR):
        assert await refusal(case, captured(online, b"x", after=timedelta(minutes=4))) == "CHALLENGE_EXPIRED"
        assert await refusal(case, captured(offline, b"x", after=73 * HOUR)) == "CHALLENGE_EXPIRED"


async def test_a_capture_is_never_before_the_challenge_nor_in_the_future(case: Case) -> None:
    early, late = await case.challenge(), await case.challenge()
    assert (await case.take(captured(early, b"x", after=-HOUR))).captured_at == early.issued_at
    taken = await case.take(captured(late, b"x", after=9 * HOUR))
    assert late.issued_at <= taken.captured_at <= clock.now()
