"""Papers as office files over HTTP."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.kernel.errors import not_found
from backend.kernel.files.delivery import headers_for
from backend.kernel.identity.http import required_caller
from backend.kernel.instruments.office import RENDERERS, office_file


async def download(request: Request) -> Response:
    _, actor = await required_caller(request)
    kind = request.path_params["kind"]
    if kind not in RENDERERS:
        raise not_found()
    file = await office_file(actor, request.path_params["paper_id"], kind)
    headers = headers_for(file.name, file.content_type, f'"{file.sha256}"')
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(file.data, headers=headers, media_type=file.content_type)


routes = [Route("/papers/{paper_id:uuid}.{kind}", download, methods=["GET"], name="paper")]
