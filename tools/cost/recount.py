"""`.venv/bin/python -m tools.cost.recount`: counts the flows again, and brings their page up to date."""

from tools.cost.counted import FILE, save
from tools.cost.flows import count
from tools.cost.report import PAGE, write_page

if __name__ == "__main__":
    save(count())
    write_page()
    print(f"written: {FILE}, {PAGE}")
