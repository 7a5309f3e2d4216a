"""Every figure of every installed application, by application and key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from backend.kernel.manifest import Manifest
from backend.kernel.metrics.formulas import Formula


class FigureId(NamedTuple):
    app: str
    key: str


_figures: dict[FigureId, Formula] = {}


def register(manifests: Iterable[Manifest]) -> None:
    """Take over the manifests' formulas; called once when a process starts."""
    _figures.clear()
    for manifest in manifests:
        _figures.update({FigureId(manifest.name, key): formula for key, formula in manifest.figures.items()})


def figures() -> Mapping[FigureId, Formula]:
    """In the order of the manifests."""
    return MappingProxyType(_figures)
