"""Use cases of the web shop that runs itself (flows ops-1 to ops-x4)."""
