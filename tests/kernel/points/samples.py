"""A small rule set of no application, and short ways to write a ledger."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from backend.kernel.points.entries import Account, Change, Entry, EntryState
from backend.kernel.points.rules import RuleSet, load_rule_set
from backend.kernel.points.timeline import Timeline

START = date(2024, 1, 1)
TODAY = date(2026, 6, 30)

_BASIS = {"text": {"zh": "说明", "en": "Explanation"}, "source": "本系统默认值", "mark": "assumption"}


def _band(name: str, lower: int, **more: Any) -> dict[str, Any]:
    return {"name": name, "lower": lower, "label": {"zh": name, "en": name}, **_BASIS, **more}


def _rule(key: str, category: str, feature: str, points: float, **more: Any) -> dict[str, Any]:
    evidence = [["VISIT_NOTE"]]
    row = {"id": key, "category": category, "feature": feature, "points": points, "evidence": evidence}
    return {**row, **_BASIS, **more}


_DATA: dict[str, Any] = {
    "key": "sample",
    "version": 1,
    "min_score": 0,
    "max_score": 100,
    "grace_days": 90,
    "half_life_days": 180,
    "addition_months": 24,
    "quarter_deduction_cap": 30,
    "locked": ["rules.refused.points", "bands.*.measures.factor"],
    "bases": {"PLAIN": {"points": 60, **_BASIS}, "SAFE": {"points": 80, **_BASIS}},
    "bands": [
        _band("LOW", 0, measures={"days": 7, "factor": 1.5}),
        _band("MIDDLE", 40, measures={"days": 14, "factor": 1}),
        _band("HIGH", 65, measures={"days": 30, "factor": 1, "remote": True, "plan": "AGREED"}),
        _band("TOP", 85, clean_months=12),
    ],
    "excuses": {"ILL": {"zh": "生病", "en": "Illness"}},
    "rules": [
        _rule("met", "meeting", "CONTACT", 2, cap_per_year=6),
        _rule("visited", "meeting", "CONTACT", 1, cap_per_year=6),
        _rule("course", "course", "COURSE", 5, cap_per_year=10),
        _rule("thanked", "thanks", "VOLUNTEERING", 3),
        _rule("late", "attendance", "ATTENDANCE", -3, excuses=["ILL"]),
        _rule("missed", "attendance", "ATTENDANCE", -8, excuses=["ILL"]),
        _rule("refused", "attendance", "ATTENDANCE", -20),
        _rule(
            "serious",
            "result",
            "CHECK_RESULT",
            0,
            evidence=[["LABORATORY_REPORT"], ["WITNESS", "WITNESS", "RECORDING"]],
            ceiling={"band": "LOW", "months": 6, "restart": 40},
        ),
    ],
    "principles": [{"key": "fading", **_BASIS}],
}


def data(**changes: Any) -> dict[str, Any]:
    """The sample as JSON; `changes` by path with `__` for a dot: `rules__late__points=-4`, `key=None` removes."""
    made: dict[str, Any] = json.loads(json.dumps(_DATA))
    for path, value in changes.items():
        row: Any = made
        *steps, last = path.split("__")
        for step in steps:
            if isinstance(row, list):
                row = next(item for item in row if item.get("id", item.get("name", item.get("key"))) == step)
            else:
                row = row[step]
        if value is None:
            del row[last]
        else:
            row[last] = value
    return made


def rule_set(**changes: Any) -> RuleSet:
    return load_rule_set(data(**changes))


SAMPLE = rule_set()
TIMELINE = Timeline([(START, SAMPLE)])


def entry(key: str, rule: str, fact_on: date, *states: str, version: int = 1, **more: Any) -> Entry:
    """Recorded on the fact day; its states follow a day apart, the first on the fact day. Confirmed by default."""
    changes = tuple(
        Change(fact_on + timedelta(days=index), EntryState(state))
        for index, state in enumerate(states or ("CONFIRMED",))
    )
    points = more.pop("points", SAMPLE.rules[rule].points)
    recorded_on = more.pop("recorded_on", fact_on)
    return Entry(key, rule, version, Decimal(points), fact_on, recorded_on, changes, **more)


def account(*entries: Entry, kind: str = "PLAIN", opened_on: date = START) -> Account:
    return Account("account", kind, opened_on, entries)
