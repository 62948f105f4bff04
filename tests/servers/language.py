"""Groq and Ollama on the loopback: their own wire, and replies that a test queues."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.servers.base import Answer, FakeServer, Request, route


class _Queued(FakeServer):
    """`replies` are said in order, the last one again and again; `asked` is what came in."""

    def __init__(self) -> None:
        super().__init__()
        self.replies: list[str] = []
        self.asked: list[dict[str, Any]] = []
        self.delay = 0.0

    def _next(self, request: Request) -> str:
        self.asked.append(json.loads(request.body))
        if self.delay:
            self.stopping.wait(self.delay)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class GroqServer(_Queued):
    """`key` is the one that is accepted."""

    key = "gsk_right"
    offered = ("llama-3.3-70b-versatile", "whisper-large-v3")

    def _refused(self, request: Request) -> Answer | None:
        if request.headers.get("authorization") == f"Bearer {self.key}":
            return None
        error = {"message": "Invalid API Key", "type": "invalid_request_error"}
        return Answer({"error": {**error, "code": "invalid_api_key"}}, 401)

    @route("POST", "/openai/v1/chat/completions")
    def chat(self, request: Request) -> Answer:
        if refused := self._refused(request):
            return refused
        text = self._next(request)
        asked = self.asked[-1]
        if asked["model"] not in self.offered:
            error = {"message": "no such model", "type": "invalid_request_error"}
            return Answer({"error": {**error, "code": "model_not_found"}}, 404)
        wants_json = asked.get("response_format") == {"type": "json_object"}
        if wants_json and "json" not in json.dumps(asked["messages"]).lower():
            error = {"message": "'messages' must contain the word 'json'", "type": "invalid"}
            return Answer({"error": error}, 400)
        message = {"role": "assistant", "content": text}
        return Answer(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": int(time.time()),
                "model": asked["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12},
            }
        )

    @route("GET", "/openai/v1/models")
    def models(self, request: Request) -> Answer:
        if refused := self._refused(request):
            return refused
        rows = [{"id": n, "object": "model", "created": 1, "owned_by": "x"} for n in self.offered]
        return Answer({"object": "list", "data": rows})


class OllamaServer(_Queued):
    offered = ("llama3.2",)

    @route("POST", "/api/chat")
    def chat(self, request: Request) -> Answer:
        text = self._next(request)
        asked = self.asked[-1]
        if asked["model"] not in self.offered:
            return Answer({"error": f"model '{asked['model']}' not found"}, 404)
        return Answer(
            {
                "model": asked["model"],
                "created_at": "2026-11-21T00:00:00.000000Z",
                "message": {"role": "assistant", "content": text},
                "done": True,
                "done_reason": "stop",
                "total_duration": 1,
                "load_duration": 1,
                "prompt_eval_count": 5,
                "prompt_eval_duration": 1,
                "eval_count": 2,
                "eval_duration": 1,
            }
        )

    @route("GET", "/api/tags")
    def tags(self, _request: Request) -> Answer:
        rows = [{"name": f"{n}:latest", "model": n, "size": 1, "digest": "a"} for n in self.offered]
        return Answer({"models": rows})
