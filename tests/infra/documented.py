"""Names that Microsoft documents for what this app uses of Azure Functions, written down with their source.

A name that is not here is unknown to us, whether or not the host knows it: look it up before it is added.
"""

HOST_JSON: dict[str, object] = {
    # learn.microsoft.com/azure/azure-functions/functions-host-json
    "version": None,
    "functionTimeout": None,
    "telemetryMode": None,
    "extensionBundle": {"id": None, "version": None},
    "concurrency": {"dynamicConcurrencyEnabled": None, "snapshotPersistenceEnabled": None},
    "logging": {
        "fileLoggingMode": None,
        "logLevel": {"*": None},
        "console": {"isEnabled": None},
        "applicationInsights": {
            "enableLiveMetrics": None,
            "enableDependencyTracking": None,
            "samplingSettings": {
                "isEnabled": None,
                "maxTelemetryItemsPerSecond": None,
                "excludedTypes": None,
                "includedTypes": None,
            },
        },
    },
    "extensions": {
        # .../functions-bindings-http-webhook#hostjson-settings
        "http": {
            "routePrefix": None,
            "maxConcurrentRequests": None,
            "maxOutstandingRequests": None,
            "dynamicThrottlesEnabled": None,
            "hsts": {"isEnabled": None, "maxAge": None},
            "customHeaders": {"*": None},
        },
        # .../functions-bindings-service-bus#hostjson-settings (extension 5.x)
        "serviceBus": {
            "clientRetryOptions": {
                "mode": None,
                "tryTimeout": None,
                "delay": None,
                "maxDelay": None,
                "maxRetries": None,
            },
            "prefetchCount": None,
            "transportType": None,
            "autoCompleteMessages": None,
            "maxAutoLockRenewalDuration": None,
            "maxConcurrentCalls": None,
            "maxConcurrentSessions": None,
            "maxMessageBatchSize": None,
            "minMessageBatchSize": None,
            "maxBatchWaitTime": None,
            "sessionIdleTimeout": None,
            "enableCrossEntityTransactions": None,
        },
        # .../durable/durable-functions-bindings#durable-functions-2-0-host-json
        "durableTask": {
            "hubName": None,
            "defaultVersion": None,
            "versionMatchStrategy": None,
            "versionFailureStrategy": None,
            "storageProvider": {
                "connectionStringName": None,
                "controlQueueBatchSize": None,
                "controlQueueBufferThreshold": None,
                "controlQueueVisibilityTimeout": None,
                "FetchLargeMessagesAutomatically": None,
                "maxQueuePollingInterval": None,
                "partitionCount": None,
                "trackingStoreConnectionStringName": None,
                "trackingStoreNamePrefix": None,
                "useLegacyPartitionManagement": None,
                "useTablePartitionManagement": None,
                "workItemQueueVisibilityTimeout": None,
                "QueueClientMessageEncoding": None,
            },
            "tracing": {
                "traceInputsAndOutputs": None,
                "traceReplayEvents": None,
                # .../durable/durable-functions-diagnostics#distributed-tracing
                "distributedTracingEnabled": None,
                "version": None,
            },
            "maxConcurrentActivityFunctions": None,
            "maxConcurrentOrchestratorFunctions": None,
            "maxConcurrentEntityFunctions": None,
            "useAppLease": None,
            "useGracefulShutdown": None,
            "maxOrchestrationActions": None,
            "storeInputsInOrchestrationHistory": None,
        },
    },
}

BINDINGS: dict[str, set[str]] = {
    # .../functions-bindings-http-webhook-trigger, -output
    "httpTrigger": {"type", "direction", "name", "route", "methods", "authLevel"},
    "http": {"type", "direction", "name"},
    # .../functions-bindings-timer
    "timerTrigger": {"type", "direction", "name", "schedule", "runOnStartup", "useMonitor"},
    # .../functions-bindings-service-bus-trigger
    "serviceBusTrigger": {
        "type",
        "direction",
        "name",
        "queueName",
        "topicName",
        "subscriptionName",
        "connection",
        "isSessionsEnabled",
        "autoComplete",
        "cardinality",
        "dataType",
    },
    # .../durable/durable-functions-bindings
    "orchestrationTrigger": {"type", "direction", "name", "orchestration"},
    "activityTrigger": {"type", "direction", "name", "activity"},
    "entityTrigger": {"type", "direction", "name", "entityName"},
    "durableClient": {"type", "direction", "name", "taskHub", "connectionName"},
}

SETTINGS = {
    # .../functions-app-settings
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "AzureWebJobsDisableHomepage",
    "AzureWebJobsStorage",
    "AzureWebJobsStorage__accountName",
    "AzureWebJobsStorage__clientId",
    "AzureWebJobsStorage__credential",
    "ENABLE_ORYX_BUILD",
    "FUNCTIONS_EXTENSION_VERSION",
    "FUNCTIONS_WORKER_RUNTIME",
    "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
    "WEBSITE_CONTENTSHARE",
    # learn.microsoft.com/python/api/overview/azure/identity-readme: DefaultAzureCredential
    "AZURE_CLIENT_ID",
    "AZURE_TOKEN_CREDENTIALS",
}
"""Beside the app's own, and besides the connections that bindings name."""

IDENTITY_CONNECTION = {"fullyQualifiedNamespace", "credential", "clientId"}
"""After `<connection>__`, of Service Bus (.../functions-bindings-service-bus#identity-based-connections)."""

FLEX_DEPRECATES = {
    # .../functions-app-settings#flex-consumption-plan-deprecations
    "ENABLE_ORYX_BUILD",
    "FUNCTIONS_EXTENSION_VERSION",
    "FUNCTIONS_WORKER_RUNTIME",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "TZ",
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
    "WEBSITE_CONTENTSHARE",
    "WEBSITE_RUN_FROM_PACKAGE",
    "WEBSITE_TIME_ZONE",
}
