"""Ring 1, instant sensing: reports from people, grid members and the hotline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from backend.apps.mediation import rules
from backend.apps.mediation.enums import (
    Channel,
    DisputeState,
    HandlingLevel,
    PartyKind,
    PartySide,
    RelationKind,
)
from backend.apps.mediation.enums import ReporterMode as Mode
from backend.apps.mediation.inputs import PartyInput, ReportDisputeInput
from backend.apps.mediation.models import Dispute, Party, Relation
from backend.apps.mediation.permissions import Permission
from backend.apps.mediation.service import common
from backend.apps.mediation.workflow import MACHINE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.participants import open_matter
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.db.models import new_id, place_of
from backend.kernel.errors import Refusal, not_found
from backend.kernel.files.service import attach
from backend.kernel.identity.models import Membership
from backend.kernel.identity.service import own_phone
from backend.kernel.privacy import vault
from backend.kernel.privacy.identifiers import normalise_id_number, normalise_phone
from backend.kernel.tenancy.models import Division, Level
from backend.kernel.tenancy.service import lies_in, living
from backend.kernel.validation import Checks, as_id
from backend.kernel.workflow.machine import INITIAL

#: Who hears of a new dispute at once, from the nearest up.
FIRST_HEARERS = (Role.GRID_WORKER, Role.VILLAGE_OFFICER, Role.TOWN_DISPATCHER)
VIOLENCE_HEARERS = (Role.TOWN_LEADER, Role.COUNTY_CENTER, Role.POLICE_OFFICER)


@dataclass
class Draft:
    """A checked report."""

    request: ReportDisputeInput
    statement: str
    title: str
    claims: str
    place_text: str
    parties: list[PartyInput]
    channel: Channel


async def report_dispute(actor: Actor, request: ReportDisputeInput) -> Dispute:
    """A person's own report, or an officer's finding.

    Raises:
        Refusals: every mistake in the form; `NOT_FOUND` for a division that is not there or not the officer's.
    """
    actor.require(Permission.REPORT)
    draft = check_report(request, _channel_of(actor))
    return await register(actor, draft)


def _channel_of(actor: Actor) -> Channel:
    if not actor.is_staff:
        return Channel.CODE
    return Channel.GRID if actor.role in (Role.GRID_WORKER, Role.VILLAGE_OFFICER) else Channel.WINDOW


def check_report(request: ReportDisputeInput, channel: Channel) -> Draft:
    """Trim and judge the form. Raises Refusals."""
    checks = Checks()
    statement = checks.text("statement", request.statement, least=5, most=5000)
    title = checks.text("title", request.title, most=80) or _title_from(statement)
    claims = checks.text("claims", request.claims, most=2000)
    place_text = checks.text("placeText", request.place_text, most=200)
    checks.number("amount", request.amount, least=0, most=1e11)
    checks.number("peopleInvolved", request.people_involved, least=1, most=100_000)
    checks.number("latitude", request.latitude, least=-90, most=90)
    checks.number("longitude", request.longitude, least=-180, most=180)
    if (request.latitude is None) != (request.longitude is None):
        checks.refuse("REQUIRED", "longitude" if request.longitude is None else "latitude")
    now = clock.now()
    checks.moment("occurredAt", request.occurred_at, least=now - timedelta(days=365 * 20), most=now + timedelta(hours=1))
    checks.items("parties", request.parties, most=30)
    checks.items("fileIds", request.file_ids, most=20)
    parties = [_checked_party(checks, number, party) for number, party in enumerate(request.parties or [])]
    checks.done()
    return Draft(request, statement, title, claims, place_text, parties, channel)


def _title_from(statement: str) -> str:
    """The first sentence, shortened: what a list shows when the reporter wrote no title."""
    first = statement.replace("\n", "。").split("。", 1)[0].strip()
    return first if len(first) <= 30 else first[:29] + "…"


def _checked_party(checks: Checks, number: int, party: PartyInput) -> PartyInput:
    where = f"parties.{number}"
    party.name = checks.text(f"{where}.name", party.name, least=1, most=60)
    party.representative = checks.text(f"{where}.representative", party.representative, most=60)
    checks.choice(f"{where}.kind", party.kind or PartyKind.PERSON, PartyKind)
    for field, value, normalise in (
        ("phone", party.phone, normalise_phone),
        ("idNumber", party.id_number, normalise_id_number),
    ):
        try:
            plain = normalise(value) if value and value.strip() else ""
        except Refusal as problem:
            checks.refuse(problem.code, f"{where}.{field}")
            plain = ""
        setattr(party, "phone" if field == "phone" else "id_number", plain)
    return party


async def register(actor: Actor, draft: Draft) -> Dispute:
    """Write the dispute with its parties, files, clocks and first responsible person, and tell them."""
    division = await _division(actor, draft.request.division)
    request = draft.request
    now = clock.now()
    dispute = Dispute(
        id=new_id(), county=division.county, path=division.path, code=rules.new_code(division.county, now.date()),
        state=DisputeState.REGISTERED, title=draft.title, statement=draft.statement, claims=draft.claims,
        category=request.category, level=HandlingLevel.GRID, channel=draft.channel,
        reporter_mode=Mode.NAMED if actor.is_staff else request.reporter_mode, violence=bool(request.violence),
        amount=rules.yuan(request.amount),
        people_involved=max(request.people_involved or 2, len(draft.parties)), division=division.code,
        place_text=draft.place_text, latitude=request.latitude, longitude=request.longitude,
        occurred_at=request.occurred_at, registered_at=now, updated_at=now,
    )  # fmt: skip
    MACHINE.apply("register", INITIAL, {"statement": draft.statement}, {Permission.REPORT}, {actor.role})
    reporter = None if actor.is_staff else new_id()
    own_account = None if actor.is_staff else actor.account_id
    await open_matter(
        dispute.id, dispute.county, dispute.path, own_account, PartySide.APPLICANT, subject_id=reporter
    )
    await dispute.save(force_create=True)
    await _write_parties(actor, dispute, draft, reporter)
    await attach(
        actor, [as_id(each, "fileIds") for each in request.file_ids or []], dispute,
        hide_uploader=dispute.reporter_mode == Mode.ANONYMOUS,
    )  # fmt: skip
    await _relate(dispute, request.related_to)
    await record(
        actor, "mediation:dispute:registered", dispute, from_state="", to_state=dispute.state,
        occurred_at=now, hide_actor=dispute.reporter_mode == Mode.ANONYMOUS, channel=dispute.channel,
        category=dispute.category, violence=dispute.violence, level=dispute.level,
    )  # fmt: skip
    await _first_responsible(dispute)
    await common.start_clock(dispute, rules.RULES["first_contact"])
    await common.start_clock(dispute, rules.RULES["triage"])
    await dispute.save()
    if dispute.violence:
        await tell_of_violence(dispute)
    return dispute


async def _division(actor: Actor, code: str) -> Division:
    """The living division; an officer registers inside his own place only."""
    division = await living(code)
    if list(Level).index(division.level) < list(Level).index(Level.COUNTY):
        raise Refusal("INVALID", "division")
    if actor.membership and not lies_in(division.path, actor.membership.path):
        raise not_found("division")
    return division


async def _write_parties(actor: Actor, dispute: Dispute, draft: Draft, reporter: UUID | None) -> None:
    """The reporter as first applicant (unless anonymous, then without a name), then everybody named in the form."""
    if reporter is not None:
        anonymous = dispute.reporter_mode == Mode.ANONYMOUS
        phone = "" if actor.account_id is None else await own_phone(actor.account_id)
        name = "匿名" if anonymous else actor.display_name or "申请人"
        if anonymous:
            # What he wrote about himself is not kept, neither as his nor as another applicant's.
            draft.parties = [party for party in draft.parties if not _is_reporter(party, phone)]
            phone = ""
        own = next((party for party in draft.parties if _is_reporter(party, phone)), None)
        if own is not None:
            draft.parties.remove(own)
            name = own.name
        await _write_party(
            dispute, reporter, PartySide.APPLICANT, name, phone, (own.id_number or "") if own else "", own,
            e_service=bool(draft.request.e_service_consent), is_reporter=True,
        )  # fmt: skip
    for party in draft.parties:
        await _write_party(
            dispute, new_id(), party.side, party.name, party.phone or "", party.id_number or "", party
        )


def _is_reporter(party: PartyInput, phone: str) -> bool:
    """An applicant entered with the reporter's own telephone number, or with none, is the reporter himself."""
    return party.side == PartySide.APPLICANT and (not party.phone or party.phone == phone)


async def _write_party(
    dispute: Dispute, row_id: UUID, side: PartySide, name: str, phone: str, id_number: str, given: PartyInput | None,
    *, e_service: bool = False, is_reporter: bool = False,
) -> None:  # fmt: skip
    kind = PartyKind(given.kind) if given and given.kind else PartyKind.PERSON
    await Party.create(
        **place_of(dispute), id=row_id, dispute_id=dispute.id, side=side, kind=kind, name=name,
        name_index=vault.name_index(name),
        phone=vault.seal("mediation_party", "phone", row_id, phone, dispute.county),
        phone_index=vault.phone_index(phone),
        id_number=vault.seal("mediation_party", "id_number", row_id, id_number, dispute.county),
        representative=(given.representative or "") if given else "", e_service_consent=e_service,
        is_reporter=is_reporter, created_at=clock.now(),
    )  # fmt: skip


async def _relate(dispute: Dispute, other: str | None) -> None:
    """Link the earlier dispute the reporter recognised; one that he may not see is no error and no link."""
    if not other:
        return
    earlier = await Dispute.get_or_none(id=as_id(other, "relatedTo"), county=dispute.county)
    if earlier is not None:
        await Relation.create(
            **place_of(dispute), dispute_id=dispute.id, other_id=earlier.id, kind=RelationKind.REPEAT,
            created_at=clock.now(),
        )  # fmt: skip


async def _first_responsible(dispute: Dispute) -> None:
    """The nearest officer without a part of his own answers for the dispute until somebody assigns it; all near
    ones hear of it."""
    barred = await common.unfit(dispute)
    near: list[Membership] = []
    for roles in (FIRST_HEARERS, (Role.COUNTY_CENTER,)):
        near = near or [row for row in await common.staff_for(dispute, roles) if row.account_id not in barred]
    if not near:
        raise Refusal("NO_OFFICE_HERE", "division")
    await common.make_responsible(dispute, near[0], "REGISTERED")
    hearers = [row.account_id for row in near]
    await common.tell(hearers, "dispute.reported", dispute, category=dispute.category, violence=dispute.violence)


async def tell_of_violence(dispute: Dispute) -> None:
    """A threat of violence reaches leaders, county centre and police at once, whatever the level."""
    hearers = await common.staff_for(dispute, VIOLENCE_HEARERS)
    await common.tell([row.account_id for row in hearers], "dispute.violence", dispute, category=dispute.category)
