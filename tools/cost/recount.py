"""`python3 -m tools.cost.recount`: count the headline flows again and write the file down."""

from tools.cost.counted import FILE, save
from tools.cost.flows import count

if __name__ == "__main__":
    save(count())
    print(f"written to {FILE}")
