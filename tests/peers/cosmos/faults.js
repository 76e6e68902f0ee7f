"use strict";
// Faults to order: what goes wrong with the next requests of a kind, before or after they have had their effect.

class Faults {
  constructor() {
    this.waiting = [];
    this.requests = {};
    this.lag = false; // whether replicas have not seen the last transaction, unless a session has
  }

  /** Count a request and take the fault that is next for its kind, if any. */
  next(kind) {
    this.requests[kind] = (this.requests[kind] || 0) + 1;
    const fault = this.waiting.find(each => each.times > 0 && [kind, "any"].includes(each.kind));
    if (fault) fault.times -= 1;
    return fault || {};
  }

  control(method, path, body) {
    if (method === "POST" && path === "/_peer/faults") {
      this.waiting = body.map(each => ({ kind: "any", times: 1, ...each }));
    }
    if (method === "POST" && path === "/_peer/lag") this.lag = body;
    if (method === "DELETE") Object.assign(this, { waiting: [], requests: {}, lag: false });
    return this.requests;
  }
}

module.exports = { Faults };
