"""What people read of the mailbox: texts of providers in the language that serves best, and names of who is meant."""

from collections.abc import Iterator
from datetime import date

from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.language import dates
from portal.platform.language.current import current

from ..types import ByLanguage, EboxAttachment, EboxMessage, EboxProvider
from . import reference
from .outside_text import LANGUAGES


def text_of(texts: ByLanguage) -> tuple[str, str]:
    """Choose a text and name its language: the page's, or the first of LANGUAGES that there is; ("", "") for none."""
    for language in (current(), *LANGUAGES):
        if text := texts.get(language):
            return text, language
    return "", ""


def name_of_provider(provider: EboxProvider) -> tuple[str, str]:
    """Name a provider, and the language of its name; by its id where the federation gives no name."""
    name, language = text_of(provider.names)
    return (name, language) if name else (provider.id, "")


def name_of_sender(provider_id: str, sender_id: str) -> tuple[str, str]:
    """Name an organisation that sends messages; by its number where its provider does not say who that is."""
    sender = reference.sender(provider_id, sender_id)
    name, language = text_of(sender.long_names) if sender else ("", "")
    if sender and not name:
        name, language = text_of(sender.short_names)
    return (name, language) if name else (sender_id, "")


def name_of_kind(provider_id: str, type_id: str) -> tuple[str, str]:
    """Name a kind of letter; ("", "") where its provider does not say what that is."""
    kind = reference.message_type(provider_id, type_id)
    return text_of(kind.names) if kind else ("", "")


def name_of_file(attachment: EboxAttachment) -> str:
    """Name a file as it is saved: what its sender called it, or its title; "" for neither."""
    return attachment.file_name or text_of(attachment.titles)[0]


def names_around(message: EboxMessage) -> Iterator[str]:
    """Give all names of a message's sender and kind, in every language: what one may look for it by."""
    if sender := reference.sender(message.provider, message.sender):
        yield from (*sender.short_names.values(), *sender.long_names.values())
    if kind := reference.message_type(message.provider, message.type_id):
        yield from kind.names.values()


def day_in_words(when: date) -> str:
    """Write a day: 5 december 2026."""
    return dates.bare(IncompleteDate(when.year, when.month, when.day))
