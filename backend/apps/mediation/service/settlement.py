"""Ring 2, the agreement: draft, signatures, judicial confirmation, performance, breach."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.apps.mediation import papers, rules
from backend.apps.mediation.enums import AgreementKind, ConfirmState, PartySide, Route
from backend.apps.mediation.inputs import (
    AgreementInput,
    BreachInput,
    ConfirmationRequestInput,
    ConfirmationResultInput,
    InstalmentInput,
    PerformanceInput,
    SignInput,
)
from backend.apps.mediation.models import Agreement, Dispute, Instalment, Party, TeamMember
from backend.apps.mediation.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.models import new_id, place_of
from backend.kernel.deadlines.calendar import Unit, end_of_day, local_date
from backend.kernel.deadlines.rules import DeadlineRule
from backend.kernel.errors import Refusal, not_found
from backend.kernel.files.service import attach
from backend.kernel.instruments import service as instruments
from backend.kernel.instruments.models import Paper
from backend.kernel.validation import Checks, as_id


async def draft_agreement(actor: Actor, request: AgreementInput) -> Dispute:
    """Write down what the parties agreed. A written agreement then waits for every signature; an oral one holds at
    once. A new draft replaces one that nobody has to keep (人民调解法 28–30)."""
    standing = await common.begin(actor, request.id, "draft_agreement", request.version)
    dispute = standing.dispute
    row, written = _checked(dispute, request)
    await _require_both_sides(dispute, written=written)
    await papers.withdraw_agreement(dispute)
    instalments = [
        Instalment(
            **place_of(dispute), dispute_id=dispute.id, agreement_id=row.id, position=position, due=item.due,
            text=item.text, amount=rules.yuan(item.amount),
        )
        for position, item in enumerate(request.instalments or [])
    ]  # fmt: skip
    paper = await papers.agreement(actor, dispute, row, instalments, written=written)
    row.paper_id = paper.id
    await row.save(force_create=True)
    for item in instalments:
        await item.save(force_create=True)
    if not written:
        await _take_effect(actor, dispute, row, "register_oral", {"terms": row.terms})
        return dispute
    await common.note(actor, dispute, "agreement:drafted", terms=len(row.terms), number=paper.number)
    told = [*await common.party_accounts(actor, dispute), *await common.handler_accounts(dispute)]
    await common.tell(told, "paper.to_sign", dispute, paper=str(paper.id), number=paper.number)
    return dispute


def _checked(dispute: Dispute, request: AgreementInput) -> tuple[Agreement, bool]:
    today = local_date(clock.now())
    last = today + timedelta(days=365 * 30)
    checks = Checks()
    kind = checks.choice("kind", request.kind, AgreementKind)
    facts = checks.text("facts", request.facts, least=4, most=5000)
    issues = checks.text("issues", request.issues, least=2, most=3000)
    responsibility = checks.text("responsibility", request.responsibility, least=2, most=3000)
    checks.items("terms", request.terms, least=1, most=30)
    terms = [
        checks.text(f"terms.{number}", term, least=2, most=1000) for number, term in enumerate(request.terms[:30])
    ]
    checks.day("performDue", request.perform_due, least=today, most=last)
    checks.items("instalments", request.instalments, most=60)
    before = today
    for number, item in enumerate(request.instalments or []):
        checks.text(f"instalments.{number}.text", item.text, least=1, most=500)
        checks.number(f"instalments.{number}.amount", item.amount, least=0.01, most=1e10)
        checks.day(f"instalments.{number}.due", item.due, least=before, most=request.perform_due or last)
        before = max(before, item.due)
    checks.done()
    assert kind is not None
    row = Agreement(
        **place_of(dispute), id=new_id(), dispute_id=dispute.id, kind=kind, facts=facts, issues=issues,
        responsibility=responsibility, terms=terms, perform_due=request.perform_due or _last_due(request.instalments),
        drafted_at=clock.now(),
    )  # fmt: skip
    return row, kind is AgreementKind.WRITTEN


def _last_due(instalments: list[InstalmentInput] | None) -> object:
    return max((item.due for item in instalments or []), default=None)


async def _require_both_sides(dispute: Dispute, *, written: bool) -> None:
    """An agreement is between two sides; to sign on the phone each party needs a telephone number on file."""
    parties = await Party.filter(dispute_id=dispute.id)
    if {party.side for party in parties} != set(PartySide):
        raise Refusal("BOTH_SIDES_NEEDED")
    if written and not all(party.phone_index for party in parties):
        raise Refusal("PARTY_WITHOUT_PHONE", "kind")
    if not await TeamMember.filter(dispute_id=dispute.id, left_at__isnull=True, recused=False).exists():
        raise Refusal("MEDIATOR_NEEDED")


async def sign_paper(actor: Actor, request: SignInput) -> Dispute:
    """Sign what one has read. The last signature makes the agreement effective."""
    paper = await Paper.get_or_none(id=as_id(request.paper_id, "paperId"))
    if paper is None:
        raise not_found("paperId")
    standing = await common.begin(actor, paper.matter_id, "sign")
    dispute = standing.dispute
    checks = Checks()
    checks.true("consent", request.consent)
    checks.done()
    drawing = as_id(request.signature_file_id, "signatureFileId") if request.signature_file_id else None
    if paper.template == "confirmation_application":
        await _require_window(dispute)
    paper = await instruments.sign(
        actor, paper.id, request.sha256, signature_file=drawing, hide_uploader=common.leaves_no_name(actor, dispute)
    )
    await common.note(
        actor, dispute, "paper:signed", paper=str(paper.id), template=paper.template, sha256=paper.sha256
    )
    if paper.state == instruments.PaperState.SIGNED:
        await _all_signed(actor, dispute, paper)
    else:
        told = [*await common.party_accounts(actor, dispute), *await common.handler_accounts(dispute)]
        told = [each for each in told if each != actor.account_id]
        await common.tell(told, "paper.signed", dispute, paper=str(paper.id))
    return dispute


async def _require_window(dispute: Dispute) -> None:
    """The last signature is the application, and that has to come in time. Raises `WINDOW_CLOSED`."""
    row = await _agreement(dispute)
    if row.confirm_until is not None and clock.now() > row.confirm_until:
        raise Refusal("WINDOW_CLOSED", until=row.confirm_until.isoformat())


async def _all_signed(actor: Actor, dispute: Dispute, paper: Paper) -> None:
    if paper.template == "agreement":
        row = await Agreement.filter(id=paper.subject_id).select_for_update().first()
        assert row is not None
        await instruments.mark(paper, instruments.PaperState.EFFECTIVE)
        await _take_effect(actor, dispute, row, "agree", {"signatures": paper.sha256})
    elif paper.template == "confirmation_application":
        await instruments.mark(paper, instruments.PaperState.SERVED)
        await _confirmation_requested(actor, dispute)


async def _take_effect(
    actor: Actor, dispute: Dispute, row: Agreement, transition: str, facts: dict[str, object]
) -> None:
    """From now the agreement binds, and thirty days run for a joint application to the court."""
    now = clock.now()
    row.effective_at = now
    await common.meet_clocks(dispute, f"mediate_{dispute.severity}", "accept")
    confirm = await common.start_clock(dispute, rules.RULES["confirm"], now)
    row.confirm_until = confirm.due_at
    await common.start_clock(dispute, _perform_rule(row.perform_due, now))
    await row.save()
    await common.move(
        actor, dispute, transition, "agreement:effective", facts, kind=row.kind,
        confirm_until=confirm.due_at.isoformat(), perform_due=str(row.perform_due) if row.perform_due else None,
    )  # fmt: skip
    told = [*await common.party_accounts(actor, dispute), *await common.handler_accounts(dispute)]
    await common.tell(told, "agreement.effective", dispute)
    parties = await common.party_accounts(actor, dispute)
    await common.tell(parties, "confirmation.window", dispute, until=confirm.due_at.isoformat())


def _perform_rule(due: date | None, now: datetime) -> DeadlineRule:
    """Until the end of the day agreed on; what is left of today when that day has come before the last signature."""
    rule = rules.RULES["perform"]
    if due is None:
        return rule
    today = local_date(now)
    if due > today:
        return replace(rule, length=(due - today).days)
    minutes = int((end_of_day(today) - now).total_seconds() // 60)
    return replace(rule, length=max(1, minutes), unit=Unit.MINUTE)


async def _agreement(dispute: Dispute) -> Agreement:
    row = await Agreement.filter(
        dispute_id=dispute.id, withdrawn_at__isnull=True, effective_at__isnull=False
    ).select_for_update().first()  # fmt: skip
    if row is None:
        raise not_found()
    return row


async def request_confirmation(actor: Actor, request: ConfirmationRequestInput) -> Dispute:
    """A party asks for judicial confirmation: the application waits for every party's signature
    (民事诉讼法 205: jointly, within thirty days after the agreement took effect)."""
    standing = await common.begin(actor, request.id, "request_confirmation", request.version)
    dispute = standing.dispute
    checks = Checks()
    checks.true("genuine", request.genuine)
    checks.done()
    row = await _agreement(dispute)
    agreed = await Paper.get(id=row.paper_id)
    paper = await papers.confirmation_application(actor, dispute, row, agreed.number)
    await common.note(actor, dispute, "paper:issued", paper=str(paper.id), template=paper.template)
    told = await common.party_accounts(actor, dispute)
    await common.tell([*told, actor.account_id], "paper.to_sign", dispute, paper=str(paper.id))
    return dispute


async def _confirmation_requested(actor: Actor, dispute: Dispute) -> None:
    row = await _agreement(dispute)
    row.confirm_state = ConfirmState.PENDING
    await row.save()
    await common.meet_clocks(dispute, "confirm")
    await common.move(actor, dispute, "request_confirmation", "confirmation:requested", {"genuine": True})
    await common.tell(await common.handler_accounts(dispute), "confirmation.requested", dispute)
    await common.tell(await common.party_accounts(actor, dispute), "confirmation.requested", dispute)


async def record_confirmation(actor: Actor, request: ConfirmationResultInput) -> Dispute:
    """Take down what the court ruled."""
    standing = await common.begin(actor, request.id, "record_confirmation", request.version)
    dispute = standing.dispute
    row = await _agreement(dispute)
    today = local_date(clock.now())
    assert row.effective_at is not None
    checks = Checks()
    number = checks.text("rulingNumber", request.ruling_number, least=4, most=60)
    checks.day("decidedOn", request.decided_on, least=local_date(row.effective_at), most=today)
    checks.done()
    row.confirm_state = ConfirmState.CONFIRMED if request.confirmed else ConfirmState.REJECTED
    row.ruling_number, row.decided_on = number, request.decided_on
    await row.save()
    transition = "confirm" if request.confirmed else "reject_confirmation"
    await common.move(
        actor, dispute, transition, "confirmation:decided", {"rulingNumber": number, "decidedOn": request.decided_on},
        confirmed=request.confirmed, ruling_number=number, decided_on=str(request.decided_on),
    )  # fmt: skip
    told = await common.party_accounts(actor, dispute)
    await common.tell(told, "confirmation.decided", dispute, confirmed=request.confirmed)
    return dispute


async def record_performance(actor: Actor, request: PerformanceInput) -> Dispute:
    """One instalment, or everything, was performed. The last one ends the mediation's own work."""
    standing = await common.begin(actor, request.id, "record_performance", request.version)
    dispute = standing.dispute
    checks = Checks()
    statement = checks.text("statement", request.statement, least=2, most=2000)
    checks.items("fileIds", request.file_ids, most=20)
    checks.done()
    files = [as_id(each, "fileIds") for each in request.file_ids or []]
    await attach(actor, files, dispute)
    left = await _perform(dispute, as_id(request.instalment_id, "instalmentId") if request.instalment_id else None)
    data = {"statement": statement, "files": [str(each) for each in files] or None, "left": left}
    if left:
        await common.note(actor, dispute, "performance:recorded", **data)
    else:
        await common.meet_clocks(dispute, "perform", "confirm")
        await common.start_clock(dispute, rules.RULES["verify"])
        await common.move(actor, dispute, "perform", "performance:recorded", {"statement": statement}, **data)
    await common.tell(await common.party_accounts(actor, dispute), "performance.recorded", dispute, left=left)
    return dispute


async def _perform(dispute: Dispute, instalment_id: UUID | None) -> int:
    """Mark one instalment, or all, as performed; returns how many are left."""
    row = await _agreement(dispute)
    due = await Instalment.filter(agreement_id=row.id, performed_at__isnull=True).order_by("position")
    chosen = [item for item in due if instalment_id in (None, item.id)]
    if instalment_id is not None and not chosen:
        raise not_found("instalmentId")
    for item in chosen:
        item.performed_at = clock.now()
        await item.save(update_fields=["performed_at"])
    return len(due) - len(chosen)


async def report_breach(actor: Actor, request: BreachInput) -> Dispute:
    """The agreement was not kept: enforcement when it is confirmed, a suit otherwise."""
    standing = await common.begin(actor, request.id, "report_breach", request.version)
    dispute = standing.dispute
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=2000)
    if request.route == Route.MEDIATION:
        checks.refuse("INVALID", "route")
    checks.done()
    await common.meet_clocks(dispute, "perform", "confirm")
    await common.move(
        actor, dispute, "report_breach", "breach:reported", {"reason": reason}, reason=reason, route=request.route
    )
    await common.tell(await common.party_accounts(actor, dispute), "breach.reported", dispute)
    return dispute


