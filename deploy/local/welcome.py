"""What the person at the terminal reads once everything runs."""

import textwrap
import tomllib
from pathlib import Path

SHOWN = 6


def personas(folders: list[Path]) -> dict[str, str]:
    """Read who can sign in, national number to one line, from `*/samples/personas.toml` under each folder.

    A file that is not what it should be is left out: the contract test reports it, and this is only a hint.
    """
    found: dict[str, str] = {}
    for file in sorted(file for folder in folders for file in folder.glob("*/samples/personas.toml")):
        try:
            table = tomllib.loads(file.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        for number, text in table.items():
            if isinstance(text, str):
                found.setdefault(number, " ".join(text.split()))
    return found


def welcome(origin: str, town: str, people: dict[str, str], notes: list[str]) -> str:
    """Return where to go, whom to sign in as and how to stop, in plain Dutch."""
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
