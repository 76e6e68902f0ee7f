// The state. Containers come from containers.json, which a test holds against the store adapter.
@description('Of the account.')
param name string
@description('Region.')
param location string
@description('Of the azd environment.')
param tags object
@description('Object id of the app\'s identity.')
param principalId string
@description('Of the database.')
param database string
@description('Containers: name, partitionKey (a path), defaultTtl (seconds; -1: documents say it themselves), indexingPolicy.')
param containers array
@description('Of the container\'s name: what it is made with besides, where the account searches vectors.')
param searchable object
@description('Whether it does.')
param vectorSearch bool
@description('0: serverless. Otherwise the most RU/s of each container.')
param autoscaleMaxThroughput int
@description('How far back the account can be restored to.')
param backupTier string

var serverless = autoscaleMaxThroughput == 0

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [{ locationName: location, failoverPriority: 0, isZoneRedundant: false }]
    capabilities: concat(
      serverless ? [{ name: 'EnableServerless' }] : [],
      vectorSearch ? [{ name: 'EnableNoSQLVectorSearch' }] : []
    )
    // several instances work on one state: what one has written, the next must see. Reads cost twice as much
    consistencyPolicy: { defaultConsistencyLevel: 'Strong' }
    backupPolicy: { type: 'Continuous', continuousModeProperties: { tier: backupTier } }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: 'Enabled'
  }
}

resource store 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-04-15' = {
  parent: account
  name: database
  properties: {
    resource: { id: database }
  }
}

@batchSize(4)
resource tables 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-04-15' = [for container in containers: {
  parent: store
  name: container.name
  properties: {
    resource: union(
      {
        id: container.name
        partitionKey: { kind: 'Hash', version: 2, paths: [container.partitionKey] }
        defaultTtl: container.defaultTtl
        indexingPolicy: container.indexingPolicy
      },
      vectorSearch && contains(searchable, container.name) ? searchable[container.name] : {}
    )
    // each its own: a database would share throughput among 25 containers at most
    options: serverless ? {} : { autoscaleSettings: { maxThroughput: autoscaleMaxThroughput } }
  }
}]

// Cosmos DB Built-in Data Contributor: reads and writes documents; it cannot make containers or read keys.
var dataContributor = '00000000-0000-0000-0000-000000000002'

resource grant 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = {
  parent: account
  name: guid(account.id, principalId, dataContributor)
  properties: {
    principalId: principalId
    roleDefinitionId: '${account.id}/sqlRoleDefinitions/${dataContributor}'
    scope: account.id
  }
}

output endpoint string = account.properties.documentEndpoint
