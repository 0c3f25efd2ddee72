"""What this machine refuses is not taken for a fault of Blink's, nor each refusal for a full disk."""

import errno
import logging
from pathlib import Path

import pytest

from bot.blink import BlinkClient, BlinkError, DiskTrouble, NeverSent
from bot.jobs.step_context import end_of
from bot.models import End
from bot.video_folder import remove
from bot.wording import any_command
from tests.support.scarce import no_more_files
from tests.support.scripted import Say, Scripted

VIDEO = Say(b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00\x00\x00\x00\x08moov", headers={"Content-Type": "video/mp4"})


@pytest.mark.parametrize(
    ("number", "end"),
    [
        (errno.ENOSPC, End.DISK_FULL),
        (errno.EDQUOT, End.DISK_FULL),
        (errno.EROFS, End.DISK_READ_ONLY),
        (errno.EACCES, End.DISK_READ_ONLY),
        (errno.EMFILE, End.TOO_MANY_FILES),
        (errno.ENFILE, End.TOO_MANY_FILES),
        (errno.EIO, End.DISK_ERROR),
        (None, End.DISK_ERROR),
    ],
)
def test_each_refusal_of_the_disk_has_its_own_end(number: int | None, end: End) -> None:
    assert end_of(DiskTrouble("cannot keep the download", errno=number)) is end


@pytest.mark.parametrize(
    ("number", "end"),
    [(errno.EMFILE, End.TOO_MANY_FILES), (errno.ECONNREFUSED, End.UNREACHABLE), (errno.EACCES, End.UNREACHABLE)],
)
def test_a_connection_that_cannot_be_opened_is_blinks_fault_only_if_it_is(number: int, end: End) -> None:
    assert end_of(NeverSent("it", errno=number)) is end


async def test_a_video_that_there_is_no_file_for(blink: Scripted, client: BlinkClient, tmp_path: Path) -> None:
    blink.says(VIDEO)
    await client.download("/x.mp4", tmp_path / "first.mp4", limit=1000)  # whose connection stays open
    with no_more_files(), pytest.raises(BlinkError) as caught:
        await client.download("/x.mp4", tmp_path / "second.mp4", limit=1000)
    assert len(blink.heard) == 2
    assert end_of(caught.value) is End.TOO_MANY_FILES


async def test_a_connection_that_there_is_no_file_for(blink: Scripted, client: BlinkClient) -> None:
    with no_more_files(), pytest.raises(BlinkError) as caught:
        await client.inventory()
    assert end_of(caught.value) is End.TOO_MANY_FILES
    assert "Blink does not answer" not in any_command.blink(caught.value).text
    assert blink.heard == []


def test_a_clean_up_that_fails_is_logged_and_goes_no_further(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with no_more_files(), caplog.at_level(logging.WARNING):
        remove(tmp_path.glob("job.*"))
    remove([tmp_path])
    assert len(caplog.records) == 2
