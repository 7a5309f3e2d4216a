"""The product's table of contents."""

from __future__ import annotations

from backend.apps.cockpit.manifest import MANIFEST as COCKPIT
from backend.apps.mediation.manifest import MANIFEST as MEDIATION
from backend.apps.oversight.manifest import MANIFEST as OVERSIGHT
from backend.apps.rehab.manifest import MANIFEST as REHAB
from backend.apps.reunion.manifest import MANIFEST as REUNION
from backend.kernel.access import grants
from backend.kernel.db.registry import KERNEL_MIGRATIONS, KERNEL_MODELS
from backend.kernel.manifest import Manifest
from backend.kernel.metrics import catalogue

INSTALLED: tuple[Manifest, ...] = (MEDIATION, REHAB, REUNION, OVERSIGHT, COCKPIT)


def register() -> None:
    """Tell the kernel what the applications grant and count; called once when a process starts."""
    grants.register(INSTALLED)
    catalogue.register(INSTALLED)


def models() -> dict[str, tuple[str, ...]]:
    """Application label → modules with tables, for Tortoise."""
    return {"kernel": KERNEL_MODELS, **{app.name: app.models for app in INSTALLED if app.models}}


def tables() -> dict[str, tuple[tuple[str, ...], str]]:
    """Application label → (modules with tables, package with migrations)."""
    apps = {app.name: (app.models, app.migrations) for app in INSTALLED if app.models}
    return {"kernel": (KERNEL_MODELS, KERNEL_MIGRATIONS), **apps}
