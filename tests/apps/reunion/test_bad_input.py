"""Whatever is sent to reunion, by whomever: a well-formed refusal with code and field, never an internal error, no trace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import uuid4

import asyncpg
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from backend.kernel.demonstration import TOWN
from backend.kernel.faces.engine import Pixels
from backend.kernel.identity import limits
from tests.apps.rehab.test_bad_input import BOUNDED, LOOKS, OF_A_FIELD, codes, refusals
from tests.apps.reunion import test_rights
from tests.apps.reunion.test_rights import TOWN_POLICE, candidate, leading, pair, told
from tests.factories import faces, hostile
from tests.factories.city import City, Refused
from tests.factories.ledger import digest, open_ledger
from tests.factories.parts import of_others
from tests.factories.reunion import (
    CHIEF,
    CIVIL,
    EXPERT,
    NEXT_CHIEF,
    NEXT_POLICE,
    POLICE,
    STATION,
    as_jpeg,
    found,
    look,
    pictured,
    searched,
    step,
)
from tests.factories.supervision import CITIZEN, act
from tests.kernel.files.sending import send, upload

yesterdays_reviews = test_rights.yesterdays_reviews

MUTATIONS, QUERIES = (
    sorted(name for name in hostile.fields(kind) if name not in of_others("reunion", kind) and name in of_others("mediation", kind))
    for kind in ("mutation", "query")
)  # fmt: skip
REPORT: dict[str, Any] = {"kind": "ELDERLY", "division": "331024", "reporterName": "测试家属", "relation": "儿子", "phone": "19900015555"}
TAKEN_IN: dict[str, Any] = {"kind": "AT_STATION", "division": "331024", "station": "救助站", "admittedOn": "2026-11-20"}


@dataclass
class Town:
    """A city in the middle of its work."""

    city: City
    ledger: asyncpg.Connection
    known: hostile.Known
    officers: tuple[str, ...]
    private: tuple[str, ...]

    async def send(self, phone: str, content: bytes) -> Any:
        client = (await self.city.sign_in(phone)).client if phone else self.city.client()
        return await client.post("/graphql", content=content, headers={"Content-Type": "application/json"})


@pytest.fixture
async def town(city: City, database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(limits, "COMMANDS_BY_ACCOUNT", limits.Limit("commands", 10**9, 60))
    sought, guest = await pair(city)
    guest = await pictured(city, STATION, guest, faces.the_team())
    await leading(city, await searched(city, guest), sought)
    await searched(city, (await pair(city))[1])
    officers = ("", STATION, POLICE, CHIEF, CIVIL, EXPERT, NEXT_POLICE, NEXT_CHIEF, TOWN_POLICE)
    for phone in (*officers[1:], CITIZEN, sought["phone"]):
        # Whoever signs in for the first time gets an account and his part.
        await city.sign_in(phone)
    async with open_ledger(database.admin_dsn) as ledger:
        yield Town(city, ledger, hostile.Known(await existing(ledger)), officers, (CITIZEN, sought["phone"]))


async def existing(ledger: asyncpg.Connection) -> dict[str, list[str]]:
    """Ids by the name of the argument that takes them."""
    tables = {"id": "reunion_case", "candidateId": "reunion_candidate", "pictureId": "reunion_picture", "fileId": "stored_file"}
    made = {
        name: [row["id"] for row in await ledger.fetch(f"select id::text from {table} order by id desc limit 40")]
        for name, table in tables.items()
    }
    assert all(made.values()), made
    return {**made, **{key: ["331024", "331023", TOWN] for key in ("division", "origin", "place")}}


async def attack(town: Town, people: tuple[str, ...], kind: str, name: str, data: st.DataObject) -> None:
    variables = data.draw(hostile.arguments(hostile.fields(kind)[name], town.known))
    phone = data.draw(st.sampled_from(people))
    before = await digest(town.ledger)
    refused = refusals(await town.send(phone, hostile.body(hostile.operation(kind, name), variables)))
    if refused or kind == "query":
        after = await digest(town.ledger)
        changed = {table for table in after if after[table] != before.get(table)}
        assert changed <= (LOOKS if kind == "query" else set()), (name, refused, changed)
    for error in refused:
        # A bare argument's name is for the test below.
        if error.get("code") in OF_A_FIELD and name != "removeReunionPicture":
            assert error["field"], (name, error)


def test_every_mutation_of_reunion_is_attacked() -> None:
    assert len(MUTATIONS) > 22
    assert {"reportMissing", "registerFound", "reviewCandidate", "handOver", "removeReunionPicture"} <= set(MUTATIONS)


@settings(BOUNDED, max_examples=12)
@given(data=st.data())
async def test_a_mutation_refuses_officers_by_type_and_leaves_no_trace(town: Town, data: st.DataObject) -> None:
    for name in MUTATIONS:
        await attack(town, town.officers, "mutation", name, data)


@settings(BOUNDED, max_examples=12)
@given(data=st.data())
async def test_a_mutation_refuses_private_persons_by_type_and_leaves_no_trace(town: Town, data: st.DataObject) -> None:
    for name in MUTATIONS:
        await attack(town, town.private, "mutation", name, data)


async def test_a_hostile_id_of_a_picture_is_refused_with_its_field(city: City) -> None:
    police = await city.sign_in(POLICE)
    content = hostile.body(hostile.operation("mutation", "removeReunionPicture"), {"pictureId": "\ud800"})
    answer = await police.client.post("/graphql", content=content, headers={"Content-Type": "application/json"})
    assert [(error["code"], error["field"]) for error in refusals(answer)] == [("INVALID", "pictureId")]


@settings(BOUNDED, max_examples=10)
@given(data=st.data())
async def test_a_query_refuses_officers_by_type_and_changes_nothing_but_who_looked(town: Town, data: st.DataObject) -> None:
    for name in QUERIES:
        await attack(town, town.officers, "query", name, data)


async def test_a_family_reads_every_field_of_its_own_case(city: City) -> None:
    sought, _ = await pair(city)
    family = await city.sign_in(sought["phone"])
    answer = await family.client.post("/graphql", content=hostile.body(hostile.operation("query", "reunionCase"), {"id": sought["id"]}),
                                      headers={"Content-Type": "application/json"})  # fmt: skip
    refusals(answer)
    assert (await look(family, sought, "facts { name } availableActions { name }"))["facts"]["name"]


# ------------------------------------------------------------------------------------------------ facts in words


@pytest.mark.parametrize("facts", [
    {"born": "约1987年冬"}, {"born": "七十来岁"}, {"height": "一米六五左右"}, {"height": "1.7m"}, {"seen": "去年中秋前后"},
    {"name": "𠮷田测"}, {"name": "买买提·测"}, {"name": "测" * 60}, {"nicknames": ["", " ", "阿测"]}, {"marks": "無", "dialect": "wu.taizhou"}, {},
])  # fmt: skip
async def test_what_a_clerk_would_write_is_taken(city: City, facts: dict[str, Any]) -> None:
    done = await act(await city.sign_in(POLICE), "reportMissing", show="case { state }", **{**REPORT, "facts": facts})
    assert done["case"]["state"] == "REPORTED"


@pytest.mark.parametrize(("facts", "field"), [
    ({"born": "2026-02-30"}, "facts.born"), ({"born": "2099年"}, "facts.born"), ({"born": "不记得了"}, "facts.born"), ({"born": "9" * 500}, "facts.born"),
    ({"height": "很高"}, "facts.height"), ({"height": "17米"}, "facts.height"), ({"height": "-170"}, "facts.height"), ({"seen": "2126-01-01"}, "facts.seen"),
    ({"name": "测" * 61}, "facts.name"), ({"name": "测\x00试"}, "facts.name"), ({"marks": "字" * 1001}, "facts.marks"),
    ({"nicknames": ["测"] * 11}, "facts.nicknames"), ({"relatives": ["测"] * 21}, "facts.relatives"), ({"origin": "999999"}, "facts.origin"),
    ({"place": "'; drop table event; --"}, "facts.place"), ({"circumstances": "字" * 4001}, "facts.circumstances"),
])  # fmt: skip
async def test_what_nobody_can_read_is_refused_with_its_field(city: City, facts: dict[str, Any], field: str) -> None:
    for command, rest in (("reportMissing", REPORT), ("registerFound", TAKEN_IN)):
        with pytest.raises(Refused) as refused:
            await act(await city.sign_in(POLICE), command, show="case { id }", **{**rest, "facts": facts})
        assert [error["field"] for error in refused.value.errors] == [field]


@pytest.mark.parametrize(("changes", "field"), [
    ({"division": "331023"}, "division"), ({"division": "x"}, "division"), ({"division": ""}, "division"), ({"kind": "AT_STATION"}, "kind"),
    ({"reporterName": " "}, "reporterName"), ({"relation": ""}, "relation"), ({"phone": "123"}, "phone"), ({"phone": "字" * 5000}, "phone"),
    ({"policeCaseNo": "字" * 101}, "policeCaseNo"),
])  # fmt: skip
async def test_a_report_says_what_is_wrong_with_it(city: City, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        await act(await city.sign_in(POLICE), "reportMissing", show="case { id }", **{**REPORT, "facts": {}, **changes})
    assert [error["field"] for error in refused.value.errors] == [field]


@pytest.mark.parametrize(("changes", "field"), [
    ({"admittedOn": "0001-01-01"}, "admittedOn"), ({"admittedOn": "9999-12-31"}, "admittedOn"), ({"kind": "CHILD"}, "kind"), ({"station": ""}, "station"),
    ({"conditions": ["MUTE"] * 1000}, "conditions"), ({"claims": "字" * 4001}, "claims"), ({"division": "331023"}, "division"),
])  # fmt: skip
async def test_a_register_says_what_is_wrong_with_it(city: City, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        await act(await city.sign_in(STATION), "registerFound", show="case { id }", **{**TAKEN_IN, "facts": {}, **changes})
    assert [error["field"] for error in refused.value.errors] == [field]


async def test_nobody_to_look_for_is_no_search(city: City) -> None:
    guest = await found(city, facts={"sex": "MALE"})
    await step(await city.sign_in(STATION), "recordQuickCheck", guest, text="无结果")
    with pytest.raises(Refused) as refused:
        await step(await city.sign_in(POLICE), "requestFaceSearch", guest, purpose="STRANDED_SEARCH", legalBasis="依据", necessity="需要")
    assert refused.value.codes == ["NOTHING_TO_SEARCH_WITH"]


async def test_a_verdict_without_grounds_is_none(city: City) -> None:
    sought, guest = await pair(city)
    guest = await searched(city, guest)
    row = await candidate(await city.sign_in(EXPERT), guest, sought)
    for verdict, alike, unlike, field in (("SAME", "", "", "alike"), ("DIFFERENT", "眉眼", "", "unlike"), ("UNSURE", "字" * 1001, "", "alike")):
        found_codes = await codes(city, EXPERT, "reviewCandidate", candidateId=row["id"], verdict=verdict, alike=alike, unlike=unlike, show="case { id }")
        assert [each[1] for each in found_codes] == [field]
    for wrong in (str(uuid4()), "x", "", guest["id"]):
        assert await codes(city, EXPERT, "reviewCandidate", candidateId=wrong, verdict="SAME", alike="眉眼", show="case { id }") == [("NOT_FOUND", "candidateId")]


async def test_words_to_search_by_are_words_and_no_sql(city: City) -> None:
    _, guest = await pair(city)
    police = await city.sign_in(POLICE)
    query = "query($f: ReunionCaseFilter) { reunionCases(first: 100, filter: $f) { edges { node { id } } } }"
    for text in ("' or true --", "%", "_", "\\", "a']) or true --", "测'试", "字" * 5000, "\x1b[2J", "𠮷"):
        answer = await police.client.post("/graphql", json={"query": query, "variables": {"f": {"search": text}}})
        assert "INTERNAL" not in answer.text, text
    for text in ("' or true --", "a']) or true --"):
        rows = (await police.ask(query, f={"search": text}))["reunionCases"]["edges"]
        assert guest["id"] not in str(rows)
    answer = await police.client.post("/graphql", json={"query": query, "variables": {"f": {"division": "331024'::ltree) or true --"}}})
    assert "NOT_FOUND" in answer.text


# -------------------------------------------------------------------------------------------------------- pictures


def drawing() -> bytes:
    image = Image.new("RGB", (400, 400), "white")
    pen = ImageDraw.Draw(image)
    pen.ellipse((100, 100, 300, 300), outline="black")
    pen.ellipse((150, 160, 170, 180), fill="black")
    pen.ellipse((230, 160, 250, 180), fill="black")
    pen.arc((150, 200, 250, 270), 0, 180, fill="black")
    return _saved(image)


def _saved(image: Image.Image, kind: str = "JPEG") -> bytes:
    made = BytesIO()
    image.save(made, kind)
    return made.getvalue()


NOISE = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)


@pytest.mark.parametrize(("data", "state", "problem"), [
    (drawing(), "UNUSABLE", "NO_FACE"), (_saved(Image.new("RGB", (300, 300), "#777")), "UNUSABLE", "NO_FACE"), (_saved(Image.fromarray(NOISE)), "UNUSABLE", "NO_FACE"),
    (_saved(Image.new("L", (1, 1))), "UNUSABLE", "NO_FACE"), (as_jpeg(faces.the_team()), "CHOOSE", None),
], ids=["drawing", "grey", "noise", "one pixel", "team"])  # fmt: skip
async def test_a_picture_without_one_face_says_so_and_is_kept(city: City, data: bytes, state: str, problem: str | None) -> None:
    guest = await found(city, facts=told())
    station = await city.sign_in(STATION)
    stored = await upload(station.client, data, purpose="reunion")
    await step(station, "addReunionPicture", guest, fileId=stored["id"])
    await city.work()
    (picture,) = (await look(station, guest, "pictures { id state problem faces { box problem } chosen }"))["pictures"]
    assert (picture["state"], picture["problem"], picture["chosen"]) == (state, problem, None)
    for face in (-1, len(picture["faces"]), 2**31 - 1):
        with pytest.raises(Refused) as refused:
            await act(station, "chooseReunionFace", show="case { id }", pictureId=picture["id"], face=face)
        assert refused.value.errors[0]["field"] in ("face", "pictureId")
    for person in (await city.sign_in(NEXT_POLICE), await city.sign_in(CITIZEN)):
        with pytest.raises(Refused) as refused:
            await act(person, "chooseReunionFace", show="case { id }", pictureId=picture["id"], face=0)
        assert refused.value.codes == ["NOT_FOUND"]


def print_on_a_table(picture: Pixels) -> bytes:
    """A photograph of a photograph: the print lies crooked, pale and a little out of focus."""
    shot = Image.new("RGB", (1500, 1100), "#8a6f52")
    paper = ImageOps.expand(Image.fromarray(picture).resize((720, 720)), 24, "#f4f0e6")
    pale = Image.blend(paper, Image.new("RGB", paper.size, "#d8d2c4"), 0.25).filter(ImageFilter.GaussianBlur(1.2))
    shot.paste(pale.rotate(4, expand=True, fillcolor="#8a6f52"), (330, 120))
    return _saved(shot)


async def test_a_photograph_of_a_photograph_is_taken(city: City) -> None:
    guest = await found(city, facts=told())
    station = await city.sign_in(STATION)
    stored = await upload(station.client, print_on_a_table(faces.astronaut()), purpose="reunion")
    await step(station, "addReunionPicture", guest, fileId=stored["id"], taken="约1987年冬")
    await city.work()
    (picture,) = (await look(station, guest, "pictures { state problem takenText faces { problem } chosen }"))["pictures"]
    assert (picture["state"], picture["takenText"], len(picture["faces"])) == ("READY", "约1987年冬", 1), "of somebody long gone there is nothing better"


@pytest.mark.parametrize("data", [
    b"\xff\xd8\xff" + b"x" * 3000, as_jpeg(faces.astronaut())[:2000], b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"x" * 3000,
    b"GIF89a" + b"x" * 500, b"PK\x03\x04" + b"x" * 500, b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", b"",
    _saved(Image.new("1", (10_000, 5_000)), "PNG"),
], ids=["garbage", "torn", "video", "gif", "zip", "svg", "nothing", "50 megapixels"])  # fmt: skip
async def test_what_is_no_photograph_is_refused_at_the_door_or_said_at_the_picture(city: City, data: bytes) -> None:
    guest = await found(city, facts=told())
    station = await city.sign_in(STATION)
    announced = await station.client.post("/files", json={"name": "x.jpg", "size": len(data), "contentType": "image/jpeg", "sha256": "0" * 64,
                                                          "purpose": "reunion", "keepPosition": False})  # fmt: skip
    if announced.status_code != 201:
        assert 400 <= announced.status_code < 500
        return
    file_id = await send(station.client, data, purpose="reunion", name="x.jpg")
    answer = await station.client.post(f"/files/{file_id}/complete")
    assert answer.status_code < 500
    if answer.status_code != 200:
        assert await codes(city, STATION, "addReunionPicture", id=guest["id"], fileId=file_id, show="case { id }") == [("NOT_FOUND", "fileId")]
        return
    await step(station, "addReunionPicture", guest, fileId=file_id)
    await city.work()
    (picture,) = (await look(station, guest, "pictures { state problem }"))["pictures"]
    assert picture["state"] == "UNUSABLE"
    assert picture["problem"]


async def test_files_of_others_used_before_or_meant_for_something_else_are_refused(city: City) -> None:
    guest = await found(city, facts=told())
    station, police = await city.sign_in(STATION), await city.sign_in(POLICE)
    data = as_jpeg(faces.astronaut())
    mine, another, elsewhere = [
        (await upload(person.client, data, purpose=purpose))["id"] for person, purpose in ((station, "reunion"), (police, "reunion"), (station, "x"))
    ]
    given = {"id": guest["id"], "show": "case { id }"}
    assert await codes(city, STATION, "addReunionPicture", fileId=another, **given) == [("NOT_FOUND", "fileId")]
    assert await codes(city, STATION, "addReunionPicture", fileId=elsewhere, **given) == [("INVALID", "fileId")]
    await step(station, "addReunionPicture", guest, fileId=mine)
    assert await codes(city, STATION, "addReunionPicture", fileId=mine, **given) == [("INVALID", "fileId")]
    fresh = (await upload(station.client, data, purpose="reunion"))["id"]
    assert await codes(city, STATION, "addReunionPicture", fileId=fresh, taken="明年", **given) != []
    for wrong in (str(uuid4()), "x", ""):
        assert await codes(city, STATION, "addReunionPicture", fileId=wrong, **given) == [("NOT_FOUND", "fileId")]


async def test_ids_of_other_counties_and_of_nothing_look_the_same(city: City) -> None:
    sought, guest = await pair(city)
    await searched(city, guest)
    for wrong in (guest["id"], sought["id"], str(uuid4()), "x", "", "331024"):
        who = POLICE if wrong == sought["id"] else NEXT_POLICE
        for command, fields in (
            ("recordQuickCheck", {"version": 1, "text": "无结果"}), ("withdrawReunionCase", {"version": 1, "text": "撤回"}),
            ("correctReunionFacts", {"version": 1, "facts": {}}), ("requestFaceSearch", {"version": 1, "purpose": "CROSS_REGION", "legalBasis": "x", "necessity": "y"}),
        ):  # fmt: skip
            assert await codes(city, who, command, id=wrong, show="case { id }", **fields) == [("NOT_FOUND", "id")], (command, wrong)
