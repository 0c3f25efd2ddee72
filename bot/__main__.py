"""`python -m bot`."""

from bot.limits import set_limits
from bot.loading import loading

if __name__ == "__main__":
    set_limits()
    with loading():
        from bot.cli import main

    main(prog_name="python -m bot")
