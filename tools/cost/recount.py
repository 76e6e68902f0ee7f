"""Counts the flows again and brings the page that shows them up to date: `.venv/bin/python -m tools.cost.recount`."""

from tools.cost.counted import FILE, save
from tools.cost.flows import count
from tools.cost.report import PAGE, write_page

if __name__ == "__main__":
    save(count())
    write_page()
    print(f"written: {FILE}, {PAGE}")
