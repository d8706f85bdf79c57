"""The mails about requests: to a body, to our own desk, and the desk's reminder of a term. Text alone, in Dutch.

What a citizen typed is quoted, and never becomes a header. A national number never goes by mail: the mail gives name
and day of birth, and by which means its citizen was signed in; a body that needs more asks our desk.
"""

from datetime import date, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings
from jinja2 import FileSystemLoader, Template

from portal.platform.access.types import Assurance
from portal.platform.kit import national_number
from portal.platform.language import dates
from portal.platform.language.current import speaking
from portal.platform.language.offer import DUTCH
from portal.platform.mail import rules as mail_rules
from portal.platform.ui import jinja

from . import terms
from .types import AskErrand, DataRight, ForwardFailure, RequestRecipient, RequestState

TEMPLATES = Path(__file__).parents[1] / "templates"
# Why our desk gets a request that is for a body.
WHY = {
    ForwardFailure.REFUSED: "De dienst weigerde het bericht.",
    ForwardFailure.BOUNCED: "Het bericht aan de dienst kwam terug.",
    ForwardFailure.UNREACHABLE: "Het lukte een week lang niet om de dienst te bereiken.",
    ForwardFailure.NO_ADDRESS: "Wij kennen geen adres van de dienst voor zulke verzoeken.",
}


def request(
    request_id: UUID,
    headline: tuple[str, DataRight, RequestState],
    errand: AskErrand,
    to: tuple[RequestRecipient, str],
    now: datetime,
) -> EmailMessage:
    """Write the mail with a request: the same bytes at each try to the same address, until its term is over.

    headline: its reference, which right, and its state. to: who gets it, and their address.
    """
    reference, right, state = headline
    born = national_number.birth_date_in(errand.insz)
    with speaking(DUTCH):
        text = _template("request").render(
            reference=reference,
            right=right,
            title=right.label,
            received=dates.moment(state.received_at),
            due=dates.day(state.ends_on),
            is_late=terms.is_over(state.ends_on, now),
            name=mail_rules.plain_line(errand.name),
            born=dates.bare(born) if born and born.year else "",
            means=errand.means.label if errand.means else "",
            level=errand.assurance.label if errand.assurance else "",
            is_sure=errand.assurance is Assurance.HIGH,
            body=errand.ask.body,
            reply_to=errand.ask.reply_to,
            why=WHY.get(state.failure, "") if state.failure else "",
            quoted="\n".join(f"> {line}".rstrip() for line in errand.ask.about.split("\n")),
        )
    mail = _frame(f"Verzoek {reference}: {right.label.lower()} (AVG, artikel {right.article})", to[1])
    if errand.ask.reply_to:
        mail["Reply-To"] = Address(addr_spec=errand.ask.reply_to)
    mail["Date"] = format_datetime(state.failed_at or state.received_at)
    mail["Message-ID"] = f"<{request_id}.{to[0].value}@{_sender().domain}>"
    mail.set_content(f"{text}\n", cte="quoted-printable")
    return mail


def warning(request_id: UUID, headline: tuple[str, str, date], to: str, now: datetime) -> EmailMessage:
    """Write the reminder for our desk that a term ends soon; it does not say whose request it is.

    headline: its reference, the body that it is for ("" for the portal itself), and the last day.
    """
    reference, body, due_on = headline
    with speaking(DUTCH):
        text = _template("warning").render(reference=reference, body=body, due=dates.day(due_on))
    mail = _frame(f"Termijn van verzoek {reference} loopt af", to)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{request_id}.{due_on.isoformat()}@{_sender().domain}>"
    mail.set_content(f"{text}\n", cte="quoted-printable")
    return mail


def _frame(subject: str, to: str) -> EmailMessage:
    mail = EmailMessage(policy.SMTP)
    mail["From"] = _sender()
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = subject
    # RFC 3834: no automatic answer, such as an absence note, is sent to these.
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _sender() -> Address:
    name, address = parseaddr(settings.MAIL_FROM)
    return Address(name, addr_spec=address)


@cache
def _template(name: str) -> Template:
    environment = jinja.environment(loader=FileSystemLoader(TEMPLATES))
    # Text, not HTML: nothing to escape.
    return environment.overlay(autoescape=False).get_template(f"privacy/rights_{name}.txt")
