"""Pictures of an import: out of the archive, cleaned as every upload is, onto the case."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from backend.apps.reunion import vague
from backend.apps.reunion.archives import Archive, ArchiveProblem, EntryProblem
from backend.apps.reunion.enums import PictureState
from backend.apps.reunion.facts import Span
from backend.apps.reunion.models import Case, ImportPicture, ImportRow, Picture
from backend.apps.reunion.service import common, gallery
from backend.apps.reunion.service.imports_reading import open_archive
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import new_id, place_of
from backend.kernel.files.examine import Examined, examine_now, in_thread
from backend.kernel.files.hashing import digests_of
from backend.kernel.files.models import StoredFile
from backend.kernel.files.refusals import FileRefused
from backend.kernel.files.service import keep_picture, remove_objects_of
from backend.kernel.files.sniff import PICTURES
from backend.kernel.files.storage import ObjectMissing
from backend.kernel.files.uploads import put_objects

#: Pictures of one job, beyond which its further rows wait for the next.
MOST_AT_ONCE = 100
#: Decoded at the same time; the bytes of so many are in memory.
DECODED_AT_ONCE = 8


@dataclass(frozen=True)
class Taken:
    """One picture out of its archive: what is kept of it, or the code of what is wrong with it."""

    picture: ImportPicture
    examined: Examined | None
    problem: str = ""


def file_of(picture: ImportPicture) -> UUID:
    """The stored file it becomes: made again, it is the same."""
    return uuid5(picture.id, "file")


def bounded(rows: Sequence[ImportRow], counts: Mapping[UUID, int]) -> list[ImportRow]:
    """As many of the rows, from the first, as have pictures for one job."""
    kept: list[ImportRow] = []
    pictures = 0
    for row in rows:
        pictures += counts.get(row.id, 0)
        if kept and pictures > MOST_AT_ONCE:
            break
        kept.append(row)
    return kept


async def take_out(rows: Sequence[ImportRow]) -> dict[UUID, list[Taken]]:
    """The rows' pictures, cleaned and stored; the database does not know of them yet."""
    waiting = ImportPicture.filter(row_id__in=[row.id for row in rows], picture_id__isnull=True)
    pictures = await waiting.order_by("archive_id", "number")
    opened = await in_thread(lambda: _open({each.archive_id for each in pictures if not each.problem}))
    found: dict[UUID, list[Taken]] = {}
    for start in range(0, len(pictures), DECODED_AT_ONCE):
        lot = pictures[start : start + DECODED_AT_ONCE]
        for taken in await asyncio.gather(*(_take(opened.get(each.archive_id), each) for each in lot)):
            if taken.picture.row_id is not None:
                found.setdefault(taken.picture.row_id, []).append(taken)
    return found


async def attach(clerk: Actor, case: Case, taken: Sequence[Taken], taken_text: str) -> list[str]:
    """Make them pictures of the case; returns those that have to be read. The same picture twice in a case is one."""
    kept = []
    room = gallery.MOST_PICTURES - await Picture.filter(case_id=case.id).count() if taken else 0
    for each in taken:
        picture, data = each.picture, each.examined
        picture.problem = each.problem
        if data is not None:
            same = await StoredFile.filter(app=common.APP, county=case.county, sha256=data.digests.sha256).first()
            picture.same_as = same.matter_id if same else None
            if picture.same_as == case.id or room <= 0:
                picture.problem = "SAME_PICTURE" if picture.same_as == case.id else "TOO_MANY"
            else:
                room -= 1
                kept.append(await _keep(clerk, case, picture, data, taken_text))
        await picture.save(update_fields=["problem", "picture_id", "same_as"])
    return kept


async def forget_unused(run_id: UUID) -> None:
    """Stored by a job that broke off, or that nobody could use: nothing in the database names these objects."""
    for picture in await ImportPicture.filter(run_id=run_id, row_id__isnull=False, picture_id__isnull=True):
        await remove_objects_of(file_of(picture))


async def _keep(clerk: Actor, case: Case, picture: ImportPicture, data: Examined, taken_text: str) -> str:
    taken = vague.parse_date(taken_text, common.today())
    row = Picture(
        **place_of(case), id=new_id(), case_id=case.id, file_id=file_of(picture), taken_text=taken_text.strip()[:60],
        state=PictureState.READING, added_at=clock.now(),
    )  # fmt: skip
    if isinstance(taken, Span):
        row.taken_from, row.taken_to = taken.earliest, taken.latest
    # Its name in the archive may be the person's.
    await keep_picture(case, data, file_id=row.file_id, name=case.code, subject_id=row.id, uploaded_by=clerk.account_id)
    await row.save(force_create=True)
    picture.picture_id = row.id
    await common.note(clerk, case, "picture:added", picture=str(row.id), imported=str(picture.run_id))
    return str(row.id)


def _open(ids: set[UUID]) -> dict[UUID, Archive]:
    opened = {}
    for archive_id in ids:
        try:
            opened[archive_id] = open_archive(archive_id)
        except (ArchiveProblem, ObjectMissing):
            continue
    return opened


async def _take(archive: Archive | None, picture: ImportPicture) -> Taken:
    def work() -> Examined | str:
        if archive is None:
            return "CORRUPT"
        try:
            data = archive.read(picture.number)
            examined = examine_now(data, "", digests_of(data).sha256)
        except (EntryProblem, FileRefused) as problem:
            return problem.code
        # Sound and papers are uploads too, but nobody's portrait.
        return examined if examined.content_type in PICTURES else "NOT_A_PICTURE"

    made: Examined | str = picture.problem or await in_thread(work)
    if isinstance(made, str):
        return Taken(picture, None, made)
    await put_objects(file_of(picture), made)
    return Taken(picture, replace(made, data=b"", joined=made.size))
