"""Vendor feeds become products, or reasons (flow 2.2-1, M2)."""

import csv
import io
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.catalogue import Availability, Product
from shared.domain.catalogue_import import Feed, FeedFormat, parse_feed
from shared.domain.money import Money
from shared.domain.prices import parse_price
from shared.errors import InvalidInput, TooLarge


def read(content: bytes | str, kind: FeedFormat = FeedFormat.CSV, **more: object) -> Feed:
    return parse_feed(content, format=kind, vendor_id="shop", **more)  # type: ignore[arg-type]


def only(feed: Feed) -> Product:
    assert feed.rejected == ()
    assert len(feed.items) == 1
    return feed.items[0].product


def reasons(feed: Feed) -> list[tuple[int, str, str]]:
    return [(each.row, each.field, each.reason) for each in feed.rejected]


@pytest.mark.flow("2.2-1")
def test_a_shopify_export_needs_no_column_map() -> None:
    feed = read(
        "Handle,Title,Body (HTML),Vendor,Variant Price,Image Src,Tags,Published,Status,"
        "Variant Inventory Qty\n"
        'rose-12,Dozen Roses,<p>Twelve <b>red</b> roses</p>,Ours,54.5,https://x.test/r.jpg,"red, love",'
        "true,active,7\n"
    )
    product = only(feed)
    assert (product.id, product.name, product.vendor_id) == ("rose-12", "Dozen Roses", "shop")
    assert product.price == Money(minor=5450)
    assert product.description == "Twelve red roses"
    assert product.tags == {"red", "love"}


def test_the_callers_columns_come_first() -> None:
    feed = read(
        "sku,title,Preis,Bezeichnung\nA,old,9.99,neu\n", column_map={"preis": "price", "Bezeichnung": "name"}
    )
    assert (only(feed).name, only(feed).price.minor) == ("neu", 999)
    assert feed.ignored_columns == ("title",)


def test_a_map_to_an_unknown_field_or_from_a_missing_column_is_refused() -> None:
    for mapping in ({"id": "colour_of_hope"}, {"nowhere": "price"}):
        with pytest.raises(InvalidInput) as error:
            read("id,name,price\na,b,1\n", column_map=mapping)
        assert error.value.field == "column_map"


def test_each_bad_row_is_reported_with_field_and_reason_and_the_others_stand() -> None:
    feed = read(
        "id,name,price,quantity,kind\n"
        "ok,Fine,1.00,1,\n"
        ",No id,1.00,1,\n"
        "a,,1.00,1,\n"
        "b,No price,free,1,\n"
        "c,Half,1.005,1,\n"
        "d,Many,1.00,lots,\n"
        "ok,Twin,1.00,1,\n"
        "sp ace,Slug,1.00,1,\n"
        "e,Kind,1.00,1,dragon\n"
        "f,Wide,1.00,1,,extra\n"
        "g,=HYPERLINK(1),1.00,1,\n"
    )
    assert [item.product.id for item in feed.items] == ["ok"]
    assert [(row, field) for row, field, _ in reasons(feed)] == [
        (2, "id"), (3, "name"), (4, "price"), (5, "price"), (6, "quantity"), (7, "id"), (8, "id"),
        (9, "kind"), (10, ""), (11, "name"),
    ]  # fmt: skip
    assert {row: reason for row, _, reason in reasons(feed)}[7] == "the same id as row 1"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_quotes_newlines_and_a_bom_are_understood(delimiter: str) -> None:
    cells = ["a1", 'She said "hi"\nand left; then, later | a tab\t', "12.00"]
    quoted = delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells)
    feed = read(("\ufeff" + delimiter.join(["id", "name", "price"]) + "\r\n" + quoted + "\r\n").encode())
    assert only(feed).name == cells[1].strip()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n\n",
        "id,name\na,b\n",
        "id,name,price\n",
        'id,name,price\na,"open,1\n',
        "id,id,name,price\na,b,c,1\n",
        "\0",
    ],
)
def test_a_file_that_is_broken_as_a_whole_raises(content: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read(content)
    assert error.value.field == "content"


@pytest.mark.parametrize("content", ["{", "3", "null", '{"products": 3}', "[NaN]", "[" * 100_000, "[]"])
def test_broken_json_raises(content: str) -> None:
    with pytest.raises(InvalidInput):
        read(content, FeedFormat.JSON)


def test_what_is_not_utf8_or_too_large_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput):
        read(b"id,name,price\na,\xff,1\n")
    monkeypatch.setattr("shared.domain.catalogue_import.MAX_FEED_BYTES", 10)
    with pytest.raises(TooLarge):
        read("id,name,price\na,b,1\n")


def test_json_prices_never_pass_through_a_float() -> None:
    rows = '[{"id": "a", "name": "A", "price": 1234567.89, "tags": ["x", "y"], "quantity": 3}]'
    feed = read(rows, FeedFormat.JSON)
    assert only(feed).price.minor == 123_456_789
    assert only(feed).tags == {"x", "y"}
    assert feed.items[0].quantity == 3


def test_json_rows_of_the_wrong_shape_are_rejected() -> None:
    feed = read(
        '{"products": [7, {"id": "a", "name": {}, "price": 1e400}, {"id": "b", "name": "B", "price": 2}]}',
        FeedFormat.JSON,
    )
    assert [item.product.id for item in feed.items] == ["b"]
    assert [each.row for each in feed.rejected] == [1, 2]


@pytest.mark.parametrize(
    ("text", "quantity", "counted"),
    [("7", 7, True), ("0", 0, True), ("-1", None, True), ("unlimited", None, True), ("", None, False)],
)
def test_quantities_may_be_counted_unlimited_or_absent(
    text: str, quantity: int | None, counted: bool
) -> None:
    item = read(f"id,name,price,stock\na,A,1,{text}\n").items[0]
    assert (item.quantity, item.counted) == (quantity, counted)


@pytest.mark.parametrize("row", ["draft,true", "active,false", "sold out,", "Archived,yes"])
def test_drafts_and_unpublished_products_are_out_of_stock(row: str) -> None:
    assert (
        only(read(f"id,name,price,status,published\na,A,1,{row}\n")).availability is Availability.OUT_OF_STOCK
    )


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:x", "//x.test/a", "https://x.test/a b"])
def test_only_web_addresses_pass_as_images(link: str) -> None:
    assert reasons(read(f"id,name,price,image\na,A,1,{link}\n"))[0][1] == "image_url"


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|'x'!A1", "-2+3"])
def test_spreadsheet_formulas_are_refused(cell: str) -> None:
    assert reasons(read(f'id,name,price,description\na,A,1,"{cell}"\n'))[0][1] == "description"
    assert only(read('id,name,price,description\na,A,1,"- soft cotton"\n')).description == "- soft cotton"


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("12", 1200), ("12.5", 1250), ("12.50", 1250), ("$1,299.00", 129_900), ("0", 0), (".99", None),
        ("12.505", None), ("12.500", 1250), ("49,99", 4999), ("1.299,00", 129_900), ("1,299", 129_900),
        ("-3", None), ("1e3", None), ("12 USD", 1200), ("12 EUR", None), ("€12", None), ("١٢", None),
        ("12,3456", None), ("", None),
    ],
)  # fmt: skip
def test_prices_are_read_exactly_or_not_at_all(text: str, minor: int | None) -> None:
    if minor is None:
        with pytest.raises(ValueError, match=r"price|not in|digits"):
            parse_price(text)
    else:
        assert parse_price(text) == Money(minor=minor)


def test_currencies_have_their_own_number_of_digits() -> None:
    assert parse_price("1500", currency="JPY") == Money(minor=1500, currency="JPY")
    assert parse_price("1.500", currency="kwd") == Money(minor=1500, currency="KWD")
    with pytest.raises(ValueError, match="digits"):
        parse_price("15.5", currency="JPY")


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=40).map(
    str.strip
)
names = text.filter(lambda each: bool(each) and each[0] not in "=@+-" and "<" not in each)
rows = st.lists(
    st.tuples(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True), names, st.integers(0, 10**9)),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[0],
)


@given(rows, st.sampled_from([",", ";", "\t"]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_was_written_is_read(rows: list[tuple[str, str, int]], delimiter: str, bom: bool) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "name", "price"])
    writer.writerows([id, name, f"{minor // 100}.{minor % 100:02d}"] for id, name, minor in rows)
    feed = read(("\ufeff" if bom else "") + out.getvalue())
    assert feed.rejected == ()
    assert [(i.product.id, i.product.name, i.product.price.minor) for i in feed.items] == rows


@given(rows)
@settings(max_examples=80, deadline=None)
def test_csv_and_json_say_the_same(rows: list[tuple[str, str, int]]) -> None:
    table = [{"id": id, "name": name, "price": f"{minor / 100:.2f}"} for id, name, minor in rows]
    as_json = read(json.dumps({"items": table}), FeedFormat.JSON)
    assert [(i.product.id, i.product.name, i.product.price.minor) for i in as_json.items] == rows


@given(st.binary(max_size=400) | st.text(max_size=400), st.sampled_from(FeedFormat))
@settings(max_examples=300, deadline=None)
def test_rubbish_is_refused_politely(content: bytes | str, kind: FeedFormat) -> None:
    with suppress(InvalidInput):
        read(content, kind)


def test_every_row_is_either_taken_or_reported() -> None:
    lines = [f"p{n},{'' if n % 3 == 0 else 'Name'},{n}.00" for n in range(300)]
    feed = read("id,name,price\n" + "\n".join(lines))
    assert len(feed.items) + len(feed.rejected) == 300
    report = feed.report(accepted=len(feed.items))
    assert (report.accepted, report.rejected_count) == (200, 100)
