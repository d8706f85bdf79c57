"""One document of the eBox: read as its sender meant it, whatever they sent, and its files whole or not at all."""

import base64
import hashlib
import re
from collections.abc import Mapping
from html import unescape

import aiohttp
import pytest

from portal.features.mailbox.tests.examples import links_the_ebox
from tests.walks.example import Person
from tests.walks.somebody import Answer, Somebody

from .test_mailbox import LIST, Console, console, who

__all__ = ["console", "who"]  # fixtures

PDF = b"%PDF-1.7\n" + b"x" * 2000
OPEN = "Open de aangetekende zending"

pytestmark = pytest.mark.security


def file(content: bytes = PDF, name: str = "brief.pdf", media_type: str = "application/pdf", **more: object) -> dict:
    """Make a file of a letter."""
    return {"fileName": name, "mediaType": media_type, "base64": base64.b64encode(content).decode(), **more}


async def sends(console: Console, who: Somebody, **letter: object) -> str:
    """Send somebody a letter; gives its key in the list."""
    whole = {"person": who.person, "provider": "vlaanderen", "subject": {"nl": "Een brief"}, **letter}
    sent = await console.asks("POST", "/ebox/messages", whole)
    assert isinstance(sent, dict)
    return f"{whole['provider']}|{sent['messageId']}"


async def page_of(who: Somebody, key: str) -> str:
    """Find the address of a letter's page in the list."""
    text = (await who.gets(LIST)).text
    found = re.search(rf'data-message="{re.escape(key)}".*?href="([^"]*)"', text, re.DOTALL)
    assert found
    return unescape(found[1])


async def is_read(console: Console, who: Somebody, key: str) -> bool:
    return bool((await console.holds(who.person))[key]["readStatus"])


def sender_text(page: Answer) -> str:
    """Give what the page shows of the sender's own text."""
    found = re.search(r'<div class="written panel"[^>]*>\n(.*?)\n</div>', page.text, re.DOTALL)
    return found[1] if found else ""


async def test_message_says_what_it_is_and_shows_its_text_as_ours(who, console):
    html = '<h1 style="position:fixed">Beste</h1><script>alert(1)</script><p>Tot <a href="https://evil.example">straks</a></p>'
    key = await sends(
        console, who, subject={"fr": "Une <lettre>"}, body={"nl": html, "de": "Guten Tag"}, isBodyMain=True
    )

    place = await page_of(who, key)
    assert not await is_read(console, who, key)
    page = await who.gets(place)

    assert page.status == 200
    assert '<span lang="fr" class="value">Une &lt;lettre&gt;</span></h1>' in page.text
    assert sender_text(page) == (
        '<h3>Beste</h3><p>Tot <a href="https://evil.example" rel="noopener noreferrer nofollow">straks</a>'
        ' <span class="leads">(evil.example)</span></p>'
    )
    assert "alert(1)" not in page.text
    # Its text is its main content, so it is read now.
    assert await is_read(console, who, key)
    assert sender_text(await who.gets(f"{place}?taal=de")) == "<p>Guten Tag</p>"
    assert sender_text(await who.gets(f"{place}?taal=xx")) == sender_text(page)


async def test_nothing_but_opening_the_main_content_makes_a_document_read(who, console):
    files = [file(name="bijlage.pdf"), file(name="brief.pdf", isMain=True)]
    key = await sends(console, who, body={"nl": "Zie bijlage"}, attachments=files)
    place = await page_of(who, key)

    page = await who.gets(place)
    assert "Zie bijlage" in sender_text(page)
    await who.gets(f"{place}bestand/1/")
    await who.asks("HEAD", f"{place}bestand/2/")
    await who.asks("GET", f"{place}bestand/2/", headers={"Sec-Purpose": "prefetch"})
    assert not await is_read(console, who, key)

    await who.gets(f"{place}bestand/2/")
    assert await is_read(console, who, key)


async def test_registered_mail_is_told_before_it_is_opened_and_opened_by_a_button_alone(who, console):
    key = await sends(
        console, who, registeredMail=True, body={"nl": "De termijn begint"}, isBodyMain=True, attachments=[file()]
    )
    place = await page_of(who, key)

    closed = await who.gets(place)
    assert OPEN in closed.text
    assert sender_text(closed) == ""
    assert "/bestand/" not in closed.text
    assert not await is_read(console, who, key)

    opened = await who.posts(place, {})
    assert sender_text(opened) == "<p>De termijn begint</p>"
    assert OPEN not in opened.text
    assert await is_read(console, who, key)
    assert sender_text(await who.gets(place)) == "<p>De termijn begint</p>"


@pytest.mark.parametrize(
    ("sent", "media_type", "disposition"),
    [
        (file(), "application/pdf", 'inline; filename="brief.pdf"'),
        (file(b"<html><script>1</script>"), "text/plain; charset=utf-8", 'attachment; filename="brief.pdf.txt"'),
        (
            file(b"<html>x</html>", "brief.html", "text/html"),
            "application/octet-stream",
            'attachment; filename="brief.html"',
        ),
        (file(b"<svg onload=x>", "a.svg", "image/svg+xml"), "text/plain; charset=utf-8", "attachment"),
        (file(b"PK\x03\x04", "../../\u202exslx.exe", "application/zip"), "application/zip", "attachment"),
        (file(PDF, "n" * 300 + ".pdf"), "application/pdf", "inline"),
    ],
)
async def test_file_is_given_as_what_it_is(who, console, sent, media_type, disposition):
    place = await page_of(who, await sends(console, who, attachments=[{**sent, "isMain": True}]))

    came = await who.gets(f"{place}bestand/1/")

    assert came.status == 200
    assert came.content == base64.b64decode(str(sent["base64"]))
    assert came.headers["Content-Type"] == media_type
    assert came.headers["Content-Disposition"].startswith(disposition)
    assert came.headers["X-Content-Type-Options"] == "nosniff"
    assert came.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert came.headers["Content-Length"] == str(len(came.content))
    assert "\u202e" not in came.headers["Content-Disposition"]
    saved = await who.gets(f"{place}bestand/1/?wijze=bewaren")
    assert saved.headers["Content-Disposition"].startswith("attachment")


async def test_small_file_with_another_digest_is_not_given_and_the_page_says_so(who, console):
    wrong = base64.urlsafe_b64encode(hashlib.sha256(b"iets anders").digest()).decode()
    place = await page_of(who, await sends(console, who, attachments=[file(digest=wrong, isMain=True)]))

    came = await who.gets(f"{place}bestand/1/")

    assert came.status == 502
    assert 'data-why="digest"' in came.text
    assert "%PDF" not in came.text


async def test_large_file_comes_whole_or_breaks_off(who, console, faults):
    large = {"fileName": "groot.pdf", "mediaType": "application/pdf", "isMain": True, "generated": 9_000_000}
    place = await page_of(who, await sends(console, who, attachments=[large]))
    came = await who.gets(f"{place}bestand/1/")
    assert (came.status, len(came.content)) == (200, 9_000_000)

    for mode in ("wrong_digest", "broken_off"):
        await faults.set("ebox-vlaanderen", mode)
        with pytest.raises(aiohttp.ClientPayloadError):
            await who.gets(f"{place}bestand/1/")


async def test_small_file_that_stops_half_way_is_not_given(who, console, faults):
    place = await page_of(who, await sends(console, who, attachments=[file(isMain=True)]))
    await faults.set("ebox-vlaanderen", "broken_off")

    came = await who.gets(f"{place}bestand/1/")

    assert (came.status, 'data-why="broken"' in came.text) == (502, True)


async def test_what_is_not_there_leads_on(who, console, faults):
    key = await sends(console, who, attachments=[file(isMain=True)])
    place = await page_of(who, key)
    assert (await who.gets(f"{place}bestand/2/")).status == 404
    assert (await who.gets(f"{LIST}bericht/AAAA/")).status == 404
    assert (await who.gets(f"{LIST}bericht/{'A' * 5000}/bestand/1/")).status == 404

    await faults.set("ebox-vlaanderen", "503")
    page = await who.gets(place)
    assert 'data-outcome="down"' in page.text
    assert "Dat betekent niet dat het er niet meer is." in page.text
    assert (await who.gets(f"{place}bestand/1/")).location == place
    await faults.set("ebox-vlaanderen", "ok")

    await console.asks("DELETE", "/ebox/messages")
    page = await who.gets(place)
    assert 'data-outcome="nothing"' in page.text
    assert "staat niet meer in uw eBox" in page.text


async def test_a_document_for_somebody_else_is_not_shown(who, console, faults):
    place = await page_of(who, await sends(console, who, body={"nl": "Geheim"}))
    await faults.set("ebox-vlaanderen", "another_box")

    page = await who.gets(place)

    assert 'data-outcome="down"' in page.text
    assert "Geheim" not in page.text
    assert "niet voor u bedoeld" in page.text


async def test_document_is_hidden_and_shown_where_its_provider_can(who, console):
    key = await sends(console, who)
    place = await page_of(who, key)
    assert "Verberg dit document" in (await who.gets(place)).text

    sent = await who.posts(f"{place}tonen/", {"tonen": "0"})
    assert sent.location == f"{place}?klaar=verborgen"
    assert not (await console.holds(who.person))[key]["visible"]
    page = await who.gets(sent.location)
    assert "U verborg dit document" in page.text
    assert key not in (await who.gets(LIST)).text

    sent = await who.posts(f"{place}tonen/", {"tonen": "1"})
    assert (await console.holds(who.person))[key]["visible"]
    assert "staat weer in uw lijst" in (await who.gets(sent.location)).text

    own = await page_of(who, await sends(console, who, provider="smals"))
    assert "Verberg" not in (await who.gets(own)).text


async def test_what_is_to_be_paid_stands_in_text(who, console):
    payment: Mapping[str, object] = {
        "amount": 1000.5,
        "vatAmount": 210.1,
        "currency": "EUR",
        "dueDate": "2026-12-15T00:00:00+01:00",
        "iban": "BE68539007547034",
        "reference": {"nl": "+++090/9337/55493+++"},
    }
    page = await who.gets(await page_of(who, await sends(console, who, paymentData=payment)))

    assert (
        '<span class="copied">1.210,60 euro</span> <small>1.000,50 euro en 210,10 euro btw</small></dd>' in page.text
    )
    for words in ("15 december 2026", "BE68 5390 0754 7034", "+++090/9337/55493+++"):
        assert words in page.text
    assert "Of u betaald hebt, kunnen wij niet zien." in page.text
    assert page.text.count("<svg viewBox") == 1
    assert "\nBE68539007547034\nEUR1210.60\n\n\n+++090/9337/55493+++</pre>" in page.text


async def test_payment_that_cannot_be_right_is_told_and_no_bank_reads_it(who, console):
    payment: Mapping[str, object] = {
        "amount": 10,
        "vatAmount": 0,
        "currency": "USD",
        "iban": "BE00539007547034",
        "reference": "+++090/9337/55494+++ <b>",
        "amountDue": "12",
    }
    page = await who.gets(await page_of(who, await sends(console, who, paymentData=payment)))

    for words in ("10,00 USD", "BE00 5390 0754 7034", "+++090/9337/55494+++ &lt;b&gt;"):
        assert words in page.text
    for words in ("niet in euro", "controlecijfers van deze rekening", "Niet alles van deze betaling"):
        assert words in page.text
    assert "<svg viewBox" not in page.text


async def test_what_somebody_marks_as_paid_is_their_own_note(who, console):
    payment = {"amount": 5, "vatAmount": 0, "currency": "EUR", "iban": "BE62510007547061", "dueDate": "2027-01-14"}
    key = await sends(console, who, paymentData=payment)
    place = await page_of(who, key)

    sent = await who.posts(f"{place}betaald/", {"betaald": "1"})
    assert (sent.status, sent.location) == (303, f"{place}#betaling")
    page = (await who.gets(place)).text
    assert ('data-paid="1"' in page, "betaaldagen" in page, "kunnen wij niet zien" in page) == (True, False, True)
    assert "U duidde dit aan als betaald." in (await who.gets(LIST)).text
    await who.posts(f"{place}betaald/", {"betaald": "0"})
    page = (await who.gets(place)).text
    assert ('data-paid="1"' in page, "betaaldagen" in page) == (False, True)


async def test_days_to_pay_are_a_file_for_a_calendar_of_one_or_of_all_that_the_list_shows(people, who, console):
    payment = {"amount": 5, "vatAmount": 0, "currency": "EUR", "iban": "BE62510007547061"}
    later = [
        (await sends(console, who, paymentData={**payment, "dueDate": f"2027-01-{day}T00:00:00+01:00"}))
        for day in (14, 15)
    ]
    await sends(console, who, paymentData={**payment, "dueDate": "2020-01-01T00:00:00+01:00"})

    text = (await who.gets(LIST)).text
    assert "ten laatste op 14 januari 2027." in text
    assert "1 januari 2020. Die dag is voorbij." in text
    one = await who.gets(file_of((await who.gets(await page_of(who, later[0]))).text))
    every = await who.gets(file_of(text))

    assert one.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert one.text.count("BEGIN:VEVENT") == 1
    assert "DTSTART;VALUE=DATE:20270114" in one.text
    assert {"DTSTART;VALUE=DATE:20270114", "DTSTART;VALUE=DATE:20270115"} <= set(every.text.splitlines())
    assert "20200101" not in every.text
    # The same day has the same name in both, so that no calendar has it twice; nothing says how much or to where.
    (uid,) = re.findall("UID:.*", one.text)
    assert uid in every.text
    assert "BE62" not in every.text
    assert "Een brief" not in every.text
    somebody = await people.who(Person.lodger)
    await links_the_ebox(somebody)
    assert (await somebody.gets(file_of(text))).status == 404


def file_of(text: str) -> str:
    """Find where a page leads to a file for a calendar."""
    (found,) = re.findall(r'href="(/brievenbus/ebox/betaaldagen/[^"]*)"', text)
    return unescape(str(found))


async def test_token_of_another_or_of_before_says_nothing(people, who, console):
    place = await page_of(who, await sends(console, who))
    somebody = await people.who(Person.lodger)
    await links_the_ebox(somebody)

    assert (await somebody.gets(place)).status == 404
    assert (await somebody.posts(f"{place}tonen/", {"tonen": "0"})).status == 404
