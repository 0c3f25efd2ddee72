"""Which relays get the session's token, and which get not a byte."""

import logging
import ssl

import pytest

from bot.blink import RelayTrust
from bot.blink.live.trust import Untrusted
from bot.models import StorageUnavailable
from simulators.demo.tls import Authority
from tests.support.waiting import until

from .certificates import BLINKS, Shown, shown
from .conftest import ADDRESS, Kept, Relay

NAME = "lv7.immedia-semi.com"


async def accepted(trust: RelayTrust, relay: Relay, host: str = ADDRESS) -> bool:
    """Whether the trust connects; if not, no byte may have come."""
    try:
        _, writer = await trust.connect(relay.dial, host, 443)
    except Untrusted:
        return False
    writer.transport.abort()
    return True


async def test_a_known_certificate_is_accepted_whatever_it_says(relay: Relay, caplog: pytest.LogCaptureFixture) -> None:
    odd, kept = shown("relay.example.com", issuer="Some Authority"), Kept()
    await relay.show(odd.context)
    assert await accepted(RelayTrust(pinned=True, known=[odd.fingerprint], keep=kept), relay)
    assert (kept.fingerprints, caplog.messages) == ([], [])


async def test_a_new_certificate_of_blinks_is_accepted_and_kept_once(
    relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    kept = Kept()
    trust = RelayTrust(pinned=False, known=[], keep=kept)
    assert await accepted(trust, relay)
    assert await accepted(trust, relay)
    assert kept.fingerprints == [(shown().fingerprint, ADDRESS)]
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert shown().fingerprint in record.message


async def test_a_new_certificate_is_refused_if_pinned(relay: Relay) -> None:
    kept = Kept()
    assert not await accepted(RelayTrust(pinned=True, known=["00" * 32], keep=kept), relay)
    assert kept.fingerprints == []


async def test_a_new_certificate_is_accepted_even_if_it_cannot_be_kept(relay: Relay) -> None:
    async def fail(fingerprint: str, host: str) -> None:
        raise StorageUnavailable("the disk is full")

    trust = RelayTrust(pinned=False, known=[], keep=fail)
    assert await accepted(trust, relay)


NOT_BLINKS = {
    "another name": shown("*.example.com"),
    "a name like it": shown("immedia-semi.com"),
    "signed by another": shown(issuer="Some Authority"),
    "signed by another of the same name": shown(forged=True),
    "of a version that does not exist": shown(version=8),
}


@pytest.mark.parametrize("certificate", NOT_BLINKS.values(), ids=NOT_BLINKS.keys())
async def test_other_certificates_are_refused_before_a_byte_is_sent(relay: Relay, certificate: Shown) -> None:
    await relay.show(certificate.context)
    kept = Kept()
    assert not await accepted(RelayTrust(pinned=False, known=[shown().fingerprint], keep=kept), relay)
    await until(lambda: not relay._serving)
    assert (relay.arrived, relay.clients, kept.fingerprints) == (0, [], [])


async def test_a_name_with_a_public_certificate_needs_no_own_check(relay: Relay, authority: Authority) -> None:
    await relay.show(authority.server)
    kept = Kept()
    assert await accepted(RelayTrust(pinned=True, known=[], keep=kept), relay, NAME)
    assert relay.dialed == [(NAME, 443, NAME)]
    assert kept.fingerprints == []


async def test_a_name_without_a_public_certificate_is_checked_as_an_address_is(relay: Relay) -> None:
    kept = Kept()
    assert await accepted(RelayTrust(pinned=False, known=[], keep=kept), relay, NAME)
    assert relay.dialed == [(NAME, 443, NAME)] * 2
    assert kept.fingerprints == [(shown().fingerprint, NAME)]


async def test_a_public_certificate_for_another_host_is_refused(relay: Relay, authority: Authority) -> None:
    await relay.show(authority.server)
    assert not await accepted(RelayTrust(pinned=False, known=[], keep=Kept()), relay)
    assert not await accepted(RelayTrust(pinned=False, known=[], keep=Kept()), relay, "lv.eu.immedia-semi.com")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_both_versions_of_tls_are_spoken(relay: Relay, version: ssl.TLSVersion) -> None:
    context = shown(f"{BLINKS}").context
    before = context.minimum_version, context.maximum_version
    context.minimum_version = context.maximum_version = version
    try:
        assert await accepted(RelayTrust(pinned=False, known=[], keep=Kept()), relay)
    finally:
        context.minimum_version, context.maximum_version = before


async def test_a_relay_of_2020_is_understood(relay: Relay) -> None:
    await relay.show(shown(old=True).context)
    assert await accepted(RelayTrust(pinned=False, known=[], keep=Kept()), relay)
