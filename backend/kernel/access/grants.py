"""Which permissions each role carries: the sum of what the installed applications grant."""

from __future__ import annotations

from collections.abc import Iterable

from backend.kernel.access.roles import Role
from backend.kernel.manifest import Manifest

_grants: dict[Role, frozenset[str]] = {}


def register(manifests: Iterable[Manifest]) -> None:
    """Take over the manifests' grants; called once when a process starts."""
    _grants.clear()
    for manifest in manifests:
        for role, permissions in manifest.grants.items():
            _grants[role] = _grants.get(role, frozenset()) | {str(permission) for permission in permissions}


def permissions_of(role: Role) -> frozenset[str]:
    """Everything the role may do in any application."""
    return _grants.get(role, frozenset())


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
