"""Rows that hang on a case, as GraphQL shows them to whoever may open it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry import ID
from strawberry.scalars import JSON

from backend.apps.reunion import enums as e
from backend.apps.reunion import models
from backend.apps.reunion.service import common
from backend.kernel.faces.codes import SearchState
from backend.kernel.faces.models import FaceSearch
from backend.kernel.files.service import file_url
from backend.kernel.privacy.masking import mask_phone

if TYPE_CHECKING:
    from backend.apps.reunion.graphql.types import ReunionCase

strawberry.enum(SearchState, name="ReunionSearchState")


@strawberry.type(description="Who reports somebody missing.")
class ReunionReport:
    reporter_name: str
    relation: str
    phone_masked: str | None
    police_case_no: str | None

    @classmethod
    def of(cls, row: models.MissingReport) -> ReunionReport:
        phone = common.unseal("missing", "phone", row.id, row.phone_sealed, row.county)
        return cls(
            reporter_name=row.reporter_name, relation=row.relation, phone_masked=mask_phone(phone) or None,
            police_case_no=row.police_case_no or None,
        )  # fmt: skip


@strawberry.type(description="Where somebody is looked after, and what he says himself.")
class ReunionStranded:
    station: str
    conditions: list[e.Condition]
    languages: str | None
    claims: str | None
    admitted_on: date

    @classmethod
    def of(cls, row: models.StrandedPerson) -> ReunionStranded:
        return cls(
            station=row.station, conditions=[e.Condition(each) for each in row.conditions],
            languages=row.languages or None, admitted_on=row.admitted_on,
            claims=common.unseal("stranded", "claims", row.id, row.claims_sealed, row.county) or None,
        )  # fmt: skip


@strawberry.type(description="A face of a photograph: its box as shares of width and height, and why it is of no use.")
class ReunionFace:
    box: list[float]
    problem: str | None


@strawberry.type
class ReunionPicture:
    id: ID
    url: str | None
    taken_text: str | None
    state: e.PictureState
    problem: str | None
    faces: list[ReunionFace]
    chosen: int | None
    added_at: datetime

    @classmethod
    def of(cls, row: models.Picture, *, shown: bool) -> ReunionPicture:
        return cls(
            id=ID(str(row.id)), url=file_url(row.file_id) if shown else None, taken_text=row.taken_text or None,
            state=row.state, problem=row.problem or None, chosen=row.chosen, added_at=row.added_at,
            faces=[ReunionFace(box=list(each["box"]), problem=each["problem"] or None) for each in row.faces],
        )  # fmt: skip


@strawberry.type(description="A comparison: who asked, on what ground, who decided, and what it looked at.")
class ReunionSearch:
    id: ID
    purpose: e.Purpose
    legal_basis: str
    necessity: str
    state: SearchState
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    expires_at: datetime
    searched_at: datetime | None
    model: str | None
    scanned: int | None

    @classmethod
    def of(cls, row: FaceSearch) -> ReunionSearch:
        return cls(
            id=ID(str(row.id)), purpose=e.Purpose(row.purpose), legal_basis=row.legal_basis, necessity=row.necessity,
            state=SearchState(row.state), requested_by=row.requested_by_name, requested_at=row.requested_at,
            decided_by=row.decided_by_name or None, decided_at=row.decided_at, decision_reason=row.decision_reason or None,
            expires_at=row.expires_at, searched_at=row.searched_at, model=row.model or None, scanned=row.scanned,
        )  # fmt: skip


@strawberry.type
class ReunionReview:
    reviewer: str
    verdict: e.Verdict
    alike: str
    unlike: str | None
    at: datetime

    @classmethod
    def of(cls, row: models.Review) -> ReunionReview:
        return cls(reviewer=row.reviewer_name, verdict=row.verdict, alike=row.alike, unlike=row.unlike or None, at=row.at)


@strawberry.type
class ReunionProof:
    kind: e.ProofKind
    positive: bool
    source: str
    recorded_by: str
    recorded_at: datetime

    @classmethod
    def of(cls, row: models.Proof) -> ReunionProof:
        return cls(
            kind=row.kind, positive=row.positive, source=row.source, recorded_by=row.recorded_by_name,
            recorded_at=row.recorded_at,
        )  # fmt: skip


@strawberry.type(description="One organ's word that the identity is proven.")
class ReunionConfirmation:
    organ: str
    by: str
    text: str
    at: datetime

    @classmethod
    def of(cls, row: models.Confirmation) -> ReunionConfirmation:
        return cls(organ=row.organ, by=row.by_name, text=row.text, at=row.at)


@strawberry.type(
    description="Somebody who looks or reads alike: a hint. Until the reader has given his own verdict, scores and other "
    "reviewers' verdicts are empty."
)
class ReunionCandidate:
    id: ID
    search_id: ID
    rank: int | None
    other_county: str
    other_code: str
    state: e.CandidateState
    found_at: datetime
    age_gap: int | None
    comparison: JSON
    picture_url: str | None
    may_review: bool
    score: float | None
    likely: bool | None
    cosine: float | None
    review_count: int
    reviews: list[ReunionReview]
    proofs: list[ReunionProof]
    confirmations: list[ReunionConfirmation]
    other: Annotated[ReunionCase, strawberry.lazy("backend.apps.reunion.graphql.types")] | None = strawberry.field(
        description="The other side's record, once its county has opened it."
    )

    @classmethod
    def of(
        cls, row: models.Candidate, reviews: Sequence[models.Review], *, reader: UUID | None, other: ReunionCase | None,
        proofs: Sequence[models.Proof], confirmations: Sequence[models.Confirmation],
    ) -> ReunionCandidate:  # fmt: skip
        decided = row.state != e.CandidateState.OPEN
        told = decided or any(each.reviewer == reader for each in reviews)
        return cls(
            id=ID(str(row.id)), search_id=ID(str(row.search_id)), rank=row.rank if told else None,
            other_county=row.other_county, other_code=row.other_code, state=row.state, found_at=row.found_at,
            age_gap=row.age_gap, comparison=JSON(row.comparison if told else _without_scores(row.comparison)),
            picture_url=file_url(row.picture_id) if row.picture_id and other else None, may_review=not told,
            score=row.score if told else None, likely=row.likely if told else None, cosine=row.cosine if told else None,
            review_count=len(reviews), reviews=[ReunionReview.of(each) for each in reviews] if told else [],
            proofs=[ReunionProof.of(each) for each in proofs],
            confirmations=[ReunionConfirmation.of(each) for each in confirmations], other=other,
        )  # fmt: skip


def _without_scores(comparison: dict[str, object]) -> dict[str, object]:
    """The fields as they stand against each other, without any number that sums them up."""
    lines = comparison.get("fields")
    kept = [
        {name: each[name] for name in ("field", "verdict", "code", "data")} for each in (lines if isinstance(lines, list) else [])
    ]
    return {"fields": kept}


@strawberry.type
class ReunionFollowUp:
    month: int
    due_on: date
    done_at: datetime | None
    done_by: str | None
    text: str | None

    @classmethod
    def of(cls, row: models.FollowUp) -> ReunionFollowUp:
        return cls(
            month=row.month, due_on=row.due_on, done_at=row.done_at, done_by=row.done_by_name or None, text=row.text or None
        )
