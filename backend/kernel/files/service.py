"""Files of matters: attach uploads to a matter, find what an actor may read, clear away what nobody attached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.grants import may_open
from backend.kernel.db.models import TenantModel, place_of
from backend.kernel.db.scope import DbRole, Scope, after_commit, open_scope
from backend.kernel.errors import Refusal, not_found
from backend.kernel.files import bulk
from backend.kernel.files.examine import Examined
from backend.kernel.files.hashing import digests_of
from backend.kernel.files.models import StoredFile, Upload
from backend.kernel.files.names import name_for
from backend.kernel.files.storage import chunks_key, file_key, storage, thumbnail_key
from backend.kernel.files.uploads import KEPT_FOR, UploadState, remove_objects

RELAY = Scope(DbRole.RELAY)
#: Fields an upload and the file it becomes have in common.
SHARED = (
    "name", "content_type", "sha256", "sm3", "width", "height", "has_thumbnail", "latitude", "longitude", "taken_at",
)  # fmt: skip


@dataclass(frozen=True)
class Download:
    """What a download needs to know."""

    id: UUID
    name: str
    content_type: str
    sha256: str
    has_thumbnail: bool


def file_url(file_id: UUID) -> str:
    return f"/files/{file_id}"


def thumbnail_url(file_id: UUID, *, exists: bool) -> str | None:
    return f"/files/{file_id}/thumbnail" if exists else None


async def attach(
    actor: Actor,
    ids: Sequence[UUID],
    matter: TenantModel,
    *,
    subject_id: UUID | None = None,
    matter_id: UUID | None = None,
    purpose: str = "",
    field: str = "fileIds",
    hide_uploader: bool = False,
    app: str = "",
) -> list[StoredFile]:
    """Make the actor's own completed uploads files of a matter, in the current transaction and in the given order.

    Args:
        subject_id: the row inside the matter they hang on; the matter itself by default.
        purpose: only uploads announced for this purpose.
        field: named in a refusal, with the number of the item.
        hide_uploader: for an anonymous report: no trace of who sent them.
        app: the matter's application, where `matter` is a row of the kernel.

    Raises:
        Refusal: `NOT_FOUND` for anything but an own completed upload; `INVALID` for one that is attached already,
            named twice, or announced for another purpose.
    """
    # Locked in the order of their ids: two commands never wait for each other.
    rows = Upload.filter(id__in=ids, account_id=actor.account_id).order_by("id").select_for_update()
    found = {upload.id: upload for upload in await rows}
    for number, upload_id in enumerate(ids):
        _check(found.get(upload_id), purpose, f"{field}.{number}")
        if upload_id in ids[:number]:
            raise Refusal("INVALID", f"{field}.{number}")
    owner = matter_id or matter.id
    files = [
        StoredFile(
            **place_of(matter), id=upload_id, app=app or matter._meta.app or "", matter_id=owner, subject_id=subject_id or owner,
            uploaded_by=None if hide_uploader else actor.account_id, size=found[upload_id].stored_size,
            created_at=clock.now(), **{name: getattr(found[upload_id], name) for name in SHARED},
        )
        for upload_id in ids
    ]  # fmt: skip
    for file in files:
        await file.save(force_create=True)
    if files:
        await (_erase(ids) if hide_uploader else Upload.filter(id__in=ids).update(state=UploadState.ATTACHED))
    return files


async def attach_one(
    actor: Actor,
    file_id: UUID,
    matter: TenantModel,
    *,
    field: str,
    purpose: str,
    subject_id: UUID,
    matter_id: UUID,
    hide_uploader: bool = False,
    app: str = "",
) -> StoredFile:
    """As `attach`, for an input that names a single file."""
    try:
        files = await attach(
            actor, [file_id], matter, subject_id=subject_id, matter_id=matter_id, purpose=purpose,
            hide_uploader=hide_uploader, app=app,
        )  # fmt: skip
    except Refusal as problem:
        raise Refusal(problem.code, field) from None
    return files[0]


async def keep_made(
    matter: TenantModel, data: bytes, *, name: str, content_type: str, subject_id: UUID, matter_id: UUID | None = None
) -> StoredFile:
    """Keep a file that a job made of the row `subject_id`; made again, it takes the place of the first.

    Args:
        matter_id: the matter, where `matter` is one of its rows.
    """
    file_id = uuid5(subject_id, name)
    await storage().put(file_key(file_id), data)
    digest = digests_of(data)
    made, _ = await StoredFile.update_or_create(
        id=file_id, county=matter.county,
        defaults={
            "path": matter.path, "app": matter._meta.app or "", "matter_id": matter_id or matter.id, "subject_id": subject_id,
            "name": name, "content_type": content_type, "size": len(data), "sha256": digest.sha256, "sm3": digest.sm3,
            "created_at": clock.now(),
        },
    )  # fmt: skip
    return made


async def keep_picture(
    matter: TenantModel, picture: Examined, *, file_id: UUID, name: str, subject_id: UUID, uploaded_by: UUID | None
) -> StoredFile:
    """The row of a picture that a job took out of an archive and has put (`uploads.put_objects`) under `file_id`; repeatable."""
    made, _ = await StoredFile.update_or_create(
        id=file_id, county=matter.county,
        defaults={
            "path": matter.path, "app": matter._meta.app or "", "matter_id": matter.id, "subject_id": subject_id,
            "uploaded_by": uploaded_by, "name": name_for(name, picture.content_type), "content_type": picture.content_type,
            "size": picture.size, "sha256": picture.digests.sha256, "sm3": picture.digests.sm3, "width": picture.width,
            "height": picture.height, "has_thumbnail": picture.thumbnail is not None, "taken_at": picture.taken_at,
            "created_at": clock.now(),
        },
    )  # fmt: skip
    return made


async def remove_objects_of(file_id: UUID) -> None:
    """The stored bytes of a file and its thumbnail; repeatable."""
    await storage().delete(thumbnail_key(file_id))
    await storage().delete(file_key(file_id))


async def readable(actor: Actor, file_id: UUID, *, blurred: bool = False) -> Download:
    """A file of a matter that the actor may open, or his own completed upload. Raises NOT_FOUND."""
    async with open_scope(actor.scope):
        file: StoredFile | Upload | None = await StoredFile.get_or_none(id=file_id)
        if isinstance(file, StoredFile) and not await may_open(
            actor, file.app, file.matter_id, file.subject_id, blurred=blurred
        ):
            file = None
        elif file is None:
            file = await Upload.get_or_none(id=file_id, account_id=actor.account_id, state=UploadState.READY)
    if file is None:
        raise not_found()
    return Download(file.id, file.name, file.content_type, file.sha256, file.has_thumbnail)


async def sweep_stale(now: datetime) -> int:
    """Remove uploads that were not attached in time, and what is left of those that were; returns how many."""
    async with open_scope(RELAY):
        stale = await Upload.filter(created_at__lt=now - KEPT_FOR).order_by("created_at").limit(500)
    for upload in stale:
        await _sweep(upload.id, upload.state)
    return len(stale)


async def _sweep(upload_id: UUID, state: str) -> None:
    # 行先删、对象后删、再提交:半途出错则行还在,下次再来
    async with open_scope(RELAY):
        if not await Upload.filter(id=upload_id, state=state).delete():
            return
        if state == UploadState.ATTACHED:
            await storage().delete_below(chunks_key(upload_id))
        else:
            await remove_objects(upload_id)


def _check(upload: Upload | None, purpose: str, field: str) -> None:
    if upload is None or upload.state == UploadState.OPEN:
        raise not_found(field)
    # 过期的上传随时会被清理,清理中断时对象可能已经没有了
    if upload.created_at < clock.now() - KEPT_FOR:
        raise not_found(field)
    # 表格和压缩包只能用于登记时说明的用途,不能当照片挂到事项上
    wanted = purpose or upload.content_type in bulk.TYPES
    if upload.state != UploadState.READY or (wanted and upload.purpose != purpose):
        raise Refusal("INVALID", field)


async def _erase(ids: Sequence[UUID]) -> None:
    """The uploads, which name the account; their files stay."""
    await Upload.filter(id__in=ids).delete()

    async def remove_chunks() -> None:
        for upload_id in ids:
            await storage().delete_below(chunks_key(upload_id))

    after_commit(remove_chunks)
