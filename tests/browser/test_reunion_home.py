"""The whole way home on emulated phones: found in one county, sought in another among a thousand others, recognised, proven,
brought home, followed up; at the end his pictures are gone everywhere, from yesterday's backup too."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from playwright.sync_api import expect

from backend.kernel.db.connection import credentials
from backend.kernel.files.storage import file_key, thumbnail_key
from tests.browser.conftest import running
from tests.browser.phone import SESSIONS, Phone
from tests.browser.reunion import approve, asked, missed, register, review, seen, the_player, until
from tests.browser.supervision import Staff
from tests.factories import faces
from tests.factories.reunion import (
    CHIEF,
    CIVIL,
    EXPERT,
    EXPERT_2,
    NEXT_POLICE,
    POLICE,
    STATION,
    as_jpeg,
)
from tests.servers import Servers

OTHERS = 1_000
ENVIRONMENT: dict[str, str] = {}


@pytest.fixture(scope="module")
def address(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A product of this story's own: it moves the clock by weeks, and fills a gallery."""
    with running(servers, tmp_path_factory.mktemp("home"), "browser_home", 15) as (where, environment):
        ENVIRONMENT.update(environment)
        run("tests.browser.crowd", str(OTHERS))
        yield where


def run(module: str, *arguments: str, **more: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], env={**ENVIRONMENT, **more}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def fetch(statement: str, *values: Any, dsn: str = "") -> list[dict[str, Any]]:
    """Rows as the database has them. Playwright keeps this thread's event loop, so another one asks."""

    async def ask() -> list[dict[str, Any]]:
        connection = await asyncpg.connect(**credentials(dsn or ENVIRONMENT["DATABASE_ADMIN_URL"]))
        try:
            return [dict(row) for row in await connection.fetch(statement, *values)]
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, ask()).result()


def prove(staff: Staff, case: str) -> None:
    """By the laboratory's word and both organs', on their own pages."""
    police, civil = staff[POLICE], staff[CIVIL]
    police.open(f"/reunion/cases/{case}")
    sheet = police.act("请求核实身份")
    sheet.get_by_label("核实什么、凭什么").fill("请天台县公安局核实家属身份并采血")
    police.send(sheet)
    sheet = police.act("记录证明")
    sheet.get_by_text("DNA 鉴定").first.click()
    sheet.get_by_text("是同一人", exact=True).click()
    sheet.get_by_label("来源、编号").fill("省厅DNA实验室 2026-0001")
    police.send(sheet)
    for officer in (police, civil):
        officer.open(f"/reunion/cases/{case}")
        sheet = officer.act("确认身份")
        sheet.get_by_label("根据什么确认").fill("DNA比对一致,家属身份属实")
        sheet.get_by_label("我看过证明").check()
        officer.send(sheet, "确认身份")
    assert seen(police, case, "")["state"] == "IDENTITY_CONFIRMED"


def fresh(officer: Phone, case: str) -> None:
    """The case's page with what the server says now, not with what the phone kept."""
    officer.open(f"/reunion/cases/{case}")
    officer.page.wait_for_load_state("networkidle")


def bring_home(staff: Staff, case: str) -> None:
    station, civil = staff[STATION], staff[CIVIL]
    station.open(f"/reunion/cases/{case}")
    sheet = station.act("安排回家")
    sheet.get_by_label("怎样回家、和谁").fill("家属来站接回")
    sheet.get_by_label("本人意愿").fill("本人愿意回家")
    station.send(sheet)
    sheet = station.act("交接")
    sheet.get_by_label("接收人", exact=True).fill("测试家属(儿子)")
    sheet.get_by_label("核对了什么证件").fill("身份证原件已核对")
    sheet.get_by_label("交接地点").fill("仙居县救助管理站")
    sheet.get_by_label("接收人证件原件已当面核对").check()
    station.send(sheet)
    for text in ("一个月:情况稳定", "三个月:已办残疾证", "六个月:生活正常"):
        fresh(civil, case)
        sheet = civil.act("记录回访")
        sheet.get_by_label("近况、给了哪些帮助").fill(text)
        civil.send(sheet)
    fresh(civil, case)
    sheet = civil.act("办结")
    sheet.get_by_label("办理结果").fill("随访完成")
    sheet.get_by_label("可以办结").check()
    civil.send(sheet, "办结")
    assert seen(civil, case, "")["state"] == "CLOSED"


def candidate_of(staff: Staff, case: str, code: str) -> str:
    """The candidate with this code, once the other county has opened its record; it stands out among the others."""
    for _ in range(150):
        rows = seen(staff[EXPERT], case, "candidates { id otherCode other { id } }")["candidates"]
        mine = [each for each in rows if each["otherCode"] == code and each["other"]]
        if mine:
            assert 1 <= len(rows) <= 20
            return str(mine[0]["id"])
        staff[EXPERT].page.wait_for_timeout(200)
    raise AssertionError("the other county did not open its record")


def gone(files: list[UUID], storage: Path, dsn: str = "") -> None:
    """Neither row nor bytes."""
    for table, column in (("stored_file", "id"), ("gallery_face", "file_id"), ("reunion_picture", "file_id"), ("upload", "id")):
        assert fetch(f"select {column} from {table} where {column} = any ($1)", files, dsn=dsn) == []
    for file in files:
        for key in (file_key(file), thumbnail_key(file)):
            assert not (storage / key).exists()


def erased(phone: Callable[..., Phone], files: list[UUID], station: Phone, *others: Phone) -> None:
    """When the term is over nothing is left: not in the database, the storage, on a phone, or behind an address."""
    picture = f"/files/{files[0]}"
    for each in (station, *others):
        kept = each.page.evaluate(
            "async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys())"
            ".map((request) => request.url)))).flat()"
        )
        assert not [url for url in kept if "/files/" in url or "/open/" in url], "no phone keeps a photograph"
    storage = Path(ENVIRONMENT["STORAGE_URL"].removeprefix("file://"))
    station.move_clock(days=31)
    # A month's limits pass at once: the job may have to wait behind theirs, and for a lease or two.
    for _ in range(1_400):
        if not fetch("select id from stored_file where id = any ($1)", files):
            break
        station.page.wait_for_timeout(300)
    gone(files, storage)
    tombstones = fetch("select data from event where tag = 'kernel:file:erased'")
    assert all(str(file) in str(tombstones) for file in files)
    for known in [known for known in SESSIONS if known[0] == station.address]:
        del SESSIONS[known]
    for account in (STATION, EXPERT, NEXT_POLICE):
        again = phone()
        again.enter(account)
        assert again.context.request.get(f"{again.address}{picture}").status == 404


def restored(files: list[UUID], folder: Path) -> None:
    """Nor does it come back with the backup of before."""
    other = ENVIRONMENT["DATABASE_ADMIN_URL"].replace("/browser_home?", "/browser_home_restored?")
    fetch("drop database if exists browser_home_restored with (force)")
    fetch("create database browser_home_restored")
    elsewhere = folder / "elsewhere"
    run("backend.cli", "backup", str(folder / "backups" / "after"))
    said = run(
        "backend.cli", "restore", str(folder / "backups" / "before"), DATABASE_ADMIN_URL=other, STORAGE_URL=elsewhere.as_uri()
    )
    assert said.startswith("2 files")
    gone(files, elsewhere, other)
    for dsn in (ENVIRONMENT["DATABASE_ADMIN_URL"], other):
        assert "whole" in run("backend.cli", "audit", "verify", DATABASE_ADMIN_URL=dsn)


def test_he_goes_home_and_what_is_no_longer_needed_is_gone(phone: Callable[..., Phone], tmp_path: Path) -> None:
    staff = Staff(phone)
    alone, team = faces.basketball_player(), faces.the_team()
    sought, number = missed(staff, team, the_player(team, alone))
    photograph = tmp_path / "guest.jpg"
    photograph.write_bytes(as_jpeg(alone))
    station = staff[STATION]
    case = register(station, photograph)
    asked(staff, case)
    approve(staff[CHIEF], case)
    until(staff[POLICE], case, "CANDIDATES")
    (search,) = seen(staff[POLICE], case, "searches { scanned }")["searches"]
    assert search["scanned"] > OTHERS
    candidate = candidate_of(staff, case, seen(staff[NEXT_POLICE], sought, "")["code"])
    first, second = phone(), phone()
    for reviewer, account, words in ((first, EXPERT, "五官一致、手疤位置相同"), (second, EXPERT_2, "眉眼和耳廓相像")):
        reviewer.enter(account)
        review(reviewer, case, candidate, words)
    rows = seen(staff[EXPERT], case, "candidates { id rank likely }")["candidates"]
    mine = next(each for each in rows if each["id"] == candidate)
    assert (mine["rank"], mine["likely"]) == (1, True)
    until(staff[POLICE], case, "LEAD")
    files = [row["file_id"] for row in fetch("select file_id from reunion_picture where case_id = any ($1)", [UUID(case), UUID(sought)])]
    assert len(files) == 2
    assert len(fetch("select id from gallery_face where file_id = any ($1)", files)) == 2

    prove(staff, case)
    run("backend.cli", "backup", str(tmp_path / "backups" / "before"))
    bring_home(staff, case)
    family = phone()
    family.enter(number)
    for _ in range(100):
        if seen(family, sought, "")["state"] == "CLOSED":
            break
        family.move_clock(seconds=60)
        family.page.wait_for_timeout(300)
    family.open("/")
    expect(family.page.get_by_role("link", name="测试老人").first).to_be_visible()

    erased(phone, files, station, first, second)
    restored(files, tmp_path)
    assert [each.problems for each in (station, first, second, family)] == [[], [], [], []]
