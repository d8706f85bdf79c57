"""Whatever address or form one person's pages hold, another person gets nothing of theirs by it, and changes nothing.

A walk finds every page and form that somebody with much to see can reach; then somebody else tries each of them.
"""

import pytest

from .test_profile import Inbox, gives_everything, inbox, kept

pytestmark = pytest.mark.security

__all__ = ["inbox"]  # the fixture

# Of Lies Verhaegen and hers: names, numbers (also as they are written on cards), and what she gave in this test.
CANARIES = ("Verhaegen", "84651421235", "84.65.14-212.35", "Zonnetje", "canary.example", "Canarystraat")
# What signs the visitor out or sends them to the provider is not walked, nor what only shows files.
NOT_WALKED = ("/afmelden/", "/afgemeld/", "/aanmelden/", "/static/")

LOOK = """
async path => {
    const answer = await fetch(path);
    const text = await answer.text();
    const page = new DOMParser().parseFromString(text, "text/html");
    const links = [...page.querySelectorAll("a[href], img[src]")]
        .map(it => it.getAttribute("href") ?? it.getAttribute("src"));
    const forms = [...page.querySelectorAll("form")].map(form => ({
        action: form.getAttribute("action") || path,
        method: (form.getAttribute("method") || "get").toLowerCase(),
        fields: [...form.querySelectorAll("[name]")]
            .map(it => [it.name, it.type === "file" ? "" : it.value || "12345"]),
    }));
    return {status: answer.status, text, links, forms, at: new URL(answer.url).pathname};
}
"""
SEND = """
async ({action, fields}) => {
    const answer = await fetch(action, {method: "POST", body: new URLSearchParams(fields)});
    return {status: answer.status, text: await answer.text()};
}
"""


async def walk(page, start: str) -> tuple[set[str], list[dict]]:
    """Find every path and every POST form within reach of a page."""
    waiting, seen, forms = [start], set(), {}
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(NOT_WALKED):
            continue
        seen.add(path)
        found = await page.evaluate(LOOK, path)
        waiting += [link.partition("#")[0] for link in found["links"] if link.startswith("/") and link != "//"]
        for form in found["forms"]:
            if form["method"] == "post" and not form["action"].startswith(NOT_WALKED):
                forms[form["action"], str([name for name, _ in form["fields"]])] = form
    return seen, list(forms.values())


async def test_every_page_and_form_of_one_person_as_another(
    visitor, plain_visitor, browser, house, persona, inbox: Inbox
):
    await plain_visitor.signs_in(persona.complete)
    await visitor.signs_in(persona.complete)
    await gives_everything(visitor, inbox)
    await visitor.opens("/uw-gegevens/")
    paths, forms = await walk(visitor.page, "/uw-gegevens/")
    # The walk went everywhere: themes, datasets, what they gave, their sessions.
    for path in ("/profiel/", "/profiel/foto/", "/sessies/", "/uw-gegevens/gezin/", "/uw-gegevens/onderwijs/"):
        assert path in paths
    assert {"/uw-gegevens/tijdlijn/", "/uw-gegevens/verschillen/"} <= paths
    assert {"/sessies/beeindigen/", "/sessies/andere-beeindigen/"} <= {form["action"] for form in forms}
    before = kept(house)

    context = await browser.new_context()
    other = type(visitor)(await context.new_page(), house)
    await other.signs_in(persona.without_certificates)
    await other.opens("/profiel/")
    token = await other.page.locator("[name=form_token]").first.get_attribute("value")
    for path in sorted(paths):
        found = await other.page.evaluate(LOOK, path)
        assert [canary for canary in CANARIES if canary in found["text"]] == [], path
    for form in forms:
        fields = [[name, token if name == "form_token" else value] for name, value in form["fields"]]
        found = await other.page.evaluate(SEND, {**form, "fields": fields})
        assert [canary for canary in CANARIES if canary in found["text"] and canary not in str(fields)] == []
    await context.close()

    # Nothing of theirs was changed or ended, here or in their other browser.
    assert [now >= then for now, then in zip(kept(house), before, strict=True)] == [True] * 3
    await visitor.opens("/profiel/")
    for text in ("Zonnetje", "lies@canary.example", "Canarystraat"):
        await visitor.sees(text)
    assert await plain_visitor.opens("/sessies/") == 200
    await plain_visitor.sees("Waar u aangemeld bent")


async def test_a_new_kind_of_device_is_told_by_mail(visitor, browser, house, persona, inbox: Inbox):
    await visitor.signs_in(persona.complete)
    await gives_everything(visitor, inbox)
    inbox.clear()
    context = await browser.new_context(
        user_agent="Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
    )
    other = type(visitor)(await context.new_page(), house)
    await other.signs_in(persona.complete, means="eid")
    await context.close()
    (mail,) = await inbox.mails(1)
    assert mail["recipients"] == ["lies@canary.example"]
    assert ("Firefox op Android" in mail["text"], "eID en kaartlezer" in mail["text"]) == (True, True)
    # The same again is not new.
    context = await browser.new_context()
    await type(visitor)(await context.new_page(), house).signs_in(persona.complete)
    await context.close()
    assert len(await inbox.mails(1)) == 1
