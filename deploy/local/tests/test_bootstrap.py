"""Which Python the bootstrap chooses, tried with scripts that pretend to be a Python."""

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.local.postgres import CHECKOUT

TOOLS = ("sh", "cat", "cut", "dirname", "env", "flock", "id", "mkdir", "readlink", "rm", "sha256sum")


def pretend_python(file: Path, is_optimised: bool) -> str:
    """Give a script that answers as a Python the two questions of the bootstrap: how it was built, and its path."""
    return f'case "$2" in *enable-optimizations*) exit {0 if is_optimised else 1} ;; esac\necho {file}'


class Machine:
    """A checkout, a home and a PATH with nothing on it but what the script itself needs."""

    def __init__(self, folder: Path) -> None:
        self.script = folder / "checkout/deploy/local/bootstrap.sh"
        self.script.parent.mkdir(parents=True)
        shutil.copy(CHECKOUT / "deploy/local/bootstrap.sh", self.script)
        self.home = folder / "home"
        self.path = [folder / "tools"]
        self.path[0].mkdir()
        for tool in TOOLS:
            (self.path[0] / tool).symlink_to(shutil.which(tool) or "/nonexistent")
        # A uv that cannot fetch anything.
        self.program(self.path[0] / "uv", '[ "$1" = --version ]')
        self.folder = folder

    def program(self, file: Path, text: str) -> Path:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
        return file

    def python(self, file: Path, *, works: bool, is_optimised: bool = True) -> Path:
        """Put a program there that says it is Python 3.13, or fails as a shim of pyenv does."""
        return self.program(
            file, pretend_python(file, is_optimised) if works else "echo command not found >&2; exit 127"
        )

    def fetches(self, file: Path, *, is_optimised: bool = True) -> Path:
        """Put a uv there that can fetch a Python."""
        self.program(
            self.path[0] / "uv",
            f'[ "$1" = --version ] && exit\nmkdir -p {file.parent}\n'
            f"cat >{file} <<'END'\n#!/bin/sh\n{pretend_python(file, is_optimised)}\nEND\n/bin/chmod +x {file}",
        )
        return file

    def choose(self, **environment: str) -> subprocess.CompletedProcess[str]:
        variables = {"HOME": str(self.home), "PATH": ":".join(map(str, self.path)), **environment}
        return subprocess.run(
            ["/bin/sh", str(self.script), "python"], env=variables, capture_output=True, text=True, check=False
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_bootstrap_skips_a_shim_that_does_not_run(machine: Machine) -> None:
    machine.python(machine.folder / "shims/python3.13", works=False)
    good = machine.python(machine.folder / "real/python3.13", works=True)
    machine.path += [machine.folder / "shims", machine.folder / "real"]
    chosen = machine.choose()
    assert (chosen.stdout, chosen.stderr, chosen.returncode) == (f"{good}\n", "", 0)


def test_bootstrap_takes_the_python_that_was_asked_for(machine: Machine) -> None:
    machine.python(machine.folder / "real/python3.13", works=True)
    machine.path += [machine.folder / "real"]
    wanted = machine.python(machine.folder / "my python", works=True)
    assert machine.choose(PYTHON=str(wanted)).stdout == f"{wanted}\n"


def test_bootstrap_says_so_when_the_python_that_was_asked_for_is_another(machine: Machine) -> None:
    good = machine.python(machine.folder / "real/python3.13", works=True)
    machine.path += [machine.folder / "real"]
    chosen = machine.choose(PYTHON="/nonexistent/python")
    assert chosen.stdout == f"{good}\n"
    assert chosen.stderr == "bootstrap: PYTHON=/nonexistent/python is not a Python 3.13; looking further.\n"


def test_bootstrap_looks_among_the_versions_of_pyenv(machine: Machine) -> None:
    machine.python(machine.home / ".pyenv/versions/3.13.0/bin/python", works=False)
    good = machine.python(machine.home / ".pyenv/versions/3.13.1/bin/python", works=True)
    assert machine.choose().stdout == f"{good}\n"


def test_bootstrap_takes_a_python3_that_is_313(machine: Machine) -> None:
    good = machine.python(machine.folder / "real/python3", works=True)
    machine.path += [machine.folder / "real"]
    assert machine.choose().stdout == f"{good}\n"


def test_bootstrap_takes_a_python_that_uv_fetched(machine: Machine) -> None:
    good = machine.fetches(machine.script.parents[2] / ".tool/python/cpython-3.13.9/bin/python3.13")
    chosen = machine.choose()
    assert (chosen.stdout, chosen.returncode) == (f"{good}\n", 0)


def test_bootstrap_prefers_an_optimised_python_wherever_it_stands(machine: Machine) -> None:
    machine.python(machine.folder / "plain/python3.13", works=True, is_optimised=False)
    machine.python(machine.home / ".pyenv/versions/3.13.1/bin/python", works=True, is_optimised=False)
    good = machine.python(machine.folder / "real/python3", works=True)
    machine.path += [machine.folder / "plain", machine.folder / "real"]
    chosen = machine.choose()
    assert (chosen.stdout, chosen.stderr, chosen.returncode) == (f"{good}\n", "", 0)


def test_bootstrap_fetches_an_optimised_python_where_there_is_only_another(machine: Machine) -> None:
    machine.python(machine.folder / "plain/python3.13", works=True, is_optimised=False)
    machine.path += [machine.folder / "plain"]
    good = machine.fetches(machine.script.parents[2] / ".tool/python/cpython-3.13.9/bin/python3.13")
    chosen = machine.choose()
    assert (chosen.stdout, chosen.stderr, chosen.returncode) == (f"{good}\n", "", 0)


@pytest.mark.parametrize("is_fetched", [True, False])
def test_bootstrap_goes_on_without_an_optimised_python_and_says_so_in_one_line(
    machine: Machine, is_fetched: bool
) -> None:
    first = machine.python(machine.folder / "plain/python3.13", works=True, is_optimised=False)
    machine.python(machine.folder / "plain/python3", works=True, is_optimised=False)
    machine.path += [machine.folder / "plain"]
    if is_fetched:
        machine.fetches(machine.script.parents[2] / ".tool/python/cpython-3.13.9/bin/python3.13", is_optimised=False)
    chosen = machine.choose()
    assert (chosen.stdout, chosen.returncode) == (f"{first}\n", 0)
    assert chosen.stderr == (
        "bootstrap: no Python 3.13 with profile-guided optimisation here, and none could be fetched;"
        f" {first} will do, and is slower.\n"
    )


def test_bootstrap_replaces_no_python_that_somebody_chose(machine: Machine) -> None:
    machine.python(machine.folder / "real/python3.13", works=True)
    machine.path += [machine.folder / "real"]
    of_venv = machine.python(machine.script.parents[2] / ".venv/bin/python", works=True, is_optimised=False)
    wanted = machine.python(machine.folder / "wanted", works=True, is_optimised=False)
    for chosen, python in ((machine.choose(), of_venv), (machine.choose(PYTHON=str(wanted)), wanted)):
        assert (chosen.stdout, chosen.stderr) == (f"{python}\n", "")


def test_bootstrap_without_any_python_says_what_to_do(machine: Machine) -> None:
    chosen = machine.choose()
    assert (chosen.stdout, chosen.returncode) == ("", 1)
    assert chosen.stderr.splitlines()[-1] == (
        "bootstrap: no Python 3.13 found and none could be fetched:"
        " install one and run again with PYTHON=/path/to/python3.13."
    )
