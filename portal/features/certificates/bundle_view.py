"""Several certificates in one ZIP: a page that says of each how it went, and carries the ZIP while that grows."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods

from portal.platform.access.guards import SeeOther, keeps_typed, repeatable, signed_in, streams
from portal.platform.access.types import SignedInRequest
from portal.platform.language import dates
from portal.platform.ui import file_names, streaming

from . import choosing, framing, handing, looking, naming, views, wording
from .bundling import StepBegun, StepResult, ZipMaking
from .carrying import PageCarrier
from .choosing import CertificateChoice
from .looking import FoundOffers
from .seeking import SoughtCertificates

TITLE = _("Uw attesten in één bestand")
ZIP = "application/zip"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@repeatable
@keeps_typed
@streams
async def bundle(request: SignedInRequest) -> HttpResponseBase:
    """Have all that was chosen made into a ZIP (POST); redirect to the choice otherwise."""
    choose = reverse("certificates:choose")
    if request.method != "POST":
        return SeeOther(choose)
    choice = choosing.of_form(request)
    if request.is_from_before:
        # It was sent when the session had ended: nothing of the choice is lost.
        return streaming.answer(views.stream(request, SoughtCertificates(), choice=choice))
    if len(choice.keys) > choosing.MOST:
        kept = choosing.seal(request, choice._replace(keys=choice.keys[: choosing.MOST]))
        return SeeOther(f"{choose}?{urlencode({'keuze': kept, 'te-veel': 1})}")
    found = await looking.find_offers(request, choice.keys)
    if found.offers:
        return streaming.answer(_stream(request, found, choice))
    if found.unasked:
        return SeeOther(f"{choose}?{urlencode({'keuze': choosing.seal(request, choice), 'stil': 1})}")
    return SeeOther(f"{choose}?{'weg' if choice.keys else 'geen'}=1")


async def _stream(request: SignedInRequest, found: FoundOffers, choice: CertificateChoice) -> AsyncIterator[bytes]:
    """Send the frame with all that was chosen, the result of each with its piece of the ZIP, and the end."""
    now, chosen = datetime.now(UTC), found.offers
    context: dict[str, Any] = {
        "title": TITLE,
        "crumbs": framing.crumbs((views.CHOOSE, reverse("certificates:choose")), (TITLE, "")),
        "chosen": chosen,
        "gone": found.gone,
        "unasked": found.unasked,
        "gaps": found.gaps,
        "language_words": wording.LANGUAGES,
        "kept": choosing.seal(request, choice),
        "language": choice.language,
        "session": request.session,
        "request": request,
    }
    async for piece in streaming.opening(request, "certificates/bundle_open.html", context, framing.SHEETS):
        yield piece
    carrier, making = PageCarrier(request.session), ZipMaking(request, found, choice, now)
    line = get_template("certificates/bundle_line.html")
    async for step in making.steps():
        match step:
            case bytes():
                for part in carrier.piece(step):
                    yield part.encode()
            case StepBegun():
                current = {"now": chosen[step.at], "is_again": step.is_again}
                yield line.render({**current, "done": len(making.done), "total": len(chosen)}).encode()
            case StepResult():
                yield line.render({"step": step, **_words_of(step)}).encode()
    name = f"{file_names.plain(_t('Attesten - %(day)s') % {'day': dates.day(now)}, otherwise=naming.UNNAMED)}.zip"
    context |= {
        "made": making.made,
        "failed": [(one, wording.reason(one.result.why, one.offered.agency.words.mention)) for one in making.failed],
        "name": name,
        "seal": carrier.seal(name, ZIP),
        "size": carrier.size,
        "send": handing.mail_link(_t("attesten")),
    }
    yield get_template("certificates/bundle_end.html").render(context).encode()


def _words_of(step: StepResult) -> dict[str, Any]:
    """Give the words of a result for `bundle_line.html`: the verdict, or why there is no document."""
    if step.name and step.result.judgement:
        return dict(handing.verdict_in_words(step.result.judgement))
    return {"reason": wording.reason(step.result.why, step.offered.agency.words.mention)}
