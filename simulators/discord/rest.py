"""Discord's REST API: parse, go wrong as told, judge, answer, remember."""

import asyncio
import json
import re
import socket
import struct
import time
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from . import errors
from .calls import Call, Fault, Request, Upload, as_list, as_object
from .errors import Refusal, invalid_form
from .rules import Answer

_PREFIX = "/api/v10"
_FILE = re.compile(r"files\[(\d+)\]")
_RESETS = {"reset", "apply-then-reset"}
_APPLIES = {"apply-then-answer", "apply-then-reset", "delay"}


class Rest:
    """One handler for every path under `/api`."""

    def __init__(
        self,
        *,
        token: str,
        decide: Callable[[Call], Answer],
        settle: Callable[[], None],
        surprises: list[str],
    ) -> None:
        self._authorization = f"Bot {token}"
        self._decide = decide
        self._settle = settle
        self._surprises = surprises
        self.faults: list[Fault] = []
        self.requests: list[Request] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        at = time.monotonic()
        try:
            call = await _parse(request)
        except Refusal as refusal:
            self._surprises.append(f"{request.method} {request.path}: {refusal.message}")
            return _respond(refusal.status, refusal.body)
        fault = next((fault for fault in self.faults if fault.matches(call)), None)
        if fault is not None:
            fault.hits += 1
            await (fault.delay.wait() if isinstance(fault.delay, asyncio.Event) else asyncio.sleep(fault.delay))
        status, body, headers = self._act(call, fault)
        reset = fault is not None and fault.action in _RESETS
        self.requests.append(
            Request(
                at,
                call.method,
                call.shown_path,
                call.path,
                call.authorization is not None,
                None if reset else status,
                call.body,
                call.uploads,
            )
        )
        if reset:
            _cut(request)
        return _respond(status, body, headers)

    def _act(self, call: Call, fault: Fault | None) -> tuple[int, Any, Mapping[str, str]]:
        if fault is None or fault.action in _APPLIES:
            status, body = self._apply(call)
            if fault is None or fault.action == "delay":
                return status, body, {}
        answer = {"message": f"{fault.status}: simulated", "code": 0} if fault.body is None else fault.body
        return fault.status, answer, fault.headers

    def _apply(self, call: Call) -> Answer:
        try:
            if call.parts[0] not in {"interactions", "webhooks"} and call.authorization != self._authorization:
                raise errors.unauthorized()
            return self._decide(call)
        except Refusal as refusal:
            return refusal.status, refusal.body
        finally:
            self._settle()


async def _parse(request: web.Request) -> Call:
    if not request.path.startswith(f"{_PREFIX}/"):
        raise errors.not_found()
    body: Any = None
    parts: dict[int, tuple[str, bytes]] = {}
    if request.content_type == "multipart/form-data":
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            name = getattr(part, "name", None) or ""
            content = bytes(await part.read(decode=True))  # type: ignore[union-attr]
            if name == "payload_json":
                body = _json(content)
            elif found := _FILE.fullmatch(name):
                parts[int(found[1])] = (getattr(part, "filename", None) or "unknown", content)
            else:
                raise invalid_form(f"unknown form part {name!r}")
    elif content := await request.read():
        if request.content_type != "application/json":
            raise invalid_form(f"content type {request.content_type}")
        body = _json(content)
    if sorted(parts) != list(range(len(parts))):
        raise invalid_form(f"files {sorted(parts)} are not numbered from 0")
    return Call(
        request.method,
        request.path.removeprefix(_PREFIX),
        dict(request.query),
        body,
        tuple(_upload(index, *parts[index], body) for index in sorted(parts)),
        request.headers.get("Authorization"),
        request.headers.get("X-Audit-Log-Reason"),
    )


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        raise Refusal(400, 50109, "The request body contains invalid JSON.") from error


def _upload(index: int, filename: str, content: bytes, body: Any) -> Upload:
    """Name and describe a file by its entry in `attachments`."""
    fields = as_object(body)
    entries = [as_object(entry) for entry in as_list(as_object(fields.get("data") or fields).get("attachments"))]
    entry = next((entry for entry in entries if str(entry.get("id")) == str(index)), dict[str, Any]())
    return Upload(entry.get("filename") or filename, content, entry.get("description"))


def _respond(status: int, body: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer with exactly `application/json`: discord.py compares the header for equality."""
    if body is None:
        return web.Response(status=status, headers=headers)
    if isinstance(body, str | bytes):
        return web.Response(body=body, status=status, headers={"Content-Type": "text/html", **(headers or {})})
    content = json.dumps(body).encode()
    return web.Response(body=content, status=status, headers={"Content-Type": "application/json", **(headers or {})})


def _cut(request: web.Request) -> None:
    """Reset the connection: SO_LINGER with 0 s makes the kernel send RST instead of FIN."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
