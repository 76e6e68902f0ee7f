"""The infrastructure as a deployment would ask for it: read, evaluated, held against Azure's own types."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.bootstrap import bootstrap
from shared.settings import Settings
from tests.infra import monitor_models
from tests.infra.azure_types import AzureTypes
from tests.infra.bicep import BicepError, Deployment, Resource, Template, deploy
from tests.infra.documented import FLEX_DEPRECATES
from tools.root import ROOT

pytestmark = pytest.mark.wire

INFRA = ROOT / "infra"
FILES = sorted(INFRA.rglob("*.bicep"))
PLANS = ("flex", "classic")
ROLES = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39": "Azure Service Bus Data Sender",
    "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0": "Azure Service Bus Data Receiver",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
}


def deployed(**parameters: Any) -> Deployment:
    return deploy(INFRA / "main.bicep", environmentName="test", location="eastus2", **parameters)


def app_settings(deployment: Deployment) -> dict[str, str]:
    listed = deployment.the("Microsoft.Web/sites")["properties"]["siteConfig"]["appSettings"]
    settings = {each["name"]: each["value"] for each in listed}
    assert len(settings) == len(listed), "a setting stands there twice"
    return settings


@pytest.fixture(scope="module")
def azure() -> Iterator[AzureTypes]:
    with AzureTypes() as types:
        yield types


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("throughput", [0, 4000])
@pytest.mark.parametrize("email", ["", "duty@example.com"])
def test_every_resource_is_such_as_azure_takes(
    azure: AzureTypes, plan: str, throughput: int, email: str
) -> None:
    deployment = deployed(
        plan=plan,
        cosmosAutoscaleMaxThroughput=throughput,
        cosmosVectorSearch=bool(email),
        alertEmail=email,
        deployerId="00000000-0000-0000-0000-00000000000d",
        alwaysReadyHttp=1,
        alwaysReadyDurable=1,
    )
    assert len(deployment.resources) > 30
    assert [complaint for each in deployment.resources for complaint in complaints(azure, each)] == []


def complaints(azure: AzureTypes, resource: Resource) -> Iterator[str]:
    if resource.type in monitor_models.MODELS:
        return monitor_models.complaints(resource)
    return azure.complaints(resource)


def test_the_check_finds_what_a_compiler_would(azure: AzureTypes, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.bicep"
    wrong.write_text(
        "resource a 'Microsoft.Storage/storageAccounts@2025-01-01' = {\n"
        "  name: 'a'\n  kind: 'StorageV2'\n  sku: { name: 'Standard_XXX' }\n"
        "  properties: {\n    allowBlobPublicAcess: false\n    supportsHttpsTrafficOnly: 'yes'\n"
        "    creationTime: 'now'\n  }\n}\n"
    )
    found = "\n".join(azure.complaints(deploy(wrong).resources[0]))
    for slip in (
        "location is missing",
        "Standard_XXX",
        "allowBlobPublicAcess",
        "'yes'",
        "creationTime is read only",
    ):
        assert slip in found


def test_the_check_of_alerts_finds_slips_too() -> None:
    (rule, *_) = [each for each in deployed().resources if each.type == "Microsoft.Insights/metricAlerts"]
    wrong = dict(rule.body["properties"]) | {"sevrity": 1, "enabled": "yes"}
    del wrong["windowSize"]
    found = "\n".join(monitor_models.complaints(replace(rule, body={**rule.body, "properties": wrong})))
    for slip in ("properties.sevrity is nothing", "enabled is 'yes'", "properties.windowSize is missing"):
        assert slip in found


LATE = {
    "a name": "resource b 'T/b@1' = {\n  name: 'x${a.properties.n}'\n}\n",
    "a name that was hashed": "resource b 'T/b@1' = {\n  name: guid(a.properties.n)\n}\n",
    "a condition": "resource b 'T/b@1' = if (empty(a.properties.n)) {\n  name: 'b'\n}\n",
    "a loop": "resource b 'T/b@1' = [for each in [a.properties.n]: {\n  name: 'b'\n}]\n",
    "a loop of a variable": "var c = [for each in ['x']: a.properties.n]\n",
}


@pytest.mark.parametrize("what", LATE)
def test_what_azure_learns_later_decides_nothing(what: str, tmp_path: Path) -> None:
    file = tmp_path / "late.bicep"
    file.write_text("resource a 'T/a@1' = {\n  name: 'a'\n}\n" + LATE[what])
    with pytest.raises(BicepError, match=r"must be known at the beginning|only Azure knows"):
        deploy(file)
    if what != "a condition":  # an id is known, but not what is in it
        file.write_text(file.read_text().replace("a.properties.n", "a.id"))
        deploy(file)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_parameter_is_described_and_used(file: Path) -> None:
    template = Template(file)
    for name, declared in template.of("parameter").items():
        assert "description" in declared.decorators, f"{name} has no description"
    idle = {*template.of("parameter"), *template.of("variable")} - template.used
    assert not idle


def test_every_file_is_part_of_the_deployment() -> None:
    reached = {
        each.file for plan in PLANS for each in deployed(plan=plan, alertEmail="duty@example.com").resources
    }
    assert reached == {file.name for file in FILES}


@pytest.mark.parametrize(
    "wrong", [{"plan": "premium"}, {"maximumInstanceCount": 5}, {"instanceMemoryMB": 1024}, {"colour": "red"}]
)
def test_wrong_parameters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BicepError):
        deployed(**wrong)


@pytest.mark.parametrize("plan", PLANS)
def test_the_app_is_told_settings_that_it_knows(plan: str) -> None:
    ours = {name for name in app_settings(deployed(plan=plan)) if name.startswith("USO_")}
    assert {name.removeprefix("USO_").lower() for name in ours} <= set(Settings.model_fields)
    assert {"USO_ENVIRONMENT", "USO_COSMOS_ENDPOINT", "USO_BUS_NAMESPACE", "USO_PUBLIC_URL"} <= ours


def told(plan: str, **resolved: str) -> dict[str, str]:
    """The app's own settings as it would read them, with what only Azure knows made up."""
    known = {"<account.properties.documentEndpoint>": "https://uso.documents.azure.com:443/"}
    settings = {name: known.get(value, value) for name, value in app_settings(deployed(plan=plan)).items()}
    return {name: value for name, value in settings.items() if name.startswith("USO_")} | resolved


SECRETS = {
    "USO_STRIPE_KEY": "rk_test_1",
    "USO_STRIPE_WEBHOOK_SECRETS": "whsec_1",
    "USO_OPEN_METEO_KEY": "key1",
}
IDENTITY = {"USO_OIDC_ISSUER": "https://login.example.com", "USO_OIDC_AUDIENCE": "uso"}


@pytest.mark.parametrize("plan", PLANS)
def test_the_app_starts_with_what_it_is_told(plan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in told(plan, **SECRETS, **IDENTITY).items():
        monkeypatch.setenv(name, value)
    app = bootstrap(Settings())
    served = (type(app.store).__name__, type(app.dead_letters).__name__)
    assert served == ("CosmosStore", "ServiceBusDeadLetters")


@pytest.mark.parametrize(("missing", "named"), [(SECRETS, "USO_STRIPE_KEY|stripe_key"), (IDENTITY, "OIDC")])
def test_the_app_says_by_name_what_it_was_not_told(
    missing: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret that is not in the vault stands as its reference."""
    given = {name: value for name, value in {**SECRETS, **IDENTITY}.items() if name not in missing}
    for name, value in told("flex", **given).items():
        monkeypatch.setenv(name, value)
    with pytest.raises((ValueError, RuntimeError), match=named):
        bootstrap(Settings())


def test_flex_consumption_holds_no_key_and_no_setting_that_it_deprecates() -> None:
    deployment = deployed(plan="flex")
    settings = app_settings(deployment)
    assert "AccountKey" not in str(deployment.resources)
    assert "listKeys" not in str(deployment.resources)
    assert deployment.the("Microsoft.Storage/storageAccounts")["properties"]["allowSharedKeyAccess"] is False
    assert not set(settings) & FLEX_DEPRECATES


def test_the_classic_plan_holds_the_one_key_that_it_cannot_do_without() -> None:
    settings = app_settings(deployed(plan="classic"))
    keyed = {name for name, value in settings.items() if "Key=" in value}
    assert keyed == {"AzureWebJobsStorage", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING"}
    assert settings["FUNCTIONS_EXTENSION_VERSION"] == "~4"
    assert settings["FUNCTIONS_WORKER_RUNTIME"] == "python"


@pytest.mark.parametrize("plan", PLANS)
def test_secrets_are_references_into_the_vault_and_the_app_starts_after_it(plan: str) -> None:
    deployment = deployed(plan=plan)
    settings = app_settings(deployment)
    vault = deployment.the("Microsoft.KeyVault/vaults")["name"]
    for name, field in Settings.model_fields.items():
        setting = f"USO_{name.upper()}"
        if setting in settings and "SecretStr" in str(field.annotation):
            wanted = f"@Microsoft.KeyVault(VaultName={vault};SecretName={setting.replace('_', '-')})"
            assert settings[setting] == wanted
    main = (INFRA / "main.bicep").read_text()
    assert main.count("dependsOn: [vault]") == len(PLANS)


@pytest.mark.parametrize("plan", PLANS)
def test_nothing_is_reached_by_key_or_without_tls(plan: str) -> None:
    deployment = deployed(plan=plan)
    assert deployment.the("Microsoft.DocumentDB/databaseAccounts")["properties"]["disableLocalAuth"] is True
    assert deployment.the("Microsoft.ServiceBus/namespaces")["properties"]["disableLocalAuth"] is True
    assert deployment.the("Microsoft.Insights/components")["properties"]["DisableLocalAuth"] is True
    assert deployment.the("Microsoft.KeyVault/vaults")["properties"]["enableRbacAuthorization"] is True
    site = deployment.the("Microsoft.Web/sites")["properties"]
    assert site["httpsOnly"] is True
    assert site["siteConfig"]["minTlsVersion"] == "1.2"
    storage = deployment.the("Microsoft.Storage/storageAccounts")["properties"]
    assert storage["supportsHttpsTrafficOnly"] is True
    assert storage["minimumTlsVersion"] == "TLS1_2"
    assert storage["allowBlobPublicAccess"] is False


def test_the_app_may_do_what_it_needs_and_nothing_else() -> None:
    deployment = deployed()
    granted = {
        grant["properties"]["roleDefinitionId"].rpartition("/")[2]: grant["properties"]["description"]
        for grant in deployment.of("Microsoft.Authorization/roleAssignments")
    }
    assert {role: why.partition(":")[0] for role, why in granted.items()} == ROLES
    for grant in deployment.of("Microsoft.Authorization/roleAssignments"):
        assert grant["scope"], "a role on the whole group is more than the app needs"
        assert grant["properties"]["principalId"] == "<identity.properties.principalId>"
    (data,) = deployment.of("Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments")
    assert data["properties"]["roleDefinitionId"].endswith("/00000000-0000-0000-0000-000000000002")


def test_who_deploys_may_write_secrets_only_when_named() -> None:
    officer = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
    assert officer not in str(deployed().resources)
    named = deployed(deployerId="00000000-0000-0000-0000-00000000000d")
    (grant,) = [
        each
        for each in named.of("Microsoft.Authorization/roleAssignments")
        if each["properties"]["principalId"].endswith("d")
    ]
    assert grant["properties"]["roleDefinitionId"].endswith(officer)


def test_cosmos_is_serverless_unless_told_otherwise() -> None:
    serverless, scaled = deployed(), deployed(cosmosAutoscaleMaxThroughput=4000)
    account = "Microsoft.DocumentDB/databaseAccounts"
    containers = f"{account}/sqlDatabases/containers"
    assert serverless.the(account)["properties"]["capabilities"] == [{"name": "EnableServerless"}]
    assert all(each["properties"]["options"] == {} for each in serverless.of(containers))
    wanted = {"autoscaleSettings": {"maxThroughput": 4000}}
    assert scaled.the(account)["properties"]["capabilities"] == []
    assert all(each["properties"]["options"] == wanted for each in scaled.of(containers))


def test_vectors_are_searched_in_their_container_where_that_is_asked_for() -> None:
    account = "Microsoft.DocumentDB/databaseAccounts"
    for asked in (False, True):
        deployment = deployed(cosmosVectorSearch=asked)
        capabilities = [each["name"] for each in deployment.the(account)["properties"]["capabilities"]]
        assert ("EnableNoSQLVectorSearch" in capabilities) is asked
        made = {
            each["name"]: each["properties"]["resource"]
            for each in deployment.of(f"{account}/sqlDatabases/containers")
        }
        assert {name for name, each in made.items() if "vectorEmbeddingPolicy" in each} == (
            {"vectors"} if asked else set()
        )
        assert ("vectorIndexes" in made["vectors"]["indexingPolicy"]) is asked
        assert app_settings(deployment).get("USO_COSMOS_VECTORS") == ("true" if asked else None)


def test_names_are_such_as_azure_takes() -> None:
    deployment = deployed()
    assert 3 <= len(deployment.the("Microsoft.Storage/storageAccounts")["name"]) <= 24
    assert deployment.the("Microsoft.Storage/storageAccounts")["name"].isalnum()
    assert 3 <= len(deployment.the("Microsoft.KeyVault/vaults")["name"]) <= 24
    assert 6 <= len(deployment.the("Microsoft.ServiceBus/namespaces")["name"]) <= 50
