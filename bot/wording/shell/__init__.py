"""What the shell says: the start of the bot, its commands, the set-up, the invitation and the doctor."""
