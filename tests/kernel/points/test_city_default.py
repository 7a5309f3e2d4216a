"""The rule set that ships: complete, readable by the person concerned, and with the numbers that were agreed on."""

# Decimals are compared with whole numbers inside tuples.
# mypy: disable-error-code="comparison-overlap"

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from backend.kernel.points.entries import Account, Change, Entry, EntryState
from backend.kernel.points.ledger import evaluate
from backend.kernel.points.rules import Basis, load_rule_set
from backend.kernel.points.timeline import Timeline

FILE = Path(__file__).parents[3] / "backend" / "apps" / "rehab" / "rulesets" / "city-default.json"
CITY = load_rule_set(json.loads(FILE.read_text(encoding="utf-8")))
START = date(2025, 1, 1)

TABLE = {
    "urine_negative": (2, 24),
    "hair_negative": (4, 8),
    "contact_on_time": (1, 12),
    "course_done": (1, 6),
    "work_three_months": (3, 6),
    "stage_passed": (5, 10),
    "six_months_clean": (3, 6),
    "test_late": (-3, None),
    "test_missed": (-8, None),
    "test_refused": (-15, None),
    "sample_tampered": (-20, None),
    "left_unreported": (-6, None),
    "unreachable_week": (-10, None),
    "unreachable_month": (-20, None),
    "other_violation": (-20, None),
    "duty_missed": (-4, None),
    "lab_relapse": (0, None),
}


def test_the_points_are_those_of_the_table() -> None:
    assert {key: (rule.points, rule.cap_per_year) for key, rule in CITY.rules.items()} == TABLE


def test_bases_bands_and_limits() -> None:
    bases = {kind: base.points for kind, base in CITY.bases.items()}
    assert bases == {"COMMUNITY_TREATMENT": 60, "COMMUNITY_RECOVERY": 55, "VOLUNTARY": 70, "MAINTENANCE": 60}
    assert [(band.name, band.lower, band.clean_months) for band in CITY.bands] == [
        ("A", 0, 0), ("B", 40, 0), ("C1", 65, 0), ("C2", 85, 12),
    ]  # fmt: skip
    assert (CITY.grace_days, CITY.half_life_days, CITY.addition_months) == (90, 180, 24)
    assert (CITY.min_score, CITY.max_score, CITY.quarter_deduction_cap) == (0, 100, 30)


def test_every_band_says_what_follows_from_it() -> None:
    keys = {frozenset(band.measures) for band in CITY.bands}
    assert len(keys) == 1
    assert [band.measures["contact_days"] for band in CITY.bands] == [7, 14, 30, 90]
    assert [band.measures["test_factor"] for band in CITY.bands] == [Decimal("1.5"), 1, 1, 1]
    assert [band.measures["remote_report"] for band in CITY.bands] == [False, False, True, True]
    assert [band.measures["fast_lane"] for band in CITY.bands] == [False, False, False, True]


def bases() -> dict[str, Basis]:
    found = {f"base {kind}": base.basis for kind, base in CITY.bases.items()}
    found |= {f"band {band.name}": band.basis for band in CITY.bands}
    found |= {f"rule {rule.id}": rule.basis for rule in CITY.rules.values()}
    return found | {f"principle {principle.key}": principle.basis for principle in CITY.principles}


@pytest.mark.parametrize(
    ("name", "basis"), bases().items(), ids=lambda item: item if isinstance(item, str) else ""
)
def test_everything_is_said_in_both_languages_with_its_source(name: str, basis: Basis) -> None:
    assert re.search(r"[\u4e00-\u9fff]", basis.text.zh), name
    assert re.fullmatch(r"[\x20-\x7e]+", basis.text.en), name
    assert basis.source, name


def test_no_text_repeats_the_points_a_county_may_change() -> None:
    for rule in CITY.rules.values():
        assert not re.search(r"\d|[一二三四五六七八九十]分", rule.basis.text.zh + rule.basis.text.en), rule.id


def confirmed(key: str, rule: str, day: date) -> Entry:
    changes = (Change(day, EntryState.CONFIRMED),)
    return Entry(key, rule, 1, CITY.rules[rule].points, day, day, changes)


def test_a_year_that_goes_well_leads_to_the_best_band() -> None:
    """60 + 24 monthly tests + 8 hair tests + 12 contacts = 104, bounded; it takes a year without a breach all the same."""
    entries = [confirmed(f"u{month}", "urine_negative", date(2025, month, 5)) for month in range(1, 13)]
    entries += [confirmed(f"c{month}", "contact_on_time", date(2025, month, 9)) for month in range(1, 13)]
    entries += [confirmed(f"h{month}", "hair_negative", date(2025, month, 20)) for month in (6, 12)]
    account = Account("one", "COMMUNITY_TREATMENT", START, tuple(entries))
    timeline = Timeline([(START, CITY)])
    december = evaluate(timeline, account, date(2025, 12, 31))
    assert (december.total, december.score, december.band) == (104, 100, "C1")
    assert evaluate(timeline, account, date(2026, 1, 2)).band == "C2"


def test_a_confirmed_relapse_is_red_for_six_months_and_starts_anew_at_forty() -> None:
    fact = date(2025, 3, 10)
    account = Account("one", "VOLUNTARY", START, (confirmed("r", "lab_relapse", fact),))
    timeline = Timeline([(START, CITY)])
    assert evaluate(timeline, account, fact - timedelta(days=1)).band == "C1"
    assert evaluate(timeline, account, fact).band == "A"
    assert evaluate(timeline, account, date(2025, 9, 10)).band == "A"
    after = evaluate(timeline, account, date(2025, 9, 11))
    assert (after.band, after.score, after.base) == ("B", 40, 40)


def test_the_worst_quarter_takes_thirty_points() -> None:
    days = [date(2025, 1, 10) + timedelta(days=10 * index) for index in range(5)]
    account = Account(
        "one",
        "COMMUNITY_TREATMENT",
        START,
        tuple(confirmed(str(day), "unreachable_month", day) for day in days),
    )
    assert evaluate(Timeline([(START, CITY)]), account, date(2025, 3, 31)).score == 30
