// USO on Azure, for `azd up`: everything that one environment needs, in a resource group of its own.
// The README, "Deploying", says how to use it and why the numbers are what they are.
targetScope = 'subscription'

@description('Name of the azd environment; part of the resource group\'s name and of the hash in every other name.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of everything. It must offer the Flex Consumption plan, unless plan is classic.')
@minLength(1)
param location string

@description('flex: Flex Consumption, keyless. classic: Linux Consumption (Y1), which cannot start without an account key.')
@allowed(['flex', 'classic'])
param plan string = 'flex'

@description('Memory of one instance in MB, on Flex Consumption only.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('How many instances there may be at most, on Flex Consumption only.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 100

@description('Requests that one instance answers at once, on Flex Consumption only; left out it would be 1 for Python, but ours wait for others most of the time.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 16

@description('Instances that are always warm for HTTP, on Flex Consumption only; each is paid for by the hour.')
@minValue(0)
param alwaysReadyHttp int = 0

@description('Instances that are always warm for plans and steps, on Flex Consumption only; each is paid for by the hour.')
@minValue(0)
param alwaysReadyDurable int = 0

@description('0: serverless Cosmos DB. Otherwise the most RU/s of each container (1000 or more), a tenth of which is always paid.')
@minValue(0)
param cosmosAutoscaleMaxThroughput int = 0

@description('Vector search of Cosmos DB, for large catalogues; it cannot be switched off again. USO_EMBEDDING_MODEL belongs to it.')
param cosmosVectorSearch bool = false

@description('The Cosmos DB account; empty for one of the environment\'s own name. A restored account is named here.')
param cosmosAccount string = ''

@description('How far back the state can be restored to.')
@allowed(['Continuous7Days', 'Continuous30Days'])
param backupTier string = 'Continuous30Days'

@description('Copies of the storage account, which holds the plans that wait. ZRS and GZRS survive a data centre, where the region has them.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageRedundancy string = 'Standard_LRS'

@description('Where callers reach the app, without a slash at the end; empty for the app\'s own host name.')
param publicUrl string = ''

@description('Address that alerts are mailed to; empty for none: then the alerts only stand in the portal.')
param alertEmail string = ''

@description('Object id of who deploys (azd sets it): may write secrets into the vault. Empty for nobody.')
param deployerId string = ''

var bus = loadJsonContent('bus.json')
var containers = loadJsonContent('containers.json')
var settings = loadJsonContent('settings.json')

var token = toLower(uniqueString(subscription().id, environmentName, location))
var name = 'uso-${token}'
var storageName = 'uso${token}'
var packages = 'packages'
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: { name: name, location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: { name: name, location: location, tags: tags, principalId: identity.outputs.principalId }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: storageName
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    redundancy: storageRedundancy
    sharedKeys: plan == 'classic'
    packages: packages
  }
}

module cosmos 'modules/cosmos.bicep' = {
  name: 'cosmos'
  scope: group
  params: {
    name: empty(cosmosAccount) ? name : cosmosAccount
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    database: containers.database
    containers: containers.containers
    searchable: containers.searchable
    vectorSearch: cosmosVectorSearch
    autoscaleMaxThroughput: cosmosAutoscaleMaxThroughput
    backupTier: backupTier
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  name: 'serviceBus'
  scope: group
  params: {
    name: name
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    topic: bus.topic
    subscriptions: bus.subscriptions
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: name
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    deployerId: deployerId
  }
}

// What the app is told. Secrets are references that the platform resolves with the identity; none is written here.
var told = [
  { name: 'USO_ENVIRONMENT', value: 'production' }
  { name: 'USO_PUBLIC_URL', value: empty(publicUrl) ? 'https://${name}.azurewebsites.net' : publicUrl }
  { name: 'USO_COSMOS_ENDPOINT', value: cosmos.outputs.endpoint }
  { name: 'USO_COSMOS_DATABASE', value: containers.database }
  { name: 'USO_BUS_NAMESPACE', value: serviceBus.outputs.host }
  { name: 'ServiceBusConnection__fullyQualifiedNamespace', value: serviceBus.outputs.host }
  { name: 'ServiceBusConnection__credential', value: 'managedidentity' }
  { name: 'ServiceBusConnection__clientId', value: identity.outputs.clientId }
  { name: 'AZURE_CLIENT_ID', value: identity.outputs.clientId }
  { name: 'AZURE_TOKEN_CREDENTIALS', value: 'prod' } // no developer's login is looked for
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: monitoring.outputs.connectionString }
  { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', value: 'ClientId=${identity.outputs.clientId};Authorization=AAD' }
  { name: 'USO_LOG_FORMAT', value: 'json' }
  { name: 'AzureWebJobsDisableHomepage', value: 'true' }
]
var searching = cosmosVectorSearch ? [{ name: 'USO_COSMOS_VECTORS', value: 'true' }] : []
var chosen = [for setting in items(settings.values): { name: setting.key, value: setting.value }]
var secrets = [for secret in settings.secrets: {
  name: secret
  value: '@Microsoft.KeyVault(VaultName=${name};SecretName=${replace(secret, '_', '-')})'
}]

module flex 'modules/app-flex.bicep' = if (plan == 'flex') {
  name: 'flex'
  scope: group
  dependsOn: [vault] // whose secrets the settings refer to by name only
  params: {
    name: name
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    packages: packages
    settings: concat(told, searching, chosen, secrets)
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyDurable: alwaysReadyDurable
  }
}

module classic 'modules/app-classic.bicep' = if (plan == 'classic') {
  name: 'classic'
  scope: group
  dependsOn: [vault] // whose secrets the settings refer to by name only
  params: {
    name: name
    location: location
    tags: tags
    identityId: identity.outputs.id
    storageName: storage.outputs.name
    settings: concat(told, searching, chosen, secrets)
  }
}


module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    name: name
    location: location
    tags: tags
    insightsId: monitoring.outputs.id
    busId: serviceBus.outputs.id
    topic: bus.topic.name
    email: alertEmail
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output SERVICE_APP_NAME string = name
output SERVICE_APP_URI string = 'https://${name}.azurewebsites.net'
output KEY_VAULT_NAME string = vault.outputs.name
