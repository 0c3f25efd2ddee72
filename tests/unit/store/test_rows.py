"""Any job survives its row: whatever Discord and Blink said in it."""

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert, select
from sqlalchemy.exc import StatementError

from bot.models import CameraKey, CommandStatus, Delivery, Job, JobRequest, Progress, Result, Target
from bot.store.columns import StoredFields
from bot.store.job_rows import _JOB, job_of, row_of
from bot.store.secrets import Keyring
from bot.store.tables import clip_jobs, metadata
from tests.support.examples import KEYRING, NOON, a_job, a_reply

ids = st.integers(0, 2**63 - 1)
moments = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - the zone is drawn beside it
    max_value=datetime(9990, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC)
    | st.builds(timezone, st.integers(-720, 720).map(lambda minutes: timedelta(minutes=minutes))),
)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
replies = st.builds(
    a_reply, token=st.none() | words, expires_at=moments, message_id=st.none() | ids, guild_id=st.none() | ids
)
keys = st.builds(CameraKey, kind=..., network_id=ids, camera_id=ids)
targets = st.builds(Target, account_id=ids, key=keys, name=words, network=words, usb=st.none() | words)
statuses = st.builds(
    CommandStatus,
    condition=st.none() | words,
    stage=st.none() | words,
    code=st.none() | ids,
    http_status=st.none() | ids,
    message=words,
)
requests = st.builds(JobRequest, interaction_id=ids, user_id=ids, asked=words, created_at=moments)
progress = st.builds(
    Progress,
    status=statuses,
    busy_since=st.none() | moments,
    attempts=st.integers(0, 1000),
    retry_at=st.none() | moments,
    asked_at=st.none() | moments,
    blink_started_at=st.none() | moments,
    command_id=st.none() | ids,
    confirmed=...,
    recorded_at=st.none() | moments,
    blink_recorded_at=st.none() | moments,
)
jobs = st.builds(
    Job,
    id=st.uuids().map(str),
    request=requests,
    reply=replies,
    stage=...,
    end=...,
    target=st.none() | targets,
    options=st.lists(st.tuples(words, words), max_size=3).map(tuple),
    progress=progress,
    result=st.builds(Result, media_id=st.none() | ids, media_path=st.none() | words, size=st.none() | ids),
    delivery=st.builds(Delivery, sent_as_dm=..., dms_closed=..., told_at=st.none() | moments),
)

engine = create_engine("sqlite://")
metadata.create_all(engine)


def stored(job: Job, *, keyring: Keyring = KEYRING, **changes: Any) -> Job:
    """The job after it went through a real database."""
    with engine.connect() as connection:
        connection.execute(insert(clip_jobs).values({**row_of(job, KEYRING), **changes}))
        row = connection.execute(select(clip_jobs)).mappings().one()
        return job_of(row, keyring)  # and the transaction is rolled back


@given(jobs)
def test_a_job_comes_back_equal_with_its_moments_in_utc(job: Job) -> None:
    back = stored(job)
    assert back == job
    assert {moment.tzinfo for moment in (back.request.created_at, back.reply.expires_at)} == {UTC}


@given(st.text(st.characters(categories=["Cs", "Lu", "Cc"])))
def test_words_that_no_database_can_hold_do_not_stop_a_job(asked: str) -> None:
    back = stored(a_job(asked=asked, status=CommandStatus(message=asked), options=((asked, asked),)))
    assert len(back.request.asked) == len(back.progress.status.message) == len(asked)
    assert not set(back.request.asked) & {"\0", "\ud800"}


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(StatementError, match="time zone"):
        stored(a_job(created_at=NOON.replace(tzinfo=None)))


def test_a_job_whose_token_does_not_open_goes_on_without_it(caplog: pytest.LogCaptureFixture) -> None:
    job = a_job()
    elsewhere = row_of(a_job(), KEYRING)["reply_token"]
    assert stored(job, reply_token=elsewhere).reply.token is None
    assert stored(job, keyring=Keyring(["z" * 32])).reply.token is None
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    assert job.id in caplog.text


def test_every_column_is_written() -> None:
    lease = {"owner", "owned_until"}  # not the job's, but the process's that has it
    assert set(row_of(a_job(), KEYRING)) | lease == set(clip_jobs.c.keys())


def test_every_field_is_written() -> None:
    assert _missing(_JOB) == {"resumed", "recorded", "again"}


def _missing(part: StoredFields[Any]) -> set[str]:
    """Return the fields of a value, and of its parts, that lie in no column."""
    missing = {field.name for field in dataclasses.fields(cast("Any", part._make))} - set(part._parts)
    return missing.union(*(_missing(one) for one in part._parts.values() if isinstance(one, StoredFields)))
