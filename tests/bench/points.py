"""Recomputing the standing of many people from five years of ledger, each with a full explanation."""

from __future__ import annotations

import json
import time
from datetime import date, timedelta
from pathlib import Path
from random import Random

from backend.kernel.points.entries import Account, Change, Entry, EntryState
from backend.kernel.points.ledger import evaluate
from backend.kernel.points.rules import RuleSet, load_rule_set
from backend.kernel.points.timeline import Timeline

RULES = Path(__file__).parents[2] / "backend" / "apps" / "rehab" / "rulesets" / "city-default.json"
TODAY = date(2026, 6, 30)
OPENED = date(2021, 7, 1)
ENTRIES = 150
PEOPLE = 10_000
#: Different ledgers; each is evaluated anew every time, nothing of it is kept.
LEDGERS = 500


def account(rule_set: RuleSet, number: int) -> Account:
    """Five years of entries in all states; every fifteenth or so was contested and decided."""
    random = Random(number)
    rules = [rule for rule in rule_set.rules.values() if rule.ceiling is None]
    weights = [6 if rule.points > 0 else 1 for rule in rules]
    entries = []
    for index in range(ENTRIES):
        rule = random.choices(rules, weights)[0]
        fact = OPENED + timedelta(days=random.randrange((TODAY - OPENED).days))
        changes = [Change(fact + timedelta(days=2), EntryState.CONFIRMED)]
        if rule.adverse and random.random() < 0.3:
            decided = random.choice((EntryState.UPHELD, EntryState.REVOKED))
            changes += [
                Change(fact + timedelta(days=6), EntryState.CONTESTED),
                Change(fact + timedelta(days=16), decided),
            ]
        entries.append(
            Entry(f"{index:03}", rule.id, 1, rule.points, fact, fact + timedelta(days=1), tuple(changes))
        )
    return Account(str(number), "COMMUNITY_TREATMENT", OPENED, tuple(entries))


def measure() -> float:
    """People per second on one core."""
    rule_set = load_rule_set(json.loads(RULES.read_text(encoding="utf-8")))
    timeline = Timeline([(OPENED, rule_set)])
    accounts = [account(rule_set, number) for number in range(LEDGERS)]
    started = time.perf_counter()
    for index in range(PEOPLE):
        evaluate(timeline, accounts[index % LEDGERS], TODAY)
    return PEOPLE / (time.perf_counter() - started)


def main() -> None:
    rate = measure()
    print(
        f"{PEOPLE} people, {ENTRIES} entries each: {rate:.0f} people/s on one core, {PEOPLE / rate:.1f} s in all"
    )


if __name__ == "__main__":
    main()
