"""Make a mail of a message: text and HTML with the same words, and headers into which no text can inject another."""

from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils.translation import gettext
from jinja2 import Environment, FileSystemLoader

from portal.platform.feature import installed
from portal.platform.ui import jinja

from . import rules
from .types import MailMessage

TEMPLATES = Path(__file__).parent / "templates"


def compose(mail_id: UUID, message: MailMessage, created_at: datetime) -> EmailMessage:
    """Write the mail: for the same arguments always the same bytes, so that a mail sent twice can be recognised."""
    paragraphs = body_paragraphs(message)
    subject = gettext(message.content.subject)
    sender = Address(parseaddr(settings.MAIL_FROM)[0], addr_spec=parseaddr(settings.MAIL_FROM)[1])
    mail = EmailMessage(policy.SMTP)
    mail["From"] = sender
    mail["To"] = Address(addr_spec=message.to)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(created_at)
    mail["Message-ID"] = f"<{mail_id}@{sender.domain}>"
    # Autoresponders should not answer (RFC 3834, and Exchange's own header).
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    html = _environment().get_template("mail/frame.html")
    mail.set_content("\n\n".join(paragraphs) + "\n", cte="quoted-printable")
    in_html = html.render(subject=subject, paragraphs=paragraphs, large=message.content.large)
    mail.add_alternative(in_html, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{mail_id.hex}")
    return mail


def body_paragraphs(message: MailMessage) -> list[str]:
    """Write the paragraphs of a mail, from greeting to advice; a line end within one stays a line end."""
    values = {
        name: rules.plain_line(value) if isinstance(value, str) else value
        for name, value in msgspec.structs.asdict(message.content).items()
    }
    text = _words().get_template(message.content.words).render(**values)
    nickname = rules.plain_line(message.nickname)
    greeting = [gettext("Dag %(nickname)s,") % {"nickname": nickname}] if nickname else []
    advice = rules.advice(settings.MAIL_ADVICE_PORTAL, settings.MAIL_ADVICE_PHISHING)
    return [*greeting, *(part.strip() for part in text.split("\n\n") if part.strip()), advice]


@cache
def _environment() -> Environment:
    of_features = [installed.folder_of(feature) / "templates" for feature in installed.features()]
    return jinja.environment(loader=FileSystemLoader([TEMPLATES, *of_features]))


@cache
def _words() -> Environment:
    """Give the environment for the words of mails. It escapes nothing: they are text, and the frame escapes them."""
    return _environment().overlay(autoescape=False)
