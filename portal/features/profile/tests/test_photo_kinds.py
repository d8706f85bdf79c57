"""Photos as phones, scanners and programs really make them: colours and what is there are kept."""

import io
import random
import struct
import zlib

import pytest
from PIL import Image

from portal.features.profile import wholeness
from portal.features.profile.photo import PhotoFault, PhotoRefused

from . import profiles
from .conftest import picture, square_alone

P3_RED = (230, 40, 40)  # which is (251, 0, 18) in sRGB


def flat(mode: str, colour: object, kind: str = "PNG", size: tuple[int, int] = (40, 40), **options: object) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, kind, **options)
    return file.getvalue()


def noise(kind: str, **options: object) -> bytes:
    """Make a picture of which every byte counts."""
    file = io.BytesIO()
    grain = Image.frombytes("RGB", (400, 400), random.Random(7).randbytes(480_000))
    grain.save(file, kind, **options)
    return file.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_of(colour: object, *chunks: tuple[bytes, bytes], mode: str = "RGB", **options: object) -> bytes:
    """Make a PNG of one colour, with chunks that tell which one it is."""
    plain = flat(mode, colour, **options)
    return plain[:33] + b"".join(chunk(*one) for one in chunks) + plain[33:]


def of_adobe() -> bytes:
    """Make a JPEG that a camera set to Adobe RGB wrote: it carries no profile."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA001] = 0xFFFF
    exif.get_ifd(0x8769)[0xA005] = {1: "R03", 2: b"0100"}
    return flat("RGB", (200, 100, 100), "JPEG", quality=100, exif=exif)


def png(depth: int, kind: int, *rows: bytes, width: int, key: bytes = b"", interlaced: bool = False) -> bytes:
    """Write a PNG by hand, for what Pillow does not write."""
    head = struct.pack(">IIBBBBB", width, width, depth, kind, 0, 0, interlaced)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    middle = chunk(b"tRNS", key) if key else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + middle + chunk(b"IDAT", data) + chunk(b"IEND", b"")


async def colour(given: bytes, at: tuple[int, int] = (200, 200)) -> tuple[int, int, int]:
    with Image.open(io.BytesIO(await square_alone(given)), formats=["JPEG"]) as made:
        return made.getpixel(at)


def near(one: tuple[int, ...], other: tuple[int, ...], by: int = 3) -> bool:
    return len(one) == len(other) and all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def deep(kind: int, *values: int) -> bytes:
    return png(16, kind, *[struct.pack(f">{len(values)}H", *values) * 8] * 8, width=8)


COLOURS = {
    "16-bit grey": (deep(0, 0x8000), (128, 128, 128)),
    "16-bit grey, dark": (deep(0, 0x0140), (1, 1, 1)),
    "16-bit colour": (deep(2, 0xC800, 0x6400, 0x3200), (200, 100, 50)),
    "16-bit colour, clear": (deep(6, 0xC800, 0x6400, 0x3200, 0), (255, 255, 255)),
    "16-bit grey, half clear": (deep(4, 0x0000, 0x8080), (127, 127, 127)),
    "16-bit, one grey is clear": (
        png(16, 0, *[b"\x80\x00" * 8] * 8, width=8, key=b"\x80\x00"),
        (255, 255, 255),
    ),
    "16-bit, one colour is clear": (
        png(16, 2, *[b"\x80\x00\x40\x00\x20\x00" * 8] * 8, width=8, key=b"\x80\x00\x40\x00\x20\x00"),
        (255, 255, 255),
    ),
    "2-bit, one grey is clear": (png(2, 0, *[b"\xaa\xaa"] * 8, width=8, key=b"\x00\x02"), (255, 255, 255)),
    "2-bit, another is": (png(2, 0, *[b"\xaa\xaa"] * 8, width=8, key=b"\x00\x01"), (170, 170, 170)),
    "1-bit": (flat("1", 1), (255, 255, 255)),
    "1-bit, black": (flat("1", 0), (0, 0, 0)),
    "1-bit, black is clear": (png(1, 0, *[b"\x00"] * 8, width=8, key=b"\x00\x00"), (255, 255, 255)),
    "1-bit, white is clear": (png(1, 0, *[b"\x00"] * 8, width=8, key=b"\x00\x01"), (0, 0, 0)),
    "grey with transparency": (flat("LA", (0, 64)), (191, 191, 191)),
    "palette with transparency": (flat("P", 0, transparency=0), (255, 255, 255)),
    "palette": (flat("P", 0), (0, 0, 0)),
    "webp with transparency": (flat("RGBA", (0, 0, 0, 0), "WEBP", lossless=True), (255, 255, 255)),
    "grey jpeg": (flat("L", 77, "JPEG"), (77, 77, 77)),
    "inks": (flat("CMYK", (0, 255, 255, 0), "JPEG", quality=95), (255, 0, 0)),
    "interlaced": (
        # Adam7: passes of 1x1, 1x1, 2x1, 2x2, 4x2, 4x4 and 8x4.
        png(
            8,
            2,
            *[b"\x0a\x14\x1e" * n for n in (1, 1, 2, 2, 2, 4, 4, 4, 4, 4, 4, 8, 8, 8, 8)],
            width=8,
            interlaced=True,
        ),
        (10, 20, 30),
    ),
}


@pytest.mark.parametrize("name", COLOURS)
async def test_colour_is_what_the_file_says(name):
    given, expected = COLOURS[name]
    assert near(await colour(given), expected), await colour(given)


GAMMA, LINEAR = (b"gAMA", struct.pack(">I", 45455)), (b"gAMA", struct.pack(">I", 100_000))
OF_P3 = (b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))
CODED_P3 = (b"cICP", bytes([12, 13, 0, 1]))
SAID = {
    "Display P3 by its code": (png_of(P3_RED, CODED_P3), (251, 0, 18)),
    "Display P3 by its colours": (png_of(P3_RED, GAMMA, OF_P3), (251, 0, 18)),
    "its code before its profile": (png_of(P3_RED, CODED_P3, icc_profile=profiles.linear_grey()), (251, 0, 18)),
    "its profile before its colours": (png_of(P3_RED, LINEAR, icc_profile=profiles.display_p3()), (251, 0, 18)),
    "sRGB before all but these": (png_of(P3_RED, (b"sRGB", b"\0"), LINEAR, OF_P3), P3_RED),
    "the gamma of sRGB": (png_of((128, 64, 32), GAMMA), (128, 64, 32)),
    "linear": (png_of((128, 64, 32), LINEAR), (188, 137, 99)),
    "linear, grey": (png_of(128, LINEAR, mode="L"), (188, 188, 188)),
    "a film's high contrast": (png_of(P3_RED, (b"cICP", bytes([9, 16, 0, 1]))), P3_RED),
    "colours that are none": (png_of(P3_RED, (b"cHRM", bytes(32)), (b"gAMA", bytes(4))), P3_RED),
    "chunks that are too short": (png_of(P3_RED, (b"cHRM", b"1"), (b"gAMA", b""), (b"cICP", b"\x0c")), P3_RED),
    "Adobe RGB by a camera's EXIF": (of_adobe(), (227, 100, 100)),
}


@pytest.mark.parametrize("name", SAID)
async def test_colours_without_a_profile_are_what_the_file_says(name):
    given, expected = SAID[name]
    assert near(await colour(given), expected), await colour(given)


PROFILED = {
    "Display P3 in a JPEG": (
        flat("RGB", P3_RED, "JPEG", quality=100, icc_profile=profiles.display_p3()),
        (251, 0, 18),
    ),
    "Display P3 in a PNG": (flat("RGB", P3_RED, icc_profile=profiles.display_p3()), (251, 0, 18)),
    "Display P3 in a WebP": (
        flat("RGB", P3_RED, "WEBP", lossless=True, icc_profile=profiles.display_p3()),
        (251, 0, 18),
    ),
    "Display P3 in a palette": (
        flat("P", 0, icc_profile=profiles.display_p3(), transparency=1),
        (0, 0, 0),
    ),
    "Display P3, clear": (flat("RGBA", (*P3_RED, 0), icc_profile=profiles.display_p3()), (255, 255, 255)),
    "grey": (flat("L", 128, icc_profile=profiles.linear_grey()), (188, 188, 188)),
    "grey with transparency": (flat("LA", (128, 255), icc_profile=profiles.linear_grey()), (188, 188, 188)),
    "16-bit grey": (flat("I;16", 0x8080, icc_profile=profiles.linear_grey()), (188, 188, 188)),
    "inks": (
        flat("CMYK", (0, 255, 255, 0), "JPEG", quality=95, icc_profile=profiles.press()),
        (54, 165, 44),
    ),
    "inks, of colours": (flat("RGB", P3_RED, icc_profile=profiles.press()), P3_RED),
    "grey, of colours": (flat("RGB", P3_RED, icc_profile=profiles.linear_grey()), P3_RED),
    "colours, of inks": (
        flat("CMYK", (0, 255, 255, 0), "JPEG", quality=95, icc_profile=profiles.display_p3()),
        (255, 0, 0),
    ),
    "no profile at all": (flat("RGB", P3_RED, icc_profile=b"CANARY"), P3_RED),
    "half a profile": (flat("RGB", P3_RED, icc_profile=profiles.display_p3()[:200]), P3_RED),
    "tags that lie elsewhere": (
        flat("RGB", P3_RED, icc_profile=profiles.display_p3()[:128] + b"\xff" * 400),
        P3_RED,
    ),
    "a large one": (flat("RGB", P3_RED, icc_profile=b"acsp" * 1_000_000), P3_RED),
}


@pytest.mark.parametrize("name", PROFILED)
async def test_profile_is_applied_where_it_fits_and_dropped(name):
    given, expected = PROFILED[name]
    made = await square_alone(given)
    assert b"ICC_PROFILE" not in made
    assert near(await colour(given), expected, by=5), await colour(given)


async def test_damaged_profile_never_costs_the_photo():
    dice = random.Random(3)
    for whole in (profiles.display_p3(), profiles.press()) * 10:
        hurt = bytearray(whole)
        for _ in range(8):
            hurt[dice.randrange(len(hurt))] = dice.randrange(256)
        mode = "CMYK" if b"CMYK" in whole else "RGB"
        assert await square_alone(flat(mode, None, "JPEG", icc_profile=bytes(hurt)))


async def test_first_picture_of_several_counts():
    """Also where there are more pixels than are unpacked whole: phones write 50 million, with a preview behind."""
    whole, other = Image.new("L", (8160, 6120), 200), Image.new("L", (40, 40), 0)
    file = io.BytesIO()
    whole.save(file, "MPO", save_all=True, append_images=[other])
    assert near(await colour(file.getvalue()), (200, 200, 200))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
async def test_first_picture_of_a_film_counts(kind):
    file = io.BytesIO()
    films = [Image.new("RGB", (40, 40), colour) for colour in ((200, 10, 10), (10, 10, 200))]
    films[0].save(file, kind, save_all=True, append_images=films[1:], duration=100, lossless=True)
    assert near(await colour(file.getvalue()), (200, 10, 10))


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_photo_is_turned_upright(orientation):
    """Red lies left and blue right; as the camera was held they were elsewhere."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    red = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}[orientation]
    places = {"left": (40, 200), "right": (360, 200), "top": (200, 40), "bottom": (200, 360)}
    given = picture("JPEG", (300, 300), exif=exif)
    assert [side for side, at in places.items() if near(await colour(given, at), (254, 0, 0))] == [red]


@pytest.mark.parametrize("exif", [b"Exif\0\0" + b"\xff" * 40, b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif"])
async def test_damaged_exif_never_costs_the_photo(exif):
    assert near(await colour(flat("RGB", (10, 200, 10), "JPEG", exif=exif)), (10, 200, 10))


WHOLE_ENOUGH = {
    "jpeg without its last two bytes": noise("JPEG")[:-2],
    "jpeg without its last byte": noise("JPEG")[:-1],
    "jpeg without its last rows": noise("JPEG")[: -len(noise("JPEG")) // 50],
    "jpeg that ends in zeros": noise("JPEG")[:-40] + bytes(40),
    "progressive jpeg without its end": noise("JPEG", progressive=True)[:-30],
    "jpeg with something behind it": noise("JPEG") + b"<html>",
    "png without its end": noise("PNG")[:-12],
    "png without its last rows": noise("PNG")[:-4000],
    "png with something behind it": noise("PNG") + b"<html>",
    "grey jpeg": flat("RGB", (128, 128, 128), "JPEG", size=(400, 400)),
}
HALF = {
    "jpeg": noise("JPEG")[: len(noise("JPEG")) // 2],
    "jpeg that goes on in zeros": noise("JPEG")[: len(noise("JPEG")) // 2] + bytes(len(noise("JPEG")) // 2),
    "progressive jpeg, its first pass": noise("JPEG", progressive=True)[:1200],
    "progressive jpeg, without detail": noise("JPEG", progressive=True)[:5000],
    "png": noise("PNG")[: len(noise("PNG")) // 2],
    "jpeg of three quarters": noise("JPEG")[: len(noise("JPEG")) * 3 // 4],
}


@pytest.mark.parametrize("name", WHOLE_ENOUGH)
async def test_photo_that_lacks_only_its_end_is_taken(name):
    """And nothing grey or black is left where its last rows were."""
    with Image.open(io.BytesIO(await square_alone(WHOLE_ENOUGH[name])), formats=["JPEG"]) as made:
        last = made.crop((0, 397, 400, 400)).getcolors(1200)
    assert name == "grey jpeg" or len(last) > 600


@pytest.mark.parametrize("name", HALF)
async def test_half_a_photo_is_damaged(name):
    with pytest.raises(PhotoRefused) as refused:
        await square_alone(HALF[name])
    assert refused.value.why == PhotoFault.DAMAGED


@pytest.mark.parametrize(("kind", "lossless"), [("WEBP", True), ("WEBP", False)])
async def test_webp_that_is_too_large_is_said_to_be(kind, lossless):
    with pytest.raises(PhotoRefused) as refused:
        await square_alone(flat("L", 9, kind, size=(16383, 1500), lossless=lossless))
    assert refused.value.why == PhotoFault.TOO_MANY_PIXELS


async def test_answer_of_the_program_is_a_plain_jpeg_and_nothing_more():
    made = await square_alone(noise("JPEG"))
    comment = b"\xff\xfe\x00\x06CAN!"
    assert [
        wholeness.is_plain_jpeg(answer, 400)
        for answer in (made, made + b"<html>", made[:-2], made[:20] + comment + made[20:], b"", b"\xff\xd8\xff<html>")
    ] == [True, False, False, False, False, False]
    assert not wholeness.is_plain_jpeg(made, 401)


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
async def test_photo_of_a_kind_that_is_not_read_is_named(brand):
    with pytest.raises(PhotoRefused) as refused:
        await square_alone(b"\0\0\0\x18ftyp" + brand + bytes(500))
    assert refused.value.why == PhotoFault.HEIC


def test_share_of_a_png_is_that_of_its_rows():
    whole = noise("PNG")
    assert wholeness.share_of_png(whole) == 1
    assert 0.45 < wholeness.share_of_png(whole[: len(whole) // 2]) < 0.55
    interlaced = COLOURS["interlaced"][0]
    assert wholeness.share_of_png(interlaced) == 1
