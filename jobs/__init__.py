"""When the work is done and for whom: the command line, the schedule and the workspace."""
