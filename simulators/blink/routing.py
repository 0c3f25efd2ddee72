"""A table of routes, and the checks that every request passes before its route's handler sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from urllib.parse import parse_qsl

from multidict import MultiMapping

from .account import Account
from .answers import Answer, Refused, bad_request, busy, not_acceptable, not_found, unauthorized, update_required
from .behaviour import BusyShape, Kind
from .faults import RouteName
from .networks import Camera, Network
from .world import World

Body = dict[str, Any] | str | None
"""The fields of a form or of a JSON object, any other text, or nothing."""

Where = Literal["oauth", "first contact", "region", "presigned"]
OAUTH_HOST = "api.oauth.blink.com"
FIRST_HOST = "rest-prod.immedia-semi.com"
PRESIGNED_HOST = "presigned.immedia-semi.com"  # a stand-in: no source names the real one
NUMBERS = (
    "account",
    "client",
    "network",
    "camera",
    "command",
    "media",
    "picture",
    "module",
    "manifest",
    "clip",
)
EMPTY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Call:
    """A request that has been taken apart."""

    world: World
    now: float
    host: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Body
    bearer: Account | None
    token: str  # the access token that came, whether or not the route asks for one

    @property
    def account(self) -> Account:
        """The account whose bearer this is; only for routes that ask for one."""
        assert self.bearer is not None
        return self.bearer

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the body."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def moment(self) -> datetime:
        """Now, by Blink's clock."""
        return self.world.now()

    def network(self) -> Network:
        """Return the network in the path, which must be the bearer's own."""
        network = self.world.network(int(self.params["network"]))
        if network is None:
            raise Refused(not_found())
        if network.account is not self.account:
            raise Refused(not_found(), f"{self.account.email}'s bearer at network {network.id} of another account")
        return network

    def camera(self, *kinds: Kind) -> Camera:
        """Return the camera in the path, which must be in its network and of one of these kinds."""
        network, number = self.network(), int(self.params["camera"])
        camera = next((camera for camera in network.cameras if camera.id == number), None)
        if camera is None:
            raise Refused(not_found(), f"camera {number} is not in network {network.id}")
        if camera.kind not in kinds:
            raise Refused(not_found())
        return camera

    def turn_away(self, shape: BusyShape | None, surprise: str | None = None) -> None:
        """Refuse in this shape, if there is one."""
        if shape:
            raise Refused(busy(shape, self.path), surprise)

    def module(self) -> Network:
        """Return the network of the Sync Module in the path, which must be its own."""
        network, number = self.network(), int(self.params["module"])
        if network.sync_id != number:
            raise Refused(not_found(), f"Sync Module {number} is not in network {network.id}")
        return network

    def since(self, field: str) -> datetime:
        """Read a moment in the query; a plus sign that nobody encoded arrives as a space, as blinkpy sends it."""
        value = self.query.get(field, "")
        try:
            moment = datetime.fromisoformat(value.replace(" ", "+"))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise Refused(bad_request(f"Invalid {field}"), f"media: {field}={value}")
        return moment.replace(microsecond=0)


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True)
class Route:
    """One method and path; `body` names the fields a JSON body may have, None forbids a body altogether."""

    name: RouteName
    method: Literal["GET", "POST"]
    path: str
    handler: Handler
    where: Where = "region"
    query: frozenset[str] = frozenset()
    body: frozenset[str] | None = None
    form: bool = False

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return the path's parameters if this is its route."""
        pattern = re.sub(
            r"\{(\w+)\}", lambda m: rf"(?P<{m[1]}>\d+)" if m[1] in NUMBERS else rf"(?P<{m[1]}>[^/]+)", self.path
        )
        found = re.fullmatch(pattern, path)
        return found.groupdict() if found else None


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuse the headers of old apps."""
    if "APP-BUILD" in headers:
        raise Refused(update_required())


def check_bearer(world: World, token: str | None) -> Account:
    """Return the account of a bearer that is in force."""
    owner = world.owner(token) if token else None
    if owner is None or token is None or not owner.lets_in(token):
        raise Refused(unauthorized())
    return owner


def check_place(route: Route, host: str, bearer: Account) -> None:
    """Refuse a wrong region's host."""
    home = f"rest-{bearer.tier}.immedia-semi.com"
    if host != home and not (route.where == "first contact" and host == FIRST_HOST):
        raise Refused(not_acceptable())


def check_account(params: Mapping[str, str], bearer: Account) -> None:
    """Refuse a path that names another account than the bearer's."""
    if "account" in params and int(params["account"]) != bearer.id:
        raise Refused(unauthorized(), f"{bearer.email}'s bearer at account {params['account']}")


def check_query(route: Route, query: MultiMapping[str]) -> dict[str, str]:
    """Return the query, if the route knows all of it."""
    unknown = sorted(set(query) - route.query)
    if unknown:
        raise Refused(bad_request("Unknown parameter"), f"{route.name}: unknown query field {', '.join(unknown)}")
    if len(query) != len(set(query)):
        raise Refused(bad_request("Repeated parameter"), f"{route.name}: a query field is repeated")
    return dict(query.items())


def parse_body(content_type: str, raw: bytes) -> Body:
    """Return the content of a body."""
    if not raw:
        return None
    text = raw.decode("utf-8", "replace")
    if content_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return cast(dict[str, Any], value) if isinstance(value, dict) else text


def check_body(route: Route, content_type: str, body: Body) -> None:
    """Refuse a body that the route does not know."""
    if body is None:
        return
    wanted = "application/x-www-form-urlencoded" if route.form else "application/json"
    if route.body is None or content_type != wanted or not isinstance(body, dict):
        raise Refused(bad_request("Unexpected body"), f"{route.name}: unexpected body of type {content_type!r}")
    unknown = sorted(set(body) - route.body)
    if unknown:
        raise Refused(bad_request("Unknown parameter"), f"{route.name}: unknown body field {', '.join(unknown)}")
