# The bot in a container; how to build and run it stands in docs/hosting.md.
FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# The dependencies change seldom, so this layer is built once.
COPY requirements.txt ./
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --require-hashes -r requirements.txt
ENV PATH=/opt/venv/bin:$PATH

RUN groupadd --gid 10001 bot && useradd --uid 10001 --gid bot --no-create-home --home-dir /data bot \
    && install -d -o bot -g bot -m 700 /data
COPY deploy/entrypoint.sh ./deploy/entrypoint.sh
COPY bot ./bot
# Once and not at each start: who runs the bot may write nothing here.
RUN python -m compileall -q bot

# PYTHONPATH, since a host's shell may start in another folder.
ENV DATABASE_URL=sqlite:////data/bot.db PORT=8080 LOG_FORMAT=json PYTHONPATH=/app
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/livez', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/bin/sh", "/app/deploy/entrypoint.sh"]
CMD ["python", "-m", "bot"]

# For hosts that mount volumes as root's (Fly.io): the entrypoint hands the volume over and drops root at once.
FROM base AS volume

# `docker build` makes this one: never root.
FROM base AS bot
USER 10001:10001
