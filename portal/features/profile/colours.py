"""The colour space of a picture that has no ICC profile but names its colours in another way, made into a profile.

A PNG names them in chunks (PNG, third edition, 4.3: cICP before iCCP before sRGB before cHRM and gAMA), a camera's
JPEG in its EXIF (DCF 2.0: Adobe RGB is "R03"). Profiles are those of ICC.1:2010, of matrix and curve. `photo_program`
calls this, so whatever is raised here costs a picture its right colours and nothing else.
"""

import struct
from collections.abc import Sequence
from typing import Any

from . import wholeness

# Chromaticities (x, y) in CIE 1931 of white, red, green and blue.
Primaries = Sequence[tuple[float, float]]
Vector = Sequence[float]

_D65 = (0.3127, 0.3290)
_SRGB: Primaries = (_D65, (0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
_ADOBE: Primaries = (_D65, (0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
# Primaries and curves by their numbers in ITU-T H.273. Those of high dynamic range (PQ, HLG) are left out: white
# is not their brightest value, so that no curve to sRGB fits.
_PRIMARIES: dict[int, Primaries] = {
    1: _SRGB,
    9: (_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    12: (_D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
# The parameters of a parametric curve (ICC.1, 10.18): of sRGB (type 3), to which those of television come close, or
# one exponent (type 0).
_CURVE_OF_SRGB: Vector = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_CURVES: dict[int, Vector] = {
    **dict.fromkeys((1, 6, 13, 14, 15), _CURVE_OF_SRGB),
    4: (2.2,),
    5: (2.8,),
    8: (1.0,),
}
_GAMMA_OF_SRGB = range(45_000, 46_000)  # what programs write in gAMA (1/100,000) for sRGB

_D50 = (0.9642, 1.0, 0.8249)
# The matrix of Bradford, into the responses of the eye's cones, in which white is adapted.
_BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
_EXIF, _INTEROPERABILITY, _INDEX = 0x8769, 0xA005, 1  # tags of EXIF


def profile_of_png(png: bytes, own: bytes | None) -> bytes | None:
    """Give the ICC profile of a PNG. own: of its chunk iCCP, which only cICP precedes. None means sRGB."""
    chunks = {name: content for name, content in wholeness.chunks_of_png(png) if name in _LENGTHS}
    chunks = {name: content for name, content in chunks.items() if len(content) == _LENGTHS[name]}
    if b"cICP" in chunks:
        primaries, curve = _PRIMARIES.get(chunks[b"cICP"][0]), _CURVES.get(chunks[b"cICP"][1])
        if primaries and curve:
            return _profile(primaries, curve)
    if own or b"sRGB" in chunks:
        return own
    gamma = int.from_bytes(chunks.get(b"gAMA", b""))
    curve = (100_000 / gamma,) if gamma and gamma not in _GAMMA_OF_SRGB else _CURVE_OF_SRGB
    if b"cHRM" in chunks:
        numbers = [number / 100_000 for number in struct.unpack(">8I", chunks[b"cHRM"])]
        return _profile(list(zip(numbers[::2], numbers[1::2], strict=True)), curve)
    return _profile(_SRGB, curve) if curve != _CURVE_OF_SRGB else None


# The lengths of the chunks that count here, in bytes.
_LENGTHS = {b"cICP": 4, b"sRGB": 1, b"gAMA": 4, b"cHRM": 32}


def profile_of_exif(exif: Any) -> bytes | None:
    """Give the profile of Adobe RGB where a camera's EXIF names it, else None. exif: `PIL.Image.Exif`."""
    index = exif.get_ifd(_EXIF) and exif.get_ifd(_INTEROPERABILITY).get(_INDEX)
    return _profile(_ADOBE, (563 / 256,)) if index == "R03" else None


def _profile(primaries: Primaries, curve: Vector) -> bytes:
    """Write an ICC profile of primaries and one curve. Raise ArithmeticError or struct.error for impossible ones."""
    white, *colours = [(x / y, 1.0, (1 - x - y) / y) for x, y in primaries]  # as XYZ
    # How much of each colour makes white.
    shares = _product(_inverse(_transpose(colours)), white)
    # White is D50 in profiles: colours are adapted to it as an eye adapts, in the responses of its cones.
    from_white, to_white = _product(_BRADFORD, white), _product(_BRADFORD, _D50)
    adapted = [
        _product(
            _inverse(_BRADFORD),
            [cone * to / by for cone, to, by in zip(_product(_BRADFORD, each), to_white, from_white, strict=True)],
        )
        for each in ([value * share for value in colour] for colour, share in zip(colours, shares, strict=True))
    ]
    curve_type = 3 if len(curve) > 1 else 0
    curve_tag = b"para" + struct.pack(">IHH", 0, curve_type, 0) + _fix(curve)
    tags = [(b"wtpt", b"XYZ " + bytes(4) + _fix(_D50))]
    for letter, each in zip((b"r", b"g", b"b"), adapted, strict=True):
        tags += [(letter + b"XYZ", b"XYZ " + bytes(4) + _fix(each)), (letter + b"TRC", curve_tag)]
    # The header has 128 bytes, the count of tags 4, each line of the table of tags 12.
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
    """Write numbers as s15Fixed16Number (ICC.1, 4.6)."""
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def _product(matrix: Sequence[Vector], vector: Vector) -> list[float]:
    return [sum(left * right for left, right in zip(row, vector, strict=True)) for row in matrix]


def _transpose(matrix: Sequence[Vector]) -> list[Vector]:
    return list(zip(*matrix, strict=True))


def _inverse(matrix: Sequence[Vector]) -> list[Vector]:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    adjugate = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return [[value / determinant for value in row] for row in adjugate]
