"""Batch loads of the kernel's rows; each answers in the order of its keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from backend.kernel.access.actor import Actor
from backend.kernel.access.models import Participant
from backend.kernel.deadlines.models import ExtensionRequest, MatterClock
from backend.kernel.files.models import StoredFile
from backend.kernel.instruments.models import Paper, PaperSignature
from backend.kernel.tenancy.models import Division
from backend.kernel.tenancy.service import by_codes


async def divisions(actor: Actor, codes: Sequence[str]) -> list[Division]:
    known = await by_codes(codes)
    return [known[code] for code in codes]


async def files(actor: Actor, ids: Sequence[str]) -> list[StoredFile | None]:
    known = {str(row.id): row for row in await StoredFile.filter(id__in=list(ids))}
    return [known.get(file_id) for file_id in ids]


async def files_of_matter(actor: Actor, matters: Sequence[UUID]) -> list[list[StoredFile]]:
    """Files that hang on the matter itself, oldest first."""
    found: dict[UUID, list[StoredFile]] = defaultdict(list)
    for row in await StoredFile.filter(matter_id__in=list(matters)).order_by("created_at", "id"):
        if row.subject_id == row.matter_id:
            found[row.matter_id].append(row)
    return [found[matter] for matter in matters]


async def clocks(actor: Actor, ids: Sequence[UUID]) -> list[MatterClock | None]:
    known = {row.id: row for row in await MatterClock.filter(id__in=list(ids))}
    return [known.get(clock_id) for clock_id in ids]


async def clocks_of_matter(actor: Actor, matters: Sequence[UUID]) -> list[list[MatterClock]]:
    found: dict[UUID, list[MatterClock]] = defaultdict(list)
    for row in await MatterClock.filter(matter_id__in=list(matters)).order_by("started_at", "id"):
        found[row.matter_id].append(row)
    return [found[matter] for matter in matters]


async def extensions_of_matter(actor: Actor, matters: Sequence[UUID]) -> list[list[ExtensionRequest]]:
    found: dict[UUID, list[ExtensionRequest]] = defaultdict(list)
    for row in await ExtensionRequest.filter(matter_id__in=list(matters)).order_by("-requested_at", "-id"):
        found[row.matter_id].append(row)
    return [found[matter] for matter in matters]


async def papers(actor: Actor, ids: Sequence[UUID]) -> list[Paper | None]:
    known = {row.id: row for row in await Paper.filter(id__in=list(ids))}
    return [known.get(paper_id) for paper_id in ids]


async def papers_of_matter(actor: Actor, matters: Sequence[UUID]) -> list[list[Paper]]:
    found: dict[UUID, list[Paper]] = defaultdict(list)
    for row in await Paper.filter(matter_id__in=list(matters)).order_by("-created_at", "-id"):
        found[row.matter_id].append(row)
    return [found[matter] for matter in matters]


async def signatures(actor: Actor, papers: Sequence[UUID]) -> list[list[PaperSignature]]:
    found: dict[UUID, list[PaperSignature]] = defaultdict(list)
    for row in await PaperSignature.filter(paper_id__in=list(papers)).order_by("position", "id"):
        found[row.paper_id].append(row)
    return [found[paper] for paper in papers]


async def own_signatures(actor: Actor, matters: Sequence[UUID]) -> list[set[UUID]]:
    """Ids of signatures that wait for whoever the actor is in the matter: his part, or his membership."""
    rows = await PaperSignature.filter(matter_id__in=list(matters), account_id__isnull=True)
    if actor.membership is not None:
        subjects = {actor.membership.id}
    else:
        parts = await Participant.filter(account_id=actor.account_id, matter_id__in=list(matters))
        subjects = {part.subject_id for part in parts if part.subject_id is not None}
    return [{row.id for row in rows if row.matter_id == matter and row.subject_id in subjects} for matter in matters]
