"""The double-entry ledger, pure: accounts, balanced entries, the book of one order, splits of a price.

Money never appears or vanishes: it moves between accounts in entries whose debits equal their credits.
Entries are only added; a mistake is taken back by a new entry that names the one it reverses.
"""

from shared.domain.ledger.accounts import Account, AccountKind, Home, Side
from shared.domain.ledger.book import Book, HoldSummary
from shared.domain.ledger.entries import Entry, Posting, credit, debit, reversal
from shared.domain.ledger.split import Split, Terms, split

__all__ = [
    "Account",
    "AccountKind",
    "Book",
    "Entry",
    "HoldSummary",
    "Home",
    "Posting",
    "Side",
    "Split",
    "Terms",
    "credit",
    "debit",
    "reversal",
    "split",
]
