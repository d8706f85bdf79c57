"""Hold the state of the running town; handlers find it as `app[TOWN]`."""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from .attests.making import Maker
from .certificates.tokens import PortalKeys
from .corrections.reports import Reports
from .dossiers.register import Register
from .ebox.events import Events, new_events
from .ebox.letters import Boxes
from .ebox.offices import EVENTS, FEDERATION
from .ebox.samples import boxes_from
from .faults.switches import Switches, switches_for
from .faults.weather import Weather
from .magda.answers import Answers
from .magda.folders import Library, open_library
from .magda.repertorium import Repertorium
from .mail.inbox import Inbox
from .manifests import Sources, sample_folders, sources_of
from .notices.sending import Outbox
from .provider.state import Provider, open_provider
from .settings import Settings

# The town's own answers, for where no other folder has one: of the repertorium, and that there are no dossiers.
OWN = Path(__file__).parent / "magda" / "own"

Clock = Callable[[], float]


@dataclass
class Town:
    """Hold the parts; `clock` gives seconds since 1970, and tests replace it.

    `opened_at` is that clock's time at the start; `runners` are the HTTP servers by side: `plain` and `tls`.
    `handshake` is the mode of TLS handshakes, `handshake_context` the TLS context for a mode with another certificate
    or authority (`faults/handshakes.py`). `answers` keeps the files of MAGDA that were read as templates;
    `portal_keys` are the public keys by which tokens of the portal are checked.
    """

    settings: Settings
    sources: Sources
    switches: Switches
    library: Library
    provider: Provider
    clock: Clock
    opened_at: float
    reports: Reports
    maker: Maker
    portal_keys: PortalKeys
    ebox: Boxes
    events: Events
    dossiers: Register = field(default_factory=Register)
    notices: Outbox = field(default_factory=Outbox)
    answers: Answers = field(default_factory=Answers)
    repertorium: Repertorium = field(default_factory=Repertorium)
    inbox: Inbox = field(default_factory=Inbox)
    weather: Weather = field(default_factory=Weather)
    runners: dict[str, web.AppRunner] = field(default_factory=dict)
    handshake: str = "ok"
    handshake_context: ssl.SSLContext | None = None


TOWN = web.AppKey("town", Town)


def build(settings: Settings, clock: Clock = time.time) -> Town:
    """Make the town from its settings: read manifests, folders and clients.

    Raises SettingsError when the list of clients or a client's key cannot be read.
    """
    sources = sources_of(settings.agencies)
    now = clock()
    ebox = boxes_from(now)
    registries = [FEDERATION, EVENTS, *(office.source for office in ebox.offices.values())]
    return Town(
        settings=settings,
        sources=sources,
        switches=switches_for(
            sources.names, {desk.source for desk in sources.desks.values()}, sources.attests, registries
        ),
        library=open_library(sample_folders(settings.agencies), (*settings.simulators, OWN)),
        provider=open_provider(settings),
        clock=clock,
        opened_at=now,
        reports=Reports(settings.reports),
        maker=Maker(settings.certificates),
        portal_keys=PortalKeys(settings.portal),
        ebox=ebox,
        events=new_events(now),
        weather=Weather(settings.weather),
    )
