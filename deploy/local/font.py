"""Make the two font files of the pages from the package that package-lock.json pins (decision 0027).

    python -m deploy.local.font

It keeps what our pages use of the package's files: the letters of European names, signs, and the weights 400 to 700
on one axis.
"""

from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "node_modules/@fontsource-variable/atkinson-hyperlegible-next"
FOLDER = ROOT / "portal/platform/ui/static/ui/font"
WEIGHTS = (400, 700)
FEATURES = ["ccmp", "kern", "locl", "mark", "mkmk", "tnum"]


def _letters(ranges: str) -> list[int]:
    """List the code points of ranges such as `0041-005a`, or single ones such as `20ac`, in hexadecimal."""
    ends = [each.partition("-")[::2] for each in ranges.split()]
    return [code for first, last in ends for code in range(int(first, 16), int(last or first, 16) + 1)]


# The code points that are kept of each file of the package. Every page loads the first; the second has the letters of
# names of Central, Eastern and Northern Europe, and only a page with such a letter fetches it.
FILES = {
    "latin": _letters(
        "0020-007e 00a0-00ff 0131 0152-0153 02c6 02da 02dc 0300-0308 030a-030c 0327-0328 2010-2015 2018-201e 2022"
        " 2026 2030 2032-2033 2039-203a 20ac 2122 2190-2193 2212"
    ),
    "latin-ext": _letters("0100-017f 018f 0192 01e6-01e7 01ea-01eb 0218-021b 0259 1e80-1e85 1e9e 1ef2-1ef3"),
}


def make(part: str) -> bytes:
    """Give the woff2 file of one part of FILES; the bytes are the same each time."""
    source = PACKAGE / f"files/atkinson-hyperlegible-next-{part}-wght-normal.woff2"
    font = TTFont(source, recalcTimestamp=False)
    options = Options(layout_features=FEATURES, hinting=False, notdef_outline=True, name_IDs=["*"])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=FILES[part])
    subsetter.subset(font)
    font = instantiateVariableFont(font, {"wght": WEIGHTS})
    font.flavor = "woff2"
    output = BytesIO()
    font.save(output)
    return output.getvalue()


def main() -> None:
    """Write both files, and their licence."""
    FOLDER.mkdir(exist_ok=True)
    for part in FILES:
        (FOLDER / f"atkinson-{part}.woff2").write_bytes(make(part))
    (FOLDER / "LICENSE.txt").write_bytes((PACKAGE / "LICENSE").read_bytes())


if __name__ == "__main__":
    main()
