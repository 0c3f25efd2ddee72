"""A round: a picture of each camera of one system, taken one after the other and shown together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.accounts import Session
from bot.blink import BlinkError
from bot.cameras import AccessibleAccount, AccessibleCamera, Reach, told_apart
from bot.models import (
    MOST_SHOTS,
    AllOf,
    End,
    Ended,
    Job,
    Owner,
    Round,
    Shot,
    Stage,
    Target,
    all_of,
    read_all,
    split_owner,
)

from . import admission, downloading
from .step_context import Context, Media, end_of, log

_MOST_OPTIONS = 25


@dataclass(frozen=True, slots=True)
class _System:
    """A system with the cameras of it that a person may use, by name."""

    network_id: int
    name: str
    owner: Owner | None
    cameras: Sequence[AccessibleCamera]

    @property
    def choice(self) -> str:
        return all_of(self.network_id, self.owner.user_id if self.owner else None)

    @property
    def label(self) -> str:
        return self.owner.label(self.name) if self.owner else self.name


async def resolve(context: Context, job: Job) -> Job:
    """Find the system that was meant, and queue for the first of its cameras.

    Raises Ended if there is none, or several, and BlinkError.
    """
    context.still_wanted(job)
    asked = read_all(job.request.asked)
    assert asked is not None
    reach = (await context.access.reach(job)).around(job.request.asked)
    systems = await _systems(reach, max_age=context.timing.inventory_age)
    meant = _meant(systems, asked)
    if not meant:  # it may be newer than the list
        systems = await _systems(reach, max_age=0)
        meant = _meant(systems, asked)
    if len(meant) != 1:
        raise _not_the_one(context, job, reach, systems, meant)
    system = meant[0]
    if system.owner and job.public:
        raise Ended(End.NOT_SHARED, owner=system.owner)
    taken, first = _round_of(system), system.cameras[0]
    shot = taken.next or taken.shots[0]
    target = Target(first.session.client.account_id, shot.key, shot.name, system.name)
    if taken.next is None:
        raise Ended(taken.end, target=target, owner=system.owner, round=taken)
    found = job.changed(target=target, owner=system.owner, round=taken).of_shot(shot)
    if system.owner:
        await context.access.still_allowed(found, max_age=context.timing.leave_age)
        for _ in taken.shots:
            context.access.spend(job, system.owner, target=target)
    return await admission.queue(context, job, found.moved(Stage.QUEUED), first.session)


async def _systems(reach: Reach, *, max_age: float) -> list[_System]:
    accounts = await reach.accounts(max_age=max_age)
    return [system for account in accounts for system in _systems_of(account)]


def _systems_of(account: AccessibleAccount) -> list[_System]:
    by_network: dict[int, list[AccessibleCamera]] = {}
    for one in account.cameras():
        by_network.setdefault(one.camera.key.network_id, []).append(one)
    return [
        _System(number, cameras[0].camera.network, cameras[0].owner, sorted(cameras, key=_by_name))
        for number, cameras in by_network.items()
    ]


def _by_name(one: AccessibleCamera) -> tuple[str, str]:
    return one.camera.name.casefold(), str(one.camera.key)


def _meant(systems: Sequence[_System], asked: AllOf) -> list[_System]:
    """Return the systems that are meant; an own one before all others of its name."""
    if asked.network_id is not None:
        return [one for one in systems if one.network_id == asked.network_id]
    if asked.name is None:
        return list(systems)
    wanted = asked.name.casefold()
    own = [one for one in systems if one.owner is None and one.name.casefold() == wanted]
    return own or [one for one in systems if one.owner and wanted in (one.name.casefold(), one.label.casefold())]


def _not_the_one(
    context: Context, job: Job, reach: Reach, systems: Sequence[_System], meant: Sequence[_System]
) -> Ended:
    """Return the end of a round whose system is unknown or one of several, with those that it may be."""
    owner, _ = split_owner(job.request.asked)
    if not meant and owner is not None:
        return Ended(End.REVOKED)
    if not meant and (end := admission.out_of_reach(context, job, reach)):
        return end
    if not systems and not job.request.shares:
        return Ended(End.CAMERA_UNKNOWN)
    offered = (meant or systems)[:_MOST_OPTIONS]
    labels = told_apart((one.choice, (one.name, one.label)) for one in offered)
    options = tuple((one.choice, labels[one.choice]) for one in offered)
    return Ended(End.CAMERA_AMBIGUOUS if meant else End.CAMERA_UNKNOWN, options=options)


def _round_of(system: _System) -> Round:
    """Return the first cameras by name as they are to be asked; those that are offline are not."""
    names = told_apart((str(one.camera.key), (one.camera.name,)) for one in system.cameras)
    shots = tuple(
        Shot(
            one.camera.key,
            names[str(one.camera.key)],
            one.share.id if one.share else None,
            end=None if one.camera.online else End.CAMERA_OFFLINE,
        )
        for one in system.cameras[:MOST_SHOTS]
    )
    return Round(shots, tuple(names[str(one.camera.key)] for one in system.cameras[MOST_SHOTS:]))


async def fetch(context: Context, job: Job) -> Job:
    """Download the pictures of a round, and show those that came together."""
    taken = job.round
    assert taken is not None
    media: list[Media] = []
    session: Session | None = None
    for shot in taken.taken:
        try:
            session, one = await _picture(context, job.of_shot(shot), shot)
        except Ended as ended:
            taken = taken.settled(shot.key, end=ended.end)
        except BlinkError as error:
            log.info("a picture of the round is lost: %s", error)
            taken = taken.settled(shot.key, end=end_of(error))
        else:
            media.append(one)
    if not media or session is None:
        raise Ended(taken.end, round=taken)
    noted = job.changed(round=taken)
    await context.store.save(job, noted)
    first, *others = media
    gallery = replace(first, others=tuple(others), check=partial(_still_allowed, context, noted))
    return await downloading.deliver(context, session, noted, replace(noted.result, pictured=True), gallery)


async def _picture(context: Context, job: Job, shot: Shot) -> tuple[Session, Media]:
    """Download one picture; raises Ended and BlinkError."""
    assert shot.path is not None
    session = await context.access.session(job)
    path = context.media.folder / f"{job.id}.{job.target.key if job.target else 0}.jpg"
    return session, Media(path, await downloading.picture(context, session.client, shot.path, path))


async def _still_allowed(context: Context, job: Job) -> None:
    """Raise Ended unless the job's person may still use each camera whose picture is to be shown."""
    assert job.round is not None
    by_share: Mapping[str | None, Shot] = {one.share_id: one for one in job.round.taken}
    for shot in by_share.values():
        await context.access.still_allowed(job.of_shot(shot))
