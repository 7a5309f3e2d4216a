"""Chromium's fake camera, fed with a face that makes the gestures a challenge asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, Route

from backend.kernel.faces.codes import Gesture
from backend.kernel.faces.engine import Pixels
from tests.factories import faces

FPS = 8
#: The page opens the camera, somebody taps, the phone counts down: as long the face only looks.
REST_BEFORE_S = 6.0
REST_AFTER_S = 8.0
GESTURE_S = 1.2
PAUSE_S = 0.5


class Camera:
    """A film on disk that Chromium plays when a page opens the camera. Each film holds the phone a little differently."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "face.y4m"
        self.face: Pixels = faces.astronaut()
        self.ahead: list[dict[str, Any]] = []
        self._seed = 0
        self.show([])

    @property
    def arguments(self) -> list[str]:
        """Chromium's, from the start on: the path cannot be changed later, what lies there can."""
        return [
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={self.path}",
        ]  # fmt: skip

    def show(self, gestures: list[str]) -> None:
        """What the camera sees when it is opened next."""
        self._seed += 1
        steps: list[tuple[Gesture | None, float]] = [(None, REST_BEFORE_S)]
        for gesture in gestures:
            steps += [(Gesture(gesture), GESTURE_S), (None, PAUSE_S)]
        frames = faces.film(self.face, [*steps, (None, REST_AFTER_S)], fps=FPS, seed=self._seed)
        # Nobody holds the phone twice in the same place: frames that were shown before would be a replay.
        hand = np.random.default_rng(self._seed)
        scale, middle = float(hand.uniform(1.03, 1.12)), (float(hand.uniform(0, 360)), float(hand.uniform(0, 480)))
        faces.write_y4m(self.path, (faces.zoomed(frame, scale, middle) for frame in frames), FPS)

    def follow(self, page: Page) -> None:
        """Whenever this page is given a challenge for now, film its gestures; those for later are remembered."""
        page.route("**/graphql", self._answer)

    def leave(self, page: Page) -> None:
        """Before the page loses its network: what a test fetches in its place knows of no such thing."""
        page.unroute("**/graphql", self._answer)

    def _answer(self, route: Route) -> None:
        asked = route.request.post_data or ""
        if '"RehabChallenges"' not in asked:
            route.continue_()
            return
        response = route.fetch()
        found = json.loads(response.text())["data"]["rehabChallenges"]["challenges"]
        if json.loads(asked)["variables"]["input"].get("ahead"):
            self.ahead += found
        elif found:
            self.show(found[0]["gestures"])
        route.fulfill(response=response)

    def show_ahead(self) -> None:
        """The gestures of the challenge a phone without a network takes: the one that ends first."""
        chosen = min(self.ahead, key=lambda each: (each["expiresAt"], each["id"]))
        self.ahead.remove(chosen)
        self.show(chosen["gestures"])
