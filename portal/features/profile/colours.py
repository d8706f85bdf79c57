"""Which colours the numbers of a picture stand for, where it carries no profile but says so in another way.

A PNG by its chunks (PNG, third edition, 4.3: cICP before iCCP before sRGB before cHRM and gAMA), a camera's JPEG by
its EXIF (DCF 2.0: Adobe RGB is "R03"). What is said is written as a profile (ICC.1:2010, matrix and curve).
"""

import struct
from collections.abc import Sequence
from typing import Any

from . import wholeness

# Places in the diagram of CIE 1931: of white, red, green and blue.
Primaries = Sequence[tuple[float, float]]
Vector = Sequence[float]

_D65 = (0.3127, 0.3290)
_SRGB: Primaries = (_D65, (0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
_ADOBE: Primaries = (_D65, (0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
# By their numbers in ITU-T H.273. Films in high contrast (PQ, HLG) have no place here: their white is no paper's.
_PRIMARIES: dict[int, Primaries] = {
    1: _SRGB,
    9: (_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    12: (_D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
# The curve of sRGB, as ICC.1 has it (10.18, kind 3), which those of television come close to; else an exponent.
_CURVE_OF_SRGB: Vector = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_CURVES: dict[int, Vector] = {
    **dict.fromkeys((1, 6, 13, 14, 15), _CURVE_OF_SRGB),
    4: (2.2,),
    5: (2.8,),
    8: (1.0,),
}
_GAMMA_OF_SRGB = range(45_000, 46_000)  # as gAMA writes it: what programs write for sRGB

_D50 = (0.9642, 1.0, 0.8249)
_BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
_EXIF, _INTEROPERABILITY, _INDEX = 0x8769, 0xA005, 1


def profile_of_png(given: bytes, own: bytes | None) -> bytes | None:
    """Choose a PNG's profile: its own (iCCP) unless another says more; None for one that says nothing, or sRGB."""
    said = {name: content for name, content in wholeness.chunks_of_png(given) if name in _LENGTHS}
    said = {name: content for name, content in said.items() if len(content) == _LENGTHS[name]}
    if b"cICP" in said:
        primaries, curve = _PRIMARIES.get(said[b"cICP"][0]), _CURVES.get(said[b"cICP"][1])
        if primaries and curve:
            return _profile(primaries, curve)
    if own or b"sRGB" in said:
        return own
    gamma = int.from_bytes(said.get(b"gAMA", b""))
    curve = (100_000 / gamma,) if gamma and gamma not in _GAMMA_OF_SRGB else _CURVE_OF_SRGB
    if b"cHRM" in said:
        numbers = [one / 100_000 for one in struct.unpack(">8I", said[b"cHRM"])]
        return _profile(list(zip(numbers[::2], numbers[1::2], strict=True)), curve)
    return _profile(_SRGB, curve) if curve != _CURVE_OF_SRGB else None


_LENGTHS = {b"cICP": 4, b"sRGB": 1, b"gAMA": 4, b"cHRM": 32}


def profile_of_exif(exif: Any) -> bytes | None:
    """Give Adobe RGB when a camera says that it wrote so."""
    index = exif.get_ifd(_EXIF) and exif.get_ifd(_INTEROPERABILITY).get(_INDEX)
    return _profile(_ADOBE, (563 / 256,)) if index == "R03" else None


def _profile(primaries: Primaries, curve: Vector) -> bytes:
    """Write a profile of three colours; raise ArithmeticError or struct.error for what are no colours."""
    white, *colours = [(x / y, 1.0, (1 - x - y) / y) for x, y in primaries]
    # How much of each colour makes white.
    shares = _times(_inverse(_transpose(colours)), white)
    # White is another one in profiles: colours are seen as an eye does that is used to it.
    seen, wanted = _times(_BRADFORD, white), _times(_BRADFORD, _D50)
    adapted = [
        _times(_inverse(_BRADFORD), [one * to / by for one, to, by in zip(_times(_BRADFORD, each), wanted, seen)])  # noqa: B905 - all three
        for each in ([one * share for one in colour] for colour, share in zip(colours, shares, strict=True))
    ]
    kind = 3 if len(curve) > 1 else 0
    written = b"para" + struct.pack(">IHH", 0, kind, 0) + _fix(curve)
    tags = [(b"wtpt", b"XYZ " + bytes(4) + _fix(_D50))]
    for letter, each in zip((b"r", b"g", b"b"), adapted, strict=True):
        tags += [(letter + b"XYZ", b"XYZ " + bytes(4) + _fix(each)), (letter + b"TRC", written)]
    at = 128 + 4 + 12 * len(tags)
    table, content = struct.pack(">I", len(tags)), b""
    for name, tag in tags:
        table += name + struct.pack(">II", at + len(content), len(tag))
        content += tag
    header = struct.pack(
        ">I4sI4s4s4s12x4s28x", at + len(content), b"", 0x04200000, b"mntr", b"RGB ", b"XYZ ", b"acsp"
    )
    return header + _fix(_D50) + bytes(48) + table + content


def _fix(numbers: Vector) -> bytes:
    return b"".join(struct.pack(">i", round(one * 65536)) for one in numbers)


def _times(matrix: Sequence[Vector], vector: Vector) -> list[float]:
    return [sum(one * other for one, other in zip(row, vector, strict=True)) for row in matrix]


def _transpose(matrix: Sequence[Vector]) -> list[Vector]:
    return list(zip(*matrix, strict=True))


def _inverse(matrix: Sequence[Vector]) -> list[Vector]:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    whole = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    turned = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return [[one / whole for one in row] for row in turned]
