"""Who may do what with somebody else's cameras: everybody who might want to, in every way there is."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from simulators.demo.tls import Authority
from tests.support.house import built, text_of
from tests.support.lending import LOOKS, RIGHTS, Lending, Person
from tests.support.uses import USES, Outcome, Use

EVERYTHING = frozenset(RIGHTS)
SCOPES = ("camera", "network")
NAMES = (
    "stranger",
    "administrator",
    "revoked",
    "expired",
    "outside the hours",
    "without the role any more",
    "in another server",
    "in the direct messages",
    *(f"only {right} of a {scope}" for right in RIGHTS for scope in SCOPES),
    "granted",
    "with the role",
    "granted the network",
    "owner",
)
REFUSALS = (
    "This camera is not shared with you here and now.",
    "This camera is not shared with you, or no longer.",
    "No Blink account is linked for you.",
    "Nothing shared with you here and now covers this.",
    "A camera that is shared with you is not shown to a whole channel.",
    "You share nothing like that.",
    "Nothing is shared here.",
    "There is no system",
    "I cannot reach that for you here and now.",
    "no longer has it",
    "Use this in the server whose people you mean.",
    "This button is for the person who used the command.",
    "I no longer know",
)
Table = dict[tuple[str, str], Outcome | BaseException]
Leave = tuple[Lending, dict[str, Person], Table]


async def people_of(lending: Lending) -> list[Person]:
    """Let the owner give what there is to give, and return everybody, those who may do least first."""
    discord, house = lending.discord, lending.house
    stranger = lending.person("stranger")
    administrator = lending.person("administrator", administrator=True)
    discord.make_administrator(administrator.user, house.guild)
    revoked, expired, outside = (lending.person(name) for name in ("revoked", "expired", "outside the hours"))
    await lending.revoke(await lending.share(revoked.user))
    ends = await lending.share(expired.user, until="1h")
    await house.execute("UPDATE grants SET until = ? WHERE id = ?", datetime.now(UTC) - timedelta(seconds=1), ends)
    now = datetime.now(ZoneInfo("Europe/Berlin"))
    begin, end = (now + timedelta(hours=hours) for hours in (2, 3))
    await lending.share(outside.user, hours=f"{begin:%H:%M}-{end:%H:%M}")
    outside.knows = True
    role = discord.add_role(house.guild, "Keyholders")
    keyholder, former = lending.person("with the role"), lending.person("without the role any more")
    for one in (keyholder, former):
        discord.give_role(one.user, role)
    discord.take_role(former.user, role)
    await lending.share(role)
    granted = lending.person("granted")
    await lending.share(granted.user)
    away = Person("in another server", granted.user, lending.elsewhere)
    alone = Person("in the direct messages", granted.user, granted.user.open_dm())
    partial: list[Person] = []
    for right, scope in product(RIGHTS, SCOPES):
        one = lending.person(f"only {right} of a {scope}", rights=frozenset({right}), scope=scope, knows=True)
        await lending.share(one.user, right, scope=scope)
        partial.append(one)
    housemate = lending.person("granted the network", scope="network")
    await lending.share(housemate.user, scope="network")
    for one in (granted, keyholder, housemate):
        one.rights, one.knows = EVERYTHING, True
    nobody = [stranger, administrator, revoked, expired, outside, former, away, alone]
    return [*nobody, *partial, granted, keyholder, housemate, lending.owner]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> AsyncIterator[Leave]:
    """What became of everybody's every try, in one run of the bot."""
    async with built(tmp_path_factory.mktemp("grants"), authority) as house:
        house.discord.ack_deadline = 30.0  # it is about what is offered, and not how fast
        lending = Lending(house)
        await house.link(lending.alice, lending.account)
        table: Table = {}
        async with house.bot():
            await lending.use(lending.owner, "clip", camera=lending.camera(lending.owner))
            people = await people_of(lending)
            for person in people:
                for use in USES:
                    try:
                        table[person.name, use.name] = await use.tried(lending, person)
                    except Exception as error:
                        table[person.name, use.name] = error
        yield lending, {person.name: person for person in people}, table


@pytest.mark.parametrize("name", NAMES)
def test_it_works_for_whom_it_is_shared_and_tells_nobody_else_anything(shared: Leave, name: str) -> None:
    lending, people, table = shared
    wrong = [
        f"{use.name}: {said}" for use in USES for said in _wrongs(lending, people[name], use, table[name, use.name])
    ]
    assert not wrong, "\n\n".join(wrong)


def _wrongs(lending: Lending, person: Person, use: Use, outcome: Outcome | BaseException) -> Iterator[str]:
    """Yield all that is wrong with what became of one try, each with what was read."""
    if isinstance(outcome, BaseException):
        yield "".join(traceback.format_exception(outcome))
        return
    seen, files = outcome.seen, set(outcome.files)
    if outcome.worked is not use.is_for(person):
        yield f"it {'worked' if outcome.worked else 'did not work'}: {seen}"
    public = use.public and "clip" in person.rights  # whoever can use nothing is told so alone
    if outcome.private is public and person.place.guild is not None:
        yield f"it was {'private' if outcome.private else 'public'}: {seen}"
    for hidden in lending.hidden(person):
        if hidden in seen:
            yield f"they read of {hidden}: {seen}"
    if files and not files <= (lending.shared_films(person) if person.rights else set()):
        yield f"they got a file that is not theirs: {seen}"
    if outcome.worked:
        return
    if files:
        yield f"they got a file: {seen}"
    if not use.name.startswith("typing") and not any(refusal in outcome.texts[-1] for refusal in REFUSALS):
        yield f"they read no refusal: {seen}"
    looks = LOOKS if person.rights else frozenset[str]()
    if not set(outcome.routes) <= looks:
        yield f"Blink was asked for {outcome.routes}"


def test_nothing_reached_anybody_by_another_way(shared: Leave) -> None:
    lending, people, _ = shared
    allowed = {person.user: person for person in people.values() if person.rights}
    for person in people.values():
        messages = lending.house.dms(person.user)
        if person.user not in allowed:
            assert messages == []
            continue
        may = allowed[person.user]
        for message in messages:
            assert not any(hidden in text_of(message) for hidden in lending.hidden(may)), person.name
            assert {lending.discord.file(one["url"]) for one in message["attachments"]} <= lending.shared_films(may)
    public = lending.discord.messages(lending.house.channel)
    assert sum(bool(message["attachments"]) for message in public) == 1, "what the owner shared"
    for message in public:
        if not message["attachments"]:
            assert not any(name in text_of(message) for name in lending.hidden(people["stranger"]))


def test_everybody_is_in_the_table(shared: Leave) -> None:
    _, people, table = shared
    assert list(people) == list(NAMES)
    assert len(table) == len(NAMES) * len(USES)
