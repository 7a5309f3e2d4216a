"""What an application tells the product about itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import Any

from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.workflow.machine import Machine

#: A job: gets the system actor of its county and the arguments it was enqueued with.
JobHandler = Callable[..., Awaitable[None]]

#: Finds work in one county; makes one job per row.
Sweep = Callable[[Actor, datetime], Awaitable[None]]

#: A matter's clock passed a mark: (system actor, clock id, mark in percent).
ClockHandler = Callable[[Actor, Any, int], Awaitable[None]]


@dataclass(frozen=True)
class Cron:
    """A sweep and how often it runs."""

    name: str
    sweep: Sweep
    every_seconds: int


@dataclass(frozen=True)
class Manifest:
    """One application. `backend.installed` lists them all.

    Attributes:
        name: label of the application, first part of its permissions, tags and jobs.
        models: modules with tables.
        grants: which permissions each role carries.
        jobs: job name → handler.
        on_clock_mark: called when one of the application's clocks passes 50, 80 or 100 %.
        on_account: jobs to run in every county when an account signs in for the first time.
        read_matter: may this actor read this matter? Answers for files and papers of the matter.
        query, mutation, subscription: Strawberry types to merge.
        seed: fills the demonstration city.
    """

    name: str
    models: tuple[str, ...] = ()
    migrations: str = ""
    grants: Mapping[Role, frozenset[str]] = field(default_factory=dict)
    machine: Machine | None = None
    jobs: Mapping[str, JobHandler] = field(default_factory=dict)
    crons: tuple[Cron, ...] = ()
    on_clock_mark: ClockHandler | None = None
    on_account: str = ""
    query: type | None = None
    mutation: type | None = None
    subscription: type | None = None
    routes: tuple[Any, ...] = ()
    seed: Callable[[], Awaitable[None]] | None = None
    templates: ModuleType | None = None
