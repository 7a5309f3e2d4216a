"""Oversight as the product knows it."""

from __future__ import annotations

from backend.apps.oversight import figures, queries, seed, tasks
from backend.apps.oversight.graphql import OversightMutation, OversightQuery, OversightSubscription
from backend.apps.oversight.permissions import GRANTS, Permission
from backend.apps.oversight.workflow import CLUES
from backend.kernel.manifest import Manifest

MANIFEST = Manifest(
    name="oversight",
    models=("backend.apps.oversight.models",),
    migrations="backend.apps.oversight.migrations",
    grants=GRANTS,
    machine=CLUES,
    jobs=tasks.JOBS,
    crons=tasks.CRONS,
    on_clock_mark=tasks.on_clock_mark,
    may_open=queries.may_open,
    figures=figures.FORMULAS,
    rows_behind=(Permission.READ, queries.rows_behind),
    query=OversightQuery,
    mutation=OversightMutation,
    subscription=OversightSubscription,
    seed=seed.play,
)
