"""A county's own rules over the city's: drafted, tried on the real cases, committed by a second person."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson

from backend.apps.rehab.enums import RuleSetState
from backend.apps.rehab.inputs import RuleSetInput, RuleSetStepInput
from backend.apps.rehab.models import Case
from backend.apps.rehab.models import RuleSet as Row
from backend.apps.rehab.permissions import Permission
from backend.apps.rehab.service import common, ledger, rulebook
from backend.apps.rehab.workflow import LIVE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.participants import accounts_of
from backend.kernel.audit.service import record
from backend.kernel.db.connection import execute
from backend.kernel.db.models import new_id
from backend.kernel.errors import Refusal, Refusals, not_found, not_permitted
from backend.kernel.jobs.service import enqueue
from backend.kernel.notifications.service import notify
from backend.kernel.points.outlook import shift
from backend.kernel.points.override import check_override
from backend.kernel.points.rules import Measure, RuleSet, load_rule_set
from backend.kernel.tenancy.models import Level, level_of_path
from backend.kernel.validation import Checks, as_id

TELL_JOB = "rehab.rules_committed"
LARGEST = 200_000
#: Rules may be made long before their day, not for a day nobody remembers.
FARTHEST = timedelta(days=400)
#: Days, and months between reviews, that a county may set (`domain.md` 1.8.4: contact frequency).
FREQUENCIES = {"contact_days": (3, 180), "visit_days": (3, 180), "review_months": (1, 12)}


def _county(actor: Actor) -> str:
    """The county the officer answers for. Raises NOT_PERMITTED below and above county level."""
    membership = actor.membership
    if membership is None or level_of_path(membership.path) is not Level.COUNTY:
        raise not_permitted(Permission.DRAFT_RULES)
    return membership.county


async def draft_rule_set(actor: Actor, request: RuleSetInput) -> Row:
    """Write down a county's rules; every limit of the city's that they break is named at once."""
    actor.require(Permission.DRAFT_RULES)
    county = _county(actor)
    checks = Checks()
    approval = checks.text("approvalNo", request.approval_no, least=2, most=100)
    note = checks.text("note", request.note, most=1000)
    today = common.today()
    checks.day("effectiveFrom", request.effective_from, least=today, most=today + FARTHEST)
    checks.done()
    await execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"rehab:rules:{county}")
    newest = await Row.filter(county=county).exclude(state=RuleSetState.FOREIGN).order_by("-number").first()
    number = newest.number + 1 if newest else rulebook.first_version(county)
    data = _loaded(request.data) | {
        "version": number, "key": f"rehab.{county}", "overrides": rulebook.city().reference, "approval": approval,
    }  # fmt: skip
    rules = load_rule_set(data)
    problems = check_override(rules, rulebook.city(), request.effective_from, today) + unusable_measures(rules)
    if problems:
        raise Refusals(problems)
    assert actor.membership is not None and actor.account_id is not None
    row = await Row.create(
        id=new_id(), county=county, path=actor.membership.path, number=number, state=RuleSetState.DRAFT, data=data,
        approval_no=approval, note=note, effective_from=request.effective_from, drafted_by=actor.account_id,
        drafted_by_name=actor.membership.name, drafted_at=clock.now(),
    )  # fmt: skip
    await record(actor, "rehab:ruleset:drafted", row, number=number, approval=approval)
    return row


def _loaded(data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Refusal("INVALID", "data")
    try:
        size = len(orjson.dumps(data))
    except orjson.JSONEncodeError:  # numbers beyond 64 bits, nested without end
        raise Refusal("INVALID", "data") from None
    if size > LARGEST:
        raise Refusal("TOO_LONG", "data", most=LARGEST)
    return data


def unusable_measures(rules: RuleSet) -> list[Refusal]:
    """Frequencies that no duty can be planned by."""
    return [
        Refusal("INVALID", f"bands.{band.name}.measures.{name}", least=least, most=most)
        for band in rules.bands
        for name, (least, most) in FREQUENCIES.items()
        if not _is_whole(band.measures.get(name), least, most)
    ]


def _is_whole(value: Measure | None, least: int, most: int) -> bool:
    return isinstance(value, Decimal) and value == value.to_integral_value() and least <= value <= most


async def _draft(actor: Actor, rule_set_id: str) -> Row:
    county = _county(actor)
    row = await Row.filter(id=as_id(rule_set_id, "ruleSetId"), county=county).select_for_update().first()
    if row is None:
        raise not_found("ruleSetId")
    if row.state != RuleSetState.DRAFT:
        raise Refusal("WRONG_STATE", "ruleSetId", state=row.state)
    return row


async def dry_run(actor: Actor, rule_set_id: str) -> Row:
    """Try the draft on every supervised person of the county: who would move, and how the colours would shift."""
    actor.require(Permission.DRAFT_RULES)
    row = await _draft(actor, rule_set_id)
    cases = await Case.filter(county=row.county, state__in=list(LIVE), term_from__isnull=False)
    accounts = await ledger.accounts(cases)
    found = shift(await rulebook.timeline(row.county), rulebook.parsed(row), accounts, common.today(), repriced=True)
    codes = {str(case.id): case.code for case in cases}
    row.dry_run = {
        "accounts": found.accounts,
        "before": dict(found.before),
        "after": dict(found.after),
        "flow": [{"from": old, "to": new, "count": count} for (old, new), count in sorted(found.flow.items())],
        "rescored": found.rescored,
        # The code only: whoever drafts rules has no need to know who is behind a number.
        "moved": [
            {"code": codes[move.account_id], "from": move.band_before, "to": move.band_after,
             "before": float(move.score_before), "after": float(move.score_after)}
            for move in found.moved[:200]
        ],
    }  # fmt: skip
    row.dry_run_at = clock.now()
    await row.save(update_fields=["dry_run", "dry_run_at"])
    await record(actor, "rehab:ruleset:tried", row, number=row.number, accounts=found.accounts, moved=len(found.moved))
    return row


async def finish_rule_set(actor: Actor, request: RuleSetStepInput) -> Row:
    """Commit what another person drafted and somebody tried, or drop it."""
    actor.require(Permission.COMMIT_RULES)
    actor.require_step_up()
    row = await _draft(actor, request.rule_set_id)
    if not request.commit:
        row.state = RuleSetState.DROPPED
        await row.save(update_fields=["state"])
        await record(actor, "rehab:ruleset:dropped", row, number=row.number)
        return row
    if row.drafted_by == actor.account_id:
        raise Refusal("SELF_CONFIRMED", "ruleSetId")
    if row.dry_run is None:
        raise Refusal("NOT_TRIED", "ruleSetId")
    problems = check_override(rulebook.parsed(row), rulebook.city(), row.effective_from, common.today())
    if problems:
        raise Refusals(problems)
    assert actor.membership is not None
    row.state, row.committed_by, row.committed_at = RuleSetState.COMMITTED, actor.account_id, clock.now()
    row.committed_by_name = actor.membership.name
    await row.save()
    await record(actor, "rehab:ruleset:committed", row, number=row.number, effective=str(row.effective_from))
    await enqueue(TELL_JOB, row, rule_set_id=str(row.id))
    return row


async def tell_persons(actor: Actor, rule_set_id: str) -> None:
    """Job: everybody whom the new rules concern is told thirty days ahead (`domain.md` 1.8.4)."""
    row = await Row.get(id=rule_set_id)
    for case in await Case.filter(county=row.county, state__in=list(LIVE)):
        await notify(await accounts_of(case.id), "rehab.rules.committed", case, code=case.code, day=str(row.effective_from))


