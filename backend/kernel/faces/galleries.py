"""One face against purpose-made galleries of faces: requested, decided by somebody else, run once, within its term.

Reunion of missing and stranded persons is the only use: the import contracts let nobody else in, and the database lets
the system alone search, for a search that was approved and has not ended (`domain.md` 1.11, 2.3; PIPL 6, 28).

What is stored is no plain embedding: each vector is turned by an orthogonal matrix made from the installation's key.
Cosines stay as they are, so the search works on turned vectors; a copied table alone compares with no face outside.
That is a hurdle, not encryption: whoever holds 512 independent vectors together with the embeddings they were made of
can solve for the matrix. Another key or another model is another matrix: vectors are then made anew from the pictures.

Every function runs in the caller's transaction and scope; the caller writes the audit event. numpy loads with the first
vector, not with this module.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import shake_256
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.grants import galleries_of
from backend.kernel.db.connection import as_json, execute, fetch
from backend.kernel.db.models import TenantModel, new_id, place_of
from backend.kernel.errors import Refusal
from backend.kernel.faces.codes import SearchState
from backend.kernel.faces.models import FaceSearch, GalleryFace
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.privacy.vault import derived_key
from backend.kernel.validation import Checks

if TYPE_CHECKING:
    from backend.kernel.faces.engine import Embedding

EXPIRE_SEARCH_JOB: Final = "kernel.face_search_end"
#: Longest term of an approval (`domain.md` 2.3).
MOST_DAYS: Final = 30
DIMENSIONS: Final = 512
#: Faces fetched for each probe; several of them may be pictures of one person.
FACES_EACH: Final = 200
#: A longer name would take a face of the search stage beyond 150 bytes.
LONGEST_NAME: Final = 27
_NAME: Final = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")


@dataclass(frozen=True)
class NewFace:
    """The face of one picture on its way into a gallery; `model` made the embedding."""

    matter: TenantModel
    gallery: str
    subject_id: UUID
    file_id: UUID
    embedding: Embedding = field(repr=False)
    model: str


@dataclass(frozen=True)
class Found:
    """A person found, by the picture that is most alike.

    Attributes:
        county: of the matter found, which may be another than that of the search.
        probe: number of the probe picture it is most alike to.
        cosine: -1 to 1; advice for two people who decide, never an identity.
    """

    county: str
    matter_id: UUID
    subject_id: UUID
    file_id: UUID
    face_id: UUID
    probe: int
    cosine: float


def gallery_statements(name: str) -> list[str]:
    """DDL of one gallery, for the migration of the application that owns it. `name` is `application.gallery`.

    Raises:
        ValueError: another form of name, or one that is too long.
    """
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise ValueError(f"a gallery is named application.gallery, {LONGEST_NAME} characters at most")
    table = f"gallery_code_{name.replace('.', '_')}"
    return [f"create table {table} partition of gallery_code for values in ('{name}')"]


async def request_search(
    actor: Actor,
    matter: TenantModel,
    *,
    app: str,
    purpose: str,
    legal_basis: str,
    necessity: str,
    galleries: Collection[str],
    emergency: bool,
    days: int,
) -> FaceSearch:
    """An officer asks; somebody else decides. `days` from now the search ends by itself, run or not.

    Raises:
        Refusals: `REQUIRED`, `TOO_LONG`; `INVALID` for a purpose that the application's manifest does not know,
            galleries it does not open, and more than 30 days.
    """
    assert actor.account_id is not None, "only a person asks"
    checks = Checks()
    basis = checks.text("legalBasis", legal_basis, least=1, most=500)
    why = checks.text("necessity", necessity, least=1, most=2000)
    checks.number("days", days, least=1, most=MOST_DAYS)
    allowed = galleries_of(app, purpose)
    if not allowed:
        checks.refuse("INVALID", "purpose")
    elif not galleries:
        checks.refuse("REQUIRED", "galleries")
    elif not allowed.issuperset(galleries):
        checks.refuse("INVALID", "galleries")
    checks.done()
    now = clock.now()
    return await FaceSearch.create(
        **place_of(matter), matter_id=matter.id, app=app, purpose=purpose, legal_basis=basis, necessity=why,
        galleries=sorted(set(galleries)), emergency=emergency, requested_by=actor.account_id,
        requested_by_name=actor.display_name, requested_at=now, expires_at=now + timedelta(days=days),
    )  # fmt: skip


async def decide_search(actor: Actor, search: FaceSearch, *, approve: bool, reason: str) -> FaceSearch:
    """Somebody other than the requester approves, or refuses with a reason.

    Raises:
        Refusal: `SELF_CONFIRMED`; `WRONG_STATE` when it is decided already; `EXPIRED`.
        Refusals: `REQUIRED` for a refusal without a reason, `TOO_LONG`.
    """
    assert actor.account_id is not None, "only a person decides"
    checks = Checks()
    said = checks.text("reason", reason, least=0 if approve else 1, most=500)
    checks.done()
    row = await FaceSearch.filter(id=search.id).select_for_update().get()
    now = clock.now()
    _require(row, SearchState.REQUESTED, now)
    if row.requested_by == actor.account_id:
        raise Refusal("SELF_CONFIRMED")
    row.state = SearchState.APPROVED if approve else SearchState.REFUSED
    row.decided_by, row.decided_by_name = actor.account_id, actor.display_name
    row.decided_at, row.decision_reason = now, said
    changed = ["state", "decided_by", "decided_by_name", "decided_at", "decision_reason"]
    await row.save(update_fields=changed)
    return row


async def add_face(
    matter: TenantModel,
    gallery: str,
    *,
    subject_id: UUID,
    file_id: UUID,
    embedding: Embedding,
    model: str,
    quality: Mapping[str, Any],
) -> UUID:
    """Job: put the face of one picture into a gallery; one that stood there for the same picture is replaced.

    Raises:
        ValueError: the embedding is not 512 finite numbers of some length.
    """
    vector = await asyncio.to_thread(turned, embedding, model)
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"gallery_face:{file_id}")
    await GalleryFace.filter(file_id=file_id, model=model).delete()
    face_id = new_id()
    await execute(
        """insert into gallery_face (id, county, path, gallery, matter_id, subject_id, file_id, model, vector, quality,
               created_at)
           values ($1, $2, $3::text::ltree, $4, $5, $6, $7, $8, $9::real[]::halfvec, $10::jsonb, $11)""",
        face_id, matter.county, matter.path, gallery, matter.id, subject_id, file_id, model, vector,
        as_json(dict(quality)), clock.now(),
    )  # fmt: skip
    return face_id


async def add_faces(faces: Sequence[NewFace]) -> None:
    """Job: as `add_face`, for many pictures of one county in three statements.

    Raises:
        ValueError: an embedding is not 512 finite numbers of some length.
    """
    if not faces:
        return
    # A half-precision number has not more than five digits to keep.
    vectors = await asyncio.to_thread(
        lambda: ["[" + ",".join([f"{number:.5g}" for number in turned(each.embedding, each.model)]) + "]" for each in faces]
    )
    files = sorted(str(each.file_id) for each in faces)
    await execute(
        "select pg_advisory_xact_lock(hashtextextended('gallery_face:' || file, 0)) from unnest($1::text[]) file", files
    )
    await execute(
        "delete from gallery_face g using unnest($1::text[], $2::text[]) as n(file, model) where g.file_id = n.file::uuid "
        "and g.model = n.model", [str(each.file_id) for each in faces], [each.model for each in faces],
    )  # fmt: skip
    await execute(
        """insert into gallery_face (id, county, path, gallery, matter_id, subject_id, file_id, model, vector, quality, created_at)
           select n.id, n.county, n.path::ltree, n.gallery, n.matter_id, n.subject_id, n.file_id, n.model, n.vector::halfvec,
               '{}', $2
           from jsonb_to_recordset($1::jsonb) as n(id uuid, county text, path text, gallery text, matter_id uuid, subject_id uuid,
               file_id uuid, model text, vector text)""",
        as_json(
            [
                {
                    "id": new_id(), "county": each.matter.county, "path": each.matter.path, "gallery": each.gallery,
                    "matter_id": each.matter.id, "subject_id": each.subject_id, "file_id": each.file_id, "model": each.model,
                    "vector": vector,
                }
                for each, vector in zip(faces, vectors, strict=True)
            ]
        ),
        clock.now(),
    )  # fmt: skip


async def remove_faces(matter: TenantModel, *, file_id: UUID | None = None) -> int:
    """Job: take the faces of a matter, or of one of its pictures, out of every gallery. Returns how many there were."""
    rows = GalleryFace.filter(matter_id=matter.id)
    return await (rows if file_id is None else rows.filter(file_id=file_id)).delete()


async def search(
    search: FaceSearch, probes: Sequence[Embedding], *, model: str, most: int = 20, last: bool = True
) -> list[Found]:
    """Job: the persons most alike, best first; each once, by the best of his pictures and of the probes.

    The matter that asks is left out.

    Args:
        last: the search is DONE with this. Else the approval stands for looking again within its term.

    Raises:
        Refusal: `REQUIRED` without a probe; `WRONG_STATE` unless it is approved; `EXPIRED`; `INVALID` for galleries that
            its purpose does not open (any more).
    """
    row = await FaceSearch.filter(id=search.id).select_for_update().get()
    now = clock.now()
    _require(row, SearchState.APPROVED, now)
    if not probes:
        raise Refusal("REQUIRED", "probes")
    if not galleries_of(row.app, row.purpose).issuperset(row.galleries):
        raise Refusal("INVALID", "galleries")
    best: dict[UUID, Found] = {}
    for number, probe in enumerate(probes):
        for found in await _nearest(row, number, probe, model, now):
            if found.subject_id not in best or found.cosine > best[found.subject_id].cosine:
                best[found.subject_id] = found
    (counted,) = await fetch("select count_gallery($1, $2, $3) as faces", row.id, row.county, now)
    row.state = SearchState.DONE if last else SearchState.APPROVED
    row.searched_at, row.model, row.scanned = now, model, counted["faces"]
    await row.save(update_fields=["state", "searched_at", "model", "scanned"])
    return sorted(best.values(), key=lambda found: (-found.cosine, found.subject_id))[:most]


async def finish(matter: TenantModel) -> None:
    """Whoever was sought is found, or the matter is over: an approval that still stands ends."""
    await FaceSearch.filter(matter_id=matter.id, state=SearchState.APPROVED, searched_at__isnull=False).update(
        state=SearchState.DONE
    )
    await FaceSearch.filter(matter_id=matter.id, state__in=[SearchState.REQUESTED, SearchState.APPROVED]).update(
        state=SearchState.EXPIRED
    )


async def sweep_searches(now: datetime) -> None:
    """Cron: one job for every search of any county whose term is over."""
    await enqueue_found(
        EXPIRE_SEARCH_JOB,
        """select id::text as row, county, path, matter_id as matter, jsonb_build_object('search_id', id) as args
           from face_search where state in ('REQUESTED', 'APPROVED') and expires_at <= $1""",
        now,
    )


async def expire_search(actor: Actor, search_id: str) -> None:
    """Job: end a search whose term is over."""
    row = await FaceSearch.filter(id=UUID(search_id)).select_for_update().first()
    waiting = (SearchState.REQUESTED, SearchState.APPROVED)
    if row is None or row.state not in waiting or row.expires_at > clock.now():
        return
    row.state = SearchState.EXPIRED
    await row.save(update_fields=["state"])


def turned(embedding: Embedding, model: str) -> list[float]:
    """The vector as it is stored and searched: of length 1, turned by this installation's matrix. Blocking.

    Raises:
        ValueError: not 512 finite numbers of some length.
    """
    import numpy as np

    vector = np.asarray(embedding, dtype=np.float64)
    if vector.shape != (DIMENSIONS,) or not np.isfinite(vector).all() or not vector.any():
        raise ValueError(f"an embedding is {DIMENSIONS} finite numbers, not all zero")
    vector = vector / np.abs(vector).max()
    made: list[float] = (_matrix(model) @ (vector / np.linalg.norm(vector))).astype(np.float32).tolist()
    return made


@lru_cache(maxsize=4)
def _matrix(model: str) -> Any:
    """Orthogonal, the same in every process of the installation: QR of Gaussian numbers made from the key.

    The numbers come from SHAKE-256 and Box–Muller, as numpy promises no stream that stays the same; the signs of R's
    diagonal make the factors unique.
    """
    import numpy as np

    count = DIMENSIONS * DIMENSIONS
    stream = shake_256(derived_key(f"gallery:{model}")).digest(2 * 8 * count)
    even = ((np.frombuffer(stream, dtype="<u8") >> np.uint64(11)) + 1.0) * 2.0**-53
    radius, angle = np.sqrt(-2 * np.log(even[:count])), 2 * np.pi * even[count:]
    q, r = np.linalg.qr((radius * np.cos(angle)).reshape(DIMENSIONS, DIMENSIONS))
    return q * np.sign(np.diag(r))


def _require(row: FaceSearch, state: SearchState, now: datetime) -> None:
    if row.state != state:
        raise Refusal("EXPIRED" if row.state == SearchState.EXPIRED else "WRONG_STATE", state=row.state)
    if now >= row.expires_at:
        raise Refusal("EXPIRED")


async def _nearest(row: FaceSearch, number: int, probe: Embedding, model: str, now: datetime) -> list[Found]:
    vector = await asyncio.to_thread(turned, probe, model)
    faces = await fetch(
        "select * from search_gallery($1, $2, $3::real[]::halfvec, $4, $5, $6)",
        row.id, row.county, vector, model, FACES_EACH, now,
    )  # fmt: skip
    return [Found(probe=number, **face) for face in faces]
