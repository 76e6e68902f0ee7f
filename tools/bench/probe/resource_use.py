"""Peak memory of this process. Lies apart, so that measuring imports nothing of ours."""

import sys
from pathlib import Path


def peak_megabytes() -> float:
    """Return the most memory this process ever had, 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():
        # getrusage would count the parent's memory from before the exec
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    if sys.platform == "win32":
        return 0.0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024  # macOS counts bytes
