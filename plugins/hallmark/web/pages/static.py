"""Style and script of the pages: our own files and nobody else's."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response

from hallmark.web.pages.door import Reader

router = APIRouter(prefix="/static")

KINDS = {"report.css": "text/css", "pages.css": "text/css", "pages.js": "text/javascript"}


@router.get("/{name}")
def static(user: Reader, name: str) -> Response:
    """One of the files that are named here."""
    if name not in KINDS:
        raise HTTPException(404, "There is no such file.")
    own = Path(__file__).parent / "static" / name
    data = own.read_bytes() if own.exists() else files("hallmark.report").joinpath(name).read_bytes()
    return Response(data, media_type=KINDS[name], headers={"Cache-Control": "no-cache"})
