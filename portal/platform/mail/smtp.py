"""Deliver a mail to the mail server, over TLS, within a minute."""

import asyncio
import re
import ssl
from contextlib import suppress
from email.message import EmailMessage
from functools import cache
from urllib.parse import urlsplit

import aiosmtplib
from django.conf import settings

from portal.platform.jobs.errors import GivenUp, TryLater

from . import server_gate
from .errors import MailNotAllowed, ServerAway

# A server may be slow to accept a mail, since it scans it; RFC 5321 allows minutes, but our jobs are retried.
STEP_SECONDS = 20
TOTAL_SECONDS = 60
FOR_GOOD = 500  # the lowest code of a permanent refusal
# The enhanced status code (RFC 3463) of a server that does not relay for us, or has us blocked: the mail can still go
# once that is set right. Some servers also refuse an address or a text so, by a policy of their own: that ends with
# the term of the mail.
_NOT_ALLOWED = re.compile(r"5\.7\.[0-9]{1,3}(?![0-9.])")


async def deliver(mail: EmailMessage, sender: str, to: str) -> None:
    """Deliver to one address, as soon as the server may be asked (`server_gate`).

    Raise TryLater when the server is down, slow, busy, broken, not the one of its certificate, does not know us
    (MailNotAllowed where it says so of the address or the mail) or is left alone for now, or the CA file cannot be
    read; GivenUp when it refuses this mail for good. Their details hold the codes, never the server's text, which may
    repeat the address.
    """
    try:
        context = _context(settings.SMTP_CA_FILE)
    except OSError as error:
        raise TryLater(f"SMTP: {type(error).__name__}") from None
    async with server_gate.of_this_loop().passage():
        await _hand_over(context, mail, sender, to)


async def _hand_over(context: ssl.SSLContext, mail: EmailMessage, sender: str, to: str) -> None:
    """Make one try. Raise ServerAway, another TryLater, or GivenUp."""
    server = aiosmtplib.SMTP(
        hostname=settings.SMTP_HOST,
        port=settings.SMTP_PORT,
        username=settings.SMTP_USER or None,
        password=settings.SMTP_PASSWORD or None,
        # Not the machine's own name, which mails should not reveal.
        local_hostname=urlsplit(settings.PORTAL_ORIGIN).hostname,
        timeout=STEP_SECONDS,
        use_tls=settings.SMTP_SECURITY == "tls",
        start_tls=settings.SMTP_SECURITY == "starttls",
        tls_context=context,
    )
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            await server.connect()
            await server.sendmail(sender, [to], mail.as_bytes())
    except aiosmtplib.SMTPRecipientsRefused as error:
        refusal = error.recipients[0]
        raise _error_for(refusal.code, refusal.message) from None
    except aiosmtplib.SMTPDataError as error:
        # Some servers hear all of a mail before they refuse whoever sends it.
        raise _error_for(error.code, error.message) from None
    except aiosmtplib.SMTPResponseException as error:
        # Refused at connection, or because of the sender, which is always ours: a problem between the server and us.
        detail = f"{error.code} before the mail" if error.code > 0 else "no answer that is SMTP"
        raise ServerAway(f"SMTP {detail}") from None
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise ServerAway(f"SMTP: {type(error).__name__}") from None
    else:
        # The mail was accepted: a failing QUIT does not change that.
        with suppress(aiosmtplib.SMTPException, OSError, ValueError):
            await server.quit(timeout=1)
    finally:
        server.close()


def _error_for(code: int, text: str) -> TryLater | GivenUp:
    if found := _NOT_ALLOWED.match(text):
        return MailNotAllowed(f"SMTP {code} {found[0]}")
    return GivenUp(f"SMTP {code}") if code >= FOR_GOOD else TryLater(f"SMTP {code}")


@cache
def _context(authority: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
