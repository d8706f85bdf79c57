"""A mail server that writes into a file when each mail came and its Message-ID, and keeps nothing else.

    python -m benchmarks.mail_sink PORT CERTIFICATES FILE

It asks for STARTTLS, with the town's certificate in the folder CERTIFICATES. A mail is accepted once its line is
in the file, so that a kill of this process loses none that was accepted.
"""

import asyncio
import logging
import re
import ssl
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.house import ROOT, clean_environment
from deploy.local.processes import HOST, Child, answers_connection, spawn

from .stage import until

_ID = re.compile(rb"^message-id: *<([^@>]+)@", re.IGNORECASE | re.MULTILINE)


def start(port: int, certificates: str, file: Path) -> Child:
    """Start the mail server in a process, and wait until it listens."""
    arguments = ["-m", "benchmarks.mail_sink", str(port), certificates, str(file)]
    child = spawn("mail", arguments, clean_environment(), ROOT)
    until(lambda: answers_connection(port), "the mail server")
    return child


def read(file: Path) -> list[tuple[float, str]]:
    """List the mails that came: the seconds since 1970, and the id in Message-ID. Skips an unfinished line."""
    lines = file.read_text().split("\n")[:-1] if file.exists() else []
    return [(float(line.split()[0]), line.split()[1]) for line in lines]


class _Sink:
    def __init__(self, file: Path) -> None:
        self._file = file.open("a", buffering=1)

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        match = _ID.search(envelope.original_content or b"")
        self._file.write(f"{time.time()} {match[1].decode() if match else '-'}\n")
        return "250 OK"


async def _serve(port: int, certificates: Path, file: Path) -> None:
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "town.pem", certificates / "town.key")
    loop, sink = asyncio.get_running_loop(), _Sink(file)
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="mail.invalid", tls_context=context, require_starttls=True, loop=loop), HOST, port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
