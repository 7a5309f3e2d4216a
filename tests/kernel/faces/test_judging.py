"""Bursts from the phone to the outcome, on the real database with the real engine."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from backend.kernel.db.scope import open_scope
from backend.kernel.faces import service
from backend.kernel.faces.codes import FaceOutcome, Gesture
from backend.kernel.faces.engine import Pixels
from backend.kernel.faces.judging import _templates
from backend.kernel.faces.models import FaceChallenge, FaceTemplate
from backend.kernel.faces.outcomes import Judgement
from backend.settings import settings
from tests.factories import faces as made
from tests.kernel.faces.cases import ENROL, Case, frames_for, gestures_of, sheet_for
from tests.kernel.faces.test_pictures import png_that_says


@pytest.fixture
async def case(product: object) -> Case:
    """Enrolled as the astronaut."""
    opened = await Case().open()
    await opened.enrol(made.astronaut())
    return opened


@pytest.fixture
async def stranger(product: object) -> Case:
    """Somebody without an enrolment."""
    return await Case().open()


def told(judged: Judgement) -> tuple[str, str]:
    return judged.outcome.value, judged.problem


async def test_the_person_who_is_enrolled(case: Case) -> None:
    challenge = await case.used()
    judged = await case.judge(sheet_for(challenge, made.astronaut()), challenge)
    assert told(judged) == ("MATCH", "")
    assert judged.score is not None and judged.score > settings().face_match_from
    assert judged.best_frame.startswith(b"\xff\xd8")
    assert judged.quality["eye_distance"] > 24
    assert abs(judged.quality["yaw"]) < 15


async def test_somebody_else(case: Case) -> None:
    challenge = await case.used()
    judged = await case.judge(sheet_for(challenge, made.basketball_player()), challenge)
    assert told(judged) == ("MISMATCH", "")
    assert judged.score is not None and judged.score < settings().face_mismatch_below
    assert judged.best_frame, "a person looks at it"


async def test_between_the_thresholds_it_is_unsure(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "face_match_from", 0.9999)
    challenge = await case.used()
    assert told(await case.judge(sheet_for(challenge, made.astronaut()), challenge)) == ("UNSURE", "")


async def test_templates_of_another_model_do_not_compare(case: Case) -> None:
    async with open_scope(case.officer.scope):
        models = await FaceTemplate.filter(matter_id=case.matter.id).values_list("model", flat=True)
    assert {str(model) for model in models} == {"w600k_mbf"}
    async with open_scope(case.job.scope):
        assert await _templates(case.matter.id, case.subject_id, "w600k_mbf")
        assert await _templates(case.matter.id, case.subject_id, "another") == []
        assert await _templates(case.matter.id, case.matter.id, "w600k_mbf") == []


async def test_not_enrolled_or_no_more(case: Case, stranger: Case) -> None:
    challenge = await stranger.used()
    judged = await stranger.judge(sheet_for(challenge, made.astronaut()), challenge)
    assert (told(judged), judged.score) == (("NOT_ENROLLED", ""), None)
    async with open_scope(case.person.scope):
        await service.withdraw(case.person, case.matter, case.subject_id)
    challenge = await case.used()
    judged = await case.judge(sheet_for(challenge, made.astronaut()), challenge)
    assert told(judged) == ("NOT_ENROLLED", "")
    assert judged.best_frame, "the way without a face: a person looks"


async def test_a_still_picture(case: Case) -> None:
    assert told(await case.judge(made.contact_sheet(made.still(made.astronaut())))) == ("NOT_LIVE", "STILL_PICTURE")


async def test_a_printed_picture_waved_about(case: Case) -> None:
    rng = np.random.default_rng(5)
    frame = made.portrait(made.astronaut()).frame
    steady = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    waved = []
    for number in range(14):
        tilt = rng.uniform(-0.12, 0.12, (4, 2)) if number > 1 else np.zeros((4, 2))
        corners = [(x + float(dx), y + float(dy)) for (x, y), (dx, dy) in zip(steady, tilt, strict=True)]
        waved.append(made.tilted(frame, corners))
    assert told(await case.judge(made.contact_sheet(waved))) == ("NOT_LIVE", "STILL_PICTURE")


async def test_another_order_than_the_one_demanded(case: Case) -> None:
    challenge = await case.used()
    turns = gestures_of(challenge)
    burst = made.burst(made.astronaut(), [turns[1], turns[0], turns[2]])
    assert told(await case.judge(made.contact_sheet(burst), challenge)) == ("NOT_LIVE", "WRONG_ORDER")


@pytest.mark.parametrize("swapped", [slice(6, 10), slice(2, 6), slice(1, 14), slice(9, 14)])
async def test_a_face_swapped_in_the_middle(case: Case, swapped: slice) -> None:
    challenge = await case.used()
    burst, other = (frames_for(challenge, person) for person in (made.astronaut(), made.basketball_player()))
    burst[swapped] = other[swapped]
    judged = await case.judge(made.contact_sheet(burst), challenge)
    assert told(judged) == ("NOT_LIVE", "SWAPPED_FACE")


async def test_a_face_that_leaves(case: Case) -> None:
    challenge = await case.used()
    burst = frames_for(challenge, made.astronaut())
    burst[5:10] = [np.full_like(burst[0], 90)] * 5
    assert told(await case.judge(made.contact_sheet(burst), challenge)) == ("NOT_LIVE", "LOST_FACE")


async def test_the_same_sheet_a_second_time(case: Case) -> None:
    challenge = await case.used()
    sheet = sheet_for(challenge, made.astronaut())
    assert told(await case.judge(sheet, challenge)) == ("MATCH", "")
    assert told(await case.judge(sheet, challenge)) == ("MATCH", ""), "the same job again is no repetition"
    assert told(await case.judge(sheet)) == ("NOT_LIVE", "REPLAYED")
    with Image.open(BytesIO(sheet)) as image:
        smaller = np.array(image.resize((1080, 1440)))
    assert told(await case.judge(made.jpeg(smaller, 60))) == ("NOT_LIVE", "REPLAYED")


async def test_the_pictures_of_the_enrolment_are_no_check_in(stranger: Case) -> None:
    proposed = await stranger.proposed()
    first = await stranger.used(ENROL)
    sheet = sheet_for(first, made.astronaut())
    await stranger.read(proposed, first, sheet)
    assert told(await stranger.judge(sheet)) == ("NOT_LIVE", "REPLAYED")


async def test_another_burst_of_the_same_person_is_no_repetition(case: Case) -> None:
    for seed in (21, 22):
        challenge = await case.used()
        judged = await case.judge(sheet_for(challenge, made.astronaut(), seed=seed), challenge)
        assert judged.problem != "REPLAYED"


def too_small(frame: Pixels) -> Pixels:
    out = np.full_like(frame, 120)
    out[160:280, 120:210] = np.array(Image.fromarray(frame).resize((90, 120), Image.Resampling.BOX))
    return out


def two_of_them(frame: Pixels) -> Pixels:
    half = np.array(Image.fromarray(frame).resize((180, 240)))
    out = np.full_like(frame, 120)
    out[120:360, :180], out[120:360, 180:] = half, half
    return out


def blurred(frame: Pixels) -> Pixels:
    return np.array(Image.fromarray(frame).filter(ImageFilter.GaussianBlur(7)))


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda frame: made.darkened(frame, 0.12), "TOO_DARK"),
        (lambda frame: made.darkened(frame, 3.2), "TOO_BRIGHT"),
        (lambda frame: np.full_like(frame, 100), "NO_FACE"),
        (two_of_them, "SEVERAL_FACES"),
        (too_small, "TOO_SMALL"),
        (blurred, "BLURRED"),
    ],
)
async def test_pictures_of_no_use_say_why(case: Case, spoil: object, problem: str) -> None:
    assert callable(spoil)
    challenge = await case.used()
    frames = [spoil(frame) for frame in frames_for(challenge, made.astronaut())]
    judged = await case.judge(made.contact_sheet(frames), challenge)
    assert told(judged) == ("BAD_PICTURE", problem)


async def test_what_is_no_sheet_is_an_outcome_and_no_error(stranger: Case) -> None:
    sheet = made.contact_sheet(made.still(made.astronaut()))
    video = b"\x00\x00\x00\x20ftypisom" + bytes(20) + b"hdlr" + bytes(8) + b"vide" + bytes(100)
    for picture, problem in [
        (png_that_says(8000, 6251), "TOO_MANY_PIXELS"), (video, "TYPE_NOT_ALLOWED"), (sheet[:5000], "CORRUPT"),
        (b"", "TYPE_NOT_ALLOWED"),
    ]:  # fmt: skip
        assert told(await stranger.judge(picture)) == ("BAD_PICTURE", problem)
    assert told(await stranger.judge(sheet, columns=3)) == ("BAD_PICTURE", "BAD_SHEET")
    assert told(await stranger.judge(sheet, frame_times_ms=[1, 2])) == ("BAD_PICTURE", "BAD_SHEET")
    assert told(await stranger.judge(sheet, frame_times_ms=[0] * 14)) == ("NOT_LIVE", "BAD_TIMING")


async def test_without_models_a_person_decides(
    case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    challenge = await case.used()
    sheet = sheet_for(challenge, made.astronaut())
    with monkeypatch.context() as patched:
        patched.setattr(settings(), "face_model_dir", str(tmp_path))
        assert told(await case.judge(sheet, challenge)) == ("ENGINE_MISSING", "ENGINE_MISSING")
        proposed = await case.proposed()
        assert (await case.read(proposed, await case.used(), sheet)).outcome is FaceOutcome.NOT_LIVE
        assert (await case.enrolment(proposed)).problem == "REPLAYED"
    async with open_scope(case.job.scope):
        kept = (await FaceChallenge.get(id=challenge.id)).picture_hashes
    assert len(kept) == 14, "shown again later, they are known"
    assert told(await case.judge(sheet, challenge)) == ("MATCH", "")


async def test_a_blink_when_the_setting_asks_for_one(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "face_gestures", "BLINK,TURN_RIGHT,NEARER")
    challenge = await case.used()
    assert set(gestures_of(challenge)) == {Gesture.BLINK, Gesture.TURN_RIGHT, Gesture.NEARER}
