// The pictures of a post while it is written, and all pictures of the author.

import { Told, Unreachable, all, session } from "./api.js";
import { sure } from "./dialogs.js";
import { button, field, h, tell } from "./dom.js";
import { say, size, when } from "./phrases.js";
import { Upload, settled } from "./uploads.js";

let visit = new AbortController(); // ends when somebody logs out: of whom nothing waits for the network then
session.addEventListener("left", () => {
  visit.abort();
  visit = new AbortController();
});

/** The list of a post's pictures; `changed` is told of every change, `insert` gets what goes into the text. */
export class PostPictures {
  #cards = [];

  constructor({ changed, insert }) {
    this.changed = changed;
    this.insert = insert;
    this.list = h("ul", { class: "pictures" });
    this.chosen = h("input", { type: "file", accept: "image/*", multiple: true, id: "add-pictures", class: "unseen" });
    this.chosen.addEventListener("change", () => this.add(this.chosen.files));
    this.element = h("section", { class: "of-post", "aria-label": say("pictures") }, h("h2", {}, say("pictures")), this.list,
      h("p", {}, this.chosen, h("label", { for: "add-pictures", class: "button" }, say("add_pictures"))));
  }

  /** As they are sent with a post. */
  get value() {
    return this.#cards.filter((card) => card.id).map((card) => card.value);
  }

  set value(images) {
    this.#cards = images.map((image) => this.#card(image));
    this.#show();
    this.#cards.forEach((card) => card.follow());
  }

  async add(files) {
    const cards = [...files].map((file) => this.#card({ caption: "", alt: "" }, file));
    this.#cards.push(...cards);
    this.#show();
    for (const card of cards) await card.send();
  }

  #card(image, file) {
    return new Card(this, image, file);
  }

  #show() {
    this.list.replaceChildren(...this.#cards.map((card) => card.element));
  }

  take(card) {
    this.#cards = this.#cards.filter((other) => other !== card);
    this.#show();
    this.chosen.focus();
    this.changed();
  }

  move(card, by) {
    const from = this.#cards.indexOf(card);
    const to = from + by;
    if (to < 0 || to >= this.#cards.length) return;
    this.#cards.splice(from, 1);
    this.#cards.splice(to, 0, card);
    this.#show();
    this.changed();
  }
}

class Card {
  constructor(pictures, image, file = null) {
    this.pictures = pictures;
    this.visit = visit.signal;
    this.id = image.media_id ?? null;
    this.file = file;
    this.alt = field(say("alt"), h("input", { value: image.alt, maxLength: 1000 }));
    this.caption = field(say("caption"), h("input", { value: image.caption, maxLength: 1000 }));
    this.frame = h("div", { class: "frame" });
    if (file) this.#showHere();
    this.state = h("p", { class: "hint" });
    this.actions = h("p", { class: "buttons" });
    this.element = h("li", { class: "card" }, this.frame, this.state, this.alt.element, this.caption.element, this.actions);
    for (const { control } of [this.alt, this.caption]) control.addEventListener("input", () => this.#typed());
    this.#offer();
  }

  get value() {
    return { media_id: this.id, alt: this.alt.control.value, caption: this.caption.control.value };
  }

  #typed() {
    this.#askForAlt();
    this.pictures.changed();
  }

  #askForAlt() {
    this.alt.wrong(this.alt.control.value.trim() ? "" : say("alt_missing"));
  }

  #offer() {
    this.actions.replaceChildren(
      button(say("insert"), () => this.pictures.insert(this.#markdown()), { disabled: !this.urls }),
      button("↑", () => this.pictures.move(this, -1), { "aria-label": say("up") }),
      button("↓", () => this.pictures.move(this, 1), { "aria-label": say("down") }),
      button(say("picture_remove"), () => this.#remove()),
    );
  }

  #markdown() {
    const alt = this.alt.control.value.replace(/[[\]\\]/g, "\\$&");
    return `![${alt}](${this.urls.large})`;
  }

  #remove() {
    this.removed = true;
    this.upload?.cancel().catch(() => {});
    this.pictures.take(this);
  }

  /** The author's own file, until the server has drawn it; a browser that cannot show its type shows an empty frame. */
  #showHere() {
    const address = URL.createObjectURL(this.file);
    const done = () => URL.revokeObjectURL(address);
    this.frame.classList.add("coming");
    this.frame.append(h("img", { src: address, alt: "", onload: done, onerror: (event) => [done(), event.target.remove()] }));
  }

  /** Sends what is missing, once however many ask for it. */
  async send() {
    if (this.sending || this.removed || this.visit.aborted) return;
    this.sending = true;
    try {
      await this.#send();
    } finally {
      this.sending = false;
    }
    if (this.id && !this.removed) await this.follow();
  }

  async #send() {
    const bar = h("progress", { max: 1, value: 0, "aria-label": say("uploading", { name: this.file.name }) });
    this.upload ??= new Upload(this.file, () => {});
    this.upload.onprogress = (part) => {
      bar.value = part;
    };
    this.state.replaceChildren(say("uploading", { name: this.file.name }), " ", bar);
    try {
      this.id = await this.upload.run();
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.upload = null;
    this.#askForAlt();
    this.pictures.changed();
  }

  #failed(error) {
    const away = error instanceof Unreachable;
    if (away || error.passes) {
      const percent = Math.round((100 * this.upload.sent) / this.file.size);
      this.state.replaceChildren(say("paused", { percent }), " ", away ? "" : `${error.message} `, button(say("resume"), () => this.send()));
      if (away) addEventListener("online", () => this.send(), { once: true, signal: this.visit });
      return;
    }
    this.upload = null;
    this.frame.classList.remove("coming");
    this.state.replaceChildren(h("span", { class: "wrong", role: "alert" }, say("picture_refused", { name: this.file.name, why: error.message })));
  }

  /** Asks until it is drawn. */
  async follow() {
    this.state.textContent = say("rendering");
    try {
      const asset = await settled(this.id);
      this.urls = asset.urls;
      this.#see(asset);
    } catch (error) {
      this.state.textContent = error.message;
    }
    this.#offer();
  }

  #see(asset) {
    this.state.textContent = asset.state === "failed" ? say("picture_failed") : "";
    this.frame.classList.remove("coming");
    if (asset.placeholder) this.frame.style.backgroundColor = asset.placeholder.color;
    if (!this.alt.control.value && asset.alt) this.alt.control.value = asset.alt;
    if (asset.state === "failed") return;
    this.frame.replaceChildren(h("img", { src: asset.urls.medium, alt: this.alt.control.value, loading: "lazy" }));
    this.#askForAlt();
  }
}

/** The page of all the author's pictures. */
export async function picturesPage(main) {
  const quota = (await session.patiently("GET", "/quota")).body;
  const assets = await all("/assets");
  const limit = quota.limit_bytes === null ? "∞" : size(quota.limit_bytes);
  main.append(
    h("h1", { tabIndex: -1 }, say("pictures")),
    h("p", { class: "hint" }, say("quota", { used: size(quota.used_bytes), limit })),
    assets.length ? h("ul", { class: "gallery" }, assets.map(shown)) : h("p", { class: "empty" }, say("no_pictures")),
  );
}

function shown(asset) {
  const frame = h("div", { class: "frame" }, asset.state !== "failed" && h("img", { src: asset.urls.thumb, alt: asset.alt, loading: "lazy" }));
  if (asset.placeholder) frame.style.backgroundColor = asset.placeholder.color;
  const told = h("p", { class: "hint" }, asset.state === "trashed" ? say("trashed") : "");
  const item = h("li", { class: "card" }, frame, h("p", {}, nameOf(asset)), told);
  const act = (run) => () => run().catch((error) => told.replaceChildren(error.message));
  item.append(h("p", { class: "buttons" }, button(say("used_where"), act(() => tellUsage(asset, told))), changeOf(asset, item, act)));
  return item;
}

function nameOf(asset) {
  return asset.alt || say("picture_of", { when: when(asset.created_at) });
}

function changeOf(asset, item, act) {
  const path = `/assets/${asset.id}`;
  const replace = (now) => item.replaceWith(shown(now));
  if (asset.state === "trashed") {
    return button(say("restore_picture"), act(async () => replace((await session.call("POST", `${path}/restore`)).body)));
  }
  return button(say("trash"), act(async () => {
    if (!(await sure(say("remove_sure", { title: nameOf(asset) }), say("trash")))) return;
    await session.call("DELETE", path);
    replace((await session.call("GET", path)).body);
    tell(say("trashed"));
  }), { class: "danger" });
}

const MOST_PLACES = 20; // each is asked for

async function tellUsage(asset, told) {
  const { body } = await session.patiently("GET", `/assets/${asset.id}/usage`);
  const nowhere = body.goes_at ? say("unused", { when: when(body.goes_at) }) : say("unused_kept");
  const places = await Promise.all(body.used_by.slice(0, MOST_PLACES).map(placeOf));
  const more = body.used_by.length - places.length;
  told.replaceChildren(body.used_by.length ? say("used_in") : nowhere, " ", ...places.flatMap((place, index) => [index ? ", " : "", place]), more ? ` … +${more}` : "");
}

async function placeOf({ type, id }) {
  if (type !== "post") return say("used_elsewhere");
  return h("a", { href: `#/posts/${id}` }, await titleOf(id));
}

/** Its id where it is not to be had. */
async function titleOf(id) {
  try {
    return (await session.patiently("GET", `/posts/${id}?fields=title`)).body.title || say("untitled");
  } catch (error) {
    if (!(error instanceof Told)) throw error;
    return id;
  }
}
