"""`shanzhi faces evaluate` on labelled pairs cut from pictures that packages ship, with rows and files that are none."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from backend.cli import app
from backend.settings import settings
from tests.factories import faces as made

PAIRS = """left,right,same
player.png,player-again.jpg,1
player.png,team.png,yes
astronaut.png,player.png,0
astronaut.png,player-again.jpg,NO
astronaut.png,wall.png,0
several.png,player.png,0
astronaut.png,broken.jpg,1
astronaut.png,../outside.png,1
astronaut.png,nowhere.png,0
,player.png,1
player.png,astronaut.png,perhaps
player.png
"""


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """The player three times, once among his team; the astronaut; and what shows nobody."""
    player = made.portrait(made.basketball_player()).frame
    folder = tmp_path / "pictures"
    folder.mkdir()
    pictures = {
        "player.png": player, "player-again.jpg": made.zoomed(player, 1.2, (180, 220)),
        "astronaut.png": made.astronaut(), "wall.png": np.full((200, 200, 3), 90, dtype=np.uint8),
        "several.png": made.the_board(), "team.png": made.the_team()[119:212, 699:784],
    }  # fmt: skip
    for name, pixels in pictures.items():
        Image.fromarray(pixels).save(folder / name)
    Image.fromarray(player).save(tmp_path / "outside.png")
    (folder / "broken.jpg").write_bytes(made.jpeg(player)[:900])
    (tmp_path / "pairs.csv").write_text("\ufeff" + PAIRS, encoding="utf-8")
    return tmp_path


def report(folder: Path, *options: str) -> str:
    done = CliRunner().invoke(
        app, ["faces", "evaluate", str(folder / "pairs.csv"), str(folder / "pictures"), *options]
    )
    assert done.exit_code == 0, done.output
    return done.output


def row(text: str, threshold: float) -> str:
    (found,) = [line for line in text.splitlines() if line.startswith(f"{threshold:>9.2f}")]
    return found


def test_counts_over_thresholds_and_what_was_left_out(labelled: Path) -> None:
    text = report(labelled)
    assert "9 pairs: 2 of one person and 2 of two compared, 5 left out" in text
    assert "3 rows that are no pair:" in text
    assert re.search(r"line 11: left or right is empty\n  line 12: same is neither 1 nor 0\n  line 13: ", text)
    assert "9 pictures, 5 without a usable face" in text
    for reason in (
        "wall.png: NO_FACE", "several.png: SEVERAL_FACES", "broken.jpg: CORRUPT", "nowhere.png: NOT_READABLE",
        "../outside.png: OUTSIDE_THE_FOLDER",
    ):  # fmt: skip
        assert reason in text
    assert "100.0000% (2/2)" in row(text, 0.8) or "50.0000% (1/2)" in row(text, 0.8)
    match = row(text, settings().face_match_from)
    assert match.count("0.0000% (0/2)") == 2
    assert match.endswith("match from here")
    assert row(text, settings().face_mismatch_below).endswith("mismatch below")


def test_strictly_only_what_the_product_takes(labelled: Path) -> None:
    text = report(labelled, "--strict")
    assert "team.png: TOO_SMALL" in text
    assert "9 pairs: 1 of one person and 2 of two compared, 6 left out" in text


def test_pairs_of_one_kind_only(labelled: Path) -> None:
    (labelled / "pairs.csv").write_text("right,same,left\nplayer.png,1,player-again.jpg\n", encoding="utf-8")
    text = report(labelled)
    assert "1 pairs: 1 of one person and 0 of two compared, 0 left out" in text
    assert "no such pair" in row(text, 0.4)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"left,right\nx,y\n"])
def test_a_list_that_is_none(labelled: Path, content: bytes) -> None:
    (labelled / "pairs.csv").write_bytes(content)
    done = CliRunner().invoke(
        app, ["faces", "evaluate", str(labelled / "pairs.csv"), str(labelled / "pictures")]
    )
    assert done.exit_code == 1
    assert done.output.startswith("Cannot evaluate: pairs.csv")


def test_no_models(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "face_model_dir", str(labelled))
    done = CliRunner().invoke(
        app, ["faces", "evaluate", str(labelled / "pairs.csv"), str(labelled / "pictures")]
    )
    assert done.exit_code == 1
    assert "Cannot evaluate" in done.output
