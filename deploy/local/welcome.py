"""The text for the person at the terminal once everything runs."""

import textwrap
import tomllib
from pathlib import Path

SHOWN = 6


def personas(folders: list[Path]) -> dict[str, str]:
    """Read the people whom one can sign in as, from `*/samples/personas.toml` below each folder.

    Gives descriptions of one line by national number, which stand at the top of a file or in tables. A file that
    cannot be read is left out: the contract of bodies reports it.
    """
    descriptions: dict[str, str] = {}
    for file in sorted(file for folder in folders for file in folder.glob("*/samples/personas.toml")):
        try:
            table = tomllib.loads(file.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        for key, value in table.items():
            for number, text in value.items() if isinstance(value, dict) else ((key, value),):
                if isinstance(text, str):
                    descriptions.setdefault(number, " ".join(text.split()))
    return descriptions


def welcome(origin: str, town: str, people: dict[str, str], notes: list[str]) -> str:
    """Give the text: where to go, whom to sign in as, `notes`, and how to stop."""
    lines = ["", "Mijn Burgerprofiel draait.", "", f"  Het portaal    {origin}", f"  De modelstad   {town}", ""]
    if people:
        lines.append("Meld u aan als een van deze personen (verzonnen, met testnummers):")
        for number, text in list(people.items())[:SHOWN]:
            lines.append(f"  {number}  {textwrap.shorten(text, 90, placeholder=' ...')}")
        if len(people) > SHOWN:
            lines.append(f"  en nog {len(people) - SHOWN} anderen: de aanmeldpagina toont ze allemaal.")
        lines.append("")
    lines += [*notes, "Stoppen: Ctrl-C.", ""]
    return "\n".join(lines)
