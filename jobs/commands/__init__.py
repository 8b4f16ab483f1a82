"""The commands, a file for each group: what a command does, and how its answer reads."""
