"""Points and colours as people read them: every line with its rule, day, weight and end; what leads to green; objections."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from strawberry import ID
from strawberry.scalars import JSON

from backend.apps.rehab import enums as e
from backend.apps.rehab import loaders, models
from backend.apps.rehab.service import common, ledger, rulebook
from backend.kernel.graphql import loaders as kernel_loaders
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.types import Paper
from backend.kernel.points.ledger import Contribution, Standing
from backend.kernel.points.outlook import Path, path_to
from backend.kernel.points.rules import Rule, Text


@strawberry.type(description="Words in both languages; the client shows the reader's.")
class RehabText:
    zh: str
    en: str

    @classmethod
    def of(cls, text: Text) -> RehabText:
        return cls(zh=text.zh, en=text.en)


@strawberry.type(description="A rule as the person may read it.")
class RehabRule:
    id: str
    category: str
    points: float
    cap_per_year: float | None
    text: RehabText
    source: str
    evidence: list[list[str]]
    excuses: list[str]

    @classmethod
    def of(cls, rule: Rule) -> RehabRule:
        return cls(
            id=rule.id, category=rule.category, points=float(rule.points),
            cap_per_year=float(rule.cap_per_year) if rule.cap_per_year is not None else None,
            text=RehabText.of(rule.basis.text), source=rule.basis.source,
            evidence=[[str(each) for each in group] for group in rule.evidence], excuses=list(rule.excuses),
        )  # fmt: skip


@strawberry.type(description="A colour's limit and what it means.")
class RehabBandRule:
    name: e.Band
    lower: float
    clean_months: int
    label: RehabText
    text: RehabText
    measures: JSON


@strawberry.type(description="The rules that apply to a person today.")
class RehabRulebook:
    version: int
    rules: list[RehabRule]
    bands: list[RehabBandRule]
    principles: list[RehabText]
    excuses: JSON


async def rulebook_of(county: str) -> RehabRulebook:
    """The rules in force in a county."""
    found = await rulebook.in_force(county)
    return RehabRulebook(
        version=found.version,
        rules=[RehabRule.of(rule) for rule in found.rules.values()],
        bands=[
            RehabBandRule(
                name=e.Band(band.name), lower=float(band.lower), clean_months=band.clean_months,
                label=RehabText.of(band.label), text=RehabText.of(band.basis.text),
                measures=JSON({key: _plain(value) for key, value in band.measures.items()}),
            )
            for band in found.bands
        ],
        principles=[RehabText.of(each.basis.text) for each in found.principles],
        excuses=JSON({key: {"zh": text.zh, "en": text.en} for key, text in found.excuses.items()}),
    )  # fmt: skip


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int | str) else float(str(value))


@strawberry.type(description="A line of the ledger, with what was ever said about it and what it weighs today.")
class RehabEntry:
    id: ID
    rule: str
    rule_version: int
    rule_text: RehabText
    points: float
    fact_on: date
    cause: str
    evidence: list[str]
    source_kind: str
    source_id: ID
    recorded_at: datetime
    recorded_by_system: bool
    recorded_by_me: bool
    state: e.EntryState
    confirmed_by: str | None
    decided_at: datetime | None
    counted: float | None
    weight: float | None
    counts: float | None
    counts_until: date | None
    why_not: str | None


async def entries_of(info: Info, case: models.Case, found: Standing | None) -> list[RehabEntry]:
    """All lines, newest fact first."""
    rows: list[models.PointEntry] = await info.context.load(loaders.entries, case.id)
    marks = await info.context.load(loaders.marks, case.id)
    line = await rulebook.timeline(case.county)
    weighed: dict[str, Contribution] = {item.entry_id: item for item in found.contributions} if found else {}
    made = []
    for row in rows:
        said, item = marks.get(row.id, []), weighed.get(str(row.id))
        confirmed = next((mark for mark in said if mark.mark == e.Mark.CONFIRMED), None)
        rule = line.rule(ledger.as_entry(row, said))
        made.append(RehabEntry(
            id=ID(str(row.id)), rule=row.rule, rule_version=row.rule_version, rule_text=RehabText.of(rule.basis.text),
            points=row.points, fact_on=row.fact_on, cause=row.cause, evidence=row.evidence, source_kind=row.source_kind, source_id=ID(str(row.source_id)),
            recorded_at=row.recorded_at, recorded_by_system=row.recorded_by is None,
            recorded_by_me=row.recorded_by is not None and row.recorded_by == info.context.actor.account_id,
            state=ledger.state_of(said), confirmed_by=confirmed.by_name if confirmed else None,
            decided_at=said[-1].at if said else None, counted=float(item.counted) if item else None,
            weight=float(item.weight) if item else None, counts=float(item.points) if item else None,
            counts_until=item.counts_until if item else None, why_not=item.why if item else None,
        ))  # fmt: skip
    return made


@strawberry.type(description="Why a better colour is out of reach for now.")
class RehabHeldBack:
    code: str
    band: e.Band
    until: date


@strawberry.type(description="What the rules say of the ledger today. The colour that holds is the case's; this is its sum.")
class RehabStanding:
    on: date
    base: float
    base_since: date
    total: float
    score: float
    band: e.Band
    rule_version: int
    clean_since: date
    held_back: list[RehabHeldBack]

    @classmethod
    def of(cls, found: Standing) -> RehabStanding:
        return cls(
            on=found.on, base=float(found.base), base_since=found.base_since, total=float(found.total),
            score=float(found.score), band=e.Band(found.band), rule_version=found.rule_version,
            clean_since=found.clean_since,
            held_back=[RehabHeldBack(code=each.code, band=e.Band(each.band), until=each.until) for each in found.held_back],
        )  # fmt: skip


@strawberry.type(description="Something the rules still offer this year.")
class RehabOffer:
    rule: str
    text: RehabText
    points: float
    available: float | None
    times: int | None
    reached_on: date | None


@strawberry.type(description="What leads to a better colour, computed from the rules.")
class RehabPath:
    band: e.Band
    score: float
    missing_points: float
    reached_on: date | None
    clean_from: date | None
    free_from: date | None
    earliest_on: date | None
    offers: list[RehabOffer]


async def path_of(case: models.Case, band: e.Band) -> RehabPath:
    """The way to `band` for a supervised person."""
    line = await rulebook.timeline(case.county)
    (account,) = await ledger.accounts([case])
    found: Path = path_to(line, account, band, common.today())
    rules = line.in_force(common.today()).rules
    return RehabPath(
        band=band, score=float(found.score), missing_points=float(found.missing_points), reached_on=found.reached_on,
        clean_from=found.clean_from, free_from=found.free_from, earliest_on=found.earliest_on,
        offers=[
            RehabOffer(
                rule=each.rule_id, text=RehabText.of(rules[each.rule_id].basis.text), points=float(each.points),
                available=float(each.available) if each.available is not None else None, times=each.times,
                reached_on=each.reached_on,
            )
            for each in found.offers
        ],
    )  # fmt: skip


@strawberry.type(description="A change of colour: proposed by the rules with its explanation, decided by a named person.")
class RehabAssessment:
    id: ID
    on_day: date
    cause: e.AssessmentCause
    score: float
    from_band: e.Band
    to_band: e.Band
    rule_version: int
    explanation: JSON
    state: e.AssessmentState
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    override_until: date | None
    row: strawberry.Private[models.Assessment]

    @classmethod
    def of(cls, row: models.Assessment) -> RehabAssessment:
        return cls(
            id=ID(str(row.id)), on_day=row.on_day, cause=row.cause, score=row.score, from_band=row.from_band,
            to_band=row.to_band, rule_version=row.rule_version, explanation=JSON(row.explanation), state=row.state,
            proposed_at=row.proposed_at, decided_by=row.decided_by_name or None, decided_at=row.decided_at,
            reason=row.reason or None, override_until=row.override_until, row=row,
        )  # fmt: skip

    @strawberry.field
    async def paper(self, info: Info) -> Paper | None:
        row = await info.context.load(kernel_loaders.papers, self.row.paper_id) if self.row.paper_id else None
        return Paper.of(row) if row else None


@strawberry.type
class RehabObjection:
    id: ID
    target: e.ObjectionTarget
    target_id: ID
    grounds: str
    state: e.ObjectionState
    filed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision: str | None
    further_grounds: str | None
    further_at: datetime | None
    final_by: str | None
    final_at: datetime | None
    final_decision: str | None

    @classmethod
    def of(cls, row: models.Objection) -> RehabObjection:
        return cls(
            id=ID(str(row.id)), target=row.target, target_id=ID(str(row.target_id)), grounds=row.grounds,
            state=row.state, filed_at=row.filed_at, decided_by=row.decided_by_name or None, decided_at=row.decided_at,
            decision=row.decision or None, further_grounds=row.further_grounds or None, further_at=row.further_at,
            final_by=row.final_by_name or None, final_at=row.final_at, final_decision=row.final_decision or None,
        )  # fmt: skip


@strawberry.type(description="A county's rules over the city's default.")
class RehabRuleSet:
    id: ID
    number: int
    state: e.RuleSetState
    data: JSON
    approval_no: str
    note: str | None
    effective_from: date
    drafted_by: str
    drafted_at: datetime
    drafted_by_me: bool
    dry_run: JSON | None
    dry_run_at: datetime | None
    committed_by: str | None
    committed_at: datetime | None

    @classmethod
    def of(cls, row: models.RuleSet, info: Info) -> RehabRuleSet:
        return cls(
            id=ID(str(row.id)), number=row.number, state=row.state, data=JSON(row.data), approval_no=row.approval_no,
            note=row.note or None, effective_from=row.effective_from, drafted_by=row.drafted_by_name,
            drafted_at=row.drafted_at, drafted_by_me=row.drafted_by == info.context.actor.account_id,
            dry_run=JSON(row.dry_run) if row.dry_run else None, dry_run_at=row.dry_run_at,
            committed_by=row.committed_by_name or None, committed_at=row.committed_at,
        )  # fmt: skip
