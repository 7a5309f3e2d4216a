"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

from backend.installed import register
from backend.kernel.access import grants

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


def test_its_permission_matrix_is_the_generated_one() -> None:
    register()
    shown = re.search(r"<!-- permissions -->\n(.*?)\n<!-- /permissions -->", README, re.DOTALL)
    assert shown
    assert shown[1].strip() == grants.table(), "stale: put the output of `shanzhi permissions` between the marks"
