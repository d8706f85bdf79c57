"""Choose the texts of providers in the reader's language, and the names that stand for ids."""

from portal.platform.language.current import current

from ..types import ByLanguage, EboxAttachment, EboxMessage, EboxProvider
from . import reference
from .outside_text import LANGUAGES


def text_of(texts: ByLanguage) -> tuple[str, str]:
    """Choose a text, with its language code: that of the page, else the first of LANGUAGES that has one.

    ("", "") for no text.
    """
    for language in (current(), *LANGUAGES):
        if text := texts.get(language):
            return text, language
    return "", ""


def name_of_provider(provider: EboxProvider) -> tuple[str, str]:
    """Give the name of a provider and the language of that name; its id and "" where it has no name."""
    name, language = text_of(provider.names)
    return (name, language) if name else (provider.id, "")


def name_of_sender(provider_id: str, sender_id: str) -> tuple[str, str]:
    """Give the name of a sender and the language of that name; its KBO number and "" where its name is not known."""
    sender = reference.sender(provider_id, sender_id)
    name, language = text_of(sender.long_names) if sender else ("", "")
    if sender and not name:
        name, language = text_of(sender.short_names)
    return (name, language) if name else (sender_id, "")


def name_of_kind(provider_id: str, type_id: str) -> tuple[str, str]:
    """Give the name of a kind of letter and the language of that name; ("", "") where its name is not known."""
    kind = reference.message_type(provider_id, type_id)
    return text_of(kind.names) if kind else ("", "")


def name_of_file(attachment: EboxAttachment) -> str:
    """Give the name of a file as its provider has it: its file name, else its title; "" for neither.

    The name to save it under is made of it.
    """
    return attachment.file_name or text_of(attachment.titles)[0]


def names_around(provider: EboxProvider, message: EboxMessage) -> tuple[str, ...] | None:
    """Give the names of a message's sender and kind in every language, for a search.

    None where one of the two is not known, and this process does not have all reference data of the provider: then
    nobody can tell here whether a name has the words.
    """
    sender = reference.sender(message.provider, message.sender)
    kind = reference.message_type(message.provider, message.type_id)
    if (sender is None or kind is None) and not reference.is_whole(provider):
        return None
    of_sender = (*sender.short_names.values(), *sender.long_names.values()) if sender else ()
    return (*of_sender, *kind.names.values()) if kind else of_sender
