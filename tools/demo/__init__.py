"""`dev.py demo`: both headline jobs, done through the app's own doors and told as they happen.

Nothing that is shown is written down here: every name, price, time and reason comes out of an answer.
"""
