"""Attaching uploads, crashes in the middle, and the sweep, on a real database and a local directory."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.errors import Refusal
from backend.kernel.files import http as files_http
from backend.kernel.files import service, uploads
from backend.kernel.files.models import StoredFile, Upload
from backend.kernel.files.storage import Key, Storage
from tests.kernel.files.people import ClientOf, Matter, Serve, person
from tests.kernel.files.samples import photograph
from tests.kernel.files.sending import attached, begin, code, matter_of, patch, send, upload

pytestmark = pytest.mark.usefixtures("local_storage")


@pytest.fixture
def client(serve: Serve) -> ClientOf:
    return serve(files_http)


async def refusal_of_attaching(
    actor: Actor, ids: list[UUID], to: Matter, **options: Any
) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as caught:
        async with open_scope(actor.scope):
            await service.attach(actor, ids, to, **options)
    return caught.value.code, caught.value.field


class TestAttaching:
    async def test_a_file_is_attached_once(self, client: ClientOf) -> None:
        actor = person()
        http = client(actor)
        file = await upload(http, photograph())
        case = await matter_of(actor)
        stored = await attached(actor, file["id"], case)
        assert (stored.id, stored.matter_id, stored.subject_id) == (UUID(file["id"]), case.id, case.id)
        assert await refusal_of_attaching(actor, [stored.id], case) == ("INVALID", "fileIds.0")
        assert code(await http.delete(file["url"]))[1] == "WRONG_STATE"
        assert (await http.post(f"{file['url']}/complete")).json() == file

    async def test_only_own_completed_uploads_of_the_right_purpose(self, client: ClientOf) -> None:
        actor, other = person(), person()
        case = await matter_of(actor)
        ready = UUID((await upload(client(actor), photograph()))["id"])
        unfinished = UUID(await begin(client(actor), photograph()))
        foreign = UUID((await upload(client(other), photograph()))["id"])
        for bad in (unfinished, foreign, uuid4()):
            assert await refusal_of_attaching(actor, [ready, bad], case) == ("NOT_FOUND", "fileIds.1")
        assert await refusal_of_attaching(actor, [ready, ready], case) == ("INVALID", "fileIds.1")
        assert await refusal_of_attaching(actor, [ready], case, purpose="signature") == (
            "INVALID",
            "fileIds.0",
        )
        async with open_scope(actor.scope):
            assert await StoredFile.filter(matter_id=case.id).count() == 0
            assert (await Upload.get(id=ready)).state == "READY"

    async def test_an_anonymous_report_leaves_no_trace_of_the_sender(self, client: ClientOf) -> None:
        actor = person()
        file = await upload(client(actor), photograph())
        stored = await attached(actor, file["id"], await matter_of(actor), hide_uploader=True)
        assert stored.uploaded_by is None
        async with open_scope(Scope(DbRole.RELAY)):
            assert await Upload.filter(id=stored.id).count() == 0
        assert (await client(actor).get(file["url"])).status_code == 200


class Crash(Exception):
    pass


def crashing(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
    async def crash(*_: object, **__: object) -> None:
        raise Crash

    monkeypatch.setattr(owner, name, crash)


async def remove_chunks(store: Storage, folder: Key) -> None:
    async for batch in store._store.list(folder):
        await store._store.delete_async([item["path"] for item in batch])


class TestCrashes:
    async def test_while_a_chunk_is_written(self, client: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
        http, data = client(person()), photograph()
        upload_id = await begin(http, data)
        with monkeypatch.context() as broken, pytest.raises(Crash):
            crashing(broken, Storage, "put")
            await patch(http, upload_id, 0, data)
        assert (await http.head(f"/files/{upload_id}")).headers["Upload-Offset"] == "0"
        await patch(http, upload_id, 0, data)
        assert (await http.post(f"/files/{upload_id}/complete")).status_code == 200

    async def test_between_storing_and_telling(
        self, client: ClientOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        http = client(person())
        upload_id = await send(http, photograph())
        with monkeypatch.context() as broken, pytest.raises(Crash):
            crashing(broken, uploads, "_keep")
            await http.post(f"/files/{upload_id}/complete")
        assert (await http.get(f"/files/{upload_id}")).status_code == 404
        assert (await http.post(f"/files/{upload_id}/complete")).status_code == 200
        assert (await http.get(f"/files/{upload_id}")).status_code == 200

    async def test_before_the_chunks_are_cleared_away(
        self, client: ClientOf, monkeypatch: pytest.MonkeyPatch, local_storage: Path
    ) -> None:
        actor = person()
        http = client(actor)
        upload_id = await send(http, photograph())
        with monkeypatch.context() as broken, pytest.raises(Crash):
            crashing(broken, Storage, "delete_below")
            await http.post(f"/files/{upload_id}/complete")
        assert (await http.post(f"/files/{upload_id}/complete")).status_code == 200
        await attached(actor, upload_id, await matter_of(actor))
        await service.sweep_stale(clock.now() + timedelta(days=8))
        assert not list((local_storage / "chunks").rglob(f"{UUID(upload_id).hex}/*"))
        assert (await http.get(f"/files/{upload_id}")).status_code == 200

    async def test_while_an_upload_is_discarded(
        self, client: ClientOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        http = client(person())
        upload_id = await send(http, photograph())
        with monkeypatch.context() as broken, pytest.raises(Crash):
            # 分块已经删了,后面的没有删成,事务回滚
            crashing(broken, Storage, "delete")
            broken.setattr(Storage, "delete_below", remove_chunks)
            await http.delete(f"/files/{upload_id}")
        assert (await http.head(f"/files/{upload_id}")).headers["Upload-Offset"] == str(len(photograph()))
        assert (await http.post(f"/files/{upload_id}/complete")).status_code == 404
        assert (await http.head(f"/files/{upload_id}")).status_code == 404


class TestSweep:
    async def test_what_was_not_attached_in_a_week_is_removed(
        self, client: ClientOf, local_storage: Path
    ) -> None:
        actor = person()
        http = client(actor)
        begun, ready = await begin(http, photograph()), await upload(http, photograph())
        await patch(http, begun, 0, photograph()[:100])
        await service.sweep_stale(clock.now() + timedelta(days=6, hours=23))
        assert (await http.get(ready["url"])).status_code == 200
        await service.sweep_stale(clock.now() + timedelta(days=7, minutes=1))
        assert (await http.get(ready["url"])).status_code == 404
        assert (await http.head(f"/files/{begun}")).status_code == 404
        for upload_id in (begun, ready["id"]):
            assert not list(local_storage.rglob(f"{UUID(upload_id).hex}*"))

    async def test_an_old_upload_is_not_attached_any_more(
        self, client: ClientOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        actor = person()
        file = await upload(client(actor), photograph())
        case, late = await matter_of(actor), clock.now() + timedelta(days=8)
        monkeypatch.setattr(clock, "now", lambda: late)
        assert await refusal_of_attaching(actor, [UUID(file["id"])], case) == ("NOT_FOUND", "fileIds.0")
