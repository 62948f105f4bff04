"""Reading the lock: who asked for whom decides what an installation needs."""

from __future__ import annotations

import pytest

from tools.lockfile import LockError, entries, only, roots, subset

PYPROJECT = """
[project]
name = "desk"
dependencies = ["alpha>=1", "delta[fast]>=2"]
[project.optional-dependencies]
dev = ["Gamma_Tool"]
"""
LOCK = """\
# made by a tool
alpha==1.0 \\
    --hash=sha256:aa
    # via desk (pyproject.toml)
beta==1.0 ; python_full_version < '3.12' \\
    --hash=sha256:b1
    # via
    #   alpha
    #   gamma-tool
beta==2.0 ; python_full_version >= '3.12' \\
    --hash=sha256:b2
    # via
    #   alpha
    #   gamma-tool
delta==3.0 \\
    --hash=sha256:dd \\
    --hash=sha256:de
    # via desk (pyproject.toml)
epsilon==1.0 \\
    --hash=sha256:ee
    # via gamma-tool
gamma-tool==5.0 \\
    --hash=sha256:cc
    # via desk (pyproject.toml)
"""


def names(requirements: str) -> list[str]:
    return [line.split()[0] for line in requirements.splitlines() if "==" in line]


def test_the_lean_set_leaves_out_what_only_an_extra_asks_for() -> None:
    lean = subset(LOCK, roots(PYPROJECT, []))
    assert names(lean) == ["alpha==1.0", "beta==1.0", "beta==2.0", "delta==3.0"]


def test_an_extra_brings_what_it_asks_for() -> None:
    full = subset(LOCK, roots(PYPROJECT, ["dev"]))
    assert names(full) == [
        "alpha==1.0",
        "beta==1.0",
        "beta==2.0",
        "delta==3.0",
        "epsilon==1.0",
        "gamma-tool==5.0",
    ]


def test_every_hash_and_marker_is_kept_and_no_comment() -> None:
    lean = subset(LOCK, roots(PYPROJECT, []))
    assert "beta==1.0 ; python_full_version < '3.12' \\\n    --hash=sha256:b1\n" in lean
    assert "    --hash=sha256:dd \\\n    --hash=sha256:de\n" in lean
    assert "#" not in lean


def test_names_compare_in_one_spelling() -> None:
    assert roots(PYPROJECT, ["dev"]) == {"alpha", "delta", "gamma-tool"}
    assert {entry.name for entry in entries(LOCK) if "gamma-tool" in entry.via} == {
        "beta",
        "epsilon",
    }


def test_one_package_alone_comes_with_all_its_versions() -> None:
    assert names(only(LOCK, "beta")) == ["beta==1.0", "beta==2.0"]


def test_a_lock_that_lacks_a_declared_package_says_how_to_remake_it() -> None:
    with pytest.raises(LockError, match=r"lacks omega; re-make it with: make lock"):
        subset(LOCK, frozenset({"omega"}))


def test_an_unknown_extra_is_refused_with_the_known_ones() -> None:
    with pytest.raises(LockError, match="there are dev"):
        roots(PYPROJECT, ["gpu"])
