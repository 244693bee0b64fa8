// Sessions and personal tokens.

import { all, session } from "./api.js";
import { choose, steppedUp } from "./dialogs.js";
import { button, field, form, h, tell } from "./dom.js";
import { say, when } from "./phrases.js";

export async function accountPage(main) {
  main.append(h("h1", { tabIndex: -1 }, say("account")), h("p", {}, session.user.username));
  await Promise.all([section(main, "sessions", sessions), section(main, "tokens", tokens)]);
}

async function section(main, name, fill) {
  const element = h("section", {}, h("h2", {}, say(name)));
  const panel = h("div");
  element.append(panel);
  main.append(element);
  const again = async () => {
    const nodes = await fill(again);
    panel.replaceChildren(...nodes.filter(Boolean));
  };
  try {
    await again();
  } catch (error) {
    panel.replaceChildren(h("p", { class: "wrong", role: "alert" }, error.message));
  }
}

async function sessions(again) {
  const items = await all("/sessions");
  const end = (path) => async () => {
    await session.call("DELETE", path);
    await again();
  };
  const rows = items.map((item) => h("li", {},
    h("span", { title: item.user_agent }, programOf(item.user_agent), item.ip && ` · ${item.ip}`),
    h("span", { class: "hint" }, item.current ? say("this_session") : say("last_used", { when: when(item.last_used_at) })),
    item.current ? null : button(say("end"), end(`/sessions/${item.id}`))));
  return [h("ul", { class: "rows" }, rows), items.length > 1 && button(say("end_others"), end("/sessions/others"))];
}

const BROWSERS = { "Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari" };
const SYSTEMS = { Android: "Android", iPhone: "iPhone", iPad: "iPad", "Mac OS X": "macOS", Windows: "Windows", Linux: "Linux" };

/** A browser and its system by name, of other programs what they say themselves: the first that fits, as each names older ones. */
function programOf(agent) {
  const first = (names) => Object.entries(names).find(([mark]) => agent.includes(mark))?.[1];
  const browser = first(BROWSERS);
  return browser ? [browser, first(SYSTEMS)].filter(Boolean).join(", ") : agent || say("unknown_program");
}

async function tokens(again) {
  const { items } = (await session.patiently("GET", "/me/tokens")).body;
  const remove = (item) => async () => {
    await steppedUp((password) => session.call("DELETE", `/me/tokens/${item.id}`, { json: password }));
    await again();
  };
  const rows = items.map((item) => h("li", {},
    h("span", {}, item.name, " · ", item.scopes.join(", ")),
    h("span", { class: "hint" }, say("last_used", { when: when(item.last_used_at) })),
    button(say("token_end"), remove(item), { class: "danger" })));
  return [h("p", { class: "hint" }, say("tokens_why")), h("ul", { class: "rows" }, rows), h("div", { class: "narrow" }, newToken(again))];
}

function newToken(again) {
  const name = field(say("token_name"), h("input", { maxLength: 100, required: true }));
  const make = async () => {
    const json = { name: name.control.value.trim(), scopes: ["posts", "media"], expires_at: null };
    try {
      const made = await steppedUp((password) => session.call("POST", "/me/tokens", { json: { ...json, ...password } }));
      if (!made) return;
      await again();
      await tellToken(made.body.token);
    } catch (error) {
      name.wrong(error.fields?.["/name"] ?? error.message);
    }
  };
  return form(say("token_make"), make, name.element);
}

async function tellToken(token) {
  const copied = await choose(say("tokens"), [h("p", {}, say("token_made")), h("p", {}, h("code", {}, token))], [[say("copy"), "copy", "primary"], [say("close"), null]]);
  if (copied) {
    await navigator.clipboard.writeText(token);
    tell(say("copied"));
  }
}
