"""Mediation as the product knows it."""

from __future__ import annotations

from backend.apps.mediation import figures, http, queries, seed, tasks
from backend.apps.mediation.graphql import MediationMutation, MediationQuery, MediationSubscription
from backend.apps.mediation.permissions import GRANTS, Permission
from backend.apps.mediation.service import feedback, hearing, supervision
from backend.apps.mediation.workflow import MACHINE
from backend.kernel.manifest import Cron, Manifest

MANIFEST = Manifest(
    name="mediation",
    models=("backend.apps.mediation.models",),
    migrations="backend.apps.mediation.migrations",
    grants=GRANTS,
    machine=MACHINE,
    jobs={
        feedback.REOPEN_JOB: tasks.reopen,
        hearing.HAND_OVER_JOB: tasks.hand_over,
        hearing.TERMINATION_JOB: tasks.termination_notice,
        "mediation.instalment": tasks.instalment,
        "mediation.briefing": tasks.briefing,
    },
    crons=(
        Cron("mediation.instalments", tasks.sweep_instalments, every_seconds=600),
        Cron("mediation.briefings", tasks.sweep_briefings, every_seconds=3600),
    ),
    on_clock_mark=supervision.on_clock_mark,
    outline=queries.outline,
    figures=figures.FORMULAS,
    rows_behind=(Permission.READ, queries.rows_behind),
    query=MediationQuery,
    mutation=MediationMutation,
    subscription=MediationSubscription,
    routes=http.routes,
    seed=seed.play,
)
