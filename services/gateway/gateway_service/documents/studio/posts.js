// The author's posts, in every state.

import { session } from "./api.js";
import { afterPause, button, h } from "./dom.js";
import { say, when } from "./phrases.js";

const STATES = ["all", "draft", "scheduled", "published", "archived"];
const ENOUGH = 20; // rows that one looks through before one asks for more
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
  #path = "";
  #narrowed = false;
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
    this.#path = `/posts?mine=true&limit=50&${FIELDS}${words ? `&q=${encodeURIComponent(words)}` : ""}`;
    this.#narrowed = words !== "";
    this.#rows = [];
    this.#cursor = null;
    await this.#more();
  }

  async #choose(state) {
    this.#state = state;
    for (const each of this.states.children) each.setAttribute("aria-pressed", String(each.dataset.state === state));
    this.#show();
    if (this.#cursor && this.#fitting.length < ENOUGH) await this.#more();
  }

  get #fitting() {
    return this.#rows.filter((post) => this.#state === "all" || post.status === this.#state);
  }

  /** Reads on until there are more to see: the API lists all states together, and those of one may lie far apart. */
  async #more() {
    const turn = Symbol("what is asked for last");
    this.#turn = turn;
    const enough = this.#fitting.length + ENOUGH;
    try {
      do {
        const { body } = await session.patiently("GET", this.#path + (this.#cursor ? `&cursor=${encodeURIComponent(this.#cursor)}` : ""));
        if (turn !== this.#turn) return;
        this.#rows.push(...body.items);
        this.#cursor = body.next_cursor;
        this.#show();
      } while (this.#cursor && this.#fitting.length < enough);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.end.replaceChildren(h("p", { class: "wrong", role: "alert" }, error.message), button(say("try_again"), () => this.#more()));
    }
  }

  #show() {
    const rows = this.#fitting;
    const none = this.#narrowed || this.#rows.length ? say("none_found") : say("no_posts");
    this.items.replaceChildren(...rows.map(row));
    this.end.replaceChildren(
      ...(rows.length || this.#cursor ? [] : [h("p", { class: "empty" }, none)]),
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
