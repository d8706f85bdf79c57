"""Write the mail of a question to the contact centre. Typed text is quoted in the body, never put into a header."""

from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext
from jinja2 import FileSystemLoader, Template

from portal.platform.mail import rules as mail_rules
from portal.platform.ui import jinja

from . import rules
from .types import Question


def compose(question_id: UUID, question: Question, created_at: datetime) -> EmailMessage:
    """Write the mail of a question. created_at: when it was asked (UTC)."""
    sender = Address(parseaddr(settings.MAIL_FROM)[0], addr_spec=parseaddr(settings.MAIL_FROM)[1])
    name = rules.reference(question_id)
    mail = EmailMessage(policy.SMTP)
    mail["From"] = sender
    mail["To"] = Address(addr_spec=settings.CONTACT_EMAIL)
    if question.reply_to:
        mail["Reply-To"] = Address(addr_spec=question.reply_to)
    mail["Subject"] = gettext("Vraag %(reference)s via Mijn Burgerprofiel") % {"reference": name}
    mail["Date"] = format_datetime(created_at)
    mail["Message-ID"] = f"<{question_id}@{sender.domain}>"
    lines = rules.clean(question.text).split("\n")
    text = _template().render(
        reference=name,
        topic=mail_rules.plain_line(question.topic),
        # `rules.check_question` made sure that these are nothing but an address and a phone number.
        reply_to=question.reply_to,
        phone=question.phone,
        asked_at=created_at,
        quoted="\n".join(f"> {line}".rstrip() for line in lines),
    )
    mail.set_content(f"{text}\n", cte="quoted-printable")
    return mail


@cache
def _template() -> Template:
    environment = jinja.environment(loader=FileSystemLoader(Path(__file__).parent / "templates"))
    # Text, not HTML: nothing to escape.
    return environment.overlay(autoescape=False).get_template("contact/question.txt")
