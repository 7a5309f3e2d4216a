"""Batch loads of the kernel's rows."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.kernel.access.actor import Actor
from backend.kernel.access.models import Participant
from backend.kernel.deadlines.models import ExtensionRequest, MatterClock
from backend.kernel.files.models import StoredFile
from backend.kernel.graphql.loading import many, one
from backend.kernel.instruments.models import Paper, PaperSignature
from backend.kernel.tenancy.models import Division
from backend.kernel.tenancy.service import by_codes

clocks = one(MatterClock)
clocks_of_matter = many(MatterClock, "matter_id", "started_at", "id")
extensions_of_matter = many(ExtensionRequest, "matter_id", "-requested_at", "-id")
files = one(StoredFile)
papers = one(Paper)
papers_of_matter = many(Paper, "matter_id", "-created_at", "-id")
signatures = many(PaperSignature, "paper_id", "position", "id")
_all_files_of_matter = many(StoredFile, "matter_id", "created_at", "id")


async def divisions(actor: Actor, codes: Sequence[str]) -> list[Division]:
    known = await by_codes(codes)
    return [known[code] for code in codes]


async def files_of_matter(actor: Actor, matters: Sequence[UUID]) -> list[list[StoredFile]]:
    """Files that hang on the matter itself, oldest first."""
    found = await _all_files_of_matter(actor, matters)
    return [[row for row in rows if row.subject_id == row.matter_id] for rows in found]


async def own_signatures(actor: Actor, matters: Sequence[UUID]) -> list[set[UUID]]:
    """Ids of signatures that wait for whoever the actor is in the matter: his part, or his membership."""
    rows = await PaperSignature.filter(matter_id__in=list(matters), account_id__isnull=True)
    if actor.membership is not None:
        subjects = {actor.membership.id}
    else:
        parts = await Participant.filter(account_id=actor.account_id, matter_id__in=list(matters))
        subjects = {part.subject_id for part in parts if part.subject_id is not None}
    return [{row.id for row in rows if row.matter_id == matter and row.subject_id in subjects} for matter in matters]
