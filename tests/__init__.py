"""A package of its own: one of the vendors' libraries installs a top-level `tests`, which would
stand in for this directory in the processes that tests start."""
