"""Plain HTTP beside GraphQL: the board as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.apps.cockpit import board, papers
from backend.apps.cockpit.board import Board, Figure
from backend.apps.cockpit.enums import Better
from backend.kernel import clock
from backend.kernel.audit.service import record_reading
from backend.kernel.db.scope import open_scope
from backend.kernel.errors import Refusal
from backend.kernel.http import csv_response
from backend.kernel.identity.http import required_caller
from backend.kernel.tenancy.service import by_codes

HEADINGS: Final = ("应用", "指标", "单位", "数值", "分子", "分母", "目标", "结论", "计算公式")
UNITS: Final = {"RATE": "比率", "MEAN": "天", "MEDIAN": "天", "COUNT": "件"}


async def export_board(request: Request) -> Response:
    """The board's figures with target and formula, one line each, then a column for each month and for each place below."""
    _, actor = await required_caller(request)
    given = request.query_params
    async with open_scope(actor.scope):
        made = await board.board(actor, given.get("division", "")[:20], _month(given, "from"), _month(given, "to"))
        places = await by_codes(made.below)
        await record_reading(actor, "cockpit:board:exported", division=made.division.code, to=given.get("to"))
    names = [places[code].name for code in made.below]
    return csv_response(f"cockpit-{made.division.code}-{made.months[-1]:%Y%m}.csv", _table(made, names))


def _month(given: Mapping[str, str], name: str) -> date:
    try:
        return clock.parse_day(given.get(name, ""))
    except ValueError:
        raise Refusal("INVALID", name) from None


def _table(made: Board, names: Sequence[str]) -> Iterator[Sequence[object]]:
    yield (*HEADINGS, *(f"{month:%Y-%m}" for month in made.months), *names)
    for figure in made.figures:
        yield (
            figure.id.app, figure.formula.name, UNITS[figure.formula.kind], _plain(figure.value),
            *figure.parts, _target(figure),
            papers.VERDICTS[figure.colour] if figure.indicator else "", figure.formula.text, *map(_plain, figure.trend), *map(_plain, figure.below),
        )  # fmt: skip


def _plain(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _target(figure: Figure) -> str:
    wanted = figure.indicator
    return "" if wanted is None else f"{'≥' if wanted.better is Better.HIGHER else '≤'}{wanted.target:g}"


routes = (Route("/export/cockpit.csv", export_board),)
