"""A download is a whole mp4 within its limit, or nothing at all stays on disk."""

import asyncio
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.blink import (
    BadMedia,
    BlinkClient,
    BlinkError,
    DiskTrouble,
    MediaTooLarge,
    NotUnderstood,
    RateLimited,
    Refused,
    SignedOut,
    Unreachable,
)
from tests.support.scripted import Say, Scripted
from tests.support.waiting import until
from tests.unit.blink.conftest import SECRETS

MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(range(256)) * 4000
VIDEO = {"Content-Type": "video/mp4"}
LIMIT = 2 * len(MP4)


def length(body: bytes, claimed: int) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {claimed}\r\n\r\n"
    return head.encode() + body


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def content(path: Path) -> bytes:
    assert not path.is_symlink()
    return path.read_bytes()


def linked(link: Path, file: Path) -> Path:
    """Make a file that is not ours, and a link to it."""
    file.write_bytes(b"not ours")
    link.symlink_to(file)
    return file


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "clip.mp4"


@pytest.mark.parametrize("how", ["whole", "chunked"])
async def test_a_video_is_kept_for_our_eyes_only(blink: Scripted, client: BlinkClient, target: Path, how: str) -> None:
    blink.says(Say(MP4, headers=VIDEO, how=how))  # type: ignore[arg-type]
    assert await client.download("/api/v3/media/x.mp4", target, limit=LIMIT) == len(MP4)
    assert content(target) == MP4
    assert mode(target) == 0o600
    assert blink.heard[0].bearer == SECRETS[0]


async def test_what_was_there_before_is_replaced_and_a_link_is_not_followed(
    blink: Scripted, client: BlinkClient, target: Path, tmp_path: Path
) -> None:
    elsewhere = linked(target, tmp_path / "elsewhere")
    blink.says(Say(MP4, headers=VIDEO))
    await client.download("/x.mp4", target, limit=LIMIT)
    assert content(target) == MP4
    assert content(elsewhere) == b"not ours"


async def test_a_video_may_be_as_large_as_the_limit(blink: Scripted, client: BlinkClient, target: Path) -> None:
    blink.says(Say(MP4, headers=VIDEO))
    assert await client.download("/x.mp4", target, limit=len(MP4)) == len(MP4)


async def test_a_video_that_comes_byte_by_byte_is_one(blink: Scripted, client: BlinkClient, target: Path) -> None:
    chunks = b"".join(b"1\r\n" + MP4[at : at + 1] + b"\r\n" for at in range(40)) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nTransfer-Encoding: chunked\r\n\r\n"
    blink.says(Say(head + chunks, how="raw"))
    assert await client.download("/x.mp4", target, limit=LIMIT) == 40
    assert content(target) == MP4[:40]


def box(kind: bytes, content: bytes, *, length: int | None = None) -> bytes:
    return (len(content) + 8 if length is None else length).to_bytes(4, "big") + kind + content


START, HEADER, FILM = MP4[:24], box(b"moov", b"h" * 500), box(b"mdat", b"f" * 5000)
LONG_FILM = box(b"mdat", (5016).to_bytes(8, "big") + b"f" * 5000, length=1)
WHOLE = {
    "header first": START + HEADER + FILM,
    "header last": START + FILM + HEADER,
    "a length in eight bytes": START + LONG_FILM + HEADER,
    "a film to the end": START + HEADER + box(b"mdat", b"f" * 5000, length=0),
    "something unknown behind it": START + FILM + HEADER + b"\0\0\xff\xffodd!",
    "more boxes than are looked at": START + box(b"free", b"") * 10_000 + FILM,
}


@pytest.mark.parametrize("video", WHOLE.values(), ids=WHOLE.keys())
async def test_a_whole_video_is_kept(blink: Scripted, client: BlinkClient, target: Path, video: bytes) -> None:
    blink.says(Say(video, headers=VIDEO))
    assert await client.download("/x.mp4", target, limit=LIMIT) == len(video)


HTML = b"<!doctype html><title>Not here</title>" * 50
FAILURES = {
    "too large": (Say(MP4 * 3, headers=VIDEO), MediaTooLarge),
    "too large without a length": (Say(MP4 * 3, headers=VIDEO, how="chunked"), MediaTooLarge),
    "a length that is a lie upwards": (Say(length(MP4, len(MP4) + 99), how="raw"), Unreachable),
    "a length that is a lie downwards": (Say(length(MP4, 100), how="raw"), Unreachable),
    "a length beyond the limit, and little comes": (Say(length(MP4[:50], 1 << 40), how="raw"), MediaTooLarge),
    "a length below nothing": (Say(length(MP4, -1), how="raw"), Unreachable),
    "cut in the middle": (Say(MP4, headers=VIDEO, how="half"), Unreachable),
    "cut in the middle without a length": (
        Say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n" + MP4[:9000], how="raw"),
        Unreachable,
    ),
    "silence in the middle": (Say(MP4, headers=VIDEO, how="stall"), Unreachable),
    "a web page": (Say(HTML, headers={"Content-Type": "text/html"}), BadMedia),
    "a web page that says it is a video": (Say(HTML, headers=VIDEO), BadMedia),
    "twenty bytes of text": (Say(b"media not available!", headers=VIDEO), BadMedia),
    "eleven bytes": (Say(MP4[:11], headers=VIDEO), BadMedia),
    "nothing": (Say(b"", headers=VIDEO), BadMedia),
    "half of the film, sent as a whole": (Say(START + HEADER + FILM[:2500], headers=VIDEO), BadMedia),
    "half of the film, before its header": (Say(START + FILM[:2500], headers=VIDEO), BadMedia),
    "half of a film whose length needs eight bytes": (Say(START + HEADER + LONG_FILM[:99], headers=VIDEO), BadMedia),
    "a film without its header": (Say(START + FILM, headers=VIDEO), BadMedia),
    "half of the header": (Say(START + FILM + HEADER[:99], headers=VIDEO), BadMedia),
    "no content": (Say(b"", 204), NotUnderstood),
    "part of it": (Say(MP4, 206, VIDEO), NotUnderstood),
    "a refusal with status 200": (Say({"message": "Media not found", "code": 700}), NotUnderstood),
    "404": (Say({"message": "Media not found", "code": 700}, 404), Refused),
    "500": (Say(b"oops", 500), Unreachable),
    "429": (Say(b"", 429), RateLimited),
    "401 twice": (Say(b"", 401), SignedOut),
    "code 101 twice": (Say({"message": "Unauthorized Access", "code": 101}), SignedOut),
    "a redirect to nowhere": (Say(b"", 302, {"Location": "http://example.com/"}), NotUnderstood),
}


@pytest.mark.parametrize(("say", "error"), FAILURES.values(), ids=FAILURES.keys())
async def test_a_failed_download_leaves_nothing_behind(
    blink: Scripted, client: BlinkClient, tmp_path: Path, say: Say, error: type[BlinkError]
) -> None:
    blink.says(say)
    with pytest.raises(error) as caught:
        await client.download("/x.mp4", tmp_path / "clip.mp4", limit=LIMIT)
    assert type(caught.value) is error
    assert left_in(tmp_path) == []
    if isinstance(caught.value, MediaTooLarge):
        assert caught.value.limit == LIMIT


async def test_a_rejected_token_is_renewed_for_a_download_too(
    blink: Scripted, client: BlinkClient, target: Path
) -> None:
    blink.says(Say(b"", 401), Say(MP4, headers=VIDEO))
    await client.download("/x.mp4", target, limit=LIMIT)
    assert [heard.bearer for heard in blink.heard] == list(SECRETS[:2])


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Let writes past `size` bytes fail, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_is_no_fault_of_blinks(blink: Scripted, client: BlinkClient, tmp_path: Path) -> None:
    blink.says(Say(MP4, headers=VIDEO))
    with no_file_larger_than(5000), pytest.raises(DiskTrouble):
        await client.download("/x.mp4", tmp_path / "clip.mp4", limit=LIMIT)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("where", ["gone/clip.mp4", "file/clip.mp4"])
async def test_a_folder_that_cannot_be_written(
    blink: Scripted, client: BlinkClient, tmp_path: Path, where: str
) -> None:
    linked(tmp_path / "link", tmp_path / "file")
    blink.says(Say(MP4, headers=VIDEO))
    with pytest.raises(DiskTrouble) as caught:
        await client.download("/x.mp4", tmp_path / where, limit=LIMIT)
    assert str(tmp_path) not in str(caught.value)


async def test_an_abandoned_download_leaves_nothing_behind(
    blink: Scripted, client: BlinkClient, tmp_path: Path
) -> None:
    blink.says(Say(MP4, headers=VIDEO, how="stall"))
    download = asyncio.create_task(client.download("/x.mp4", tmp_path / "clip.mp4", limit=LIMIT))
    await until(lambda: left_in(tmp_path))
    download.cancel()
    with pytest.raises(asyncio.CancelledError):
        await download
    assert left_in(tmp_path) == []


JPEG = b"\xff\xd8\xff\xe0" + b"\x11\x22" * 3000 + b"\xff\xd9"
HALF = Say(JPEG[:3000], headers={"Content-Type": "image/jpeg"})
PICTURE = {"Content-Type": "image/jpeg"}


@pytest.mark.parametrize("padding", [b"", b"\0" * 100, b"\r\n"])
async def test_a_whole_picture_is_kept(blink: Scripted, client: BlinkClient, target: Path, padding: bytes) -> None:
    blink.says(Say(JPEG + padding, headers=PICTURE))
    assert await client.download_picture("/x.jpg", target) == len(JPEG + padding)
    assert len(blink.heard) == 1


async def test_a_picture_without_its_end_is_fetched_again(blink: Scripted, client: BlinkClient, target: Path) -> None:
    blink.says(HALF, Say(JPEG, headers=PICTURE))
    assert await client.download_picture("/x.jpg", target, again=0.01) == len(JPEG)
    assert content(target) == JPEG


async def test_a_picture_that_stays_without_its_end_is_none(blink: Scripted, client: BlinkClient, target: Path) -> None:
    blink.says(HALF)
    with pytest.raises(BadMedia) as bad:
        await client.download_picture("/x.jpg", target, again=0.01)
    assert len(blink.heard) == 2
    assert bad.value.incomplete
    assert left_in(target.parent) == []


async def test_what_is_no_picture_at_all_is_not_fetched_again(
    blink: Scripted, client: BlinkClient, target: Path
) -> None:
    blink.says(Say(HTML, headers=PICTURE))
    with pytest.raises(BadMedia):
        await client.download_picture("/x.jpg", target, again=0.01)
    assert len(blink.heard) == 1
