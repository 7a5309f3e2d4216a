"""The case from order to agreement: register, report in, agree, start; whoever looks at contact data leaves a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from backend.apps.rehab import access, papers, rules
from backend.apps.rehab.enums import Band, CaseKind, CaseState, LinkKind
from backend.apps.rehab.inputs import (
    NotReportedInput,
    RegisterCaseInput,
    ReportInInput,
    RevealCaseInput,
    SignCaseInput,
    StartSupervisionInput,
    TreatmentAgreementInput,
)
from backend.apps.rehab.models import Agreement, Case
from backend.apps.rehab.permissions import Permission
from backend.apps.rehab.service import chain, common, duties
from backend.apps.rehab.workflow import MACHINE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.participants import invite, open_matter
from backend.kernel.audit.service import record
from backend.kernel.db.connection import execute
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.instruments.service import PaperState, readable, sign
from backend.kernel.privacy import vault
from backend.kernel.privacy.identifiers import normalise_id_number, normalise_phone
from backend.kernel.privacy.looks import note_look
from backend.kernel.tenancy.models import Division, Level
from backend.kernel.tenancy.service import lies_in, living
from backend.kernel.validation import Checks, as_id
from backend.kernel.workflow.machine import INITIAL

ORDERED = (CaseKind.COMMUNITY_TREATMENT, CaseKind.COMMUNITY_RECOVERY)
#: An order is registered when it is served, or soon after.
OLDEST_ORDER = timedelta(days=400)


async def register_case(actor: Actor, request: RegisterCaseInput) -> Case:
    """Take up a case after a served order, or a voluntary one; the person is invited by his telephone number."""
    actor.require(Permission.REGISTER)
    actor.require_step_up()
    division = await _division(actor, request.division)
    checks = Checks()
    name = checks.text("name", request.name, least=1, most=60)
    is_ordered = request.kind in ORDERED
    order_no = checks.text("orderNo", request.order_no, least=1 if is_ordered else 0, most=100)
    place_text = checks.text("placeText", request.place_text, most=200)
    phone = _normalised(checks, "phone", request.phone, normalise_phone)
    id_number = _normalised(checks, "idNumber", request.id_number, normalise_id_number)
    if is_ordered:
        checks.true("servedOn", request.served_on is not None)
    today = common.today()
    checks.day("servedOn", request.served_on, least=today - OLDEST_ORDER, most=today)
    checks.done()
    case = new_case(division, request.kind, name, phone, id_number)
    await require_new(case)
    case.order_no, case.served_on, case.place_text = order_no, request.served_on, place_text
    if not is_ordered:
        enter(case, today)
    await open_case(actor, case, basis=order_no or "自愿接受治疗")
    if is_ordered and request.served_on is not None:
        row = await clocks.start(case, common.APP, rules.RULES["report"], _served_at(request.served_on))
        case.report_due = row.due_at
        await case.save()
    for kind, membership in (
        (LinkKind.DRUG_WORKER, request.drug_worker), (LinkKind.POLICE, request.police), (LinkKind.GRID, request.grid),
        (LinkKind.VILLAGE, request.village),
    ):  # fmt: skip
        if membership:
            await chain.set_link(case, kind, membership, kind.lower())
    await chain.fill_links(actor, case)
    told = await invite(case, case.subject_id, case.phone_index, common.SUPERVISED)
    await common.tell([told, *await common.workers(case)], "case.registered", case)
    return case


def new_case(division: Division, kind: CaseKind, name: str, phone: str, id_number: str) -> Case:
    """An unsaved case with the person's data sealed; ORDERED until it says otherwise."""
    case_id, now = new_id(), clock.now()
    seal = common.seal
    return Case(
        id=case_id, county=division.county, path=division.path, division=division.code, subject_id=new_id(),
        code=rules.new_code(division.county, now.date()), state=CaseState.ORDERED, kind=kind, name=name,
        name_index=vault.name_index(name), phone_index=vault.phone_index(phone),
        phone_sealed=seal("case", "phone", case_id, phone, division.county),
        id_number_sealed=seal("case", "id_number", case_id, id_number, division.county),
        birth_date=_birth_date(id_number), band=Band.B, registered_at=now, updated_at=now,
    )  # fmt: skip


def _birth_date(id_number: str) -> date | None:
    try:
        return datetime.strptime(id_number[6:14], "%Y%m%d").date()
    except ValueError:
        return None


async def require_new(case: Case) -> None:
    """Raises `ALREADY_REGISTERED`: one person has one open case in a county, also when two officers register at once."""
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"rehab:person:{case.county}:{case.phone_index}")
    same = Case.filter(county=case.county, phone_index=case.phone_index, ended_at__isnull=True)
    if await same.filter(name_index=case.name_index).exists():
        raise Refusal("ALREADY_REGISTERED", "phone")


def enter(case: Case, day: date) -> None:
    """The person is here: the term runs from this day (禁毒法 33, 戒毒条例 14)."""
    case.state = CaseState.REPORTED
    case.reported_at = clock.now()
    case.term_from, case.term_to = day, rules.term_to(case.kind, day)
    case.band_since = case.band_reviewed_on = day


async def open_case(actor: Actor, case: Case, *, basis: str) -> None:
    """Write the first rows of the case: the matter, the case and its first event."""
    name = "enter" if case.state == CaseState.REPORTED else "register"
    facts = {"orderNo": case.order_no, "servedOn": case.served_on, "basis": basis}
    MACHINE.apply(name, INITIAL, facts, {Permission.REGISTER}, {actor.role})
    await open_matter(case.id, case.county, case.path, None, "OPENED")
    await case.save(force_create=True)
    await record(
        actor, "rehab:case:registered", case, from_state="", to_state=case.state, kind=case.kind, basis=basis
    )


async def _division(actor: Actor, code: str) -> Division:
    """A living village or grid inside the officer's place."""
    division = await living(code)
    if division.level not in (Level.VILLAGE, Level.GRID):
        raise Refusal("INVALID", "division")
    if actor.membership and not lies_in(division.path, actor.membership.path):
        raise not_found("division")
    return division


def _normalised(checks: Checks, field: str, value: str, normalise: Callable[[str], str]) -> str:
    if not value.strip():
        checks.refuse("REQUIRED", field)
        return ""
    try:
        return normalise(value)
    except Refusal as problem:
        checks.refuse(problem.code, field)
        return ""


def _served_at(day: date) -> datetime:
    """Noon of the day, or now when that is still to come: who was served today may report this morning."""
    return min(datetime.combine(day, time(12), clock.LOCAL), clock.now())


async def report_in(actor: Actor, request: ReportInInput) -> Case:
    """The person came to the township: the term begins, and the agreed place of living is written down."""
    case = (await common.begin(actor, request.id, "report_in", request.version)).case
    checks = Checks()
    place_text = checks.text("placeText", request.place_text, least=2, most=200)
    checks.number("homeLatitude", request.home_latitude, least=-90, most=90)
    checks.number("homeLongitude", request.home_longitude, least=-180, most=180)
    checks.number("fenceMetres", request.fence_metres, least=50, most=100_000)
    if (request.home_latitude is None) != (request.home_longitude is None):
        checks.refuse("INVALID", "homeLatitude")
    checks.done()
    case.place_text = place_text
    case.home_latitude, case.home_longitude = request.home_latitude, request.home_longitude
    case.fence_metres = request.fence_metres or case.fence_metres
    before = case.state
    enter(case, common.today())
    case.state = before
    await clocks.meet(case.id, "report", clock.now())
    await common.move(
        actor, case, "report_in", "case:reported_in", {"reportedAt": case.reported_at},
        termFrom=str(case.term_from), termTo=str(case.term_to),
    )  # fmt: skip
    await common.tell(await common.person_account(case), "case.reported_in", case)
    return case


async def not_reported(actor: Actor, request: NotReportedInput) -> Case:
    """He did not come: what was done to find him, and what the reason was. The police are told."""
    case = (await common.begin(actor, request.id, "not_reported", request.version)).case
    checks = Checks()
    search = checks.text("search", request.search, least=4, most=1000)
    reason = checks.text("reasonAsked", request.reason_asked, least=2, most=1000)
    checks.done()
    if case.report_due is not None and clock.now() <= case.report_due:
        raise Refusal("NOT_YET_DUE", due=case.report_due.isoformat())
    await common.move(
        actor, case, "not_reported", "case:not_reported", {"search": search, "reasonAsked": reason}, search=search,
        reason=reason,
    )  # fmt: skip
    await common.tell(await common.link_accounts(case, LinkKind.POLICE, LinkKind.OFFICE), "case.not_reported", case)
    return case


async def draft_agreement(actor: Actor, request: TreatmentAgreementInput) -> Case:
    """The agreement: what both agree to (约定管), what the person sets himself (自我管), tests, help. Both sign."""
    case = (await common.begin(actor, request.id, "draft_agreement", request.version)).case
    checks = Checks()
    checks.items("measures", request.measures, least=1, most=20)
    measures = [
        {"kind": each.kind, "text": checks.text(f"measures.{number}.text", each.text, least=2, most=500)}
        for number, each in enumerate(request.measures)
    ]
    test_plan = checks.text("testPlan", request.test_plan, least=4, most=1000)
    help_text = checks.text("help", request.help, least=4, most=1000)
    checks.done()
    earlier = await Agreement.get_or_none(case_id=case.id, withdrawn_at__isnull=True)
    if earlier is not None:
        await papers.withdraw(earlier.paper_id)
        earlier.withdrawn_at = clock.now()
        await earlier.save(update_fields=["withdrawn_at"])
    row = Agreement(
        **place_of(case), id=new_id(), case_id=case.id, measures=measures, test_plan=test_plan, help=help_text,
        drafted_at=clock.now(),
    )  # fmt: skip
    paper = await papers.agreement(actor, case, row)
    row.paper_id = paper.id
    await row.save(force_create=True)
    await common.note(actor, case, "agreement:drafted", paper=str(paper.id))
    await common.tell(await common.person_account(case), "agreement.to_sign", case, paper=str(paper.id))
    return case


async def sign_case_paper(actor: Actor, request: SignCaseInput) -> Case:
    """Sign exactly the text that was read. With the last signature the agreement is in force."""
    case = (await common.begin(actor, request.id, "sign")).case
    paper = await readable(actor, as_id(request.paper_id, "paperId"))
    if paper is None or paper.matter_id != case.id:
        raise not_found("paperId")
    drawing = as_id(request.signature_file_id, "signatureFileId") if request.signature_file_id else None
    paper = await sign(actor, paper.id, request.sha256, signature_file=drawing)
    row = await Agreement.get_or_none(case_id=case.id, paper_id=paper.id, withdrawn_at__isnull=True)
    if row is None or paper.state != PaperState.SIGNED:
        await common.note(actor, case, "paper:signed", paper=str(paper.id), sha256=paper.sha256)
        return case
    row.effective_at = clock.now()
    await row.save(update_fields=["effective_at"])
    await common.move(actor, case, "agree", "agreement:signed", {"paper": paper.id}, paper=str(paper.id))
    told = await common.link_accounts(case, LinkKind.DRUG_WORKER, LinkKind.POLICE, LinkKind.OFFICE)
    await common.tell([each for each in told if each != actor.account_id], "agreement.in_force", case)
    return case


async def start_supervision(actor: Actor, request: StartSupervisionInput) -> Case:
    """First test and first visit were made: the plan begins and the first duties are set."""
    case = (await common.begin(actor, request.id, "start", request.version)).case
    checks = Checks()
    test = checks.text("firstTest", request.first_test, least=2, most=500)
    visit = checks.text("firstVisit", request.first_visit, least=2, most=500)
    checks.done()
    case.started_at = clock.now()
    await common.move(
        actor, case, "start", "case:started", {"firstTest": test, "firstVisit": visit}, test=test, visit=visit
    )
    await duties.plan_case(case)
    await common.tell(await common.person_account(case), "case.started", case)
    return case


@dataclass(frozen=True)
class Contact:
    """Contact data shown once."""

    id: UUID
    phone: str
    id_number: str


async def reveal_case_contact(actor: Actor, request: RevealCaseInput) -> Contact:
    """Show telephone and identity number, for a reason that the person can read later."""
    case = await common.find(actor, as_id(request.id))
    if not access.may_reveal(await common.standing_of(actor, case)):
        raise not_permitted(Permission.REVEAL)
    actor.require_step_up()
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=500)
    checks.done()
    await note_look(actor, case, case.subject_id, "CONTACT", reason)
    await record(actor, "rehab:person:revealed", case, reason=reason)
    return Contact(
        case.id,
        common.unseal("case", "phone", case.id, case.phone_sealed, case.county),
        common.unseal("case", "id_number", case.id, case.id_number_sealed, case.county),
    )
