"""One module per real system, and the embedded default of each port.

Named only in `shared.chosen_adapters`; heavy SDKs load on first use.
"""
