"""Care and cards as GraphQL shows them, to the officers who work on the case and to nobody else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import strawberry
from strawberry import ID

from backend.apps.reunion import enums as e
from backend.apps.reunion import models
from backend.apps.reunion.service import cards, care, common
from backend.kernel.graphql.errors import UserError
from backend.kernel.privacy.masking import mask_phone


@strawberry.type(description="A find of the same person: that it was, and when.")
class ReunionFind:
    case_id: ID
    code: str
    registered_at: datetime
    seen_text: str | None
    is_this: bool


@strawberry.type(description="A human's word that two finds were of one person.")
class ReunionFindLink:
    id: ID
    other_code: str | None
    reason: str | None
    linked_by: str
    linked_at: datetime


@strawberry.type
class ReunionKin:
    id: ID
    name: str
    relation: str
    phone_masked: str | None

    @classmethod
    def of(cls, row: models.NextOfKin) -> ReunionKin:
        phone = common.unseal("next_of_kin", "phone", row.id, row.phone_sealed, row.county)
        return cls(id=ID(str(row.id)), name=row.name, relation=row.relation, phone_masked=mask_phone(phone) or None)


@strawberry.type
class ReunionCarePlan:
    needs: str
    measures: str
    agreed_with: e.AgreedWith
    agreed_name: str | None
    lives_alone: bool
    wristband: str | None
    review_on: date
    written_by: str
    written_at: datetime

    @classmethod
    def of(cls, row: models.CarePlan) -> ReunionCarePlan:
        return cls(
            needs=row.needs, measures=row.measures, agreed_with=row.agreed_with, agreed_name=row.agreed_name or None,
            lives_alone=row.lives_alone, wristband=row.wristband, review_on=row.review_on, written_by=row.written_by_name,
            written_at=row.written_at,
        )  # fmt: skip


@strawberry.type(description="The card that opens its page now: that there is one. Its link is shown once, when it is issued.")
class ReunionHomeCard:
    agency: str
    duty_phone: str
    issued_by: str
    issued_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: models.HomeCard) -> ReunionHomeCard:
        return cls(
            agency=row.agency_name, duty_phone=row.duty_phone, issued_by=row.issued_by_name, issued_at=row.issued_at,
            expires_at=row.expires_at,
        )  # fmt: skip


@strawberry.type(description="Somebody found a card's bearer and told us; place and telephone only if he gave them.")
class ReunionCardCall:
    id: ID
    state: e.CardCallState
    told_at: datetime
    latitude: float | None
    longitude: float | None
    phone: str | None
    answered_by: str | None
    answered_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    new_case_id: ID | None

    @classmethod
    def of(cls, row: models.CardCall) -> ReunionCardCall:
        place = common.unseal("card_call", "place", row.id, row.place_sealed, row.county) if row.place_sealed else ""
        phone = common.unseal("card_call", "phone", row.id, row.phone_sealed, row.county) if row.phone_sealed else ""
        latitude, _, longitude = place.partition(",")
        return cls(
            id=ID(str(row.id)), state=row.state, told_at=row.told_at, phone=phone or None,
            latitude=float(latitude) if place else None, longitude=float(longitude) if place else None,
            answered_by=row.answered_by_name or None, answered_at=row.answered_at, closed_at=row.closed_at,
            outcome=row.outcome or None, new_case_id=ID(str(row.new_case)) if row.new_case else None,
        )  # fmt: skip


@strawberry.type(description="Aid for somebody who is found again and again; never used outside his case.")
class ReunionCare:
    finds: list[ReunionFind]
    links: list[ReunionFindLink]
    reasons: list[e.CareReason]
    kin: list[ReunionKin]
    plan: ReunionCarePlan | None
    card: ReunionHomeCard | None
    calls: list[ReunionCardCall]

    @classmethod
    async def read(cls, case: models.Case) -> ReunionCare:
        known, card = await care.of(case), await cards.living(case)
        calls = await models.CardCall.filter(case_id=case.id).order_by("-told_at", "-id").limit(50)
        codes = {row["id"]: row["code"] for row in known.finds}
        return cls(
            finds=[_find(case, row) for row in known.finds], links=[_link(case, row, codes) for row in known.links],
            reasons=known.reasons, kin=[ReunionKin.of(row) for row in known.kin], card=ReunionHomeCard.of(card) if card else None,
            plan=ReunionCarePlan.of(known.plan) if known.plan else None, calls=[ReunionCardCall.of(row) for row in calls],
        )  # fmt: skip


def _find(case: models.Case, row: dict[str, Any]) -> ReunionFind:
    return ReunionFind(
        case_id=ID(str(row["id"])), code=row["code"], registered_at=row["registered_at"], seen_text=row["when_text"] or None,
        is_this=row["id"] == case.id,
    )  # fmt: skip


def _link(case: models.Case, row: models.FindLink, codes: dict[Any, str]) -> ReunionFindLink:
    other = row.other_id if row.case_id == case.id else row.case_id
    return ReunionFindLink(
        id=ID(str(row.id)), other_code=codes.get(other), reason=row.reason or None, linked_by=row.linked_by_name,
        linked_at=row.linked_at,
    )  # fmt: skip


@strawberry.type
class ReunionCallPayload:
    call: ReunionCardCall | None
    errors: list[UserError]

    @classmethod
    def of(cls, row: models.CardCall | None, errors: list[UserError]) -> ReunionCallPayload:
        return cls(call=ReunionCardCall.of(row) if row else None, errors=errors)


@strawberry.type
class ReunionKinPayload:
    name: str | None
    phone: str | None
    errors: list[UserError]

    @classmethod
    def of(cls, row: models.NextOfKin | None, errors: list[UserError]) -> ReunionKinPayload:
        if row is None:
            return cls(name=None, phone=None, errors=errors)
        phone = common.unseal("next_of_kin", "phone", row.id, row.phone_sealed, row.county)
        return cls(name=row.name, phone=phone, errors=errors)
