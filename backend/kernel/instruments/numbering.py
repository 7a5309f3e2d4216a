"""Document numbers of outgoing papers: 机关代字〔year〕n号 (GB/T 9704-2012, 7.2.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from backend.kernel import clock
from backend.kernel.db.connection import fetch
from backend.kernel.db.models import TenantModel, new_id

PREFIX: Final = re.compile(r"[\u4e00-\u9fff]{2,10}")
NUMBER: Final = re.compile(r"([\u4e00-\u9fff]{2,10})〔([0-9]{4})〕([1-9][0-9]*)号")


@dataclass(frozen=True)
class DocumentNumber:
    """Serial numbers start at 1, carry no leading zeros and no 第; raises ValueError for any other form."""

    prefix: str
    year: int
    serial: int

    def __post_init__(self) -> None:
        if not PREFIX.fullmatch(self.prefix):
            raise ValueError("prefix must be 2 to 10 Chinese characters")
        if not 1000 <= self.year <= 9999:
            raise ValueError("year must have four digits")
        if self.serial < 1:
            raise ValueError("serial must be at least 1")

    def __str__(self) -> str:
        return f"{self.prefix}〔{self.year}〕{self.serial}号"

    @classmethod
    def parse(cls, text: str) -> DocumentNumber:
        found = NUMBER.fullmatch(text)
        if found is None:
            raise ValueError("not a document number")
        return cls(found[1], int(found[2]), int(found[3]))


async def next_number(place: TenantModel, prefix: str) -> DocumentNumber:
    """The next number of this series in the county and year (officers and jobs only).

    Others wait for the current transaction; a rollback gives the number back, so that a series has no gaps.
    """
    year = clock.now().astimezone(clock.LOCAL).year
    # 乡镇看不到全县的编号行,由数据库函数代取
    rows = await fetch(
        "select next_number($1, $2, $3::text::ltree, $4, $5) as serial",
        new_id(), place.county, place.path, prefix, year,
    )  # fmt: skip
    return DocumentNumber(prefix, year, rows[0]["serial"])
