"""The mail server, its faults and its inbox, as a mail client and a person meet them."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage

import pytest

from sandbox.faults.switches import MAIL_MODES
from sandbox.mail.inbox import MOST_BYTES, Inbox
from sandbox.tests.test_faults import put

HTML = "<p>Dag An, café.</p><script>alert(1)</script>"


def letter(subject: str = "Een bericht") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "portaal@example.org"
    message["To"] = "an@example.org"
    message["Subject"] = subject
    message.set_content("Dag An, café.\n")
    message.add_alternative(HTML, subtype="html")
    return message


def _send(town, message: EmailMessage, encrypted: bool) -> None:
    context = ssl.create_default_context(cafile=town.settings.certificates / "ca.pem")
    with smtplib.SMTP("127.0.0.1", town.settings.smtp_port, timeout=10) as smtp:
        if encrypted:
            smtp.starttls(context=context)
        smtp.send_message(message)


async def send(town, message: EmailMessage | None = None, encrypted: bool = True) -> None:
    await asyncio.to_thread(_send, town, message or letter(), encrypted)


async def get_mails(http) -> list[dict]:
    async with http.get("/mail/messages") as answer:
        return await answer.json()


async def test_mail_is_kept_and_taken_apart(http, town):
    await send(town)
    (mail,) = await get_mails(http)
    assert (mail["sender"], mail["recipients"]) == ("portaal@example.org", ["an@example.org"])
    assert (mail["subject"], mail["received_at"]) == ("Een bericht", "2027-01-15T08:00:00Z")
    assert (mail["text"], mail["html"].strip()) == ("Dag An, café.\n", HTML)
    assert mail["headers"][0] == ["From", "portaal@example.org"]
    assert mail["source"].startswith("From: portaal@example.org\r\n")


async def test_mail_without_tls_is_refused(http, town):
    with pytest.raises(smtplib.SMTPException) as caught:
        await send(town, encrypted=False)
    assert caught.value.smtp_code == 530
    assert await get_mails(http) == []


@pytest.mark.parametrize(("mode", "code"), [("temporary", 451), ("permanent", 550)])
async def test_recipient_is_refused_as_the_switch_says(http, town, mode, code):
    await put(http, "mail", mode=mode)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        await send(town)
    assert [answer[0] for answer in caught.value.recipients.values()] == [code]
    assert (await get_mails(http), dict(town.switches["mail"].outcomes)) == ([], {mode: 1})


@pytest.mark.parametrize("mode", ["down", "broken"])
async def test_no_mail_server_answers(http, town, mode):
    await put(http, "mail", mode=mode)
    with pytest.raises((smtplib.SMTPException, OSError)):
        await send(town)
    assert (await get_mails(http), dict(town.switches["mail"].outcomes)) == ([], {mode: 1})


async def test_reset_keeps_the_mail_and_does_not_say_so(http, town):
    await put(http, "mail", mode="reset")
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        await send(town)
    assert len(await get_mails(http)) == 1


async def test_hanging_server_lets_go_when_the_switch_is_turned(http, town):
    await put(http, "mail", mode="hang")
    sending = asyncio.create_task(send(town))
    await asyncio.wait([sending], timeout=0.2)
    assert not sending.done()
    await put(http, "mail", mode="ok")
    with pytest.raises(smtplib.SMTPException):
        await sending


async def test_only_faults_of_mail_are_known(http):
    async with http.put("/faults/mail", json={"mode": "soap-fault"}) as answer:
        assert answer.status == 400
        assert f"one of {', '.join(MAIL_MODES)}," in (await answer.json())["error"]
    async with http.put("/faults/Testregister", json={"mode": "permanent"}) as answer:
        assert answer.status == 400


async def test_pages_show_a_mail_and_its_html_can_do_nothing(http, town):
    await send(town)
    (mail,) = await get_mails(http)
    async with http.get("/mail/") as answer:
        assert f'href="/mail/{mail["number"]}/"' in await answer.text()
    async with http.get(f"/mail/{mail['number']}/") as answer:
        text = await answer.text()
        assert "Dag An, café." in text
        assert "<script>" not in text
        assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    async with http.get(f"/mail/{mail['number']}/html") as answer:
        assert "<script>" in await answer.text()
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
    async with http.get("/mail/999999/") as answer:
        assert answer.status == 404


async def test_inbox_is_emptied(http, town):
    await send(town)
    async with http.delete("/mail/messages") as answer:
        assert answer.status == 204
    assert await get_mails(http) == []
    await send(town)
    async with http.post("/mail/", data={}) as answer:
        assert (answer.status, str(answer.url.path)) == (200, "/mail/")
    assert await get_mails(http) == []


def test_inbox_drops_the_oldest_when_it_is_full():
    inbox = Inbox()
    for _ in range(5):
        inbox.take("a@example.org", ["b@example.org"], b"x" * (MOST_BYTES // 4), 0)
    assert [mail.number for mail in inbox.mails] == [2, 3, 4, 5]
    assert inbox.find(1) is None
