"""A real language model on the loopback: llama.cpp's own server, and Ollama's wire in front of it.

The server is the one of `tools.small_model`, in its own environment and process; where that does
not stand, whoever asks for it skips with the reason.
"""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import httpx
import pytest

from tests.servers.base import Answer, FakeServer, Request, route
from tools.small_model import SmallModelError, python, weights

NAME: Final = "small"
_STARTING: Final = 180.0
_SPEAKING: Final = 600.0


@contextmanager
def small_model() -> Iterator[str]:
    """The address of an OpenAI-compatible server below which Groq's client finds what it asks."""
    try:
        command = [str(python()), "-m", "llama_cpp.server", "--model", str(weights())]
    except SmallModelError as error:
        pytest.skip(str(error))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command += ["--model_alias", NAME, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--n_ctx", "8192", "--n_threads", "2", "--root_path", "/openai"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT) as process,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            _until_it_answers(url, process)
            yield url
        finally:
            process.kill()


def _until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTING
    while time.monotonic() < until:
        assert process.poll() is None, "llama.cpp's server ended"
        with suppress(httpx.TransportError):
            if httpx.get(f"{url}/v1/models", trust_env=False).is_success:
                return
        time.sleep(0.1)
    raise AssertionError("llama.cpp's server did not start")


class OllamaFront(FakeServer):
    """Ollama's chat and tags, answered by the model behind `url`; a `format` binds its grammar."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._behind = url

    @route("POST", "/api/chat")
    def chat(self, request: Request) -> Answer:
        asked = json.loads(request.body)
        if asked["model"] != NAME:
            return Answer({"error": f"model '{asked['model']}' not found"}, 404)
        options = asked.get("options", {})
        document = {
            "model": NAME,
            "messages": asked["messages"],
            "max_tokens": options["num_predict"],
            "temperature": options["temperature"],
        }
        if asked.get("format"):
            document["response_format"] = {"type": "json_object", "schema": asked["format"]}
        said = httpx.post(
            f"{self._behind}/v1/chat/completions", json=document, timeout=_SPEAKING, trust_env=False
        )
        if not said.is_success:
            return Answer({"error": said.text}, 500)
        choice = said.json()["choices"][0]
        message = {"role": "assistant", "content": choice["message"]["content"]}
        return Answer(
            {
                "model": NAME, "created_at": "2026-11-21T00:00:00Z", "message": message,
                "done": True, "done_reason": choice["finish_reason"],
            }
        )  # fmt: skip

    @route("GET", "/api/tags")
    def tags(self, _request: Request) -> Answer:
        return Answer({"models": [{"name": NAME, "model": NAME, "size": 1, "digest": "a"}]})
