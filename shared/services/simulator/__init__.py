"""The partner simulator's use cases (M25): partners, scenarios, the desk, the live demo, figures.

`Simulator` in `service` bundles them for doors and activities; the channel adapter talks to the desk only.
"""
