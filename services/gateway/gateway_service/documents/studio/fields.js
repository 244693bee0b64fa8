// The fields of a post, its text with the preview beside it.

import { button, field, h, tell } from "./dom.js";
import { say } from "./phrases.js";
import { PostPictures } from "./pictures.js";
import { Preview } from "./preview.js";

export class Fields {
  #slug = null;
  #summary = ""; // as the server has it, which makes one where the author wrote none

  constructor(typed) {
    this.title = field(say("title"), h("input", { maxLength: 200, required: true, class: "title" }));
    this.body = field(say("text"), h("textarea", { spellcheck: true, class: "text" }), say("text_hint"));
    this.tags = field(say("tags"), h("input", {}), say("tags_hint"));
    this.summary = field(say("summary"), h("textarea", { rows: 2, maxLength: 500 }), say("summary_hint"));
    this.slug = field(say("slug"), h("input", { maxLength: 100, pattern: "[a-z0-9]+(-[a-z0-9]+)*", autocapitalize: "none" }), say("slug_hint"));
    this.commentsOpen = h("input", { type: "checkbox", checked: true });
    this.pictures = new PostPictures({ changed: typed, insert: (markdown) => this.#insert(markdown) });
    this.preview = new Preview();
    this.element = h("div", { class: "editor", "data-shows": "write" },
      this.#tabs(),
      h("div", { class: "sheet" }, this.title.element, this.body.element),
      h("div", { class: "beside" }, this.preview.told, this.preview.element),
      h("div", { class: "about" }, this.pictures.element, this.tags.element, this.summary.element, this.slug.element,
        h("label", { class: "check" }, this.commentsOpen, say("comments_open"))));
    this.element.addEventListener("input", (event) => {
      if (this.pictures.element.contains(event.target)) return;
      typed();
      this.#show();
    });
    this.#takesPictures();
  }

  get value() {
    const slug = this.slug.control.value.trim();
    const summary = this.summary.control.value.trim();
    return {
      title: this.title.control.value.trim(),
      body: this.body.control.value,
      tags: this.tags.control.value.split(",").map((tag) => tag.trim()).filter(Boolean),
      images: this.pictures.value,
      comments_open: this.commentsOpen.checked,
      ...(summary === this.#summary ? {} : { summary }),
      ...(slug && slug !== this.#slug ? { slug } : {}),
    };
  }

  set value(post) {
    this.title.control.value = post.title;
    this.body.control.value = post.body;
    this.tags.control.value = post.tags.join(", ");
    this.pictures.value = post.images;
    this.commentsOpen.checked = post.comments_open;
    if (post.slug !== undefined) this.slug.control.value = post.slug;
    if (post.summary !== undefined) this.summary.control.value = post.summary;
    this.#show();
  }

  /** What the server makes of the title and of the text where the author says nothing else, in what was `typed`. */
  made({ slug, summary }, typed = {}) {
    this.#slug = slug;
    this.#summary = summary;
    this.slug.control.value = typed.slug ?? slug;
    this.summary.control.value = typed.summary ?? summary;
  }

  /** Says beside its field what is wrong; returns whether it was a field. */
  blame(error) {
    const wrong = { ...error.fields, ...(error.code === "slug_taken" ? { "/slug": error.message } : {}) };
    const named = Object.entries(wrong).map(([pointer, text]) => [this.#named(pointer), text]).filter(([found]) => found);
    for (const [found, text] of named) found.wrong(text);
    named[0]?.[0].control.focus();
    return named.length > 0;
  }

  clear() {
    for (const each of [this.title, this.body, this.tags, this.summary, this.slug]) each.wrong("");
  }

  #named(pointer) {
    return { title: this.title, body: this.body, tags: this.tags, summary: this.summary, slug: this.slug }[pointer.split("/")[1]];
  }

  #show() {
    const text = this.body.control;
    this.preview.show(this.title.control.value, text.value, text.selectionStart);
  }

  #insert(markdown) {
    const text = this.body.control;
    text.setRangeText(`${markdown}\n`, text.selectionStart, text.selectionEnd, "end");
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Dropped anywhere beside the text as well: the browser would else leave the page for the picture. */
  #takesPictures() {
    const pictures = (data) => [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    const take = (event, data) => {
      const files = pictures(data);
      if (!files.length) return;
      event.preventDefault();
      tell(say("pictures_taken", { count: files.length }));
      this.pictures.add(files);
      this.pictures.element.scrollIntoView({ block: "nearest" });
    };
    const over = (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      this.element.classList.add("over");
    };
    const past = () => this.element.classList.remove("over");
    this.element.addEventListener("paste", (event) => take(event, event.clipboardData));
    this.element.addEventListener("dragover", over);
    this.element.addEventListener("dragleave", past);
    this.element.addEventListener("drop", (event) => {
      past();
      take(event, event.dataTransfer);
    });
  }

  /** On a phone one of both is seen. */
  #tabs() {
    const tabs = ["write", "preview"].map((name) => button(say(name), () => {
      this.element.dataset.shows = name;
      for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.name === name));
      this.#show();
    }, { "data-name": name, "aria-pressed": String(name === "write") }));
    return h("p", { class: "tabs states" }, tabs);
  }
}
