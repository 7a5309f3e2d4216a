"""Deadline rules as data: how long, in which unit, and on what legal basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.kernel.deadlines.calendar import Unit


class BasisMark(StrEnum):
    """How firm the source is: statute, established practice, or our own assumption that a county may change."""

    LAW = "law"
    PRACTICE = "practice"
    ASSUMPTION = "assumption"


@dataclass(frozen=True)
class DeadlineRule:
    """`warn_fraction` of the running time turns the clock yellow."""

    id: str
    length: int
    unit: Unit
    roll: bool
    source: str
    basis_mark: BasisMark
    warn_fraction: float = 0.8


class RuleError(ValueError):
    """`problems` maps a rule's id to what is wrong with it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(f"{rule}: {problem}" for rule, problem in self.problems.items()))


def load_rules(table: Mapping[str, Mapping[str, object]]) -> dict[str, DeadlineRule]:
    """Rules by id from plain data (`length`, `unit`, `roll`, `source`, `basis_mark`, `warn_fraction`).

    Raises RuleError naming every bad rule.
    """
    rules: dict[str, DeadlineRule] = {}
    problems: dict[str, str] = {}
    for rule_id, row in table.items():
        try:
            rules[rule_id] = _rule(rule_id, row)
        except (KeyError, ValueError) as problem:
            problems[rule_id] = f"missing {problem}" if isinstance(problem, KeyError) else str(problem)
    if problems:
        raise RuleError(problems)
    return rules


def _rule(rule_id: str, row: Mapping[str, object]) -> DeadlineRule:
    unknown = row.keys() - {"length", "unit", "roll", "source", "basis_mark", "warn_fraction"}
    if unknown:
        raise ValueError(f"unknown fields {sorted(unknown)}")
    length, roll, warn = row["length"], row.get("roll", False), row.get("warn_fraction", 0.8)
    if isinstance(length, bool) or not isinstance(length, int) or length < 1:
        raise ValueError("length must be a whole number of at least 1")
    if not isinstance(roll, bool):
        raise ValueError("roll must be true or false")  # noqa: TRY004 (collected with the other value errors)
    if isinstance(warn, bool) or not isinstance(warn, int | float) or not 0 < warn <= 1:
        raise ValueError("warn_fraction must lie in (0, 1]")
    source = str(row["source"]).strip()
    if not source:
        raise ValueError("source must be named")
    basis = BasisMark(str(row["basis_mark"]))
    return DeadlineRule(rule_id, length, Unit(str(row["unit"])), roll, source, basis, float(warn))
