"""What the installed applications grant: permissions to roles, opening of files and papers, outlines, rows behind figures,
galleries to purposes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.manifest import Manifest, OpenGuard, Outline, OutlineOf, RowBehind, RowsBehind

_grants: dict[Role, frozenset[str]] = {}
_guards: dict[str, OpenGuard] = {}
_outlines: dict[str, OutlineOf] = {}
_rows_behind: dict[str, tuple[str, RowsBehind]] = {}
_galleries: dict[tuple[str, str], frozenset[str]] = {}
_bulk: dict[str, str] = {}


def register(manifests: Iterable[Manifest]) -> None:
    """Take over what the manifests grant; called once when a process starts."""
    _grants.clear()
    _guards.clear()
    _outlines.clear()
    _rows_behind.clear()
    _galleries.clear()
    _bulk.clear()
    for manifest in manifests:
        _galleries.update({(manifest.name, purpose): names for purpose, names in manifest.face_purposes.items()})
        _bulk.update(manifest.bulk_uploads)
        if manifest.may_open is not None:
            _guards[manifest.name] = manifest.may_open
        if manifest.outline is not None:
            _outlines[manifest.name] = manifest.outline
        if manifest.rows_behind is not None:
            _rows_behind[manifest.name] = manifest.rows_behind
        for role, permissions in manifest.grants.items():
            _grants[role] = _grants.get(role, frozenset()) | {str(permission) for permission in permissions}


def permissions_of(role: Role) -> frozenset[str]:
    """Everything the role may do in any application."""
    return _grants.get(role, frozenset())


async def may_open(actor: Actor, app: str, matter_id: UUID, subject_id: UUID, *, blurred: bool = False) -> bool:
    """Whether the actor may open a file or paper of this application, once the database lets him reach its row."""
    guard = _guards.get(app)
    return guard is None or await guard(actor, matter_id, subject_id, blurred)


async def outline(actor: Actor, app: str, matter_id: UUID) -> Outline | None:
    """What of this application's matter the actor may hand over to another one."""
    made = _outlines.get(app)
    return None if made is None else await made(actor, matter_id)


def may_read_rows(actor: Actor, app: str) -> bool:
    """Whether the actor may see which matters of this application a figure counts."""
    known = _rows_behind.get(app)
    return known is not None and actor.may(known[0])


async def rows_behind(actor: Actor, app: str, matter_ids: Sequence[UUID]) -> Mapping[UUID, RowBehind]:
    """What the actor may see of these matters of an application, in its own words; only for whom `may_read_rows`."""
    return await _rows_behind[app][1](actor, matter_ids)


def galleries_of(app: str, purpose: str) -> frozenset[str]:
    """The galleries a face search of the application may look into for this purpose; none for an unknown one."""
    return _galleries.get((app, purpose), frozenset())


def bulk_permission(purpose: str) -> str:
    """What it takes to send tables and archives for this purpose; empty for a purpose that takes none."""
    return _bulk.get(purpose, "")


def matrix() -> dict[str, list[Role]]:
    """Permission → roles, for the generated permission matrix."""
    permissions = sorted({permission for granted in _grants.values() for permission in granted})
    return {name: [role for role in Role if name in _grants.get(role, ())] for name in permissions}


def table() -> str:
    """The matrix as Markdown: permissions down, roles across, only roles that carry something."""
    rows = matrix()
    roles = [role for role in Role if any(role in carried for carried in rows.values())]
    lines = ["| permission | " + " | ".join(roles) + " |", "|---|" + "---|" * len(roles)]
    for permission, carried in rows.items():
        cells = ("✓" if role in carried else "" for role in roles)
        lines.append(f"| `{permission}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)
