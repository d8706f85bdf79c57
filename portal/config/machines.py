"""The middleware that answers the machines of bodies; what follows it in the settings is for browsers."""

from http import HTTPStatus

from django.http import HttpResponseBase
from django.utils.decorators import async_only_middleware

from portal.platform.access.middleware import is_of_machine, match_of
from portal.platform.access.types import Request, Respond

from . import budgets


@async_only_middleware
def middleware(get_response: Respond) -> Respond:
    """Answer a machine's request by its view at once; all layers together would take a sixth of a notice's time.

    No other site can act for a machine, for its token says who calls. Many call from one address, so that they have
    no budget of their network; but whoever is not recognised (401) waits in the line of its visitors.
    """

    async def respond(request: Request) -> HttpResponseBase:
        match = match_of(request.path_info)
        if match is None or not is_of_machine(request):
            return await get_response(request)
        request.session, request.resolver_match = None, match
        response: HttpResponseBase = await match.func(request, *match.args, **match.kwargs)
        if response.status_code != HTTPStatus.UNAUTHORIZED:
            return response

        async def refuse(_: Request) -> HttpResponseBase:
            return response

        return await budgets.answer_visitor(request, refuse)

    return respond
