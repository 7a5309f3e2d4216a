"""What holds for every ledger."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from backend.kernel.points.entries import Account, Change, Entry, EntryState
from backend.kernel.points.ledger import Standing, evaluate
from backend.kernel.points.timeline import Timeline
from tests.kernel.points.samples import SAMPLE, START, account, rule_set

#: Other points, caps, bands, fading and quarter's limit.
SECOND = rule_set(
    version=2,
    rules__met__points=2.6,
    rules__course__cap_per_year=7,
    rules__missed__points=-9.5,
    bands__HIGH__lower=62.5,
    bases__PLAIN__points=58,
    half_life_days=120,
    quarter_deduction_cap=22.5,
)
CHANGED_ON = date(2025, 2, 15)
TIMELINE = Timeline([(START, SAMPLE), (CHANGED_ON, SECOND)])
PATHS = [
    [],
    ["CONFIRMED"],
    ["CONFIRMED"],
    ["CONFIRMED", "CONTESTED"],
    ["CONFIRMED", "CONTESTED", "UPHELD"],
    ["CONFIRMED", "CONTESTED", "REVOKED"],
    ["CONFIRMED", "EXPIRED"],
]
RULES = sorted(SAMPLE.rules)
PLAIN_RULES = [rule for rule in RULES if SAMPLE.rules[rule].ceiling is None]
ADDITIONS = [rule for rule in RULES if SAMPLE.rules[rule].points > 0]
DEDUCTIONS = [rule for rule in RULES if SAMPLE.rules[rule].points < 0]
DAYS = st.integers(0, 1100).map(lambda days: START + timedelta(days=days))


@st.composite
def entries(draw: st.DrawFn, rules: list[str], paths: list[list[str]] | None = None) -> Entry:
    """Of either version; facts crowd in four months of each year, so that caps are reached."""
    fact = date(draw(st.sampled_from([2024, 2025, 2026])), draw(st.integers(1, 4)), draw(st.integers(1, 28)))
    day = recorded = fact + timedelta(days=draw(st.integers(0, 20)))
    changes = []
    for state in draw(st.sampled_from(PATHS if paths is None else paths)):
        day += timedelta(days=draw(st.integers(0, 30)))
        changes.append(Change(day, EntryState(state)))
    version = SAMPLE if fact < CHANGED_ON else SECOND
    rule = version.rules[draw(st.sampled_from(rules))]
    return Entry(
        id=f"{draw(st.integers(0, 10**6)):06}-{draw(st.uuids())}",
        rule_id=rule.id,
        rule_version=version.version,
        points=rule.points,
        fact_on=fact,
        recorded_on=recorded,
        changes=tuple(changes),
        excuse=draw(st.sampled_from(["", "", "", "ILL"])) if rule.excuses else "",
    )


def ledgers(rules: list[str] = RULES) -> st.SearchStrategy[list[Entry]]:
    return st.lists(entries(rules), max_size=25)


def on_day(ledger: list[Entry], on: date) -> Standing:
    return evaluate(TIMELINE, account(*ledger), on)


@given(ledger=ledgers(), on=DAYS, data=st.data())
def test_the_order_of_the_ledger_does_not_matter(ledger: list[Entry], on: date, data: st.DataObject) -> None:
    assert on_day(data.draw(st.permutations(ledger)), on) == on_day(ledger, on)


@given(ledger=ledgers(), on=DAYS)
def test_score_and_band_fit_the_rules_in_force(ledger: list[Entry], on: date) -> None:
    result, rules = on_day(ledger, on), TIMELINE.in_force(on)
    assert rules.min_score <= result.score <= rules.max_score
    assert result.score == round(result.score, 2)
    assert result.band_by_score == rules.band_of(result.score).name
    assert rules.rank(result.band) <= rules.rank(result.band_by_score)
    assert bool(result.held_back) == (result.band != result.band_by_score)
    assert result.total == result.base + sum(item.points for item in result.contributions)


@given(ledger=ledgers(), on=DAYS)
def test_every_line_is_explained(ledger: list[Entry], on: date) -> None:
    for item in on_day(ledger, on).contributions:
        assert item.points == item.counted * item.weight
        assert 0 <= item.weight <= 1
        assert abs(item.counted) <= abs(item.given)
        assert item.counted * item.given >= 0
        assert item.why is None or item.given == 0 or item.counted != item.given or item.weight == 0
        assert item.why is not None or (item.counted == item.given and item.weight > 0)
        assert (item.weight > 0) == (on <= item.counts_until)
        assert (item.weight == 1) == (on <= item.full_until)


@given(ledger=ledgers(), on=DAYS)
def test_caps_hold_in_every_year_and_quarter(ledger: list[Entry], on: date) -> None:
    given_points: defaultdict[tuple[str, int], Decimal] = defaultdict(Decimal)
    taken: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for item in on_day(ledger, on).contributions:
        if item.counted > 0:
            given_points[SAMPLE.rules[item.rule_id].category, item.fact_on.year] += item.counted
        taken[item.fact_on.year, (item.fact_on.month - 1) // 3] += max(-item.counted, Decimal(0))
    caps = {"meeting": 6, "course": 10}
    assert all(points <= caps.get(category, 10**6) for (category, _), points in given_points.items())
    assert all(points <= TIMELINE.in_force(on).quarter_deduction_cap for points in taken.values())


def as_known(entry: Entry, on: date) -> Entry:
    return replace(entry, changes=tuple(change for change in entry.changes if change.on <= on))


@given(ledger=ledgers(), on=DAYS)
def test_a_day_knows_nothing_of_what_came_later(ledger: list[Entry], on: date) -> None:
    known = [as_known(item, on) for item in ledger if item.fact_on <= on and item.recorded_on <= on]
    assert on_day(known, on) == on_day(ledger, on)


@given(ledger=ledgers(PLAIN_RULES), on=DAYS)
def test_history_may_be_split_by_years(ledger: list[Entry], on: date) -> None:
    """Nothing but a restart reaches over a year's end, so the parts explain the whole."""
    parts = [
        on_day([item for item in ledger if item.fact_on.year == year], on) for year in (2024, 2025, 2026)
    ]
    whole = on_day(ledger, on)
    assert tuple(item for part in parts for item in part.contributions) == whole.contributions
    assert whole.clean_since == max(part.clean_since for part in parts)


@given(ledger=ledgers(), on=DAYS)
def test_a_ledger_that_grew_day_by_day_ends_the_same(ledger: list[Entry], on: date) -> None:
    """Each day's standing from what had been written by then; the last is that of the whole."""
    days = sorted(
        {on, *(day for item in ledger for day in (item.recorded_on, *(c.on for c in item.changes)))}
    )
    grown: list[Entry] = []
    result = on_day([], on)
    for day in (day for day in days if day <= on):
        grown = [as_known(item, day) for item in ledger if item.recorded_on <= day]
        result = evaluate(TIMELINE, account(*grown), on, known_on=day)
    assert result == on_day(ledger, on)


@given(ledger=ledgers(), on=DAYS, extra=entries(DEDUCTIONS, [[], ["CONFIRMED", "CONTESTED", "REVOKED"]]))
def test_a_draft_or_revoked_deduction_changes_nothing(ledger: list[Entry], on: date, extra: Entry) -> None:
    assume(not extra.changes or extra.changes[-1].on <= on)
    with_it, without = on_day([*ledger, extra], on), on_day(ledger, on)
    assert (with_it.score, with_it.band, with_it.clean_since) == (
        without.score,
        without.band,
        without.clean_since,
    )


@given(
    ledger=ledgers(), on=DAYS, extra=entries(DEDUCTIONS, [["CONFIRMED"]]), state=st.sampled_from(EntryState)
)
def test_contesting_or_revoking_a_deduction_never_lowers_the_score(
    ledger: list[Entry], on: date, extra: Entry, state: EntryState
) -> None:
    assume(state not in (EntryState.CONFIRMED, EntryState.UPHELD))
    confirmed = on_day([*ledger, extra], on)
    assert extra.changes
    decided = replace(extra, changes=(*extra.changes, Change(extra.changes[-1].on, state)))
    relieved = on_day([*ledger, decided], on)
    rules = TIMELINE.in_force(on)
    assert relieved.score >= confirmed.score
    assert rules.rank(relieved.band) >= rules.rank(confirmed.band)


@given(ledger=ledgers(), on=DAYS, extra=entries(ADDITIONS, [["CONFIRMED"]]))
def test_one_more_addition_never_lowers_score_or_band(ledger: list[Entry], on: date, extra: Entry) -> None:
    more, less = on_day([*ledger, extra], on), on_day(ledger, on)
    rules = TIMELINE.in_force(on)
    assert more.score >= less.score
    assert rules.rank(more.band) >= rules.rank(less.band)


@given(ledger=ledgers(), on=DAYS, extra=entries(DEDUCTIONS, [["CONFIRMED"]]))
def test_one_more_deduction_never_raises_the_score(ledger: list[Entry], on: date, extra: Entry) -> None:
    assert on_day([*ledger, extra], on).score <= on_day(ledger, on).score


@given(ledger=ledgers(), on=DAYS)
def test_an_account_says_the_same_whoever_else_is_computed(ledger: list[Entry], on: date) -> None:
    """No state is kept between evaluations."""
    first = on_day(ledger, on)
    evaluate(TIMELINE, Account("other", "SAFE", START, tuple(reversed(ledger))), on)
    assert on_day(ledger, on) == first
