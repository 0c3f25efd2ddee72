"""What is examined: the token, the region, the cameras, the lists, and what each camera's videos need."""

import platform
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from bot import __version__
from bot.accounts import Sessions
from bot.app import Connectors, opened_store
from bot.blink import BlinkError, Camera, Inventory, SignedOut
from bot.config import Settings
from bot.metrics import Metrics
from bot.models import Account
from bot.wording.shell import doctor as words

from .answers import Doctor, Heard, Listener, Mask
from .trial_clip import Follower, Pace

_LATELY = timedelta(days=30)
_DEVICES = ("cameras", "owls", "doorbells")
_LISTS = {"networks", "sync_modules", *_DEVICES}
_SHORT_ID = 4  # digits; a shorter id is not replaced, or every year would be
_PICTURES = (("ts=", "with ts="), ("/clip_", "with a date"))


class NotLinked(Exception):
    """This person has no account that works; the text says so."""


class NoSuchCamera(Exception):
    """No camera has this name, or several have; the text says which cameras there are."""


async def examined(
    settings: Settings,
    user_id: int,
    *,
    connectors: Connectors,
    record: str | None = None,
    may_record: Callable[[str], bool] = lambda camera: False,
    pace: Pace | None = None,
) -> str:
    """Return the block about one person's account; a camera records only if `may_record` says so.

    Raises NotLinked, NoSuchCamera, StoreError and BlinkError.
    """
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(opened_store(settings))
        http = aiohttp.ClientSession(connector=connectors(), cookie_jar=aiohttp.DummyCookieJar())
        listener = Listener(await stack.enter_async_context(http))
        sessions = Sessions(store.accounts, listener, Metrics())
        stack.push_async_callback(sessions.close)
        try:
            session = await sessions.session(user_id)
            if session is None:
                raise NotLinked(words.NOT_LINKED)
            inventory = await session.inventory(max_age=0)
        except SignedOut:
            raise NotLinked(words.SIGNED_OUT) from None
        account = await store.accounts.account(user_id)
        assert account is not None
        secrets = _secrets(settings, account, inventory)
        names = [*inventory.networks.values(), *(camera.name for camera in inventory.cameras)]
        mask = Mask([*secrets, *names, *_names(listener.last("the list of cameras"))])
        doctor = Doctor(session, listener, mask, inventory, [], set())
        tier = account.region.tier if account.region else "unknown"
        doctor.lines.append(words.head(__version__, platform.python_version(), tier))
        doctor.lines += [words.status(one.what, one.status, one.seconds) for one in listener.heard]
        await _walk(doctor)
        if record is not None:
            camera = _meant(inventory, record)
            if may_record(camera.name):
                await Follower(doctor, camera, pace or Pace()).record()
            else:
                doctor.lines.append(words.NOT_RECORDED)
        return _scrubbed(words.block(doctor.lines, doctor.settled), secrets)


async def _walk(doctor: Doctor) -> None:
    """Examine everything that can be read without changing anything."""
    since = doctor.client.blink_now() - _LATELY
    cloud = await _recordings(doctor, since)
    without = await _events(doctor, since)
    systems = list(doctor.inventory.networks)
    homescreen = doctor.listener.last("the list of cameras")
    found = {key: homescreen.entries(key) for key in homescreen.fields if key not in _LISTS}
    others = {doctor.mask.word(key): len(entries) for key, entries in found.items() if entries}
    states = [
        doctor.mask.word(doctor.inventory.usb[one].state) if one in doctor.inventory.usb else "none" for one in systems
    ]
    devices = [entry for name in _DEVICES for entry in homescreen.entries(name)]
    types = {_numbers(entry, "network_id", "id"): entry.get("type") for entry in devices}
    kinds = Counter(str(camera.key.kind) for camera in doctor.inventory.cameras)
    doctor.lines += words.inventory(kinds, len(systems), states, others)
    for number, camera in enumerate(doctor.inventory.cameras, 1):
        place = (camera.key.network_id, camera.key.camera_id)
        system = systems.index(camera.key.network_id) + 1 if camera.key.network_id in systems else 0
        usb = system > 0 and states[system - 1] == "active"
        keeps = words.keeps(cloud=place in cloud, usb=usb, no_plan=place in without)
        model, form = doctor.mask.word(types.get(place)), _form(camera.picture)
        doctor.lines.append(
            words.camera(number, model, str(camera.key.kind), system, online=camera.online, picture=form, keeps=keeps)
        )


async def _recordings(doctor: Doctor, since: datetime) -> set[tuple[int, int]]:
    """Read the first page of recordings, whatever its number, and return the cameras that have some."""
    before = len(doctor.listener.heard)
    try:
        await doctor.client.keeps_any(since)
    except BlinkError as error:
        doctor.lines.append(doctor.refused("the recordings", error))
    sources: list[object] = []
    places: set[tuple[int, int]] = set()
    for heard in doctor.listener.heard[before:]:
        if heard.what != "the recordings":
            continue
        entries = heard.entries("media")
        number = heard.query.get("page", "")
        doctor.lines.append(words.page(number, None if heard.body is None else len(entries), heard.status))
        if number == "0" and (entries or heard.body is None):
            doctor.settled.add(words.PAGES)
        sources += [entry.get("source") for entry in entries]
        places |= {_place(entry) for entry in entries}
    doctor.lines.append(words.sources(doctor.mask.counted(sources)))
    return places


async def _events(doctor: Doctor, since: datetime) -> set[tuple[int, int]]:
    """Read the app's own list, and return the cameras with a recording not kept for want of a plan."""
    try:
        await doctor.client.events_since(since)
    except BlinkError as error:
        doctor.lines.append(doctor.refused("the events", error))
        return set()
    heard = doctor.listener.last("the events")
    entries = heard.entries("media")
    reasons = doctor.mask.counted(entry.get("no_media_reason") for entry in entries)
    doctor.lines.append(words.events(len(entries), reasons, heard.status))
    without = {_place(entry) for entry in entries if entry.get("no_media_reason") == "no_subscription"}
    if without:
        doctor.settled.add(words.UNKEPT)
    return without


def _meant(inventory: Inventory, asked: str) -> Camera:
    """Return the one camera of this name; raises NoSuchCamera."""
    found = inventory.find(asked)
    if len(found) != 1:
        raise NoSuchCamera(words.no_such_camera(asked, [camera.label for camera in inventory.cameras]))
    return found[0]


def _secrets(settings: Settings, account: Account, inventory: Inventory) -> list[str]:
    """Return every id and secret, which must not be in the block in any form."""
    ids = {account.user_id, *inventory.networks}
    ids |= {number for camera in inventory.cameras for number in (camera.key.network_id, camera.key.camera_id)}
    ids |= {usb.module_id for usb in inventory.usb.values() if usb.module_id}
    if account.region:
        ids.add(account.region.account_id)
    tokens = {account.tokens.access, account.tokens.refresh, account.tokens.hardware_id or "", *settings.secrets()}
    return [*map(str, ids), *filter(None, tokens)]


def _names(homescreen: Heard) -> list[str]:
    """Return every name and serial number that Blink lists, also of Sync Modules and of what the bot does not know."""
    entries = [entry for key in homescreen.fields for entry in homescreen.entries(key)]
    return [text for entry in entries for key in ("name", "serial") if isinstance(text := entry.get(key), str)]


def _scrubbed(block: str, secrets: list[str]) -> str:
    """Return the block without any id or secret: a second lock behind the mask in each line."""
    for secret in secrets:
        if len(secret) > _SHORT_ID:
            block = block.replace(secret, "#")
    return block


def _place(entry: dict[str, Any]) -> tuple[int, int]:
    return _numbers(entry, "network_id", "device_id")


def _numbers(entry: dict[str, Any], *names: str) -> tuple[int, int]:
    """Return two ids of an entry; -1 for one that is no number."""
    first, second = (number if isinstance(number := entry.get(name), int) else -1 for name in names)
    return first, second


def _form(picture: str | None) -> str:
    if picture is None:
        return "none"
    return next((form for mark, form in _PICTURES if mark in picture), "of another form")
