"""Count the lines of tests for each line of what they test: `make lines`.

Blank lines, comments and docstrings do not count. Migrations, which are written once, count as neither.
"""

import ast
import subprocess
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SILENT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
# Code that people use, or that whoever connects a body uses; the model town and the benchmarks serve tests.
USED = ("portal", "agencies", "connecting", "deploy", "manage.py")


def lines_of(file: Path) -> int:
    """Count the lines of a file."""
    with file.open("rb") as source:
        tokens = [each for each in tokenize.tokenize(source.readline) if each.type not in SILENT]
    tokens = [each for each in tokens if each.type != tokenize.ENCODING]
    found = {line for each in tokens for line in range(each.start[0], each.end[0] + 1)}
    return len(found - _docstrings(ast.parse(file.read_bytes())))


def _docstrings(tree: ast.AST) -> set[int]:
    found: set[int] = set()
    for node in ast.walk(tree):
        is_described = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if is_described and ast.get_docstring(node, clean=False) is not None:
            text = node.body[0]
            found.update(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    return found


def is_test(path: str) -> bool:
    """Tell whether a path is of a test, or of what tests share."""
    return path == "conftest.py" or "tests" in Path(path).parts


def main() -> None:
    """Print the lines of tests per line of code: of the code that is used, and of all code."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    counts = {path: lines_of(ROOT / path) for path in listed.split() if "migrations" not in Path(path).parts}
    tests = sum(lines for path, lines in counts.items() if is_test(path))
    code = sum(lines for path, lines in counts.items() if not is_test(path))
    used = sum(lines for path, lines in counts.items() if not is_test(path) and path.startswith(USED))
    print(f"{tests} lines of tests")
    print(f"{used} lines of what is used: {tests / used:.2f} lines of test for each")
    print(f"{code} lines with the model town and the benchmarks: {tests / code:.2f} for each")


if __name__ == "__main__":
    main()
