"""Division tables: our CSV and the package's five files; names, closings and mergers keep their history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend.kernel.db.migrate import as_owner
from backend.kernel.tenancy.importing import (
    PACKAGE_FILES,
    ImportRefused,
    ImportResult,
    import_divisions,
    merge_division,
)

DAY = date(2026, 11, 23)
#: A province that is not there: 90 市 9001 县 900101 …
SMALL = (
    ("90", "测试省", "PROVINCE", ""),
    ("9001", "甲市", "CITY", "90"),
    ("900101", "乙县", "COUNTY", "9001"),
    ("900101100", "丙镇", "TOWN", "900101"),
    ("900101100200", "丁村", "VILLAGE", "900101100"),
    ("900101100201", "戊村", "VILLAGE", "900101100"),
)
Row = tuple[str, str, str, str]


@pytest.fixture
async def owner(database: Any) -> AsyncIterator[asyncpg.Connection]:
    """The owner, whose changes are undone at the end."""
    async with as_owner(database.admin_dsn) as connection:
        undo = connection.transaction()
        await undo.start()
        yield connection
        await undo.rollback()


def csv(folder: Path, rows: tuple[Row, ...] = SMALL, head: str = "code,name,level,parent") -> Path:
    path = folder / "divisions.csv"
    path.write_text("\n".join([head, *(",".join(row) for row in rows)]), encoding="utf-8")
    return path


def package(folder: Path, rows: tuple[Row, ...] = SMALL) -> Path:
    """The same rows in the layout of the npm package."""
    for name, (level, parent) in PACKAGE_FILES.items():
        # Every file of the package names all ancestors; only the nearest is read.
        lines = ["code,name" + (f",{parent},more" if parent else "")]
        lines += [
            f"{code},{title}" + (f",{above},x" if parent else "")
            for code, title, at, above in rows
            if at == level
        ]
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
    return folder


def changed(which: str, /, **to: str) -> tuple[Row, ...]:
    """`SMALL` with one row changed, or without it."""
    made = []
    for code, name, level, parent in SMALL:
        row = {"code": code, "name": name, "level": level, "parent": parent} | (to if code == which else {})
        made.append((row["code"], row["name"], row["level"], row["parent"]))
    return tuple(row for row in made if "gone" not in row)


async def take_in(owner: asyncpg.Connection, source: Path) -> ImportResult:
    """An import inside the test's own transaction, which keeps the temporary table alive."""
    await owner.execute("drop table if exists pg_temp.incoming")
    return await import_divisions(owner, source, DAY)


async def row(owner: asyncpg.Connection, code: str) -> Any:
    return await owner.fetchrow("select *, path::text as place from division where code = $1", code)


@pytest.mark.parametrize("form", [csv, package])
async def test_both_forms_are_taken_in_and_repeating_changes_nothing(
    owner: asyncpg.Connection, tmp_path: Path, form: Any
) -> None:
    source = form(tmp_path)
    done = await take_in(owner, source)
    assert (done.added, done.renamed, done.closed, done.total) == (6, 0, 0, 6)
    village = await row(owner, "900101100200")
    assert village["place"] == "90.9001.900101.900101100.900101100200"
    assert village["full_name"] == "测试省甲市乙县丙镇丁村"
    again = await take_in(owner, source)
    assert (again.added, again.renamed, again.closed) == (0, 0, 0)


async def test_a_new_name_is_kept_beside_the_former_and_shows_below(
    owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await take_in(owner, csv(tmp_path))
    done = await take_in(owner, csv(tmp_path, changed("900101100", name="丙丙街道")))
    assert (done.added, done.renamed, done.closed) == (0, 1, 0)
    town, village = await row(owner, "900101100"), await row(owner, "900101100200")
    assert town["name"] == "丙丙街道"
    assert '"name": "丙镇"' in town["former_names"] and '"until": "2026-11-23"' in town["former_names"]
    assert village["full_name"] == "测试省甲市乙县丙丙街道丁村"
    assert village["former_names"] == "[]"


async def test_what_is_gone_is_closed_and_comes_back_when_it_returns(
    owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await take_in(owner, csv(tmp_path))
    done = await take_in(owner, csv(tmp_path, changed("900101100201", name="gone")))
    assert done.closed == 1
    assert (await row(owner, "900101100201"))["valid_to"] == DAY
    await take_in(owner, csv(tmp_path))
    assert (await row(owner, "900101100201"))["valid_to"] is None


async def test_another_citys_import_leaves_this_one_alone(owner: asyncpg.Connection, tmp_path: Path) -> None:
    before = await owner.fetchval("select count(*) from division where code like '33%' and valid_to is null")
    done = await take_in(owner, csv(tmp_path))
    assert done.closed == 0
    assert (
        await owner.fetchval("select count(*) from division where code like '33%' and valid_to is null")
        == before
    )


async def test_a_merged_division_leads_on(owner: asyncpg.Connection, tmp_path: Path) -> None:
    await take_in(owner, csv(tmp_path))
    await merge_division(owner, "900101100201", "900101100200", DAY)
    merged = await row(owner, "900101100201")
    assert (merged["successor"], merged["valid_to"], merged["name"]) == ("900101100200", DAY, "戊村")
    for code, successor in (
        ("900101100200", "900101100201"),
        ("900101100200", "900101100200"),
        ("x", "900101100200"),
    ):
        with pytest.raises(ImportRefused, match=code):
            await merge_division(owner, code, successor, DAY)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (changed("900101", level="KREIS"), "900101: unknown level KREIS"),
        (changed("900101", level=""), "900101: unknown"),
        (changed("900101", code="9001x1"), "9001x1: the code does not fit"),
        (changed("90", code=""), "does not fit level"),
        (changed("900101100", code="9001011"), "9001011: the code does not fit"),
        ((*SMALL, SMALL[5]), "900101100201: it stands twice"),
        (changed("900101100", name=""), "900101100: it has no name"),
        (changed("900101100", parent="900199"), "900101100: parent 900199 is not in the table"),
        (changed("900101100", parent="9001"), "900101100: parent 9001 is not one level above"),
        (changed("900101100", parent=""), "900101100: parent  is not one level above"),
        (changed("900101100", parent="900101100"), "900101100: parent 900101100 is not one level above"),
    ],
)
async def test_a_broken_row_is_named_and_nothing_is_taken_in(
    owner: asyncpg.Connection, tmp_path: Path, rows: tuple[Row, ...], says: str
) -> None:
    with pytest.raises(ImportRefused, match=says):
        await take_in(owner, csv(tmp_path, rows))
    assert await owner.fetchval("select count(*) from division where code like '90%'") == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "divisions.csv is no CSV table"),
        (b"\xff\xfe\x00", "divisions.csv"),
        (b"a,b\n1,2", "column code is missing"),
        (b"code,name,level\n90,x,PROVINCE", "column parent is missing"),
        (b"code,name,level,parent\n1,2,3,4,5,6", "divisions.csv"),
    ],
)
async def test_a_file_that_is_no_table_is_refused(
    owner: asyncpg.Connection, tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "divisions.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=says):
        await take_in(owner, path)


async def test_a_missing_file_of_the_package_is_named(owner: asyncpg.Connection, tmp_path: Path) -> None:
    (package(tmp_path) / "streets.csv").unlink()
    with pytest.raises(ImportRefused, match="streets.csv is missing"):
        await take_in(owner, tmp_path)


def country() -> tuple[Row, ...]:
    """As many divisions as the country has: 31 provinces, 341 cities, 2,850 counties, 41,000 towns, 616,000 villages."""
    provinces = [f"{40 + number}" for number in range(31)]
    cities = [f"{province}{number:02d}" for number in range(1, 12) for province in provinces]
    counties = [f"{city}{number:02d}" for number in range(1, 10) for city in cities][:2850]
    towns = [f"{county}{number:03d}" for number in range(100, 115) for county in counties][:41_000]
    villages = [f"{town}{number:03d}" for number in range(200, 216) for town in towns][:616_000]
    levels = (
        ("PROVINCE", provinces, 0),
        ("CITY", cities, 2),
        ("COUNTY", counties, 4),
        ("TOWN", towns, 6),
        ("VILLAGE", villages, 9),
    )
    return tuple((code, f"第{code}号", level, code[:cut]) for level, codes, cut in levels for code in codes)


async def test_the_whole_country_is_taken_in(owner: asyncpg.Connection, tmp_path: Path) -> None:
    done = await take_in(owner, package(tmp_path, country()))
    assert done.added == 31 + 341 + 2850 + 41_000 + 616_000
    assert await owner.fetchval("select nlevel(path) from division where code = '400101100200'") == 5


async def test_a_grid_follows_the_new_name_of_its_village(owner: asyncpg.Connection, tmp_path: Path) -> None:
    await take_in(owner, csv(tmp_path))
    await owner.execute(
        "insert into division (code, name, level, parent, path, full_name, former_names, successor) select code || '001', "
        "'第1网格', 'GRID', code, path || (code || '001')::ltree, full_name || '第1网格', '[]', '' from division "
        "where code = '900101100200'"
    )
    await take_in(owner, csv(tmp_path, changed("900101100200", name="新丁村")))
    name = await owner.fetchval("select full_name from division where code = '900101100200001'")
    assert name == "测试省甲市乙县丙镇新丁村第1网格"
