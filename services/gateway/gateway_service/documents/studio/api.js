// The public API, version 2, in cookie mode: the access token is in memory alone, the refresh token in a cookie that no script reads.

import { say } from "./phrases.js";
import { fault, reason } from "./refusals.js";

const API = "/api/v2";
const NEEDS_NEW_TOKEN = new Set(["token_missing", "token_expired", "token_revoked", "token_malformed", "token_signature"]);
const LONGEST_WAIT_SECONDS = 30;
const LEAVING = "studio:leaving"; // kept where somebody has logged out and the server could not be told yet

/** What is said to the person in front of the page as it is. */
export class Told extends Error {}

/** A refusal: `code`, `status`, `fields` by their pointer, whether it `passes` by itself, whether a new post `madeNothing`, and a sentence that says what to do. */
export class Problem extends Told {
  constructor(response, body) {
    const wait = Number(response.headers.get("Retry-After")) || 0;
    const fields = Object.fromEntries((body.errors ?? []).map((error) => [error.pointer, fault(error)]));
    super(sentence(response.status, body, wait, fields));
    this.status = response.status;
    this.code = body.code ?? "";
    this.wait = wait;
    this.passes = [429, 502, 503, 504].includes(response.status);
    this.fields = fields;
    this.madeNothing = [400, 409, 413, 422].includes(this.status) && !["answer_forgotten", "idempotency_in_progress"].includes(this.code);
  }
}

/** Another account has come: what one person typed is not sent as another's. */
export class SomebodyElse extends Told {
  constructor() {
    super(say("somebody_else"));
  }
}

/** Nobody is logged in any more. */
export class Left extends Told {
  constructor() {
    super(say("log_in"));
  }
}

/** No answer, or not the whole of it. */
export class Unreachable extends Told {
  constructor() {
    super(say("unreachable"));
  }
}

function sentence(status, body, wait, fields) {
  const known = { 410: "gone_version", 413: "too_large", 429: "too_many", 502: "away", 503: "away", 504: "away" }[status];
  if (known && body.code !== "quota_exceeded") return say(known, { seconds: wait || 10 });
  const faults = [...new Set(Object.values(fields))].join(" ");
  return faults || reason(body) || body.detail || body.title || say("refused", { status });
}

/** Who is logged in, or nobody; tells `entered` and `left`. */
class Session extends EventTarget {
  user = null;
  id = null;
  #token = null;
  #renewal = null;
  #logIn = null;
  #asking = null;

  /** `logIn` asks the person for a password, above all that is on the page, and resolves when somebody is in. */
  askBy(logIn) {
    this.#logIn = logIn;
  }

  async enter(login, password, totp) {
    if (localStorage.getItem(LEAVING)) await this.#end().catch(refusedForGood);
    const sent = { login, password, mode: "cookie", ...(totp ? { totp } : {}) };
    const answer = await this.#answered("POST", "/sessions", { json: sent, token: null });
    localStorage.removeItem(LEAVING); // the cookie is another one now
    this.#take(answer);
  }

  /** Whether the browser still holds a session; one that was left is ended first, and lets nobody in. */
  async resume() {
    if (!csrf()) return false;
    try {
      if (localStorage.getItem(LEAVING)) {
        await this.#end();
        return false;
      }
      await this.#renew();
      return true;
    } catch (error) {
      refusedForGood(error);
      return false;
    }
  }

  /** Resolves to whether the server knows; if not, it is told as soon as the studio is opened again. */
  async leave() {
    localStorage.setItem(LEAVING, "yes");
    try {
      await this.#end();
      return true;
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      return false;
    } finally {
      this.#forget();
      this.dispatchEvent(new Event("left"));
    }
  }

  /** Raises Unreachable or a Problem; a session that has ended already is at its end. */
  async #end() {
    const token = csrf() ? null : this.#token; // which may have expired, and the cookie has not
    try {
      await this.#answered("DELETE", "/sessions/current", { headers: { "X-CSRF-Token": csrf() }, token });
    } catch (error) {
      if (![401, 404].includes(error.status)) throw error;
    }
    localStorage.removeItem(LEAVING);
  }

  #forget() {
    this.#token = null;
    this.#renewal = null; // its answer comes too late
    this.user = null;
    this.id = null;
  }

  /**
   * Ask the API; renews the token, and asks for a password where the session has ended, and tries again as the same person.
   * Who has left is not let in again by the cookie, which lives on where the server could not be told.
   */
  async call(method, path, options = {}) {
    const asker = this.user?.id;
    const token = this.#token;
    try {
      return await this.#answered(method, path, { ...options, token });
    } catch (error) {
      const needsToken = error.status === 401 && (method === "HEAD" || NEEDS_NEW_TOKEN.has(error.code));
      if (!needsToken || !this.#stays(asker)) throw error;
    }
    try {
      if (this.#token === token) await this.#renew(); // else another call has, or the person is in again
    } catch (error) {
      if (!this.#stays(asker)) throw error;
      refusedForGood(error);
      if (this.#token === token) await this.#asked();
    }
    if (this.user?.id !== asker) throw this.user ? new SomebodyElse() : new Left();
    return await this.#answered(method, path, { ...options, token: this.#token });
  }

  /** As `call`, and once more where the server says when: for what may be asked twice. */
  async patiently(method, path, options = {}) {
    try {
      return await this.call(method, path, options);
    } catch (error) {
      const waits = error instanceof Problem && [429, 503].includes(error.status) && error.wait <= LONGEST_WAIT_SECONDS;
      if (!waits) throw error;
      const asker = this.user?.id;
      await new Promise((resolve) => setTimeout(resolve, (error.wait || 1) * 1000));
      if (this.user?.id !== asker) throw error;
      return await this.call(method, path, options);
    }
  }

  #stays(asker) {
    return asker && this.user?.id === asker && !localStorage.getItem(LEAVING);
  }

  /** Once for all that met the end of the session at the same time. */
  #asked() {
    this.#asking ??= this.#logIn().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  #renew() {
    if (this.#renewal) return this.#renewal;
    const renewal = this.#answered("POST", "/sessions/refresh", { headers: { "X-CSRF-Token": csrf() }, token: null })
      .then((answer) => this.#renewal === renewal && this.#take(answer))
      .finally(() => {
        if (this.#renewal === renewal) this.#renewal = null;
      });
    this.#renewal = renewal;
    return renewal;
  }

  #take({ body }) {
    const before = this.user?.id;
    this.#token = body.access_token;
    this.user = body.user;
    this.id = body.id;
    if (before !== this.user.id) this.dispatchEvent(new Event("entered"));
  }

  async #answered(method, path, { json, body, headers = {}, token, signal }) {
    const sent = {
      ...(json === undefined ? {} : { "Content-Type": "application/json" }),
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...headers,
    };
    let response;
    let said = {};
    try {
      const address = path.startsWith("/api/") || path.startsWith("http") ? path : API + path;
      response = await fetch(address, {
        method,
        headers: sent,
        body: json === undefined ? body : JSON.stringify(json),
        credentials: "same-origin",
        cache: "no-store",
        signal,
      });
      const isJson = method !== "HEAD" && (response.headers.get("Content-Type") ?? "").includes("json");
      if (isJson) said = await response.json(); // which may break off
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Unreachable();
    }
    if (!response.ok) throw new Problem(response, said);
    return { status: response.status, headers: response.headers, body: said };
  }
}

/** Raises what may be otherwise when it is tried again. */
function refusedForGood(error) {
  if (!(error instanceof Problem) || error.passes) throw error;
}

/** The session's token against forged requests: `__Host-csrf` is readable, and constant while it lasts. */
function csrf() {
  const found = document.cookie.split("; ").find((cookie) => cookie.startsWith("__Host-csrf="));
  return found ? found.slice("__Host-csrf=".length) : "";
}

export const session = new Session();

/** All items of a list, page after page, at most `most`. */
export async function all(path, most = 500) {
  const items = [];
  let cursor = null;
  do {
    const next = cursor ? `${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}` : "";
    const { body } = await session.patiently("GET", path + next);
    items.push(...body.items);
    cursor = body.next_cursor;
  } while (cursor && items.length < most);
  return items;
}
