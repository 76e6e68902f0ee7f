"""What the app costs on Azure: operations that the running app was seen to do, formulas, and a price table.

`flows` counts (with `meter`), `rules` and `usage` turn counts into what is billed, `prices` into dollars.
"""
