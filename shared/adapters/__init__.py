"""One module per real system, and the embedded default of each port.

Named only in `bootstrap`; heavy SDKs load on first use.
"""
