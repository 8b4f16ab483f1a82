"""The steps by which an older catalog becomes a newer one."""
