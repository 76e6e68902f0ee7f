"use strict";
// Queries of one partition: evaluated by the npm package's engine, refused where no index could serve them.

const parse = require("@zeit/cosmosdb-query").default;
const { Refusal } = require("./documents");

const ORDER = /\bORDER BY\b(.*)$/s;

/** The rows of `items` that the statement selects, all of them. */
function select(items, { query, parameters }, policy) {
  checkOrder(query, policy);
  try {
    return parse(query).exec(items, { parameters }).result;
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
