"""The commands of `magnus`, one subject a file. Imports beyond click wait until a command runs."""
