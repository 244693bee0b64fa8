// The server's own HTML beside the text, in a frame that runs nothing and belongs to nobody.

import { session } from "./api.js";
import { afterPause, h } from "./dom.js";
import { language, say } from "./phrases.js";

const PAUSE_MS = 400;
const STYLE = new URL("preview.css", import.meta.url).href;

export class Preview {
  #asked = null;
  #address = null;
  #closed = false;

  constructor() {
    this.element = h("div", { class: "preview" }, this.#frame());
    this.told = h("p", { class: "hint" });
    this.show = afterPause(PAUSE_MS, (title, body, caret) => this.#ask(title, body, caret));
  }

  /** What was typed last is not asked about any more: its author may have left. */
  close() {
    this.#closed = true;
    this.#asked?.abort();
  }

  async #ask(title, body, caret) {
    if (this.#closed) return;
    this.#asked?.abort();
    this.#asked = new AbortController();
    try {
      const { body: said } = await session.patiently("POST", "/posts:render", { json: { body }, signal: this.#asked.signal });
      this.told.textContent = "";
      this.#fill(title, said.html, nearest(said.html, body.slice(0, caret)));
    } catch (error) {
      if (error.name !== "AbortError") this.told.textContent = error.message;
    }
  }

  /** A new frame takes the old one's place when it has come, so that nothing flickers. */
  #fill(title, html, anchor) {
    const before = this.#address;
    const page = `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>${escaped(title)}</title>` +
      `<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="${STYLE}">` +
      `<h1>${escaped(title)}</h1><article>${html}</article></html>`;
    this.#address = URL.createObjectURL(new Blob([page], { type: "text/html" }));
    const frame = this.#frame();
    frame.classList.add("coming");
    frame.addEventListener("load", () => {
      for (const old of [...this.element.children]) if (old !== frame) old.remove();
      frame.classList.remove("coming");
      if (before) URL.revokeObjectURL(before);
    }, { once: true });
    frame.src = this.#address + (anchor ? `#${encodeURIComponent(anchor)}` : "");
    this.element.append(frame);
  }

  #frame() {
    return h("iframe", { sandbox: "", title: say("preview"), tabIndex: -1 });
  }
}

/** The id of the last heading before the caret, so that the preview shows what is being written. */
function nearest(html, before) {
  const headings = before.split("\n").filter((line) => /^ {0,3}#{1,6} /.test(line)).length;
  const ids = [...html.matchAll(/<h[1-6] id="([^"]+)"/g)].map((found) => found[1]);
  return headings ? ids[Math.min(headings, ids.length) - 1] : null;
}

function escaped(text) {
  const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (letter) => names[letter]);
}
