"""A model town that can check our tokens: the keys are published for it by a server that stands in for the portal."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from portal.platform.access import source_tokens
from tests.town import Town, running


class KnowingTown(Town):
    """A running town. portal: the origin at which it reads our keys; the test sets PORTAL_ORIGIN to it."""

    def __init__(self, portal: str, *ports: int) -> None:
        super().__init__(*ports)
        self.portal = portal


@contextmanager
def run_knowing_town() -> Iterator[KnowingTown]:
    """Run such a town until the block ends."""
    with _published() as portal:
        more = {"MAGDA_SIMULATOR_PATH": "", "PORTAL_ORIGIN": portal}
        with running(partial(KnowingTown, portal), more) as town:
            yield town


@contextmanager
def _published() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Publishing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Publishing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        signing = source_tokens.ours()
        assert signing
        assert self.path == "/api/jwks.json"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"keys": signing.published}).encode())

    def log_message(self, *_: object) -> None:
        pass
