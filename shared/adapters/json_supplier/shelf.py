"""The suppliers of documents. Whatever is wrong in one stops the start, and says where."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import SecretStr, TypeAdapter, ValidationError

from shared.adapters.json_supplier.gateway import Gateway
from shared.adapters.json_supplier.mapping import SupplierMapping
from shared.adapters.json_supplier.supplier import JsonSupplier
from shared.adapters.json_supplier.webhooks import JsonWebhooks
from shared.adapters.outbound import Outbound, check_url
from shared.errors import InvalidInput, NotFound
from shared.ports.clock import Clock
from shared.ports.suppliers import Supplier, SupplierWebhooks
from shared.settings import Settings

_MAPPING = TypeAdapter(SupplierMapping)


class JsonSuppliers:
    """`shared.ports.suppliers.Suppliers`, in the order of their documents."""

    def __init__(self, suppliers: Mapping[str, Supplier], webhooks: Mapping[str, SupplierWebhooks]) -> None:
        self._suppliers = suppliers
        self._webhooks = webhooks

    def of(self, supplier_id: str) -> Supplier:
        """Return one. Raises NotFound."""
        if supplier_id not in self._suppliers:
            raise NotFound("supplier", supplier_id)
        return self._suppliers[supplier_id]

    def webhooks(self, supplier_id: str) -> SupplierWebhooks | None:
        """Return who reads its deliveries; None when it does not push."""
        return self._webhooks.get(supplier_id)

    def ids(self) -> Sequence[str]:
        """Every supplier, the preferred one first."""
        return list(self._suppliers)


def json_suppliers(settings: Settings, outbound: Outbound, clock: Clock) -> JsonSuppliers:
    """Read the documents that are set. Raises ValueError naming the one that cannot be used, and why."""
    suppliers: dict[str, Supplier] = {}
    webhooks: dict[str, SupplierWebhooks] = {}
    for path in settings.supplier_files:
        mapping = _read(path)
        _check(mapping, path, settings)
        if mapping.id in suppliers:
            raise ValueError(f"{path}: {mapping.id} has a document already")
        gateway = Gateway(mapping, outbound, clock, secrets=settings.supplier_secrets)
        suppliers[mapping.id] = JsonSupplier(mapping, gateway)
        if mapping.webhook is not None:
            secret = settings.supplier_secrets[mapping.webhook.secret]
            webhooks[mapping.id] = JsonWebhooks(mapping.webhook, secret, tolerance=settings.webhook_tolerance)
    return JsonSuppliers(suppliers, webhooks)


def _read(path: Path) -> SupplierMapping:
    try:
        return _MAPPING.validate_json(path.read_bytes(), strict=True)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise ValueError(f"{path}: {error}") from None


def _check(mapping: SupplierMapping, path: Path, settings: Settings) -> None:
    _check_secrets(mapping, path, settings.supplier_secrets)
    if mapping.currency != settings.currency:
        raise ValueError(f"{path}: a shop that reckons in {settings.currency} buys in {settings.currency}")
    try:
        check_url(mapping.base_url, field="base_url", allow_private=settings.allow_private_urls)
    except InvalidInput as error:
        raise ValueError(f"{path}: {error.field}: {error.detail}") from None


def _check_secrets(mapping: SupplierMapping, path: Path, secrets: Mapping[str, SecretStr]) -> None:
    named = [mapping.auth.secret, *([mapping.webhook.secret] if mapping.webhook else [])]
    missing = [name for name in named if name not in secrets or not secrets[name].get_secret_value()]
    if missing:
        raise ValueError(f"{path}: USO_SUPPLIER_SECRETS has no {' and no '.join(missing)}")
