"""Standings computed by hand: weights, caps, states, bands, ceilings."""

# Decimals are compared with whole numbers inside tuples.
# mypy: disable-error-code="comparison-overlap"

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from backend.kernel.errors import Refusal
from backend.kernel.points.entries import Account, Change, EntryState
from backend.kernel.points.ledger import Contribution, HeldBack, Standing, Why, evaluate
from backend.kernel.points.rules import RuleSet
from backend.kernel.points.timeline import Timeline, counts_until, faded_after, fading
from tests.kernel.points.samples import SAMPLE, START, TIMELINE, TODAY, account, entry, rule_set


def standing(given: Account, on: date = TODAY, timeline: Timeline = TIMELINE) -> Standing:
    return evaluate(timeline, given, on)


def line(result: Standing, key: str) -> Contribution:
    return next(item for item in result.contributions if item.entry_id == key)


@pytest.mark.parametrize(
    ("age", "weight"),
    [
        (0, "1"),
        (89, "1"),
        (90, "1"),
        (91, "0.9962"),
        (180, "0.7071"),
        (270, "0.5"),
        (360, "0.3536"),
        (450, "0.25"),
    ],
)
def test_a_deduction_weighs_fully_for_ninety_days_then_halves_every_hundred_and_eighty(
    age: int, weight: str
) -> None:
    # 0.5 ** (1/180) = 0.99616, 0.5 ** (90/180) = 0.70711, 0.5 ** 1.5 = 0.35355
    assert fading(age, 90, 180) == Decimal(weight)


def test_a_deduction_expires_when_its_weight_rounds_to_nothing() -> None:
    last = faded_after(90, 180)
    assert fading(last, 90, 180) == Decimal("0.0001")
    assert fading(last + 1, 90, 180) == 0
    # 180 x log2(1 / 0.00005) = 2571.9 days after the grace.
    assert last == 90 + 2571
    assert faded_after(0, 1) == 14


def test_a_sum_done_by_hand() -> None:
    given = account(
        entry("a", "refused", date(2025, 7, 5)),  # 360 days: -20 x 0.3536 = -7.072
        entry("b", "missed", date(2025, 10, 3)),  # 270 days: -8 x 0.5 = -4
        entry("c", "late", date(2026, 6, 1)),  # 29 days: -3
        entry("d", "met", date(2026, 1, 5)),  # +2
        entry("e", "course", date(2024, 6, 30)),  # the last of its 24 months: +5
        entry("f", "course", date(2024, 6, 29)),  # over since yesterday
    )
    result = standing(given)
    assert (result.base, result.total, result.score) == (
        Decimal(60), Decimal("52.928"), Decimal("52.93"),
    )  # fmt: skip
    assert (result.band, result.band_by_score, result.held_back) == ("MIDDLE", "MIDDLE", ())
    assert result.rule_version == 1
    assert [item.entry_id for item in result.contributions] == ["f", "e", "a", "b", "d", "c"]
    assert line(result, "a") == Contribution(
        "a", "refused", 1, date(2025, 7, 5), EntryState.CONFIRMED, Decimal(-20), Decimal(-20),
        Decimal("0.3536"), Decimal("-7.072"), date(2025, 10, 3), date(2025, 7, 5) + timedelta(days=2661), None,
    )  # fmt: skip
    assert line(result, "f").why is Why.OVER
    assert line(result, "f").counts_until == date(2026, 6, 29)
    assert result.base + sum(item.points for item in result.contributions) == result.total


def test_the_expiry_is_known_when_an_entry_is_made() -> None:
    assert counts_until(SAMPLE, SAMPLE.rules["met"], date(2024, 2, 29)) == date(2026, 2, 28)
    assert counts_until(SAMPLE, SAMPLE.rules["late"], START) == START + timedelta(days=2661)
    assert counts_until(SAMPLE, SAMPLE.rules["serious"], date(2025, 8, 31)) == date(2026, 2, 28)


@pytest.mark.parametrize(("points", "score"), [("-0.01", "59.99"), ("100", "100"), ("-100", "30")])
def test_the_score_keeps_two_decimals_and_its_bounds(points: str, score: str) -> None:
    rule = "thanked" if Decimal(points) > 0 else "refused"
    assert standing(account(entry("a", rule, TODAY, points=points))).score == Decimal(score)


def test_the_score_rounds_half_up_only_at_the_end() -> None:
    # -0.05 x 0.5 = -0.025 twice: 59.95, where rounding each would give 59.94 or 59.96.
    day = TODAY - timedelta(days=270)
    given = account(entry("a", "late", day, points="-0.05"), entry("b", "late", day, points="-0.05"))
    assert standing(given).score == Decimal("59.95")
    assert standing(account(entry("a", "late", day, points="-0.05"))).score == Decimal("59.98")


@pytest.mark.parametrize(
    ("states", "counted", "why"),
    [
        (["DRAFT"], 0, Why.DRAFT),
        (["CONFIRMED"], -8, None),
        (["CONFIRMED", "CONTESTED"], 0, Why.CONTESTED),
        (["CONFIRMED", "CONTESTED", "UPHELD"], -8, None),
        (["CONFIRMED", "CONTESTED", "REVOKED"], 0, Why.REVOKED),
        (["CONFIRMED", "EXPIRED"], 0, Why.EXPIRED),
    ],
)
def test_a_deduction_counts_when_confirmed_or_upheld(
    states: list[str], counted: int, why: Why | None
) -> None:
    result = standing(account(entry("a", "missed", date(2026, 6, 1), *states)))
    assert (line(result, "a").counted, line(result, "a").why) == (counted, why)
    assert line(result, "a").state == states[-1]
    assert result.score == 60 + counted
    assert result.clean_since == (date(2026, 6, 1) if counted else START)


def test_a_contested_addition_goes_on_counting() -> None:
    given = account(entry("a", "thanked", date(2026, 6, 1), "CONFIRMED", "CONTESTED"))
    assert standing(given).score == Decimal(63)


def test_a_day_is_computed_as_it_was_known() -> None:
    fact = date(2026, 3, 1)
    changes = (
        Change(date(2026, 3, 10), EntryState.CONFIRMED),
        Change(date(2026, 3, 20), EntryState.CONTESTED),
        Change(date(2026, 4, 5), EntryState.UPHELD),
    )
    given = account(replace(entry("a", "missed", fact, recorded_on=date(2026, 3, 5)), changes=changes))
    scores = {
        day: standing(given, date(2026, *day)).score for day in [(3, 4), (3, 9), (3, 10), (3, 20), (4, 5)]
    }
    assert scores == {(3, 4): 60, (3, 9): 60, (3, 10): 52, (3, 20): 60, (4, 5): 52}
    assert standing(given, date(2026, 3, 4)).contributions == ()


def test_an_excused_entry_is_shown_and_takes_nothing() -> None:
    result = standing(account(entry("a", "missed", date(2026, 6, 1), excuse="ILL")))
    assert (result.score, line(result, "a").why, result.clean_since) == (60, Why.EXCUSED, START)


def test_what_lies_before_the_account_does_not_count() -> None:
    given = account(entry("a", "refused", date(2024, 1, 1)), opened_on=date(2024, 1, 2))
    result = standing(given, date(2024, 1, 5))
    assert (result.score, line(result, "a").why) == (60, Why.BEFORE_ACCOUNT)


def test_a_category_gives_no_more_than_its_cap_in_a_calendar_year() -> None:
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)]
    given = account(
        *(entry(str(index), "met", day) for index, day in enumerate(days)),
        entry("v", "visited", date(2026, 5, 1)),
    )
    result = standing(given)
    # 2026: the newest first, 1 + 2 + 2 + 1 of 2 + 0 of 2 = 6; 2025: 2.
    assert result.score == 68
    assert [(item.entry_id, item.counted, item.why) for item in result.contributions] == [
        ("0", 2, None), ("1", 0, Why.YEAR_CAP), ("2", 1, Why.YEAR_CAP), ("3", 2, None), ("4", 2, None), ("v", 1, None),
    ]  # fmt: skip


def test_of_one_day_the_later_id_counts_first() -> None:
    day = date(2026, 5, 1)
    given = account(entry("b", "course", day), entry("c", "course", day), entry("a", "course", day))
    assert [(item.entry_id, item.counted) for item in standing(given).contributions] == [
        ("a", 0), ("b", 5), ("c", 5),
    ]  # fmt: skip


def test_a_quarter_takes_no_more_than_its_limit() -> None:
    given = account(
        entry("a", "refused", date(2026, 3, 31)),
        entry("b", "refused", date(2026, 4, 1)),
        entry("c", "missed", date(2026, 5, 1)),
        entry("d", "missed", date(2026, 6, 30)),
    )
    result = standing(given, date(2026, 6, 30))
    # Second quarter: 8 + 8 + 14 of 20. First quarter: 20, 91 days old: 20 x 0.9962.
    assert [(item.counted, item.why) for item in result.contributions] == [
        (-20, None), (-14, Why.QUARTER_CAP), (-8, None), (-8, None),
    ]  # fmt: skip
    assert result.score == Decimal("10.08")


def test_winning_an_objection_never_costs_points() -> None:
    """Where a limit cuts, the freed room goes to entries that weigh less."""
    old, new = date(2026, 4, 1), date(2026, 6, 28)
    on = date(2026, 12, 1)
    both = account(entry("a", "refused", old), entry("b", "refused", new))
    before = standing(both, on)
    for revoked in ("a", "b"):
        left = [
            entry(item.id, "refused", item.fact_on, "CONFIRMED", "CONTESTED", "REVOKED")
            if item.id == revoked
            else item
            for item in both.entries
        ]
        assert standing(account(*left), on).score > before.score


@pytest.mark.parametrize(
    ("breach", "on", "band"),
    [
        (None, START, "HIGH"),
        (None, date(2025, 1, 1), "HIGH"),
        (None, date(2025, 1, 2), "TOP"),
        (date(2025, 6, 30), date(2026, 6, 30), "HIGH"),
        (date(2025, 6, 30), date(2026, 7, 1), "TOP"),
    ],
)
def test_the_best_band_needs_twelve_months_without_a_breach(breach: date | None, on: date, band: str) -> None:
    days = (START, date(2025, 1, 2), date(2026, 1, 1))
    gifts = [entry(f"g{index}", "thanked", day, points="25") for index, day in enumerate(days)]
    late = [entry("l", "late", breach)] if breach else []
    result = standing(account(*gifts, *late), on)
    assert (result.band_by_score, result.band) == ("TOP", band)
    until = date(2026, 6, 30) if breach else date(2025, 1, 1)
    assert result.held_back == (() if band == "TOP" else (HeldBack("CLEAN_MONTHS", "TOP", until),))


def test_a_ceiling_holds_for_six_months_and_then_the_account_starts_anew() -> None:
    given = account(
        entry("g", "thanked", date(2025, 12, 1), points="30"),
        entry("s", "serious", date(2026, 1, 31)),
        entry("l", "late", date(2026, 7, 31)),
        entry("m", "met", date(2026, 8, 1)),
    )
    held = HeldBack("CEILING", "TOP", date(2026, 7, 31), "s")
    before = standing(given, date(2026, 1, 30))
    assert (before.score, before.band, before.clean_since) == (90, "TOP", START)
    during = standing(given, date(2026, 1, 31))
    assert (during.score, during.band, during.band_by_score) == (90, "LOW", "TOP")
    assert during.held_back == (HeldBack("CLEAN_MONTHS", "TOP", date(2027, 1, 31)), held)
    assert during.base_since == START
    last = standing(given, date(2026, 7, 31))
    assert (last.score, last.band) == (87, "LOW")
    after = standing(given, date(2026, 8, 1))
    assert (after.base, after.base_since, after.score, after.band) == (40, date(2026, 8, 1), 42, "MIDDLE")
    assert [item.why for item in after.contributions] == [Why.BEFORE_RESTART] * 3 + [None]
    assert line(after, "s").counts_until == date(2026, 7, 31)
    assert after.clean_since == date(2026, 7, 31)


def test_a_second_ceiling_holds_on_over_the_restart_of_the_first() -> None:
    given = account(entry("s", "serious", date(2025, 1, 10)), entry("t", "serious", date(2025, 6, 10)))
    between = standing(given, date(2025, 7, 11))
    assert (between.base_since, between.score, between.band) == (date(2025, 7, 11), 40, "LOW")
    assert between.held_back == (HeldBack("CEILING", "MIDDLE", date(2025, 12, 10), "t"),)
    after = standing(given, date(2025, 12, 11))
    assert (after.base_since, after.score, after.band) == (date(2025, 12, 11), 40, "MIDDLE")


@pytest.mark.parametrize(
    "states", [["DRAFT"], ["CONFIRMED", "CONTESTED"], ["CONFIRMED", "CONTESTED", "REVOKED"]]
)
def test_a_ceiling_that_is_not_decided_holds_nobody(states: list[str]) -> None:
    given = account(entry("s", "serious", date(2025, 10, 1), *states))
    assert [standing(given, day).band for day in (date(2025, 11, 1), TODAY)] == ["MIDDLE", "MIDDLE"]
    assert standing(given).base == 60


def two_versions(**changes: object) -> tuple[RuleSet, Timeline]:
    second = rule_set(version=2, **changes)
    return second, Timeline([(date(2026, 1, 1), second), (START, SAMPLE)])


def test_new_rules_take_hold_on_their_day_and_leave_given_points_alone() -> None:
    _, timeline = two_versions(rules__missed__points=-4, bands__MIDDLE__lower=55, bases__PLAIN__points=62)
    given = account(
        entry("a", "missed", date(2025, 12, 20)),
        entry("b", "missed", date(2026, 1, 2), version=2, points="-4"),
    )
    last = standing(given, date(2025, 12, 31), timeline)
    assert (last.rule_version, last.score, last.band) == (1, 52, "MIDDLE")
    first = standing(given, date(2026, 1, 2), timeline)
    assert (first.rule_version, first.score, first.band) == (2, 50, "LOW")


def test_a_cap_is_that_of_the_version_an_entry_names() -> None:
    _, timeline = two_versions(rules__course__cap_per_year=5)
    given = account(
        entry("a", "course", date(2026, 1, 3)),
        entry("b", "course", date(2026, 1, 4), version=2),
        entry("c", "course", date(2026, 1, 5), version=2),
    )
    assert [item.counted for item in standing(given, TODAY, timeline).contributions] == [5, 0, 5]


def test_a_band_that_is_gone_leaves_its_ceiling_the_lowest() -> None:
    bands = [
        {**band, "name": f"N{index}", "measures": {}}
        for index, band in enumerate(
            {"lower": low, "label": {"zh": "带", "en": "Band"}, "text": {"zh": "带", "en": "Band"},
             "source": "本系统默认值", "mark": "assumption"} for low in (0, 50)
        )
    ]  # fmt: skip
    _, timeline = two_versions(bands=bands, rules__serious__ceiling__band="N0")
    given = account(entry("s", "serious", date(2025, 12, 1)))
    assert standing(given, date(2026, 1, 1), timeline).band == "N0"


@pytest.mark.parametrize(
    ("given", "on", "code"),
    [
        (account(), START - timedelta(days=1), "ACCOUNT_NOT_OPEN"),
        (replace(account(), closed_on=date(2026, 1, 1)), date(2026, 1, 2), "ACCOUNT_NOT_OPEN"),
        (account(kind="OTHER"), TODAY, "KIND_UNKNOWN"),
        (account(entry("a", "late", START, version=7)), TODAY, "RULE_UNKNOWN"),
        (account(opened_on=date(2020, 1, 1)), date(2020, 1, 2), "NO_RULES_IN_FORCE"),
    ],
)
def test_what_cannot_be_computed_is_refused(given: Account, on: date, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        standing(given, on)
    assert caught.value.code == code


def test_two_rule_sets_of_one_version_are_no_timeline() -> None:
    with pytest.raises(ValueError, match="version 1"):
        Timeline([(START, SAMPLE)], [rule_set(grace_days=30)])


def test_entries_may_name_rules_that_were_never_in_force_here() -> None:
    timeline = Timeline([(START, SAMPLE)], [rule_set(version=5)])
    assert standing(account(entry("a", "late", TODAY, version=5)), TODAY, timeline).score == 57
