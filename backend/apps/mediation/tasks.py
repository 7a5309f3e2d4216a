"""Jobs and sweeps of mediation. Sweeps find; one job per row locks, looks again and acts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from backend.apps.mediation import figures, papers
from backend.apps.mediation.enums import DisputeState, ReopenGround
from backend.apps.mediation.models import Agreement, Briefing, Dispute, Instalment, Responsibility, Signal
from backend.apps.mediation.service import common, feedback, warning
from backend.apps.mediation.workflow import TERMINAL
from backend.kernel import clock
from backend.kernel.access import participants
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import new_id
from backend.kernel.deadlines.calendar import local_date
from backend.kernel.identity.models import Membership
from backend.kernel.instruments.service import issue
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.notifications.service import notify

REMIND_DAYS = 3


async def reopen(actor: Actor, dispute_id: str, ground: str) -> None:
    """A dissatisfied rating reopens a closed dispute, once."""
    dispute = await Dispute.filter(id=UUID(dispute_id)).select_for_update().first()
    if dispute is None or dispute.state != DisputeState.CLOSED or dispute.times_reopened:
        return
    await feedback.reopen(actor, dispute, ReopenGround(ground), "当事人评价不满意,自动重新办理一次")


async def hand_over(actor: Actor, dispute_id: str) -> None:
    """The responsible person stood aside: the next office answers for the dispute and finds somebody else."""
    dispute = await Dispute.filter(id=UUID(dispute_id)).select_for_update().first()
    if dispute is None or dispute.state in TERMINAL:
        return
    answerable = await Responsibility.get_or_none(dispute_id=dispute.id, until__isnull=True)
    if answerable is None or answerable.account_id not in await common.unfit(dispute):
        return
    office = await common.first_office(dispute, common.ASSIGNER_ROLES, above=dispute.level)
    await common.make_responsible(dispute, office, "RECUSED")
    await common.note(actor, dispute, "responsibility:handed_over", responsible=office.name, unit=office.agency_name)
    await common.tell([office.account_id], "responsibility.handed_over", dispute)


async def termination_notice(actor: Actor, dispute_id: str) -> None:
    """The paper with the other legal routes, after a party ended the mediation."""
    dispute = await Dispute.filter(id=UUID(dispute_id)).select_for_update().first()
    if dispute is None or dispute.state != DisputeState.FAILED:
        return
    paper = await papers.termination_notice(actor, dispute, "当事人要求终止调解")
    await common.note(actor, dispute, "paper:issued", paper=str(paper.id), template=paper.template)


async def instalment(actor: Actor, instalment_id: str) -> None:
    """Remind three days before an instalment is due, and tell the mediator when it was missed."""
    row = await Instalment.filter(id=UUID(instalment_id)).select_for_update().first()
    today = local_date(clock.now())
    if row is None or row.performed_at is not None:
        return
    agreement = await Agreement.get(id=row.agreement_id)
    dispute = await Dispute.get(id=row.dispute_id)
    if agreement.effective_at is None or agreement.withdrawn_at is not None:
        return
    parties = await participants.accounts_of(dispute.id)
    if today > row.due and not row.overdue_told:
        row.overdue_told = True
        row.reminded_on = row.reminded_on or today
        told = [*parties, *await common.handler_accounts(dispute)]
        await common.tell(told, "instalment.overdue", dispute, due=str(row.due))
    elif row.reminded_on is None and today >= row.due - timedelta(days=REMIND_DAYS):
        row.reminded_on = today
        await common.tell(parties, "instalment.due", dispute, due=str(row.due))
    await row.save()


async def briefing(actor: Actor, week_from: str) -> None:
    """The county's weekly briefing as a paper; raises the signals it reports first."""
    assert actor.membership is not None
    county, path = actor.membership.county, actor.membership.path
    first = date.fromisoformat(week_from)
    last = first + timedelta(days=6)
    if await Briefing.filter(county=county, division=county, week_from=first).exists():
        return
    rising = await warning.raise_rising(actor, first)
    row = Briefing(
        id=new_id(), county=county, path=path, division=county, week_from=first, week_to=last, created_at=clock.now()
    )
    facts = {
        "organ": f"{(await figures.division_name(county))}社会治理中心",
        "date": local_date(clock.now()),
        "week_from": first,
        "week_to": last,
        **await figures.week_in_numbers(path, first),
        "rising": [
            {"name": await figures.name_of(name), "count": rise.count, "expected": f"{rise.expected:.1f}",
             "probability": f"{rise.probability:.4f}"}
            for _, name, _, rise in rising
        ] or None,
        "signals": [
            f"{papers.PATTERNS[signal.pattern]}:{await figures.division_name(signal.division)},{signal.count}"
            for signal in await Signal.filter(county=county, raised_at__gte=week_start(first)).order_by("raised_at")
        ] or None,
    }  # fmt: skip
    paper = await issue(actor, row, papers.template("briefing"), facts, series="调研")
    row.paper_id = paper.id
    await row.save(force_create=True)
    hearers = await Membership.filter(
        county=county, role__in=[Role.COUNTY_CENTER, Role.PROGRAM_OFFICE], ended_at__isnull=True
    )
    await notify([each.account_id for each in hearers], "mediation.briefing.ready", row, week=str(first))


def week_start(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), clock.LOCAL)


async def sweep_instalments(now: datetime) -> None:
    """Every instalment of an agreement in force that is near or past its day and was not spoken of yet."""
    await enqueue_found(
        "mediation.instalment",
        """select i.id::text as row, i.county, i.path, i.dispute_id as matter,
                  jsonb_build_object('instalment_id', i.id) as args
           from mediation_instalment i join mediation_agreement a on a.id = i.agreement_id and a.county = i.county
           where a.effective_at is not null and a.withdrawn_at is null and i.performed_at is null
               and ((i.reminded_on is null and i.due <= ($1::timestamptz at time zone 'Asia/Shanghai')::date + 3)
                   or (not i.overdue_told and i.due < ($1::timestamptz at time zone 'Asia/Shanghai')::date))""",
        now,
    )


async def sweep_briefings(now: datetime) -> None:
    """Every county with disputes gets its briefing of the week that ended last Sunday."""
    today = local_date(now)
    monday = today - timedelta(days=today.weekday() + 7)
    await enqueue_found(
        "mediation.briefing",
        f"""select '{monday}' as row, d.code as county, d.path, null::uuid as matter,
                   jsonb_build_object('week_from', '{monday}') as args
            from division d where d.level = 'COUNTY' and $1::timestamptz is not null and exists (
                select 1 from mediation_dispute m where m.county = d.code)
            and not exists (select 1 from mediation_briefing b where b.county = d.code and b.week_from = '{monday}')""",
        now,
    )
