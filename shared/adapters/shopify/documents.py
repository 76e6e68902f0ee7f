"""What is asked of Shopify's Admin GraphQL API. Each document has one operation, sent with its name."""

_MONEY = "{ shopMoney { amount currencyCode } }"
_ORDER = f"""
fragment OrderFields on Order {{
  id
  name
  email
  processedAt
  updatedAt
  cancelledAt
  displayFinancialStatus
  customer {{ id displayName numberOfOrders amountSpent {{ amount currencyCode }} }}
  shippingAddress {{ name address1 address2 city provinceCode zip countryCodeV2 phone }}
  totalPriceSet {_MONEY}
  totalShippingPriceSet {_MONEY}
  lineItems(first: 100) {{
    nodes {{ id sku title quantity product {{ id }} discountedTotalSet {_MONEY} }}
    pageInfo {{ hasNextPage }}
  }}
}}
"""
ORDER = f"query UsoOrder($id: ID!) {{ order(id: $id) {{ ...OrderFields }} }} {_ORDER}"
ORDERS = f"""
query UsoOrders($query: String!, $first: Int!) {{
  orders(first: $first, query: $query, sortKey: PROCESSED_AT, reverse: true) {{ nodes {{ ...OrderFields }} }}
}} {_ORDER}
"""
CUSTOMER = """
query UsoCustomer($query: String!) {
  customers(first: 10, query: $query) {
    nodes { id displayName numberOfOrders amountSpent { amount currencyCode }
            defaultEmailAddress { emailAddress } }
  }
}
"""
TO_FULFIL = """
query UsoToFulfil($id: ID!) {
  order(id: $id) {
    id
    fulfillments(first: 50) { id status trackingInfo { number } }
    fulfillmentOrders(first: 50) {
      nodes { id status lineItems(first: 100) { nodes { id remainingQuantity lineItem { id } } } }
    }
  }
}
"""
FULFIL = """
mutation UsoFulfil($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } userErrors { field message } }
}
"""
FULFILMENT = """
query UsoFulfilment($id: ID!) { fulfillment(id: $id) { id status trackingInfo { number } } }
"""
RETRACK = """
mutation UsoRetrack($id: ID!, $tracking: FulfillmentTrackingInput!) {
  fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: false) {
    fulfillment { id }
    userErrors { field message }
  }
}
"""
PAID_BACK = f"""
query UsoPaidBack($id: ID!) {{
  order(id: $id) {{
    id
    presentmentCurrencyCode
    refunds(first: 100) {{ id note totalRefundedSet {_MONEY} }}
    transactions(first: 50) {{ id kind status gateway }}
  }}
}}
"""
REFUND = f"""
mutation UsoRefund($input: RefundInput!, $key: String!) {{
  refundCreate(input: $input) @idempotent(key: $key) {{
    refund {{ id note totalRefundedSet {_MONEY} }}
    userErrors {{ field message }}
  }}
}}
"""
CANCEL = """
mutation UsoCancel($id: ID!, $note: String!) {
  orderCancel(
    orderId: $id, reason: OTHER, restock: false, notifyCustomer: false, staffNote: $note
    refundMethod: { originalPaymentMethodsRefund: false }
  ) { orderCancelUserErrors { field message } }
}
"""
ADDRESS = """
mutation UsoAddress($input: OrderInput!) {
  orderUpdate(input: $input) { order { id } userErrors { field message } }
}
"""
