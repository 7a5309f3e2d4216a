"""The stable codes of this package. The client words each of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class FaceProblem(StrEnum):
    """Why a picture is of no use, each with another remedy."""

    NO_FACE = "NO_FACE"
    SEVERAL_FACES = "SEVERAL_FACES"
    TOO_SMALL = "TOO_SMALL"
    TOO_DARK = "TOO_DARK"
    TOO_BRIGHT = "TOO_BRIGHT"
    BLURRED = "BLURRED"
    TURNED_AWAY = "TURNED_AWAY"
    COVERED = "COVERED"


class Gesture(StrEnum):
    """What a challenge asks for. Left and right are the person's own."""

    TURN_LEFT = "TURN_LEFT"
    TURN_RIGHT = "TURN_RIGHT"
    NEARER = "NEARER"
    BLINK = "BLINK"


#: Nothing flat can imitate these: every challenge contains one.
TURNS: Final = frozenset({Gesture.TURN_LEFT, Gesture.TURN_RIGHT})
GESTURES_ASKED: Final = 3
#: Frames of one burst.
MOST_FRAMES: Final = 40


class LivenessProblem(StrEnum):
    """Why a burst was not taken for a living person who follows the challenge."""

    STILL_PICTURE = "STILL_PICTURE"  # nothing moved, or only as a flat picture does
    WRONG_ORDER = "WRONG_ORDER"  # other gestures, more of them, or another order
    INCOMPLETE = "INCOMPLETE"  # right so far, but not all of them
    NOT_FRONTAL = "NOT_FRONTAL"  # the burst does not start with a face that looks into the camera
    SWAPPED_FACE = "SWAPPED_FACE"  # not the same face from the first frame to the last
    LOST_FACE = "LOST_FACE"  # no face for too long
    BAD_TIMING = "BAD_TIMING"  # too few frames, too short, too long, or out of order
    REPLAYED = "REPLAYED"  # these pictures were shown before


class Verdict(StrEnum):
    """What comparing two faces says."""

    MATCH = "MATCH"
    UNSURE = "UNSURE"
    MISMATCH = "MISMATCH"


class FaceOutcome(StrEnum):
    """What a burst came to. Everything but MATCH is for a person to decide; none of it changes a colour or a score."""

    MATCH = "MATCH"
    UNSURE = "UNSURE"
    MISMATCH = "MISMATCH"
    NOT_LIVE = "NOT_LIVE"
    BAD_PICTURE = "BAD_PICTURE"
    NOT_ENROLLED = "NOT_ENROLLED"
    ENGINE_MISSING = "ENGINE_MISSING"


class ChallengePurpose(StrEnum):
    ENROL = "ENROL"
    VERIFY = "VERIFY"


class EnrolmentState(StrEnum):
    """PENDING waits for a person who confirms that the pictures show whom they should."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"
    ENDED = "ENDED"


class SearchState(StrEnum):
    """REQUESTED waits for somebody else's decision; an APPROVED search runs once, before it expires."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    DONE = "DONE"
    EXPIRED = "EXPIRED"
