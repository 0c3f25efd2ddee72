"""PostgreSQL as hosts give it: their addresses, TLS, new passwords, and one clear sentence for whatever is wrong."""

import asyncio
import errno
import logging
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Executable, func, select, text

from bot.store import Store, StoreError, open_store
from bot.store.engine import connect, parse
from bot.store.errors import (
    AccessRefused,
    BadDatabaseUrl,
    DatabaseLocked,
    DatabaseTrouble,
    DatabaseUnreachable,
    InsecureConnection,
    NotWritable,
    TooManyConnections,
)
from bot.store.postgres import connection_arguments, unreachable, writes
from bot.store.shares import note_use
from tests.support.examples import (
    ALICE,
    BOB,
    KEYRING,
    NOON,
    a_job,
    a_share,
    a_shared_subscription,
    a_subscription,
    a_use,
    an_account,
    received,
)
from tests.support.jobs import with_values
from tests.support.ports import open_sockets
from tests.support.postgres import PASSWORD, Postgres, Server
from tests.support.waiting import until

HIDDEN = "hunter2-hunter2"


@pytest.fixture
def name(postgres_server: Server) -> Iterator[str]:
    name = postgres_server.create()
    yield name
    postgres_server.drop(name)


@pytest.fixture
def somebody(postgres_server: Server, name: str) -> Iterator[str]:
    """A user who needs TLS, as Heroku's do, and who owns the database."""
    postgres_server.admin(f"CREATE ROLE tls LOGIN PASSWORD '{HIDDEN}'")
    inside = Postgres(postgres_server.url(name))
    inside.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO tls")
    yield "tls"
    inside.execute("DROP OWNED BY tls")
    postgres_server.admin("DROP ROLE tls")


async def _works(url: str) -> bool:
    """Whether a store opens there, and over TLS."""
    async with open_store(url, KEYRING) as store:
        await received(store)
        return bool(await _scalar(store, text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")))


async def _scalar(store: Store, statement: Executable) -> Any:
    return await store.database.read(lambda transaction: transaction.scalar(statement))


@pytest.mark.parametrize(
    ("query", "encrypted"),
    [
        ("", True),  # as libpq does: where the server can
        ("sslmode=prefer", True),
        ("sslmode=require", True),
        ("sslmode=disable", False),
        ("sslmode=verify-ca&sslrootcert={authority}", True),
        ("sslmode=require&sslrootcert={authority}", True),
    ],
)
async def test_tls_is_as_the_address_asks(postgres_server: Server, name: str, query: str, encrypted: bool) -> None:
    query = query.format(authority=postgres_server.folder / "authority.pem")
    assert await _works(postgres_server.url(name, query=query)) is encrypted


async def test_a_certificate_is_verified_with_the_name_of_the_host(postgres_server: Server, name: str) -> None:
    query = f"sslmode=verify-full&sslrootcert={postgres_server.folder / 'authority.pem'}"
    url = postgres_server.url(name, query=query)
    assert await _works(url.replace("127.0.0.1", "localhost"))
    await _refused(url, InsecureConnection, "shows a certificate that cannot be verified (IP address mismatch")


@pytest.mark.parametrize("query", ["sslmode=verify-full", "sslmode=verify-ca", "sslrootcert=system"])
async def test_without_a_named_authority_the_systems_are_asked(postgres_server: Server, name: str, query: str) -> None:
    url = postgres_server.url(name, query=query).replace("127.0.0.1", "localhost")
    await _refused(url, InsecureConnection, "cannot be verified (unable to get local issuer certificate)")


async def test_a_server_that_insists_on_tls_with_a_certificate_of_its_own_is_served(
    postgres_server: Server, name: str, somebody: str
) -> None:
    url = postgres_server.url(name, user=somebody, password=HIDDEN)
    assert await _works(url.replace("postgresql://", "postgres://"))
    await _refused(url + "?sslmode=disable", AccessRefused, "no encryption")


async def test_a_server_without_tls_is_refused_where_tls_is_asked_for(postgres_server: Server, name: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.setblocking(False)
        answering = asyncio.create_task(_say_no(listening))
        url = f"postgresql://bot:{HIDDEN}@127.0.0.1:{listening.getsockname()[1]}/bot"
        await _refused(url + "?sslmode=require", InsecureConnection, "offers no TLS")
        answering.cancel()


async def test_parameters_that_hosts_add_do_no_harm(
    postgres_server: Server, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    query = "channel_binding=prefer&pgbouncer=true&connection_limit=1&connect_timeout=5&application_name=clips"
    url = postgres_server.url(name, query=f"{query}&schema={HIDDEN}&options=-c%20search_path%3Dpublic")
    async with open_store(url, KEYRING) as store:
        assert await _scalar(store, select(func.current_setting("application_name"))) == "clips"
        assert await _scalar(store, select(func.current_setting("search_path"))) == "public"
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert said == [
        "DATABASE_URL: what it says of channel_binding, connection_limit, schema is not understood and left out"
    ]
    assert HIDDEN not in caplog.text


async def test_a_socket_in_a_folder_will_do(postgres_server: Server, name: str) -> None:
    url = f"postgresql:///{name}?host={postgres_server.folder}&port={postgres_server.port}&user=postgres"
    assert not await _works(url)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sslmode=yes", "it should be one of disable, allow, prefer, require, verify-ca, verify-full"),
        (
            "sslmode=require&sslrootcert=/nowhere/ca.pem",
            "names a file as sslrootcert that cannot be read: /nowhere/ca.pem",
        ),
        ("target_session_attrs=nonsense", "is not understood"),
        ("sslnegotiation=nonsense", "is not understood"),
    ],
)
async def test_a_parameter_that_cannot_be_used_is_said(query: str, words: str) -> None:
    await _refused(f"postgresql://bot:{HIDDEN}@127.0.0.1:1/bot?{query}", BadDatabaseUrl, words)


async def test_a_new_password_is_used_for_the_next_connection(
    postgres_server: Server, name: str, somebody: str
) -> None:
    given = [HIDDEN]
    async with open_store(lambda: postgres_server.url(name, user=somebody, password=given[0]), KEYRING) as store:
        await received(store)
        given[0] = "rotated-rotated"
        postgres_server.admin(f"ALTER ROLE {somebody} PASSWORD '{given[0]}'")
        _end_connections(postgres_server, name)
        await received(store)


async def test_connections_that_the_server_closed_are_replaced_unnoticed(postgres_server: Server, name: str) -> None:
    async with open_store(postgres_server.url(name), KEYRING) as store:
        for _ in range(3):
            await asyncio.gather(*(received(store) for _ in range(5)))
            _end_connections(postgres_server, name)
        await store.check()


async def test_nothing_stays_prepared_that_a_pooler_could_mix_up(postgres_server: Server, name: str) -> None:
    async with open_store(postgres_server.url(name), KEYRING) as store:
        job = await received(store)
        await store.jobs.save(job, with_values(job, attempts=1))
        async with store.database.transaction(writes=False) as opened:  # of one connection
            await opened.run(lambda transaction: transaction.scalar(text("SELECT 1")))
            counted = text("SELECT count(*) FROM pg_prepared_statements")
            assert await opened.run(lambda transaction: transaction.scalar(counted)) == 0


async def test_many_at_once_share_few_connections(postgres_server: Server, name: str) -> None:
    async with open_store(postgres_server.url(name), KEYRING) as store:
        await asyncio.gather(*(received(store) for _ in range(60)))
        assert len(await store.jobs.live()) == 60
        count = "SELECT count(*) FROM pg_stat_activity WHERE datname = ?"
        assert Postgres(postgres_server.url("postgres")).rows(count, name)[0][0] <= 10


async def test_a_write_waits_for_a_lock_and_then_says_so(postgres_server: Server, name: str) -> None:
    url = postgres_server.url(name)
    async with open_store(url, KEYRING) as holder, open_store(url, KEYRING, busy_timeout=0.1) as store:
        job = await received(store)
        async with holder.database.transaction(writes=True) as opened:
            await opened.run(lambda transaction: transaction.change(text("LOCK TABLE clip_jobs IN EXCLUSIVE MODE")))
            with pytest.raises(DatabaseLocked) as refused:
                await store.jobs.save(job, with_values(job, attempts=1))
            assert str(refused.value) == f"The database 127.0.0.1/{name} is locked by another program."
            assert await store.jobs.job(job.id) == job  # reading goes on
        await store.jobs.save(job, with_values(job, attempts=1))


async def test_a_statement_that_never_ends_is_given_up_and_leaves_the_way_free(
    postgres_server: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_store(postgres_server.url(name), KEYRING) as store:
        with monkeypatch.context() as brief:
            brief.setattr("bot.store.postgres.PATIENCE", 0.1)
            for execute in (store.database.read, store.database.write):
                with pytest.raises(DatabaseUnreachable, match="did not answer in time"):
                    await execute(lambda transaction: transaction.scalar(text("SELECT pg_sleep(60)")))
        await received(store)
        asleep = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60)'"
        outside = Postgres(postgres_server.url("postgres"))
        await until(lambda: not outside.rows(asleep))


async def test_a_connection_that_died_without_a_word_is_given_up_and_replaced(
    postgres_server: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_store(postgres_server.url(name), KEYRING) as store:
        process = await _scalar(store, select(func.pg_backend_pid()))
        os.kill(process, signal.SIGSTOP)
        try:
            monkeypatch.setattr("bot.store.postgres.PATIENCE", 0.2)
            async with asyncio.timeout(30):
                with pytest.raises(DatabaseUnreachable, match="did not answer in time"):
                    await store.check()
            monkeypatch.undo()
            await store.check()
        finally:
            os.kill(process, signal.SIGCONT)


async def test_who_stands_still_in_a_transaction_gives_its_locks_back(
    postgres_server: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_store(postgres_server.url(name), KEYRING) as store:
        with monkeypatch.context() as brief:
            brief.setattr("bot.store.postgres.PATIENCE", 0.2)
            store.database._writes = writes(lock_timeout=10.0)

        async def stand_still() -> None:
            async with store.database.transaction(writes=True) as gone:
                await gone.run(lambda transaction: transaction.one_at_a_time(7))
                await store.database.write(lambda transaction: transaction.one_at_a_time(7))
                await gone.run(lambda transaction: transaction.scalar(text("SELECT 1")))

        with pytest.raises(DatabaseUnreachable):
            await stand_still()


async def test_a_feed_in_the_hands_of_a_machine_that_froze_keeps_no_other_from_being_read(
    postgres_server: Server, name: str
) -> None:
    url = postgres_server.url(name)
    async with open_store(url, KEYRING) as frozen, open_store(url, KEYRING) as store:
        for user_id in (1, 2):
            await frozen.accounts.link(an_account(user_id))
            assert await frozen.alerts.subscriptions.subscribe(a_subscription(user_id=user_id, owner_id=user_id))
        locking = text("SELECT * FROM feeds WHERE owner_id = 1 FOR UPDATE")
        async with frozen.database.transaction(writes=True) as opened:
            await opened.run(lambda transaction: transaction.rows(locking))
            assert [feed.owner_id for feed in await store.alerts.feeds.keep()] == [2]
        assert [feed.owner_id for feed in await store.alerts.feeds.keep()] == [1, 2]


async def test_old_shares_are_forgotten_while_a_use_of_one_is_written_down(postgres_server: Server, name: str) -> None:
    url, over = postgres_server.url(name), a_share(until=NOON)
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    async with open_store(url, KEYRING) as store, open_store(url, KEYRING) as other:
        await store.accounts.link(an_account(ALICE))
        assert await store.shares.give(over, most=1)
        assert await store.alerts.subscriptions.subscribe(a_shared_subscription())
        async with other.database.transaction(writes=True) as using:
            await using.run(lambda transaction: transaction.one_at_a_time(ALICE))
            forgetting = asyncio.create_task(store.shares.forget(used_before=NOON, ended_before=datetime.now(UTC)))
            await until(lambda: Postgres(url).rows(waiting))
            await using.run(lambda transaction: note_use(transaction, over.id, a_use()))
        await forgetting
        assert await store.shares.given_by(ALICE) == []
        assert await store.alerts.subscriptions.of_person(BOB) == []


async def test_a_wrong_password_is_said(postgres_server: Server, name: str) -> None:
    url = postgres_server.url(name, password=HIDDEN)
    await _refused(url, AccessRefused, f"127.0.0.1/{name} does not accept the user or password in DATABASE_URL")


async def test_a_missing_database_is_said(postgres_server: Server) -> None:
    await _refused(postgres_server.url("nowhere"), AccessRefused, "127.0.0.1/nowhere does not exist: create it")


async def test_a_server_that_is_not_there_is_said() -> None:
    await _refused(f"postgresql://bot:{HIDDEN}@127.0.0.1:1/bot", DatabaseUnreachable, "cannot be reached")
    await _refused(f"postgresql://bot:{HIDDEN}@nowhere.invalid/bot", DatabaseUnreachable, "cannot be reached")


def test_a_home_that_the_driver_may_not_look_into_is_said() -> None:
    refused = PermissionError(errno.EACCES, "Permission denied", "/nowhere/.postgresql/postgresql.key")
    assert str(unreachable("db.example/clips", refused)) == (
        "The database db.example/clips cannot be opened: /nowhere/.postgresql/postgresql.key may not be looked for, so"
        " set HOME to a folder that the bot can read."
    )


async def test_a_server_that_never_answers_is_given_up(postgres_server: Server) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"postgresql://bot:{HIDDEN}@127.0.0.1:{silent.getsockname()[1]}/bot?connect_timeout=0.2"
        await _refused(url, DatabaseUnreachable, "did not answer in time")


async def test_a_server_whose_connections_are_taken_is_said(postgres_server: Server, name: str, somebody: str) -> None:
    postgres_server.admin(f"ALTER ROLE {somebody} CONNECTION LIMIT 0")
    await _refused(postgres_server.url(name, user=somebody, password=HIDDEN), TooManyConnections, "no connection left")


async def test_a_read_only_database_is_said(postgres_server: Server, name: str) -> None:
    postgres_server.admin(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await _refused(postgres_server.url(name), NotWritable, "is read-only")


async def test_a_user_without_rights_is_said(postgres_server: Server, name: str, somebody: str) -> None:
    Postgres(postgres_server.url(name)).execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM tls")
    await _refused(postgres_server.url(name, user=somebody, password=HIDDEN), AccessRefused, "needs to own its tables")


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ("53100", "DiskFull", "its disk is full"),
        ("40001", "DatabaseLocked", "was changed by somebody else at the same moment"),
        ("40P01", "DatabaseLocked", "was changed by somebody else at the same moment"),
        ("57P01", "DatabaseUnreachable", "is starting, stopping or being moved"),
        ("08P01", "DatabaseUnreachable", "has closed the connection (made up)"),
        ("57P03", "DatabaseUnreachable", "is starting, stopping or being moved"),
        ("XX000", "DatabaseTrouble", "failed: made up"),
    ],
)
async def test_each_state_of_the_server_has_its_sentence(
    postgres_server: Server, name: str, state: str, kind: str, words: str
) -> None:
    made_up = f"DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '{state}', DETAIL = '{HIDDEN}'; END $$"
    database = connect(postgres_server.url(name))
    with pytest.raises(DatabaseTrouble) as refused:
        await database.write(lambda transaction: transaction.change(text(made_up)))
    await database.close()
    assert type(refused.value).__name__ == kind
    assert words in str(refused.value)
    assert HIDDEN not in str(refused.value)


async def test_a_value_that_does_not_fit_is_not_quoted(postgres_server: Server, name: str) -> None:
    async with open_store(postgres_server.url(name), KEYRING) as store:
        with pytest.raises(StoreError) as refused:
            await store.jobs.insert(a_job(interaction_id=2**64))
        assert str(2**64) not in str(refused.value)
        with pytest.raises(DatabaseTrouble):
            await store.jobs.insert(a_job(created_at=NOON, interaction_id="not a number"))


def test_neither_a_database_nor_its_pool_shows_the_password(postgres_server: Server) -> None:
    database = connect(f"postgresql://bot:{HIDDEN}@127.0.0.1:1/bot")
    shown = [repr(each) for each in (database, database._engine, database._engine.pool, database._engine.url)]
    assert HIDDEN not in "".join([*shown, database.name])


def test_an_address_with_escaped_letters_is_read_whole(postgres_server: Server) -> None:
    arguments = connection_arguments(parse(postgres_server.url("bot")))
    assert (arguments["user"], arguments["password"], arguments["database"]) == ("postgres", PASSWORD, "bot")


async def test_the_end_of_a_password_is_not_taken_for_a_host() -> None:
    await _refused(f"postgresql://bot:one@{HIDDEN}@db.example/bot", BadDatabaseUrl, "is written %40")


def _end_connections(server: Server, name: str) -> None:
    server.admin(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608


async def _say_no(listening: socket.socket) -> None:
    """Answer every wish for TLS as a server without it does."""
    loop = asyncio.get_running_loop()
    while True:
        peer, _ = await loop.sock_accept(listening)
        with closing(peer):
            await loop.sock_recv(peer, 8)
            await loop.sock_sendall(peer, b"N")


async def _refused(url: str, kind: type[StoreError], words: str) -> None:
    before = open_sockets()
    with pytest.raises(kind) as refused:
        async with open_store(url, KEYRING):
            pytest.fail("it opened")
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    shown = _all_texts(refused.value)
    assert HIDDEN not in shown
    assert PASSWORD not in shown
    # asyncpg does not wait for the end of a refused connection, which over TLS comes with the server's goodbye.
    await until(lambda: open_sockets() <= before)


def _all_texts(error: BaseException | None) -> str:
    """Everything a traceback would print of an error and of what it came from."""
    texts: list[Any] = []
    while error is not None:
        texts += [repr(error), str(error), getattr(error, "__notes__", "")]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " ".join(map(str, texts))
