"""Only pixels survive, and nothing that is sent stops the portal."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from portal.features.profile import photo
from portal.features.profile.photo import PhotoBusy, PhotoFault, PhotoRefused

from .conftest import picture, square_alone

pytestmark = pytest.mark.security


def open_jpeg(made: bytes) -> Image.Image:
    return Image.open(io.BytesIO(made), formats=["JPEG"])


def is_like(pixel, colour) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_photo_becomes_a_square_out_of_the_middle(kind):
    made = open_jpeg(await square_alone(picture(kind, (600, 300))))
    assert (made.format, made.size, made.mode) == ("JPEG", (400, 400), "RGB")
    assert is_like(made.getpixel((40, 200)), (255, 0, 0))
    assert is_like(made.getpixel((360, 200)), (0, 0, 255))


async def test_metadata_is_gone_and_the_picture_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "CANARY-CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    given = picture("JPEG", (300, 300), exif=exif, comment=b"CANARY-COMMENT", icc_profile=b"CANARY-PROFILE")
    made = await square_alone(given)
    assert b"CANARY" in given
    assert b"CANARY" not in made
    assert (
        dict(open_jpeg(made).getexif()),
        set(open_jpeg(made).info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"},
    ) == (
        {},
        set(),
    )
    # Left was red: a quarter turn puts it on top.
    assert is_like(open_jpeg(made).getpixel((200, 40)), (255, 0, 0))
    assert is_like(open_jpeg(made).getpixel((200, 360)), (0, 0, 255))


async def test_what_is_transparent_becomes_white():
    file = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(file, "PNG")
    assert is_like(open_jpeg(await square_alone(file.getvalue())).getpixel((5, 5)), (255, 255, 255))


async def test_what_hides_behind_a_photo_is_gone():
    behind = io.BytesIO()
    with zipfile.ZipFile(behind, "w") as archive:
        archive.writestr("CANARY.txt", "CANARY")
    made = await square_alone(picture("JPEG") + behind.getvalue() + b"<script>CANARY</script>")
    assert b"CANARY" not in made
    assert not zipfile.is_zipfile(io.BytesIO(made))


def png(width: int, height: int, data: bytes) -> bytes:
    """Write a PNG that says it is so large, whatever its data."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def gif() -> bytes:
    return b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(1)//<html><script>alert(1)</script>"


def scan_bomb() -> bytes:
    """A progressive JPEG whose last pass over the picture comes thousands of times more."""
    whole = picture("JPEG", (4000, 4000), progressive=True, quality=30)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * (4_500_000 // (len(whole) - last)) + b"\xff\xd9"


def half(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


REFUSED = {
    "nothing": (b"", PhotoFault.NOT_A_PHOTO),
    "text": (b"geen foto", PhotoFault.NOT_A_PHOTO),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', PhotoFault.NOT_A_PHOTO),
    "gif that is a page": (gif(), PhotoFault.NOT_A_PHOTO),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", PhotoFault.NOT_A_PHOTO),
    "bmp": (picture("BMP"), PhotoFault.NOT_A_PHOTO),
    "tiff": (picture("TIFF"), PhotoFault.NOT_A_PHOTO),
    "first bytes of a jpeg": (picture("JPEG")[:3] + b"<html>", PhotoFault.NOT_A_PHOTO),
    "half a jpeg": (picture("JPEG", (800, 800), quality=95)[:3000], PhotoFault.DAMAGED),
    "half a png": (half(picture("PNG", (800, 800))), PhotoFault.DAMAGED),
    "png bomb": (png(60_000, 60_000, zlib.compress(b"")), PhotoFault.TOO_MANY_PIXELS),
    "large png bomb": (png(5_000, 5_001, zlib.compress(b"")), PhotoFault.TOO_MANY_PIXELS),
    "largest png bomb": (png(2**31 - 1, 2**31 - 1, zlib.compress(b"")), PhotoFault.TOO_MANY_PIXELS),
    "png that says too much": (png(4_000, 4_000, zlib.compress(bytes(100))), PhotoFault.DAMAGED),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_photo_is_refused(name):
    given, why = REFUSED[name]
    with pytest.raises(PhotoRefused) as refused:
        await square_alone(given)
    assert refused.value.why == why


async def test_photo_that_takes_its_reader_all_day_is_stopped():
    """Its passes are counted before any is made."""
    with pytest.raises(PhotoRefused) as refused:
        await square_alone(scan_bomb())
    assert refused.value.why == PhotoFault.DAMAGED


async def test_photo_that_waited_too_long_for_the_processor_is_not_called_damaged(monkeypatch):
    monkeypatch.setattr(photo, "SECONDS", 0.001)
    with pytest.raises(PhotoBusy):
        await square_alone(picture())
