"""Resumable uploads: announced, sent in chunks, completed once. Each function opens the scopes it needs.

Objects are written before the row that tells of them, so that a crash at any point leaves an upload that can be
continued, completed again, started anew or swept away, and never a completed one without its bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import execute
from backend.kernel.db.scope import open_scope
from backend.kernel.errors import Refusal, not_found
from backend.kernel.files import bulk
from backend.kernel.files.examine import Examined, examine, in_thread
from backend.kernel.files.models import Upload
from backend.kernel.files.names import name_for, safe_name
from backend.kernel.files.pictures import DEFAULT_LIMITS
from backend.kernel.files.refusals import FileRefused
from backend.kernel.files.sniff import ACCEPTED, canonical
from backend.kernel.files.storage import (
    ObjectMissing,
    chunk_key,
    chunks_key,
    file_key,
    storage,
    thumbnail_key,
)

CHUNK_BYTES: Final = 512 * 1024
MAX_CHUNK_BYTES: Final = 1024 * 1024
#: A sender of very small chunks would fill the storage with objects.
MAX_CHUNKS: Final = 400
#: Uploads of one account that belong to no matter yet.
MAX_WAITING: Final = 30
#: An upload that belongs to no matter by then is given up.
KEPT_FOR: Final = timedelta(days=7)

SHA256: Final = re.compile(r"[0-9a-f]{64}")
PURPOSE: Final = re.compile(r"[a-z][a-z0-9_.-]{0,39}|")
UNKNOWN_TYPES: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})


class UploadState(StrEnum):
    OPEN = "OPEN"
    READY = "READY"
    ATTACHED = "ATTACHED"


@dataclass(frozen=True)
class Announcement:
    """What the sender says about a file before sending it; `sha256` is that of the bytes to come."""

    name: str
    size: int
    content_type: str
    sha256: str
    purpose: str
    keep_position: bool


async def announce(actor: Actor, file: Announcement) -> Upload:
    """Raises Refusal: INVALID, BAD_NAME, TOO_LARGE, TYPE_NOT_ALLOWED, TOO_MANY (uploads that wait)."""
    name = safe_name(file.name)
    bulky = bulk.kind_of(actor, file.purpose, name)
    declared = bulky or _declared_type(file.content_type)
    most = bulk.most_bytes(bulky) if bulky else DEFAULT_LIMITS.max_bytes
    if file.size < 1:
        raise Refusal("INVALID", "size")
    if file.size > most:
        raise FileRefused("TOO_LARGE", "size", limit=most)
    if not SHA256.fullmatch(file.sha256):
        raise Refusal("INVALID", "sha256")
    if not PURPOSE.fullmatch(file.purpose):
        raise Refusal("INVALID", "purpose")
    async with open_scope(actor.scope):
        # 同一账号的登记一个接一个,上限才准
        await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"upload:{actor.account_id}")
        waiting = Upload.filter(account_id=actor.account_id).exclude(state=UploadState.ATTACHED)
        if await waiting.count() >= MAX_WAITING:
            raise Refusal("TOO_MANY", most=MAX_WAITING)
        return await Upload.create(
            account_id=actor.account_id, name=name, purpose=file.purpose, declared_type=declared, size=file.size,
            declared_sha256=file.sha256, keep_position=file.keep_position, created_at=clock.now(),
        )  # fmt: skip


async def append(actor: Actor, upload_id: UUID, offset: int, chunk: bytes) -> int:
    """The offset from which the next chunk starts. A chunk that is there already is taken as done.

    Raises Refusal: NOT_FOUND, TOO_LARGE, TOO_MANY (chunks), OUT_OF_ORDER with the `offset` that is next.
    """
    async with open_scope(actor.scope):
        upload = await own(actor, upload_id, lock=True)
        if upload.state != UploadState.OPEN or offset != upload.received:
            if await _has(upload, offset, chunk):
                return upload.received
            raise Refusal("OUT_OF_ORDER", "uploadOffset", offset=upload.received)
        if offset + len(chunk) > upload.size:
            raise FileRefused("TOO_LARGE", limit=upload.size)
        if not chunk:
            raise Refusal("INVALID")
        most = bulk.MAX_CHUNKS if upload.declared_type in bulk.TYPES else MAX_CHUNKS
        if len(upload.chunks) >= most:
            raise Refusal("TOO_MANY", most=most)
        # 行锁一直持有到块写完:同时来的两块只有一块算数
        await storage().put(chunk_key(upload.id, offset), chunk)
        upload.chunks = [*upload.chunks, offset]
        upload.received = offset + len(chunk)
        await upload.save(update_fields=["chunks", "received"])
        return upload.received


async def complete(actor: Actor, upload_id: UUID) -> Upload:
    """Check, clean and keep the file; answers the same when repeated.

    Raises Refusal: NOT_FOUND, INCOMPLETE with the `offset` to go on from. FileRefused is final: the upload is gone.
    """
    async with open_scope(actor.scope):
        upload = await own(actor, upload_id)
    if upload.state != UploadState.OPEN:
        return upload
    if upload.received != upload.size:
        raise Refusal("INCOMPLETE", offset=upload.received, size=upload.size)

    try:
        examined = await (_joined(upload) if upload.declared_type in bulk.TYPES else _examined(upload))
    except ObjectMissing:
        return await _without_chunks(actor, upload_id)
    except FileRefused:
        await _forget(actor, upload_id)
        raise
    return await _keep(actor, upload_id, examined)


async def _examined(upload: Upload) -> Examined:
    def load() -> bytes:
        return b"".join(storage().get_in_thread(chunk_key(upload.id, offset)) for offset in upload.chunks)

    examined = await examine(load, declared_type=upload.declared_type, declared_sha256=upload.declared_sha256)
    await put_objects(upload.id, examined)
    return examined


async def _joined(upload: Upload) -> Examined:
    chunks = [chunk_key(upload.id, offset) for offset in upload.chunks]
    kind, digest = upload.declared_type, upload.declared_sha256
    made = await in_thread(lambda: bulk.join(kind, digest, chunks, file_key(upload.id)))
    return Examined(b"", kind, made.digests, joined=made.size)


async def put_objects(file_id: UUID, examined: Examined) -> None:
    """The file's bytes and its thumbnail; put again, they are the same."""
    await storage().put(file_key(file_id), examined.data)
    if examined.thumbnail is not None:
        await storage().put(thumbnail_key(file_id), examined.thumbnail)


async def discard(actor: Actor, upload_id: UUID) -> None:
    """Raises Refusal: NOT_FOUND, WRONG_STATE when it belongs to a matter."""
    async with open_scope(actor.scope):
        upload = await own(actor, upload_id, lock=True)
        if upload.state == UploadState.ATTACHED:
            raise Refusal("WRONG_STATE", state=upload.state)
    await _forget(actor, upload_id)


async def own(actor: Actor, upload_id: UUID, *, lock: bool = False) -> Upload:
    """The actor's own upload, in the current scope. Raises NOT_FOUND."""
    rows = Upload.filter(id=upload_id, account_id=actor.account_id)
    upload = await (rows.select_for_update() if lock else rows).first()
    if upload is None:
        raise not_found()
    return upload


async def remove_objects(upload_id: UUID) -> None:
    """Everything stored for an upload."""
    await storage().delete_below(chunks_key(upload_id))
    await storage().delete(thumbnail_key(upload_id))
    await storage().delete(file_key(upload_id))


def _declared_type(given: str) -> str:
    """Empty when the sender does not know: many a phone has no name for HEIC."""
    declared = canonical(given)
    if declared in UNKNOWN_TYPES:
        return ""
    if declared not in ACCEPTED:
        raise FileRefused("TYPE_NOT_ALLOWED", "contentType", accepted=sorted(ACCEPTED))
    return declared


async def _has(upload: Upload, offset: int, chunk: bytes) -> bool:
    if offset not in upload.chunks:
        return False
    try:
        return await storage().get(chunk_key(upload.id, offset)) == chunk
    except ObjectMissing:
        # 已经合并,分块不在了
        return False


async def _without_chunks(actor: Actor, upload_id: UUID) -> Upload:
    """Chunks are gone once the upload was completed or discarded; a discard that broke off is finished here."""
    async with open_scope(actor.scope):
        upload = await own(actor, upload_id, lock=True)
    if upload.state == UploadState.OPEN:
        await _forget(actor, upload_id)
        raise not_found()
    return upload


async def _forget(actor: Actor, upload_id: UUID) -> None:
    """Row and objects of an upload that belongs to no matter."""
    async with open_scope(actor.scope):
        rows = Upload.filter(id=upload_id, account_id=actor.account_id).exclude(state=UploadState.ATTACHED)
        if await rows.delete():
            await remove_objects(upload_id)


async def _keep(actor: Actor, upload_id: UUID, examined: Examined) -> Upload:
    async with open_scope(actor.scope):
        rows = Upload.filter(id=upload_id, account_id=actor.account_id)
        upload = await rows.select_for_update().first()
        if upload is not None and upload.state == UploadState.OPEN:
            _fill(upload, examined)
            await upload.save()
    if upload is None:
        await remove_objects(upload_id)
        raise not_found()
    await storage().delete_below(chunks_key(upload_id))
    return upload


def _fill(upload: Upload, examined: Examined) -> None:
    upload.state = UploadState.READY
    upload.name = name_for(upload.name, examined.content_type)
    upload.content_type = examined.content_type
    upload.stored_size = examined.size
    upload.sha256, upload.sm3 = examined.digests.sha256, examined.digests.sm3
    upload.width, upload.height = examined.width, examined.height
    upload.has_thumbnail = examined.thumbnail is not None
    upload.taken_at = examined.taken_at
    if upload.keep_position and examined.position is not None:
        upload.latitude, upload.longitude = examined.position
