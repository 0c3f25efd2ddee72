"""`python -m bot`."""

from bot.loading import loading

if __name__ == "__main__":
    with loading():
        from bot.cli import main

    main(prog_name="python -m bot")
