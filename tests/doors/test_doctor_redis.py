"""`magnus doctor` says whether the Redis of the settings answers; without it nothing is broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mfa import cli
from mfa.store.server import EmbeddedServer
from tests.servers.redis import redis_server


@pytest.fixture
def home(magnus_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("DATABASE_URL", "MAGNUS_DATABASE_URL", "MAGNUS_CONFIG", "MAGNUS_REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MAGNUS_HOME", str(magnus_home))
    yield magnus_home
    EmbeddedServer(magnus_home / "database").stop()


def verdict(capsys: pytest.CaptureFixture[str]) -> tuple[str, str] | None:
    """What doctor says of Redis; it never ends with an error because of it."""
    capsys.readouterr()
    assert cli.run(["doctor", "--json"]) == 0
    checks = json.loads(capsys.readouterr().out)
    return next(((c["verdict"], c["sentence"]) for c in checks if c["subject"] == "redis"), None)


def test_doctor_looks_at_redis(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verdict(capsys) is None
    with redis_server() as server:
        monkeypatch.setenv("MAGNUS_REDIS_URL", server.url)
        assert verdict(capsys) == ("ok", "Several processes share answers through it.")
        server.stop()
        found = verdict(capsys)
    assert found is not None
    assert found[0] == "careful"
    assert found[1].endswith("Each process keeps its own answers meanwhile.")
    assert (home / "database").exists()
