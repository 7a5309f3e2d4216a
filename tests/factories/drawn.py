"""Faces that nobody has: drawn with ellipses, and plain enough that the detector takes them for a portrait."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from backend.kernel.faces.engine import Pixels

Colour = tuple[int, int, int]
#: Drawn larger and made smaller, for smooth edges.
FINE = 3
SIZE = (800, 1000)
BEHIND: Colour = (205, 216, 222)


class Look(NamedTuple):
    skin: Colour
    hair: Colour
    shirt: Colour
    wrinkles: bool = False
    #: Where the hair ends above the face; a child's is lower.
    hairline: int = 255


OLD_MAN = Look((214, 172, 142), (200, 200, 205), (70, 95, 140), wrinkles=True)
WOMAN = Look((222, 182, 152), (45, 38, 36), (165, 50, 60))
CHILD = Look((230, 190, 160), (35, 28, 26), (90, 150, 90), hairline=300)


def drawn(look: Look) -> Pixels:
    """A portrait with one face in its middle."""
    picture = Image.new("RGB", (SIZE[0] * FINE, SIZE[1] * FINE), BEHIND)
    _head(picture, look)
    _light(picture, look)
    _features(ImageDraw.Draw(picture), look)
    small = picture.resize(SIZE, Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(1.2))
    grain = np.random.default_rng(0).normal(0, 3, (SIZE[1], SIZE[0], 1))
    return np.clip(np.asarray(small).astype(float) + grain, 0, 255).astype(np.uint8)


def _at(*places: int) -> list[int]:
    return [place * FINE for place in places]


def _shade(colour: Colour, share: float) -> Colour:
    red, green, blue = (min(255, int(each * share)) for each in colour)
    return red, green, blue


def _head(picture: Image.Image, look: Look) -> None:
    draw, dark = ImageDraw.Draw(picture), _shade(look.skin, 0.86)
    draw.rounded_rectangle(_at(120, 790, 680, 1100), radius=150 * FINE, fill=look.shirt)
    draw.polygon(_at(330, 700, 470, 700, 490, 830, 400, 900, 310, 830), fill=dark)
    draw.ellipse(_at(170, 150, 630, 640), fill=look.hair)
    for ear in (185, 555):
        draw.ellipse(_at(ear, 440, ear + 60, 570), fill=dark)
    draw.ellipse(_at(215, 220, 585, 770), fill=look.skin)


def _light(picture: Image.Image, look: Look) -> None:
    """Soft shadows towards the edge, and light on forehead, nose and cheeks: without them it is no face to the detector."""
    for colour, depth, shapes in (
        (_shade(look.skin, 0.6), 22, (((215, 220, 585, 770), 110), ((262, 260, 545, 715), 0), ((270, 430, 370, 500), 70),
                                      ((430, 430, 530, 500), 70), ((365, 500, 435, 590), 40))),
        ((255, 240, 225), 20, (((300, 280, 500, 400), 70), ((385, 480, 415, 580), 80), ((275, 540, 345, 620), 50),
                               ((455, 540, 525, 620), 50))),
    ):  # fmt: skip
        mask = Image.new("L", picture.size, 0)
        for place, strength in shapes:
            ImageDraw.Draw(mask).ellipse(_at(*place), fill=strength)
        picture.paste(colour, (0, 0, *picture.size), mask.filter(ImageFilter.GaussianBlur(depth * FINE)))
    draw = ImageDraw.Draw(picture)
    draw.pieslice(_at(205, 170, 595, 560), 192, 348, fill=look.hair)
    draw.ellipse(_at(250, look.hairline, 550, look.hairline + 165), fill=look.skin)


def _features(draw: ImageDraw.ImageDraw, look: Look) -> None:
    dark, line = _shade(look.skin, 0.86), _shade(look.skin, 0.62)
    for eye in (320, 480):
        draw.ellipse(_at(eye - 38, 450, eye + 38, 488), fill=(248, 246, 242))
        draw.ellipse(_at(eye - 17, 451, eye + 17, 487), fill=(62, 42, 30))
        draw.ellipse(_at(eye - 8, 460, eye + 8, 478), fill=(10, 8, 8))
        draw.arc(_at(eye - 42, 444, eye + 42, 500), 195, 345, fill=(70, 45, 35), width=7 * FINE)
        draw.arc(_at(eye - 55, 408, eye + 55, 470), 205, 335, fill=_shade(look.hair, 0.6), width=12 * FINE)
    draw.arc(_at(362, 560, 398, 602), 60, 200, fill=line, width=6 * FINE)
    draw.arc(_at(402, 560, 438, 602), -20, 120, fill=line, width=6 * FINE)
    draw.arc(_at(380, 570, 420, 608), 20, 160, fill=line, width=6 * FINE)
    draw.polygon(_at(325, 655, 370, 640, 400, 648, 430, 640, 475, 655, 440, 688, 400, 694, 360, 688), fill=(170, 100, 92))
    draw.line(_at(325, 655, 400, 662, 475, 655), fill=(110, 60, 56), width=4 * FINE)
    if look.wrinkles:
        for height in (312, 337, 362):
            draw.arc(_at(310, height, 490, height + 43), 200, 340, fill=dark, width=4 * FINE)
        draw.arc(_at(300, 560, 380, 690), 110, 200, fill=dark, width=5 * FINE)
        draw.arc(_at(420, 560, 500, 690), -20, 70, fill=dark, width=5 * FINE)
