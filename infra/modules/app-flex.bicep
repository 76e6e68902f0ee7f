// The app on Flex Consumption: no key anywhere. Runtime, package and scale are functionAppConfig, not settings.
@description('Of plan and app.')
param name string
@description('Region.')
param location string
@description('Of the azd environment.')
param tags object
@description('Resource id of the app\'s identity.')
param identityId string
@description('Its client id.')
param identityClientId string
@description('Of the storage account.')
param storageName string
@description('Container that deployments are put into.')
param packages string
@description('What the app is told, as objects of name and value.')
param settings array
@description('Memory of one instance in MB.')
param instanceMemoryMB int
@description('How many instances there may be at most.')
param maximumInstanceCount int
@description('Requests that one instance answers at once.')
param httpConcurrency int
@description('Warm instances for HTTP.')
param alwaysReadyHttp int
@description('Warm instances for plans and steps.')
param alwaysReadyDurable int

resource storage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

var http = alwaysReadyHttp > 0 ? [{ name: 'http', instanceCount: alwaysReadyHttp }] : []
var durable = alwaysReadyDurable > 0 ? [{ name: 'durable', instanceCount: alwaysReadyDurable }] : []

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    functionAppConfig: {
      runtime: { name: 'python', version: '3.12' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        triggers: { http: { perInstanceConcurrency: httpConcurrency } }
        alwaysReady: concat(http, durable)
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packages}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      appSettings: concat(settings, [
        { name: 'AzureWebJobsStorage__accountName', value: storageName }
        { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
        { name: 'AzureWebJobsStorage__clientId', value: identityClientId }
      ])
    }
  }
}
