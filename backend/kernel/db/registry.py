"""The kernel's tables, as Tortoise wants them named."""

from __future__ import annotations

KERNEL_MODELS = (
    "backend.kernel.access.models",
    "backend.kernel.audit.models",
    "backend.kernel.deadlines.models",
    "backend.kernel.exchange.models",
    "backend.kernel.faces.models",
    "backend.kernel.files.models",
    "backend.kernel.graphql.models",
    "backend.kernel.identity.models",
    "backend.kernel.instruments.models",
    "backend.kernel.jobs.models",
    "backend.kernel.links.models",
    "backend.kernel.metrics.models",
    "backend.kernel.notifications.models",
    "backend.kernel.privacy.models",
    "backend.kernel.sharing.models",
    "backend.kernel.tenancy.models",
)
KERNEL_MIGRATIONS = "backend.kernel.db.migrations"
