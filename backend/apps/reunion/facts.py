"""What is known of one person who is sought or was found, as far as it can be compared. Blank says nothing, for or against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Span:
    """Some day from `earliest` to `latest`, both included."""

    earliest: date
    latest: date

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise ValueError("a span ends before it begins")

    def __str__(self) -> str:
        """ISO 8601: a day, or an interval `2025-03-01/2025-03-31`."""
        return str(self.earliest) if self.earliest == self.latest else f"{self.earliest}/{self.latest}"

    def days_apart(self, other: Span) -> int:
        """The least number of days between the two; 0 when they overlap."""
        return max(0, (self.earliest - other.latest).days, (other.earliest - self.latest).days)


@dataclass(frozen=True)
class Range:
    """From `least` to `most`, both included."""

    least: float
    most: float

    def __post_init__(self) -> None:
        if self.most < self.least:
            raise ValueError("a range ends before it begins")

    def apart(self, other: Range) -> float:
        """The least distance between the two; 0 when they overlap."""
        return max(0.0, self.least - other.most, other.least - self.most)


@dataclass(frozen=True)
class Facts:
    """Facts of search. Religion, ethnicity, opinions and household registration are not among them, and never will be.

    Attributes:
        sex: `M` or `F`; anything else is unknown.
        height_cm: on the day of `when`.
        dialect: code of the speech, dotted from family to place (`wu.taizhou`).
        origin: path of the division the person comes from; `origin_text` is what he or the family says.
        marks: scars, moles, tattoos, missing teeth, in free words.
        place_path: path of the division where the person was last seen, or found; `when` is the day of that.
        kind: one of `enums.CaseKind`; carried for wording, not compared.
        relatives: their names.
        deceased: found dead; on the side of the sought, known to be dead.
    """

    names: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    sex: str = ""
    born: Span | None = None
    height_cm: Range | None = None
    dialect: str = ""
    origin: str = ""
    origin_text: str = ""
    marks: str = ""
    clothes: str = ""
    place_path: str = ""
    when: Span | None = None
    kind: str = ""
    relatives: tuple[str, ...] = ()
    deceased: bool = False
