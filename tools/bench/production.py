"""Every setting that chooses a real service, as an app has them that never uses one."""

import base64
import json
from collections.abc import Mapping

from tools.root import ROOT

_SECRET = "whsec_" + base64.b64encode(b"set, and never used by anyone").decode()
EVERYTHING: Mapping[str, str] = {
    "USO_ENVIRONMENT": "production",
    "USO_PUBLIC_URL": "https://uso.example",
    "USO_BUS_NAMESPACE": "unused.servicebus.windows.net",
    "USO_COSMOS_ENDPOINT": "https://unused.documents.azure.com:443/",
    "USO_OIDC_ISSUER": "https://issuer.example",
    "USO_OIDC_AUDIENCE": "uso",
    "USO_OIDC_CLIENTS": "web",
    "USO_OIDC_AGENT_CLIENTS": "agent",
    "USO_OIDC_PERSONAS": '{"web": "customer"}',
    "USO_PUSH_WEBHOOKS": '{"chat": "https://chat.example/hook"}',
    "USO_PUSH_SECRET": _SECRET,
    "USO_STRIPE_KEY": "sk_test_" + "unused",
    "USO_STRIPE_WEBHOOK_SECRETS": _SECRET,
    "USO_PORTAL_URL": "https://portal.example",
    "USO_OPEN_METEO_URL": "https://customer-api.open-meteo.com",
    "USO_OPEN_METEO_KEY": "unused",
    "USO_OPENAI_KEY": "unused",
    "USO_SHOPIFY_SHOP": "unused.myshopify.com",
    "USO_SHOPIFY_TOKEN": "unused",
    "USO_SHOPIFY_WEBHOOK_SECRETS": "unused",
    "USO_SUPPLIER_FILES": str(ROOT / "data" / "shop" / "cj.json"),
    "USO_SUPPLIER_SECRETS": json.dumps({"cj": "unused", "cj-open-id": "unused"}),
    "USO_SMTP_HOST": "smtp.example",
    "USO_SMTP_USER": "unused",
    "USO_SMTP_PASSWORD": "unused",
    "USO_MAIL_WEBHOOK_SECRET": _SECRET,
    "USO_SLACK_WEBHOOK": "https://hooks.slack.com/services/unused",
    "USO_ALERT_PUSH_URL": "https://push.example",
    "USO_ALERT_PUSH_SECRET": _SECRET,
    "USO_TWILIO_ACCOUNT": "AC" + "0" * 32,
    "USO_TWILIO_TOKEN": "0" * 32,
    "USO_TWILIO_FROM": "+15125550100",
    "USO_ALERT_PHONES": "+15125550101",
    "USO_WHATSAPP_FROM": "+15125550102",
    "USO_WHATSAPP_TEMPLATES": json.dumps({"order": "HX" + "0" * 32}),
    "USO_META_TOKEN": "unused",
    "USO_META_ACCOUNT": "act_1",
    "USO_OPENAI_URL": "https://unused.openai.azure.com/openai/v1/",
    "USO_OPENAI_MODEL": "unused",
    "USO_OPENAI_MODELS": json.dumps({"photo": "unused"}),
    "USO_OPENAI_PRICES": json.dumps({"unused": [1, 1, 1]}),
    "USO_EMBEDDING_MODEL": "text-embedding-3-small",
}
