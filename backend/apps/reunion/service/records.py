"""Both sides' records: report somebody missing, register somebody found, on what ground, with which facts."""

from __future__ import annotations

from backend.apps.reunion import access
from backend.apps.reunion.enums import Alarm, BasisKind
from backend.apps.reunion.inputs import (
    AlarmCaseInput,
    BasisInput,
    CorrectFactsInput,
    RegisterFoundInput,
    ReportMissingInput,
    ReunionStepInput,
    RevealReporterInput,
)
from backend.apps.reunion.models import Case, MissingReport
from backend.apps.reunion.permissions import Permission
from backend.apps.reunion.service import common, gallery, registering
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.audit.service import record
from backend.kernel.errors import Refusal, not_found, not_permitted
from backend.kernel.privacy.looks import note_look
from backend.kernel.sharing import service as sharing
from backend.kernel.tenancy.models import Division
from backend.kernel.validation import Checks, as_id, text_of


async def report_missing(actor: Actor, request: ReportMissingInput) -> Case:
    """Write down a report that somebody is missing; the reporter follows it on his own phone."""
    division = await _begin(actor, request.division)
    return await registering.open_missing(actor, division, await registering.check_missing(request))


async def register_found(actor: Actor, request: RegisterFoundInput) -> Case:
    """Take in somebody who was found and cannot say, or does not say, who he is."""
    division = await _begin(actor, request.division)
    return await registering.open_found(actor, division, await registering.check_found(request))


async def _begin(actor: Actor, division: str) -> Division:
    actor.require(Permission.REGISTER)
    return await registering.place_for(actor, division)


async def correct_facts(actor: Actor, request: CorrectFactsInput) -> Case:
    """Write down what is known now. Rejected pairs may come back with new facts."""
    case = (await common.begin(actor, request.id, "correct_facts", request.version)).case
    checks = Checks()
    columns = await registering.facts(checks, request.facts)
    checks.done()
    for name in ("origin", "place"):
        # A place that is not named stays; an empty one is taken away.
        if getattr(request.facts, name) is None:
            columns.pop(name)
    changed = sorted(name for name, value in columns.items() if getattr(case, name) != value and not name.endswith("_text"))
    if any(getattr(case, name) != value for name, value in columns.items()):
        # Only something new lets rejected pairs come back, and a search be asked for again.
        case.facts_at = clock.now()
    for name, value in columns.items():
        setattr(case, name, value)
    # Which facts, never what they say.
    await common.note(actor, case, "facts:corrected", fields=changed)
    return case


async def record_basis(actor: Actor, request: BasisInput) -> Case:
    """On what ground the person's data are used: consent, a guardian's, or a duty by law with its reason (个人信息保护法 13, 29)."""
    later = request.basis == BasisKind.GUARDIAN_CONSENT and request.guardian_agreed and await _has_ground(actor, request.id)
    case = (await common.begin(actor, request.id, "record_guardian" if later else "record_basis", request.version)).case
    checks = Checks()
    text = registering.check_ground(checks, request.basis, request.text, is_minor=case.is_minor)
    checks.done()
    if later:
        case.basis, case.basis_text, case.guardian_agreed = request.basis, text, request.guardian_agreed
        await common.note(actor, case, "guardian:agreed")
        return case
    await registering.ground(actor, case, request.basis, text, guardian_agreed=request.guardian_agreed)
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
    if case.alarm is not None:
        raise Refusal("ALREADY_DECIDED", "alarm")
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
    if case.no_contact:
        # His first word stays as it was written down.
        raise Refusal("ALREADY_DECIDED")
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
    return text_of(value, name, least=least, most=2000)
