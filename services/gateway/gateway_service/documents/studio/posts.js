// The author's posts, in every state.

import { session } from "./api.js";
import { afterPause, button, h } from "./dom.js";
import { say, when } from "./phrases.js";

const STATES = ["all", "draft", "scheduled", "published", "archived"];
const FIELDS = "fields=title,status,updated_at,published_at,scheduled_for,waiting_for,counts,tags";

export async function postsPage(main) {
  const list = new List();
  const search = h("input", { type: "search", "aria-label": say("search_posts"), placeholder: say("search_posts"), maxLength: 200 });
  search.addEventListener("input", afterPause(300, () => list.ask(search.value.trim())));
  main.append(
    h("div", { class: "head" }, h("h1", { tabIndex: -1 }, say("posts")), h("a", { class: "button primary", href: "#/posts/new" }, say("new_post"))),
    h("div", { class: "tools" }, search, list.states),
    list.element,
  );
  await list.ask("");
}

class List {
  #rows = [];
  #cursor = null;
  #words = "";
  #state = "all";
  #turn = null;

  constructor() {
    this.states = h("div", { class: "states", role: "group", "aria-label": say("posts") },
      STATES.map((state) => button(say(state), () => this.#choose(state), { "aria-pressed": String(state === "all"), "data-state": state })));
    this.items = h("ul", { class: "posts" });
    this.end = h("div", { class: "end" });
    this.element = h("div", {}, this.items, this.end);
  }

  async ask(words) {
    this.#words = words;
    await this.#begin();
  }

  async #choose(state) {
    this.#state = state;
    for (const each of this.states.children) each.setAttribute("aria-pressed", String(each.dataset.state === state));
    await this.#begin();
  }

  async #begin() {
    this.#rows = [];
    this.#cursor = null;
    await this.#more();
  }

  get #path() {
    const asked = { status: this.#state === "all" ? "" : this.#state, q: this.#words, cursor: this.#cursor ?? "" };
    const given = Object.entries(asked).filter(([, value]) => value);
    return `/posts?mine=true&limit=50&${FIELDS}${given.map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join("")}`;
  }

  async #more() {
    const turn = Symbol("what is asked for last");
    this.#turn = turn;
    try {
      const { body } = await session.patiently("GET", this.#path);
      if (turn !== this.#turn) return;
      this.#rows.push(...body.items);
      this.#cursor = body.next_cursor;
      this.#show();
    } catch (error) {
      if (turn !== this.#turn) return;
      this.end.replaceChildren(h("p", { class: "wrong", role: "alert" }, error.message), button(say("try_again"), () => this.#more()));
    }
  }

  #show() {
    const none = this.#words || this.#state !== "all" ? say("none_found") : say("no_posts");
    this.items.replaceChildren(...this.#rows.map(row));
    this.end.replaceChildren(
      ...(this.#rows.length || this.#cursor ? [] : [h("p", { class: "empty" }, none)]),
      ...(this.#cursor ? [button(say("more"), () => this.#more())] : []),
    );
  }
}

function row(post) {
  const state = post.waiting_for?.length ? say("waiting") : say(post.status);
  const moment = post.status === "scheduled" ? say("goes_out", { when: when(post.scheduled_for) }) : say("changed", { when: when(post.updated_at) });
  return h("li", {},
    h("a", { href: `#/posts/${post.id}` }, post.title || say("untitled")),
    h("span", { class: `state ${post.status}` }, state),
    h("span", { class: "hint" }, moment, post.tags.map((tag) => ` #${tag}`).join("")));
}
