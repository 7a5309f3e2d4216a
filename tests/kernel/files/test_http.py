"""Uploads and downloads over HTTP, on a real database and a local directory."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.kernel.files import http as files_http
from backend.kernel.files import uploads
from backend.kernel.files.storage import ObjectMissing, file_key, storage
from tests.factories.city import APPLICANT, STRANGER, City
from tests.kernel.files.people import NEIGHBOUR_TOWN, ClientOf, Serve, officer, person
from tests.kernel.files.samples import ACCEPTABLE, CAMERA, LATITUDE, LONGITUDE, photograph, wav
from tests.kernel.files.sending import announced, attached, begin, code, matter_of, patch, send, upload

pytestmark = pytest.mark.usefixtures("local_storage")


@pytest.fixture
def client(serve: Serve) -> ClientOf:
    return serve(files_http)


class TestUpload:
    async def test_a_photograph_arrives_in_chunks_and_loses_its_metadata(self, client: ClientOf) -> None:
        http = client(person())
        file = await upload(http, photograph())
        assert file["contentType"] == "image/jpeg"
        kept = await http.get(file["url"])
        assert kept.headers["content-type"] == "image/jpeg"
        assert CAMERA.encode() not in kept.content
        assert (await http.get(file["thumbnailUrl"])).status_code == 200
        assert (await http.post(f"{file['url']}/complete")).json() == file

    @pytest.mark.parametrize("agreed", [True, False])
    async def test_the_position_is_kept_apart_only_with_consent(self, client: ClientOf, agreed: bool) -> None:
        actor = person()
        file = await upload(client(actor), photograph(), keepPosition=agreed)
        stored = await attached(actor, file["id"], await matter_of(actor))
        found = (stored.latitude, stored.longitude)
        assert found == (pytest.approx((LATITUDE, LONGITUDE), abs=1e-5) if agreed else (None, None))

    async def test_it_goes_on_where_it_stopped(self, client: ClientOf) -> None:
        http, data = client(person()), photograph()
        upload_id = await begin(http, data)
        await patch(http, upload_id, 0, data[:1000])
        state = await http.head(f"/files/{upload_id}")
        assert (state.headers["Upload-Offset"], state.headers["Upload-Length"]) == ("1000", str(len(data)))
        answer = await http.post(f"/files/{upload_id}/complete")
        assert code(answer)[1] == "INCOMPLETE"
        assert answer.json()["data"]["offset"] == 1000
        await patch(http, upload_id, 1000, data[1000:])
        assert (await http.post(f"/files/{upload_id}/complete")).status_code == 200

    async def test_a_repeated_chunk_changes_nothing_and_a_wrong_offset_is_told_the_right_one(
        self, client: ClientOf
    ) -> None:
        http, data = client(person()), photograph()
        upload_id = await begin(http, data)
        for _ in range(2):
            assert (await patch(http, upload_id, 0, data[:1000])).headers["Upload-Offset"] == "1000"
        for offset, chunk in [(0, b"other" * 200), (500, data[500:1000]), (2000, data[2000:3000])]:
            answer = await patch(http, upload_id, offset, chunk)
            assert code(answer) == (409, "OUT_OF_ORDER", "uploadOffset")
            assert answer.headers["Upload-Offset"] == "1000"

    async def test_of_two_chunks_at_once_one_wins(self, client: ClientOf) -> None:
        http, data = client(person()), photograph()
        upload_id = await begin(http, data)
        other = bytes(900)
        answers = await asyncio.gather(
            *(patch(http, upload_id, 0, chunk) for chunk in [data[:1000], other, data[:1000], other])
        )
        winners = {answer.headers["Upload-Offset"] for answer in answers if answer.status_code == 204}
        assert sorted(answer.status_code for answer in answers) == [204, 204, 409, 409]
        assert len(winners) == 1

    async def test_completing_twice_at_once_answers_the_same(self, client: ClientOf) -> None:
        http = client(person())
        upload_id = await send(http, photograph())
        answers = await asyncio.gather(*(http.post(f"/files/{upload_id}/complete") for _ in range(4)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.text for answer in answers}) == 1

    async def test_completing_and_discarding_at_once_leaves_no_file_behind(self, client: ClientOf) -> None:
        http = client(person())
        upload_id = await send(http, photograph())
        await asyncio.gather(http.post(f"/files/{upload_id}/complete"), http.delete(f"/files/{upload_id}"))
        await http.delete(f"/files/{upload_id}")
        assert (await http.get(f"/files/{upload_id}")).status_code == 404
        with pytest.raises(ObjectMissing):
            await storage().get(file_key(UUID(upload_id)))

    async def test_a_voice_note_is_played_in_ranges(self, client: ClientOf) -> None:
        http = client(person())
        file = await upload(http, wav(), name="录音", contentType="audio/wav")
        assert file["thumbnailUrl"] is None
        answer = await http.get(file["url"], headers={"Range": "bytes=4-11"})
        assert (answer.status_code, answer.content) == (206, wav()[4:12])
        assert answer.headers["content-range"] == f"bytes 4-11/{len(wav())}"
        assert (await http.get(file["url"], headers={"Range": "bytes=9999-"})).status_code == 416
        assert (
            await http.get(file["url"], headers={"If-None-Match": answer.headers["etag"]})
        ).status_code == 304
        assert (await http.get(f"{file['url']}/thumbnail")).status_code == 404

    async def test_a_heic_without_a_declared_type_is_kept_as_jpeg(self, client: ClientOf) -> None:
        http = client(person())
        file = await upload(http, ACCEPTABLE["image/heic"], name="IMG_1.HEIC", contentType="")
        assert file["contentType"] == "image/jpeg"
        assert "IMG_1.jpg" in (await http.get(file["url"])).headers["content-disposition"]

    async def test_the_whole_application_takes_it_from_somebody_signed_in(self, city: City) -> None:
        sender = await city.sign_in(APPLICANT)
        file = await upload(sender.client, photograph())
        answer = await sender.client.get(file["url"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert (await sender.client.head(file["url"])).headers["Upload-Offset"] == str(len(photograph()))
        assert (await (await city.sign_in(STRANGER)).client.get(file["url"])).status_code == 404
        refused = await city.client().post("/files", json=announced(photograph()))
        assert code(refused)[:2] == (401, "UNAUTHENTICATED")


class TestBadInput:
    @pytest.mark.parametrize(
        ("change", "answer"),
        [
            ({"name": "../x.jpg"}, (400, "BAD_NAME", "name")),
            ({"name": 5}, (400, "INVALID", "name")),
            ({"size": 0}, (400, "INVALID", "size")),
            ({"size": True}, (400, "INVALID", "size")),
            ({"size": 21 * 1024 * 1024}, (413, "TOO_LARGE", "size")),
            ({"contentType": "text/html"}, (415, "TYPE_NOT_ALLOWED", "contentType")),
            ({"contentType": None}, (400, "INVALID", "contentType")),
            ({"sha256": "abc"}, (400, "INVALID", "sha256")),
            ({"purpose": "A B"}, (400, "INVALID", "purpose")),
            ({"keepPosition": "yes"}, (400, "INVALID", "keepPosition")),
        ],
    )
    async def test_a_wrong_announcement_is_refused_by_field(
        self, client: ClientOf, change: dict[str, Any], answer: tuple[int, str, str]
    ) -> None:
        assert code(await client(person()).post("/files", json=announced(photograph(), **change))) == answer

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff"])
    async def test_what_is_no_announcement_is_refused(self, client: ClientOf, body: bytes) -> None:
        assert (await client(person()).post("/files", content=body)).status_code == 400

    async def test_too_much_is_not_read(self, client: ClientOf) -> None:
        http = client(person())
        upload_id = await begin(http, photograph())
        assert (await http.post("/files", content=bytes(9000))).status_code == 413
        assert (await patch(http, upload_id, 0, bytes(uploads.MAX_CHUNK_BYTES + 1))).status_code == 413
        assert (await patch(http, upload_id, 0, bytes(len(photograph()) + 1))).status_code == 413

    @pytest.mark.parametrize("offset", ["", "-1", "x", "9" * 30])
    async def test_an_offset_is_a_number(self, client: ClientOf, offset: str) -> None:
        answer = await client(person()).patch(
            f"/files/{uuid4()}", content=b"x", headers={"Upload-Offset": offset}
        )
        assert code(answer) == (400, "INVALID", "uploadOffset")

    @pytest.mark.parametrize(
        ("data", "change", "refusal"),
        [
            (photograph(), {"sha256": "0" * 64}, "DIGEST_MISMATCH"),
            (photograph(), {"contentType": "image/png"}, "TYPE_MISMATCH"),
            (b"<script>alert(1)</script>", {"contentType": ""}, "TYPE_NOT_ALLOWED"),
            (photograph() + b"%PDF-1.7", {}, "POLYGLOT"),
            (photograph()[:-300], {}, "CORRUPT"),
        ],
    )
    async def test_a_refused_file_is_gone_and_may_be_sent_anew(
        self, client: ClientOf, data: bytes, change: dict[str, Any], refusal: str
    ) -> None:
        http = client(person())
        upload_id = await send(http, data, **change)
        assert code(await http.post(f"/files/{upload_id}/complete"))[1] == refusal
        assert (await http.head(f"/files/{upload_id}")).status_code == 404

    async def test_an_account_has_thirty_waiting_uploads_at_the_most(self, client: ClientOf) -> None:
        http, data = client(person()), photograph()
        answers = await asyncio.gather(*(http.post("/files", json=announced(data)) for _ in range(35)))
        assert sorted(answer.status_code for answer in answers) == [201] * 30 + [429] * 5
        upload_id = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
        assert (await http.delete(f"/files/{upload_id}")).status_code == 204
        assert (await http.post("/files", json=announced(data))).status_code == 201

    async def test_crumbs_are_refused(self, client: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads, "MAX_CHUNKS", 2)
        http = client(person())
        upload_id = await begin(http, photograph())
        answers = [await patch(http, upload_id, place, photograph()[place : place + 1]) for place in range(3)]
        assert [answer.status_code for answer in answers] == [204, 204, 429]


class TestReach:
    async def test_nobody_else_sees_or_touches_an_upload(self, client: ClientOf) -> None:
        upload_id = await begin(client(person()), photograph())
        for stranger in (client(person()), client(officer())):
            answers = [
                await stranger.head(f"/files/{upload_id}"),
                await patch(stranger, upload_id, 0, b"x"),
                await stranger.post(f"/files/{upload_id}/complete"),
                await stranger.delete(f"/files/{upload_id}"),
                await stranger.get(f"/files/{upload_id}"),
                await stranger.get(f"/files/{upload_id}/thumbnail"),
            ]
            assert {answer.status_code for answer in answers} == {404}

    async def test_a_file_of_a_matter_is_read_by_whoever_reads_the_matter(self, client: ClientOf) -> None:
        actor = person()
        file = await upload(client(actor), photograph())
        assert (await client(officer()).get(file["url"])).status_code == 404
        await attached(actor, file["id"], await matter_of(actor))
        readers = {actor: 200, officer(): 200, officer(NEIGHBOUR_TOWN): 404, person(): 404}
        for reader, status in readers.items():
            assert (await client(reader).get(file["url"])).status_code == status
            assert (await client(reader).get(file["thumbnailUrl"])).status_code == status

    async def test_without_a_session_or_our_own_header_nothing_happens(self, client: ClientOf) -> None:
        actor = person()
        http = client(actor)
        upload_id = await begin(http, photograph())
        del http.headers["X-Shanzhi-Client"]
        assert (await http.delete(f"/files/{upload_id}")).status_code == 403
        assert (await http.head(f"/files/{upload_id}")).status_code == 200
        del http.headers["X-Actor"]
        assert (await http.get(f"/files/{upload_id}")).status_code == 401
