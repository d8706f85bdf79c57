"""How the walks come to each page of the profile."""

import io
import re
import secrets
from collections.abc import Mapping
from http import HTTPStatus

from PIL import Image

from tests.walks.example import Example, Person
from tests.walks.somebody import Somebody

EVERY = "/profiel/"
ADDRESS = {
    "label": "Thuis",
    "street": "Canarystraat",
    "number": "12",
    "box": "",
    "postcode": "9000",
    "municipality": "Gent",
}
NUMBER = "00000000-0000-0000-0000-000000000000"


async def send(who: Somebody, path: str, form: Mapping[str, str], *, photo: bytes | None = None) -> str:
    """Send a form that is taken; give where it leads."""
    answer = await who.posts(EVERY + path, form, photo=photo)
    for _ in range(3):
        # A busy machine may have no time for a photo, and asks to send it again.
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            answer = await who.posts(EVERY + path, form, photo=photo)
    assert answer.status == HTTPStatus.SEE_OTHER, (path, answer.status)
    return answer.location


async def proposes_a_nickname(who: Somebody) -> Mapping[str, str]:
    await send(who, "roepnaam/", {"nickname": "Lies"})
    return {}


async def gives_a_nickname(who: Somebody) -> Mapping[str, str]:
    await send(who, "roepnaam/", {"nickname": "Zonnetje"})
    proposed = (await who.gets(f"{EVERY}roepnaam/nakijken/")).hidden()["voorstel"]
    await send(who, "roepnaam/nakijken/", {"voorstel": proposed})
    return {}


async def gives_a_photo(who: Somebody) -> Mapping[str, str]:
    file = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(file, "JPEG")
    await send(who, "foto/wijzigen/", {}, photo=file.getvalue())
    return {}


async def proposes_an_address_for_mail(who: Somebody) -> Mapping[str, str]:
    # Only so many codes are mailed in an hour.
    if '"annuleren"' not in (await who.gets(f"{EVERY}e-mail/code/")).text:
        await send(who, "e-mail/", {"email": f"{secrets.token_hex(6)}@canary.example"})
    return {}


async def gives_an_address_for_mail(who: Somebody) -> Mapping[str, str]:
    if "@canary.example" not in (await who.gets(f"{EVERY}e-mail/")).text:
        mailbox = f"{secrets.token_hex(6)}@canary.example"
        await send(who, "e-mail/", {"email": mailbox})
        await send(who, "e-mail/code/", {"doe": "controleren", "code": await who.mailed_code(mailbox)})
    return {}


async def gives_another_address_for_mail(who: Somebody) -> Mapping[str, str]:
    await gives_an_address_for_mail(who)
    found = re.findall(r"/profiel/e-mail/([0-9a-f-]{36})/hoofdadres/", (await who.gets(EVERY)).text)
    if not found:
        mailbox = f"{secrets.token_hex(6)}@canary.example"
        await send(who, "e-mail/nog-een/", {"email": mailbox})
        await send(who, "e-mail/nog-een/code/", {"doe": "controleren", "code": await who.mailed_code(mailbox)})
        return await gives_another_address_for_mail(who)
    return {"email_id": found[0]}


async def gives_an_address(who: Somebody) -> Mapping[str, str]:
    if not (kept := re.findall(r"/profiel/adressen/([0-9a-f-]{36})/", (await who.gets(EVERY)).text)):
        await send(who, "adressen/nieuw/", ADDRESS)
        return await gives_an_address(who)
    return {"address_id": kept[0]}


async def gives_everything(who: Somebody) -> Mapping[str, str]:
    for gives in (gives_a_nickname, gives_a_photo, gives_another_address_for_mail):
        await gives(who)
    return await gives_an_address(who)


def own(**more: object) -> Example:
    return Example(person=Person.complete, **more)  # type: ignore[arg-type]  # any field of an example


# The first of each as whoever gave nothing yet has it, the others with what they gave, and with errors.
EXAMPLES = {
    "profile:profile": [
        Example(person=Person.without_certificates),
        own(prepare=gives_everything, query={"klaar": "foto-bewaard"}),
        own(prepare=proposes_an_address_for_mail),
    ],
    "profile:nickname": [own(), own(form={}, status=422)],
    "profile:nickname_check": [own(prepare=proposes_a_nickname)],
    "profile:remove_nickname": [own(prepare=gives_a_nickname)],
    "profile:photo_file": [own(prepare=gives_a_photo, is_file=True)],
    "profile:photo": [own(), own(query={"te-groot": "1"}, status=422), own(prepare=gives_a_photo)],
    "profile:remove_photo": [own(prepare=gives_a_photo)],
    "profile:email": [own(), own(form={}, status=422), own(prepare=gives_an_address_for_mail)],
    "profile:email_code": [
        Example(person=Person.without_certificates),
        own(prepare=proposes_an_address_for_mail),
    ],
    "profile:remove_email": [own(prepare=gives_an_address_for_mail), own(prepare=gives_another_address_for_mail)],
    "profile:other_email": [own(prepare=gives_an_address_for_mail), own(form={}, status=422)],
    "profile:other_email_code": [own()],
    "profile:make_main_email": [own(values={"email_id": NUMBER}, prepare=gives_another_address_for_mail)],
    "profile:remove_other_email": [own(values={"email_id": NUMBER}, prepare=gives_another_address_for_mail)],
    "profile:dismiss": [own(form={}, status=303)],
    "profile:show_again": [own(form={}, status=303)],
    "profile:add_address": [own(), own(form={}, status=422)],
    "profile:change_address": [own(values={"address_id": NUMBER}, prepare=gives_an_address)],
    "profile:remove_address": [own(values={"address_id": NUMBER}, prepare=gives_an_address)],
}
