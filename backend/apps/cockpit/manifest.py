"""The cockpit as the product knows it."""

from __future__ import annotations

from backend.apps.cockpit import figures, http, queries, seed, tasks
from backend.apps.cockpit.graphql import CockpitMutation, CockpitQuery, CockpitSubscription
from backend.apps.cockpit.permissions import GRANTS, Permission
from backend.apps.cockpit.workflow import SCENES
from backend.kernel.manifest import Manifest

MANIFEST = Manifest(
    name="cockpit",
    models=("backend.apps.cockpit.models",),
    migrations="backend.apps.cockpit.migrations",
    grants=GRANTS,
    machine=SCENES,
    jobs=tasks.JOBS,
    crons=tasks.CRONS,
    on_clock_mark=tasks.on_clock_mark,
    may_open=queries.may_open,
    figures=figures.FORMULAS,
    rows_behind=(Permission.READ_ALL, queries.rows_behind),
    seed=seed.play,
    query=CockpitQuery,
    mutation=CockpitMutation,
    subscription=CockpitSubscription,
    routes=http.routes,
)
