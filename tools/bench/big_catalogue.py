"""A catalogue of any size, put together from words, as feeds of many vendors would bring it."""

import csv
import io
from collections.abc import Iterator
from itertools import cycle, islice, product

from shared.bootstrap import App
from shared.domain.catalogue import Vendor
from shared.domain.catalogue_import import FeedFormat

PER_VENDOR = 500
_ADJECTIVES = ("Red", "Pink", "White", "Yellow", "Blue", "Dark", "Small", "Grand", "Rustic", "Modern")
_THINGS = (
    *("Roses", "Tulips", "Peonies", "Lilies", "Orchid", "Bouquet", "Wreath", "Chocolate Truffles"),
    *("Birthday Cake", "Cheese Board", "Wine Box", "Candle", "Teddy Bear", "Picnic Basket", "Gift Card"),
    *("Photo Book", "Mug", "Blanket", "Toy Train", "Puzzle", "Limousine Ride", "Massage", "Dinner for Two"),
    *("Balloon Bunch", "Tea Sampler"),
)
_STYLES = (
    "Classic",
    "Deluxe",
    "Mini",
    "Family",
    "Garden",
    "Sunrise",
    "Evening",
    "Heritage",
    "Lakeside",
    "Hill",
)


async def fill(app: App, count: int) -> None:
    """Put `count` products on sale, beside the shipped ones."""
    pattern = (await _a_vendor(app)).model_dump()
    for number, rows in enumerate(_feeds(count)):
        vendor = Vendor.model_validate(pattern | {"id": f"bench-{number}", "name": f"Bench Vendor {number}"})
        await app.catalogue.put_vendor(vendor)
        report = await app.catalogue.import_feed(vendor.id, _as_csv(rows), FeedFormat.CSV)
        if report.rejected:
            raise RuntimeError(f"generated rows were rejected: {report.rejected[:2]}")


async def _a_vendor(app: App) -> Vendor:
    await app.catalogue.refresh()
    return next(iter(app.catalogue.index.vendors.values()))


def _feeds(count: int) -> Iterator[list[dict[str, str]]]:
    names = cycle(product(_STYLES, _THINGS, _ADJECTIVES))
    rows = (_row(number, words) for number, words in enumerate(islice(names, count)))
    while batch := list(islice(rows, PER_VENDOR)):
        yield batch


def _row(number: int, words: tuple[str, str, str]) -> dict[str, str]:
    style, thing, adjective = words
    return {
        "id": f"bench-product-{number}",
        "name": f"{style} {adjective} {thing} {number}",
        "description": f"A {style.lower()} choice of {adjective.lower()} {thing.lower()}.",
        "category": thing.lower(),
        "price": f"{10 + number % 190}.00",
        "quantity": "100",
    }


def _as_csv(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
