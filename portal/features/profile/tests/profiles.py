"""Colour profiles (ICC.1:2010), written here: as small as they can be."""

import struct

D50 = (0.9642, 1.0, 0.8249)
# Display P3, adapted to D50: each primary's X, Y, Z.
P3 = {"rXYZ": (0.5151, 0.2412, -0.0011), "gXYZ": (0.2919, 0.6922, 0.0419), "bXYZ": (0.1572, 0.0666, 0.7841)}


def s15(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(one * 65536) for one in numbers))


def profile(space: bytes, connection: bytes, kind: bytes, tags: dict[str, bytes]) -> bytes:
    tags = {"wtpt": b"XYZ " + bytes(4) + s15(*D50), **tags}
    at = 132 + 12 * len(tags)
    table, content = struct.pack(">I", len(tags)), b""
    for name, tag in tags.items():
        table += name.encode() + struct.pack(">II", at + len(content), len(tag))
        content += tag + bytes(-len(tag) % 4)
    head = struct.pack(">I4x4s4s4s4s12x4s28x", at + len(content), b"\x02\x40\0\0", kind, space, connection, b"acsp")
    return head + s15(*D50) + bytes(48) + table + content


def gamma(power: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(power * 256))


def srgb_curve() -> bytes:
    return b"para" + bytes(4) + struct.pack(">HH", 3, 0) + s15(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def display_p3() -> bytes:
    colours = {name: b"XYZ " + bytes(4) + s15(*value) for name, value in P3.items()}
    return profile(b"RGB ", b"XYZ ", b"mntr", colours | {f"{one}TRC": srgb_curve() for one in "rgb"})


def linear_grey() -> bytes:
    return profile(b"GRAY", b"XYZ ", b"mntr", {"kTRC": gamma(1.0)})


def press() -> bytes:
    """Give a press: no ink is white, black ink is black, anything else the same green (Lab 60, -50, 50)."""
    straight = bytes(range(256))
    white, black, green = (
        bytes([round(lightness * 2.55), 128 + a, 128 + b])
        for lightness, a, b in ((100, 0, 0), (0, 0, 0), (60, -50, 50))
    )
    lab = (white + black) + (green + black) * 7
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + s15(1, 0, 0, 0, 1, 0, 0, 0, 1)
    return profile(b"CMYK", b"Lab ", b"prtr", {"A2B0": table + straight * 4 + lab + straight * 3})
