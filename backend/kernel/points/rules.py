"""A rule set: what adds or takes points, how long that weighs, and which band a score means. Frozen, read from JSON."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from backend.kernel.deadlines.rules import BasisMark
from backend.kernel.errors import Refusal, Refusals
from backend.kernel.points.features import FORBIDDEN, SUPPORTIVE, Evidence, Feature
from backend.kernel.points.reading import Reader, as_decimal

Measure = Decimal | bool | str

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}")
_BASIS: Final = frozenset({"text", "source", "mark"})
_FEATURES: Final = {feature.value: feature for feature in Feature}
_LANGUAGES: Final = frozenset({"zh", "en"})
_MOST: Final = 1000
ZERO: Final = Decimal(0)


@dataclass(frozen=True)
class Text:
    """Plain language for the person concerned. Numbers a county may change are not part of it."""

    zh: str
    en: str


@dataclass(frozen=True)
class Basis:
    """What is shown beside everything that affects a person: the words, where it comes from, how firm that is."""

    text: Text
    source: str
    mark: BasisMark


@dataclass(frozen=True)
class Base:
    """Points an account of this kind opens with."""

    points: Decimal
    basis: Basis


@dataclass(frozen=True)
class Ceiling:
    """From the fact day through `months` the band is at most `band`; the day after, the account starts anew at `restart`."""

    band: str
    months: int
    restart: Decimal | None


@dataclass(frozen=True)
class Rule:
    """`points` below zero is a deduction.

    Attributes:
        cap_per_year: most that additions of the category give in one calendar year (Asia/Shanghai). Deductions have none;
            theirs is the set's `quarter_deduction_cap`.
        evidence: alternatives; one of them must be there completely (a kind named twice: two pieces of it).
        excuses: causes, keys of the set's `excuses`, for which the fact takes no points.
    """

    id: str
    category: str
    feature: Feature
    points: Decimal
    cap_per_year: Decimal | None
    evidence: tuple[tuple[Evidence, ...], ...]
    excuses: tuple[str, ...]
    ceiling: Ceiling | None
    basis: Basis

    @property
    def adverse(self) -> bool:
        """Takes points or limits the band: a breach, which must not count while it is contested."""
        return self.points < 0 or self.ceiling is not None


@dataclass(frozen=True)
class Band:
    """Applies from `lower` up to the next band's `lower`, `clean_months` after the last breach at the earliest.

    `measures` are opaque to the engine: the application says what follows from a band.
    """

    name: str
    lower: Decimal
    clean_months: int
    label: Text
    basis: Basis
    measures: Mapping[str, Measure]


@dataclass(frozen=True)
class Principle:
    """A rule about the rules, in words: how old entries fade, who decides, how to object."""

    key: str
    basis: Basis


@dataclass(frozen=True)
class RuleSet:
    """Numbers, rules and words of one version.

    Attributes:
        version: what ledger entries name; different for each set that ever was in force for an account.
        overrides: `reference` of the set of the level above; empty for the set of the highest level.
        approval: number of the document that approved it.
        bands: from the lowest to the highest.
        locked: patterns of keys (`bands.*.measures.x`) that a lower level may not change.
    """

    key: str
    version: int
    overrides: str
    approval: str
    min_score: Decimal
    max_score: Decimal
    grace_days: int
    half_life_days: int
    addition_months: int
    quarter_deduction_cap: Decimal
    bases: Mapping[str, Base]
    bands: tuple[Band, ...]
    rules: Mapping[str, Rule]
    excuses: Mapping[str, Text]
    principles: tuple[Principle, ...]
    locked: tuple[str, ...]

    @property
    def reference(self) -> str:
        """How a set that overrides this one names it."""
        return f"{self.key}@{self.version}"

    def band(self, name: str) -> Band:
        """Raises Refusal `BAND_UNKNOWN`."""
        return self.bands[self.rank(name)]

    def band_of(self, score: Decimal) -> Band:
        """By the score alone, without requirements and ceilings."""
        return next(band for band in reversed(self.bands) if band.lower <= score)

    def rank(self, name: str) -> int:
        """0 is the lowest band. Raises Refusal `BAND_UNKNOWN`."""
        for index, band in enumerate(self.bands):
            if band.name == name:
                return index
        raise Refusal("BAND_UNKNOWN", "band", band=name)


def missing_evidence(rule: Rule, given: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """What the nearest alternative still lacks; empty when the evidence is complete."""
    there = Counter(given)
    lacking = [tuple((Counter(wanted) - there).elements()) for wanted in rule.evidence]
    return min(lacking, key=len)


_FIELDS: Final = frozenset(
    {
        "key", "version", "overrides", "approval", "min_score", "max_score", "grace_days", "half_life_days",
        "addition_months", "quarter_deduction_cap", "bases", "bands", "rules", "excuses", "principles", "locked",
    }
)  # fmt: skip
_BAND: Final = frozenset({"name", "lower", "clean_months", "label", "measures"}) | _BASIS
_RULE: Final = _BASIS | {
    "id",
    "category",
    "feature",
    "points",
    "cap_per_year",
    "evidence",
    "excuses",
    "ceiling",
}


def load_rule_set(data: object) -> RuleSet:
    """Raises Refusals naming every fault of the data by its path (`rules.late.points`)."""
    problems: list[Refusal] = []
    top = Reader(data, "", problems, _FIELDS)
    rule_set = RuleSet(
        key=_name(top, "key"),
        version=top.whole("version", least=1, most=2_000_000_000),
        overrides=top.text("overrides", optional=True, most=80),
        approval=top.text("approval", optional=True, most=100),
        min_score=top.points("min_score", least=-_MOST, most=_MOST) or ZERO,
        max_score=top.points("max_score", least=-_MOST, most=_MOST) or ZERO,
        grace_days=top.whole("grace_days", least=0, most=3660),
        half_life_days=top.whole("half_life_days", least=1, most=3660),
        addition_months=top.whole("addition_months", least=1, most=120),
        quarter_deduction_cap=top.points("quarter_deduction_cap", least=0, most=_MOST) or ZERO,
        bases={
            _key(row, kind): Base(row.points("points", least=-_MOST, most=_MOST) or ZERO, _basis(row))
            for kind, row in top.table("bases", _BASIS | {"points"}).items()
        },
        bands=tuple(_band(row) for row in top.rows("bands", _BAND, label="name")),
        rules=_rules(top),
        excuses={
            _key(row, key): _words(row)
            for key, row in top.table("excuses", _LANGUAGES, optional=True).items()
        },
        principles=tuple(
            Principle(_name(row, "key"), _basis(row))
            for row in top.rows("principles", _BASIS | {"key"}, label="key", optional=True)
        ),
        locked=top.texts("locked"),
    )
    if not problems:
        _check_scores(rule_set, top)
        _check_rules(rule_set, top)
    if problems:
        raise Refusals(problems)
    return rule_set


def _name(row: Reader, field: str) -> str:
    text = row.text(field, most=64)
    if text and not _NAME.fullmatch(text):
        row.refuse("INVALID", field, expected="name")
    return text


def _key(row: Reader, key: str) -> str:
    if not _NAME.fullmatch(key):
        row.problems.append(Refusal("INVALID", row.path, expected="name"))
    return key


def _words(row: Reader) -> Text:
    return Text(row.text("zh"), row.text("en"))


def _basis(row: Reader) -> Basis:
    mark = row.choice("mark", BasisMark) or BasisMark.ASSUMPTION
    return Basis(_words(row.one("text", _LANGUAGES)), row.text("source"), mark)


def _band(row: Reader) -> Band:
    return Band(
        name=_name(row, "name"),
        lower=row.points("lower", least=-_MOST, most=_MOST) or ZERO,
        clean_months=row.whole("clean_months", least=0, most=120, optional=True),
        label=_words(row.one("label", _LANGUAGES)),
        basis=_basis(row),
        measures=_measures(row),
    )


def _measures(row: Reader) -> dict[str, Measure]:
    given = row.row.get("measures", {})
    if not isinstance(given, Mapping):
        row.refuse("INVALID", "measures", expected="object")
        return {}
    measures: dict[str, Measure] = {}
    for key, value in given.items():
        number = as_decimal(value)
        if number is not None:
            measures[str(key)] = number
        elif isinstance(value, bool | str):
            measures[str(key)] = value
        else:
            row.refuse("INVALID", f"measures.{key}", expected="number, text, true or false")
    return measures


def _rules(top: Reader) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for row in top.rows("rules", _RULE, label="id"):
        rule = _rule(row)
        if rule.id in rules:
            row.refuse("DUPLICATE", "id")
        rules[rule.id] = rule
    return rules


def _rule(row: Reader) -> Rule:
    return Rule(
        id=_name(row, "id"),
        category=_name(row, "category"),
        feature=_feature(row),
        points=row.points("points", least=-100, most=100) or ZERO,
        cap_per_year=row.points("cap_per_year", least=0, most=_MOST, optional=True),
        evidence=_evidence(row),
        excuses=row.texts("excuses"),
        ceiling=_ceiling(row),
        basis=_basis(row),
    )


def _feature(row: Reader) -> Feature:
    text = row.text("feature", most=64)
    if text in _FEATURES:
        return _FEATURES[text]
    if text.upper() in FORBIDDEN:
        row.refuse("FEATURE_FORBIDDEN", "feature", feature=text)
    elif text:
        row.refuse("FEATURE_UNKNOWN", "feature", accepted=sorted(_FEATURES))
    return Feature.AGREED_DUTY


def _evidence(row: Reader) -> tuple[tuple[Evidence, ...], ...]:
    given = row.row.get("evidence")
    try:
        if (
            not isinstance(given, list)
            or not given
            or not all(isinstance(item, list) and item for item in given)
        ):
            raise ValueError("a list of lists")
        return tuple(tuple(Evidence(kind) for kind in wanted) for wanted in given)
    except ValueError:
        row.refuse("INVALID", "evidence", expected="alternatives", accepted=[kind.value for kind in Evidence])
        return ()


def _ceiling(row: Reader) -> Ceiling | None:
    if row.row.get("ceiling") is None:
        return None
    inner = row.one("ceiling", frozenset({"band", "months", "restart"}))
    restart = inner.points("restart", least=-_MOST, most=_MOST, optional=True)
    return Ceiling(inner.text("band", most=64), inner.whole("months", least=1, most=120), restart)


def _check_scores(rule_set: RuleSet, top: Reader) -> None:
    """Bounds, bases and bands fit together."""
    least, most = rule_set.min_score, rule_set.max_score
    if least >= most:
        top.refuse("INVALID", "max_score", least=str(least))
    for kind, base in rule_set.bases.items():
        if not least <= base.points <= most:
            top.refuse("OUT_OF_BOUNDS", f"bases.{kind}.points", least=str(least), most=str(most))
    if len({band.name for band in rule_set.bands}) < len(rule_set.bands):
        top.refuse("DUPLICATE", "bands")
    lowest = rule_set.bands[0]
    if lowest.lower != least or lowest.clean_months:
        # Otherwise there would be a score or a person without a band.
        top.refuse("LOWEST_BAND_LIMITED", f"bands.{lowest.name}", least=str(least))
    for below, band in zip(rule_set.bands, rule_set.bands[1:], strict=False):
        if not below.lower < band.lower <= most:
            top.refuse("BANDS_UNORDERED", f"bands.{band.name}.lower")


def _check_rules(rule_set: RuleSet, top: Reader) -> None:
    names = {band.name for band in rule_set.bands}
    caps: dict[str, Decimal | None] = {}
    for rule in rule_set.rules.values():
        path = f"rules.{rule.id}"
        if rule.points == 0 and rule.ceiling is None:
            top.refuse("WITHOUT_EFFECT", f"{path}.points")
        if rule.feature in SUPPORTIVE and rule.adverse:
            top.refuse("FEATURE_ONLY_ADDS", f"{path}.feature", feature=rule.feature.value)
        if rule.points <= 0 and rule.cap_per_year is not None:
            top.refuse("CAP_ON_DEDUCTION", f"{path}.cap_per_year")
        if rule.points > 0 and caps.setdefault(rule.category, rule.cap_per_year) != rule.cap_per_year:
            top.refuse("CAPS_DIFFER", f"{path}.cap_per_year", category=rule.category)
        for excuse in rule.excuses:
            if excuse not in rule_set.excuses:
                top.refuse("EXCUSE_UNKNOWN", f"{path}.excuses", excuse=excuse)
        if rule.ceiling is not None:
            _check_ceiling(rule_set, rule, rule.ceiling, names, top)


def _check_ceiling(rule_set: RuleSet, rule: Rule, ceiling: Ceiling, bands: set[str], top: Reader) -> None:
    path = f"rules.{rule.id}"
    if rule.points > 0:
        top.refuse("CEILING_ON_ADDITION", f"{path}.ceiling")
    if ceiling.band not in bands:
        top.refuse("BAND_UNKNOWN", f"{path}.ceiling.band", band=ceiling.band)
    if ceiling.restart is not None and not rule_set.min_score <= ceiling.restart <= rule_set.max_score:
        top.refuse("OUT_OF_BOUNDS", f"{path}.ceiling.restart")
