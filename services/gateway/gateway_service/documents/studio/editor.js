// One post while it is written. What is typed is kept in this browser at once, and saved when the author says so.

import { Problem, Told, Unreachable, session } from "./api.js";
import { resolved } from "./conflicts.js";
import { LocalDraft } from "./drafts.js";
import { Fields } from "./fields.js";
import { comparison } from "./diff.js";
import { choose } from "./dialogs.js";
import { button, h, tell } from "./dom.js";
import { panels } from "./panels.js";
import { say, when } from "./phrases.js";
import { removal, steps } from "./steps.js";

export async function editorPage(main, postId) {
  const editor = new Editor(main);
  await editor.open(postId);
  return editor;
}

export class Editor {
  post = null;
  etag = null;
  unanswered = null; // what was sent and may have arrived, though no answer said so
  #dirty = false;
  #saving = null;

  constructor(main) {
    this.state = h("p", { class: "saved", role: "status" });
    this.wrong = h("p", { class: "wrong", role: "alert" });
    this.notice = h("div", {});
    this.actions = h("p", { class: "buttons" });
    this.bar = h("div", { class: "bar" }, this.wrong, this.actions);
    this.panel = h("section", { class: "panel", "aria-live": "polite" });
    this.fields = new Fields(() => this.typed());
    this.heading = h("h1", { tabIndex: -1 });
    main.append(h("div", { class: "head" }, this.heading, this.state), this.notice, this.fields.element, this.bar, this.panel);
    this.fields.element.addEventListener("keydown", (event) => this.#shortcut(event));
    this.online = () => this.#dirty && this.post && this.save();
    addEventListener("online", this.online);
    this.covered = new ResizeObserver(() => covers(this.bar.offsetHeight));
    this.covered.observe(this.bar);
  }

  async open(postId) {
    this.local = new LocalDraft(session.user.id, postId);
    if (postId) this.#shows(await session.patiently("GET", `/posts/${postId}`));
    else this.#names();
    this.#offerKept();
    this.#offer();
  }

  /** Whether leaving would leave something unsaved; it is kept in this browser all the same. */
  get dirty() {
    return this.#dirty;
  }

  close() {
    removeEventListener("online", this.online);
    this.covered.disconnect();
    covers(0);
    this.fields.preview.close();
  }

  typed() {
    this.#dirty = true;
    const kept = this.local.keep(this.fields.value, this.post?.revision ?? 0);
    this.state.textContent = kept ? say("unsaved") : say("leave_unsaved");
  }

  /** Resolves to whether all is saved. */
  save() {
    this.#saving ??= this.#save().finally(() => {
      this.#saving = null;
    });
    return this.#saving;
  }

  async #save() {
    this.wrong.textContent = "";
    this.fields.clear();
    this.state.textContent = say("saving");
    const typed = this.fields.value;
    const sent = (!this.post && this.local.sent) || typed; // what may have arrived goes first, as it was: so it is made once
    try {
      this.#saved(sent, await this.#send(sent));
      return isSame(sent, typed) || this.#save();
    } catch (error) {
      return this.#notSaved(error, sent);
    }
  }

  async #resolved() {
    try {
      return await resolved(this);
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      this.wrong.textContent = error.message;
      return false;
    }
  }

  #send(json) {
    if (!this.post) {
      this.local.sent = json;
      this.local.keep(this.fields.value, 0); // before it goes: whoever comes back finds it
      return session.patiently("POST", "/posts", { json, headers: { "Idempotency-Key": this.local.once } });
    }
    return session.patiently("PATCH", `/posts/${this.post.id}`, { json, headers: { "If-Match": this.etag } });
  }

  #saved(sent, answer) {
    const isNew = !this.post;
    this.unanswered = null;
    const typed = this.fields.value;
    this.#takes(answer);
    if (isNew) {
      this.local.drop();
      this.local = new LocalDraft(session.user.id, this.post.id);
      history.replaceState(null, "", `#/posts/${this.post.id}`);
    }
    if (!isSame(sent, typed)) {
      this.fields.made(this.post, typed);
      this.typed();
      return;
    }
    this.#dirty = false;
    this.local.drop();
    this.notice.replaceChildren();
    this.state.textContent = say("saved_at", { when: when(this.post.updated_at) });
  }

  async #notSaved(error, sent) {
    this.state.textContent = say(error instanceof Unreachable ? "unsaved_offline" : "unsaved");
    if (error instanceof Problem && error.status === 412) return this.#resolved();
    if (error instanceof Unreachable || [502, 504].includes(error.status)) this.unanswered = sent;
    if (!this.post && error.madeNothing) {
      this.local.drop();
      this.local = new LocalDraft(session.user.id);
      this.typed();
      if (!isSame(sent, this.fields.value)) return this.#save(); // that was refused as it was before
    }
    if (!this.fields.blame(error) && !(error instanceof Unreachable)) this.wrong.textContent = error.message;
    return false;
  }

  /** Shows a post as the server has it. */
  #shows(answer) {
    this.#takes(answer);
    this.fields.value = this.post;
    this.#dirty = false;
    this.state.textContent = say("saved_at", { when: when(this.post.updated_at) });
  }

  #takes({ body, headers }) {
    this.post = body;
    this.etag = headers.get("ETag");
    this.#names();
    this.#offer();
  }

  #names() {
    this.heading.replaceChildren(say(this.post ? "write" : "new_post"),
      this.post && h("span", { class: `state ${this.post.status}` }, say(this.post.waiting_for?.length ? "waiting" : this.post.status)) || "");
    if (this.post) this.fields.made(this.post);
  }

  /** What the server has now; what was typed stays in this browser where `keep` says so. */
  async reload({ keep = false } = {}) {
    const mine = this.fields.value;
    this.#shows(await session.patiently("GET", `/posts/${this.post.id}`));
    if (keep) this.local.keep(mine, this.post.revision);
    else this.local.drop();
    this.#offerKept();
  }

  overwrite(etag) {
    this.etag = etag;
    return this.#save();
  }

  #offerKept() {
    const drafts = this.post ? [this.local] : LocalDraft.ofNew(session.user.id);
    this.notice.replaceChildren(...drafts.map((draft) => this.#offered(draft)).filter(Boolean));
  }

  #offered(draft) {
    const kept = draft.get();
    if (!kept || isSame(kept.fields, this.fields.value)) return null;
    const done = () => found.remove();
    const take = () => {
      if (!this.post) this.#goesOnWith(draft);
      this.fields.value = kept.fields;
      done();
      this.typed();
    };
    const compare = async () => {
      const content = comparison(this.fields.value.body, kept.fields.body);
      if (await choose(say("local_compare"), content, [[say("close"), null], [say("local_take"), "take", "primary"]])) take();
    };
    const drop = () => {
      draft.drop();
      done();
    };
    const { title } = kept.fields;
    const told = !this.post && title ? say("local_found_new", { title, when: when(kept.at) }) : say("local_found", { when: when(kept.at) });
    const found = h("p", { class: "notice" }, told, " ",
      button(say("local_take"), take), button(say("local_compare"), compare), button(say("local_drop"), drop));
    return found;
  }

  /** What was typed here so far stays kept as it is. */
  #goesOnWith(draft) {
    if (draft.sent) {
      this.local = draft; // by the key that it went by
      return;
    }
    draft.drop();
    this.local = new LocalDraft(session.user.id); // a tab may still be open that has the other one
  }

  #offer() {
    const saves = button(say("save"), () => this.save(), { class: "primary", "aria-keyshortcuts": "Control+S" });
    const [next, ...others] = [...steps(this), ...(this.post ? [...panels(this), removal(this)] : [])];
    const rest = h("span", { class: "rest", id: "rest" }, others);
    const more = button(say("more"), () => more.setAttribute("aria-expanded", String(more.ariaExpanded !== "true")),
      { class: "more", "aria-expanded": "false", "aria-controls": rest.id });
    this.actions.replaceChildren(saves, next, more, rest);
  }

  /** Takes a step that changes the post, after all is saved; what is refused is said. */
  async step(run) {
    if ((this.#dirty || !this.post) && !(await this.save())) return;
    this.wrong.textContent = "";
    try {
      const answer = await run(this.post);
      if (answer) this.#shows(answer);
    } catch (error) {
      this.wrong.textContent = error.message;
    }
  }

  /** The post is gone, or is to be left. */
  leave(said) {
    this.local.drop();
    this.#dirty = false;
    tell(said, { onNextPage: true });
    location.hash = "#/posts";
  }

  #shortcut(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      this.save();
    }
  }
}

function isSame(some, others) {
  return JSON.stringify(some) === JSON.stringify(others);
}

/** How much of the page's lower end is covered, in pixels: messages and what has the focus stay above. */
function covers(height) {
  document.documentElement.style.setProperty("--covered", `${height}px`);
}
