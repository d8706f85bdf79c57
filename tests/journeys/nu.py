"""The Nu HTML checker: one process for all journeys, since it takes longer to start than to read every page."""

import asyncio
import atexit
import json
import shutil
import subprocess
import urllib.request
from functools import cache
from pathlib import Path

from deploy.local.house import free_ports
from deploy.local.processes import answers_connection
from tests.town import until

JAR = Path(__file__).resolve().parents[2] / "node_modules/vnu-jar/build/dist/vnu.jar"


async def messages(pages: dict[str, str]) -> list[str]:
    """Check the sources of pages, by their address; returns what the checker says, with the address."""
    return await asyncio.to_thread(lambda: [line for page in pages.items() for line in _of_page(*page)])


def _of_page(address: str, source: str) -> list[str]:
    headers = {"Content-Type": "text/html; charset=utf-8"}
    request = urllib.request.Request(f"{_origin()}/?out=json", source.encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        said = json.load(answer)["messages"]
    return [f"{address} line {it.get('lastLine')}: {it['message']}" for it in said]


@cache
def _origin() -> str:
    """Start the checker when it is needed for the first time; it ends with the tests."""
    (port,) = free_ports(1)
    # The checker's schemas are deep (-Xss). Its process is too short for optimising compilation, and has one garbage
    # collector: the house needs the other processor.
    machine = [
        "java",
        "-Xss2m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Dnu.validator.servlet.bind-address=127.0.0.1",
    ]
    command = [*machine, "-cp", str(JAR), "nu.validator.servlet.Main", str(port)]
    # The checker ends with the tests, also when these are killed.
    if setpriv := shutil.which("setpriv"):
        command = [setpriv, "--pdeathsig", "KILL", *command]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(process.kill)
    until(lambda: answers_connection(port))
    return f"http://127.0.0.1:{port}"
