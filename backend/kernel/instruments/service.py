"""Issue papers, have them signed, move them on. Every command runs in the caller's transaction.

The caller writes the audit event.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import orjson

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.grants import may_open
from backend.kernel.access.models import Participant
from backend.kernel.db.models import TenantModel, place_of
from backend.kernel.errors import Refusal, not_found
from backend.kernel.files.service import attach_one
from backend.kernel.instruments.models import Paper, PaperSignature
from backend.kernel.instruments.numbering import next_number
from backend.kernel.instruments.render import compose
from backend.kernel.instruments.template import Template, clean

#: What the upload of a drawn signature is announced for.
SIGNATURE_PURPOSE: Final = "signature"


class PaperState(StrEnum):
    """Life of a paper (`domain.md` 1.7). A paper without signers goes on from DRAFT."""

    DRAFT = "DRAFT"
    SIGNED = "SIGNED"
    SEALED = "SEALED"
    SERVED = "SERVED"
    EFFECTIVE = "EFFECTIVE"
    WITHDRAWN = "WITHDRAWN"


_LATER: Final = (PaperState.SEALED, PaperState.SERVED, PaperState.EFFECTIVE, PaperState.WITHDRAWN)
MOVES: Final[Mapping[PaperState, tuple[PaperState, ...]]] = {
    PaperState.DRAFT: (PaperState.SIGNED, *_LATER),
    PaperState.SIGNED: _LATER,
    PaperState.SEALED: _LATER[1:],
    PaperState.SERVED: (PaperState.EFFECTIVE, PaperState.WITHDRAWN),
    PaperState.EFFECTIVE: (PaperState.SERVED, PaperState.WITHDRAWN),
    PaperState.WITHDRAWN: (),
}


@dataclass(frozen=True)
class Signer:
    """Who is to sign: an account, or whoever the row `subject_id` (a party, a membership) turns out to be.

    Attributes:
        capacity: the application's code.
        label: the capacity in words, as the paper prints it.
    """

    capacity: str
    account_id: UUID | None
    subject_id: UUID | None
    name: str
    label: str = ""


async def issue(
    actor: Actor,
    matter: TenantModel,
    template: Template,
    facts: Mapping[str, object],
    *,
    series: str | None = None,
    signers: Sequence[Signer] = (),
    matter_id: UUID | None = None,
    subject_id: UUID | None = None,
) -> Paper:
    """A new paper, with its number if it has a `series` (the fact `number` of the template) and its open signatures.

    Raises:
        MissingFact: the template needs a fact that is not there.
    """
    given = dict(facts)
    if series is not None:
        given["number"] = str(await next_number(matter, series))
    text = await asyncio.to_thread(compose, template, given)
    owner = matter_id or matter.id
    paper = await Paper.create(
        **place_of(matter), matter_id=owner, subject_id=subject_id or owner, app=matter._meta.app or "",
        template=template.id, template_version=template.version, title=text.title,
        number=given["number"] if series is not None else "", facts=_plain(given), markdown=text.markdown,
        html=text.html, sha256=text.sha256, sm3=text.sm3, created_by=actor.account_id, created_at=clock.now(),
    )  # fmt: skip
    for position, signer in enumerate(signers):
        await PaperSignature.create(
            **place_of(matter), matter_id=owner, paper_id=paper.id, account_id=signer.account_id,
            subject_id=signer.subject_id, name=signer.name, capacity=signer.capacity, label=signer.label,
            position=position,
        )  # fmt: skip
    return paper


async def sign(
    actor: Actor, paper_id: UUID, sha256: str, *, signature_file: UUID | None = None, hide_uploader: bool = False
) -> Paper:
    """Give the actor's own signature on exactly the text he saw; the last one makes the paper SIGNED.

    Raises:
        Refusal: `NOT_FOUND`; `NOT_PERMITTED` for somebody who has no signature to give; `WRONG_STATE` when he signed
            already or the paper takes no signature; `DIGEST_MISMATCH` when the text is not the one he saw.
    """
    paper = await Paper.filter(id=paper_id).select_for_update().first()
    if paper is None:
        raise not_found()
    signatures = await PaperSignature.filter(paper_id=paper.id).order_by("position", "id")
    mine = await _own_signatures(actor, paper, signatures)
    if not mine:
        raise Refusal("NOT_PERMITTED")
    waiting = [signature for signature in mine if signature.signed_at is None]
    if paper.state != PaperState.DRAFT or not waiting:
        raise Refusal("WRONG_STATE", state=paper.state)
    if sha256.lower() != paper.sha256:
        raise Refusal("DIGEST_MISMATCH", "sha256")
    signature = waiting[0]
    if signature_file is not None:
        signature.drawing_id = await _attach_drawing(
            actor, signature_file, signature, paper.app, hide_uploader=hide_uploader
        )
    signature.account_id = actor.account_id
    signature.signed_at, signature.signed_sha256 = clock.now(), paper.sha256
    await signature.save()
    if all(each.signed_at is not None for each in signatures):
        await mark(paper, PaperState.SIGNED)
    return paper


async def mark(paper: Paper, state: str) -> None:
    """Move the paper on. Raises WRONG_STATE for a move that MOVES does not list."""
    if state not in MOVES[PaperState(paper.state)]:
        raise Refusal("WRONG_STATE", state=paper.state)
    paper.state = PaperState(state)
    if paper.state == PaperState.SEALED:
        paper.sealed_at = clock.now()
    await paper.save(update_fields=["state", "sealed_at"])


def docx_url(paper_id: UUID) -> str:
    return f"/papers/{paper_id}.docx"


def pdf_url(paper_id: UUID) -> str:
    return f"/papers/{paper_id}.pdf"


async def _own_signatures(
    actor: Actor, paper: Paper, signatures: Sequence[PaperSignature]
) -> list[PaperSignature]:
    """By account where it is known, else by the actor's membership or his part in the matter."""
    if actor.membership is not None:
        subjects = {actor.membership.id}
    else:
        parts = await Participant.filter(account_id=actor.account_id, matter_id=paper.matter_id)
        subjects = {part.subject_id for part in parts if part.subject_id is not None}
    return [
        signature
        for signature in signatures
        if (
            signature.account_id == actor.account_id
            if signature.account_id is not None
            else signature.subject_id in subjects
        )
    ]


async def readable(actor: Actor, paper_id: UUID) -> Paper | None:
    """The paper, when the actor may open it (current scope)."""
    paper = await Paper.get_or_none(id=paper_id)
    if paper is None or not await may_open(actor, paper.app, paper.matter_id, paper.subject_id):
        return None
    return paper


async def _attach_drawing(
    actor: Actor, file_id: UUID, signature: PaperSignature, app: str, *, hide_uploader: bool
) -> UUID:
    field = "signatureFileId"
    drawing = await attach_one(
        actor, file_id, signature, field=field, purpose=SIGNATURE_PURPOSE,
        subject_id=signature.id, matter_id=signature.matter_id, hide_uploader=hide_uploader, app=app,
    )  # fmt: skip
    if not drawing.content_type.startswith("image/"):
        raise Refusal("INVALID", field)
    return drawing.id


def _plain(facts: Mapping[str, object]) -> dict[str, Any]:
    """Facts as JSON has them: dates and decimals become text."""
    loaded: dict[str, Any] = orjson.loads(orjson.dumps(clean(facts), default=str))
    return loaded
