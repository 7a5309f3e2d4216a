"""Galleries on the real database: who may ask, decide, search and see; what is found; what is erased."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import OperationalError

from backend.installed import INSTALLED
from backend.kernel import clock
from backend.kernel.access import grants
from backend.kernel.access.actor import Actor, system_actor
from backend.kernel.db.connection import execute, fetch
from backend.kernel.db.models import new_id, place_of
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.errors import Refusal, Refusals
from backend.kernel.faces import galleries
from backend.kernel.faces.codes import SearchState
from backend.kernel.faces.engine import Embedding
from backend.kernel.faces.galleries import Found, gallery_statements, turned
from backend.kernel.faces.matching import cosine
from backend.kernel.faces.models import FaceSearch, GalleryFace
from backend.kernel.files.models import StoredFile
from backend.kernel.manifest import Manifest
from backend.kernel.privacy.retention import keep_for
from tests.factories.ledger import open_ledger
from tests.kernel.files.people import COUNTY, NEIGHBOUR_TOWN, TOWN, Matter, matter, officer, person

LOST, FOUND, OTHER = "tested.lost", "tested.found", "tested.other"
MODEL = "pack"
PURPOSES = {"LOST_RESCUE": frozenset({FOUND}), "AID": frozenset({LOST, FOUND})}
REMOTE = "331004"
REMOTE_PATH = f"33.3310.{REMOTE}.331004001.331004001201"


def face(seed: int) -> Embedding:
    vector = np.random.default_rng(seed).standard_normal(512).astype(np.float32)
    return vector / np.linalg.norm(vector)


def alike(one: Embedding, share: float, seed: int = 99) -> Embedding:
    """Another picture of the same face: its cosine with `one` is `share`."""
    noise = face(seed)
    noise = noise - one * float(noise @ one)
    noise = noise / np.linalg.norm(noise)
    mixed: Embedding = share * one + np.sqrt(1 - share**2) * noise
    return mixed


@dataclass
class Desk:
    """An officer who asks, a chief who decides, and the county's job."""

    matter: Matter = field(default_factory=matter)
    chief: Actor = field(default_factory=officer)
    officer: Actor = field(default_factory=officer)
    county: str = COUNTY

    @property
    def job(self) -> Actor:
        return system_actor(self.county, f"33.3310.{self.county}")

    async def ask(self, **changes: Any) -> FaceSearch:
        said: dict[str, Any] = {
            "app": "tested", "purpose": "LOST_RESCUE", "legal_basis": "救助管理办法", "necessity": "指纹比对无果",
            "galleries": [FOUND], "emergency": False, "days": 30,
        }  # fmt: skip
        async with open_scope(self.officer.scope):
            return await galleries.request_search(self.officer, self.matter, **{**said, **changes})

    async def decide(self, search: FaceSearch, *, approve: bool = True, reason: str = "情况属实") -> FaceSearch:
        async with open_scope(self.chief.scope):
            return await galleries.decide_search(self.chief, search, approve=approve, reason=reason)

    async def approved(self, **changes: Any) -> FaceSearch:
        return await self.decide(await self.ask(**changes))

    async def run(self, search: FaceSearch, probes: Sequence[Embedding], **options: Any) -> list[Found]:
        async with open_scope(self.job.scope):
            return await galleries.search(search, probes, **{"model": MODEL, **options})

    async def stored(self, search: FaceSearch) -> FaceSearch:
        async with open_scope(self.job.scope):
            return await FaceSearch.get(id=search.id)


async def add(whose: Matter, gallery: str, embedding: Embedding, **options: Any) -> UUID:
    """Put a face in, as the job of the matter's county does; its id."""
    named = {"subject_id": new_id(), "file_id": new_id(), "model": MODEL, "quality": {"yaw": 3.0}, **options}
    async with open_scope(system_actor(whose.county, f"33.3310.{whose.county}").scope):
        return await galleries.add_face(whose, gallery, embedding=embedding, **named)


def far() -> Matter:
    """A matter of another county."""
    return Matter(county=REMOTE, path=REMOTE_PATH)


@pytest.fixture
async def desk(product: Any) -> AsyncIterator[Desk]:
    """Two galleries of a tested application, empty."""
    async with open_ledger(product.admin_dsn) as ledger:
        await ledger.execute("set role shanzhi_owner")
        for name in (LOST, FOUND, OTHER):
            (statement,) = gallery_statements(name)
            await ledger.execute(statement.replace("create table", "create table if not exists"))
        await ledger.execute("delete from gallery_face")
    grants.register((*INSTALLED, Manifest("tested", face_purposes=PURPOSES)))
    yield Desk()


async def test_a_man_is_found_in_another_county(desk: Desk) -> None:
    whose, subject, file = far(), new_id(), new_id()
    row = await add(whose, FOUND, face(1), subject_id=subject, file_id=file)
    for seed in range(2, 30):
        await add(matter(), FOUND, alike(face(1), 0.3, seed))
    search = await desk.approved()
    assert (search.state, search.decided_by) == ("APPROVED", desk.chief.account_id)
    found = await desk.run(search, [alike(face(1), 0.6)])
    assert (found[0].county, found[0].matter_id, found[0].subject_id) == (REMOTE, whose.id, subject)
    assert (found[0].file_id, found[0].face_id, found[0].probe) == (file, row, 0)
    assert found[0].cosine == pytest.approx(0.6, abs=0.002)
    assert found[1].cosine < 0.3
    assert len(found) == 20
    assert [each.cosine for each in found] == sorted((each.cosine for each in found), reverse=True)
    done = await desk.stored(search)
    assert (done.state, done.model, done.scanned) == ("DONE", MODEL, 29)
    assert done.searched_at is not None and clock.now() - done.searched_at < timedelta(minutes=1)


async def test_one_approval_is_one_search(desk: Desk) -> None:
    search = await desk.approved()
    assert await desk.run(search, [face(1)]) == []
    with pytest.raises(Refusal) as caught:
        await desk.run(search, [face(1)])
    assert (caught.value.code, caught.value.data["state"]) == ("WRONG_STATE", "DONE")


async def test_the_best_of_several_probes_and_pictures(desk: Desk) -> None:
    whose, subject = far(), new_id()
    old, young = face(1), face(2)
    files = [new_id(), new_id()]
    await add(whose, FOUND, old, subject_id=subject, file_id=files[0])
    await add(whose, FOUND, young, subject_id=subject, file_id=files[1])
    rival = await add(far(), FOUND, alike(old, 0.5, 7))
    probes = [alike(old, 0.45, 5), alike(young, 0.7, 6)]
    first, second, *rest = await desk.run(await desk.approved(), probes)
    assert rest == [], "each person once"
    assert (first.subject_id, first.file_id, first.probe) == (subject, files[1], 1)
    assert first.cosine == pytest.approx(0.7, abs=0.002)
    assert second.face_id == rival


async def test_the_matter_that_asks_is_left_out(desk: Desk) -> None:
    await add(desk.matter, FOUND, face(1))
    other = await add(matter(), FOUND, alike(face(1), 0.5))
    found = await desk.run(await desk.approved(), [face(1)])
    assert [each.face_id for each in found] == [other]


async def test_strangers_are_no_candidates(desk: Desk) -> None:
    """Nobody has to look at twenty people who are not alike at all because there are no others."""
    for seed in range(2, 42):
        await add(far(), FOUND, face(seed))
    await add(far(), FOUND, alike(face(1), -0.5))
    found = await desk.run(await desk.approved(), [face(1)])
    assert len(found) < 20
    assert min(each.cosine for each in found) > -0.05


async def test_only_named_galleries_and_vectors_of_the_same_model(desk: Desk) -> None:
    await add(far(), LOST, face(1))
    await add(far(), OTHER, face(1))
    await add(far(), FOUND, face(1), model="another")
    here = await add(far(), FOUND, alike(face(1), 0.5))
    (found,) = await desk.run(await desk.approved(), [face(1)])
    assert found.face_id == here
    both = await desk.run(await desk.approved(purpose="AID", galleries=[LOST, FOUND]), [face(1)])
    assert [round(each.cosine, 2) for each in both[:1]] == [1.0]
    assert len(both) == 2


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"galleries": [LOST]}, {("INVALID", "galleries")}),
        ({"galleries": [FOUND, OTHER]}, {("INVALID", "galleries")}),
        ({"galleries": []}, {("REQUIRED", "galleries")}),
        ({"purpose": "CURIOSITY"}, {("INVALID", "purpose")}),
        ({"app": "mediation"}, {("INVALID", "purpose")}),
        ({"days": 31}, {("INVALID", "days")}),
        ({"days": 0, "necessity": " "}, {("INVALID", "days"), ("REQUIRED", "necessity")}),
        ({"legal_basis": ""}, {("REQUIRED", "legalBasis")}),
    ],
)
async def test_what_may_not_be_asked(desk: Desk, changes: dict[str, Any], codes: set[tuple[str, str]]) -> None:
    with pytest.raises(Refusals) as caught:
        await desk.ask(**changes)
    assert {(each.code, each.field) for each in caught.value.items} == codes


async def test_somebody_else_decides(desk: Desk) -> None:
    search = await desk.ask()
    async with open_scope(desk.officer.scope):
        with pytest.raises(Refusal) as caught:
            await galleries.decide_search(desk.officer, search, approve=True, reason="")
    assert caught.value.code == "SELF_CONFIRMED"
    with pytest.raises(Refusals) as missing:
        await desk.decide(search, approve=False, reason=" ")
    assert [each.code for each in missing.value.items] == ["REQUIRED"]
    refused = await desk.decide(search, approve=False, reason="理由不足")
    assert (refused.state, refused.decision_reason) == ("REFUSED", "理由不足")
    with pytest.raises(Refusal) as caught:
        await desk.decide(search)
    assert caught.value.code == "WRONG_STATE"


async def test_two_decisions_at_once(desk: Desk) -> None:
    search = await desk.ask()
    done = await asyncio.gather(
        desk.decide(search), Desk(desk.matter).decide(search, approve=False), return_exceptions=True
    )
    (refused,) = [each for each in done if isinstance(each, Refusal)]
    assert refused.code == "WRONG_STATE"
    (decided,) = [each for each in done if isinstance(each, FaceSearch)]
    assert (await desk.stored(search)).state == decided.state


@pytest.mark.parametrize("state", ["REQUESTED", "REFUSED"])
async def test_without_an_approval_nothing_is_searched(desk: Desk, state: str) -> None:
    await add(far(), FOUND, face(1))
    search = await desk.ask()
    if state == "REFUSED":
        await desk.decide(search, approve=False)
    with pytest.raises(Refusal) as caught:
        await desk.run(search, [face(1)])
    assert (caught.value.code, caught.value.data["state"]) == ("WRONG_STATE", state)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="no approved search"):
        await call(desk.job.scope, search)


async def test_an_approval_without_a_picture_or_for_too_much_stays_unused(desk: Desk) -> None:
    search = await desk.approved()
    with pytest.raises(Refusal) as caught:
        await desk.run(search, [])
    assert (caught.value.code, caught.value.field) == ("REQUIRED", "probes")
    grants.register((*INSTALLED, Manifest("tested", face_purposes={"LOST_RESCUE": frozenset({LOST})})))
    with pytest.raises(Refusal) as caught:
        await desk.run(search, [face(1)])
    assert (caught.value.code, caught.value.field) == ("INVALID", "galleries")
    assert (await desk.stored(search)).state == "APPROVED"


async def call(scope: Scope, search: FaceSearch, county: str = COUNTY, function: str = "search_gallery") -> list[Any]:
    """The database's function itself, past everything above it."""
    async with open_scope(scope):
        if function == "count_gallery":
            return await fetch("select count_gallery($1, $2, $3)", search.id, county, clock.now())
        return await fetch(
            "select * from search_gallery($1, $2, $3::real[]::halfvec, $4, 20, $5)",
            search.id, county, turned(face(1), MODEL), MODEL, clock.now(),
        )  # fmt: skip


@pytest.mark.parametrize("function", ["search_gallery", "count_gallery"])
async def test_the_database_lets_the_system_search_in_its_county_alone(desk: Desk, function: str) -> None:
    await add(far(), FOUND, face(1))
    search = await desk.approved()
    assert len(await call(desk.job.scope, search, function=function)) == 1
    relay, private = Scope(DbRole.RELAY), person().scope
    for scope in (desk.officer.scope, desk.chief.scope, private, relay, Scope(DbRole.IDENTITY)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await call(scope, search, function=function)
    remote = system_actor(REMOTE, f"33.3310.{REMOTE}").scope
    for county in (COUNTY, REMOTE):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await call(remote, search, county, function)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="no approved search"):
        await call(desk.job.scope, FaceSearch(id=uuid4()), function=function)


async def test_time_is_up(desk: Desk) -> None:
    used, unused, asked = await desk.approved(days=1), await desk.approved(days=1), await desk.ask(days=1)
    await desk.run(used, [face(1)])
    with clock.shifted(timedelta(days=1, minutes=1)):
        with pytest.raises(Refusal) as caught:
            await desk.run(unused, [face(1)])
        assert caught.value.code == "EXPIRED"
        with pytest.raises(Refusal) as caught:
            await desk.decide(asked)
        assert caught.value.code == "EXPIRED"
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="no approved search"):
            await call(desk.job.scope, unused)
        await galleries.sweep_searches(clock.now())
        async with open_scope(desk.job.scope):
            rows = await fetch(
                "select args from job where name = $1 and matter_id = $2", galleries.EXPIRE_SEARCH_JOB, desk.matter.id
            )
            assert len(rows) == 2
            for search in (used, unused, asked):
                await galleries.expire_search(desk.job, str(search.id))
            await execute("update job set state = 'DONE' where name = $1", galleries.EXPIRE_SEARCH_JOB)
        states = [(await desk.stored(search)).state for search in (used, unused, asked)]
    assert states == [SearchState.DONE, SearchState.EXPIRED, SearchState.EXPIRED]


async def test_a_search_within_its_term_is_not_ended(desk: Desk) -> None:
    search = await desk.approved()
    async with open_scope(desk.job.scope):
        await galleries.expire_search(desk.job, str(search.id))
    assert (await desk.stored(search)).state == "APPROVED"


async def test_who_sees_a_search(desk: Desk) -> None:
    search = await desk.ask()
    elsewhere = officer(NEIGHBOUR_TOWN)
    other_app = Scope(DbRole.STAFF, (COUNTY,), (TOWN,), purpose="mediation")
    for scope, seen in ((desk.chief.scope, 1), (elsewhere.scope, 0), (other_app, 0), (desk.job.scope, 1)):
        async with open_scope(scope):
            assert await FaceSearch.filter(id=search.id).count() == seen
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with open_scope(person().scope):
            await fetch("select 1 from face_search")
    desk.officer = Actor(uuid4(), "", officer().membership, frozenset({"mediation:dispute:read"}))
    with pytest.raises(OperationalError, match="purpose_of_new"):
        await desk.ask()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("galleries = '[\"tested.lost\"]'", asyncpg.InsufficientPrivilegeError),
        ("purpose = 'AID'", asyncpg.InsufficientPrivilegeError),
        ("expires_at = expires_at + interval '1 day'", asyncpg.InsufficientPrivilegeError),
        ("state = 'APPROVED'", asyncpg.CheckViolationError),
        ("state = 'APPROVED', decided_by = requested_by, decided_at = now()", asyncpg.CheckViolationError),
        ("state = 'DONE', decided_by = gen_random_uuid(), decided_at = now()", asyncpg.CheckViolationError),
    ],
)
async def test_the_database_keeps_the_rules_of_a_search(desk: Desk, change: str, error: type[Exception]) -> None:
    search = await desk.ask()
    with pytest.raises(error):
        async with open_scope(desk.officer.scope):
            await execute(f"update face_search set {change} where id = $1", search.id)


SEES = [
    "select 1 from gallery_code",
    "select vector from gallery_face",
    "select code from gallery_code_tested_found",
    "delete from gallery_code",
]


@pytest.mark.parametrize("statement", SEES)
async def test_no_role_reads_a_vector(desk: Desk, statement: str) -> None:
    await add(desk.matter, FOUND, face(1))
    for scope in (desk.officer.scope, desk.job.scope, person().scope, Scope(DbRole.RELAY), Scope(DbRole.IDENTITY)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with open_scope(scope):
                await execute(statement)


async def test_officers_see_put_in_and_take_out_no_face(desk: Desk) -> None:
    row = await add(desk.matter, FOUND, face(1))
    async with open_scope(desk.officer.scope):
        assert await GalleryFace.all().values_list("id") == []
        assert await GalleryFace.filter(id=row).delete() == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with open_scope(desk.officer.scope):
            await galleries.add_face(
                desk.matter, FOUND, subject_id=new_id(), file_id=new_id(), embedding=face(1), model=MODEL, quality={}
            )
    # The system either, outside the county of its job.
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with open_scope(desk.job.scope):
            await galleries.add_face(
                far(), FOUND, subject_id=new_id(), file_id=new_id(), embedding=face(1), model=MODEL, quality={}
            )


OUT_OF_STEP = """
select count(*) from (select id, county::text, gallery, binary_quantize(vector)::bit(512) as code from gallery_face) face
    full join (select face_id as id, county::text, gallery, code from gallery_code) kept using (id, county, gallery, code)
    where face is null or kept is null
"""


async def test_codes_are_in_step_with_faces_whatever_happens(desk: Desk, product: Any) -> None:
    async with open_ledger(product.admin_dsn) as ledger:

        async def faces() -> int:
            assert await ledger.fetchval(OUT_OF_STEP) == 0
            count: int = await ledger.fetchval("select count(*) from gallery_code")
            return count

        file = new_id()
        await add(desk.matter, FOUND, face(1), file_id=file)
        other = await add(desk.matter, LOST, face(2))
        assert await faces() == 2
        again = await add(desk.matter, LOST, face(3), file_id=file)
        assert await faces() == 2, "the picture's earlier face is replaced"
        await ledger.execute("update gallery_face set vector = (select vector from gallery_face where id = $1)", again)
        await ledger.execute("update gallery_face set gallery = $1 where id = $2", FOUND, other)
        assert await faces() == 2
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ledger.execute("truncate gallery_face")
        async with open_scope(desk.job.scope):
            assert await galleries.remove_faces(desk.matter, file_id=file) == 1
        assert await faces() == 1
        await add(matter(), FOUND, face(4))
        async with open_scope(desk.job.scope):
            assert await galleries.remove_faces(desk.matter) == 1
            assert await galleries.remove_faces(desk.matter) == 0
        assert await faces() == 1


async def test_the_same_picture_twice_at_once_is_one_face(desk: Desk) -> None:
    file = new_id()
    await asyncio.gather(*(add(desk.matter, FOUND, face(seed), file_id=file) for seed in range(4)))
    async with open_scope(desk.job.scope):
        assert await GalleryFace.filter(file_id=file).count() == 1


async def test_a_face_goes_with_its_picture(desk: Desk, product: Any) -> None:
    file = new_id()
    await add(desk.matter, FOUND, face(1), file_id=file)
    await add(desk.matter, FOUND, face(2))
    async with open_scope(desk.officer.scope):
        await StoredFile.create(
            **place_of(desk.matter), id=file, app="tested", matter_id=desk.matter.id, subject_id=desk.matter.id, name="",
            content_type="image/jpeg", size=1, sha256="", sm3="", created_at=clock.now(),
        )  # fmt: skip
        await keep_for(desk.matter, file, "TESTED", timedelta(), "测试")
    async with open_scope(desk.job.scope):
        await execute("select erase_stored_file($1, $2, $3)", file, COUNTY, clock.now())
    async with open_ledger(product.admin_dsn) as ledger:
        assert await ledger.fetchval("select count(*) from gallery_code") == 1
        assert await ledger.fetchval("select count(*) from gallery_face where file_id = $1", file) == 0


async def test_a_gallery_that_nobody_made_takes_no_face(desk: Desk) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await add(desk.matter, "tested.nowhere", face(1))


@pytest.mark.parametrize("name", ["found", "Tested.found", "tested.found; drop", "tested.a_very_long_name_indeed", "a.b'c"])
def test_names_of_galleries(name: str) -> None:
    with pytest.raises(ValueError, match="a gallery is named"):
        gallery_statements(name)


@pytest.mark.parametrize("wrong", [np.zeros(512), np.full(512, np.nan), np.ones(128)])
def test_what_is_no_embedding(wrong: Embedding) -> None:
    with pytest.raises(ValueError, match="512 finite numbers"):
        turned(wrong, MODEL)


@given(st.integers(0, 2**32), st.integers(2**33, 2**34), st.floats(-0.99, 0.99), st.floats(0.01, 100))
def test_turning_keeps_cosines(product_secrets: None, one: int, other: int, share: float, length: float) -> None:
    first = face(one)
    second = alike(first, share, other) * length
    here, there = (np.array(turned(each, MODEL)) for each in (first, second))
    assert cosine(here, there) == pytest.approx(cosine(first, second), abs=1e-5)
    assert float(np.linalg.norm(there)) == pytest.approx(1, abs=1e-5)
    assert abs(cosine(here, first)) < 0.3, "as unlike itself as another face"


@pytest.fixture(scope="module")
def product_secrets(database: Any) -> None:
    """The installation's keys."""


def test_the_matrix_stays_the_same_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors that are stored compare with nothing once another matrix comes out of the same key."""
    monkeypatch.setattr(galleries, "derived_key", lambda purpose: purpose.encode())
    galleries._matrix.cache_clear()
    first = np.zeros(512, dtype=np.float32)
    first[0] = 1
    try:
        assert turned(first, MODEL)[:4] == pytest.approx([0.0121376, -0.0324983, 0.0566243, 0.0541288], abs=1e-6)
    finally:
        galleries._matrix.cache_clear()


async def test_stored_is_not_what_the_model_said(desk: Desk, product: Any) -> None:
    row = await add(desk.matter, FOUND, face(1))
    async with open_ledger(product.admin_dsn) as ledger:
        text: str = await ledger.fetchval("select vector::text from gallery_face where id = $1", row)
    stored = np.array([float(number) for number in text.strip("[]").split(",")])
    assert abs(cosine(stored, face(1))) < 0.3
    assert cosine(stored, np.array(turned(face(1), MODEL))) == pytest.approx(1, abs=1e-3)
    assert abs(cosine(stored, np.array(turned(face(1), "another")))) < 0.3


async def test_mates_at_a_cosine_of_point_four_are_found_among_five_thousand(desk: Desk, product: Any) -> None:
    many = np.random.default_rng(4).standard_normal((5000, 512)).astype(np.float32)
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    files = [new_id() for _ in many]
    place = far()
    rows = [
        (new_id(), REMOTE, REMOTE_PATH, FOUND, place.id, new_id(), file, MODEL, turned(vector, MODEL), clock.now())
        for file, vector in zip(files, many, strict=True)
    ]
    async with open_ledger(product.admin_dsn) as ledger:
        await ledger.executemany(
            """insert into gallery_face (id, county, path, gallery, matter_id, subject_id, file_id, model, vector, quality,
                   created_at) values ($1, $2, $3::text::ltree, $4, $5, $6, $7, $8, $9::real[]::halfvec, '{}', $10)""",
            rows,
        )
    search, hits = await desk.approved(), 0
    async with open_scope(desk.job.scope):
        for number in range(0, 5000, 12):
            found = await fetch(
                "select file_id from search_gallery($1, $2, $3::real[]::halfvec, $4, 10, $5)", search.id, COUNTY,
                turned(alike(many[number], 0.4, number), MODEL), MODEL, clock.now(),
            )  # fmt: skip
            hits += files[number] in [row["file_id"] for row in found]
    assert hits / 417 >= 0.995
