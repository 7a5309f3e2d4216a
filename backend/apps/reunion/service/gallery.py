"""Pictures of a case, and its faces in the gallery: they stand there only while somebody may be looking for this person."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from backend.apps.reunion import rules, vague
from backend.apps.reunion.enums import Gallery, PictureState, Side
from backend.apps.reunion.facts import Span
from backend.apps.reunion.inputs import AddPictureInput, ChooseFaceInput
from backend.apps.reunion.models import Case, Picture
from backend.apps.reunion.service import common
from backend.apps.reunion.wording import Problem, ProblemCode
from backend.apps.reunion.workflow import SEARCHABLE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import new_id, place_of
from backend.kernel.errors import Refusal, not_found
from backend.kernel.faces import galleries
from backend.kernel.faces.codes import FaceOutcome
from backend.kernel.faces.galleries import NewFace
from backend.kernel.faces.models import GalleryFace
from backend.kernel.faces.portraits import Portrait, embed_portrait, read_portrait
from backend.kernel.files.refusals import FileRefused
from backend.kernel.files.service import attach_one
from backend.kernel.files.storage import ObjectMissing, file_key, storage
from backend.kernel.jobs.service import enqueue, enqueue_found
from backend.kernel.privacy.retention import keep_for
from backend.kernel.validation import Checks, as_id

READ_JOB = "reunion.read_picture"
GALLERY_JOB = "reunion.keep_gallery"
FORGET_JOB = "reunion.forget"
MOST_PICTURES = 30
UPLOAD = "reunion"
UNREAD = (PictureState.READING, PictureState.WAITING)


async def add_picture(actor: Actor, request: AddPictureInput) -> Case:
    """Add a photograph; a job looks for the face. What is wrong with it is said at the picture, and nothing is lost."""
    case = (await common.begin(actor, request.id, "add_picture")).case
    if await Picture.filter(case_id=case.id).count() >= MOST_PICTURES:
        raise Refusal("TOO_MANY", most=MOST_PICTURES)
    checks = Checks()
    taken = vague.parse_date(request.taken or "", common.today())
    if isinstance(taken, Problem) and taken.code is not ProblemCode.BLANK:
        checks.refuse(taken.code, "taken", **taken.data)
    checks.done()
    row = Picture(
        **place_of(case), id=new_id(), case_id=case.id, taken_text=(request.taken or "").strip()[:60],
        state=PictureState.READING, added_at=clock.now(),
    )  # fmt: skip
    if isinstance(taken, Span):
        row.taken_from, row.taken_to = taken.earliest, taken.latest
    file = await attach_one(
        actor, as_id(request.file_id, "fileId"), case, field="fileId", purpose=UPLOAD, subject_id=row.id, matter_id=case.id
    )
    row.file_id = file.id
    await row.save(force_create=True)
    await common.note(actor, case, "picture:added", picture=str(row.id))
    await enqueue(READ_JOB, case, picture_id=str(row.id))
    return case


async def choose_face(actor: Actor, request: ChooseFaceInput) -> Case:
    """Say which face is meant, and that a poor picture is used all the same: of a child long gone there is no better one."""
    row, case = await _picture(actor, request.picture_id, "choose_face")
    if row.state not in (PictureState.CHOOSE, PictureState.UNUSABLE):
        raise Refusal("WRONG_STATE", "pictureId", state=row.state)
    if not 0 <= request.face < len(row.faces):
        raise Refusal("INVALID", "face")
    # What is wrong with it stays written beside it, for the reviewers.
    row.chosen, row.problem, row.state = request.face, row.faces[request.face]["problem"], PictureState.READY
    await row.save()
    await common.note(actor, case, "picture:face_chosen", picture=str(row.id))
    await ask(case)
    return case


async def remove_picture(actor: Actor, request: str) -> Case:
    """Take a photograph away; it is erased with the next sweep, and its face leaves the gallery with it."""
    row, case = await _picture(actor, request, "remove_picture")
    await keep_for(case, row.file_id, "REMOVED", timedelta(0), rules.ERASE_BASIS)
    await row.delete()
    await common.note(actor, case, "picture:removed", picture=str(row.id))
    await ask(case)
    return case


async def _picture(actor: Actor, picture_id: str, action: str) -> tuple[Picture, Case]:
    found = await Picture.get_or_none(id=as_id(picture_id, "pictureId"))
    if found is None:
        raise not_found("pictureId")
    case = (await common.begin(actor, found.case_id, action, field="pictureId")).case
    row = await Picture.filter(id=found.id).select_for_update().first()
    if row is None:
        raise not_found("pictureId")
    return row, case


async def read(actor: Actor, picture_id: str) -> None:
    """Job: find the face of a photograph. Without models it waits for them."""
    found = await Picture.get_or_none(id=UUID(picture_id))
    if found is None or found.state not in UNREAD:
        return
    portrait = await look(found)
    # Looking takes a while; what happened meanwhile counts.
    case = await Case.filter(id=found.case_id).select_for_update().get()
    row = await Picture.filter(id=found.id).select_for_update().first()
    if row is None or row.state not in UNREAD or case.ended_at is not None:
        return
    use(row, portrait)
    await row.save()
    await common.note(actor, case, "picture:read", picture=str(row.id), usable=not row.problem)
    face = face_of(case, row, portrait)
    if face is None:
        await ask(case)
    else:
        await galleries.add_faces([face])


def face_of(case: Case, row: Picture, portrait: Portrait) -> NewFace | None:
    """What may go into the gallery straight away, when the person's faces stand there."""
    if portrait.embedding is None or row.state != PictureState.READY or not belongs(case):
        return None
    return NewFace(case, gallery_of(case), case.subject_id, row.file_id, portrait.embedding, portrait.model)


async def look(row: Picture) -> Portrait:
    """What is to be seen on a stored photograph, and the embedding of the face that is meant."""
    try:
        return await read_portrait(await storage().get(file_key(row.file_id)), patient=True, embed=True)
    except ObjectMissing:
        return Portrait(problem="CORRUPT")


def use(row: Picture, portrait: Portrait) -> None:
    """Write down what was seen; not stored yet."""
    row.faces = [{"box": list(face.box), "problem": face.problem} for face in portrait.faces]
    row.chosen, row.problem = portrait.chosen, portrait.problem
    if portrait.problem == FaceOutcome.ENGINE_MISSING.value:
        row.state, row.problem = PictureState.WAITING, ""
    elif portrait.chosen is None and len(portrait.faces) > 1:
        row.state, row.problem = PictureState.CHOOSE, ""
    else:
        row.state = PictureState.UNUSABLE if portrait.problem else PictureState.READY


async def sweep_waiting(now: object) -> None:
    """Photographs that came while there were no models."""
    await enqueue_found(
        READ_JOB,
        """select 'read:' || id::text as row, county, path, case_id as matter, jsonb_build_object('picture_id', id) as args
           from reunion_picture where state = 'WAITING' and added_at <= $1""",
        now,  # type: ignore[arg-type]
    )


# ---------------------------------------------------------------------------------------------------- gallery


def belongs(case: Case) -> bool:
    """Whether the person's faces stand in the gallery: there is a ground, nobody found him yet, and he does not refuse."""
    return case.state in SEARCHABLE and case.basis is not None and not case.no_contact


def gallery_of(case: Case) -> Gallery:
    return Gallery.MISSING if case.side == Side.SOUGHT else Gallery.FOUND


async def ask(case: Case) -> None:
    """The gallery follows the case after this transaction."""
    await enqueue(GALLERY_JOB, case, dedupe=f"gallery:{case.id}", case_id=str(case.id))


async def keep(actor: Actor, case_id: str) -> None:
    """Job: put in what is missing, take out what has no ground any more. Repeated, it changes nothing."""
    case = await Case.filter(id=UUID(case_id)).select_for_update().first()
    if case is None:
        return
    if not belongs(case):
        await galleries.remove_faces(case)
        return
    ready = {row.file_id: row for row in await Picture.filter(case_id=case.id, state=PictureState.READY)}
    there = {row.file_id for row in await GalleryFace.filter(matter_id=case.id).only("id", "file_id")}
    for file_id in there - set(ready):
        await galleries.remove_faces(case, file_id=file_id)
    for file_id in sorted(set(ready) - there):
        row = ready[file_id]
        try:
            made = await embed_portrait(await storage().get(file_key(file_id)), row.chosen or 0, patient=True)
        except (ObjectMissing, FileRefused, Refusal):
            # One picture that cannot be read keeps no other in or out.
            continue
        if made is not None:
            embedding, model = made
            await galleries.add_face(
                case, gallery_of(case), subject_id=case.subject_id, file_id=file_id, embedding=embedding, model=model,
                quality={},
            )


async def forget(case: Case) -> None:
    """What an ended case leaves behind is erased after this transaction."""
    await enqueue(FORGET_JOB, case, dedupe=f"forget:{case.id}", case_id=str(case.id))
