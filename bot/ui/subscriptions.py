"""Finds the cameras whose alerts somebody can get here and now, saves which they choose, and shows what comes."""

import asyncio
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.blink import BlinkError, SignedOut
from bot.cameras import AccessibleAccount, AccessibleCamera, VideoRetention, labels_of
from bot.models import OWN, CameraKey, Person, Right, Share, Subscription, Watcher
from bot.wording import Card, Tone
from bot.wording import account as account_words
from bot.wording import notify as words
from bot.wording.custom_ids import unmute

from .interaction import Interaction, shares_of, with_link

_FRESH = 30.0
_SOON = 3.0


@dataclass(frozen=True, slots=True)
class SubscriptionScope:
    """The owner of some cameras, and the server where they are shared; OWN for a person's own."""

    owner_id: int
    guild_id: int = OWN


async def shares_here(interaction: Interaction) -> list[Share]:
    """Return the shares by which this person can get alerts of others' cameras here.

    Returns none if the bot is not in the server, since it asks Discord before each alert whether the person still is.
    """
    return await shares_of(interaction, Right.ALERTS) if interaction.is_guild_integration() else []


async def accounts_here(interaction: Interaction, *, max_age: float = _FRESH) -> list[AccessibleAccount]:
    """Return every account whose alerts they can get, their own first; raises BlinkError only for their own."""
    shares = await shares_here(interaction)
    reach = interaction.client.services.cameras.finder.reach(interaction.user.id, shares)
    return await reach.accounts(max_age=max_age)


async def accounts_soon(interaction: Interaction) -> list[AccessibleAccount]:
    """Return the same for names alone, however old; none if Blink fails or is slow."""
    try:
        async with asyncio.timeout(_SOON):
            return await accounts_here(interaction, max_age=math.inf)
    except (BlinkError, TimeoutError):
        return []


def scope_of(interaction: Interaction, account: AccessibleAccount) -> SubscriptionScope:
    """Return the scope under which a subscription to an account is kept."""
    if account.owner_id is None:
        return SubscriptionScope(interaction.user.id)
    return SubscriptionScope(account.owner_id, interaction.guild_id or OWN)


def reached_in(accounts: Iterable[AccessibleAccount]) -> list[AccessibleCamera]:
    """Return the cameras whose alerts they can get, in the order of the menus."""
    return [one for account in accounts for one in account.cameras()]


async def subscriptions_to_all(interaction: Interaction) -> list[Subscription]:
    """Return subscriptions to every camera whose alerts this person can get here and now.

    Raises SignedOut if Blink has signed out their own account and there is no other.
    """
    user_id, shares = interaction.user.id, await shares_here(interaction)
    owners = dict.fromkeys(one.owner_id for one in shares)
    scopes = [SubscriptionScope(user_id), *(SubscriptionScope(owner, interaction.guild_id or OWN) for owner in owners)]
    found = [(scope, await _blink_now(interaction, scope, alone=not shares)) for scope in scopes]
    return [Subscription(user_id, scope.owner_id, since, scope.guild_id) for scope, since in found if since]


async def subscribe_to_all(interaction: Interaction, subscriptions: Iterable[Subscription]) -> None:
    """Save these subscriptions and the uses of their shares; skip owners who have unlinked meanwhile."""
    alerts = interaction.client.services.alerts
    owners = {one.owner_id for one in subscriptions if await alerts.subscribe(one)}
    for share in await shares_here(interaction):
        if share.owner_id in owners:
            await _used(interaction, share.id, share.label)


async def hear_own(interaction: Interaction, camera: CameraKey) -> None:
    """Subscribe this person to a camera of their own, if they are not."""
    user_id = interaction.user.id
    since = await _blink_now(interaction, SubscriptionScope(user_id), alone=False)
    await interaction.client.services.alerts.hear_camera(user_id, user_id, camera, since=since)


async def choose(
    interaction: Interaction, account: AccessibleAccount, shown: Iterable[str], wanted: Iterable[str]
) -> None:
    """Save which of the shown cameras of one account are wanted; those of other menus stay as they are."""
    alerts, scope = interaction.client.services.alerts, scope_of(interaction, account)
    reached = {one.choice: one for one in account.cameras()}
    subscriptions = await alerts.subscriptions_of(interaction.user.id)
    before = next((one for one in subscriptions if SubscriptionScope(one.owner_id, one.guild_id) == scope), None)
    seen = frozenset(one.camera.key for one in reached.values())
    heard = frozenset(key for key in seen if before and before.is_for(key))
    after = heard - _keys(reached, shown) | _keys(reached, wanted)
    if after == heard:
        return
    since = account.session.client.blink_now()
    subscription = before or Subscription(
        interaction.user.id, scope.owner_id, since, scope.guild_id, cameras=frozenset()
    )
    unseen = (subscription.cameras or frozenset()) - seen  # perhaps shared again at another hour
    await alerts.subscribe(replace(subscription, cameras=after | unseen, muted=frozenset()))
    for one in reached.values():
        if one.owner and one.camera.key in after - heard:
            await _used(interaction, one.owner.share_id, one.camera.label)


async def why_nothing(interaction: Interaction) -> Card:
    """Return the answer for somebody who can get no camera's alerts here and now."""
    services = interaction.client.services
    if await services.accounts.account(interaction.user.id) or await shares_here(interaction):
        return words.NONE_REACHED
    if await _bot_is_missing(interaction):
        return words.BOT_IS_NOT_HERE
    return with_link(interaction, words.NOTHING_TO_HEAR_OF)


async def _bot_is_missing(interaction: Interaction) -> bool:
    """Say whether alerts are shared with this person here, and cannot come since the bot is not in the server."""
    return not interaction.is_guild_integration() and bool(await shares_of(interaction, Right.ALERTS))


async def _blink_now(interaction: Interaction, scope: SubscriptionScope, *, alone: bool) -> datetime | None:
    """Return the time by Blink's clock, by ours if Blink cannot be asked; None if the owner has no link.

    Raises SignedOut if Blink has signed the owner out and this account is `alone`, without others.
    """
    try:
        session = await interaction.client.services.sessions.session(scope.owner_id)
    except BlinkError as error:
        if alone and isinstance(error, SignedOut):
            raise
        return datetime.now(UTC)
    return session.client.blink_now() if session else None


async def _used(interaction: Interaction, share_id: str, label: str) -> None:
    await interaction.client.services.shares.used(share_id, interaction.user.id, what=Right.ALERTS, label=label)


def _keys(reached: Mapping[str, AccessibleCamera], choices: Iterable[str]) -> frozenset[CameraKey]:
    return frozenset(reached[one].camera.key for one in choices if one in reached)


async def card_of(
    interaction: Interaction,
    person: Person,
    watcher: Watcher,
    *,
    accounts: Sequence[AccessibleAccount] | None = None,
    saved: bool = False,
    choosing: bool = False,
) -> Card:
    """Return the answer of `/notify`: what comes to them by itself, and menus if they are `choosing` cameras."""
    user_id = interaction.user.id
    subscriptions = await interaction.client.services.alerts.subscriptions_of(user_id)
    if accounts is None:
        named = watcher.cameras or any(one.cameras or one.muted for one in subscriptions)
        accounts = await accounts_soon(interaction) if named else ()
    labels = labels_of(reached_in(accounts))
    names = {one.choice: labels[one.choice] for one in reached_in(accounts)}
    now = datetime.now(UTC)
    standing = words.Standing(
        watcher,
        subscriptions,
        now,
        here=interaction.guild_id or OWN,
        names=names,
        silent=await _silent(interaction, accounts, subscriptions) if saved else (),
        bot_missing=await _bot_is_missing(interaction),
    )
    copies = f"**Saved.** {account_words.copies_saved(person)}" if saved else account_words.copies(person)
    return Card(
        "What comes to you",
        f"{copies}\n{words.standing(standing)}",
        Tone.GOOD,
        small=words.too_many_to_choose(len(names)) if choosing else "",
        buttons=(
            *((unmute(user_id),) if words.is_muted(watcher, now) else ()),
            *((words.by_dm(user_id),) if watcher.channel else ()),
        ),
        menus=words.menus(names, _heard_in(interaction, accounts, subscriptions), owner=user_id)
        if choosing
        else (words.back(watcher.cameras, names, owner=user_id),)
        if watcher.cameras
        else (),
    )


def _heard_in(
    interaction: Interaction, accounts: Iterable[AccessibleAccount], subscriptions: Sequence[Subscription]
) -> frozenset[str]:
    """Return the choices of the cameras whose alerts they get already."""
    by_scope = {SubscriptionScope(one.owner_id, one.guild_id): one for one in subscriptions}
    return frozenset(
        one.choice
        for account in accounts
        if (subscription := by_scope.get(scope_of(interaction, account)))
        for one in account.cameras()
        if subscription.is_for(one.camera.key)
    )


async def _silent(
    interaction: Interaction, accounts: Iterable[AccessibleAccount], subscriptions: Sequence[Subscription]
) -> list[str | None]:
    """Return the owners with subscribed cameras of which Blink keeps no recordings; None stands for the person."""
    scopes = {SubscriptionScope(one.owner_id, one.guild_id) for one in subscriptions}
    wanted = [account for account in accounts if scope_of(interaction, account) in scopes]
    retention = interaction.client.services.cameras.finder.retention
    kept = await asyncio.gather(*(_keeps_any(retention, account) for account in wanted))
    return [
        account.shares[0].owner_name if account.shares else None
        for account, any_kept in zip(wanted, kept, strict=True)
        if not any_kept
    ]


async def _keeps_any(retention: VideoRetention, account: AccessibleAccount) -> bool:
    """Say whether Blink keeps recordings of any of the cameras, as far as that is known."""
    reached = [*account.cameras()]
    for one in reached:  # one by one, since the first answer is then known for all
        if await retention.keeps_videos_of(account.session.client, one.camera.key):
            return True
    return not reached
