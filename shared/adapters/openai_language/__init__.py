"""OpenAI, or Azure OpenAI, as the reader, viewer and teller: it proposes, and rules of the domain decide.

`asking` is the only place that calls it. What it is told lies in `data/language`, one file per use.
"""
