// The one identity that the app shows to storage, Cosmos DB, Service Bus, Key Vault and Application Insights.
// What it may do is said beside each of them.
@description('Of the identity.')
param name string
@description('Region.')
param location string
@description('Of the azd environment.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

output id string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
