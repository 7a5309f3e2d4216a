"""Supervision as the product knows it."""

from __future__ import annotations

from backend.apps.rehab import figures, queries, seed, tasks
from backend.apps.rehab.graphql import RehabMutation, RehabQuery, RehabSubscription
from backend.apps.rehab.permissions import GRANTS
from backend.apps.rehab.workflow import MACHINE
from backend.kernel.manifest import Manifest

MANIFEST = Manifest(
    name="rehab",
    models=("backend.apps.rehab.models",),
    migrations="backend.apps.rehab.migrations",
    grants=GRANTS,
    machine=MACHINE,
    jobs=tasks.JOBS,
    crons=tasks.CRONS,
    on_clock_mark=tasks.on_clock_mark,
    may_open=queries.may_open,
    figures=figures.FORMULAS,
    query=RehabQuery,
    mutation=RehabMutation,
    subscription=RehabSubscription,
    seed=seed.play,
)
