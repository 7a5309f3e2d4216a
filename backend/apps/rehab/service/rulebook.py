"""Which rules hold: the city's default as it ships, a county's committed ones over it from their day on."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import orjson

from backend.apps.rehab.enums import RuleSetState
from backend.apps.rehab.models import Case
from backend.apps.rehab.models import RuleSet as Row
from backend.apps.rehab.rules import Measures
from backend.apps.rehab.service import common
from backend.kernel.points.rules import RuleSet, load_rule_set
from backend.kernel.points.timeline import Timeline

#: The city's rules hold for every day before a county has its own.
EVER = date(2000, 1, 1)
#: A county's versions begin with its code, so that a line names one set wherever its case moves to.
VERSIONS_OF_A_COUNTY = 1000


@lru_cache(maxsize=1)
def city() -> RuleSet:
    """The city's default."""
    return load_rule_set(city_data())


def city_data() -> dict[str, Any]:
    text = files("backend.apps.rehab").joinpath("rulesets", "city-default.json").read_bytes()
    loaded: dict[str, Any] = orjson.loads(text)
    return loaded


@lru_cache(maxsize=256)
def _parsed(text: bytes) -> RuleSet:
    return load_rule_set(orjson.loads(text))


def parsed(row: Row) -> RuleSet:
    """A county's rules as data; parsed once."""
    return _parsed(orjson.dumps(row.data, option=orjson.OPT_SORT_KEYS))


async def timeline(county: str) -> Timeline:
    """The rules of a county through time."""
    known = [RuleSetState.COMMITTED, RuleSetState.FOREIGN]
    rows = await Row.filter(county=county, state__in=known).order_by("effective_from", "number")
    # Of two for the same day the one committed later holds; entries may still name the other.
    own = {row.effective_from: parsed(row) for row in rows if row.state == RuleSetState.COMMITTED}
    held = {rule_set.version for rule_set in own.values()}
    others = [parsed(row) for row in rows if row.number not in held]
    return Timeline([(EVER, city()), *own.items()], others)


def first_version(county: str) -> int:
    return int(county) * VERSIONS_OF_A_COUNTY + 1


async def in_force(county: str, day: date | None = None) -> RuleSet:
    return (await timeline(county)).in_force(day or common.today())


async def measures(case: Case) -> Measures:
    """What the person's band means in duties today."""
    rule_set = await in_force(case.county)
    band = next(band for band in rule_set.bands if band.name == case.band)
    given = band.measures
    return Measures(
        contact_days=int(given["contact_days"]), visit_days=int(given["visit_days"]),
        test_factor=float(given["test_factor"]), review_months=int(given["review_months"]),
    )  # fmt: skip
