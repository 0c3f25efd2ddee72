"""`python -m bot doctor`: what it finds out, and that its report gives nobody away."""

import asyncio
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner

from bot import cli
from bot.doctor import NoSuchCamera, NotLinked, Pace, examined
from bot.doctor.answers import Mask
from bot.wording.shell import doctor as words
from simulators.blink import Behaviour, Camera, Failure, Fault
from simulators.blink.wire import homescreen, sync_module
from simulators.demo.network import connectors
from tests.support.house import BOT_TOKEN, KEY, key_of
from tests.support.reports import behaviour_of, shape_of
from tests.support.street import Street

QUICK = Pace(poll=0.03, command_for=5.0, look=0.03, look_for=0.6, usb_every=0.3, usb_poll=0.03, usb_for=2.0)


async def report(street: Street, *, record: str | None = None, sure: bool = True) -> str:
    return await examined(
        street.house.configured(),
        street.alice.id,
        connectors=connectors(**street.house.ports),
        record=record,
        may_record=lambda camera: sure,
        pace=QUICK,
    )


def line(text: str, begin: str) -> str:
    [found] = [one for one in text.splitlines() if one.startswith(begin)]
    return found


async def test_a_walk_says_what_each_cameras_videos_need(street: Street) -> None:
    street.front.record_motion()
    street.mini.behaviour = replace(street.mini.behaviour, covered=False)
    street.mini.record_motion(source="cv_motion")
    shed = street.account.add_network("Garden", usb="active").add_camera("Shed", status="offline")
    text = await report(street)
    assert text.startswith("```text\nbot ")
    assert "region e008" in text
    assert line(text, "the list of cameras: HTTP 200 in ")
    assert line(text, "systems ") == "systems 2, cameras: camera 2, doorbell 1, owl 1"
    assert [one for one in text.splitlines() if one.startswith("system ")] == [
        "system 1: USB drive none",
        "system 2: USB drive active",
    ]
    assert line(text, "recordings of 30 days, page 1:").endswith("HTTP 200, 1")
    assert line(text, "recordings' sources: ") == "recordings' sources: pir 1"
    assert line(text, "events of 30 days: ").endswith("2, no_media_reason: none 1, no_subscription 1")
    place = "online, picture address with ts=, videos:"
    needs = "they need a plan or a USB drive"
    found = sorted(one.partition(": ")[2] for one in text.splitlines() if one.startswith("camera "))
    assert found == sorted(
        [
            f"lotus (doorbell), system 1, {place} none seen in 30 days: {needs}",
            f"catalina (camera), system 1, {place} in the cloud",
            f"owl (owl), system 1, {place} not kept (no_subscription): {needs}",
            "catalina (camera), system 2, offline, picture address with ts=, videos: on the USB drive",
        ]
    )
    assert text.endswith(f"settles: P{words.UNKEPT} (docs/protocol.md)\n```")
    assert not shed.accepted


async def test_a_recording_is_followed_to_its_video(street: Street) -> None:
    text = await report(street, record="front door")
    assert len(street.front.accepted) == 1
    assert line(text, "clip of camera ").partition(": ")[2].startswith("HTTP 200 in ")
    assert "full form" in text
    assert line(text, "stages: ").startswith("stages: rest/new 0.")
    assert "vs/done" in line(text, "stages: ")
    assert "status 0, code 908, “Command succeeded”, media_id null" in line(text, "end: complete after ")
    # Blink tells both moments in whole seconds.
    assert re.search(r", source pir, begins [01] s after the command", line(text, "cloud: listed after "))
    assert line(text, "video: ").endswith(" s long")
    assert line(text, "settles: ") == "settles: P2, P3, P9 (docs/protocol.md)"


async def test_without_a_yes_nothing_is_recorded(street: Street) -> None:
    text = await report(street, record="Front Door", sure=False)
    assert words.NOT_RECORDED in text
    assert not street.front.accepted


@pytest.mark.parametrize("camera", ["front", "mini"])
@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour.quick(source="button_press", upload_delay=0.3, partial_for=0.2, recorded_at=1.0),
        Behaviour.quick(fail=Failure(1, "Clip failed", 523, "dev")),
        Behaviour.quick(covered=False),
    ],
    ids=["a video", "a failure", "no plan"],
)
async def test_a_simulated_camera_behaves_as_a_report_says(street: Street, camera: str, behaviour: Behaviour) -> None:
    """Whoever reads a report can try the bot against such a camera."""
    subject: Camera = getattr(street, camera)
    subject.behaviour = behaviour
    first = await report(street, record=key_of(subject))
    subject.behaviour = behaviour_of(first)
    lines = [shape_of(one) for one in first.splitlines() if one.startswith(("clip of", "end", "cloud", "video"))]
    again = shape_of(await report(street, record=key_of(subject)))
    assert lines
    assert [one for one in lines if one not in again.splitlines()] == []
    behaved = subject.behaviour
    assert [stage[:2] for stage in behaved.stages][-1] == (
        "dev" if behaviour.fail else "vs",
        "error" if behaviour.fail else "done",
    )
    assert behaved.source == (behaviour.source if behaviour.brings_video and behaviour.covered else "pir")


async def test_no_plan_and_a_usb_drive_are_told(street: Street) -> None:
    garden = street.account.add_network("Garden", usb="active")
    shed = garden.add_camera("Shed", behaviour=Behaviour.quick(covered=False))
    text = await report(street, record=key_of(shed))
    assert line(text, "cloud: ") == "cloud: not listed within 1 s, no_media_reason no_subscription"
    assert line(text, "USB drive: there after ")
    assert {f"P{words.NO_PLAN}", f"P{words.USB}"} <= set(line(text, "settles: ").replace(",", "").split())


async def test_what_never_reaches_the_drive_is_told(street: Street) -> None:
    garden = street.account.add_network("Garden", usb="active")
    shed = garden.add_camera("Shed", behaviour=Behaviour.quick(to_usb=False))
    text = await report(street, record=key_of(shed))
    assert line(text, "USB drive: ") == "USB drive: not there within 2 s"


async def test_a_busy_system_is_told_and_not_asked_again(street: Street) -> None:
    street.front.busy_for(60)
    text = await report(street, record="Front Door")
    busy = line(text, "clip of camera ").partition(": ")[2]
    assert busy == "busy, HTTP 409, code 307, “System is busy, please wait”"
    assert line(text, "settles: ") == "settles: P1 (docs/protocol.md)"
    assert not street.front.accepted


async def test_a_refused_clip_is_told_with_blinks_own_words(street: Street) -> None:
    body = {"message": f"No Front Door for alice@example.com ({street.front.id})", "code": 1620}
    street.house.blink.faults.append(Fault("clip", status=400, body=body))
    text = await report(street, record="Front Door")
    assert line(text, "clip: ") == "clip: Refused, HTTP 400, code 1620, “No # for # (#)”"


async def test_a_command_that_never_ends_is_told(street: Street) -> None:
    street.front.behaviour = Behaviour.quick(never_completes=True)
    pace = replace(QUICK, command_for=0.3, look_for=0.1)
    text = await examined(
        street.house.configured(),
        street.alice.id,
        connectors=connectors(**street.house.ports),
        record="Front Door",
        may_record=lambda camera: True,
        pace=pace,
    )
    assert line(text, "end: not complete after ")
    assert street.front.accepted[0].cut_short, "an open command keeps the Sync Module occupied"
    assert f"P{words.FINISHED}" not in line(text, "settles: ")


async def test_lists_that_fail_and_devices_nobody_knows_are_told(street: Street) -> None:
    house = street.house
    house.blink.faults += [Fault("media", times=2, status=500), Fault("media_v4", times=2, status=404)]
    text = await report(street)
    assert "the recordings: Unreachable, HTTP 500, code none" in text
    assert "the events: Refused, HTTP 404, code none" in text
    assert "recordings of 30 days, page 1: HTTP 500, refused" in text


async def test_who_is_not_linked_or_signed_out_or_unclear_is_told(street: Street) -> None:
    with pytest.raises(NoSuchCamera, match=r"^No camera, or more than one, is called “Attic”\. .*Front Door"):
        await report(street, record="Attic")
    street.account.sign_out()
    with pytest.raises(NotLinked, match=r"^Blink has signed the bot out of this account: link it again"):
        await report(street)
    await street.house.execute("DELETE FROM accounts")
    with pytest.raises(NotLinked, match=r"^This Discord user has no linked Blink account"):
        await report(street)


async def test_nobody_is_given_away(street: Street) -> None:
    """Search the reports of a run for every name, id, address and secret in it."""
    house = street.house
    street.front.record_motion(source=f"m{street.front.id}")
    street.front.behaviour = replace(street.front.behaviour, fail=Failure(1, "Front Door of alice@example.com", 523))
    house.blink.faults.append(
        Fault("media_v4", status=403, body={"message": f"{street.account.id} in Home", "code": 1})
    )
    texts = [await report(street), await report(street, record="Front Door"), await report(street, record="Kitchen")]
    for camera in (street.front, street.mini, street.bell):
        for private in (camera.name, str(camera.id), camera.network.name, str(camera.network.id)):
            assert not [text for text in texts if private in text], private
    rows = house.rows("SELECT user_id, account_id, tier FROM accounts")
    others = [str(street.alice.id), "alice", "example.com", street.account.password, BOT_TOKEN, KEY, "eyJ"]
    others += [str(street.account.id), str(rows[0][0]), str(rows[0][1])]
    others += [str(made.media_id) for camera in street.account.cameras for made in camera.made]
    others += [str(command.id) for command in street.front.network.commands]
    for private in others:
        assert not [text for text in texts if private in text], private


async def test_the_names_of_sync_modules_and_of_what_nobody_knows_are_given_away_neither(street: Street) -> None:
    module = sync_module(street.front.network)
    body = {"message": f"{module['name'].upper()} ({module['serial']}) is offline", "code": 1}
    street.house.blink.faults.append(Fault("media_v4", status=400, body=body))
    assert line(await report(street), "the events: ") == "the events: Refused, HTTP 400, code 1, “# (#) is offline”"


async def test_an_entry_that_makes_no_sense_is_passed_over(street: Street) -> None:
    listed = homescreen(street.account, 0.0)
    listed["cameras"].append({"id": [1], "network_id": {}, "name": 7, "type": ["x"]})
    street.house.blink.faults.append(Fault("homescreen", body=listed))
    assert line(await report(street), "systems ") == "systems 1, cameras: doorbell 1, camera 1, owl 1"


def test_only_blinks_own_terms_pass() -> None:
    mask = Mask(["Pool", "610001", "garden"])
    assert [mask.word(one) for one in ("cv_motion", "Front Door", "pool", None, "x610001", "a" * 30, 7)] == [
        "cv_motion", "other", "other", "none", "other", "other", "other",
    ]  # fmt: skip
    assert mask.sentence("The POOL at https://x.y/z, a@b.c, 123456\n```") == "The # at # # # '''"
    assert [mask.code(one) for one in (307, True, None, 10**9, "307")] == ["307", "none", "none", "other", "none"]
    assert len(mask.sentence("x" * 500)) == 80


async def test_the_command_asks_before_it_records(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(street.house.folder)
    for name, value in {"TOKEN_KEYS": KEY, "DATABASE_URL": street.house.database.url}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(cli, "TCPConnector", connectors(**street.house.ports))
    monkeypatch.setattr(cli, "configure_log", lambda settings: None)
    command = ["doctor", str(street.alice.id), "--record", "Front Door"]
    done = await asyncio.to_thread(CliRunner().invoke, cli.main, command, input="n\n")
    assert done.exit_code == 0, done.output
    assert done.output.startswith(words.ask_to_record("Front Door"))
    assert words.PASTE in done.output
    assert not street.front.accepted
    missing = await asyncio.to_thread(CliRunner().invoke, cli.main, ["doctor", "42"])
    assert (missing.exit_code, missing.stderr) == (1, f"✗ {words.NOT_LINKED}\n")


def test_the_rarer_lines_read_well() -> None:
    assert words.inventory({"camera": 1}, 1, ["none"], {"sirens": 2})[-1] == "other devices: sirens 2"
    assert words.video(7, None) == "video: 7 KiB, length unknown"
    late = words.listed("pir", listed=1.0, whole=None, began=0.0)
    assert late == "cloud: listed after 1.0 s, not whole in time, source pir, begins 0 s after the command"
    assert words.status("the sign-in", None, 15.0) == "the sign-in: no answer in 15.0 s"
