"""BLINK_TOKENS: what is read, what is dropped, and what cannot be slipped in."""

import re
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.blink import BadBlinkTokens, parse_blink_tokens
from bot.blink.blink_tokens import BlinkTokens
from bot.blink.routes import rest_host
from bot.models import Region
from simulators.blink import World

TOKEN = "eyJ0eXAi.eyJzdWIi-x_y+z/w=="
UUID = "3F2504E0-4F89-11D3-9A0C-0305E82C3301"
PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=300)
SECRET = "do-not-repeat-me"


@given(PRINTABLE)
def test_a_token_survives_url_encoding(token: str) -> None:
    for safe in ("", "+", "+/="):
        assert parse_blink_tokens(f"refresh_token={quote(token, safe=safe)}|x=y").grant.refresh == token


@given(PRINTABLE.filter(lambda text: "%" not in text and "|" not in text))
def test_a_token_that_nobody_encoded_stays_as_it_is(token: str) -> None:
    assume(token[0] not in "'\"")
    assert parse_blink_tokens(f"refresh_token={token}|x=y").grant.refresh == token


@given(st.text(max_size=200))
def test_whatever_is_given_is_read_or_refused_and_nothing_is_repeated(text: str) -> None:
    for given_text in (text, f"refresh_token={SECRET}{text}", f"host={SECRET}{text}|refresh_token={SECRET}"):
        tokens, said = read(given_text)
        assert SECRET not in repr(tokens) + said
        assert tokens is None or tokens.grant.refresh.isascii()


def read(text: str) -> tuple[BlinkTokens | None, str]:
    """Return the tokens, or what was said instead."""
    try:
        return parse_blink_tokens(text), ""
    except BadBlinkTokens as error:
        return None, f"{error!r} {error.__cause__!r} {error.__context__!r}"


@given(st.text(max_size=40))
def test_no_host_leads_anywhere_but_to_blink(tail: str) -> None:
    for host in (tail, f"{tail}.immedia-semi.com", f"e008{tail}.immedia-semi.com", f"e008.immedia-semi.com{tail}"):
        try:
            tokens = parse_blink_tokens(f"refresh_token={TOKEN}|host={quote(host, safe='')}|account_id=1")
        except BadBlinkTokens:
            continue
        if tokens.region:
            assert re.fullmatch(r"rest-[a-z][a-z0-9]{1,15}\.immedia-semi\.com", rest_host(tokens.region.tier))


HOSTS = {
    "as documented": ("e008.immedia-semi.com", "e008"),
    "with rest-": ("rest-e008.immedia-semi.com", "e008"),
    "in capitals": ("REST-U008.Immedia-Semi.COM", "u008"),
    "a region of letters": ("prde.immedia-semi.com", "prde"),
    "encoded": ("e008%2Eimmedia-semi%2Ecom", "e008"),
}


@pytest.mark.parametrize(("host", "tier"), HOSTS.values(), ids=HOSTS.keys())
def test_hosts_that_are_blinks(host: str, tier: str) -> None:
    assert parse_blink_tokens(f"refresh_token={TOKEN}|host={host}|account_id=7").region == Region(tier, 7)


BAD_HOSTS = [
    "evil.com#.immedia-semi.com",
    "evil.com/.immedia-semi.com",
    "evil.com?.immedia-semi.com",
    "evil.com\\.immedia-semi.com",
    "evil.com@e008.immedia-semi.com",
    "e008.immedia-semi.com.evil.com",
    "e008.immedia-semi.com@evil.com",
    "e008.immedia-semi.com:8443",
    "e008.immedia-semi.com/",
    "e008.immedia-semi.com.",
    "e008immedia-semi.com",
    "e008.xmmedia-semi.com",
    "e008.immediaxsemi.com",
    "https://e008.immedia-semi.com",
    "user:password@e008.immedia-semi.com",
    "rest-rest-e008.immedia-semi.com",
    "a.b.immedia-semi.com",
    "-e008.immedia-semi.com",
    ".immedia-semi.com",
    "immedia-semi.com",
    "rest-.immedia-semi.com",
    "8.immedia-semi.com",
    "e" * 40 + ".immedia-semi.com",
    "e\u0660\u0660\u0668.immedia-semi.com",
    "\uff45008.immedia-semi.com",
    "\u212a008.immedia-semi.com",
    "\u017f008.immedia-semi.com",
    "e008.immedia-\u017femi.com",
    "e008\u3002immedia-semi.com",
    "e008.immedia-semi.com\n",
    "e008.immedia-semi.com\nX-Evil: 1",
    "e008\r\n.immedia-semi.com",
    "\x00e008.immedia-semi.com",
    "e008.immedia-semi.com\x00.evil.com",
    "e008 .immedia-semi.com",
    "169.254.169.254",
    "localhost",
    "[::1]",
]


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_hosts_that_are_not(host: str) -> None:
    with pytest.raises(BadBlinkTokens, match="host must be") as caught:
        parse_blink_tokens(f"refresh_token={TOKEN}|host={quote(host, safe='')}|account_id=7")
    assert str(caught.value) == "host must be <region>.immedia-semi.com, for example e008.immedia-semi.com"


BAD = {
    "nothing": ("", "it is empty"),
    "blanks": (" \n ", "it is empty"),
    "quotes alone": ("''", "it is empty"),
    "pipes alone": ("|||", "it is empty"),
    "a token alone": (SECRET * 3, "part 1 has no '='"),
    "a part without a value": (f"refresh_token={SECRET}|{SECRET}", "part 2 has no '='"),
    "other keys alone": (f"username={SECRET}|password={SECRET}", "refresh_token is missing"),
    "an empty token": ("refresh_token=|token=x", "refresh_token is missing"),
    "twice": (f"refresh_token={SECRET}|refresh_token={SECRET}", "part 2 gives a key a second time"),
    "twice, once empty": (f"refresh_token=|refresh_token={SECRET}", "part 2 gives a key a second time"),
    "a token that is too short": ("refresh_token=abc", "does not look like a token"),
    "a token with a blank": (f"refresh_token={SECRET}%20x", "does not look like a token"),
    "a token with a line break": (f"refresh_token={SECRET}%0d%0aX:1", "does not look like a token"),
    "a token with NUL": (f"refresh_token={SECRET}%00", "does not look like a token"),
    "a token of other letters": (f"refresh_token={SECRET}ü", "does not look like a token"),
    "a token of bytes that are no text": (f"refresh_token={SECRET}%ff", "does not look like a token"),
    "an account that is no number": (f"refresh_token={TOKEN}|account_id={SECRET}", "account_id must be a number"),
    "an account of other digits": (f"refresh_token={TOKEN}|account_id=\u0661", "account_id must be a number"),
    "an account below nothing": (f"refresh_token={TOKEN}|account_id=-1", "account_id must be a number"),
    "an account beyond every database": (f"refresh_token={TOKEN}|account_id={'9' * 19}", "account_id must be a number"),
    "without end": ("refresh_token=" + SECRET * 2000, "longer than"),
}


@pytest.mark.parametrize(("text", "says"), BAD.values(), ids=BAD.keys())
def test_what_is_wrong_is_said_without_repeating_it(text: str, says: str) -> None:
    with pytest.raises(BadBlinkTokens) as caught:
        parse_blink_tokens(text)
    assert says in str(caught.value)
    assert SECRET not in str(caught.value)


SAME = {
    "plain": "{}",
    "in single quotes": "'{}'",
    "in double quotes": '"{}"',
    "with blanks around": "  {}\n",
    "with empty parts": "||{}||",
    "as the line of a .env": "BLINK_TOKENS='{}'",
    "as the line of a shell": "export BLINK_TOKENS='{}'\n",
}


@pytest.mark.parametrize("form", SAME.values(), ids=SAME.keys())
def test_forms_in_which_it_is_pasted(form: str) -> None:
    text = form.format(f"username=a%40b.c| refresh_token = {TOKEN} |host=e008.immedia-semi.com|account_id=7")
    tokens = parse_blink_tokens(text)
    assert (tokens.grant.refresh, tokens.region) == (TOKEN, Region("e008", 7))


CLIENTS = {
    "none": ("", "android"),
    "empty": ("|client_id=", "android"),
    "Blink's number for an installation": ("|client_id=1234567", "android"),
    "android": ("|client_id=android", "android"),
    "ios": ("|client_id=ios", "ios"),
    "something else": ("|client_id=web", "android"),
}


@pytest.mark.parametrize(("part", "client"), CLIENTS.values(), ids=CLIENTS.keys())
def test_only_an_oauth_client_counts_as_one(part: str, client: str) -> None:
    assert parse_blink_tokens(f"refresh_token={TOKEN}{part}").grant.oauth_client == client


HARDWARE = {
    "none": ("", None),
    "the shared name": ("|device_id=Blinkpy", None),
    "the shared name in the other field": ("|hardware_id=Blinkpy", None),
    "another shared name": ("|hardware_id=Home%20Assistant", None),
    "an own one": (f"|hardware_id={UUID}", UUID),
    "a device that looks like an own one": (f"|device_id={UUID}", None),
    "an own one with a tail": (f"|hardware_id={UUID}%0a", None),
}


@pytest.mark.parametrize(("part", "hardware"), HARDWARE.values(), ids=HARDWARE.keys())
def test_only_an_own_uuid_is_ever_shown_as_hardware(part: str, hardware: str | None) -> None:
    assert parse_blink_tokens(f"refresh_token={TOKEN}{part}").grant.hardware_id == hardware


@pytest.mark.parametrize("part", ["", "|host=e008.immedia-semi.com", "|account_id=7", "|region_id=e008|account_id=7"])
def test_without_host_and_account_blink_must_be_asked(part: str) -> None:
    assert parse_blink_tokens(f"refresh_token={TOKEN}{part}").region is None


@pytest.mark.parametrize("raw_plus", [False, True])
def test_the_documented_value_with_every_key(raw_plus: bool) -> None:
    account = World().add_account(email="alice@example.com", tier="u008")
    tokens = parse_blink_tokens(account.blink_tokens(raw_plus=raw_plus))
    assert account.grant(tokens.grant.refresh)
    assert tokens.region == Region("u008", account.id)
    everything = repr(tokens) + repr(tokens.grant.oauth_client) + repr(tokens.grant.hardware_id)
    for dropped in (account.password, account.email, str(account.client_number), "Blinkpy", tokens.grant.refresh):
        assert dropped not in everything
