"use strict";
// Queries of one partition: evaluated by the npm package's engine, refused where no index could serve them.

const parse = require("@zeit/cosmosdb-query").default;
const { Refusal } = require("./documents");

const ORDER = /\bORDER BY\b(.*)$/s;

const NEAREST = /^SELECT TOP (\d+) (.+) FROM c WHERE (.+) ORDER BY VectorDistance\((\S+), @(\w+)\)$/s;
const udf = { VectorDistance: cosine };

/** The rows of `items` that the statement selects, all of them. */
function select(items, statement, properties) {
  const found = NEAREST.exec(statement.query);
  if (found) return nearest(items, found, statement, properties);
  checkOrder(statement.query, properties.indexingPolicy);
  return run(items, statement);
}

/** What lies closest, exactly: which of them the service's index misses only a real account can say. */
function nearest(items, [, most, fields, condition, property, name], { query, parameters }, properties) {
  const path = `/${property.match(/\w+/g).slice(1).join("/")}`;
  const { vectorEmbeddings = [] } = properties.vectorEmbeddingPolicy || {};
  const { vectorIndexes = [] } = properties.indexingPolicy;
  const made = vectorEmbeddings.find(each => each.path === path);
  if (!made || made.distanceFunction !== "cosine" || !vectorIndexes.some(each => each.path === path)) {
    throw new Refusal(400, `No vectors are searched at ${path}: ${query}`);
  }
  const asked = parameters.find(each => each.name === `@${name}`).value;
  if (asked.length !== made.dimensions) throw new Refusal(400, "The vectors have different dimensions.");
  const vectorOf = item => path.split("/").slice(1).reduce((inner, key) => inner[key], item);
  const close = run(items, { query: `SELECT * FROM c WHERE ${condition}`, parameters })
    .map(item => [cosine(vectorOf(item), asked), item])
    .sort(([one], [other]) => other - one)
    .slice(0, Number(most));
  const shown = `SELECT ${fields.replace(/VectorDistance\(/g, "udf.VectorDistance(")} FROM c`;
  return close.flatMap(([, item]) => run([item], { query: shown, parameters })); // one by one: it reorders rows
}

function cosine(one, other) {
  const product = (a, b) => a.reduce((sum, each, n) => sum + each * b[n], 0);
  return product(one, other) / Math.sqrt(product(one, one) * product(other, other));
}

function run(items, { query, parameters }) {
  try {
    return parse(query).exec(items, { parameters, udf }).result;
  } catch (error) {
    throw new Refusal(400, `${error.message} in ${query}`);
  }
}

/** Orders by one path need that path's index, those by several a composite index, or its exact reverse. */
function checkOrder(query, policy) {
  const found = ORDER.exec(query);
  if (!found) return;
  const terms = found[1].split(",").map(term => {
    const [, path, direction] = /^\s*(\S+?)(?:\s+(ASC|DESC))?\s*$/.exec(term);
    const names = path.match(/\w+/g).slice(1);
    return { path: `/${names.join("/")}`, order: direction === "DESC" ? "descending" : "ascending" };
  });
  if (terms.length === 1) {
    if (!isIndexed(terms[0].path, policy)) {
      throw new Refusal(400, "The order-by item requires a range index on the corresponding path.");
    }
    return;
  }
  if (!(policy.compositeIndexes || []).some(index => serves(index, terms))) {
    throw new Refusal(400, "The order by query does not have a composite index that it can be served from.");
  }
}

function serves(index, terms) {
  const alike = reversed => terms.every((term, n) => matches(term, index[n], reversed));
  return index.length === terms.length && (alike(false) || alike(true));
}

function matches(term, { path, order = "ascending" }, reversed) {
  return term.path === path && (term.order === order) !== reversed;
}

function isIndexed(path, { includedPaths = [{ path: "/*" }], excludedPaths = [] }) {
  const isAll = pattern => pattern.endsWith("/*") && path.startsWith(pattern.slice(0, -1));
  const covers = ({ path: pattern }) => pattern === `${path}/?` || isAll(pattern);
  const longest = paths => Math.max(-1, ...paths.filter(covers).map(({ path: pattern }) => pattern.length));
  return longest(includedPaths) > longest(excludedPaths);
}

module.exports = { select };
