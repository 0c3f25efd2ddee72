"""A busy network is shown, asked again after growing pauses, and given up in Blink's words; one at a time asks it."""

from itertools import pairwise

from bot.models import End, Kind, Stage

from .blink import BUSY, Late
from .world import World, words


async def test_busy_for_a_moment_is_shown_and_asked_again_and_records_once(world: World) -> None:
    world.blink.occupy(9.0)
    async with world.bot():
        job = await world.ask()
        await world.reaches(job, Stage.BUSY)
        ended = await world.over(job)
    assert ended.end is End.DELIVERED
    assert world.content(ended) == world.blink.own().content
    assert any("System is busy, please wait" in shown and "code 307" in shown for shown in world.shown(job))
    times = world.blink.times("record_clip")
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    assert gaps == sorted(gaps)
    assert 1.6 < gaps[0] < 2.6
    assert len(world.blink.films) == 1


async def test_busy_for_too_long_ends_with_blinks_words(world: World) -> None:
    world.blink.occupy(3600)
    job = await world.lived()
    assert job.end is End.BUSY
    assert "Blink is busy, so nothing was recorded" in words(job)
    assert "System is busy, please wait" in words(job)
    assert world.blink.films == []
    assert job.delivery.told_at
    assert 40 < (job.delivery.told_at - job.request.created_at).total_seconds() <= 62


async def test_with_no_patience_busy_is_shown_and_not_asked_again(world: World) -> None:
    world.waits(busy_wait=0.0)
    world.blink.occupy(3600)
    job = await world.lived()
    assert job.end is End.BUSY
    assert world.blink.count("record_clip") == 1


async def test_while_one_clip_waits_for_a_busy_network_another_waits_in_line(world: World) -> None:
    world.blink.occupy(20.0)
    async with world.bot():
        first = await world.ask(world.front)
        await world.reaches(first, Stage.BUSY)
        second = await world.ask(world.mini)
        await world.until(lambda: any("before yours" in shown for shown in world.shown(second)))
        assert world.stage(first) == "busy"
        ended = [await world.over(job) for job in (first, second)]
    assert [job.end for job in ended] == [End.DELIVERED] * 2
    mine = [one.about[0] for one in world.blink.asked if one.method == "record_clip"]
    assert mine[-1] == world.mini.key
    assert mine[:-1] == [world.front.key] * (len(mine) - 1), "the second asks only if the first is done"


async def test_jobs_of_one_network_ask_one_after_the_other_in_their_order(world: World) -> None:
    async with world.bot():
        jobs = [await world.ask(world.front), await world.ask(world.mini), await world.ask(world.front, user_id=1)]
        ended = [await world.over(job) for job in jobs]
    assert [job.end for job in ended] == [End.DELIVERED, End.DELIVERED, End.ALREADY_RUNNING]
    first, second = world.blink.times("record_clip")
    assert (second - first).total_seconds() >= 10.0


async def test_networks_do_not_wait_for_one_another(world: World) -> None:
    shed = world.blink.add("Shed", "Garden")
    async with world.bot():
        jobs = [await world.ask(world.front), await world.ask(shed)]
        ended = [await world.over(job) for job in jobs]
    assert [world.content(job) for job in ended] == [
        world.blink.own(world.front).content,
        world.blink.own(shed).content,
    ]
    first, second = world.blink.times("record_clip")
    assert (second - first).total_seconds() < 1.0


async def test_a_fourth_clip_of_a_person_waits_until_one_of_three_has_recorded(world: World) -> None:
    devices = [world.front, *(world.blink.add(f"Camera {n}", f"Network {n}", n) for n in (20, 21, 22))]
    async with world.bot():
        jobs = [await world.ask(device) for device in devices]
        await world.until(lambda: any(one.held for one in world.display.shown if one.job.id == jobs[3].id))
        assert world.blink.count("record_clip") == 3
        ended = [await world.over(job) for job in jobs]
    assert [job.end for job in ended] == [End.DELIVERED] * 4
    times = world.blink.times("record_clip")
    assert (times[3] - times[0]).total_seconds() > 9.0


async def test_a_sixth_job_at_once_is_one_too_many(world: World) -> None:
    devices = [world.front, *(world.blink.add(f"Camera {n}", f"Network {n}", n) for n in range(20, 25))]
    async with world.bot():
        jobs = [await world.ask(device) for device in devices]
        ended = [await world.over(job) for job in jobs]
    assert [job.end for job in ended] == [End.DELIVERED] * 5 + [End.TOO_MANY]


async def test_a_turn_that_does_not_come_in_time_is_the_end(world: World) -> None:
    world.waits(busy_wait=3600.0, queue_wait=120.0)
    world.blink.occupy(3600)
    async with world.bot():
        await world.ask(world.front)
        ended = await world.over(await world.ask(world.mini))
        assert ended.end is End.WAITED_TOO_LONG
        assert ended.delivery.told_at
        assert 120 <= (ended.delivery.told_at - ended.request.created_at).total_seconds() < 125
    assert world.mini.key not in [one.about[0] for one in world.blink.asked if one.method == "record_clip"]


async def test_a_snapshot_waits_behind_a_clip_of_its_network(world: World) -> None:
    async with world.bot():
        clip = await world.ask(world.front)
        await world.until(lambda: world.blink.count("record_clip"))
        snap = await world.ask(world.mini, kind=Kind.SNAPSHOT)
        await world.until(lambda: any("one clip is before yours" in shown for shown in world.shown(snap)))
        ended = [await world.over(job) for job in (clip, snap)]
    assert [world.content(job) for job in ended] == [world.blink.own().content, world.blink.picture_of(world.mini)]
    assert world.blink.count("record_clip", "take_picture") == 2, "neither found the network busy"


async def test_a_fourth_clip_goes_on_after_a_kill_as_soon_as_one_of_three_has_recorded(world: World) -> None:
    devices = [world.blink.add(f"Camera {n}", f"Network {n}", n) for n in (20, 21, 22)]
    async with world.bot(killed=True):
        for device in devices:
            await world.ask(device)
        await world.until(lambda: world.blink.count("record_clip") == 3)
        fourth = await world.ask(world.front)
        await world.reaches(fourth, Stage.QUEUED)
    async with world.bot():
        ended = await world.over(fourth)
    assert world.content(ended) == world.blink.own().content
    asked = [one.about[0] for one in world.blink.asked if one.method == "record_clip"]
    assert asked.count(world.front.key) == 1


async def test_two_that_wait_for_one_system_leave_another_systems_camera_free(world: World) -> None:
    world.front.seconds = 60.0
    bell = world.blink.add("Doorbell", "Home", 7)
    alone = world.blink.add("Barn", "Cabin")
    async with world.bot():
        for device in (world.front, world.mini, bell):
            await world.ask(device)
        await world.until(lambda: world.blink.count("record_clip"))
        ended = await world.over(await world.ask(alone))
    assert world.content(ended) == world.blink.own(alone).content
    assert world.blink.count("record_clip") == 2


async def test_the_same_camera_asked_again_points_to_the_clip_under_way(world: World) -> None:
    async with world.bot():
        first = await world.ask()
        again = await world.over(await world.ask())
        await world.over(first)
    assert again.end is End.ALREADY_RUNNING
    assert "already at work for you" in words(again)
    assert again.options == ((first.id, f"{first.reply.guild_id}/{first.reply.channel_id}/{first.reply.message_id}"),)
    assert world.blink.count("record_clip") == 1


async def test_the_row_says_asking_before_a_busy_camera_is_asked_again(world: World) -> None:
    world.blink.says("record_clip", BUSY, Late(5.0))
    async with world.bot():
        job = await world.ask()
        await world.until(lambda: world.blink.count("record_clip") == 2)
        stage = world.stage(job)
        await world.over(job)
    assert stage == "asking"
