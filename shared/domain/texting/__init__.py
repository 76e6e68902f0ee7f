"""Messages to and from phones and mailboxes: whose they are, who may be written to, what was said.

No I/O and no provider: a line is a number or an address, a text is one message on it.
"""
