"""Campaigns at Meta (Marketing API): listed by their account, stopped by their status.

Which product a campaign is for stands in its name, as `[product:ID]`. The token goes in a header, never in
a URL.
"""

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, SecretStr, ValidationError

from shared.adapters.outbound import Answer, Outbound
from shared.errors import InvalidInput, NotFound, Unavailable
from shared.ports.ads import Campaign

ACTIVE, PAUSED = "ACTIVE", "PAUSED"
_PRODUCT = re.compile(r"\[product:([A-Za-z0-9_.:-]{1,64})\]")
_ID = re.compile(r"[0-9]{1,40}")
_NO_SUCH_OBJECT = (100, 33)
"""Code and subcode; 100 alone is any parameter that does not please."""
MAX_PAGES = 50
T = TypeVar("T", bound=BaseModel)


class _Row(BaseModel):
    id: str
    name: str
    status: str


class _Cursors(BaseModel):
    after: str = ""


class _Paging(BaseModel):
    cursors: _Cursors = _Cursors()
    next: str | None = None


class _Rows(BaseModel):
    data: list[_Row]
    paging: _Paging = _Paging()


class _Done(BaseModel):
    success: bool


class _Error(BaseModel):
    code: int = 0
    error_subcode: int = 0


class _Problem(BaseModel):
    error: _Error


class MetaAds:
    """`shared.ports.ads.Ads`."""

    def __init__(self, outbound: Outbound, token: SecretStr, *, account: str, base_url: str) -> None:
        self._outbound = outbound
        self._token = token
        self._account = account
        self._base_url = base_url.rstrip("/")

    async def campaigns(self, product_id: str = "") -> list[Campaign]:
        """Return the campaigns that name a product, page after page."""
        found: list[Campaign] = []
        after = ""
        for _ in range(MAX_PAGES):
            query = {"fields": "id,name,status", "limit": "100", **({"after": after} if after else {})}
            answer = await self._ask("GET", f"{self._account}/campaigns?{urlencode(query)}")
            rows = _read(_Rows, answer)
            found += [campaign for row in rows.data if (campaign := _campaign(row)) is not None]
            after = rows.paging.cursors.after
            if rows.paging.next is None or not after:
                break
        return [each for each in found if product_id in ("", each.product_id)]

    async def pause(self, campaign_id: str) -> None:
        """Stop a campaign. Raises NotFound."""
        await self._set(campaign_id, PAUSED)

    async def resume(self, campaign_id: str) -> None:
        """Let it run again. Raises NotFound."""
        await self._set(campaign_id, ACTIVE)

    async def _set(self, campaign_id: str, status: str) -> None:
        if not _ID.fullmatch(campaign_id):
            raise NotFound("campaign", campaign_id)
        answer = await self._ask("POST", campaign_id, {"status": status})
        if answer.status in (400, 404):
            error = _read(_Problem, answer).error
            if (error.code, error.error_subcode) == _NO_SUCH_OBJECT:
                raise NotFound("campaign", campaign_id)
            raise Unavailable(f"Meta refused ({error.code}, {error.error_subcode}).")
        if not _read(_Done, answer).success:
            raise Unavailable("Meta did not change the campaign.")

    async def _ask(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {self._token.get_secret_value()}", "Accept": "application/json"}
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form).encode()
        try:
            answer = await self._outbound.call(
                method, f"{self._base_url}/{path}", whom="Meta", body=body, headers=headers
            )
        except InvalidInput as error:
            raise Unavailable(f"Meta cannot be reached: {error.detail}") from error
        if answer.status in (401, 403):
            raise Unavailable(f"Meta does not accept the token ({answer.status}).")
        return answer


def _read(model: type[T], answer: Answer) -> T:
    try:
        return model.model_validate_json(answer.body)
    except ValidationError:
        raise Unavailable(f"Meta answered {answer.status} with something else than expected.") from None


def _campaign(row: _Row) -> Campaign | None:
    named = _PRODUCT.search(row.name)
    if named is None:
        return None
    return Campaign(id=row.id, product_id=named[1], name=row.name, active=row.status == ACTIVE)
