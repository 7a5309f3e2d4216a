"""Both sides' records: report somebody missing, register somebody found, on what ground, with which facts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backend.apps.reunion import access, names, rules, vague
from backend.apps.reunion.enums import (
    FOUND_KINDS,
    SOUGHT_KINDS,
    Alarm,
    BasisKind,
    CaseKind,
    CaseState,
    Condition,
    Side,
)
from backend.apps.reunion.facts import Range, Span
from backend.apps.reunion.inputs import (
    AlarmCaseInput,
    BasisInput,
    CorrectFactsInput,
    FactsInput,
    RegisterFoundInput,
    ReportMissingInput,
    ReunionStepInput,
    RevealReporterInput,
)
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
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.privacy import vault
from backend.kernel.privacy.identifiers import normalise_phone
from backend.kernel.privacy.looks import note_look
from backend.kernel.sharing import service as sharing
from backend.kernel.tenancy.models import Division
from backend.kernel.tenancy.service import find as find_division
from backend.kernel.tenancy.service import lies_in, living
from backend.kernel.validation import Checks, as_id
from backend.kernel.workflow.machine import INITIAL

LONGEST_STAY = timedelta(days=365 * 30)
TEXTS = {
    "dialect": 60, "origin_text": 200, "marks": 1000, "clothes": 500, "circumstances": 4000, "place_text": 200,
    "dna_ref": 100, "dna_lab": 100,
}  # fmt: skip


async def report_missing(actor: Actor, request: ReportMissingInput) -> Case:
    """Write down a report that somebody is missing; the reporter follows it on his own phone."""
    division = await _begin(actor, request.division)
    checks = Checks()
    if request.kind not in SOUGHT_KINDS:
        checks.refuse("INVALID", "kind")
    reporter = checks.text("reporterName", request.reporter_name, least=1, most=60)
    relation = checks.text("relation", request.relation, least=1, most=60)
    police_case_no = checks.text("policeCaseNo", request.police_case_no, most=100)
    phone = _phone(checks, request.phone)
    columns = await _facts(checks, request.facts)
    checks.done()
    case = _new(actor, division, Side.SOUGHT, request.kind, columns)
    await _open(actor, case, ())
    reporter_id, index = new_id(), vault.phone_index(phone)
    await MissingReport.create(
        **place_of(case), id=case.id, case_id=case.id, reporter_name=reporter, relation=relation, phone_index=index,
        phone_sealed=common.seal("missing", "phone", case.id, phone, case.county), reporter_id=reporter_id,
        police_case_no=police_case_no,
    )  # fmt: skip
    told = await invite(case, reporter_id, index, common.FAMILY)
    await common.tell([told], "case.registered", case)
    return case


async def register_found(actor: Actor, request: RegisterFoundInput) -> Case:
    """Take in somebody who was found and cannot say, or does not say, who he is."""
    division = await _begin(actor, request.division)
    checks = Checks()
    if request.kind not in FOUND_KINDS:
        checks.refuse("INVALID", "kind")
    station = checks.text("station", request.station, least=1, most=200)
    languages = checks.text("languages", request.languages, most=200)
    claims = checks.text("claims", request.claims, most=4000)
    checks.items("conditions", request.conditions, most=len(Condition))
    today = common.today()
    checks.day("admittedOn", request.admitted_on, least=today - LONGEST_STAY, most=today)
    columns = await _facts(checks, request.facts)
    checks.done()
    conditions = list(dict.fromkeys(request.conditions or []))
    case = _new(actor, division, Side.FOUND, request.kind, columns)
    case.maybe_child = Condition.CHILD in conditions
    await _open(actor, case, conditions)
    await StrandedPerson.create(
        **place_of(case), id=case.id, case_id=case.id, station=station, conditions=conditions, languages=languages,
        claims_sealed=common.seal("stranded", "claims", case.id, claims, case.county), admitted_on=request.admitted_on,
    )  # fmt: skip
    if request.kind == CaseKind.AT_STATION:
        await clocks.start(case, common.APP, rules.RULES["notice"], clock.now())
        await clocks.start(case, common.APP, rules.RULES["station"], clock.now())
    return case


async def _begin(actor: Actor, division: str) -> Division:
    actor.require(Permission.REGISTER)
    found = await living(division)
    if actor.membership is None or not lies_in(found.path, actor.membership.path):
        raise not_found("division")
    return found


def _phone(checks: Checks, text: str) -> str:
    try:
        return normalise_phone(text)
    except Refusal as problem:
        checks.refuse(problem.code, "phone")
        return ""


async def _facts(checks: Checks, given: FactsInput) -> dict[str, Any]:
    """The facts as columns; every field that says nothing we can read is refused with what is wrong with it."""
    today = common.today()
    columns: dict[str, Any] = {
        name: checks.text(f"facts.{_camel(name)}", getattr(given, name), most=most) for name, most in TEXTS.items()
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


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)


async def _path(checks: Checks, name: str, code: str | None) -> str | None:
    if not code:
        return None
    found = await find_division(code)
    if found is None:
        checks.refuse("NOT_FOUND", name)
        return None
    return found.path


def _new(actor: Actor, division: Division, side: Side, kind: CaseKind, columns: dict[str, Any]) -> Case:
    assert actor.membership is not None
    now = clock.now()
    return Case(
        id=new_id(), county=division.county, path=division.path, code=rules.new_code(division.county, now.date()),
        side=side, kind=kind, state=CaseState.REPORTED, subject_id=new_id(), registered_by=actor.membership.id,
        registered_by_name=actor.membership.name, agency_name=actor.membership.agency_name, registered_at=now,
        updated_at=now, facts_at=now, **columns,
    )  # fmt: skip


async def _open(actor: Actor, case: Case, conditions: Any) -> None:
    """The first rows of the case. Who is in danger is an emergency from the start."""
    MACHINE.apply("register", INITIAL, {"registration": case.code}, {Permission.REGISTER}, {actor.role})
    case.alarm = rules.forced_alarm(case.kind, conditions, is_minor=case.is_minor)
    await open_matter(case.id, case.county, case.path, None, "OPENED")
    await case.save(force_create=True)
    await record(
        actor, "reunion:case:registered", case, from_state="", to_state=case.state, side=case.side,
        emergency=case.alarm is not None,
    )  # fmt: skip
    if case.alarm is not None:
        await common.tell(await common.accounts(case, Role.POLICE_OFFICER, Role.POLICE_CHIEF), "case.emergency", case)


async def correct_facts(actor: Actor, request: CorrectFactsInput) -> Case:
    """Write down what is known now. Rejected pairs may come back with new facts."""
    case = (await common.begin(actor, request.id, "correct_facts", request.version)).case
    checks = Checks()
    columns = await _facts(checks, request.facts)
    checks.done()
    for name in ("origin", "place"):
        # A place that is not named stays; an empty one is taken away.
        if getattr(request.facts, name) is None:
            columns.pop(name)
    changed = sorted(name for name, value in columns.items() if getattr(case, name) != value and not name.endswith("_text"))
    for name, value in columns.items():
        setattr(case, name, value)
    case.facts_at = clock.now()
    # Which facts, never what they say.
    await common.note(actor, case, "facts:corrected", fields=changed)
    return case


async def record_basis(actor: Actor, request: BasisInput) -> Case:
    """On what ground the person's data are used: consent, a guardian's, or a duty by law with its reason (个人信息保护法 13, 29)."""
    later = request.basis == BasisKind.GUARDIAN_CONSENT and request.guardian_agreed and await _has_ground(actor, request.id)
    case = (await common.begin(actor, request.id, "record_guardian" if later else "record_basis", request.version)).case
    checks = Checks()
    text = checks.text("text", request.text, least=10 if request.basis == BasisKind.STATUTORY_DUTY else 2, most=1000)
    if case.is_minor and request.basis == BasisKind.CONSENT:
        # A child's own word is no consent (个人信息保护法 31).
        checks.refuse("GUARDIAN_NEEDED", "basis")
    checks.done()
    case.basis, case.basis_text, case.guardian_agreed = request.basis, text, request.guardian_agreed
    if later:
        await common.note(actor, case, "guardian:agreed")
        return case
    await common.move(actor, case, "record_basis", "basis:recorded", {"basis": request.basis, "text": text}, basis=request.basis)
    await gallery.ask(case)
    return case


async def _has_ground(actor: Actor, case_id: str) -> bool:
    """Who was taken in by a duty has one already; the guardian authority's agreement may follow (未成年人保护法)."""
    known = await access.readable(actor).filter(id=as_id(case_id)).first()
    return known is not None and known.basis is not None


async def quick_check(actor: Actor, request: ReunionStepInput) -> Case:
    """Fingerprints and the systems that know the person first; a comparison of faces comes after they failed."""
    case = (await common.begin(actor, request.id, "quick_check", request.version)).case
    text = _text(request.text)
    case.quick_check = text
    await common.move(actor, case, "quick_check", "quick_check:recorded", {"result": text})
    return case


async def raise_alarm(actor: Actor, request: AlarmCaseInput) -> Case:
    """A child, a suspected crime, a danger to life: the police have been told, and every limit is short."""
    case = (await common.begin(actor, request.id, "raise_alarm", request.version)).case
    receipt = _text(request.receipt, "receipt")
    case.alarm, case.alarm_receipt = Alarm(request.alarm), receipt
    await common.note(actor, case, "alarm:raised", alarm=request.alarm)
    await common.tell(await common.accounts(case, Role.POLICE_OFFICER, Role.POLICE_CHIEF), "case.emergency", case)
    return case


async def refuse_contact(actor: Actor, request: ReunionStepInput) -> Case:
    """An adult who does not want to be found by his family: they hear that he is safe, and nothing else (`domain.md` 2.9)."""
    case = (await common.begin(actor, request.id, "refuse_contact", request.version)).case
    if case.is_minor:
        raise not_permitted(Permission.REGISTER)
    text = _text(request.text)
    case.no_contact, case.contact_statement = True, text
    await common.note(actor, case, "contact:refused")
    await sharing.end(case)
    await gallery.ask(case)
    return case


async def reveal_reporter(actor: Actor, request: RevealReporterInput) -> MissingReport:
    """The reporter's telephone, for a reason that he reads."""
    actor.require(Permission.REVEAL)
    case = await common.find(actor, as_id(request.id))
    if not (await common.standing_of(actor, case)).is_ours:
        raise not_permitted(Permission.REVEAL)
    row = await MissingReport.get_or_none(case_id=case.id)
    if row is None:
        raise not_found("id")
    checks = Checks()
    reason = checks.text("reason", request.reason, least=2, most=500)
    checks.done()
    await note_look(actor, case, row.reporter_id, "PHONE", reason)
    await record(actor, "reunion:reporter:revealed", case)
    return row


def _text(value: str, name: str = "text", *, least: int = 2) -> str:
    checks = Checks()
    text = checks.text(name, value, least=least, most=2000)
    checks.done()
    return text
