"""What an application tells the product about itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.metrics.formulas import Formula
from backend.kernel.workflow.machine import Machine

#: A job: gets the system actor of its county and the arguments it was enqueued with.
JobHandler = Callable[..., Awaitable[None]]

#: Finds work in every county at once; makes one job per row.
Sweep = Callable[[datetime], Awaitable[object]]

#: May this actor open a file or paper that hangs on a row (second id) of a matter (first id) within his reach? With `blurred` he
#: gets a copy on which nobody is recognised: that is no look at anybody.
OpenGuard = Callable[[Actor, UUID, UUID, bool], Awaitable[bool]]

#: A matter's clock passed a mark: (system actor, clock, mark); see `deadlines.service.MARKS`.
ClockHandler = Callable[[Actor, Any, int], Awaitable[None]]


@dataclass(frozen=True)
class Outline:
    """What of a matter may go over to another application: two codes, nothing about anybody. `matter` stays with the kernel,
    which grants on it."""

    code: str
    category: str
    matter: Any


#: The outline of a matter, when this actor may hand it over.
OutlineOf = Callable[[Actor, UUID], Awaitable[Outline | None]]


@dataclass(frozen=True)
class RowBehind:
    """A matter behind a figure, as its application lists it; `kind` is as a notification's, where that decides which page it has."""

    code: str
    title: str
    state: str
    kind: str = ""


#: Those of the matters that this actor may read.
RowsBehind = Callable[[Actor, Sequence[UUID]], Awaitable[Mapping[UUID, RowBehind]]]


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
        on_clock_mark: called when one of the application's clocks passes a mark.
        may_open: narrows who opens the application's files and papers; without it, whoever reaches the matter.
        bulk_uploads: purpose of an upload that may be a table or an archive → permission it asks for.
        face_purposes: purpose of a face search → galleries it may look into; without any, the application searches none.
        outline: what of a matter may be handed over to another application; without it, nothing.
        figures: its key figures by key, with their formulas.
        rows_behind: the permission to read its matters, and what a reader with it may see of those behind a figure; without it,
            how many they are.
        erased_with_file: tables whose rows go with the file their `file_id` names, when a restored backup had it still.
        query, mutation, subscription: Strawberry types to merge.
        routes: Starlette routes beside GraphQL.
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
    may_open: OpenGuard | None = None
    bulk_uploads: Mapping[str, str] = field(default_factory=dict)
    face_purposes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    outline: OutlineOf | None = None
    figures: Mapping[str, Formula] = field(default_factory=dict)
    rows_behind: tuple[str, RowsBehind] | None = None
    erased_with_file: tuple[str, ...] = ()
    query: type | None = None
    mutation: type | None = None
    subscription: type | None = None
    routes: tuple[Any, ...] = ()
    seed: Callable[[], Awaitable[None]] | None = None
