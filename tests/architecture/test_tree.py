"""The tree of files: layers, sizes, generated files, and nothing that points outside the repository."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from backend.schema import sdl
from backend.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted(path for folder in ("backend", "tests", ".ci") for path in (ROOT / folder).rglob("*.py"))
LONGEST_FILE = 400
LONGEST_TEST_FILE = 600
LONGEST_FUNCTION = 60
LOCKS = sorted([*ROOT.glob("requirements*.lock"), ROOT / "pwa" / "package-lock.json"])


def test_layers_and_borders_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_files_and_functions_stay_small() -> None:
    long = []
    for path in PYTHON:
        text = path.read_text(encoding="utf-8")
        most = LONGEST_TEST_FILE if path.is_relative_to(ROOT / "tests") else LONGEST_FILE
        if len(text.splitlines()) > most:
            long.append(str(path.relative_to(ROOT)))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                if node.end_lineno - node.lineno >= LONGEST_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert long == []


def test_galleries_are_searched_in_one_place() -> None:
    """The import contract keeps others from the module; nobody else names its statements either."""
    allowed = {"backend/kernel/faces/galleries.py", "backend/kernel/db/migrations/0005_galleries.py"}
    named = re.compile(r"search_gallery|gallery_code\b|kernel\.faces\.galleries")
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "backend").rglob("*.py")
        if not path.is_relative_to(ROOT / "backend" / "apps" / "reunion") and named.search(path.read_text(encoding="utf-8"))
    }
    assert found == allowed


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_committed_schema_is_the_codes() -> None:
    committed = (ROOT / "schema" / "schema.graphql").read_text(encoding="utf-8")
    assert committed == sdl(), "run `shanzhi schema`"


def test_every_trusted_document_fits_the_schema() -> None:
    schema = build_schema(sdl())
    documents = json.loads((ROOT / "schema" / "trusted-documents.json").read_text(encoding="utf-8"))
    assert documents
    assert {
        key: problems for key, text in documents.items() if (problems := validate(schema, parse(text)))
    } == {}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_file_names_no_download_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert '"resolved"' not in text
    # Sponsors' pages in npm's lock are no places to download from.
    text = re.sub(r'"funding":\s*(\{[^}]*\}|\[[^\]]*\]|"[^"]*")', "", text)
    assert re.findall(r"(?:https?|git|file)\S*://\S+|--(?:extra-)?index-url.*|--find-links.*", text) == []


def test_nothing_reads_what_lies_outside_the_repository() -> None:
    done = subprocess.run(
        # Inside the phone app's sources `../shared` is a folder of its own components.
        ["git", "grep", "-lE", r"\.\./shared", "--", ":!tests/architecture/test_tree.py", ":!pwa/src"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == []
