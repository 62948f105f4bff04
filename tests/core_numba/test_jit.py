"""How kernels are found, compiled, kept and done without."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core_numba import european
from core_numba.jit import kernel, settings

ROOT = Path(__file__).parents[2]
ASK = (100.0, 95.0, 0.5, 0.03, 0.01, 0.25, 1.0)
PRICE = """
from core_numba.european import black_scholes
print(repr(float(black_scholes(100.0, 95.0, 0.5, 0.03, 0.01, 0.25, 1.0).price)))
"""


def _python(script: str, **environment: str) -> str:
    base = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": "/nowhere"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False,
        env={**base, **environment}, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_public_modules_import_neither_numba_nor_scipy() -> None:
    script = f"""
import importlib, sys
for subject in {kernel.subjects()!r}:
    importlib.import_module(subject)
print([name for name in ("numba", "llvmlite", "scipy", "pandas") if name in sys.modules])
"""
    assert _python(script) == "[]"


def test_importing_the_compiled_modules_compiles_nothing(tmp_path: Path) -> None:
    script = """
import pkgutil, importlib, core_numba.compiled
from core_numba.jit.declare import DECLARED
for found in pkgutil.walk_packages(core_numba.compiled.__path__, "core_numba.compiled."):
    importlib.import_module(found.name)
entries = [getattr(importlib.import_module(m), n) for m, n in DECLARED]
print(len(entries) > 0, [e.signatures for e in entries if e.signatures])
"""
    assert _python(script, MAGNUS_KERNEL_CACHE=str(tmp_path)) == "True []"
    assert not list(tmp_path.rglob("*.nbi"))


def test_every_declared_kernel_is_held_by_a_public_function_and_has_its_plain_body() -> None:
    script = """
import pkgutil, importlib, inspect, core_numba.compiled
from core_numba.jit import kernel
from core_numba.jit.declare import DECLARED
for subject in kernel.subjects():
    importlib.import_module(subject)
for found in pkgutil.walk_packages(core_numba.compiled.__path__, "core_numba.compiled."):
    importlib.import_module(found.name)
held = {("core_numba.compiled." + k.module, k.name): k for k in kernel.KERNELS}
print(sorted(set(DECLARED) ^ set(held)))
different = []
for key, k in held.items():
    compiled = getattr(importlib.import_module(key[0]), key[1]).py_func
    a = list(inspect.signature(k.plain).parameters.values())
    b = list(inspect.signature(compiled).parameters.values())
    rest = a[-1].kind is inspect.Parameter.VAR_POSITIONAL  # plain bodies may take outputs as one
    if len(a) > len(b) if rest else len(a) != len(b):
        different.append((key, [str(p) for p in a], [str(p) for p in b]))
print(different)
"""
    assert _python(script).splitlines() == ["[]", "[]"]


def test_the_plain_body_answers_until_the_compiled_one_is_ready() -> None:
    script = """
import sys
from core_numba import european
from core_numba.jit import kernel
first = float(european.black_scholes(100.0, 95.0, 0.5, 0.03, 0.01, 0.25, 1.0).price)
plain = "numba" not in sys.modules
held = [k for k in kernel.KERNELS if k.module == "european"]
for k in held:
    k.prepare()
second = float(european.black_scholes(100.0, 95.0, 0.5, 0.03, 0.01, 0.25, 1.0).price)
print(plain, all(k.ready for k in held), abs(first - second) < 1e-12)
"""
    assert _python(script, MAGNUS_KERNEL_CACHE=str(settings.cache_root())) == "True True True"


def test_loading_from_the_cache_sets_up_no_compiler_and_gives_the_same_bits(
    tmp_path: Path,
) -> None:
    """The second process loads; its machine code allocates, so the memory manager must be there."""
    script = """
import sys
from core_numba.american import binomial
price = binomial(100.0, 95.0, 0.5, 0.03, 0.01, 0.25, -1.0, steps=51)
print(repr(float(getattr(price, "price", price))), "numba.np.arraymath" in sys.modules)
"""
    environment = {"MAGNUS_KERNELS": "compiled", "MAGNUS_KERNEL_CACHE": str(tmp_path)}
    first, compiler = _python(script, **environment).split()
    second, loader = _python(script, **environment).split()
    assert first == second
    assert (compiler, loader) == ("True", "False")


def test_a_damaged_cache_is_compiled_anew(tmp_path: Path) -> None:
    environment = {"MAGNUS_KERNELS": "compiled", "MAGNUS_KERNEL_CACHE": str(tmp_path)}
    script = """
from core_numba import bachelier
print(repr(float(bachelier.bachelier(100.0, 95.0, 0.5, 0.03, 20.0, 1.0).price)))
"""
    before = _python(script, **environment)
    for path in tmp_path.rglob("*.nb[ic]"):
        path.write_bytes(b"damaged")
    assert _python(script, **environment) == before


def test_without_numba_everything_stays_plain_and_right() -> None:
    blocked = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("numba", "llvmlite"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Block())
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *a: None if name == "numba" else found(name, *a)
from core_numba.jit import kernel
print(kernel.prepare(), kernel.instructions())
"""
    said = _python(blocked + PRICE, MAGNUS_KERNELS="compiled").splitlines()
    assert said[0] == "0 none (no Numba here)"
    assert float(said[1]) == pytest.approx(float(european.black_scholes(*ASK).price), abs=1e-12)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    price = _python(PRICE, MAGNUS_KERNEL_CACHE=str(blocked), MAGNUS_KERNELS="compiled")
    assert float(price) == pytest.approx(float(european.black_scholes(*ASK).price), abs=1e-12)


def test_an_edit_of_any_source_changes_the_fingerprint(tmp_path: Path) -> None:
    copy = tmp_path / "core_numba"
    shutil.copytree(ROOT / "core_numba", copy, ignore=shutil.ignore_patterns("__pycache__"))
    before = settings.fingerprint(copy)
    assert before == settings.fingerprint(ROOT / "core_numba")
    edited = copy / "vmath" / "functions.py"
    edited.write_text(edited.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    assert settings.fingerprint(copy) != before


def test_caches_of_other_sources_are_removed_but_for_the_last_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    for age, name in enumerate(["now", "a", "b", "c", "d"]):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    monkeypatch.setenv("MAGNUS_KERNEL_CACHE", str(tmp_path))
    monkeypatch.setattr(settings, "CACHE", tmp_path / "now")
    assert not settings.is_complete()
    settings.complete()
    assert settings.is_complete()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "now"]


def test_an_unknown_policy_is_refused_with_what_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGNUS_KERNELS", "fast")
    with pytest.raises(ValueError, match="auto, plain or compiled"):
        kernel.policy()


def test_two_python_threads_may_call_a_kernel_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    strikes = np.linspace(50.0, 150.0, 40_000)

    def price(_: int) -> np.ndarray:
        return european.black_scholes(100.0, strikes, 0.5, 0.03, 0.01, 0.25, 1.0).price

    expected = price(0)
    with ThreadPoolExecutor(8) as pool:
        assert all(np.array_equal(each, expected) for each in pool.map(price, range(40)))
