"""All of version 1 together: ``/api/v1/``, described at ``/api/v1/openapi.json``."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router

import quarterday.api.v1
from quarterday import __version__
from quarterday.api.v1.auth import TooMany
from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict, NotFound
from quarterday.store.queries.reports.limits import HeldUp


def make_api() -> NinjaAPI:
    """The interface with all routers that there are.

    It has no page of documentation: that would load its scripts from another host.
    """
    api = NinjaAPI(
        title="Quarterday",
        version=__version__,
        description="What other programs may ask about a seller's customers and business.",
        urls_namespace="api-1",
        docs_url=None,
    )
    api.add_exception_handler(BillingError, partial(_refuse, api))
    api.add_exception_handler(TooMany, partial(_put_off, api))
    for info in iter_modules(quarterday.api.v1.__path__):
        module = import_module(f"quarterday.api.v1.{info.name}")
        router = getattr(module, "router", None)
        if isinstance(router, Router):
            api.add_router("", router)
    return api


def _refuse(api: NinjaAPI, request: HttpRequest, error: Any) -> HttpResponse:
    kinds = ((NotFound, 404), (Conflict, 409), (HeldUp, 503))
    status = next((number for kind, number in kinds if isinstance(error, kind)), 400)
    return api.create_response(request, {"detail": str(error)}, status=status)


def _put_off(api: NinjaAPI, request: HttpRequest, error: Any) -> HttpResponse:
    answer = api.create_response(request, {"detail": str(error)}, status=429)
    answer["Retry-After"] = str(error.wait)
    return answer


api = make_api()
