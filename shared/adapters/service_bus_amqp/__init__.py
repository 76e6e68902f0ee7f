"""Azure Service Bus over AMQP, through the official SDK, which is imported on first use."""
