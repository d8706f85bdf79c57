"""What each registry knows of who sends and of kinds of letters, from `reference.toml`."""

import struct
import tomllib
import zlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

_FILE = Path(__file__).with_name("reference.toml")
_SIDE = 64  # pixels of a logo
LOGO = "logo"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="30" fill="#fd0"/></svg>'
)


@cache
def read_file() -> dict[str, Any]:
    """Read the file: `senders`, `applications` and `types` by registry, each by its id."""
    return tomllib.loads(_FILE.read_text("utf-8"))


def senders(office: str) -> dict[str, dict[str, Any]]:
    """Give a registry's organisations by KBO number."""
    found: dict[str, dict[str, Any]] = read_file()[office]["senders"]
    return found


def types(office: str) -> dict[str, dict[str, Any]]:
    """Give a registry's kinds of letters by id; `days` is how long one is kept."""
    found: dict[str, dict[str, Any]] = read_file()[office]["types"]
    return found


def applications(office: str) -> dict[str, dict[str, Any]]:
    """Give a registry's applications by id."""
    found: dict[str, dict[str, Any]] = read_file()[office].get("applications", {})
    return found


def organization(office: str, number: str, base: str) -> dict[str, Any]:
    """Write an organisation as the contract has it; base: the registry's address."""
    one = senders(office)[number]
    made = {
        "organizationId": number,
        "organizationShortName": one["short"],
        "organizationLongName": one["long"],
        "organizationLogos": [image_of(office, number, base)],
        "organizationUrl": dict.fromkeys(one["long"], one["url"]),
        "senderApplicationIds": [key for key, it in applications(office).items() if it["sender"] == number],
        "messageTypeIds": [key for key, it in types(office).items() if number in it["senders"]],
    }
    if one.get("contact"):
        made["contactBusiness"] = one["contact"]
    return made


def message_type(office: str, number: str) -> dict[str, Any]:
    """Write a kind of letters as the contract has it."""
    one = types(office)[number]
    return {
        "messageTypeId": number,
        "messageTypeName": one["name"],
        "messageTypeDescription": one.get("about", one["name"]),
        "validityPeriod": {"validityPeriodNumber": one["days"], "validityPeriodUnit": "day"},
        "senderOrganizationIds": one["senders"],
        "senderApplicationIds": [],
    }


def application(office: str, number: str) -> dict[str, Any]:
    """Write an application as the contract has it."""
    one = applications(office)[number]
    return {
        "applicationId": number,
        "applicationName": one["name"],
        "applicationDescription": one["name"],
        "applicationLogos": [],
        "senderOrganizationIds": [one["sender"]],
        "messageTypeIds": [],
        "contactBusiness": "helpdesk@modelstad.example",
    }


def image_of(office: str, number: str, base: str) -> dict[str, Any]:
    """Describe an organisation's logo: of one registry an SVG, of the others a PNG."""
    content, media_type = logo(office, number)
    return {
        "imageId": LOGO,
        "size": round(len(content) / 1024, 3),
        "mediaType": media_type,
        "contentHref": f"{base}/referenceData/senderOrganizations/{quote(number, safe='')}/images/{LOGO}/content",
    }


@cache
def logo(office: str, number: str) -> tuple[bytes, str]:
    """Draw an organisation's logo, with its media type."""
    if office == "vlaanderen":
        return SVG, "image/svg+xml"
    colour = zlib.crc32(number.encode()).to_bytes(4)[:3]
    rows = (b"\0" + colour * _SIDE) * _SIDE
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    chunks = (struct.pack(">I", len(it)) + kind + it + struct.pack(">I", zlib.crc32(kind + it)) for kind, it in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks), "image/png"
