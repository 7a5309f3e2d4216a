"""How a record of either side comes into being: what may stand in it, its first rows, its ground. One record by a command, or
thousands of them by an import: the rules are these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.apps.reunion import names, rules, vague
from backend.apps.reunion.enums import (
    FOUND_KINDS,
    SOUGHT_KINDS,
    BasisKind,
    CaseKind,
    CaseState,
    Condition,
    Side,
)
from backend.apps.reunion.facts import Range, Span
from backend.apps.reunion.inputs import FactsInput, RegisterFoundInput, ReportMissingInput
from backend.apps.reunion.models import Case, MissingReport, StrandedPerson
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import common, gallery
from backend.apps.reunion.wording import ProblemCode
from backend.apps.reunion.workflow import MACHINE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.participants import invite, open_matter
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal, not_found
from backend.kernel.privacy import vault
from backend.kernel.privacy.identifiers import normalise_phone
from backend.kernel.tenancy.models import Division
from backend.kernel.tenancy.service import find as find_division
from backend.kernel.tenancy.service import lies_in, living
from backend.kernel.validation import Checks, camel
from backend.kernel.workflow.machine import INITIAL

LONGEST_STAY = timedelta(days=365 * 30)
#: Limits that begin with the admission run for records that are imported while it is this recent; older ones are history.
RECENT = timedelta(days=10)
TEXTS = {
    "dialect": 60, "origin_text": 200, "marks": 1000, "clothes": 500, "circumstances": 4000, "place_text": 200,
    "dna_ref": 100, "dna_lab": 100,
}  # fmt: skip


@dataclass(frozen=True)
class Missing:
    """A report that may be written down as it is."""

    kind: CaseKind
    columns: dict[str, Any]
    reporter: str
    relation: str
    phone: str
    police_case_no: str


@dataclass(frozen=True)
class Found:
    """Somebody's admission that may be written down as it is."""

    request: RegisterFoundInput
    columns: dict[str, Any]
    station: str
    languages: str
    claims: str
    conditions: Sequence[Condition]


async def place_for(actor: Actor, division: str) -> Division:
    """The division that answers for a record, inside the actor's own place. Raises `NOT_FOUND`."""
    found = await living(division)
    if actor.membership is None or not lies_in(found.path, actor.membership.path):
        raise not_found("division")
    return found


async def check_missing(request: ReportMissingInput) -> Missing:
    """Raises Refusals: everything that is wrong with the report."""
    checks = Checks()
    if request.kind not in SOUGHT_KINDS:
        checks.refuse("INVALID", "kind")
    reporter = checks.text("reporterName", request.reporter_name, least=1, most=60)
    relation = checks.text("relation", request.relation, least=1, most=60)
    police_case_no = checks.text("policeCaseNo", request.police_case_no, most=100)
    phone = _phone(checks, request.phone)
    columns = await facts(checks, request.facts)
    checks.done()
    return Missing(request.kind, columns, reporter, relation, phone, police_case_no)


async def check_found(request: RegisterFoundInput) -> Found:
    """Raises Refusals: everything that is wrong with the admission."""
    checks = Checks()
    if request.kind not in FOUND_KINDS:
        checks.refuse("INVALID", "kind")
    station = checks.text("station", request.station, least=1, most=200)
    languages = checks.text("languages", request.languages, most=200)
    claims = checks.text("claims", request.claims, most=4000)
    checks.items("conditions", request.conditions, most=len(Condition))
    today = common.today()
    checks.day("admittedOn", request.admitted_on, least=today - LONGEST_STAY, most=today)
    columns = await facts(checks, request.facts)
    checks.done()
    return Found(request, columns, station, languages, claims, list(dict.fromkeys(request.conditions or [])))


async def open_missing(actor: Actor, division: Division, report: Missing, *, imported: UUID | None = None) -> Case:
    """Write the report down. `imported` is the run whose row it is."""
    case = new_case(actor, division, Side.SOUGHT, report.kind, report.columns)
    await _open(actor, case, (), imported)
    reporter_id, index = new_id(), vault.phone_index(report.phone)
    await MissingReport.create(
        **place_of(case), id=case.id, case_id=case.id, reporter_name=report.reporter, relation=report.relation,
        phone_index=index, phone_sealed=common.seal("missing", "phone", case.id, report.phone, case.county),
        reporter_id=reporter_id, police_case_no=report.police_case_no,
    )  # fmt: skip
    told = await invite(case, reporter_id, index, common.FAMILY)
    await common.tell([told], "case.registered", case)
    return case


async def open_found(actor: Actor, division: Division, guest: Found, *, imported: UUID | None = None) -> Case:
    """Write the admission down. `imported` is the run whose row it is."""
    case = new_case(actor, division, Side.FOUND, guest.request.kind, guest.columns)
    case.maybe_child = Condition.CHILD in guest.conditions
    await _open(actor, case, guest.conditions, imported)
    await StrandedPerson.create(
        **place_of(case), id=case.id, case_id=case.id, station=guest.station, conditions=list(guest.conditions),
        languages=guest.languages, admitted_on=guest.request.admitted_on,
        claims_sealed=common.seal("stranded", "claims", case.id, guest.claims, case.county),
    )  # fmt: skip
    is_history = imported is not None and guest.request.admitted_on < common.today() - RECENT
    if guest.request.kind == CaseKind.AT_STATION and not is_history:
        await clocks.start(case, common.APP, rules.RULES["notice"], clock.now())
        await clocks.start(case, common.APP, rules.RULES["station"], clock.now())
    return case


def new_case(actor: Actor, division: Division, side: Side, kind: CaseKind, columns: dict[str, Any]) -> Case:
    """The case as it would be, not stored."""
    assert actor.membership is not None
    now = clock.now()
    return Case(
        id=new_id(), county=division.county, path=division.path, code=rules.new_code(division.county, now.date()),
        side=side, kind=kind, state=CaseState.REPORTED, subject_id=new_id(), registered_by=actor.membership.id,
        registered_by_name=actor.membership.name, agency_name=actor.membership.agency_name, registered_at=now,
        updated_at=now, facts_at=now, **columns,
    )  # fmt: skip


async def _open(actor: Actor, case: Case, conditions: Sequence[Condition], imported: UUID | None) -> None:
    """The first rows of the case. Who is in danger is an emergency from the start."""
    MACHINE.apply("register", INITIAL, {"registration": case.code}, {Permission.REGISTER}, {actor.role})
    case.alarm = rules.forced_alarm(case.kind, conditions, is_minor=case.is_minor)
    await open_matter(case.id, case.county, case.path, None, "OPENED")
    await case.save(force_create=True)
    await record(
        actor, "reunion:case:registered", case, from_state="", to_state=case.state, side=case.side,
        emergency=case.alarm is not None, imported=str(imported) if imported else None,
    )  # fmt: skip
    # A table of old records is no thousand calls for help: the police hear of them together when the import is done.
    if case.alarm is not None and imported is None:
        await common.tell(await common.accounts(case, Role.POLICE_OFFICER, Role.POLICE_CHIEF), "case.emergency", case)


def check_ground(checks: Checks, basis: BasisKind, text: str, *, is_minor: bool) -> str:
    """The ground's text, trimmed; what is wrong with the ground is refused."""
    trimmed = checks.text("text", text, least=10 if basis == BasisKind.STATUTORY_DUTY else 2, most=1000)
    if is_minor and basis == BasisKind.CONSENT:
        # A child's own word is no consent (个人信息保护法 31).
        checks.refuse("GUARDIAN_NEEDED", "basis")
    return trimmed


async def ground(
    actor: Actor, case: Case, basis: BasisKind, text: str, *, guardian_agreed: bool, imported: UUID | None = None
) -> None:
    """Write down on what ground the person's data are used; from now on his faces may stand in the gallery."""
    case.basis, case.basis_text, case.guardian_agreed = basis, text, guardian_agreed
    await common.move(
        actor, case, "record_basis", "basis:recorded", {"basis": basis, "text": text}, basis=basis,
        imported=str(imported) if imported else None,
    )  # fmt: skip
    if imported is None:
        # An import has its pictures read afterwards, and those who read them ask.
        await gallery.ask(case)


async def facts(checks: Checks, given: FactsInput) -> dict[str, Any]:
    """The facts as columns; every field that says nothing we can read is refused with what is wrong with it."""
    today = common.today()
    columns: dict[str, Any] = {
        name: checks.text(f"facts.{camel(name)}", getattr(given, name), most=most) for name, most in TEXTS.items()
    }
    columns["sex"] = given.sex
    columns["name"] = checks.text("facts.name", given.name, most=60)
    for name, most in (("nicknames", 10), ("relatives", 20)):
        checks.items(f"facts.{name}", getattr(given, name), most=most)
        columns[name] = [text.strip()[:60] for text in getattr(given, name) or [] if text.strip()]
    columns["sounds"] = sorted({sound for each in (columns["name"], *columns["nicknames"]) for sound in names.sounds(each)})
    for text_name, value, parsed in (
        ("born", given.born, vague.parse_born(given.born or "", today)),
        ("when", given.seen, vague.parse_date(given.seen or "", today)),
    ):
        columns[f"{text_name}_text"] = (value or "").strip()[:60]
        columns |= {f"{text_name}_from": None, f"{text_name}_to": None}
        if isinstance(parsed, Span):
            columns |= {f"{text_name}_from": parsed.earliest, f"{text_name}_to": parsed.latest}
        elif parsed.code is not ProblemCode.BLANK:
            checks.refuse(parsed.code, f"facts.{'seen' if text_name == 'when' else 'born'}", **parsed.data)
    height = vague.parse_height(given.height or "")
    columns |= {"height_text": (given.height or "").strip()[:60], "height_least": None, "height_most": None}
    if isinstance(height, Range):
        columns |= {"height_least": round(height.least), "height_most": round(height.most)}
    elif height.code is not ProblemCode.BLANK:
        checks.refuse(height.code, "facts.height", **height.data)
    for name, code in (("origin", given.origin), ("place", given.place)):
        columns[name] = await _path(checks, f"facts.{name}", code)
    return columns


def _phone(checks: Checks, text: str) -> str:
    try:
        return normalise_phone(text)
    except Refusal as problem:
        checks.refuse(problem.code, "phone")
        return ""


async def _path(checks: Checks, name: str, code: str | None) -> str | None:
    if not code:
        return None
    found = await find_division(code)
    if found is None:
        checks.refuse("NOT_FOUND", name)
        return None
    return found.path
