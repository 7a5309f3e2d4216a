"""Serves the built phone app: hashed assets for ever, everything else fresh, unknown paths to the app itself."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

API_PREFIXES = ("graphql", "auth/", "open/", "files/", "papers/", "push/", "export/", "intake/", "dev/")


class PhoneApp(StaticFiles):
    """The app's files; a deep link gets `index.html`."""

    def __init__(self, directory: Path) -> None:
        self.missing = not (directory / "index.html").exists()
        super().__init__(directory=directory, html=True, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path.startswith(API_PREFIXES):
            raise HTTPException(404)
        if self.missing:
            return PlainTextResponse("The phone app is not built: run `make setup`.", 503)
        try:
            response = await super().get_response(path, scope)
        except HTTPException as problem:
            if problem.status_code != 404 or "." in path.rsplit("/", 1)[-1]:
                raise
            response = await super().get_response("index.html", scope)
        lasting = path.startswith("assets/") and response.status_code == 200
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return response
