#!/bin/sh
# Starts the bot as the user "bot". Where the host starts us as root, since its volumes are root's, the volume is handed
# over first.
set -eu
if [ "$(id -u)" = 0 ]; then
    chown bot:bot /data
    exec setpriv --reuid=bot --regid=bot --init-groups --no-new-privs "$@"
fi
exec "$@"
