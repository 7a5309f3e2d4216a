"""`/readyz` names the faces, and missing models keep nobody from being served."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.settings import Settings, settings
from tests.factories.city import City


async def readiness(city: City) -> tuple[int, dict[str, str]]:
    answer = await city.client().get("/readyz")
    return answer.status_code, answer.json()


async def test_models_are_there_or_missing(
    city: City, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert await readiness(city) == (200, {"database": "ok", "queue": "ok", "faces": "ok"})
    monkeypatch.setattr(settings(), "face_model_dir", str(tmp_path))
    assert await readiness(city) == (200, {"database": "ok", "queue": "ok", "faces": "missing"})


def test_the_folder_and_the_thresholds_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACE_MODEL_DIR", "/models/buffalo_l")
    monkeypatch.setenv("SHANZHI_FACE_MATCH_FROM", "0.5")
    read = Settings()  # type: ignore[call-arg]  # every field comes from the environment
    assert (read.face_model_dir, read.face_match_from) == ("/models/buffalo_l", 0.5)
    monkeypatch.setenv("SHANZHI_FACE_MISMATCH_BELOW", "0.6")
    with pytest.raises(ValueError, match="MISMATCH_BELOW"):
        Settings()  # type: ignore[call-arg]
