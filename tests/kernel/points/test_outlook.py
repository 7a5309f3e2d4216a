"""What leads to the next band, and what other rules would do."""

# Decimals are compared with whole numbers inside tuples.
# mypy: disable-error-code="comparison-overlap"

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.kernel.deadlines.calendar import add_months
from backend.kernel.errors import Refusal
from backend.kernel.points.entries import Account, Entry
from backend.kernel.points.ledger import evaluate
from backend.kernel.points.outlook import Move, Offer, path_to, shift
from backend.kernel.points.timeline import Timeline
from tests.kernel.points.samples import SAMPLE, START, TIMELINE, TODAY, account, entry, rule_set
from tests.kernel.points.test_ledger_properties import RULES, entries
from tests.kernel.points.test_ledger_properties import TIMELINE as TWO_VERSIONS


def test_a_band_that_fading_alone_brings() -> None:
    """80 - 20 w >= 65 once w <= 0.75: after 90 + 74.7 days, on the 165th day."""
    fact = date(2026, 6, 1)
    given_account = account(entry("a", "refused", fact), kind="SAFE")
    path = path_to(TIMELINE, given_account, "HIGH", TODAY)
    assert (path.score, path.missing_points, path.reached_on) == (60, 5, fact + timedelta(days=165))
    assert (path.clean_from, path.free_from) == (None, None)


def test_what_the_rules_still_offer_and_what_it_brings() -> None:
    given_account = account(
        entry("a", "refused", date(2026, 6, 1)),
        entry("b", "course", date(2026, 2, 1)),
        entry("c", "course", date(2026, 3, 1)),
        entry("d", "visited", date(2026, 3, 1)),
        kind="SAFE",
    )
    # 80 - 20 + 10 + 1 = 71; the courses of the year are used up, of the meetings 5 points are left.
    path = path_to(TIMELINE, given_account, "TOP", TODAY)
    assert (path.score, path.missing_points) == (71, 14)
    # 80 - 20 w + 11 >= 85 once w <= 0.3: after 90 + 312.7 days.
    assert path.reached_on == date(2026, 6, 1) + timedelta(days=403)
    # More points bring it as near as the year without a breach allows.
    assert path.clean_from == path.earliest_on == date(2027, 6, 2)
    offers = [(offer.rule_id, offer.available, offer.times, offer.needed) for offer in path.offers]
    assert offers == [("met", 5, 3, None), ("thanked", None, None, 5), ("visited", 5, 5, None)]
    assert {offer.reached_on for offer in path.offers} == {date(2027, 6, 2)}


def test_one_offer_may_be_enough_at_once() -> None:
    given_account = account(entry("a", "refused", date(2026, 6, 1)), kind="SAFE")
    path = path_to(TIMELINE, given_account, "HIGH", TODAY)
    assert path.missing_points == 5
    assert path.earliest_on == TODAY
    alone = date(2026, 6, 1) + timedelta(days=165)
    assert path.reached_on == alone
    assert path.offers == (
        Offer("course", Decimal(5), Decimal(10), 2, 1, TODAY),
        Offer("met", Decimal(2), Decimal(6), 3, 3, TODAY),
        Offer("thanked", Decimal(3), None, None, 2, TODAY),
        Offer("visited", Decimal(1), Decimal(6), 6, 5, TODAY),
    )


def test_what_is_left_of_a_cap_may_help_without_being_enough() -> None:
    rules = rule_set(rules__thanked__cap_per_year=3, rules__course__cap_per_year=4, rules__met__cap_per_year=2,
                     rules__visited__cap_per_year=2)  # fmt: skip
    timeline = Timeline([(START, rules)])
    given_account = account(
        entry("a", "refused", date(2026, 6, 1)), entry("m", "visited", date(2026, 1, 1)), kind="SAFE"
    )
    path = path_to(timeline, given_account, "TOP", date(2027, 6, 10))
    # 374 days old: 20 x 0.3351 = 6.70; 80 - 6.70 + 1 = 74.30, 10.70 short. All that the year offers is 9.
    assert (path.score, path.missing_points, path.clean_from) == (Decimal("74.30"), Decimal("10.70"), None)
    assert {offer.rule_id: (offer.available, offer.times, offer.needed) for offer in path.offers} == {
        "thanked": (3, 1, None), "course": (4, 1, None), "met": (2, 1, None), "visited": (2, 2, None),
    }  # fmt: skip
    assert path.reached_on is None
    # 80 + 1 + 9 - 20 w >= 85 once w <= 0.25: 90 + 360 days after the fact.
    assert path.earliest_on == date(2026, 6, 1) + timedelta(days=450)
    assert all(offer.reached_on is None for offer in path.offers)


def test_additions_are_not_offered_where_time_alone_is_missing() -> None:
    """80 - 3 w + 7 >= 85 long before a year without a breach is over."""
    days = {"late": date(2026, 6, 1), "course": date(2026, 2, 1), "met": date(2026, 3, 1)}
    given_account = account(*(entry(rule, rule, day) for rule, day in days.items()), kind="SAFE")
    path = path_to(TIMELINE, given_account, "TOP", TODAY)
    assert (path.missing_points, path.reached_on, path.clean_from) == (1, date(2027, 6, 2), date(2027, 6, 2))
    assert (path.offers, path.earliest_on) == ((), date(2027, 6, 2))


def test_a_ceiling_says_when_it_ends() -> None:
    given_account = account(entry("s", "serious", date(2026, 5, 10)), kind="SAFE")
    path = path_to(TIMELINE, given_account, "MIDDLE", TODAY)
    assert (path.missing_points, path.free_from, path.reached_on) == (
        0,
        date(2026, 11, 11),
        date(2026, 11, 11),
    )
    assert path.offers == ()
    # The new start from 40 swallows whatever is earned before it.
    path = path_to(TIMELINE, given_account, "HIGH", TODAY)
    assert (path.reached_on, path.earliest_on, path.offers) == (None, None, ())


def test_what_is_earned_before_a_new_start_is_not_counted_on() -> None:
    """40 points and a gap of 25 today; the ceiling bars the band until the new start, from 40 again."""
    given_account = account(entry("a", "refused", date(2026, 6, 1)), entry("s", "serious", date(2026, 6, 1)))
    path = path_to(TIMELINE, given_account, "HIGH", TODAY)
    assert (path.missing_points, path.free_from) == (25, date(2026, 12, 2))
    assert (path.reached_on, path.earliest_on, path.offers) == (None, None, ())


def test_a_band_that_is_there_is_reached_today() -> None:
    path = path_to(TIMELINE, account(kind="SAFE"), "MIDDLE", TODAY)
    assert (path.reached_on, path.missing_points, path.offers, path.earliest_on) == (TODAY, 0, (), TODAY)


def test_nothing_is_looked_for_after_the_account_closes() -> None:
    fact = date(2026, 6, 1)
    given_account = account(entry("a", "refused", fact), kind="SAFE")
    closing = replace(given_account, closed_on=fact + timedelta(days=164))
    assert path_to(TIMELINE, closing, "HIGH", TODAY).reached_on is None


def test_an_unknown_band_leads_nowhere() -> None:
    with pytest.raises(Refusal) as caught:
        path_to(TIMELINE, account(), "PURPLE", TODAY)
    assert caught.value.code == "BAND_UNKNOWN"


@settings(max_examples=25, deadline=None)
@given(
    ledger=st.lists(entries(RULES), max_size=8),
    on=st.integers(400, 900).map(lambda days: START + timedelta(days=days)),
    band=st.sampled_from(["MIDDLE", "HIGH", "TOP"]),
)
def test_the_day_is_the_first_that_plain_evaluation_finds(ledger: list[Entry], on: date, band: str) -> None:
    given_account = account(*ledger)
    path = path_to(TWO_VERSIONS, given_account, band, on)
    day, last = on, add_months(on, 36)
    while day <= last:
        rules = TWO_VERSIONS.in_force(day)
        found = evaluate(TWO_VERSIONS, given_account, day, known_on=on).band
        if rules.rank(found) >= rules.rank(band):
            break
        day += timedelta(days=1)
    assert path.reached_on == (day if day <= last else None)
    earliest = path.earliest_on or date.max
    assert earliest <= (path.reached_on or date.max)
    assert all(earliest <= (offer.reached_on or date.max) for offer in path.offers)


@pytest.mark.parametrize("rule", ["met", "course", "thanked"])
def test_the_day_an_offer_brings_is_the_day_it_would_be(rule: str) -> None:
    """As if the entries were really made today."""
    given_account = account(entry("a", "refused", date(2026, 6, 1)), entry("b", "refused", date(2026, 3, 1)))
    offer = next(
        item for item in path_to(TIMELINE, given_account, "HIGH", TODAY).offers if item.rule_id == rule
    )
    times = offer.times or offer.needed
    assert times
    earned = [entry(f"x{index}", rule, TODAY) for index in range(times)]
    more = replace(given_account, entries=(*given_account.entries, *earned))
    assert path_to(TIMELINE, more, "HIGH", TODAY).reached_on == offer.reached_on


def people() -> list[Account]:
    low = account(entry("a", "refused", date(2026, 6, 1)), entry("b", "missed", date(2026, 6, 2)))
    return [
        replace(low, id="low"),
        replace(account(), id="plain"),
        replace(account(kind="SAFE"), id="safe"),
        replace(account(opened_on=date(2026, 7, 1)), id="later"),
        replace(account(), id="closed", closed_on=date(2026, 6, 29)),
    ]


def test_a_dry_run_counts_bands_flows_and_names_who_changes() -> None:
    candidate = rule_set(version=2, bands__HIGH__lower=60, bands__MIDDLE__lower=35)
    result = shift(TIMELINE, candidate, people(), TODAY)
    assert result.accounts == 3
    assert result.before == {"LOW": 1, "MIDDLE": 1, "HIGH": 1, "TOP": 0}
    assert result.after == {"LOW": 1, "MIDDLE": 0, "HIGH": 2, "TOP": 0}
    assert result.flow == {("LOW", "LOW"): 1, ("MIDDLE", "HIGH"): 1, ("HIGH", "HIGH"): 1}
    assert result.moved == (Move("plain", "MIDDLE", "HIGH", Decimal(60), Decimal(60)),)
    assert result.rescored == 0


def test_a_dry_run_may_reprice_the_facts() -> None:
    candidate = rule_set(version=2, rules__refused__points=-14, rules__missed__points=-6)
    assert shift(TIMELINE, candidate, people(), TODAY).moved == ()
    result = shift(TIMELINE, candidate, people(), TODAY, repriced=True)
    assert result.moved == (Move("low", "LOW", "MIDDLE", Decimal(32), Decimal(40)),)


def test_a_dry_run_says_how_many_scores_differ_in_the_same_band() -> None:
    candidate = rule_set(version=2, quarter_deduction_cap=25)
    result = shift(TIMELINE, candidate, people(), TODAY)
    assert (result.moved, result.rescored) == ((), 1)
    assert sum(result.flow.values()) == result.accounts
    assert evaluate(TIMELINE, people()[0], TODAY).rule_version == SAMPLE.version
