"""No function has so many parameters that a call of it cannot be read."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("portal", "agencies", "connecting", "sandbox", "deploy", "benchmarks", "tests")
MOST = 6
MOST_IN_TESTS = 8  # where each fixture is one


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count all of them, those by keyword only too; not `self`."""
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    names = [each.arg for each in every if each is not None]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def test_no_function_has_more_than_six_parameters():
    above = {}
    for file in sorted(file for part in OURS for file in (ROOT / part).rglob("*.py")):
        most = MOST_IN_TESTS if "tests" in file.relative_to(ROOT).parts else MOST
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and parameters(node) > most:
                above[f"{file.relative_to(ROOT)}: {node.name}"] = parameters(node)
    assert above == {}
