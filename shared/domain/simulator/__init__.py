"""The partner simulator's rules (M25, flows 5.4-1 to 5.4-8): who is played, what triggers which answer.

Pure: the instant, the history and the seed of every draw are passed in, so a replay answers the same.
"""
