"""How the walks come to each page of the mailbox."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from portal.features.profile.tests import examples as profile
from tests.walks.example import Example, Person
from tests.walks.somebody import Somebody

LINK = "/brievenbus/ebox/koppelen/"
WITHDRAW = "/brievenbus/ebox/ontkoppelen/"
SOON = str((datetime.now(UTC) + timedelta(days=3)).date())
PREFERENCES = "/uw-gegevens/contactvoorkeuren/"


async def links_the_ebox(who: Somebody) -> Mapping[str, str]:
    """Give an address for mail, and link the eBox with it, unless it is."""
    if 'href="/brievenbus/ebox/"' in (await who.gets(LINK)).text.partition("<main")[2]:
        return {}
    await could_link(who)
    address = re.findall(r'<option value="([0-9a-f-]{36})"', (await who.gets(LINK)).text)[0]
    sent = await who.posts(LINK, {"akkoord": "1", "tekst": "ebox-1", "email": address})
    assert sent.status == 303, sent.text
    return {}


async def has_withdrawn(who: Somebody) -> Mapping[str, str]:
    """Withdraw the link."""
    await who.posts(WITHDRAW, {})
    return {}


async def could_link(who: Somebody) -> Mapping[str, str]:
    """Have an address, chosen for nothing, and no link."""
    await profile.gives_an_address_for_mail(who)
    await who.posts(PREFERENCES, {})
    return await has_withdrawn(who)


MESSAGE = re.compile(r'<article [^>]*data-message="(?:federaal|vlaanderen)\|.*?</article>', re.DOTALL)
PAGE_OF_IT = re.compile(r'href="/brievenbus/ebox/bericht/([^/"]*)/"')
NO_TOKEN = {"token": "AAAA"}


async def has_a_message(who: Somebody) -> Mapping[str, str]:
    """Link the eBox, and find a document in its list that has a file, can be hidden and is no registered mail."""
    await links_the_ebox(who)
    listed = MESSAGE.findall((await who.gets("/brievenbus/ebox/")).text)
    found = PAGE_OF_IT.search(next(one for one in listed if "Aangetekend" not in one))
    assert found is not None
    return {"token": found[1]}


DAYS_TO_PAY = re.compile(r'href="/brievenbus/ebox/betaaldagen/\?dagen=([^"]*)"')


async def has_a_day_to_pay(who: Somebody) -> Mapping[str, str]:
    """Link the eBox, and find the file with the days until which its newest documents want to be paid."""
    await links_the_ebox(who)
    found = DAYS_TO_PAY.search((await who.gets("/brievenbus/ebox/")).text)
    assert found is not None
    return {"dagen": found[1]}


FOLDERS = "/brievenbus/ebox/mappen/"
PAGE_OF_FOLDER = re.compile(r'href="/brievenbus/ebox/mappen/([^/"]+)/"')


async def has_a_folder(who: Somebody) -> Mapping[str, str]:
    """Link the eBox and have a folder."""
    await links_the_ebox(who)
    if not (found := PAGE_OF_FOLDER.search((await who.gets(FOLDERS)).text)):
        await who.posts(FOLDERS, {"naam": "Belastingen"})
        found = PAGE_OF_FOLDER.search((await who.gets(FOLDERS)).text)
    assert found is not None
    return {"token": found[1]}


async def has_a_reminder(who: Somebody) -> Mapping[str, str]:
    """Have a document, and want to be told of it again."""
    found = await has_a_message(who)
    await who.posts(f"/brievenbus/ebox/bericht/{found['token']}/herinneren/", {"dag": SOON})
    return found


ARCHIVE = "/brievenbus/archief/"
NO_COPY = {"copy_id": "00000000-0000-4000-8000-000000000000"}


async def has_an_archive(who: Somebody) -> Mapping[str, str]:
    """Agree to an archive of copies."""
    sent = await who.posts(f"{ARCHIVE}beginnen/", {"akkoord": "1", "tekst": "archive-1"})
    # Who has one already reads since when.
    assert sent.status == 303 or f'href="{ARCHIVE}stoppen/"' in sent.text, sent.text
    return {}


async def has_no_archive(who: Somebody) -> Mapping[str, str]:
    """End the archive, if there is one."""
    await who.posts(f"{ARCHIVE}stoppen/", {})
    return {}


async def could_keep(who: Somebody) -> Mapping[str, str]:
    """Have an archive, and a document."""
    await has_an_archive(who)
    return await has_a_message(who)


async def has_a_copy(who: Somebody) -> Mapping[str, str]:
    """Keep a copy of a document that has a file."""
    token = (await could_keep(who))["token"]
    sent = await who.posts(f"/brievenbus/ebox/bericht/{token}/kopie/", {})
    found = re.match(rf"{ARCHIVE}([0-9a-f-]{{36}})/", sent.location)
    assert found is not None, sent.location
    return {"copy_id": found[1]}


def own(**more: object) -> Example:
    return Example(person=Person.complete, **more)  # type: ignore[arg-type]  # any field of an example


EXAMPLES = {
    "mailbox:postbox": [own(), Example(person=Person.nowhere)],
    "mailbox:overview": [
        own(prepare=links_the_ebox),
        own(prepare=links_the_ebox, query={"toon": "verborgen"}),
        own(prepare=has_a_folder, query={"toon": "ster"}),
        own(prepare=links_the_ebox, form={"zoek": "pensioen", "toon": "gelezen"}, status=303),
        Example(person=Person.nowhere, status=303),
    ],
    "mailbox:hide_chosen": [
        own(prepare=links_the_ebox, status=303),
        own(prepare=links_the_ebox, form={"alles": "1"}, status=303),
    ],
    "mailbox:arrange_chosen": [
        own(prepare=links_the_ebox, status=303),
        own(prepare=links_the_ebox, form={"alles": "1", "doe": "ster"}, status=303),
    ],
    "mailbox:star_one": [
        own(prepare=links_the_ebox, status=303),
        own(prepare=links_the_ebox, form={"ster": "0"}, status=303),
    ],
    "mailbox:arrange": [
        own(prepare=has_a_message, values=NO_TOKEN, form={"doe": "ster"}, status=303),
        own(prepare=has_a_message, values=NO_TOKEN, form={"doe": "map", "map": "geen"}, status=303),
        own(prepare=links_the_ebox, values=NO_TOKEN, form={"doe": "ster"}, status=404),
    ],
    "mailbox:folders": [
        own(prepare=links_the_ebox),
        own(prepare=has_a_folder, query={"klaar": "gemaakt"}),
        own(prepare=links_the_ebox, form={"naam": ""}, status=422),
    ],
    "mailbox:folder": [
        own(prepare=has_a_folder, values=NO_TOKEN),
        own(prepare=has_a_folder, values=NO_TOKEN, form={"naam": " "}, status=422),
        own(prepare=links_the_ebox, values=NO_TOKEN, status=404),
    ],
    "mailbox:remove_folder": [
        own(prepare=has_a_folder, values=NO_TOKEN),
        own(prepare=links_the_ebox, values=NO_TOKEN, form={}, status=404),
    ],
    "mailbox:take_chosen": [
        own(prepare=links_the_ebox, status=303),
        own(prepare=links_the_ebox, form={"alles": "1"}, status=303),
    ],
    "mailbox:link": [
        Example(person=Person.without_certificates),
        own(prepare=could_link),
        own(prepare=could_link, form={}, status=422),
        own(prepare=links_the_ebox),
    ],
    "mailbox:applications": [own(prepare=links_the_ebox), own(prepare=has_withdrawn), Example(person=Person.nowhere)],
    "mailbox:mails": [own(prepare=links_the_ebox)],
    "mailbox:senders": [own(), own(query={"zoek": "financien", "pagina": "2"}), Example(person=Person.nowhere)],
    "mailbox:withdraw": [
        own(prepare=links_the_ebox),
        own(prepare=has_withdrawn, query={"klaar": "ontkoppeld"}),
        own(prepare=links_the_ebox, form={}, status=303),
    ],
    "mailbox:message": [
        own(prepare=has_a_message, values=NO_TOKEN),
        own(prepare=has_a_message, values=NO_TOKEN, query={"taal": "fr", "klaar": "verborgen"}),
        own(prepare=has_a_message, values=NO_TOKEN, form={}),
        own(prepare=links_the_ebox, values=NO_TOKEN, status=404),
    ],
    "mailbox:attachment": [
        own(prepare=has_a_message, values={**NO_TOKEN, "number": "1"}, is_file=True),
        own(prepare=has_a_message, values={**NO_TOKEN, "number": "99"}, status=404),
    ],
    "mailbox:due_days": [
        own(prepare=has_a_day_to_pay, is_file=True),
        own(prepare=links_the_ebox, query={"dagen": "AAAA"}, status=404),
    ],
    "mailbox:paid": [
        own(prepare=has_a_message, values=NO_TOKEN, form={"betaald": "1"}, status=303),
        own(prepare=has_a_message, values=NO_TOKEN, form={"betaald": "0"}, status=303),
        own(prepare=links_the_ebox, values=NO_TOKEN, form={"betaald": "1"}, status=404),
    ],
    "mailbox:remind": [
        own(prepare=has_a_message, values=NO_TOKEN),
        own(prepare=has_a_message, values=NO_TOKEN, form={"dag": "gisteren"}, status=422),
        own(prepare=has_a_message, values=NO_TOKEN, form={"dag": SOON}, status=303),
        own(prepare=links_the_ebox, values=NO_TOKEN, status=404),
    ],
    "mailbox:reminders": [
        own(prepare=links_the_ebox),
        own(prepare=has_a_reminder),
        own(prepare=links_the_ebox, form={"herinnering": "AAAA"}, status=404),
    ],
    "mailbox:keep": [
        own(prepare=could_keep, values=NO_TOKEN, form={}, status=303),
        own(prepare=links_the_ebox, values=NO_TOKEN, form={}, status=404),
    ],
    "mailbox:archive": [
        own(prepare=has_a_copy),
        own(prepare=has_no_archive, status=303),
        own(prepare=has_an_archive, query={"klaar": "begonnen"}),
    ],
    "mailbox:archive_begin": [
        own(prepare=has_no_archive),
        own(prepare=has_no_archive, form={}, status=422),
        own(prepare=has_an_archive),
    ],
    "mailbox:archive_end": [
        own(prepare=has_a_copy),
        own(prepare=has_no_archive, query={"klaar": "gestopt"}),
        own(prepare=has_a_copy, form={}, status=303),
    ],
    "mailbox:archive_all": [own(prepare=has_a_copy, is_file=True), own(prepare=has_no_archive, status=303)],
    "mailbox:copy": [
        own(prepare=has_a_copy, values=NO_COPY),
        own(prepare=has_a_copy, values=NO_COPY, query={"taal": "fr", "klaar": "bewaard"}),
        own(values=NO_COPY, status=404),
    ],
    "mailbox:copy_file": [
        own(prepare=has_a_copy, values={**NO_COPY, "number": "1"}, is_file=True),
        own(prepare=has_a_copy, values={**NO_COPY, "number": "99"}, status=404),
    ],
    "mailbox:copy_delete": [
        own(prepare=has_a_copy, values=NO_COPY),
        own(prepare=has_a_copy, values=NO_COPY, form={}, status=303),
    ],
    "mailbox:visibility": [
        own(prepare=has_a_message, values=NO_TOKEN, form={"tonen": "1"}, status=303),
        own(prepare=links_the_ebox, values=NO_TOKEN, form={"tonen": "1"}, status=404),
    ],
}
