"""Reunion as the product knows it."""

from __future__ import annotations

from backend.apps.reunion import figures, http, queries, rules, seed, tasks
from backend.apps.reunion.graphql import ReunionMutation, ReunionQuery, ReunionSubscription
from backend.apps.reunion.permissions import GRANTS, Permission
from backend.apps.reunion.service.imports_common import UPLOAD
from backend.apps.reunion.workflow import MACHINE
from backend.kernel.manifest import Manifest

MANIFEST = Manifest(
    name="reunion",
    models=("backend.apps.reunion.models",),
    migrations="backend.apps.reunion.migrations",
    grants=GRANTS,
    machine=MACHINE,
    jobs=tasks.JOBS,
    crons=tasks.CRONS,
    on_clock_mark=tasks.on_clock_mark,
    may_open=queries.may_open,
    bulk_uploads={UPLOAD: Permission.IMPORT},
    face_purposes=rules.GALLERIES,
    erased_with_file=("reunion_picture",),
    figures=figures.FORMULAS,
    rows_behind=(Permission.READ, queries.rows_behind),
    query=ReunionQuery,
    mutation=ReunionMutation,
    subscription=ReunionSubscription,
    routes=http.routes,
    seed=seed.play,
)
