"use strict";
// The documents of one container: partitions, transactions, time to live, and the change feed.

const { randomUUID } = require("crypto");

const MAX_BYTES = 2 * 1024 * 1024;
const MAX_OPERATIONS = 100;
const NOT_THERE = "Entity with the specified id does not exist.";
const WRITES = ["Create", "Upsert", "Replace"];
const FORBIDDEN = /[/\\?#]/;

class Refusal extends Error {
  constructor(status, message, subStatus = 0) {
    super(message);
    Object.assign(this, { status, subStatus });
  }
}

/** Two physical partitions; where a partition key lies is not what the service's own hash would say. */
const RANGES = [
  { id: "0", minInclusive: "", maxExclusive: "80" },
  { id: "1", minInclusive: "80", maxExclusive: "FF" }
];

function rangeOf(partition) {
  let sum = 0;
  for (const byte of Buffer.from(JSON.stringify(partition))) sum = (sum * 31 + byte) % 65521;
  return sum % RANGES.length;
}

class Documents {
  constructor(properties, now) {
    this.properties = properties;
    this.now = now;
    this.partitions = new Map(); // JSON of the key -> id -> record
    this.lsn = RANGES.map(() => 0);
    this.before = RANGES.map(() => [undefined, undefined]); // the last partition written, as it was
  }

  /** What a replica shows that has not seen a range's last transaction: the same without it. */
  lagging(range) {
    const late = Object.create(this);
    const [key, records] = this.before[range];
    late.partitions = new Map(this.partitions).set(key, records || new Map());
    return late;
  }

  read(partition, id) {
    const record = this._partition(partition).get(id);
    if (!record || this._hasExpired(record)) throw new Refusal(404, NOT_THERE);
    return record.item;
  }

  items(partition) {
    return this._living(this._partition(partition).values()).map(record => record.item);
  }

  /** Apply all operations or none; one answer per operation. */
  batch(partition, operations, bytes) {
    if (operations.length > MAX_OPERATIONS) throw new Refusal(400, "Batch request has too many operations.");
    if (bytes > MAX_BYTES) throw new Refusal(413, "Request size is too large.");
    const draft = new Map(this._partition(partition));
    const answers = [];
    for (const operation of operations) {
      try {
        answers.push(this._apply(draft, partition, operation));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const statuses = operations.map((_, n) => (n === answers.length ? error.status : 424));
        return { failed: true, answers: statuses.map(statusCode => ({ statusCode })) };
      }
    }
    const range = rangeOf(partition);
    this.lsn[range] += 1;
    this.before[range] = [JSON.stringify(partition), this._partition(partition)];
    for (const record of draft.values()) if (record.lsn === null) record.lsn = this.lsn[range];
    this.partitions.set(JSON.stringify(partition), draft);
    return { failed: false, answers };
  }

  /** The latest version of what was changed in a physical partition after `after`; no transaction is split. */
  feed(range, after, limit) {
    const changed = [];
    for (const [key, records] of this.partitions) {
      if (rangeOf(JSON.parse(key)) !== range) continue;
      changed.push(...this._living(records.values()).filter(record => record.lsn > after));
    }
    // within a transaction the service promises no order: here it is backwards
    changed.sort((one, other) => one.lsn - other.lsn || other.order - one.order);
    let end = Math.min(limit, changed.length);
    while (end < changed.length && changed[end].lsn === changed[end - 1].lsn) end += 1;
    const page = changed.slice(0, end);
    const items = page.map(({ item, lsn }) => ({ ...item, _lsn: lsn }));
    return { items, cursor: page.length ? page[end - 1].lsn : after };
  }

  _apply(draft, partition, { operationType, id, resourceBody, ifMatch }) {
    const key = resourceBody ? resourceBody.id : id;
    const found = draft.get(key);
    const current = found && !this._hasExpired(found) ? found : undefined;
    if (operationType === "Create" && current) throw new Refusal(409, "Entity with the specified id exists.");
    if (operationType === "Replace" || operationType === "Delete") {
      if (!current) throw new Refusal(404, NOT_THERE);
      if (ifMatch !== undefined && ifMatch !== current.item._etag) throw new Refusal(412, "Precondition failed.");
    }
    if (operationType === "Delete") {
      draft.delete(key);
      return { statusCode: 204 };
    }
    if (!WRITES.includes(operationType)) throw new Refusal(400, "Operation is not supported.");
    const item = this._written(partition, resourceBody);
    draft.order = (draft.order || 0) + 1;
    draft.set(key, { item, lsn: null, order: draft.order, written: this.now(), ttl: item.ttl });
    return { statusCode: current ? 200 : 201, eTag: item._etag, resourceBody: item };
  }

  _written(partition, body) {
    this._check(partition, body);
    const rid = randomUUID();
    const added = { _rid: rid, _self: `docs/${rid}/`, _etag: `"${randomUUID()}"`, _attachments: "attachments/" };
    return { ...body, ...added, _ts: Math.floor(this.now() / 1000) };
  }

  _check(partition, body) {
    const path = this.properties.partitionKey.paths[0].slice(1);
    const { id, ttl } = body;
    const lives = ttl === undefined || ttl === -1 || (Number.isInteger(ttl) && ttl > 0);
    if (typeof id !== "string" || id === "" || FORBIDDEN.test(id)) throw new Refusal(400, "The id is invalid.");
    if (Buffer.byteLength(id) > 1023) throw new Refusal(400, "The id is too long.");
    if (body[path] !== partition) throw new Refusal(400, "PartitionKey of document and header differ.");
    if (Buffer.byteLength(JSON.stringify(body)) > MAX_BYTES) throw new Refusal(413, "Request size is too large.");
    if (!lives) throw new Refusal(400, "The ttl is invalid.");
  }

  _partition(partition) {
    return this.partitions.get(JSON.stringify(partition)) || new Map();
  }

  _living(records) {
    return [...records].filter(record => !this._hasExpired(record));
  }

  _hasExpired({ written, ttl }) {
    if (this.properties.defaultTtl === undefined || ttl === undefined || ttl === -1) return false;
    return this.now() >= written + ttl * 1000;
  }
}

module.exports = { Documents, RANGES, Refusal, rangeOf };
