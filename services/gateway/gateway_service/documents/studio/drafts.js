// What was typed and not saved, kept in this browser for the one who typed it.

const PREFIX = "studio:draft:";

export class LocalDraft {
  #key;

  constructor(userId, postId) {
    this.#key = `${PREFIX}${userId}:${postId ?? "new"}`;
  }

  /** The fields as they were typed, with `at` and the `revision` they began from; or null. */
  get() {
    const found = localStorage.getItem(this.#key);
    return found ? JSON.parse(found) : null;
  }

  /** False where the browser has no room: then the page must not be left. */
  keep(fields, revision) {
    try {
      localStorage.setItem(this.#key, JSON.stringify({ fields, revision, at: new Date().toISOString() }));
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
