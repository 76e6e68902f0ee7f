"""`dev.py bench`: what the platform costs, next to a peer where there is one. Figures, never a gate."""
