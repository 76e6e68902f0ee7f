// The event bus. Topic and subscriptions come from bus.json, which a test holds against the app's triggers.
@description('Of the namespace.')
param name string
@description('Region.')
param location string
@description('Of the azd environment.')
param tags object
@description('Object id of the app\'s identity.')
param principalId string
@description('The topic: its name, and how long a message and its id are remembered.')
param topic object
@description('Subscriptions: name, whether sessions are required, how often and how long a message is tried.')
param subscriptions array

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Standard' }
  properties: { disableLocalAuth: true, minimumTlsVersion: '1.2' }
}

resource events 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = {
  parent: namespace
  name: topic.name
  properties: {
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: topic.duplicateDetectionWindow
    defaultMessageTimeToLive: topic.timeToLive
    enablePartitioning: false // a batch of a partitioned topic holds one session only
  }
}

resource readers 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = [for each in subscriptions: {
  parent: events
  name: each.name
  properties: {
    requiresSession: each.requiresSession
    maxDeliveryCount: each.maxDeliveryCount
    lockDuration: each.lockDuration
    deadLetteringOnMessageExpiration: true
  }
}]

var roles = [
  {
    id: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
    why: 'Azure Service Bus Data Sender: the outbox sends events.'
  }
  {
    id: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
    why: 'Azure Service Bus Data Receiver: triggers read subscriptions, admins their dead letters.'
  }
  {
    id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
    why: 'Reader: scaling counts the messages that wait; without it, it guesses by peeking.'
  }
]

resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in roles: {
  name: guid(namespace.id, principalId, role.id)
  scope: namespace
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.id)
    description: role.why
  }
}]

output id string = namespace.id
output host string = '${name}.servicebus.windows.net'
