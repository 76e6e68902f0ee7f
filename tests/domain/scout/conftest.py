"""Builders of small catalogues, and the shipped one."""

from collections.abc import Callable

import pytest
from scout_builders import DOWNTOWN, a_product, a_vendor, an_index

from shared.domain.catalogue import Product, Vendor
from shared.domain.catalogue_import import FeedFormat, parse_feed
from shared.domain.places import GeoPoint
from shared.domain.scout import CatalogueIndex
from shared.services.shipped_catalogue import load_shipped


@pytest.fixture(scope="session")
def vendor() -> Callable[..., Vendor]:
    return a_vendor


@pytest.fixture(scope="session")
def product() -> Callable[..., Product]:
    return a_product


@pytest.fixture(scope="session")
def index_of() -> Callable[..., CatalogueIndex]:
    return an_index


@pytest.fixture(scope="session")
def downtown() -> GeoPoint:
    return DOWNTOWN


@pytest.fixture(scope="session")
def austin() -> CatalogueIndex:
    """The shipped catalogue; tests that share it must not change it."""
    shipped = load_shipped()
    index = CatalogueIndex()
    for vendor in shipped.vendors:
        index.put_vendor(vendor)
    for vendor_id, content in shipped.feeds.items():
        for item in parse_feed(content, format=FeedFormat.CSV, vendor_id=vendor_id).items:
            index.put_product(item.product)
    for bundle in shipped.bundles:
        index.put_bundle(bundle)
    return index
