"""The reference data of each registry, from `reference.toml`: organisations, applications, message types."""

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
    by_number: dict[str, dict[str, Any]] = read_file()[office]["senders"]
    return by_number


def types(office: str) -> dict[str, dict[str, Any]]:
    """Give a registry's message types by id; `days` is how long a letter of that type is kept."""
    by_id: dict[str, dict[str, Any]] = read_file()[office]["types"]
    return by_id


def applications(office: str) -> dict[str, dict[str, Any]]:
    """Give a registry's applications by id."""
    by_id: dict[str, dict[str, Any]] = read_file()[office].get("applications", {})
    return by_id


def organization(office: str, number: str, base: str) -> dict[str, Any]:
    """Write an organisation as the API does; base: the registry's URL."""
    sender = senders(office)[number]
    content = {
        "organizationId": number,
        "organizationShortName": sender["short"],
        "organizationLongName": sender["long"],
        "organizationLogos": [image_of(office, number, base)],
        "organizationUrl": dict.fromkeys(sender["long"], sender["url"]),
        "senderApplicationIds": [key for key, it in applications(office).items() if it["sender"] == number],
        "messageTypeIds": [key for key, it in types(office).items() if number in it["senders"]],
    }
    if sender.get("contact"):
        content["contactBusiness"] = sender["contact"]
    return content


def message_type(office: str, number: str) -> dict[str, Any]:
    """Write a message type as the API does."""
    kind = types(office)[number]
    return {
        "messageTypeId": number,
        "messageTypeName": kind["name"],
        "messageTypeDescription": kind.get("about", kind["name"]),
        "validityPeriod": {"validityPeriodNumber": kind["days"], "validityPeriodUnit": "day"},
        "senderOrganizationIds": kind["senders"],
        "senderApplicationIds": [],
    }


def application(office: str, number: str) -> dict[str, Any]:
    """Write an application as the API does."""
    properties = applications(office)[number]
    return {
        "applicationId": number,
        "applicationName": properties["name"],
        "applicationDescription": properties["name"],
        "applicationLogos": [],
        "senderOrganizationIds": [properties["sender"]],
        "messageTypeIds": [],
        "contactBusiness": "helpdesk@modelstad.example",
    }


def image_of(office: str, number: str, base: str) -> dict[str, Any]:
    """Write the metadata of an organisation's logo, as the API does."""
    content, media_type = logo(office, number)
    return {
        "imageId": LOGO,
        "size": round(len(content) / 1024, 3),
        "mediaType": media_type,
        "contentHref": f"{base}/referenceData/senderOrganizations/{quote(number, safe='')}/images/{LOGO}/content",
    }


@cache
def logo(office: str, number: str) -> tuple[bytes, str]:
    """Draw an organisation's logo, and give its media type: an SVG at `vlaanderen`, a PNG at the others."""
    if office == "vlaanderen":
        return SVG, "image/svg+xml"
    colour = zlib.crc32(number.encode()).to_bytes(4)[:3]
    rows = (b"\0" + colour * _SIDE) * _SIDE
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    chunks = (struct.pack(">I", len(it)) + kind + it + struct.pack(">I", zlib.crc32(kind + it)) for kind, it in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks), "image/png"
