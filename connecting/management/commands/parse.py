"""`manage.py parse AGENCY.DATASET FILE...`: show what the portal reads in a source's answer.

For the answer to a feature's own question: `parse FEATURE --about INSZ FILE...`, with the person it is about.
"""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from connecting import in_words, samples
from connecting.contract.readings import why_unread
from connecting.in_words import FileReading, Subject
from portal.platform.feature import installed as features
from portal.platform.sources.catalogue import Askable
from portal.platform.sources.management.bodies import installed
from portal.platform.sources.reading.outcomes import Down, Nothing, facts_of
from portal.platform.sources.transports.answer import AnswerText, of_file

NUMBERS = (10, 11)  # digits of a company's number and of a person's

# Reads an answer to a feature's own question into one flat record.
Describe = Callable[[AnswerText | Down], Mapping[str, Any]]


class Command(BaseCommand):
    """Print what is read of each file: text on a terminal, else a JSON line; exit with 2 for one without answer."""

    help = "Read answers of a dataset and print what a citizen would see: in words, or one JSON line a file."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say so

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("dataset", metavar="AGENCY.DATASET")
        parser.add_argument("files", metavar="FILE", nargs="+")
        parser.add_argument("--json", action="store_true", help="print JSON lines, also on a terminal")
        parser.add_argument(
            "--about", dest="number", default="", metavar="NUMBER", help="whom it should be about; else FILE's name"
        )
        parser.add_argument(
            "--content-type",
            default="",
            metavar="HEADER",
            help="what the source said the bytes are; unknown by default",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the files one by one; a file that cannot be read does not stop the others."""
        known = {entry.name: entry for entry in (*installed().entries, *installed().lookups)}
        entry = known.get(options["dataset"])
        describe = None if entry else self._describer(options["dataset"], options["number"], list(known))
        is_json = options["json"] or not self.stdout.isatty()
        failed = False
        for name in options["files"]:
            try:
                data = _answer_in(Path(name))
            except (OSError, ValueError) as error:
                self.stderr.write(f"{name} {_reason(error)}")
                failed = True
                continue
            if entry is not None:
                read = _read(name, data, entry, options)
                self.stdout.write(_line(in_words.record(read)) if is_json else in_words.text(read))
            elif describe is not None:
                answer = of_file(data, datetime.now(UTC), options["content_type"])
                self.stdout.write(_line({"file": name, **describe(answer)}, None if is_json else 2))
        if failed:
            sys.exit(2)

    def _describer(self, name: str, about: str, datasets: list[str]) -> Describe:
        """Find the reader of answers to a feature's own question; exit with 2 when there is none."""
        reads = {feature.id: feature.parsing for feature in features.features() if feature.parsing}
        if name not in reads:
            self.stderr.write(f"There is no dataset {name!r}. There are: {', '.join([*datasets, *reads])}.")
            sys.exit(2)
        if not about:
            self.stderr.write(f"{name} is asked about somebody: say whom with --about INSZ.")
            sys.exit(2)
        module = import_module(reads[name])
        inquiry = module.inquiry_about(about)
        if inquiry is None:
            self.stderr.write(f"No body is connected that answers for {name}.")
            sys.exit(2)
        return lambda answer: module.describe(samples.read_inquiry(answer, inquiry, about))


def _answer_in(file: Path) -> bytes:
    """Read a file with an answer; raises ValueError, with what it is, for another file among samples."""
    if file.name.endswith(samples.PROBLEM):
        raise ValueError("is a failure, which the source gives with its status: the portal reads nothing of it.")
    if file.name.endswith(".facts.json"):
        raise ValueError("holds approved facts, and no answer.")
    return file.read_bytes()


def _reason(error: OSError | ValueError) -> str:
    return f"cannot be read: {error.strerror}." if isinstance(error, OSError) else str(error)


def _line(record: Mapping[str, Any], indent: int | None = None) -> str:
    return json.dumps(record, ensure_ascii=False, indent=indent)


def _read(name: str, data: bytes, entry: Askable, options: dict[str, Any]) -> FileReading:
    now = datetime.now(UTC)
    if name.endswith(samples.EMPTY) and not data:
        return FileReading(name, Nothing(now), "not checked")
    key = samples.key_of(Path(name))
    about = options["number"] or (key if key.isdecimal() and len(key) in NUMBERS else "")
    answer = of_file(data, now, options["content_type"])
    outcome = samples.read_answer(answer, entry, insz=about or None)
    is_known = bool(about and entry.service.subject and facts_of(outcome))
    subject: Subject = "checked" if is_known else "not checked"
    if isinstance(outcome, Down) and outcome.reason == "mismatch":
        subject = "mismatch"
    return FileReading(
        name, outcome, subject, why_unread(data if isinstance(answer, Down) else answer.data, outcome, entry)
    )
