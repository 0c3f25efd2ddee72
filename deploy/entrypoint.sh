#!/bin/sh
# Starts the bot as the user "bot". If the host starts us as root, since its volumes are root's, the volume is handed over
# first, with all that root has left on it.
set -eu
if [ "$(id -u)" = 0 ]; then
    find /data -xdev ! -user bot -exec chown -h bot:bot {} +
    export HOME=/data # asyncpg looks into it, and root's cannot be read: github.com/MagicStack/asyncpg/issues/910
    exec setpriv --reuid=bot --regid=bot --init-groups --no-new-privs "$@"
fi
exec "$@"
