"""Rule sets are read from plain data, and every fault is named."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.deadlines.rules import BasisMark
from backend.kernel.errors import Refusal, Refusals
from backend.kernel.points.features import FORBIDDEN, SUPPORTIVE, Evidence, Feature
from backend.kernel.points.rules import Ceiling, load_rule_set, missing_evidence
from tests.kernel.points.samples import SAMPLE, data, rule_set


def faults(given_data: object) -> set[tuple[str, str | None]]:
    with pytest.raises(Refusals) as caught:
        load_rule_set(given_data)
    return {(item.code, item.field) for item in caught.value.items}


def test_a_rule_set_carries_numbers_words_and_sources() -> None:
    late = SAMPLE.rules["late"]
    assert (late.points, late.feature, late.excuses, late.adverse) == (
        Decimal(-3), Feature.ATTENDANCE, ("ILL",), True,
    )  # fmt: skip
    assert (late.basis.text.zh, late.basis.source, late.basis.mark) == (
        "说明", "本系统默认值", BasisMark.ASSUMPTION,
    )  # fmt: skip
    assert SAMPLE.rules["met"].cap_per_year == Decimal(6)
    assert SAMPLE.rules["serious"].ceiling == Ceiling("LOW", 6, Decimal(40))
    assert SAMPLE.reference == "sample@1"
    assert SAMPLE.band("HIGH").measures == {
        "days": Decimal(30), "factor": Decimal(1), "remote": True, "plan": "AGREED",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("score", "band"),
    [("0", "LOW"), ("39.99", "LOW"), ("40", "MIDDLE"), ("64.99", "MIDDLE"), ("65", "HIGH"), ("85", "TOP")],
)
def test_a_band_starts_at_its_lower_limit(score: str, band: str) -> None:
    assert SAMPLE.band_of(Decimal(score)).name == band


def test_an_unknown_band_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        SAMPLE.band("PURPLE")
    assert caught.value.code == "BAND_UNKNOWN"


@pytest.mark.parametrize("feature", sorted(FORBIDDEN))
@pytest.mark.parametrize("spelling", [str.upper, str.lower])
def test_a_prohibited_feature_is_refused_by_name(feature: str, spelling: Any) -> None:
    changed = data(rules__late__feature=spelling(feature))
    assert faults(changed) == {("FEATURE_FORBIDDEN", "rules.late.feature")}


@pytest.mark.parametrize("feature", ["FACE", "DIAGNOSIS", "attendance", "天气"])
def test_a_feature_outside_the_closed_list_is_refused(feature: str) -> None:
    assert faults(data(rules__late__feature=feature)) == {("FEATURE_UNKNOWN", "rules.late.feature")}


def test_the_closed_lists_do_not_meet() -> None:
    assert FORBIDDEN.isdisjoint(feature.value for feature in Feature)


@pytest.mark.parametrize("feature", sorted(SUPPORTIVE))
def test_what_only_supports_never_takes_points(feature: str) -> None:
    assert faults(data(rules__late__feature=feature)) == {("FEATURE_ONLY_ADDS", "rules.late.feature")}


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("version", 0, "INVALID"),
        ("version", True, "INVALID"),
        ("version", 1.5, "INVALID"),
        ("key", "two words", "INVALID"),
        ("key", None, "REQUIRED"),
        ("grace_days", -1, "INVALID"),
        ("half_life_days", 0, "INVALID"),
        ("addition_months", "24", "INVALID"),
        ("quarter_deduction_cap", -1, "INVALID"),
        ("colour", "red", "UNKNOWN_FIELD"),
        ("bases", {}, "INVALID"),
        ("bases", [], "INVALID"),
        ("bases.PLAIN", 60, "INVALID"),
        ("bases.PLAIN.points", "60", "INVALID"),
        ("bases.PLAIN.source", " ", "INVALID"),
        ("bands", [], "INVALID"),
        ("bands", {}, "INVALID"),
        ("bands.HIGH.label", None, "REQUIRED"),
        ("bands.HIGH.label.en", None, "REQUIRED"),
        ("bands.HIGH.clean_months", -1, "INVALID"),
        ("bands.HIGH.measures.days", [7], "INVALID"),
        ("bands.HIGH.measures", [7], "INVALID"),
        ("rules.late.points", float("nan"), "INVALID"),
        ("rules.late.points", float("inf"), "INVALID"),
        ("rules.late.points", 10**400, "INVALID"),
        ("rules.late.points", -3.125, "INVALID"),
        ("rules.late.points", True, "INVALID"),
        ("rules.late.points", None, "REQUIRED"),
        ("rules.late.evidence", None, "INVALID"),
        ("rules.late.evidence", [], "INVALID"),
        ("rules.late.evidence", [[]], "INVALID"),
        ("rules.late.evidence", ["VISIT_NOTE"], "INVALID"),
        ("rules.late.evidence", [["LOCATION_TRACK"]], "INVALID"),
        ("rules.late.evidence", [[["VISIT_NOTE"]]], "INVALID"),
        ("rules.late.excuses", "ILL", "INVALID"),
        ("rules.late.excuses", ["ILL", "ILL"], "DUPLICATE"),
        ("rules.late.mark", "rumour", "INVALID"),
        ("rules.late.mark", ["law"], "INVALID"),
        ("rules.late.text.zh", None, "REQUIRED"),
        ("rules.serious.ceiling.months", 0, "INVALID"),
        ("rules.serious.ceiling.band", None, "REQUIRED"),
        ("locked", [7], "INVALID"),
        ("principles", "none", "INVALID"),
    ],
)
def test_malformed_data_is_refused_where_it_stands(path: str, value: object, code: str) -> None:
    assert (code, path) in faults(data(**{path.replace(".", "__"): value}))


@pytest.mark.parametrize(
    ("path", "value", "code", "at"),
    [
        ("max_score", -1, "INVALID", "max_score"),
        ("bases.PLAIN.points", 101, "OUT_OF_BOUNDS", "bases.PLAIN.points"),
        ("bands.MIDDLE.lower", 65, "BANDS_UNORDERED", "bands.HIGH.lower"),
        ("bands.TOP.lower", 101, "BANDS_UNORDERED", "bands.TOP.lower"),
        ("bands.LOW.lower", 5, "LOWEST_BAND_LIMITED", "bands.LOW"),
        ("bands.LOW.clean_months", 1, "LOWEST_BAND_LIMITED", "bands.LOW"),
        ("bands.LOW.name", "TOP", "DUPLICATE", "bands"),
        ("rules.late.id", "missed", "DUPLICATE", "rules.missed.id"),
        ("rules.late.points", 0, "WITHOUT_EFFECT", "rules.late.points"),
        ("rules.late.cap_per_year", 10, "CAP_ON_DEDUCTION", "rules.late.cap_per_year"),
        ("rules.visited.cap_per_year", 7, "CAPS_DIFFER", "rules.visited.cap_per_year"),
        ("rules.late.excuses", ["RAIN"], "EXCUSE_UNKNOWN", "rules.late.excuses"),
        ("rules.serious.points", 1, "CEILING_ON_ADDITION", "rules.serious.ceiling"),
        ("rules.serious.ceiling.band", "PURPLE", "BAND_UNKNOWN", "rules.serious.ceiling.band"),
        ("rules.serious.ceiling.restart", 101, "OUT_OF_BOUNDS", "rules.serious.ceiling.restart"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(path: str, value: object, code: str, at: str) -> None:
    assert (code, at) in faults(data(**{path.replace(".", "__"): value}))


@pytest.mark.parametrize("given_data", [None, 7, "rules", [], [{}]])
def test_what_is_no_object_is_refused(given_data: object) -> None:
    assert ("INVALID", None) in faults(given_data)


def test_every_fault_is_named_at_once() -> None:
    changed = data(version=0, rules__late__feature="RELIGION", bands__TOP__label__en=None)
    assert faults(changed) == {
        ("INVALID", "version"),
        ("FEATURE_FORBIDDEN", "rules.late.feature"),
        ("REQUIRED", "bands.TOP.label.en"),
    }


def test_numbers_are_read_as_written() -> None:
    assert rule_set(rules__met__points=2.6).rules["met"].points == Decimal("2.6")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of everything in a JSON value."""
    found = [path]
    if isinstance(value, dict):
        found += [place for key, item in value.items() for place in places(item, (*path, key))]
    elif isinstance(value, list):
        found += [place for index, item in enumerate(value) for place in places(item, (*path, index))]
    return found


@given(place=st.sampled_from(places(data())), junk=JUNK)
def test_junk_anywhere_is_read_or_refused_and_never_crashes(
    place: tuple[str | int, ...], junk: object
) -> None:
    changed: Any = data()
    if place:
        row = changed
        for step in place[:-1]:
            row = row[step]
        row[place[-1]] = junk
    else:
        changed = junk
    try:
        loaded = load_rule_set(changed)
    except Refusals as refusals:
        assert refusals.items
    else:
        assert loaded == load_rule_set(json.loads(json.dumps(changed)))


@pytest.mark.parametrize(
    ("given_evidence", "missing"),
    [
        ([], ["LABORATORY_REPORT"]),
        (["LABORATORY_REPORT"], []),
        (["WITNESS", "WITNESS"], ["LABORATORY_REPORT"]),
        (["WITNESS", "WITNESS", "RECORDING"], []),
        (["WITNESS", "RECORDING", "OWN_STATEMENT"], ["LABORATORY_REPORT"]),
    ],
)
def test_one_alternative_of_the_evidence_must_be_complete(
    given_evidence: list[str], missing: list[str]
) -> None:
    lacking = missing_evidence(SAMPLE.rules["serious"], map(Evidence, given_evidence))
    assert list(lacking) == missing
