"""Who comes in: Airflow's login, the right to see certifications, and writes from our own pages alone."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import Depends, HTTPException, Request, Response

CERTIFY = "certify_model"

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def reader(user: GetUserDep) -> BaseUser:
    """The user behind a request; 401 without a login, 403 for a role that may not see certifications."""
    details = DagDetails(id=CERTIFY)
    may = get_auth_manager().is_authorized_dag(
        method="GET", access_entity=DagAccessEntity.RUN, details=details, user=user
    )
    if not may:
        raise HTTPException(403, "Your role may not see certifications; an administrator can change it.")
    return user


Reader = Annotated[BaseUser, Depends(reader)]


async def same_origin(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse a write that another site makes a browser send; whoever shows a token of their own is no browser."""
    if request.method in READING or "authorization" in request.headers or _from_here(request):
        return await call_next(request)
    return Response("This request does not come from Hallmark's own pages; open the page and use its button.", 403)


def _from_here(request: Request) -> bool:
    """Browsers say where a write comes from; silence is no permission."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")
