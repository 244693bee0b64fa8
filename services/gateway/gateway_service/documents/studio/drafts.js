// What was typed and not saved, kept in this browser for the one who typed it.

const PREFIX = "studio:draft:";

export class LocalDraft {
  #key;
  sent = null; // a new post that went by the key `once`, and may have arrived though no answer said so

  /** Without a post's id it is of a new post, one for each that is begun: several may be, in as many tabs. */
  constructor(userId, postId = null, once = crypto.randomUUID()) {
    this.#key = `${PREFIX}${userId}:${postId ?? `new:${once}`}`;
    this.once = once;
    this.sent = this.get()?.sent ?? null;
  }

  /** All that are kept of new posts. */
  static ofNew(userId) {
    const begin = `${PREFIX}${userId}:new:`;
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(begin));
    const drafts = keys.map((key) => new LocalDraft(userId, null, key.slice(begin.length)));
    return [...drafts, new LocalDraft(userId, "new")]; // what earlier releases kept, one for all tabs
  }

  /** The fields as they were typed, with `at`, the `revision` they began from, and what was `sent`; or null. */
  get() {
    const found = localStorage.getItem(this.#key);
    return found ? JSON.parse(found) : null;
  }

  /** False where the browser has no room: then the page must not be left. */
  keep(fields, revision) {
    try {
      localStorage.setItem(this.#key, JSON.stringify({ fields, revision, sent: this.sent, at: new Date().toISOString() }));
      return true;
    } catch {
      return false;
    }
  }

  drop() {
    localStorage.removeItem(this.#key);
  }
}

/** At log-out, and when another account comes: a text belongs to who typed it. */
export function dropDrafts(exceptOfUser = null) {
  for (const key of Object.keys(localStorage)) {
    const theirs = exceptOfUser !== null && key.startsWith(`${PREFIX}${exceptOfUser}:`);
    if (key.startsWith(PREFIX) && !theirs) localStorage.removeItem(key);
  }
}
