"use strict";
// Cosmos DB's REST protocol on loopback, as far as the store speaks it. The account, its databases and containers
// are those of @vercel/cosmosdb-server; documents are ours, because that package does not roll back batches,
// ignores partition keys of queries and times to live, and has no change feed to go on from.
//
//   node server.js [CERTIFICATE KEY TOKEN]       prints `ready`, its URL and its key
//
// With the three it speaks TLS, and takes TOKEN as the one that Entra has given, besides its key.
// `/_peer/faults` orders what goes wrong, `/_peer/requests` counts what came, `/_peer/clock` names the file whose
// instant (ISO 8601) the times to live of a database count by; without one, the machine's clock.
// There are no request charges: what an operation costs only a real account can say.

const { createHmac } = require("crypto");
const fs = require("fs");
const http = require("http");
const https = require("https");

const Account = require("@vercel/cosmosdb-server/lib/account").default;
const route = require("@vercel/cosmosdb-server/lib/routes").default;

const { Documents, RANGES, Refusal, rangeOf } = require("./documents");
const { Faults } = require("./faults");
const { select } = require("./queries");

const [certificate, privateKey, token] = process.argv.slice(2);
const scheme = certificate ? "https" : "http";
const KEY = Buffer.from("a key that only this peer knows").toString("base64");
const PAGE = 25; // rows of a query at most: the service, too, gives fewer than asked when it likes
const CONTAINER = /^\/dbs\/([^/]+)\/colls\/([^/]+)/;

const clocks = new Map(); // database -> file
const faults = new Faults();
const stores = new Map(); // container's _rid -> Documents
let account;

function now(database) {
  const file = clocks.get(database);
  return file ? Date.parse(fs.readFileSync(file, "ascii").split("\n")[0]) : Date.now();
}

function containerOf(path) {
  const [, database, collection] = CONTAINER.exec(path).map(decodeURIComponent);
  const properties = account.database(database).collection(collection).read();
  if (!properties) throw new Refusal(404, "Owner resource does not exist.", 1003);
  if (!stores.has(properties._rid)) stores.set(properties._rid, new Documents(properties, () => now(database)));
  return { properties, documents: stores.get(properties._rid) };
}

function kindOf({ method, headers }, path) {
  if (!/\/docs(\/|$)/.test(path)) return "meta";
  if (headers["x-ms-cosmos-is-batch-request"]) return "batch";
  if (headers["x-ms-documentdb-isquery"]) return "query";
  return method === "GET" ? (headers["a-im"] ? "feed" : "read") : "other";
}

function partitionOf({ headers }) {
  const text = headers["x-ms-documentdb-partitionkey"];
  if (text === undefined) throw new Refusal(400, "PartitionKey value must be supplied for this operation.");
  return JSON.parse(text)[0];
}

/** The last transaction of a range that the caller's session knows of. */
function seenBy({ headers }, range) {
  const tokens = (headers["x-ms-session-token"] || "").split(",").map(token => token.split(":"));
  const [, token] = tokens.find(([id]) => id === range) || [];
  return token ? Number(token.split("#")[1]) : 0;
}

const actions = {
  read(request, path, { documents }) {
    const item = documents.read(partitionOf(request), decodeURIComponent(path.split("/docs/")[1].replace(/\/$/, "")));
    return { status: 200, body: item, headers: { etag: item._etag } };
  },

  batch(request, path, { documents }, text) {
    const { failed, answers } = documents.batch(partitionOf(request), JSON.parse(text), Buffer.byteLength(text));
    return { status: failed ? 207 : 200, body: answers };
  },

  query(request, path, { properties, documents }, text) {
    if (request.headers["x-ms-documentdb-partitionkey"] === undefined) {
      throw new Refusal(400, "Cross partition query is required but disabled.");
    }
    const rows = select(documents.items(partitionOf(request)), JSON.parse(text), properties);
    const start = Number(request.headers["x-ms-continuation"] || 0);
    const asked = Number(request.headers["x-ms-max-item-count"] || PAGE);
    const end = start + Math.min(asked < 1 ? PAGE : asked, PAGE);
    const headers = end < rows.length ? { "x-ms-continuation": String(end) } : {};
    return { status: 200, body: listing(properties, rows.slice(start, end)), headers };
  },

  feed(request, path, { properties, documents }) {
    const { headers } = request;
    const range = RANGES.findIndex(({ id }) => id === headers["x-ms-documentdb-partitionkeyrangeid"]);
    if (range < 0) throw new Refusal(400, "This peer reads the change feed by physical partition only.");
    const after = Number((headers["if-none-match"] || "").replace(/"/g, "") || 0);
    const { items, cursor } = documents.feed(range, after, Number(headers["x-ms-max-item-count"]) || 100);
    const etag = `"${cursor}"`;
    if (!items.length) return { status: 304, headers: { etag } };
    return { status: 200, body: listing(properties, items), headers: { etag } };
  },

  other() {
    throw new Refusal(400, "This peer knows reads, batches, queries of one partition and the change feed.");
  }
};

function listing({ _rid }, items) {
  return { _rid, Documents: items, _count: items.length };
}

/** What the package does well: the account, databases, containers. */
async function meta(request, response, path, text) {
  if (/\/pkranges\/?$/.test(path)) {
    const { properties } = containerOf(path);
    if (request.headers["if-none-match"]) return { status: 304, headers: { etag: '"1"' } };
    const body = { _rid: properties._rid, PartitionKeyRanges: RANGES, _count: RANGES.length };
    return { status: 200, body, headers: { etag: '"1"' } };
  }
  const found = route(request);
  if (!found) throw new Refusal(400, "no route");
  const [params, handler] = found;
  const body = await handler(account, withBody(request, text), response, params);
  if (path === "/") {
    const here = [{ name: "Loopback", databaseAccountEndpoint: `${scheme}://${request.headers.host}/` }];
    return { status: 200, body: { ...body, writableLocations: here, readableLocations: here } };
  }
  return { status: response.statusCode, body };
}

/** The request again, for the package reads its body itself. */
function withBody(request, text) {
  const { Readable } = require("stream");
  const again = Readable.from([Buffer.from(text)]);
  return Object.assign(again, { headers: request.headers, method: request.method, url: request.url });
}

function checkSignature({ method, headers }, path) {
  const given = decodeURIComponent(headers.authorization || "");
  if (token && given === `type=aad&ver=1.0&sig=${token}`) return;
  const parts = path.split("/").filter(Boolean);
  const isFeed = parts.length % 2 === 1;
  const type = isFeed ? parts[parts.length - 1] : parts[parts.length - 2] || "";
  const link = decodeURIComponent((isFeed ? parts.slice(0, -1) : parts).join("/"));
  const date = (headers["x-ms-date"] || "").toLowerCase();
  const signed = `${method.toLowerCase()}\n${type.toLowerCase()}\n${link}\n${date}\n\n`;
  const signature = createHmac("sha256", Buffer.from(KEY, "base64")).update(signed).digest("base64");
  if (given !== `type=master&ver=1.0&sig=${signature}`) {
    throw new Refusal(401, "The input authorization token can't serve the request.");
  }
}

async function answer(request, response, path, kind, text) {
  try {
    checkSignature(request, path);
    if (kind === "meta") return await meta(request, response, path, text);
    const container = containerOf(path);
    const told = request.headers["x-ms-documentdb-partitionkeyrangeid"];
    const range = told || String(rangeOf(partitionOf(request)));
    const { properties, documents } = container;
    const isBehind = faults.lag && kind !== "batch" && seenBy(request, range) < documents.lsn[range];
    const shown = isBehind ? documents.lagging(range) : documents;
    const done = actions[kind](request, path, { properties, documents: shown }, text);
    const session = { "x-ms-session-token": `${range}:-1#${documents.lsn[range] - (isBehind ? 1 : 0)}` };
    return { ...done, headers: { ...session, ...done.headers } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, message, subStatus } = error;
    return { status, body: { code: String(status), message }, headers: { "x-ms-substatus": String(subStatus) } };
  }
}

async function handle(request, response) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const text = Buffer.concat(pieces).toString("utf8");
  const path = request.url.split("?")[0];
  if (path === "/_peer/clock") {
    const { database, file } = JSON.parse(text);
    clocks.set(database, file);
    return send(response, { status: 200, body: {} });
  }
  if (path.startsWith("/_peer/")) {
    return send(response, { status: 200, body: faults.control(request.method, path, text && JSON.parse(text)) });
  }
  const kind = kindOf(request, path);
  const fault = faults.next(kind);
  if (fault.delay) await new Promise(resolve => setTimeout(resolve, fault.delay));
  const ordered = { code: String(fault.status), message: "ordered by the test" };
  const refusal = fault.status && { status: fault.status, body: ordered, headers: fault.headers };
  if (!fault.after && fault.drop) return request.socket.destroy();
  if (!fault.after && refusal) return send(response, refusal);
  const done = await answer(request, response, path, kind, text);
  if (fault.drop) return request.socket.destroy();
  return send(response, refusal || done, fault.cut);
}

function send(response, { status, body, headers = {} }, cut = false) {
  const text = body === undefined ? "" : JSON.stringify(body);
  const length = Buffer.byteLength(text);
  const told = status === 304 ? {} : { "content-type": "application/json", "content-length": length };
  response.writeHead(status, { ...told, ...headers });
  if (!cut) return response.end(status === 304 ? undefined : text);
  response.write(text.slice(0, text.length / 2));
  return setTimeout(() => response.destroy(), 20);
}

const onRequest = (request, response) => {
  handle(request, response).catch(error => {
    console.error(error);
    send(response, { status: 500, body: { code: "500", message: String(error) } });
  });
};
const server = certificate
  ? https.createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(privateKey) }, onRequest)
  : http.createServer(onRequest);
server.keepAliveTimeout = 60_000; // as the service: longer than a client keeps a connection that nobody uses
server.listen(0, "127.0.0.1", () => {
  const { address, port } = server.address();
  account = new Account(address, port);
  console.log(`ready ${scheme}://${address}:${port}/ ${KEY}`);
});
process.stdin.on("end", () => process.exit(0)).resume();
