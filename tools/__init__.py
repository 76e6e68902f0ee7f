"""What `dev.py` does: the environment, a running app, the demo, the benchmarks, the checks.

Nothing here is deployed, and the app never imports it. `interpreter`, `environment` and `cli` are stdlib
only, since they run before anything is installed.
"""
