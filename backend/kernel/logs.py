"""Structured logs: one JSON object a line, a request id, and no personal data."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

#: Mobile numbers and identity numbers, wherever they turn up.
_PERSONAL = re.compile(r"(?<!\d)(1[3-9]\d{9}|[1-9]\d{16}[\dXx])(?!\d)")


def configure(level: str) -> None:
    """Send structlog and the standard library's warnings to standard error as JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            plain_exception,
            without_personal_data,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_ToStructlog()], force=True)
    # It logs every error with its message; ours are logged, without it, where they are masked.
    logging.getLogger("strawberry.execution").disabled = True


def plain_exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as type and places. Its message may quote a row, so it stays out."""
    problem = event.pop("exc_info", None)
    if problem is True:
        problem = sys.exc_info()[1]
    if isinstance(problem, tuple):
        problem = problem[1]
    if isinstance(problem, BaseException):
        frames = traceback.extract_tb(problem.__traceback__)[-12:]
        event["exception"] = type(problem).__name__
        event["at"] = [f"{frame.filename.rsplit('/backend/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def without_personal_data(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Numbers that could be a telephone or identity number are blotted out of every text."""
    return {key: _without_numbers(value) for key, value in event.items()}


def _without_numbers(value: Any) -> Any:
    if isinstance(value, str):
        return _PERSONAL.sub("[number]", value)
    if isinstance(value, dict):
        return {key: _without_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_numbers(item) for item in value]
    if isinstance(value, int) and _PERSONAL.fullmatch(str(value)):
        return "[number]"
    return value


class _ToStructlog(logging.Handler):
    """Lines of libraries that use the standard library's logging."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        if record.exc_info:
            log.error("library.failed", logger=record.name, exc_info=record.exc_info)
        else:
            log.warning("library.says", logger=record.name, text=str(record.msg)[:200])
