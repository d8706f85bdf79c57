"""Firefox at a journey, by WebDriver BiDi, which it speaks itself (decision 0031)."""

import asyncio
import base64
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

FIREFOX = shutil.which("firefox-esr") or "/usr/bin/firefox-esr"
PATIENCE = 60  # seconds
# Firefox reaches this machine only: all other requests go to a port where nobody listens.
PREFERENCES = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "localhost, 127.0.0.1",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "intl.accept_languages": "nl",
}
TAB, ENTER = "\ue004", "\ue007"  # as WebDriver writes keys without a character
_SAID = "WebDriver BiDi listening on "
_CENTRE = "one => one.scrollIntoView({block: 'center', behavior: 'instant'})"
Node = dict[str, Any]


class BiDiError(Exception):
    """Firefox refused a command; the text is its own."""


class Firefox:
    """The connection with a running Firefox: commands, and what its console said."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.complaints: list[str] = []
        self._socket = socket
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read())

    async def call(self, method: str, **given: Any) -> Any:
        """Send a command and wait for what it gives; raises BiDiError."""
        number = len(self._waiting) + 1
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_str(json.dumps({"id": number, "method": method, "params": given}))
        return await asyncio.wait_for(self._waiting[number], PATIENCE)

    async def _read(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if said["type"] == "event":
                if said["method"] == "log.entryAdded" and said["params"]["level"] in ("warn", "error"):
                    self.complaints.append(str(said["params"]["text"]))
            elif said["type"] == "error":
                self._waiting[said["id"]].set_exception(BiDiError(f"{said['error']}: {said['message']}"))
            else:
                self._waiting[said["id"]].set_result(said["result"])

    async def tab(self, width: int, height: int) -> "Tab":
        """Open a tab in a container of its own, which shares no cookies with others."""
        user = await self.call("browser.createUserContext")
        made = await self.call("browsingContext.create", type="tab", userContext=user["userContext"])
        tab = Tab(self, made["context"])
        await tab.call("browsingContext.setViewport", viewport={"width": width, "height": height})
        return tab


class Tab:
    """One tab, in the words of a journey."""

    def __init__(self, firefox: Firefox, context: str) -> None:
        self._firefox = firefox
        self._context = context

    async def call(self, method: str, **given: Any) -> Any:
        """Send a command about this tab."""
        return await self._firefox.call(method, context=self._context, **given)

    async def opens(self, address: str, wait: str = "complete") -> None:
        """Go to an address, and wait until it is all there ("complete"), or for nothing ("none")."""
        await self.call("browsingContext.navigate", url=address, wait=wait)

    async def reads(self, expression: str) -> Any:
        """Evaluate an expression whose value can be written in JSON."""
        said = await self._firefox.call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self._context},
            awaitPromise=True,
        )
        if said["type"] == "exception":
            raise BiDiError(said["exceptionDetails"]["text"])
        return json.loads(said["result"].get("value", "null"))

    async def until(self, expression: str) -> None:
        """Wait until an expression is true, also across pages."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                if await self.reads(expression):
                    return
            except BiDiError:
                pass  # the page it was asked of is gone
            assert asyncio.get_running_loop().time() < end, f"{expression} never: {await self.text()}"
            await asyncio.sleep(0.05)

    async def text(self) -> str:
        """Read what is visible."""
        return str(await self.reads("document.body.innerText"))

    async def sees(self, text: str) -> None:
        """Wait for a text that can be seen."""
        await self.until(f"document.body.innerText.includes({json.dumps(text)})")

    async def arrives(self, path: str) -> None:
        """Wait until a page of the portal is all there."""
        await self.until(f"location.pathname == {json.dumps(path)} && document.readyState == 'complete'")

    async def finds(self, what: str, name: str = "") -> Node:
        """Find the first element by its role and accessible name, or by a selector alone."""
        by_role = {"type": "accessibility", "value": {"role": what, "name": name}}
        locator = by_role if name else {"type": "css", "value": what}
        found = await self.call("browsingContext.locateNodes", locator=locator, maxNodeCount=1)
        assert found["nodes"], f"no {what} {name}: {await self.text()}"
        node: Node = found["nodes"][0]
        return node

    async def clicks(self, what: str, name: str = "") -> None:
        """Click on the middle of an element, as a mouse does."""
        node = {"sharedId": (await self.finds(what, name))["sharedId"]}
        target = {"context": self._context}
        await self._firefox.call(
            "script.callFunction", functionDeclaration=_CENTRE, target=target, arguments=[node], awaitPromise=False
        )
        there = {"type": "pointerMove", "x": 0, "y": 0, "origin": {"type": "element", "element": node}}
        press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        mouse = {"type": "pointer", "id": "mouse", "actions": [there, *press]}
        await self.call("input.performActions", actions=[mouse])

    async def types(self, text: str) -> None:
        """Type on the keyboard, wherever the focus is; a tab and the end of a line are keys as well."""
        pressed = text.replace("\t", TAB).replace("\n", ENTER)
        keys = [{"type": kind, "value": key} for key in pressed for kind in ("keyDown", "keyUp")]
        await self.call("input.performActions", actions=[{"type": "key", "id": "keyboard", "actions": keys}])

    async def goes_back(self) -> None:
        """Press "Back", and wait until the page that this leads to is all there."""
        await self.reads("window.isLeft = true")
        await self.call("browsingContext.traverseHistory", delta=-1)
        await self.until("!window.isLeft && document.readyState == 'complete'")

    async def cookies(self, origin: str) -> list[str]:
        """Name the cookies of an origin that this tab's container holds."""
        kept = await self._firefox.call("storage.getCookies", partition={"type": "context", "context": self._context})
        return [one["name"] for one in kept["cookies"] if one["domain"] == urlsplit(origin).hostname]

    async def prints(self) -> bytes:
        """Print it on A4; returns the PDF."""
        page = {"width": 21.0, "height": 29.7}
        return base64.b64decode((await self.call("browsingContext.print", page=page))["data"])


@asynccontextmanager
async def running() -> AsyncIterator[Firefox]:
    """Start a Firefox without a window, with a profile of its own; it is gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="mbp-firefox-", ignore_cleanup_errors=True) as folder:
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (Path(folder) / "user.js").write_text("\n".join(lines), "utf-8")
        said = Path(folder) / "said.log"
        with said.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *(FIREFOX, "--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0"),
                env={**os.environ, "HOME": folder},
                stdout=log,
                stderr=log,
            )
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.ws_connect(f"{await _address(said)}/session", max_msg_size=0) as socket,
            ):
                firefox = Firefox(socket)
                await firefox.call("session.new", capabilities={})
                await firefox.call("session.subscribe", events=["log.entryAdded"])
                yield firefox
        finally:
            process.kill()
            await process.wait()


async def _address(said: Path) -> str:
    """Wait until Firefox says where it listens."""
    for _ in range(PATIENCE * 20):
        text = await asyncio.to_thread(said.read_text, "utf-8", "replace")
        if _SAID in text:
            return text.partition(_SAID)[2].split()[0]
        await asyncio.sleep(0.05)
    raise AssertionError(f"Firefox does not answer: {text}")
