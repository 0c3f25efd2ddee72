"""How often the bot asks Blink whether a camera is done, counted by Blink itself."""

from itertools import pairwise

from simulators.blink import Behaviour, Fault
from tests.support.house import text_of
from tests.support.street import Street

PACE = 0.1
A_SECOND = Behaviour.quick(stages=(("rest", "new", 0.2), ("dev", "running", 0.8), ("vs", "done", 0.0)))
EARLY = 0.005  # seconds that a clock's grain makes of "not before"


def polls(street: Street, since: int) -> tuple[float, list[float]]:
    """Return when a clip was asked for and when Blink was asked how far it is, of all requests since so many."""
    requests = street.house.blink.requests[since:]
    [asked] = [one.at for one in requests if one.route == "clip"]
    return asked, [one.at for one in requests if one.route == "command"]


async def test_blink_is_never_asked_more_than_at_each_pace_nor_faster_than_four_times_that(street: Street) -> None:
    street.house.waits(poll=PACE)
    street.front.behaviour = A_SECOND
    async with street.house.bot():
        for _ in range(2):
            before = len(street.house.blink.requests)
            reply = await street.house.finished(await street.house.clip(street.alice, street.front))
            assert "Recorded <t:" in text_of(reply)
            asked, at = polls(street, before)
            assert len(at) >= 3, "its stages are seen on the way"
            assert all(moment - asked >= number * PACE - EARLY for number, moment in enumerate(at))


async def test_blink_that_wants_fewer_requests_gets_none_until_its_time_is_over(street: Street) -> None:
    street.front.behaviour = A_SECOND
    street.house.blink.faults.append(Fault("command", status=429, headers={"Retry-After": "1"}, skip=2))
    async with street.house.bot():
        reply = await street.house.finished(await street.house.clip(street.alice, street.front))
        assert "Recorded <t:" in text_of(reply)
        refused = next(one.at for one in street.house.blink.asked("command") if one.status == 429)
    asked, at = polls(street, 0)
    later = [moment for moment in at if moment > refused]
    assert later[0] - refused >= 1.0 - EARLY
    assert all(moment - asked >= number * street.house.timing.poll - EARLY for number, moment in enumerate(at))


async def test_blink_that_answers_slowly_is_asked_less_often(street: Street) -> None:
    street.house.waits(poll=PACE)
    street.front.behaviour = A_SECOND
    street.house.blink.faults.append(Fault("command", times=None, delay=0.25))
    async with street.house.bot():
        reply = await street.house.finished(await street.house.clip(street.alice, street.front))
    assert "Recorded <t:" in text_of(reply)
    _, at = polls(street, 0)
    assert all(after - before >= 2 * 0.25 - EARLY for before, after in pairwise(at))
