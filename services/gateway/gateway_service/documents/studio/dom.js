// Elements are made here and nowhere of text: the page's policy refuses HTML from strings.

import { Told } from "./api.js";

/** An element: `on…` are listeners, other attributes are properties where there is one; children are nodes or text. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A labelled field; what is wrong with it is said beside it by `wrong`. */
export function field(label, control, hint = null) {
  const error = h("span", { class: "wrong", id: `wrong-${nextId()}` });
  const name = h("span", { class: "label" }, label);
  const element = h("label", { class: "field" }, name, control, hint && h("span", { class: "hint" }, hint), error);
  control.setAttribute("aria-describedby", error.id);
  const wrong = (text) => {
    error.textContent = text ?? "";
    if (text) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  };
  return { element, control, wrong };
}

/** Where what it does is refused and nothing else says so, it is told to everybody. */
export function button(label, run, attributes = {}) {
  const onclick = async (event) => {
    try {
      await run(event);
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      tell(error.message);
    }
  };
  return h("button", { type: "button", onclick, ...attributes }, label);
}

/** A form whose button waits while `submit` runs, so that nothing is sent twice. */
export function form(label, submit, ...children) {
  const send = h("button", { class: "primary" }, label);
  const onsubmit = async (event) => {
    event.preventDefault();
    if (send.disabled) return;
    send.disabled = true;
    try {
      await submit();
    } finally {
      send.disabled = false;
    }
  };
  return h("form", { onsubmit, noValidate: true }, ...children, h("p", { class: "buttons" }, send));
}

const TOLD_FOR_MS = 6000;
const hush = afterPause(TOLD_FOR_MS, () => tell(""));
const said = document.getElementById("said");
let isOfNextPage = false;

/** Tell everybody, those who listen included, what has just happened; above a question, where there is one. */
export function tell(text, { onNextPage = false } = {}) {
  const above = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (said.parentNode !== above) above.append(said);
  said.textContent = text;
  isOfNextPage = onNextPage;
  if (text) hush();
}

/** What was told of one page is not told on the next one. */
export function turnPage() {
  if (!isOfNextPage) tell("");
  isOfNextPage = false;
}

/** After `delay` ms in which nothing else was asked for. */
export function afterPause(delay, run) {
  let timer = null;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...values), delay);
  };
}

let ids = 0;

function nextId() {
  ids += 1;
  return ids;
}
