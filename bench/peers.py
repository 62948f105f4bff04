"""The libraries that Magnus measures itself against, in an environment of their own.

`python -m bench.peers` installs them into `build/peers` as pinned, with hashes, in
`bench/peers.txt`; `--lock` pins anew what `bench/peers.in` names. They are measured in a process
of theirs, on the very arrays that ours gets.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np
import numpy.typing as npt

ROOT: Final = Path(__file__).resolve().parents[1]
ENVIRONMENT: Final = ROOT / "build" / "peers"
PINS: Final = ROOT / "bench" / "peers.txt"
SCRIPTS: Final = ROOT / "bench" / "peer_scripts"
_STAMP: Final = ENVIRONMENT / "installed"

Array = npt.NDArray[np.generic]


class PeersError(RuntimeError):
    """The peers cannot be installed or one of them does not run. The message says why."""


@dataclass(frozen=True, slots=True)
class PeerRun:
    """What a peer's script did: the seconds of each repetition and its outputs."""

    seconds: list[float]
    outputs: dict[str, Array]

    @property
    def median(self) -> float:
        return median(self.seconds)


def install() -> Path:
    """Make the environment unless it stands as pinned; its Python."""
    python = ENVIRONMENT / "bin" / "python"
    wanted = hashlib.sha256(PINS.read_bytes()).hexdigest()
    if _STAMP.exists() and _STAMP.read_text() == wanted and python.exists():
        return python
    print("Installing the peers into build/peers ...", flush=True)
    _run([*_uv(), "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)])
    checked = ("--require-hashes", "--no-deps", "-r", str(PINS))
    _run([*_uv(), "pip", "install", "--quiet", "--python", str(python), *checked])
    _STAMP.write_text(wanted)
    return python


def run(
    script: str,
    arrays: dict[str, npt.NDArray[np.generic]],
    *,
    repeat: int = 5,
    threads: int = 1,
    timeout: float = 600.0,
) -> PeerRun:
    """Run `peer_scripts/<script>.py` over `arrays`: once to warm up, then `repeat` times.

    The script defines ``run(**arrays) -> dict of arrays``, or ``prepare(**arrays)`` that gives a
    function without arguments, where set-up is not part of the work.
    """
    python = install()
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(given, **arrays)  # type: ignore[arg-type]  # numpy's stub wants a flag there
        environment = {
            **os.environ,
            **dict.fromkeys(_THREAD_SETTINGS, str(threads)),
            "PYTHONWARNINGS": "ignore",
        }
        command = [str(python), str(SCRIPTS / "_measure.py"), script]
        command += [str(given), str(made), str(repeat)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, env=environment,
                timeout=timeout, cwd=folder,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise PeersError(f"The peer {script} took more than {timeout:g} seconds.") from None
        if done.returncode != 0:
            raise PeersError(f"The peer {script} failed:\n{done.stderr[-2000:]}")
        seconds = json.loads(done.stdout.strip().splitlines()[-1])
        with np.load(made) as outputs:
            return PeerRun(seconds, {name: outputs[name] for name in outputs.files})


_THREAD_SETTINGS: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "RAYON_NUM_THREADS",
)


def lock() -> None:
    """Pin what `bench/peers.in` names, for all platforms, with hashes and no registry address."""
    shape = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url")
    said = ("--quiet", "--custom-compile-command", "python -m bench.peers --lock")
    files = ("--output-file", str(PINS), str(PINS.with_suffix(".in")))
    _run([*_uv(), "pip", "compile", *shape, *said, *files])


def _uv() -> list[str]:
    """The installer of the development environment."""
    return [sys.executable, "-m", "uv", "--no-config"]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PeersError(f"{' '.join(command[:5])} ... failed:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    if "--lock" in sys.argv[1:]:
        lock()
    print(install())
